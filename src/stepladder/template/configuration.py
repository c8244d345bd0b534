"""What a button starts, and by which xlwings, in; the hidden sheet that says both, out."""

from typing import TYPE_CHECKING

from stepladder.books.interpreter import XLWINGS_NAME, Interpreter, settings
from stepladder.template.page import Page, PageCell

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet


def configuration(
    title: str, interpreter: Interpreter, xlwings: str, *, is_hidden: bool = True
) -> Page:
    """Make the page, and the name that says which version of xlwings the macros are from.

    A workbook needs one sheet that is not hidden; an add-in never shows any.
    """
    cells = (
        cell
        for row, (name, value) in enumerate(settings(interpreter), start=1)
        for cell in (PageCell(f"A{row}", name), PageCell(f"B{row}", value))
    )

    def draw(book: "Workbook", drawn: "Worksheet") -> None:
        book.define_name(XLWINGS_NAME, f'="{xlwings}"')
        drawn.set_column("A:A", 32)
        drawn.set_column("B:B", 80)
        if is_hidden:
            drawn.hide()

    return Page(title, tuple(cells), draw)
