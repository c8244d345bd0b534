"""Machines and workbooks as facts, and a workbook's file with a button's settings sheet."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook

from stepladder.books.interpreter import XLWINGS_NAME, Interpreter, settings
from stepladder.books.program_place import WORKBOOK_SHEET
from stepladder.doctor.facts import Book, BookPython, Excel, Machine

WINDOWS = Machine(
    system="windows",
    python=r"C:\Users\ann\AppData\Local\Stepladder\Scripts\python.exe",
    python_version="3.12.1",
    python_bits=64,
    stepladder="0.1.0",
    xlwings="0.37.8",
    excel=Excel(is_installed=True, bits=64, is_running=False),
    variables={
        "LOCALAPPDATA": r"C:\Users\ann\AppData\Local",
        "APPDATA": r"C:\Users\ann\AppData\Roaming",
        "USERPROFILE": r"C:\Users\ann",
        "OneDrive": r"C:\Users\ann\Sky",
    },
)
MAC_HOME = "/" + "Users/ann"
MAC = replace(
    WINDOWS,
    system="mac",
    python=f"{MAC_HOME}/.local/share/stepladder/bin/python",
    variables={"HOME": MAC_HOME},
    scripts=frozenset({"xlwings-0.37.8.applescript"}),
)
LINUX = replace(
    WINDOWS,
    system="other",
    python="/usr/bin/python3",
    excel=Excel(is_installed=False),
    variables={},
)
BOOK = Book(
    name="cohort.xlsm",
    place=r"D:\Office\cohort.xlsm",
    has_macros=True,
    interpreter=Interpreter(
        windows=r"%LOCALAPPDATA%\Stepladder\Scripts\python.exe",
        mac="$HOME/.local/share/stepladder/bin/python",
    ),
    xlwings="0.37.8",
    python=BookPython(is_there=True, stepladder="0.1.0"),
    is_marked=False,
    may_write=True,
    may_add=True,
)
MAC_BOOK = replace(BOOK, place="/Volumes/Office/cohort.xlsm")


def other(value: Any, **changes: object) -> Any:  # noqa: ANN401 - a machine or a book
    """The same facts, but for these."""
    return replace(value, **changes)


def write_book(
    path: Path,
    interpreter: Interpreter | None,
    *,
    project: bytes | None = b"no project, but its place",
    xlwings: str | None = None,
) -> Path:
    """Write a workbook with one cell of the office's, and what a button needs of settings."""
    with Workbook(path) as book:
        book.add_worksheet("Start").write("A1", "of the office")
        if interpreter is not None:
            sheet = book.add_worksheet(WORKBOOK_SHEET)
            sheet.hide()
            for row, pair in enumerate(settings(interpreter)):
                sheet.write_row(row, 0, pair)
        if project is not None:
            book.add_vba_project(BytesIO(project), is_stream=True)
        if xlwings is not None:
            book.define_name(XLWINGS_NAME, f'="{xlwings}"')
    return path
