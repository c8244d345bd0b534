"""The bytes of a saved workbook in; its tables, texts, names and cells out."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from stepladder.books.outline import Outline, PlacedTable, outline
from stepladder.books.package import Package
from stepladder.books.saved_workbook import read_workbook
from stepladder.books.stored_values import named_cell, stored_cells, stored_columns
from stepladder.books.table import TextTable
from stepladder.books.workbook import Place, StoredCell


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

    def read(self, table: PlacedTable, recognise: Callable[[Sequence[str]], int]) -> TextTable:
        """The rows of a table."""
        return read_workbook(self.content, self.source, recognise, name=table.display_name)

    def columns(self, table: PlacedTable, titles: Sequence[str]) -> pl.DataFrame:
        """The texts of the titled columns, and `sheet_row`."""
        return stored_columns(self.outline, table, titles)

    def cells(self, sheet: str, addresses: Collection[str]) -> dict[str, StoredCell]:
        """What single cells of a sheet hold, by address."""
        return stored_cells(self.outline, self.outline.sheet(sheet), addresses)

    def place(self, name: str) -> Place | None:
        """The one cell that a name of the whole workbook stands for."""
        return named_cell(self.outline, name)
