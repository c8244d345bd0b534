"""A parquet file to a text table; a result sheet to parquet bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import polars as pl
from polars.exceptions import PanicException, PolarsError

from stepladder.books.guard import MOST_PARQUET_CELLS
from stepladder.books.table import Sheet, TextTable, text_table
from stepladder.errors import InputError


def read_parquet(content: bytes, source: str) -> TextTable:
    """The bytes of a parquet file as a text table; column names are the headers.

    Raises InputError if the file is damaged or far too large, or a column has no text form.
    """
    with parquet_damage_told(source):
        scan = pl.scan_parquet(BytesIO(content))
        rows = scan.select(pl.len()).collect().item()
        if rows * len(scan.collect_schema()) > MOST_PARQUET_CELLS:
            raise InputError(
                f"{source} holds {rows:,} rows, far more than can be read at once; split it in "
                "parts."
            )
        frame = scan.collect()
    return text_table(frame, source)


@contextmanager
def parquet_damage_told(source: str) -> Iterator[None]:
    """Tell a person what polars found, which panics where a file promises what it cannot hold."""
    try:
        yield
    except (PolarsError, PanicException, OSError) as problem:
        raise InputError(
            f"{source} is a damaged parquet file; write it again or save the list as CSV."
        ) from problem


def parquet_bytes(sheet: Sheet) -> bytes:
    """A result sheet as parquet (zstd) under its column names; an unreadable cell is null."""
    buffer = BytesIO()
    written = pl.DataFrame([sheet.frame.get_column(column.name) for column in sheet.columns])
    written.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()
