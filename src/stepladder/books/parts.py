"""A cohort of any size in; its rows as text tables of a bounded size, one after another, out.

Every table of `tables` has the headers and the addresses that one table of all rows would have, so
that nothing tells them apart but where a part ends. What has to be known of all rows beforehand is
looked for in `columns`, which reads only the columns that are asked for.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import polars as pl
from polars.exceptions import PanicException, PolarsError

from stepladder.books import read_table
from stepladder.books.csv_blocks import CsvBlocks
from stepladder.books.kinds import PARQUET
from stepladder.books.parquet_file import parquet_damage_told
from stepladder.books.table import TextTable, text_table

ROWS = 20_000
"""Rows of a part where they are counted; a CSV file is cut by bytes instead."""

Recognise = Callable[[Sequence[str]], int]


class Parts(Protocol):
    """A table that is read part by part."""

    @property
    def head(self) -> TextTable:
        """The table without its rows."""

    @property
    def is_one(self) -> bool:
        """The whole table is certainly one part."""

    def tables(self) -> Iterator[TextTable]:
        """The parts, in order; at least one, be it without a row."""

    def columns(self, positions: Sequence[int]) -> Iterator[TextTable]:
        """The parts with these columns only; a row that is blank in them may stand or be out."""


def read_parts(
    path: Path, recognise: Recognise, *, name: str | None = None, prefer: str = ""
) -> Parts:
    """Read a table of a file in parts, as `read_table` reads it whole.

    Plain CSV and parquet are never held as a whole; what else there is, is read and then cut.
    Raises InputError as `read_table` does.
    """
    if name is None and os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises where a name is too long
        blocks = CsvBlocks.opened(path, recognise) or _ParquetFile.opened(path)
        if blocks is not None:
            return blocks
    return CutTable(read_table(path, recognise, name=name, prefer=prefer))


@dataclass(frozen=True)
class CutTable:
    """A table that is held as a whole, cut into parts."""

    whole: TextTable

    @property
    def head(self) -> TextTable:
        """The table without its rows."""
        return rows_of(self.whole, 0, 0)

    @property
    def is_one(self) -> bool:
        """There are few rows."""
        return len(self.whole.sheet_rows) <= ROWS

    def tables(self) -> Iterator[TextTable]:
        """Some thousand rows at a time."""
        for start in range(0, max(len(self.whole.sheet_rows), 1), ROWS):
            yield rows_of(self.whole, start, ROWS)

    def columns(self, positions: Sequence[int]) -> Iterator[TextTable]:
        """All rows at once: they are held anyway."""
        yield replace(self.whole, cells=self.whole.cells.select(map(str, positions)))


def rows_of(table: TextTable, start: int, length: int) -> TextTable:
    """Some rows of a table, with their addresses."""
    return replace(
        table,
        cells=table.cells.slice(start, length),
        sheet_rows=table.sheet_rows.slice(start, length),
        overlong=table.overlong.slice(start, length),
    )


@dataclass(frozen=True)
class _ParquetFile:
    """A parquet file, some thousand rows at a time."""

    path: Path
    headers: tuple[str, ...]
    height: int

    @classmethod
    def opened(cls, path: Path) -> "_ParquetFile | None":
        """None for a file that is not, or that cannot be read as, parquet."""
        try:
            with path.open("rb") as file:
                if file.read(len(PARQUET)) != PARQUET:
                    return None
            scan = pl.scan_parquet(path)
            height = scan.select(pl.len()).collect().item()
            return cls(path, tuple(scan.collect_schema().names()), height)
        except (PolarsError, PanicException, OSError):
            return None

    @property
    def head(self) -> TextTable:
        """The table without its rows."""
        return self._part(0, 0, self.headers)

    @property
    def is_one(self) -> bool:
        """There are few rows."""
        return self.height <= ROWS

    def tables(self) -> Iterator[TextTable]:
        """Some thousand rows at a time."""
        for start in range(0, max(self.height, 1), ROWS):
            yield self._part(start, ROWS, self.headers)

    def columns(self, positions: Sequence[int]) -> Iterator[TextTable]:
        """The same with fewer columns."""
        named = [self.headers[position] for position in positions]
        for start in range(0, max(self.height, 1), ROWS):
            part = self._part(start, ROWS, named)
            found = dict(zip(map(str, positions), part.cells.iter_columns(), strict=True))
            yield replace(part, headers=self.head.headers, cells=pl.DataFrame(found))

    def _part(self, start: int, length: int, names: Sequence[str]) -> TextTable:
        with parquet_damage_told(self.path.name):
            frame = pl.scan_parquet(self.path).slice(start, length).select(names).collect()
        return text_table(frame, self.path.name, first_row=start + 2)
