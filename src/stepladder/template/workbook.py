"""Tables and pages in, one workbook out: drawn by XlsxWriter, then filled with its rows.

XlsxWriter draws a small book whose tables have one row each (looks.py). The rows are then streamed
into the drawn sheets in the style of that row (rows.py). XlsxWriter alone would hold every cell of
a table in memory and write it one Python call at a time.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import IO, Final
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook

from stepladder.books.packed import AnySheet
from stepladder.books.rows import CellStyles, rows_at_once, sheet_rows
from stepladder.books.table import LINK, SHEET_ROWS, column_letters
from stepladder.errors import OutputError
from stepladder.template.looks import SHEET_COLUMNS, draw_sheet, line_length
from stepladder.template.macros import RIBBON_PART, Macros, with_ribbon
from stepladder.template.page import Page, draw_page

# A workbook says when it was made; ours always says the same: equal input gives equal bytes.
_MADE: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_COMPRESSION: Final = 4
_BYTES_OF_A_CELL: Final = 100
_ZIP64_FROM: Final = 2**30
_MAIN_TYPES: Final = {
    ".xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ".xlsm": b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ".xlam": b"application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
_MOST_LINKS: Final = 65_000
"""Excel opens no sheet with more than 65,530 links; the cells below go without."""

_PATTERN: Final = re.compile(
    rb'(?P<head>.*<row r="1".*?</row>)'
    rb'<row r="2".*?>(?P<typed>.*?)</row>'
    rb'<row r="3".*?>(?P<unread>.*?)</row>'
    rb"(?P<tail></sheetData>.*)",
    re.DOTALL,
)
_STYLED_CELL: Final = re.compile(rb'<c r="([A-Z]+)\d+" s="(\d+)"/>')


def write_workbook(
    path: Path, parts: Sequence[AnySheet | Page], macros: Macros | None = None
) -> None:
    """Write a worksheet for each part in the given order: one with an Excel table, or a page.

    Equal parts give equal bytes. The path is written as it stands: `stepladder.books.staging`
    gives the temporary one, and turns an OSError into an OutputError that names the real file.

    Args:
        path: The .xlsx, .xlsm or .xlam file, replaced where it exists.
        parts: Titles are valid sheet names (at most 31 characters, no two alike), each sheet has
            at least one column.
        macros: What a .xlsm or .xlam file runs. Its project knows as many sheets as there are
            parts.

    Raises:
        OutputError: A table has more rows or columns than a worksheet holds; told before
            anything is written.
        OSError: The system refuses to write.
    """
    drawn = _drawn(parts, macros)
    with path.open("wb") as file:
        _fill(drawn, parts, file, path.suffix.lower(), macros)


def workbook_bytes(parts: Sequence[AnySheet | Page]) -> bytes:
    """Give the .xlsx workbook of `write_workbook` in memory. Raises OutputError alike."""
    file = BytesIO()
    _fill(_drawn(parts, None), parts, file, ".xlsx", None)
    return file.getvalue()


def _drawn(parts: Sequence[AnySheet | Page], macros: Macros | None) -> BytesIO:
    for part in parts:
        if not isinstance(part, Page):
            _fits_a_worksheet(part)
    return _draw(parts, macros)


def _fits_a_worksheet(sheet: AnySheet) -> None:
    rows = sheet.height
    if rows >= SHEET_ROWS:
        raise OutputError(
            f"The table {sheet.title} has {rows:,} rows, and an Excel worksheet holds "
            f"{SHEET_ROWS - 1:,} under its header. Write the results to a folder instead: "
            "give --out a name without .xlsx."
        )
    if len(sheet.columns) > SHEET_COLUMNS:
        raise OutputError(
            f"The table {sheet.title} has {len(sheet.columns):,} columns, and an Excel worksheet "
            f"holds {SHEET_COLUMNS:,}. Write the results to a folder instead: give --out a name "
            "without .xlsx."
        )


def _draw(parts: Sequence[AnySheet | Page], macros: Macros | None) -> BytesIO:
    drawn = BytesIO()
    # In memory XlsxWriter leaves no trace of the machine's umask and time zone in the package.
    with Workbook(drawn, {"in_memory": True}) as book:
        book.set_properties({"title": "Stepladder", "created": _MADE})
        if macros:
            book.add_vba_project(BytesIO(macros.project), is_stream=True)
        for part in parts:
            if isinstance(part, Page):
                draw_page(book, part)
            else:
                draw_sheet(book, part)
    return drawn


def _fill(
    drawn: BytesIO,
    parts: Sequence[AnySheet | Page],
    file: IO[bytes],
    kind: str,
    macros: Macros | None,
) -> None:
    sheet_parts = {
        f"xl/worksheets/sheet{n}.xml": part
        for n, part in enumerate(parts, 1)
        if not isinstance(part, Page)
    }
    table_parts = {
        f"xl/tables/table{n}.xml": sheet for n, sheet in enumerate(sheet_parts.values(), 1)
    }
    with (
        ZipFile(drawn) as pattern,
        ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as book,
    ):
        for name in pattern.namelist():
            part = pattern.read(name)
            if name in sheet_parts:
                sheet = sheet_parts[name]
                with book.open(name, "w", force_zip64=_is_huge(sheet)) as out:
                    _fill_sheet(part, sheet, out)
                continue
            if name in table_parts:
                part = _grown(part, table_parts[name])
            if name == "[Content_Types].xml":
                part = _of_kind(part, kind)
            if name == "_rels/.rels" and macros:
                part = with_ribbon(part)
            # Unlike writestr, open gives the entry a fixed day instead of now.
            with book.open(name, "w") as out:
                out.write(part)
        if macros:
            with book.open(RIBBON_PART, "w") as out:
                out.write(macros.ribbon)


def _of_kind(types: bytes, kind: str) -> bytes:
    """Excel opens a .xlsm or .xlam only if the package says so too, macros or not."""
    for drawn in _MAIN_TYPES.values():
        types = types.replace(drawn, _MAIN_TYPES.get(kind, drawn))
    return types


def _fill_sheet(part: bytes, sheet: AnySheet, out: IO[bytes]) -> None:
    pattern = _PATTERN.fullmatch(part)
    if pattern is None:
        raise AssertionError(f"the drawn sheet {sheet.title} has no pattern rows")
    styles = [
        CellStyles(letters.decode(), int(typed), int(unread), line_length(column))
        for (letters, typed), (_, unread), column in zip(
            _STYLED_CELL.findall(pattern["typed"]),
            _STYLED_CELL.findall(pattern["unread"]),
            sheet.columns,
            strict=True,
        )
    ]
    out.write(_grown(pattern["head"], sheet))
    names = [column.name for column in sheet.columns]
    # An empty table has one blank row.
    parts = sheet.slices(rows_at_once(len(names))) if sheet.height else [sheet.frame.clear(1)]
    for rows in _one_ahead(sheet_rows(parts, sheet.originals, names, styles, first_row=2)):
        out.write(rows)
    out.write(_linked(pattern["tail"], sheet))


def _one_ahead(rows: Iterator[bytes]) -> Iterator[bytes]:
    """The same, each being made while the one before it is compressed."""
    with ThreadPoolExecutor(max_workers=1) as maker:
        coming = maker.submit(next, rows, None)
        while (made := coming.result()) is not None:
            coming = maker.submit(next, rows, None)
            yield made


def _linked(tail: bytes, sheet: AnySheet) -> bytes:
    """Let the cells of a column of links lead where the frame's column `link` says."""
    letters = [
        column_letters(at) for at, column in enumerate(sheet.columns) if column.kind == "link"
    ]
    if not letters:
        return tail
    links = sheet.frame[LINK].head(_MOST_LINKS).to_list()
    elements = "".join(
        f'<hyperlink ref="{letters[0]}{row}" location={quoteattr(place)}/>'
        for row, place in enumerate(links, 2)
        if place
    )
    if not elements:
        return tail
    # Hyperlinks come after validations and before the print set-up (ECMA-376 part 1, 18.3.1.99).
    return re.sub(
        rb"<printOptions|<pageMargins",
        lambda found: f"<hyperlinks>{elements}</hyperlinks>".encode() + found[0],
        tail,
        count=1,
    )


def _grown(part: bytes, sheet: AnySheet) -> bytes:
    """Let the part's range reach as far down as the rows do; an empty table has one blank row."""
    last_row = 1 + max(sheet.height, 1)
    return re.sub(rb'ref="A1:([A-Z]+)\d+"', rb'ref="A1:\g<1>%d"' % last_row, part)


def _is_huge(sheet: AnySheet) -> bool:
    cells = (sheet.height + 1) * len(sheet.columns)
    return cells * _BYTES_OF_A_CELL + 2 * sheet.text_bytes > _ZIP64_FROM
