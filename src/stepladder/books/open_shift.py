"""A table's old and new rows in; where rows are put in or taken out so that few are written, out.

A list that grows by some programs moves all rows below it: of a thousand applicants that is most of
the table, and writing it again takes Excel longer than all else together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from stepladder.books.open_values import New
from stepladder.books.open_workbook import CellValue, OpenBook
from stepladder.books.patience import is_busy, patiently
from stepladder.books.placed_table import Area, PlacedTable

Row = Sequence[New]
OldRow = Sequence[CellValue]

_FEWEST: Final = 500
"""Rows that move; writing fewer again is as quick, and needs nothing of Excel but that."""


@dataclass(frozen=True)
class Shift:
    """Rows that are put in or taken out, counted from 0.

    at     the first of them
    count  how many are put in; below 0, how many are taken out
    run    the first and last row that are written afterwards; the last comes first where none is
    """

    at: int
    count: int
    run: tuple[int, int]

    @property
    def rows(self) -> int:
        """How many rows are written or taken out."""
        first, last = self.run
        return last - first + 1 + max(-self.count, 0)


def shift_between(
    old: Sequence[OldRow], new: Sequence[Row], is_same: Callable[[Row, OldRow], bool]
) -> Shift | None:
    """The shift that leaves the rows above and below a change as they are; None where few move."""
    count, shorter = len(new) - len(old), min(len(old), len(new))
    above = 0
    while above < shorter and is_same(new[above], old[above]):
        above += 1
    below = 0
    while below < shorter - above and is_same(new[-1 - below], old[-1 - below]):
        below += 1
    if not count or below < _FEWEST:
        return None
    last = len(new) - below - 1
    if count < 0:
        return Shift(last + 1, count, (above, last))
    # A row that is put in looks like the one above it, which is to be one of the table's.
    at = above + (len(old) - above - below > 0)
    return Shift(at, count, (above, last)) if at else None


def is_last_on_sheet(book: OpenBook, table: PlacedTable) -> bool:
    """Whether nothing stands below a table: what did would move along."""
    area = table.area
    others = (one for one in book.tables if one.sheet == table.sheet and one != table)
    if any(one.area.last_row > area.last_row for one in others):
        return False
    last = book.last_row(table.sheet)
    if last <= area.last_row:
        return True
    # Rows that the table gave up earlier are blank, and Excel still counts them.
    below = replace(area, first_row=area.last_row + 1, last_row=last)
    values = book.block(table.sheet, below)
    if any(value is not None for row in values for value in row):
        return False
    is_merged = patiently(lambda: book.range(table.sheet, below).merge_cells) is not False
    return not is_merged and not book.formula_cells(table.sheet, below, values)


def shifted(book: OpenBook, table: PlacedTable, shift: Shift) -> bool:
    """Put the rows in or take them out; False where Excel does not do it, and nothing moved."""
    first = table.first_row + shift.at
    area = table.area
    place = Area(first, first + abs(shift.count) - 1, area.first_column, area.last_column)
    cells = book.range(table.sheet, place)
    # What somebody has copied would be put in instead.
    patiently(lambda: setattr(book.book.app, "cut_copy_mode", False))
    try:
        patiently(lambda: cells.insert("down") if shift.count > 0 else cells.delete("up"))
    except Exception as problem:
        if is_busy(problem):
            raise
        # Excel has reasons, which it tells in its own language; each row is written then.
        return False
    return True
