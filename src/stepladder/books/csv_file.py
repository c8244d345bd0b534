"""CSV text in any office's dialect to a text table; a result sheet to CSV bytes."""

import codecs
import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import islice

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

from stepladder.books.table import (
    Sheet,
    SheetColumn,
    TextTable,
    as_text,
    assemble,
    columns_where,
)
from stepladder.errors import InputError

Recognise = Callable[[Sequence[str]], int]
"""How many of these header cells are column titles of the wanted schema."""

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 50
"""The header is looked for in so many physical lines."""
WIDEST_SURPLUS = 64
"""Cells beyond the header that polars is given room for; wider records are read one by one."""
UTF16_ZEROS, OTHER_ZEROS = 0.4, 0.1
"""Western text in UTF-16 has a zero in nearly every second byte; binary files, anywhere."""

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_DECLARED = re.compile(r'"?sep=(?P<delimiter>[!#-/:-@\[-`{-~]|\t)"?[\r\n]*', re.IGNORECASE)
_FORMULA_LIKE = r"^'*[=+\-@]"
_PROTECTED = r"^'+[=+\-@]"
_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"


@dataclass(frozen=True)
class Records:
    """What stands under a CSV header: one row per record, before blanks are taken out.

    cells  String columns "0", "1", … one per header, and one more with any surplus text
    lines  the physical line on which each record starts
    """

    cells: pl.DataFrame
    lines: pl.Series


@dataclass(frozen=True)
class _Header:
    delimiter: str
    line: int
    cells: list[str]
    lines_taken: int


def read_csv(content: bytes, source: str, recognise: Recognise) -> TextTable:
    """The bytes of a CSV file as a text table, whatever its encoding, delimiter and line ends.

    The header is the line, read with the delimiter, whose cells `recognise` counts most of; so
    title lines above it and a `sep=;` line are passed over. Nothing is inferred: 007 stays 007.
    One apostrophe that protects text beginning with = + - @ is taken off.

    Raises InputError for an empty or binary file, a quotation mark left open, no known header.
    """
    body = as_utf8(content, source)
    lines = [line.group() for line in islice(LINE.finditer(body), 2 * HEADER_WITHIN)]
    if not body.strip():
        raise InputError(f"{source} is empty; save the list again with its column titles and rows.")
    header = find_header([line.decode() for line in lines], source, recognise)
    below = header.line - 1 + header.lines_taken
    rows = body[sum(len(line) for line in lines[:below]) :]
    width = len(header.cells)
    records = regular_records(rows, header.delimiter, width, below + 1)
    if records is None:
        records = irregular_records(rows, header.delimiter, width, below + 1, source)
    return assemble(
        source,
        [unprotected_text(cell).strip() for cell in header.cells],
        unprotected(records.cells),
        records.lines,
        header.line,
    )


def as_utf8(content: bytes, source: str) -> bytes:
    """The same text in UTF-8 without a byte order mark.

    UTF-8 and UTF-16 are told by their mark or their pattern; anything else is taken as cp1252,
    whose five undefined bytes become U+FFFD. Raises InputError if this is no text.
    """
    try:
        body = _decoded(content)
    except UnicodeDecodeError as problem:
        raise InputError(
            f"{source} is damaged: its text breaks off; save it again as CSV UTF-8."
        ) from problem
    if b"\0" in body:
        raise InputError(
            f"{source} is not a text file; save the list as CSV UTF-8 or as an .xlsx workbook."
        )
    return body


def _decoded(content: bytes) -> bytes:
    if content.startswith(codecs.BOM_UTF8):
        return _valid_utf8(content.removeprefix(codecs.BOM_UTF8), "utf-8")
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return content.decode("utf-32").encode()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    start = np.frombuffer(content[:4096], np.uint8)
    even, odd = ((start[offset::2] == 0).mean() if start.size > 1 else 0 for offset in (0, 1))
    if odd > UTF16_ZEROS > OTHER_ZEROS > even:
        return content.decode("utf-16-le").encode()
    if even > UTF16_ZEROS > OTHER_ZEROS > odd:
        return content.decode("utf-16-be").encode()
    return _valid_utf8(content, "cp1252")


