"""A rectangle of cells, and an Excel table with the place where it stands."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from stepladder.books.table import column_letters, column_position, is_on_sheet, title_key
from stepladder.errors import InputError

_CORNERS: Final = re.compile(
    r"\$?([A-Za-z]{1,3})\$?([1-9]\d*)(?::\$?([A-Za-z]{1,3})\$?([1-9]\d*))?"
)


@dataclass(frozen=True)
class Area:
    """A rectangle of cells: 1-based sheet rows, 0-based sheet columns, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @classmethod
    @lru_cache(maxsize=10_000)
    def of(cls, ref: str) -> "Area":
        """The area of a reference without a sheet: B2:D9, or B2 for one cell.

        Raises ValueError for what is no such reference, reaches beyond a sheet, or is one of whole
        rows or columns.
        """
        found = _CORNERS.fullmatch(ref)
        if found is None:
            raise ValueError(f"{ref} has no corners")
        first_column, first_row, last_column, last_row = found.groups()
        first = int(first_row), column_position(first_column)
        last = int(last_row or first_row), column_position(last_column or first_column)
        if not all(is_on_sheet(row, column) for row, column in (first, last)):
            raise ValueError(f"{ref} reaches beyond a sheet")
        return cls(first[0], last[0], first[1], last[1])

    @property
    def ref(self) -> str:
        """The area as Excel writes it; one cell has no second corner."""
        first = f"{column_letters(self.first_column)}{self.first_row}"
        last = f"{column_letters(self.last_column)}{self.last_row}"
        return first if first == last else f"{first}:{last}"

    def joined(self, other: "Area") -> "Area":
        """The smallest area that holds both."""
        return Area(
            min(self.first_row, other.first_row),
            max(self.last_row, other.last_row),
            min(self.first_column, other.first_column),
            max(self.last_column, other.last_column),
        )

    def meets(self, other: "Area") -> bool:
        """Whether the two have a cell in common."""
        return (
            self.first_row <= other.last_row
            and other.first_row <= self.last_row
            and self.first_column <= other.last_column
            and other.first_column <= self.last_column
        )


@dataclass(frozen=True)
class PlacedTable:
    """One Excel table and where it stands.

    area     the whole table: header, rows and totals
    columns  the titles, left to right
    """

    display_name: str
    sheet: str
    area: Area
    header_rows: int
    totals_rows: int
    columns: tuple[str, ...]

    @property
    def first_row(self) -> int:
        """The sheet row of the first row under the header."""
        return self.area.first_row + self.header_rows

    @property
    def last_row(self) -> int:
        """The sheet row of the last row above the totals."""
        return self.area.last_row - self.totals_rows


def column_finder(source: str, table: PlacedTable) -> Callable[[str], int]:
    """A function from a title, in any case and spacing, to its 0-based sheet column.

    It raises InputError, which begins with the workbook's name, for a title that is not there.
    """
    first = table.area.first_column
    columns = {title_key(title): column for column, title in enumerate(table.columns, start=first)}

    def place(title: str) -> int:
        if title_key(title) not in columns:
            raise InputError(
                f"{source}, table {table.display_name}, has no column {title}; put it back, "
                "with its title in the header row."
            )
        return columns[title_key(title)]

    return place


def runs(
    numbers: Iterable[int],
    belong: Callable[[int, int], bool] = lambda one, following: following == one + 1,
) -> Iterator[tuple[int, int]]:
    """The first and last of each run of ascending numbers; neighbours, or whatever `belong`s."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = number
        elif not belong(last, number):
            yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last
