"""Typed values in, what their cells hold as SpreadsheetML, out: text as text, numbers as numbers.

The cells are made by polars a column at a time, not in Python one by one: a cohort's shortlist
runs to millions of cells. Text is stored inline, where nothing that begins with = + - @ can turn
into a formula (ECMA-376 part 1, 18.3.1.53).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl
from polars._typing import PolarsDataType

from stepladder.books.table import as_text, columns_where

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
_NOT_AS_IT_STANDS: Final = rf"[{''.join(_IN_XML)}]|{_LOOKS_ESCAPED}"


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
        return contents_of([self], spelling)[0]


def contents_of(columns: Sequence[CellValues], spelling: Spelling = PLAIN) -> list[pl.Series]:
    """The `contents` of columns of one length, of all of them at once."""
    held = {
        f"{kind}{at}": values
        for at, column in enumerate(columns)
        for kind, values in (("number", column.numbers), ("text", column.texts))
    }
    frame = _in_xml(pl.DataFrame(held))
    return frame.select(
        _content(column.kind, pl.col(f"number{at}"), pl.col(f"text{at}"), spelling).alias(str(at))
        for at, column in enumerate(columns)
    ).get_columns()


def _in_xml(held: pl.DataFrame) -> pl.DataFrame:
    """Texts as an element spells them; to look for what is spelt otherwise is quicker."""
    special = columns_where(held, pl.col(pl.String).str.contains(_NOT_AS_IT_STANDS))
    return held.with_columns(in_xml(pl.col(name)) for name in special)


def _content(kind: Kind, number: pl.Expr, text: pl.Expr, spelling: Spelling) -> pl.Expr:
    prefix = spelling.prefix
    numbers = pl.concat_str(
        pl.lit(f"><{prefix}v>"), number.cast(pl.String), pl.lit(f"</{prefix}v></{prefix}c>")
    )
    texts = pl.concat_str(
        pl.lit(f' t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">'),
        text,
        pl.lit(f"</{prefix}t></{prefix}is></{prefix}c>"),
    )
    held = {"number": (numbers,), "text": (texts,)}.get(kind, (numbers, texts))
    return pl.coalesce(*held, pl.lit("/>"))


def cell_values(values: pl.Series, *, is_1904: bool = False) -> CellValues:
    """A typed column as cells hold it.

    Strings, numbers, booleans (Yes/No), lists of strings (joined by "; "), dates and moments
    without a time zone; those before the workbook's calendar begins become text, and so do
    numbers that are none (NaN) become blank, as an empty text does. Text is cut where a cell
    holds no more.
    """
    return frame_values(values.to_frame(""), is_1904=is_1904)[0]


def frame_values(frame: pl.DataFrame, *, is_1904: bool = False) -> list[CellValues]:
    """Each column of a frame as `cell_values` gives it, all of them at once."""
    # `as_text` speaks of a column by name, and a header may look like a pattern of names.
    numbered = frame.rename({name: str(at) for at, name in enumerate(frame.columns)})
    told = _with_lf(
        _cut(
            numbered.select(
                as_text(pl.col(name), dtype).alias(name)
                for name, dtype in numbered.schema.items()
                if kind_of(dtype) != "number"
            )
        )
    )
    numbers = numbered.select(
        _number(pl.col(name), dtype, is_1904=is_1904).alias(name)
        for name, dtype in numbered.schema.items()
        if kind_of(dtype) != "text"
    )
    texts = told.select(
        (
            pl.when(pl.col(name) != "").then(pl.col(name))
            if kind_of(dtype) == "text"
            else pl.when(pl.lit(numbers[name].is_null())).then(pl.col(name)).alias(name)
        )
        for name, dtype in numbered.schema.items()
        if kind_of(dtype) != "number"
    )
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    return [
        CellValues(
            kind_of(dtype),
            numbers[name] if name in numbers.columns else nothing,
            texts[name] if name in texts.columns else nothing,
        )
        for name, dtype in numbered.schema.items()
    ]


def kind_of(dtype: PolarsDataType) -> Kind:
    """What the cells of a column of this type are for."""
    if dtype == pl.Date:
        return "day"
    if dtype == pl.Datetime:
        return "moment"
    return "number" if dtype.is_numeric() else "text"


def in_xml(text: pl.Expr) -> pl.Expr:
    """Text as an element spells it (ST_Xstring, ECMA-376 part 1, 22.9.2.19)."""
    return text.str.replace_all(_LOOKS_ESCAPED, "_x005F_$1").str.replace_many(_IN_XML)


def cut_text(text: str, longest: int, mark: str) -> str:
    """Give the text itself, or as much of it as fits with the mark, in UTF-16 units."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * longest:
        return text
    # "ignore" drops the first half of a pair that the cut went through.
    return units[: 2 * (longest - len(mark))].decode("utf-16-le", "ignore") + mark


def _with_lf(texts: pl.DataFrame) -> pl.DataFrame:
    return texts.with_columns(
        pl.col(name).str.replace_many(_LINE_ENDS, leftmost=True)
        for name in columns_where(texts, pl.all().str.contains("\r", literal=True))
    )


def _cut(texts: pl.DataFrame) -> pl.DataFrame:
    # UTF-8 never takes fewer bytes than UTF-16 takes units, so few texts are counted exactly.
    for name in columns_where(texts, pl.all().str.len_bytes() > LONGEST_TEXT):
        text = texts[name]
        for position in (text.str.len_bytes() > LONGEST_TEXT).arg_true():
            cut = cut_text(text[position], LONGEST_TEXT, CUT_MARK)
            text = text.clone().scatter(position, cut)
        texts = texts.with_columns(text)
    return texts


def _number(column: pl.Expr, dtype: PolarsDataType, *, is_1904: bool) -> pl.Expr:
    """What is a number in a cell: a number, or a day as the days since the workbook's day zero.

    Null before that day. A cell has no number for NaN; Excel would call the whole file damaged.
    """
    if kind_of(dtype) == "number":
        return pl.when(column.is_finite()).then(column) if dtype.is_float() else column
    zero = dt.date(1904, 1, 1) if is_1904 else dt.date(1899, 12, 30)
    if dtype == pl.Date:
        days = (column - zero).dt.total_days()
    else:
        since = (column - dt.datetime.combine(zero, dt.time())).dt.total_microseconds()
        days = since / (_SECONDS_OF_A_DAY * 1_000_000)
    if is_1904:
        return pl.when(days >= 0).then(days)
    days = pl.when(days > _PHANTOM_DAY).then(days).otherwise(days - 1)
    return pl.when(days >= 1).then(days)