def _valid_utf8(content: bytes, otherwise: str) -> bytes:
    try:
        content.decode()
    except UnicodeDecodeError:
        return content.decode(otherwise, errors="replace").encode()
    return content


def find_header(lines: Sequence[str], source: str, recognise: Recognise) -> _Header:
    """The header among the first lines of a text. Raises InputError where none is recognised."""
    declared = _DECLARED.fullmatch(lines[0])
    delimiters = dict.fromkeys([*([declared["delimiter"]] if declared else []), *DELIMITERS])
    best: tuple[int, int, int] = (0, 0, 0)
    found: _Header | None = None
    for line in range(1, min(len(lines), HEADER_WITHIN) + 1):
        for delimiter in delimiters:
            reader = csv.reader(lines[line - 1 :], delimiter=delimiter)
            try:
                cells = next(reader, [])
            except csv.Error:
                continue
            rank = (recognise([cell.strip() for cell in cells]), -line, len(cells))
            if rank[0] and rank > best:
                best = rank
                found = _Header(delimiter, line, cells, reader.line_num)
    if found is None:
        raise InputError(
            f"{source} has no known column title in its first {HEADER_WITHIN} lines; "
            "give it one line of column titles, spelled as in the example workbook."
        )
    taken = lines[found.line - 1 : found.line - 1 + found.lines_taken]
    _refuse_open_quote(taken, found.delimiter, found.line, source)
    return found


def regular_records(body: bytes, delimiter: str, width: int, first_line: int) -> Records | None:
    """The records under a header, read by polars; None if the quotation marks are irregular.

    Regular: a mark opens at the start of a cell, closes at its end, and is doubled in between.
    body: UTF-8, any line ends; its first line is physical line `first_line`.
    """
    found = _plain_records(body, delimiter, width, first_line)
    if found is None:
        return None
    cells = _by_polars(found.text, delimiter, max(width, found.widest))
    if cells is None or cells.height != len(found.lines):
        return None
    beyond = [pl.col(str(position)) for position in range(width, cells.width)]
    surplus = pl.concat_str(beyond, ignore_nulls=True) if beyond else pl.lit(None, pl.String)
    named = [str(position) for position in range(width)]
    return Records(cells.select(*named, surplus.alias(str(width))), found.lines)


def records_of_columns(
    body: bytes, delimiter: str, width: int, first_line: int, positions: Sequence[int]
) -> Records | None:
    """The same with the columns at some positions only."""
    found = _plain_records(body, delimiter, width, first_line)
    if found is None:
        return None
    cells = _by_polars(found.text, delimiter, max(width, found.widest), positions)
    if cells is None or cells.height != len(found.lines):
        return None
    return Records(cells, found.lines)


@dataclass(frozen=True)
class _PlainRecords:
    """Text that polars reads as it stands: no blank line, each line end a line feed."""

    text: bytes
    widest: int
    lines: pl.Series


