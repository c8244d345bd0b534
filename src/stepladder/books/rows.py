"""A typed frame in, its rows as SpreadsheetML, out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from stepladder.books.cells import (
    PLAIN,
    CellValues,
    Spelling,
    cell_values,
    contents_of,
    frame_values,
)

_CELLS_AT_ONCE: Final = 1 << 16
LINE_POINTS: Final = 15
HIGHEST_ROW: Final = 409
"""Points; Excel's limit."""


@dataclass(frozen=True)
class CellStyles:
    """What the drawn sheet holds for one column.

    letters     of the sheet column
    typed       style number of cells that hold what the column is for; None for none
    unread      style number of cells that could not be read
    characters  how many stand on a line where long text wraps; None where it does not wrap
    """

    letters: str
    typed: int | None
    unread: int | None
    characters: int | None = None


def rows_at_once(columns: int) -> int:
    """How many rows of so many columns are put into words together: the wider, the fewer."""
    return max(1, _CELLS_AT_ONCE // max(1, columns))


def sheet_rows(
    parts: Iterable[pl.DataFrame],
    originals: pl.DataFrame,
    names: Sequence[str],
    styles: Sequence[CellStyles],
    *,
    first_row: int,
) -> Iterator[bytes]:
    """Give the `<row>` elements of the rows, those of each part at once.

    Args:
        parts: The rows in their final order, some thousands in each (`rows_at_once`); types as
            `cell_values` takes them.
        originals: row (position among all rows), column, text: cells that could not be read; their
            text stands in place of the typed value.
        names: The columns to write, left to right.
        styles: One for each name.
        first_row: The 1-based sheet row of the first row.
    """
    start = 0
    for rows in parts:
        part = rows.select(names)
        values = frame_values(part)
        unread = {
            name: cells
            for (name,), cells in originals.filter(
                pl.col("row").is_between(start, start + part.height, closed="left")
            )
            .with_columns(pl.col("row").cast(pl.Int64) - start)
            .partition_by("column", as_dict=True)
            .items()
        }
        row = row_numbers(first_row + start, part.height)
        cells = [
            _cells(contents, unread.get(name), row, style)
            for name, contents, style in zip(names, contents_of(values), styles, strict=True)
        ]
        yield (
            pl.select(pl.concat_str(row_tags(values, row, styles), *cells, pl.lit("</row>")))
            .to_series()
            .str.join()
            .item()
            .encode()
        )
        start += part.height


def line_characters(width: float) -> int:
    """Count the characters of running text on a line of a column this many digits wide."""
    # Running text takes a little less room than digits do.
    return round(1.1 * width)


def row_numbers(first: int, count: int) -> pl.Series:
    """So many sheet rows from the first one on, as text."""
    return pl.int_range(first, first + count, dtype=pl.UInt32, eager=True).cast(pl.String)


def row_tags(
    values: Sequence[CellValues],
    row: pl.Series,
    styles: Sequence[CellStyles],
    spelling: Spelling = PLAIN,
) -> pl.Series:
    """The start tag of each row, with the height for the most lines its wrapped text takes.

    Excel finds the height itself on the next edit; LibreOffice and viewers take it as it stands.
    """
    start = pl.concat_str(pl.lit(f'<{spelling.prefix}row r="'), pl.lit(row))
    return pl.select(pl.concat_str(start, _height(values, styles))).to_series()


def row_cells(
    values: Sequence[CellValues],
    row: pl.Series,
    styles: Sequence[CellStyles],
    spelling: Spelling = PLAIN,
) -> pl.Series:
    """The cells of each row, joined; a blank one wears its column's style."""
    cells = (
        _with_contents(row, style.letters, style.typed, contents, spelling)
        for contents, style in zip(contents_of(values, spelling), styles, strict=True)
    )
    return pl.select(pl.concat_str(*cells)).to_series()


def _height(values: Sequence[CellValues], styles: Sequence[CellStyles]) -> pl.Expr:
    """Give the height by the length of the texts."""
    lines = [
        (pl.lit(column.texts).str.len_chars() / style.characters).ceil()
        + pl.lit(column.texts).str.count_matches("\n", literal=True)
        for column, style in zip(values, styles, strict=True)
        if style.characters is not None and column.kind == "text"
    ]
    if not lines:
        return pl.lit('">')
    points = pl.max_horizontal(pl.lit(1.0), *lines) * LINE_POINTS
    points = points.clip(upper_bound=HIGHEST_ROW).cast(pl.Int64)
    return (
        pl.when(points > LINE_POINTS).then(pl.format('" ht="{}">', points)).otherwise(pl.lit('">'))
    )


def _cells(
    contents: pl.Series, unread: pl.DataFrame | None, row: pl.Series, style: CellStyles
) -> pl.Expr:
    """Give the `<c>` elements of one column; a null is a blank cell in the column's style."""
    typed = _with_contents(row, style.letters, style.typed, contents)
    if unread is None:
        return typed
    texts = pl.Series([None], dtype=pl.String).new_from_index(0, len(row))
    original = cell_values(texts.scatter(unread["row"], unread["text"]))
    drawn = _with_contents(row, style.letters, style.unread, original.contents())
    return pl.when(pl.lit(original.texts.is_not_null())).then(drawn).otherwise(typed)


def _with_contents(
    row: pl.Series, letters: str, style: int | None, contents: pl.Series, spelling: Spelling = PLAIN
) -> pl.Expr:
    worn = "" if style is None else f' s="{style}"'
    return pl.concat_str(
        pl.lit(f'<{spelling.prefix}c r="{letters}'),
        pl.lit(row),
        pl.lit(f'"{worn}'),
        pl.lit(contents),
    )
