"""A text table as an office wrote it in; the same rows as a new workbook lays them out, out."""

from collections.abc import Mapping

import polars as pl

from stepladder.books.table import TextTable
from stepladder.validate.headers import SURPLUS, came_from, map_headers
from stepladder.validate.schema import TableSchema


def laid_out(table: TextTable, schema: TableSchema, computed: Mapping[str, str]) -> TextTable:
    """Give every column of the schema in its order, blank where it was absent, then the own ones.

    Headers are titles on row 1, rows follow from row 2, so that findings bear the addresses of the
    new workbook. `computed` names our output columns, name → title; they are left out. A record
    with more cells than headers stays in its file; a column SURPLUS says so until it is emptied.

    Raises InputError where two headers mean one column.
    """
    headers = map_headers(table, schema, computed)
    texts = headers.texts(table)
    own = headers.own_columns(table)
    blank = pl.Series([None], dtype=pl.String).new_from_index(0, len(table.sheet_rows))
    offices = own.to_dict()
    if (source := came_from(table)) is not None:
        offices[SURPLUS] = source
    columns = [*(texts.get(name, blank) for name in schema.by_name), *offices.values()]
    return TextTable(
        source=table.source,
        headers=(*(column.title for column in schema.columns), *offices),
        cells=pl.DataFrame({str(at): column for at, column in enumerate(columns)}),
        sheet_rows=pl.Series("sheet_row", range(2, 2 + len(table.sheet_rows)), dtype=pl.UInt32),
        header_row=1,
        first_column=0,
        overlong=pl.Series("overlong", [False], dtype=pl.Boolean).new_from_index(
            0, len(table.sheet_rows)
        ),
    )


def empty(schema: TableSchema) -> TextTable:
    """Give the table of a blank workbook: every column of the schema, no row."""
    titles = [column.title for column in schema.columns]
    return TextTable(
        source=schema.title,
        headers=tuple(titles),
        cells=pl.DataFrame(schema=dict.fromkeys(map(str, range(len(titles))), pl.String)),
        sheet_rows=pl.Series("sheet_row", [], dtype=pl.UInt32),
        header_row=1,
        first_column=0,
        overlong=pl.Series("overlong", [], dtype=pl.Boolean),
    )