def _plain_records(
    body: bytes, delimiter: str, width: int, first_line: int
) -> _PlainRecords | None:
    text = np.frombuffer(body, np.uint8)
    marks = np.flatnonzero(text == ord('"'))
    if not _is_regular(text, marks, delimiter):
        return None
    feeds = text == ord("\n")
    returns = lone = np.zeros_like(feeds)
    if b"\r" in body:
        returns = text == ord("\r")
        lone = returns & ~np.append(feeds[1:], [False])
    line_ends = np.flatnonzero(feeds | lone)
    delimiters = np.flatnonzero(text == ord(delimiter))
    is_record_end = np.ones(len(line_ends), np.bool_)
    if len(marks):
        inside = np.bitwise_xor.accumulate(text == ord('"'))
        is_record_end = ~inside[line_ends]
        delimiters = delimiters[~inside[delimiters]]
    ends = line_ends[is_record_end]
    starts = np.concatenate([[0], ends + 1])
    lines = first_line + np.concatenate([[0], np.flatnonzero(is_record_end) + 1])
    if starts[-1] == text.size:
        starts, lines = starts[:-1], lines[:-1]
    else:
        ends = np.append(ends, text.size)
    # polars drops blank lines at the top and keeps them elsewhere: take them all out beforehand.
    with_return = returns[np.maximum(ends - 1, 0)] & feeds[np.minimum(ends, text.size - 1)]
    blank = ends - starts - ((ends > starts) & with_return) == 0
    # Counted between record ends; a record of n delimiters has n + 1 cells.
    per_record = np.diff(np.searchsorted(delimiters, ends), prepend=0)
    widest = int(per_record.max(initial=0)) + 1
    if widest > width + WIDEST_SURPLUS:
        return None
    kept = body
    if blank.any() or lone.any():
        keep = np.ones(text.size, np.bool_)
        keep[starts[blank]] = False
        keep[ends[blank]] = False
        text = text.copy()
        text[ends[lone[np.minimum(ends, text.size - 1)]]] = ord("\n")
        kept = text[keep].tobytes()
    starting_lines = pl.Series(lines[~blank].astype(np.uint32))
    return _PlainRecords(kept, widest, starting_lines)


def _is_regular(text: NDArray[np.uint8], marks: NDArray[np.intp], delimiter: str) -> bool:
    """Whether marks alternate between opening and closing, each where such a mark may stand."""
    if marks.size % 2:
        return False
    opening, closing = marks[0::2], marks[1::2]
    doubled = opening[1:] == closing[:-1] + 1
    boundary = np.zeros(256, np.bool_)
    boundary[[ord(delimiter), ord("\n"), ord("\r")]] = True
    opens = (opening == 0) | boundary[text[np.maximum(opening - 1, 0)]]
    closes = (closing == text.size - 1) | boundary[text[np.minimum(closing + 1, text.size - 1)]]
    opens[1:] |= doubled
    closes[:-1] |= doubled
    return bool(opens.all() and closes.all())


def _by_polars(
    body: bytes, delimiter: str, width: int, positions: Sequence[int] | None = None
) -> pl.DataFrame | None:
    schema = {str(position): pl.String for position in range(width)}
    if not body:
        return pl.DataFrame(schema=schema)
    if body.startswith(codecs.BOM_UTF8):
        # Here the mark is a cell's own text, and polars would drop it.
        return None
    try:
        return pl.read_csv(
            BytesIO(body),
            has_header=False,
            columns=None if positions is None else sorted(positions),
            schema=schema,
            separator=delimiter,
            missing_columns="insert",
            truncate_ragged_lines=True,
        )
    except PolarsError:
        return None


def irregular_records(
    body: bytes, delimiter: str, width: int, first_line: int, source: str
) -> Records:
    """The records under a header, read one by one: a stray mark (5" tall) is text.

    Raises InputError with the line of a quotation mark that is opened and not closed.
    """
    lines = list(StringIO(body.decode(), newline=""))
    # Read as a record of its own only if every quotation mark before it is closed.
    sentinel = "end"
    reader = csv.reader([*lines, sentinel], delimiter=delimiter)
    rows: list[list[str | None]] = []
    starts: list[int] = []
    start = 0
    try:
        for record in reader:
            end = reader.line_num
            if end - start > 1:
                _refuse_open_quote(lines[start:end], delimiter, first_line + start, source)
            named: list[str | None] = [*record[:width]]
            named.extend([None] * (width - len(record)))
            rows.append([*named, "".join(record[width:])])
            starts.append(first_line + start)
            start = end
    except csv.Error as problem:
        raise InputError(
            f"{source}, line {first_line + start}: a cell is far too long, so a quotation mark "
            "is probably not closed; close it or take it out."
        ) from problem
    schema = {str(position): pl.String for position in range(width + 1)}
    cells = pl.DataFrame(rows[:-1], schema=schema, orient="row")
    return Records(cells, pl.Series(starts[:-1], dtype=pl.UInt32))


