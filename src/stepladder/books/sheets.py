"""Result frames in; sheets with titles, kinds and widths, ready to be written, out."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from stepladder import shipped
from stepladder.books.table import Sheet, SheetColumn

NO_ORIGINALS = pl.DataFrame(schema={"row": pl.UInt32, "column": pl.String, "text": pl.String})
_OWN_WIDTH = 16


@dataclass(frozen=True)
class ResultTable:
    """One result table of schemas/results.toml: its title and its columns in order."""

    name: str
    title: str
    columns: tuple[SheetColumn, ...]

    @property
    def titles(self) -> Mapping[str, str]:
        """Each column's title by its name."""
        return {column.name: column.title for column in self.columns}


@dataclass(frozen=True)
class InputColumns:
    """The columns of an input table: those of its schema that it has, and the office's own."""

    read: Sequence[SheetColumn]
    own: Sequence[str]


@cache
def result_tables() -> Mapping[str, ResultTable]:
    """The result tables by name, from schemas/results.toml."""
    tables = tomllib.loads((shipped.schemas() / "results.toml").read_text("utf-8"))["tables"]
    return {
        name: ResultTable(
            name,
            table["title"],
            tuple(
                SheetColumn(name=column, owner="computed", **facts)
                for column, facts in table["columns"].items()
            ),
        )
        for name, table in tables.items()
    }


def result_sheet(name: str, frame: pl.DataFrame) -> Sheet:
    """A result table that holds computed columns only."""
    table = result_tables()[name]
    return Sheet(table.name, table.title, frame, table.columns, NO_ORIGINALS)


def input_sheet(
    name: str, title: str, frame: pl.DataFrame, columns: InputColumns, originals: pl.DataFrame
) -> Sheet:
    """An input table as it was read: its columns, the office's own, then ours if there are any."""
    offices = (SheetColumn(header, header, "text", "own", _OWN_WIDTH) for header in columns.own)
    computed = result_tables()[name].columns if name in result_tables() else ()
    return Sheet(name, title, frame, (*columns.read, *offices, *computed), originals)
