"""A typed frame in, its rows as SpreadsheetML out: text as text, numbers and dates as numbers.

The cells are made by polars a column at a time, not in Python one by one: a cohort's shortlist
runs to millions of cells. Text is stored inline, where nothing that begins with = + - @ can turn
into a formula (ECMA-376 part 1, 18.3.1.53).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from stepladder.books.table import as_text

LONGEST_TEXT: Final = 32_767
"""UTF-16 units that Excel holds in one cell."""
CUT_MARK: Final = " … [cut here: a cell holds no more]"
ROWS_AT_ONCE: Final = 16_384
LINE_POINTS: Final = 15
HIGHEST_ROW: Final = 409
"""Points; Excel's limit."""

_DAY_ZERO: Final = dt.date(1899, 12, 30)
_CONTROLS: Final = [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"] + [
    "\ufffe",
    "\uffff",
]
_LOOKS_ESCAPED: Final = r"_(x[0-9A-Fa-f]{4}_)"
_IN_XML: Final = {
    # A cell breaks its lines with LF alone; Excel shows a CR as a box.
    "\r\n": "\n",
    "\r": "\n",
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    **{control: f"_x{ord(control):04X}_" for control in _CONTROLS},
}


@dataclass(frozen=True)
class CellStyles:
    """What the drawn sheet holds for one column.

    letters     of the sheet column
    typed       style number of cells that hold what the column is for
    unread      style number of cells that could not be read
    characters  how many stand on a line where long text wraps; None where it does not wrap
    """

    letters: str
    typed: int
    unread: int
    characters: int | None = None


def sheet_rows(
    frame: pl.DataFrame,
    originals: pl.DataFrame,
    names: Sequence[str],
    styles: Sequence[CellStyles],
    *,
    first_row: int,
) -> Iterator[bytes]:
    """Give the `<row>` elements of `frame`, some thousands at a time.

    Args:
        frame: The rows in their final order. Strings, whole numbers, floats, dates (from
            1900-03-01), booleans (Yes/No) and lists of strings (joined by "; ").
        originals: row (position in frame), column, text: cells that could not be read; their
            text stands in place of the typed value.
        names: The columns to write, left to right.
        styles: One for each name.
        first_row: The 1-based sheet row of the first row.
    """
    for start in range(0, frame.height, ROWS_AT_ONCE):
        part = frame.slice(start, ROWS_AT_ONCE).select(
            pl.col(name) if _is_number(dtype) else as_text(pl.col(name), dtype).alias(name)
            for name, dtype in ((name, frame.schema[name]) for name in names)
        )
        row = pl.int_range(
            first_row + start, first_row + start + part.height, dtype=pl.UInt32, eager=True
        ).cast(pl.String)
        unread = originals.filter(
            pl.col("row").is_between(start, start + part.height, closed="left")
        ).with_columns(pl.col("row").cast(pl.Int64) - start)
        cells = [
            _cells(part.get_column(name), unread.filter(pl.col("column") == name), row, style)
            for name, style in zip(names, styles, strict=True)
        ]
        start_tag = pl.concat_str(pl.lit('<row r="'), pl.lit(row), _height(part, styles))
        yield (
            pl.select(pl.concat_str(start_tag, *cells, pl.lit("</row>")))
            .to_series()
            .str.join()
            .item()
            .encode()
        )


def _height(part: pl.DataFrame, styles: Sequence[CellStyles]) -> pl.Expr:
    """Give the height for the most lines that wrapped text takes in the row, by its length.

    Excel finds the height itself on the next edit; LibreOffice and viewers take it as it stands.
    """
    lines = [
        (pl.lit(text.str.len_chars()) / style.characters).ceil()
        + text.str.count_matches("\n", literal=True)
        for text, style in zip(part.iter_columns(), styles, strict=True)
        if style.characters is not None and text.dtype == pl.String
    ]
    if not lines:
        return pl.lit('">')
    points = pl.max_horizontal(pl.lit(1.0), *lines) * LINE_POINTS
    points = points.clip(upper_bound=HIGHEST_ROW).cast(pl.Int64)
    return (
        pl.when(points > LINE_POINTS).then(pl.format('" ht="{}">', points)).otherwise(pl.lit('">'))
    )


def _cells(values: pl.Series, unread: pl.DataFrame, row: pl.Series, style: CellStyles) -> pl.Expr:
    """Give the `<c>` elements of one column; a null is a blank cell in the column's style."""
    start = pl.concat_str(pl.lit(f'<c r="{style.letters}'), pl.lit(row))
    blank = pl.concat_str(start, pl.lit(f'" s="{style.typed}"/>'))
    if _is_number(values.dtype):
        number = pl.lit(_as_number(values))
        typed = pl.concat_str(start, pl.lit(f'" s="{style.typed}"><v>'), number, pl.lit("</v></c>"))
    else:
        typed = _text_cell(start, style.typed, _in_xml(values))
    cells = typed.fill_null(blank)
    if unread.is_empty():
        return cells
    original = pl.Series([None], dtype=pl.String).new_from_index(0, len(values))
    original = original.scatter(unread["row"], unread["text"])
    return _text_cell(start, style.unread, _in_xml(original)).fill_null(cells)


def _text_cell(start: pl.Expr, style: int, text: pl.Series) -> pl.Expr:
    return pl.concat_str(
        start,
        pl.lit(f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'),
        pl.lit(text),
        pl.lit("</t></is></c>"),
    )


def _is_number(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype == pl.Date


def _as_number(values: pl.Series) -> pl.Series:
    """Give numbers as XML spells them; a date is the days since Excel's day zero."""
    if values.dtype == pl.Date:
        values = (values - _DAY_ZERO).dt.total_days()
    elif values.dtype.is_float():
        # A cell has no number for these; Excel would call the whole file damaged.
        values = values.set(~values.is_finite(), None)
    return values.cast(pl.String)


def _in_xml(text: pl.Series) -> pl.Series:
    """Cut what a cell cannot hold, and escape as ST_Xstring asks (ECMA-376 part 1, 22.9.2.19)."""
    return (
        _cut(text)
        .str.replace_all(_LOOKS_ESCAPED, "_x005F_$1")
        .str.replace_many(_IN_XML, leftmost=True)
    )


def _cut(text: pl.Series) -> pl.Series:
    # UTF-8 never takes fewer bytes than UTF-16 takes units, so few texts are counted exactly.
    for position in (text.str.len_bytes() > LONGEST_TEXT).arg_true():
        cut = cut_text(text[position], LONGEST_TEXT, CUT_MARK)
        text = text.clone().scatter(position, cut)
    return text


def cut_text(text: str, longest: int, mark: str) -> str:
    """Give the text itself, or as much of it as fits with the mark, in UTF-16 units."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return text
    # "ignore" drops the first half of a pair that the cut went through.
    return units[: 2 * (longest - len(mark))].decode("utf-16-le", "ignore") + mark