def _refuse_open_quote(lines: Sequence[str], delimiter: str, first_line: int, source: str) -> None:
    """Refuse a quoted cell over several lines whose mark is not closed at the cell's end.

    An office's line break within a cell is closed properly; a forgotten mark runs on until the
    next mark, and would take whole rows into one cell in silence.
    """
    record = "".join(lines)
    end_of_cell = re.compile(rf"{re.escape(delimiter)}|\r\n|\r|\n|\Z")
    quoted = re.compile(r'"[^"]*(?:""[^"]*)*(?P<closing>"?)')
    position = 0
    while position < len(record):
        cell = quoted.match(record, position)
        inside_until = cell.end() if cell else position
        end = end_of_cell.search(record, inside_until)
        if cell and (not cell["closing"] or re.search(r"[\r\n]", cell.group())):
            closed = cell["closing"] and end and end.start() == inside_until
            if not closed:
                line = first_line + len(re.findall(r"\r\n|\r|\n", record[:position]))
                raise InputError(
                    f"{source}, line {line}: a quotation mark is opened and not closed; "
                    "close it or take it out."
                )
        position = max(end.end() if end else len(record), position + 1)


def unprotected(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells without the one apostrophe that protects text beginning with = + - @."""
    return cells.with_columns(
        pl.when(pl.col(name).str.contains(_PROTECTED))
        .then(pl.col(name).str.slice(1))
        .otherwise(pl.col(name))
        .alias(name)
        for name in columns_where(cells, pl.all().str.starts_with("'"))
    )


def unprotected_text(cell: str) -> str:
    """The same of one cell."""
    return cell[1:] if re.match(_PROTECTED, cell) else cell


def csv_bytes(sheet: Sheet, *, with_header: bool = True) -> bytes:
    """A result sheet as CSV: UTF-8 with byte order mark, commas, CRLF, column names as headers.

    Dates are ISO, rates have six decimals, lists are joined by "; ", and cells that could not be
    read carry their original text. Text that begins (after any apostrophes) with = + - @ gets one
    apostrophe, so that no spreadsheet runs it; numbers never do. Without the header, rows that
    continue those of a file.
    """
    # An office's own column may be called "*" or "^a$", which pl.col would take as a pattern.
    positions = {column.name: str(place) for place, column in enumerate(sheet.columns)}
    typed = pl.DataFrame({positions[c.name]: sheet.frame.get_column(c.name) for c in sheet.columns})
    texts = typed.select(
        _written(position, column, dtype)
        for column, (position, dtype) in zip(sheet.columns, typed.schema.items(), strict=True)
    )
    for (name,), originals in sheet.originals.group_by("column", maintain_order=True):
        if position := positions.get(str(name)):
            restored = texts.get_column(position).scatter(originals["row"], originals["text"])
            texts = texts.with_columns(restored)
    texts = _protected(texts)
    texts.columns = _protected(pl.DataFrame({"header": list(positions)}))["header"].to_list()
    buffer = BytesIO()
    texts.write_csv(
        buffer,
        include_bom=with_header,
        include_header=with_header,
        line_terminator="\r\n",
        quote_style="necessary",
    )
    return buffer.getvalue()


def _written(position: str, column: SheetColumn, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(position)
    if column.kind == "rate":
        text = value.round(6).cast(pl.Decimal(38, 6), strict=False).cast(pl.String)
    elif column.kind in {"integer", "money"} and dtype.is_numeric():
        text = value.round().cast(pl.Int64, strict=False).cast(pl.String)
    else:
        text = as_text(value, dtype)
    return text.alias(position)


def _protected(texts: pl.DataFrame) -> pl.DataFrame:
    """Texts with an apostrophe before each that a spreadsheet would run; most columns have none."""
    doubtful = pl.col(columns_where(texts, pl.all().str.contains(_FORMULA_LIKE)))
    runs = doubtful.str.contains(_FORMULA_LIKE) & ~doubtful.str.contains(_NUMBER)
    return texts.with_columns(pl.when(~runs).then(doubtful).otherwise(pl.lit("'") + doubtful))
