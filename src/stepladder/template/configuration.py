"""The Python that a button starts, in; the hidden sheet from which xlwings' code reads it, out."""

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from stepladder.books.interpreter import Interpreter, settings
from stepladder.template.page import Page, PageCell


def configuration(title: str, interpreter: Interpreter, *, is_hidden: bool = True) -> Page:
    """Make the page. A workbook needs one sheet that is not hidden; an add-in never shows any."""
    cells = (
        cell
        for row, (name, value) in enumerate(settings(interpreter), start=1)
        for cell in (PageCell(f"A{row}", name), PageCell(f"B{row}", value))
    )

    def draw(_: Workbook, drawn: Worksheet) -> None:
        drawn.set_column("A:A", 32)
        drawn.set_column("B:B", 80)
        if is_hidden:
            drawn.hide()

    return Page(title, tuple(cells), draw)
