"""Rows as a book holds them: text tables on the way in, typed sheets on the way out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl
import polars.selectors as cs
from polars._typing import PolarsDataType
from polars.exceptions import PolarsError

from stepladder.errors import InputError

SHEET_ROWS = 1_048_576
"""Rows of an Excel worksheet, its header included."""
SHEET_COLUMNS = 16_384
LINK = "link"
"""The column of a frame that names, for a column of links, the place each cell leads to."""
WHOLE_LIMIT = 1e15
"""Whole floats below this are written without ".0"; above, a float no longer counts in ones."""


@dataclass(frozen=True)
class TextTable:
    """One table as it stands in a book: every cell is text and none is interpreted.

    source        what a person calls it: "cohort.csv", "Book.xlsx, sheet Applicants"
    headers       as written, stripped; "" where a header cell is empty
    cells         String columns "0", "1", … one per header; an empty or all-space cell is null,
                  other text is verbatim; wholly empty rows are left out
    sheet_rows    UInt32, one per row: the sheet row, or the line on which a CSV record starts
    header_row    1-based sheet row or line of the header
    first_column  0-based sheet column of the first header; 0 in CSV
    overlong      Boolean, one per row: the record had text beyond the last header
    """

    source: str
    headers: tuple[str, ...]
    cells: pl.DataFrame
    sheet_rows: pl.Series
    header_row: int
    first_column: int
    overlong: pl.Series

    def address(self, column: int, sheet_row: int) -> str:
        """A1-style address of the cell under the header at this 0-based position."""
        return f"{column_letters(self.first_column + column)}{sheet_row}"


@dataclass(frozen=True)
class Limits:
    """What a cell of an input column may hold, in the words of its schema.

    allowed     the values of a choice; empty where any will do
    is_unique   no two rows hold the same
    is_refused  a value beyond them is an error, not a query
    expected    completes the sentence “… is not …”
    """

    minimum: float | date | None = None
    maximum: float | date | None = None
    allowed: tuple[str, ...] = ()
    is_unique: bool = False
    is_refused: bool = True
    expected: str = ""


@dataclass(frozen=True)
class SheetColumn:
    """One column of a result sheet: how it is headed, read and drawn.

    kind    id, text, integer, number, money, rate, date, yesno, choice, list or link: text that
            leads to the place in the workbook that the frame's column `link` names
    owner   "input" (a schema column), "own" (the office's), "computed" (ours)
    width   characters
    limits  of an input column
    """

    name: str
    title: str
    kind: str
    owner: str
    width: int
    help: str = ""
    limits: Limits | None = None


@dataclass(frozen=True)
class Sheet:
    """One result table ready to be written.

    name       "applicants", "shortlist", … : the file name in a folder
    title      "Applicants", … : the name of the sheet and of its Excel table
    frame      typed, in final row order
    columns    which columns of the frame are written, in final order
    originals  row UInt32 (0-based position in frame), column String, text String: cells that
               could not be read; their text is written in place of the typed null
    """

    name: str
    title: str
    frame: pl.DataFrame
    columns: tuple[SheetColumn, ...]
    originals: pl.DataFrame

    @property
    def height(self) -> int:
        """How many rows the frame has."""
        return self.frame.height

    @property
    def text_bytes(self) -> int:
        """How long all its text is."""
        return text_bytes(self.frame)

    def slices(self, rows: int) -> Iterator[pl.DataFrame]:
        """The rows in order, at most so many at a time."""
        return self.frame.iter_slices(rows)


def columns_where(frame: pl.DataFrame, holds: pl.Expr) -> list[str]:
    """The columns of which it holds in a row: few, mostly, and to look is quicker than to change.

    `holds` is said of many columns at once, and keeps their names.
    """
    return [column.name for column in frame.select(holds.any()) if column.any()]


def with_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with texts where it has words of a few, kept once, by their number."""
    return frame.with_columns((cs.enum() | cs.categorical()).cast(pl.String))


def text_bytes(frame: pl.DataFrame) -> int:
    """How long the text of a frame is, in all."""
    lengths = with_texts(frame).select(pl.col(pl.String).str.len_bytes())
    return sum(int(column.sum()) for column in lengths)


def column_letters(position: int) -> str:
    """Letters of a 0-based sheet column: 0 is A, 25 Z, 26 AA."""
    letters = ""
    count = position + 1
    while count:
        count, digit = divmod(count - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_position(letters: str) -> int:
    """The 0-based sheet column of these letters, in any case, as `column_letters` gives them."""
    position = 0
    for letter in letters.upper():
        position = 26 * position + ord(letter) - ord("A") + 1
    return position - 1


def is_on_sheet(row: int, column: int) -> bool:
    """Whether a worksheet has this cell: 1-based row, 0-based column."""
    return 1 <= row <= SHEET_ROWS and 0 <= column < SHEET_COLUMNS


@lru_cache(maxsize=10_000)
def title_key(title: str) -> str:
    """What spellings of one title of ours have in common: its words, in any case and spacing.

    A title is the same whether or not it says that its numbers are illustrative.
    """
    return without_mark(" ".join(title.split()).casefold())


def without_mark(title: str) -> str:
    """A title of ours as it stands over calibrated numbers: not illustrative."""
    return title.replace(" (illustrative)", "").replace(", illustrative)", ")")


def text_table(frame: pl.DataFrame, source: str, first_row: int = 2) -> TextTable:
    """Any polars frame as a text table: header on row 1, first row on row 2 unless it is a part.

    Whole numbers come without decimals, dates in ISO form, booleans as Yes or No, lists joined
    by "; ". Raises InputError if a column holds what has no text form.
    """
    # A column may be called "*" or "^a$", which pl.col would take as a pattern.
    typed = pl.DataFrame(dict(zip(_positions(frame.width), frame.iter_columns(), strict=True)))
    try:
        cells = typed.select(
            as_text(pl.col(position), dtype).alias(position)
            for position, dtype in typed.schema.items()
        )
    except PolarsError as problem:
        raise InputError(
            f"{source} holds a column that cannot be read as text; "
            "keep text, numbers, dates and lists of them only."
        ) from problem
    return assemble(
        source,
        [name.strip() for name in frame.columns],
        cells,
        pl.Series(range(first_row, first_row + frame.height), dtype=pl.UInt32),
    )


def assemble(
    source: str,
    headers: Sequence[str],
    cells: pl.DataFrame,
    sheet_rows: pl.Series,
    header_row: int = 1,
    first_column: int = 0,
) -> TextTable:
    """Blank cells become null and blank rows are left out, alike for every medium.

    cells: String columns "0", "1", …; one column beyond the headers holds a record's surplus.
    """
    names = _positions(len(headers))
    surplus = str(len(headers))
    if surplus not in cells.columns:
        cells = cells.with_columns(pl.lit(None, pl.String).alias(surplus))
    cells = without_blank_texts(cells)
    kept = cells.select(
        pl.any_horizontal(pl.col(*names, surplus).is_not_null()).alias("kept")
    ).to_series()
    cells = cells.filter(kept)
    return TextTable(
        source=source,
        headers=tuple(headers),
        cells=cells.select(names),
        sheet_rows=sheet_rows.cast(pl.UInt32).filter(kept).alias("sheet_row"),
        header_row=header_row,
        first_column=first_column,
        overlong=cells[surplus].is_not_null().alias("overlong"),
    )


def without_blank_texts(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with null in place of text that is empty or all space.

    Only text whose first letter comes before all that is written, or is not ASCII, can be blank;
    most columns have none, and comparing is much faster than stripping.
    """
    doubtful = pl.col(columns_where(cells, (pl.all() < "!") | (pl.all() > "~")))
    return cells.with_columns(
        pl.when(doubtful.str.strip_chars().str.len_bytes() > 0).then(doubtful)
    )


def as_text(column: pl.Expr, dtype: PolarsDataType) -> pl.Expr:
    """A typed column as an advisor would have typed it; null, NaN and empty lists are null."""
    text = column.cast(pl.String)
    match dtype:
        case pl.Boolean():
            text = pl.when(column).then(pl.lit("Yes")).when(~column).then(pl.lit("No"))
        case pl.Float32() | pl.Float64():
            whole = column.cast(pl.Int64, strict=False)
            is_whole = (column.abs() < WHOLE_LIMIT) & (column == whole)
            text = pl.when(is_whole).then(whole.cast(pl.String)).when(~column.is_nan()).then(text)
        case pl.Decimal():
            text = text.str.replace(r"\.0+$", "")
        case pl.Datetime():
            moment = column.dt.strftime("%Y-%m-%d %H:%M:%S%.f")
            text = moment.str.replace(" 00:00:00$", "")
        case pl.Struct():
            text = column.struct.json_encode()
        case pl.Array():
            text = as_text(column.arr.to_list(), pl.List(dtype.inner))
        case pl.List():
            joined = column.list.eval(as_text(pl.element(), dtype.inner)).list.join("; ")
            text = pl.when(joined != "").then(joined)
        case _:
            pass
    return text


def _positions(count: int) -> list[str]:
    return [str(position) for position in range(count)]
