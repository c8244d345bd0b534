"""A worksheet part in; the cells that hold an error such as #N/A, out.

A reader that takes an error for a blank would score a row as if nobody had filled it in.
"""

from typing import Final, NamedTuple

from stepladder.books.outline import Outline, Tab
from stepladder.books.placed_table import Area
from stepladder.books.stored_cells import value_in
from stepladder.books.table import column_letters
from stepladder.books.worksheet import attributes_of, opened

_ERROR: Final = b"e"


class ErrorCell(NamedTuple):
    """One error: its 1-based sheet row, its 0-based sheet column and its text."""

    row: int
    column: int
    text: str

    @property
    def address(self) -> str:
        """A1-style."""
        return f"{column_letters(self.column)}{self.row}"


def error_cells(outline: Outline, tab: Tab, area: Area) -> list[ErrorCell]:
    """The errors in an area of a sheet, row by row; a formula's stored error is one as well.

    Raises InputError for a part that is damaged.
    """
    sheet = opened(outline, tab)
    found = []
    for block in sheet.blocks():
        for row in sheet.rows(block):
            is_asked = area.first_row <= row.number <= area.last_row
            # Nearly no row has an error, so nearly none is looked at cell by cell.
            if not is_asked or not _has_error(block[row.tag_end : row.end]):
                continue
            found += [
                ErrorCell(row.number, cell.column, value_in(cell.inner))
                for cell in sheet.cells(block, row)
                if area.first_column <= cell.column <= area.last_column
                and attributes_of(cell.attributes).kind == _ERROR
            ]
    return found


def _has_error(cells: bytes) -> bool:
    return b'"e"' in cells or b"'e'" in cells
