"""A plain CSV file in; its rows as text tables, a few million bytes at a time, out.

What `csv_file` decides of the whole text holds for the whole file here too: a file whose encoding,
quotation marks or widths are not plain in every block is left to it.
"""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import polars as pl

from stepladder.books.csv_file import (
    HEADER_WITHIN,
    LINE,
    find_header,
    records_of_columns,
    regular_records,
    unprotected,
    unprotected_text,
)
from stepladder.books.table import TextTable, assemble, without_blank_texts
from stepladder.errors import InputError

HEAD = 8 << 20
"""The lines among which the header is looked for stand within so many bytes."""
BLOCK = 4 << 20
LONGEST_BLOCK = 64 << 20
"""Without the end of a record in so many bytes, the quotation marks are not plain."""

Recognise = Callable[[Sequence[str]], int]


class NotPlainError(Exception):
    """A block that only the reader of the whole text can judge."""


@dataclass(frozen=True)
class CsvBlocks:
    """A CSV file that was found to be plain from end to end.

    start   the byte at which the rows begin
    line    the physical line on which they begin
    """

    path: Path
    delimiter: str
    headers: tuple[str, ...]
    header_row: int
    start: int
    line: int

    @classmethod
    def opened(cls, path: Path, recognise: Recognise) -> "CsvBlocks | None":
        """None where the file is not plain UTF-8, or has no header that is recognised."""
        try:
            with path.open("rb") as file:
                first = file.read(HEAD)
            if b"\0" in first:
                # UTF-16 without a mark, of which UTF-8 makes titles with gaps.
                return None
            mark = len(codecs.BOM_UTF8) if first.startswith(codecs.BOM_UTF8) else 0
            found = [line.group() for line in islice(LINE.finditer(first, mark), 2 * HEADER_WITHIN)]
            if len(first) == HEAD and len(found) < 2 * HEADER_WITHIN:
                return None
            header = find_header([line.decode() for line in found], path.name, recognise)
        except (InputError, OSError, UnicodeDecodeError):
            return None
        below = header.line - 1 + header.lines_taken
        return cls(
            path=path,
            delimiter=header.delimiter,
            headers=tuple(unprotected_text(cell).strip() for cell in header.cells),
            header_row=header.line,
            start=mark + sum(len(line) for line in found[:below]),
            line=below + 1,
        )

    @cached_property
    def head(self) -> TextTable:
        """The table without its rows."""
        empty = pl.DataFrame(schema={str(at): pl.String for at in range(len(self.headers))})
        return self._assembled(empty, pl.Series([], dtype=pl.UInt32))

    @property
    def is_one(self) -> bool:
        """The rows fit into one block."""
        return self.path.stat().st_size - self.start < BLOCK

    def tables(self) -> Iterator[TextTable]:
        """The rows of a block at a time. Raises NotPlainError."""
        nothing_yet = True
        for body, line in self._blocks():
            if b"\0" in body or not _is_utf8(body):
                raise NotPlainError
            records = regular_records(body, self.delimiter, len(self.headers), line)
            if records is None:
                raise NotPlainError
            yield self._assembled(_unprotected(records.cells, body), records.lines)
            nothing_yet = False
        if nothing_yet:
            yield self.head

    def columns(self, positions: Sequence[int]) -> Iterator[TextTable]:
        """The same with fewer columns, which polars reads faster. Raises NotPlainError."""
        for body, line in self._blocks():
            if b"\0" in body or not _is_utf8(body):
                raise NotPlainError
            records = records_of_columns(body, self.delimiter, len(self.headers), line, positions)
            if records is None:
                raise NotPlainError
            cells = without_blank_texts(_unprotected(records.cells, body))
            yield TextTable(
                source=self.path.name,
                headers=self.headers,
                cells=cells,
                sheet_rows=records.lines.cast(pl.UInt32).alias("sheet_row"),
                header_row=self.header_row,
                first_column=0,
                overlong=pl.Series("overlong", [False]).new_from_index(0, cells.height),
            )

    def _assembled(self, cells: pl.DataFrame, lines: pl.Series) -> TextTable:
        return assemble(self.path.name, self.headers, cells, lines, self.header_row)

    def _blocks(self) -> Iterator[tuple[bytes, int]]:
        """Whole records, and the physical line on which the first one starts."""
        line, carried = self.line, b""
        with self.path.open("rb") as file:
            file.seek(self.start)
            while block := file.read(BLOCK):
                carried += block
                cut = _end_of_records(carried)
                if cut:
                    body, carried = carried[:cut], carried[cut:]
                    yield body, line
                    line += _line_ends(body)
                elif len(carried) > LONGEST_BLOCK:
                    raise NotPlainError
        if carried:
            yield carried, line


def _end_of_records(text: bytes) -> int:
    """Where the last line ends that is not within quotation marks; 0 where there is none."""
    marks, end = text.count(b'"'), len(text)
    while (feed := text.rfind(b"\n", 0, end)) >= 0:
        marks -= text.count(b'"', feed, end)
        if marks % 2 == 0:
            return feed + 1
        end = feed
    return 0


def _line_ends(text: bytes) -> int:
    returns = text.count(b"\r") - text.count(b"\r\n") if b"\r" in text else 0
    return text.count(b"\n") + returns


def _unprotected(cells: pl.DataFrame, body: bytes) -> pl.DataFrame:
    return unprotected(cells) if b"'" in body else cells


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
