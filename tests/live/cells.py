"""An open workbook in; its cells as a test compares them, and a person's changes, out."""

from typing import Any

import xlwings as xw

Cells = dict[str, list[list[Any]]]


def everything(book: xw.Book) -> Cells:
    """What every cell of every sheet shows."""
    return {
        sheet.name: sheet.used_range.options(ndim=2, err_to_str=True, empty="").value
        for sheet in book.sheets
    }


def table(book: xw.Book, name: str) -> xw.main.Table:
    """A table by its name, on whatever sheet it stands."""
    return next(one for sheet in book.sheets for one in sheet.tables if one.name == name)


def titles(book: xw.Book, name: str) -> list[str]:
    """The titles of a table."""
    return [str(title) for title in table(book, name).range.options(ndim=2).value[0]]


def rows(book: xw.Book, name: str) -> list[dict[str, Any]]:
    """The rows of a table, by title."""
    header, *found = table(book, name).range.options(ndim=2, err_to_str=True).value
    return [dict(zip(header, row, strict=True)) for row in found]


def cell(book: xw.Book, name: str, row: int, title: str) -> xw.Range:
    """The cell of a table in its nth row, from 1, under a title."""
    whole = table(book, name).range
    at = titles(book, name).index(title)
    sheet = table(book, name).parent
    return sheet.range((whole.row + row, whole.column + at))


def results(book: xw.Book) -> dict[str, str]:
    """The tier that stands beside each applicant's id."""
    return {
        row["Applicant ID"]: row[TIER] for row in rows(book, "Applicants") if row["Applicant ID"]
    }


def swap(book: xw.Book, first: int, second: int) -> None:
    """Exchange two rows of Applicants, as a sort does."""
    whole = table(book, "Applicants").range
    one, other = (
        table(book, "Applicants").parent.range(
            (whole.row + row, whole.column), (whole.row + row, whole.column + whole.shape[1] - 1)
        )
        for row in (first, second)
    )
    # Text is put back as text.
    a, b = ([f"'{v}" if isinstance(v, str) else v for v in one.value] for one in (one, other))
    one.value, other.value = b, a


TIER = "Tier"
STATUS = "Status"
SCORE = "Step 2 CK score"
LINE = ("Start", "B11")


def line(book: xw.Book) -> str:
    """What the buttons left on Start."""
    return str(book.sheets[LINE[0]].range(LINE[1]).value or "")
