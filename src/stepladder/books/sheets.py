"""Result frames in; sheets with titles, kinds and widths, ready to be written, out."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import polars as pl

from stepladder import shipped
from stepladder.books.table import Sheet, SheetColumn, TextTable, as_text, without_mark

NO_ORIGINALS = pl.DataFrame(schema={"row": pl.UInt32, "column": pl.String, "text": pl.String})
_OWN_WIDTH = 16


@dataclass(frozen=True)
class ResultTable:
    """One result table of schemas/results.toml: its title and its columns in order.

    `beside` are columns that the workbook shows after them.
    """

    name: str
    title: str
    columns: tuple[SheetColumn, ...]
    beside: tuple[SheetColumn, ...] = ()

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
    return _tables("tables")


@cache
def workbook_tables() -> Mapping[str, ResultTable]:
    """The tables that only a workbook has, by name, from schemas/results.toml."""
    return _tables("workbook")


@cache
def compared_table() -> ResultTable:
    """The table of who moved between two results, from schemas/results.toml."""
    return _tables("compare")["moves"]


@cache
def _described() -> Mapping[str, Any]:
    return tomllib.loads((shipped.schemas() / "results.toml").read_text("utf-8"))


def _tables(section: str) -> Mapping[str, ResultTable]:
    return {
        name: ResultTable(
            name, table["title"], _columns(table["columns"]), _columns(table.get("beside", {}))
        )
        for name, table in _described()[section].items()
    }


def _columns(described: Mapping[str, Mapping[str, Any]]) -> tuple[SheetColumn, ...]:
    return tuple(
        SheetColumn(**{"name": name, "owner": "computed", **facts})
        for name, facts in described.items()
    )


def result_sheet(name: str, frame: pl.DataFrame) -> Sheet:
    """A result table that holds computed columns only."""
    table = result_tables().get(name) or workbook_tables()[name]
    return Sheet(table.name, table.title, frame, table.columns, NO_ORIGINALS)


def input_sheet(
    name: str, title: str, frame: pl.DataFrame, columns: InputColumns, originals: pl.DataFrame
) -> Sheet:
    """An input table as it was read: its columns, the office's own, then ours if there are any."""
    offices = (SheetColumn(header, header, "text", "own", _OWN_WIDTH) for header in columns.own)
    table = result_tables().get(name) or workbook_tables().get(name)
    computed = table.columns if table else ()
    return Sheet(name, title, frame, (*columns.read, *offices, *computed), originals)


def calibrated(sheet: Sheet) -> Sheet:
    """The same sheet under the titles of calibrated numbers, which are not illustrative."""
    columns = (
        replace(column, title=without_mark(column.title)) if column.owner == "computed" else column
        for column in sheet.columns
    )
    return replace(sheet, columns=tuple(columns))


def as_entered(sheet: Sheet, text: TextTable, places: Mapping[str, int]) -> Sheet:
    """An input table as the book keeps it: where somebody entered `P` for Pass, `P` it stays.

    text    the same rows, as they were read
    places  the position there of each column that was read; one may be read into two
    """
    dtypes = sheet.frame.schema
    cells = [
        sheet.frame.select(
            row=pl.int_range(pl.len(), dtype=pl.UInt32),
            column=pl.lit(name),
            text=text.cells[str(at)],
            value=as_text(pl.col(name), dtypes[name]),
        )
        .filter(pl.col("text").is_not_null() & pl.col("text").ne_missing(pl.col("value")))
        .drop("value")
        for name, at in places.items()
    ]
    kept = sheet.originals.filter(~pl.col("column").is_in([*places]))
    return replace(sheet, originals=pl.concat([kept, *cells]))


def input_hash(sheets: Sequence[Sheet]) -> str:
    """The start of a fingerprint of what people entered, whatever the order of the columns."""
    digest = hashlib.sha256()
    for sheet in sheets:
        entered = [column.name for column in sheet.columns if column.owner != "computed"]
        if entered:
            dtypes = sheet.frame.schema
            frame = sheet.frame.select(
                as_text(pl.col(name), dtypes[name]).alias(name) for name in sorted(entered)
            )
            digest.update(frame.write_csv(null_value="").encode())
            digest.update(sheet.originals.write_csv().encode())
    return digest.hexdigest()[:12]
