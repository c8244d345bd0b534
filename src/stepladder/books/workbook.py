"""What every workbook gives, whether it was saved or is open: tables, texts, names and cells."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import polars as pl

from stepladder.books.placed_table import PlacedTable
from stepladder.books.table import TextTable

SHEET_ROW: Final = "sheet_row"
_CELL: Final = re.compile(r"(?P<sheet>'(?:[^']|'')+'|[^'!]+)!\$?(?P<column>[A-Z]+)\$?(?P<row>\d+)")


@dataclass(frozen=True)
class StoredTable:
    """The rows of a table, without its totals row.

    formulas  the sheet rows in which a formula stands, by the 0-based position of the column
    """

    text: TextTable
    formulas: Mapping[int, list[int]]


class StoredCell(NamedTuple):
    """What one cell shows, as text; None for nothing. And whether a formula finds it."""

    text: str | None
    is_formula: bool


class Place(NamedTuple):
    """One cell of the workbook: its sheet and its address."""

    sheet: str
    address: str


class Workbook(Protocol):
    """A workbook to read; `source` is its file name.

    Every method raises InputError for what cannot be read.
    """

    @property
    def source(self) -> str:
        """What a person calls it."""

    @property
    def tables(self) -> Sequence[PlacedTable]:
        """Every Excel table, in the order of the tabs."""

    @property
    def is_1904(self) -> bool:
        """Whether the days that `columns` gives are counted from 1904 instead of 1900."""

    def read(self, table: PlacedTable) -> StoredTable:
        """The rows of a table, cells as an advisor sees them."""

    def columns(self, table: PlacedTable, titles: Sequence[str]) -> pl.DataFrame:
        """The texts of the titled columns and `sheet_row`, as `stored_columns` gives them."""

    def cells(self, sheet: str, addresses: Collection[str]) -> dict[str, StoredCell]:
        """What single cells of a sheet hold, by address."""

    def has_sheet(self, title: str) -> bool:
        """Whether there is a sheet of this title, in any case; a hidden one counts."""

    def place(self, name: str) -> Place | None:
        """The one cell that a name of the whole workbook stands for; None if it is none or gone."""


def place_of(reference: str) -> Place | None:
    """The cell of a reference such as ='My sheet'!$D$18; None for anything else."""
    found = _CELL.fullmatch(reference.lstrip("="))
    if found is None:
        return None
    sheet = found["sheet"].removeprefix("'").removesuffix("'").replace("''", "'")
    return Place(sheet, f"{found['column']}{found['row']}")
