"""A text table in; typed rows, and findings that each say where, what and what to do, out."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from stepladder.books.table import TextTable
from stepladder.validate.cells import Reading, is_unread, read_column
from stepladder.validate.findings import FINDINGS, HITS, findings, graded
from stepladder.validate.headers import (
    SURPLUS,
    HeaderMap,
    came_from,
    is_roster,
    map_headers,
    recognise,
)
from stepladder.validate.judge import broken_rules, faults_of_cells
from stepladder.validate.layout import empty, laid_out
from stepladder.validate.place import column_place
from stepladder.validate.rules import Facts
from stepladder.validate.schema import TableSchema, load_schema, pandera_schema
from stepladder.validate.survey import Survey, columns_surveyed, surveyed

__all__ = [
    "FINDINGS",
    "SURPLUS",
    "Facts",
    "Survey",
    "TableSchema",
    "Validated",
    "columns_surveyed",
    "empty",
    "is_roster",
    "laid_out",
    "later_findings",
    "load_schema",
    "map_headers",
    "pandera_schema",
    "recognise",
    "surveyed",
    "validate",
]

UNREAD = pl.Schema({"row": pl.UInt32(), "column": pl.String(), "text": pl.String()})
"""Cells whose value is not, or not all, in the typed frame, with their text as written."""


@dataclass(frozen=True)
class Validated:
    """A table after validation, every row kept, in input order.

    frame: `row` (UInt32, from 0), `sheet_row`, every column of the schema in its type (null where
      blank, absent or not read), `has_error` and `has_query`.
    own: the office's own columns as text. present: the schema's columns that the table has.
    unread: `row`, `column`, `text` of cells that were not, or not all, read, for writing back.
    headers: how each header was read. findings: as `findings.FINDINGS`. came_from: of rows with
      more cells than headers, the file and line; None where there is no such row.
    """

    frame: pl.DataFrame
    own: pl.DataFrame
    present: tuple[str, ...]
    unread: pl.DataFrame
    findings: pl.DataFrame
    headers: pl.DataFrame
    came_from: pl.Series | None = None


def validate(
    table: TextTable,
    schema: TableSchema,
    facts: Facts,
    computed: Mapping[str, str] = MappingProxyType({}),
    survey: Survey | None = None,
) -> Validated:
    """Read, judge and describe one table; `computed` names our output columns, name → title.

    `survey` says of the whole table what decides in each of its rows, where `table` is a part.

    Raises InputError where two headers mean one column, and for nothing that stands in a cell.
    """
    headers = map_headers(table, schema, computed, survey.blank if survey else None)
    texts = headers.texts(table)
    proofs = survey.proofs if survey else {}
    readings = {
        name: read_column(
            schema.by_name[name],
            text,
            column_place(table, headers.columns[name]),
            proofs.get(name),
        )
        for name, text in texts.items()
    }
    typed = _typed(readings, schema, len(table.sheet_rows))
    of_cells = _hits({name: reading.told for name, reading in readings.items()})
    told, unread = of_cells.filter(~is_unread()), of_cells.filter(is_unread())
    judged = faults_of_cells(
        typed, schema, list(headers.columns), survey.doubled if survey else None
    ).join(unread, on=["row", "column"], how="anti")
    beyond = judged.filter(pl.col("code") == "out_of_limits")
    typed = _without(typed, beyond)
    told = told.join(pl.concat([judged, unread]), on=["row", "column"], how="anti")
    hits = pl.concat(
        [
            _of_headers(schema, headers),
            _of_long_records(table),
            _of_surplus(table, headers),
            told,
            unread,
            judged,
            broken_rules(typed, schema, facts),
        ]
    )
    hits = graded(hits, schema)
    frame = _marked(typed, hits).insert_column(1, table.sheet_rows.alias("sheet_row"))
    return Validated(
        frame=frame,
        own=headers.own_columns(table),
        present=tuple(headers.columns),
        unread=_originals(pl.concat([unread, beyond]), texts),
        findings=findings(hits, frame, table, schema, headers, survey.people if survey else None),
        headers=headers.listing,
        came_from=came_from(table),
    )


def _typed(readings: Mapping[str, Reading], schema: TableSchema, height: int) -> pl.DataFrame:
    return pl.DataFrame({"row": pl.int_range(height, dtype=pl.UInt32, eager=True)}).with_columns(
        readings[name].values if name in readings else pl.lit(None, dtype).alias(name)
        for name, dtype in schema.dtypes.items()
    )


def _hits(cells: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    kinds = [
        kind.select("row", pl.lit(name).alias("column"), "code", "detail")
        for name, kind in cells.items()
        if kind.height
    ]
    return pl.concat([HITS.to_frame(), *kinds])


def _without(typed: pl.DataFrame, beyond: pl.DataFrame) -> pl.DataFrame:
    """Take out the values that are beyond their limits, so that nothing computes with them."""
    return typed.with_columns(
        pl.when(~pl.col("row").is_in(kind["row"].implode())).then(kind["column"][0])
        for kind in beyond.partition_by("column")
    )


def _of_headers(schema: TableSchema, headers: HeaderMap) -> pl.DataFrame:
    missing = [
        (None, column.name, "missing_column", None)
        for column in schema.columns
        if column.required and column.name not in headers.columns
    ]
    split = [
        (None, split.into[1], "column_split", _targets(split.into, schema))
        for split in headers.splits.values()
    ]
    return pl.DataFrame([*missing, *split], schema=HITS, orient="row")


def _targets(into: tuple[str, str], schema: TableSchema) -> str:
    rest, numbers = (schema.by_name[name].title for name in into)
    return f"{numbers}, all else as {rest}"


def _of_long_records(table: TextTable) -> pl.DataFrame:
    return pl.DataFrame({"row": table.overlong.arg_true()}).select(
        pl.col("row").cast(pl.UInt32),
        column=pl.lit(None, pl.String),
        code=pl.lit("too_many_cells"),
        detail=pl.lit(None, pl.String),
    )


def _of_surplus(table: TextTable, headers: HeaderMap) -> pl.DataFrame:
    """Records that had more cells than headers in the file that a workbook was made from."""
    if headers.surplus is None:
        return HITS.to_frame()
    is_there = table.cells[str(headers.surplus)].is_not_null()
    return pl.DataFrame({"row": is_there.arg_true()}).select(
        pl.col("row").cast(pl.UInt32),
        column=pl.lit(None, pl.String),
        code=pl.lit("surplus_cells"),
        detail=pl.lit(None, pl.String),
    )


def _marked(typed: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """Add whether a row has an error or a query; a missing column is an error of every row."""
    rows = {
        severity: hits.filter(pl.col("severity") == severity)["row"]
        for severity in ("Error", "Query")
    }
    return typed.with_columns(
        has_error=pl.col("row").is_in(rows["Error"].drop_nulls().unique().implode())
        | rows["Error"].has_nulls(),
        has_query=pl.col("row").is_in(rows["Query"].drop_nulls().unique().implode()),
    )


def _originals(cells: pl.DataFrame, texts: Mapping[str, pl.Series]) -> pl.DataFrame:
    kinds = cells.select("row", "column").partition_by("column")
    written = [
        kind.with_columns(text=texts[kind["column"][0]].gather(kind["row"])) for kind in kinds
    ]
    return pl.concat([UNREAD.to_frame(), *written])


def later_findings(
    table: TextTable,
    schema: TableSchema,
    validated: Validated,
    hits: pl.DataFrame,
    survey: Survey | None = None,
) -> pl.DataFrame:
    """Put into words what later stages ask about typed rows; `hits` are as `findings.HITS`."""
    headers = map_headers(table, schema, {}, survey.blank if survey else None)
    people = survey.people if survey else None
    return findings(graded(hits, schema), validated.frame, table, schema, headers, people)
