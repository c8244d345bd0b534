"""The bytes of a saved workbook in; its tables, texts, names and cells out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from stepladder.books.guard import damage_told
from stepladder.books.outline import Outline, outline
from stepladder.books.package import Package
from stepladder.books.placed_table import PlacedTable
from stepladder.books.stored_table import stored_table
from stepladder.books.stored_values import named_cell, stored_cells, stored_columns
from stepladder.books.workbook import Place, StoredCell, StoredTable


@dataclass(frozen=True)
class SavedBook:
    """A workbook as it was saved; `source` is its file name.

    Raises InputError for what is no workbook, or cannot be taken safely.
    """

    content: bytes
    source: str

    @cached_property
    def outline(self) -> Outline:
        """What stands where."""
        return outline(Package(self.content, self.source))

    @property
    def tables(self) -> Sequence[PlacedTable]:
        """Every Excel table, in the order of the tabs."""
        return self.outline.tables

    @property
    def is_1904(self) -> bool:
        """Whether days are counted from 1904 instead of 1900."""
        return self.outline.is_1904

    def read(self, table: PlacedTable) -> StoredTable:
        """The rows of a table."""
        with damage_told(self.source):
            return stored_table(self.outline, table)

    def columns(self, table: PlacedTable, titles: Sequence[str]) -> pl.DataFrame:
        """The texts of the titled columns, and `sheet_row`."""
        with damage_told(self.source):
            return stored_columns(self.outline, table, titles)

    def cells(self, sheet: str, addresses: Collection[str]) -> dict[str, StoredCell]:
        """What single cells of a sheet hold, by address."""
        with damage_told(self.source):
            return stored_cells(self.outline, self.outline.sheet(sheet), addresses)

    def has_sheet(self, title: str) -> bool:
        """Whether there is a sheet of this title, in any case."""
        return any(tab.name.casefold() == title.casefold() for tab in self.outline.sheets)

    def place(self, name: str) -> Place | None:
        """The one cell that a name of the whole workbook stands for."""
        with damage_told(self.source):
            return named_cell(self.outline, name)
