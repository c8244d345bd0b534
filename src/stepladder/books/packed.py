"""Rows of a large table in, as they are made; the same, compressed until they are written, out.

A list of a cohort takes a tenth of the room this way, and it waits for its workbook until
everybody's is made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final, TypeAlias

import polars as pl

from stepladder.books.sheets import NO_ORIGINALS
from stepladder.books.table import Sheet, SheetColumn, text_bytes, with_texts

_ROWS: Final = 1 << 14
"""Rows that are compressed together, and unpacked together."""
_COMPRESSION: Final = 1
"""Of zstd: the least work."""


def _as_packed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


@dataclass(frozen=True)
class PackedSheet:
    """A result table like a Sheet, whose rows are compressed.

    pieces      some thousand rows each, in order, as parquet; one has no row and every column
    height      how many rows they hold
    text_bytes  how long all their text is
    unpacked    what is done to the rows of each piece before anybody sees them
    """

    name: str
    title: str
    columns: tuple[SheetColumn, ...]
    pieces: tuple[bytes, ...]
    height: int
    text_bytes: int
    unpacked: Callable[[pl.DataFrame], pl.DataFrame] = _as_packed

    @property
    def originals(self) -> pl.DataFrame:
        """No cell: each holds what was computed."""
        return NO_ORIGINALS

    @property
    def frame(self) -> pl.DataFrame:
        """All rows at once."""
        return pl.concat(self._frames())

    def slices(self, rows: int) -> Iterator[pl.DataFrame]:
        """The rows in order, at most so many at a time."""
        for frame in self._frames():
            yield from frame.iter_slices(rows)

    def _frames(self) -> Iterator[pl.DataFrame]:
        for piece in self.pieces:
            yield self.unpacked(with_texts(pl.read_parquet(BytesIO(piece))))


AnySheet: TypeAlias = Sheet | PackedSheet


class Packing:
    """A table whose rows are still being made."""

    def __init__(self) -> None:
        self._first: Sheet | None = None
        self._pieces: list[bytes] = []
        self._height = 0
        self._text_bytes = 0

    @property
    def height(self) -> int:
        """The rows so far."""
        return self._height

    def write(self, sheet: Sheet) -> None:
        """Add rows below those written so far."""
        if self._first is None:
            self._first = sheet
            self._pack(sheet.frame.clear())
        for rows in sheet.frame.iter_slices(_ROWS):
            self._pack(rows)

    def packed(self) -> PackedSheet:
        """The table as far as it is written; once at least."""
        if self._first is None:
            raise AssertionError("no sheet was written")
        first = self._first
        return PackedSheet(
            first.name,
            first.title,
            first.columns,
            tuple(self._pieces),
            self._height,
            self._text_bytes,
        )

    def _pack(self, rows: pl.DataFrame) -> None:
        packed = BytesIO()
        rows.write_parquet(
            packed, compression="zstd", compression_level=_COMPRESSION, statistics=False
        )
        self._pieces.append(packed.getvalue())
        self._height += rows.height
        self._text_bytes += text_bytes(rows)
