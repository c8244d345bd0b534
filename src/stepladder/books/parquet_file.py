"""A parquet file to a text table; a result sheet to parquet bytes."""

from io import BytesIO

import polars as pl
from polars.exceptions import PolarsError

from stepladder.books.table import Sheet, TextTable, text_table
from stepladder.errors import InputError


def read_parquet(content: bytes, source: str) -> TextTable:
    """The bytes of a parquet file as a text table; column names are the headers.

    Raises InputError if the file is damaged or a column has no text form.
    """
    try:
        frame = pl.read_parquet(BytesIO(content))
    except (PolarsError, OSError) as problem:
        raise InputError(
            f"{source} is a damaged parquet file; write it again or save the list as CSV."
        ) from problem
    return text_table(frame, source)


def parquet_bytes(sheet: Sheet) -> bytes:
    """A result sheet as parquet (zstd) under its column names; an unreadable cell is null."""
    buffer = BytesIO()
    written = pl.DataFrame([sheet.frame.get_column(column.name) for column in sheet.columns])
    written.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()
