"""Typed values in, what their cells hold as SpreadsheetML, out: text as text, numbers as numbers.

The cells are made by polars a column at a time, not in Python one by one: a cohort's shortlist
runs to millions of cells. Text is stored inline, where nothing that begins with = + - @ can turn
into a formula (ECMA-376 part 1, 18.3.1.53).
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl
from polars._typing import PolarsDataType

from stepladder.books.table import as_text

LONGEST_TEXT: Final = 32_767
"""UTF-16 units that Excel holds in one cell."""
CUT_MARK: Final = " … [cut here: a cell holds no more]"

Shown = str | float | None
"""What a cell shows: a text, a number (a day is the number of its days), or nothing."""

_SECONDS_OF_A_DAY: Final = 86_400
# Excel counts a 29 February 1900 that never was; the days before it have a lower number.
_PHANTOM_DAY: Final = 60

# A cell breaks its lines with LF alone; Excel shows a CR as a box.
_LINE_ENDS: Final = {"\r\n": "\n", "\r": "\n"}
_CONTROLS: Final = [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"] + [
    "\ufffe",
    "\uffff",
]
_LOOKS_ESCAPED: Final = r"_(x[0-9A-Fa-f]{4}_)"
_IN_XML: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    **{control: f"_x{ord(control):04X}_" for control in _CONTROLS},
}


Kind = Literal["number", "day", "moment", "text"]
"""What a column's cells are for, and so which number formats suit them."""


@dataclass(frozen=True)
class Spelling:
    """How one worksheet part spells its cells.

    prefix   of the element names, with its colon; mostly empty
    is_1904  whether days are counted from 1904 instead of 1900
    """

    prefix: str = ""
    is_1904: bool = False


PLAIN: Final = Spelling()


@dataclass(frozen=True)
class CellValues:
    """One column as its cells hold it, row by row.

    numbers  null where the cell holds no number
    texts    null where the cell holds no text
    """

    kind: Kind
    numbers: pl.Series
    texts: pl.Series

    def shown(self) -> list[Shown]:
        """What each cell shows, to compare with what stands there."""
        if self.kind == "text":
            return self.texts.to_list()
        if self.kind == "number":
            return self.numbers.cast(pl.Float64).to_list()
        pairs = zip(self.numbers.to_list(), self.texts.to_list(), strict=True)
        return [text if number is None else float(number) for number, text in pairs]

    def contents(self, spelling: Spelling = PLAIN) -> pl.Series:
        """What follows each cell's own attributes: `><v>1</v></c>`, or `/>` for a blank."""
        prefix = spelling.prefix
        number = pl.concat_str(
            pl.lit(f"><{prefix}v>"),
            pl.lit(self.numbers.cast(pl.String)),
            pl.lit(f"</{prefix}v></{prefix}c>"),
        )
        text = pl.concat_str(
            pl.lit(f' t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">'),
            pl.lit(in_xml(self.texts)),
            pl.lit(f"</{prefix}t></{prefix}is></{prefix}c>"),
        )
        return pl.select(pl.coalesce(number, text, pl.lit("/>"))).to_series()


def cell_values(values: pl.Series, *, is_1904: bool = False) -> CellValues:
    """A typed column as cells hold it.

    Strings, numbers, booleans (Yes/No), lists of strings (joined by "; "), dates and moments
    without a time zone; those before the workbook's calendar begins become text, and so do
    numbers that are none (NaN) become blank, as an empty text does. Text is cut where a cell
    holds no more.
    """
    kind = kind_of(values.dtype)
    if kind == "text":
        # `as_text` speaks of a column by name, and of a frame's column only.
        texts = values.to_frame("").select(as_text(pl.col(""), values.dtype)).to_series()
        return CellValues(kind, _nothing(texts), _as_cells_hold(texts))
    if kind == "number":
        if values.dtype.is_float():
            # A cell has no number for these; Excel would call the whole file damaged.
            values = values.set(~values.is_finite(), None)
        return CellValues(kind, values, _nothing(values).cast(pl.String))
    numbers = _serial_numbers(values, is_1904=is_1904)
    texts = values.to_frame("").select(as_text(pl.col(""), values.dtype)).to_series()
    return CellValues(kind, numbers, texts.set(numbers.is_not_null(), None))


def kind_of(dtype: PolarsDataType) -> Kind:
    """What the cells of a column of this type are for."""
    if dtype == pl.Date:
        return "day"
    if dtype == pl.Datetime:
        return "moment"
    return "number" if dtype.is_numeric() else "text"


def in_xml(text: pl.Series) -> pl.Series:
    """Text as an element spells it (ST_Xstring, ECMA-376 part 1, 22.9.2.19)."""
    return text.str.replace_all(_LOOKS_ESCAPED, "_x005F_$1").str.replace_many(_IN_XML)


def cut_text(text: str, longest: int, mark: str) -> str:
    """Give the text itself, or as much of it as fits with the mark, in UTF-16 units."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return text
    # "ignore" drops the first half of a pair that the cut went through.
    return units[: 2 * (longest - len(mark))].decode("utf-16-le", "ignore") + mark


def _as_cells_hold(texts: pl.Series) -> pl.Series:
    cut = _cut(texts).str.replace_many(_LINE_ENDS, leftmost=True)
    return cut.set(cut == "", None)


def _cut(text: pl.Series) -> pl.Series:
    # UTF-8 never takes fewer bytes than UTF-16 takes units, so few texts are counted exactly.
    for position in (text.str.len_bytes() > LONGEST_TEXT).arg_true():
        cut = cut_text(text[position], LONGEST_TEXT, CUT_MARK)
        text = text.clone().scatter(position, cut)
    return text


def _serial_numbers(values: pl.Series, *, is_1904: bool) -> pl.Series:
    """Days since the workbook's day zero; null before it."""
    zero = dt.date(1904, 1, 1) if is_1904 else dt.date(1899, 12, 30)
    if values.dtype == pl.Date:
        days = (values - zero).dt.total_days()
    else:
        since = (values - dt.datetime.combine(zero, dt.time())).dt.total_microseconds()
        days = since / (_SECONDS_OF_A_DAY * 1_000_000)
    if is_1904:
        return days.set(days < 0, None)
    days = days.zip_with(days > _PHANTOM_DAY, days - 1)
    return days.set(days < 1, None)


def _nothing(values: pl.Series) -> pl.Series:
    return values.clear(len(values))
