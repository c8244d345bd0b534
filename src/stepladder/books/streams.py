"""Result sheets in, part by part; one file for each table, in place together or not at all, out."""

import errno
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import BinaryIO, Literal, Protocol

import polars as pl
from polars.exceptions import ComputeError
from polars.io.plugins import register_io_source

from stepladder.books.csv_file import csv_bytes
from stepladder.books.staging import staged
from stepladder.books.table import Sheet

ROW_GROUP = 1 << 16
"""Rows of a row group of parquet, whatever the size of the parts."""
COMPRESSION = 1
"""Of zstd: a fifth less work than by default, and files a sixth larger."""

_ARROW_SCHEMA = "ARROW:schema"
"""The entry of a parquet file that tells polars and Arrow the types of its columns."""

Medium = Literal["csv", "parquet"]


class Stream(Protocol):
    """One table while it is being written."""

    def write(self, sheet: Sheet) -> None:
        """Add rows below those written so far."""


@contextmanager
def streams(folder: Path, names: Sequence[str], medium: Medium) -> Iterator[Mapping[str, Stream]]:
    """Give a stream for each table that is to become NAME.csv or NAME.parquet in a folder.

    The files take their places together when the block ends, or none does where it fails.
    Raises OutputError where the system refuses to write.
    """
    with staged([folder / f"{name}.{medium}" for name in names]) as paths, ExitStack() as stack:
        opened: dict[str, Stream] = {}
        for name, path in zip(names, paths, strict=True):
            if medium == "csv":
                opened[name] = _CsvStream(stack.enter_context(path.open("wb")))
            else:
                opened[name] = stack.enter_context(_parquet_stream(path))
        yield opened


class _CsvStream:
    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.is_new = True

    def write(self, sheet: Sheet) -> None:
        self.file.write(csv_bytes(sheet, with_header=self.is_new))
        self.is_new = False


@contextmanager
def _parquet_stream(path: Path) -> Iterator[Stream]:
    stream = _ParquetStream(path)
    try:
        yield stream
    except BaseException:
        stream.end(is_whole=False)
        raise
    stream.end(is_whole=True)


_SYSTEM_ERROR = re.compile(r"os error (\d+)")


def _as_the_system_tells(failure: BaseException) -> BaseException:
    """The system's own error where polars puts it in words, or in none that tell which.

    The rows come in the types of the file, so it is the writing that has failed.
    """
    if not isinstance(failure, ComputeError):
        return failure
    found = _SYSTEM_ERROR.search(str(failure))
    number = int(found[1]) if found else errno.EIO
    return OSError(number, os.strerror(number))


def _declared(schema: pl.Schema) -> dict[str, str]:
    """What the file says of its columns: all its words are texts.

    Some come as numbers of words that are kept once, which are written at a third of the cost; the
    rows in the file are the same either way. Whoever reads it gets texts, which can be joined with
    those of any other table.
    """
    texts = {
        name: pl.String() if isinstance(kind, pl.Enum | pl.Categorical) else kind
        for name, kind in schema.items()
    }
    empty = BytesIO()
    pl.DataFrame(schema=texts).write_parquet(empty)
    empty.seek(0)
    return {_ARROW_SCHEMA: pl.read_parquet_metadata(empty)[_ARROW_SCHEMA]}


class _BrokenOffError(Exception):
    """The rows end before the table does."""


class _ParquetStream:
    """polars takes rows to write from a thread of its own, which waits for them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.queue: Queue[pl.DataFrame | _BrokenOffError | None] = Queue(maxsize=1)
        self.schema: pl.Schema | None = None
        self.thread: Thread | None = None
        self.failure: BaseException | None = None

    def write(self, sheet: Sheet) -> None:
        rows = pl.DataFrame([sheet.frame.get_column(column.name) for column in sheet.columns])
        if self.schema is None:
            self.schema = rows.schema
            self.thread = Thread(target=self._sink, args=(rows.schema,), daemon=True)
            self.thread.start()
        if rows.height:
            self.queue.put(rows.match_to_schema(self.schema))

    def end(self, *, is_whole: bool) -> None:
        if self.thread is None:
            return
        self.queue.put(None if is_whole else _BrokenOffError())
        self.thread.join()
        if is_whole and self.failure is not None:
            raise _as_the_system_tells(self.failure)

    def _sink(self, schema: pl.Schema) -> None:
        try:
            register_io_source(self._rows, schema=schema).sink_parquet(
                self.path,
                compression="zstd",
                compression_level=COMPRESSION,
                row_group_size=ROW_GROUP,
                maintain_order=True,
                metadata=_declared(schema),
            )
        except BaseException as failure:  # noqa: BLE001 - told by the thread that waits for it.
            self.failure = failure
            if not isinstance(failure, _BrokenOffError):
                self._drain()

    def _next(self) -> pl.DataFrame | _BrokenOffError | None:
        """What comes next; the end stays in the queue, for polars and for `_drain`.

        Where the disk fails, polars may still wait for rows when we begin to drain.
        """
        rows = self.queue.get()
        if not isinstance(rows, pl.DataFrame):
            self.queue.put(rows)
        return rows

    def _drain(self) -> None:
        """Take what is still written, so that nobody waits for room."""
        while isinstance(self._next(), pl.DataFrame):
            pass

    def _rows(
        self,
        _columns: list[str] | None,
        _predicate: pl.Expr | None,
        _rows: int | None,
        _batch: int | None,
    ) -> Iterator[pl.DataFrame]:
        while (rows := self._next()) is not None:
            if isinstance(rows, _BrokenOffError):
                raise rows
            yield rows
