"""A sheet or Excel table of a saved .xlsx or .xlsm workbook to a text table."""

import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl
from openpyxl import load_workbook
from openpyxl.packaging.relationship import RelationshipList, get_dependents, get_rels_path
from openpyxl.packaging.workbook import WorkbookPackage
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.table import Table
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from stepladder.books.calculation import has_formulas
from stepladder.books.cell_text import as_seen
from stepladder.books.guard import DAMAGE, MOST_CELLS, damage_sentence, guarded, refuse_size
from stepladder.books.placed_table import Area
from stepladder.books.table import TextTable, assemble
from stepladder.errors import InputError

if TYPE_CHECKING:
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

Recognise = Callable[[Sequence[str]], int]

HEADER_WITHIN = 50
"""Without an Excel table, the header is looked for in so many rows."""
BESIDE_HEADER = 16
"""Columns right of the last title that are read if they touch it and hold text."""
NOT_CALCULATED = "(formula not calculated)"
"""The text of a formula cell for which the file holds no value."""


@dataclass(frozen=True)
class _Sheet:
    name: str
    part: str
    is_hidden: bool
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class _Region:
    """Where a table may stand, 1-based; rows run to the sheet's end where last_row is None."""

    sheet: _Sheet
    names: frozenset[str]
    headers: tuple[str, ...]
    header_row: int
    first_row: int
    last_row: int | None
    first_column: int
    last_column: int
    known: int


def read_workbook(
    content: bytes,
    source: str,
    recognise: Recognise,
    *,
    name: str | None = None,
    prefer: str = "",
) -> TextTable:
    """One table of a workbook as text, cells as an advisor sees them: 245, 2024-05-01, Yes, 45%.

    An Excel table gives its own header and rows, without its totals row; elsewhere the header is
    the row with the most known titles among the first 50, and rows run to the end of the sheet.
    `name` and `prefer` as in `read_table`. Error cells are their text (#N/A); a formula whose
    value the file does not hold is NOT_CALCULATED.

    Raises InputError for what is no workbook, damaged, too large, without that sheet or table, or
    without a known column title.
    """
    found = guarded(content, source)
    found.refuse_beyond()
    try:
        with warnings.catch_warnings(), found.zip as package:
            # openpyxl warns of every feature it does not keep; nothing is saved here.
            warnings.simplefilter("ignore")
            sheets = _sheets(package)
            book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            wanted = [sheet for sheet in sheets if sheet.name in book.sheetnames]
            regions = [
                region
                for sheet in sorted(wanted, key=lambda sheet: sheet.is_hidden)
                for region in _regions(book[sheet.name], sheet, recognise)
            ]
            region = _choose(regions, wanted, source, name, prefer)
            uncalculated = _uncalculated(package, region)
            return _read(book[region.sheet.name], region, uncalculated, source)
    except DAMAGE as problem:
        raise InputError(damage_sentence(source)) from problem
    except MemoryError:
        refuse_size(source)


def _sheets(package: zipfile.ZipFile) -> list[_Sheet]:
    """Worksheets in the order of their tabs, with the Excel tables that stand on each."""
    document = next(
        relation.target
        for relation in get_dependents(package, "_rels/.rels")
        if relation.Type.endswith("/officeDocument")
    )
    parts = {part.Id: part for part in get_dependents(package, get_rels_path(document))}
    tabs = WorkbookPackage.from_tree(fromstring(package.read(document))).sheets
    return [
        _Sheet(
            name=tab.name,
            part=part.target,
            is_hidden=(tab.state or "visible") != "visible",
            tables=tuple(_tables(package, part.target)),
        )
        for tab in tabs
        if (part := parts.get(tab.id)) and part.Type.endswith("/worksheet")
    ]


def _tables(package: zipfile.ZipFile, part: str) -> Iterator[Table]:
    relations = get_rels_path(part)
    if relations not in package.namelist():
        return
    related: RelationshipList = get_dependents(package, relations)
    for relation in related:
        if relation.Type.endswith("/table"):
            yield Table.from_tree(fromstring(package.read(relation.target)))


def _regions(
    worksheet: "ReadOnlyWorksheet", sheet: _Sheet, recognise: Recognise
) -> Iterator[_Region]:
    """Each Excel table of a sheet, then the sheet as a whole by its likeliest header row."""
    # Some programs write a wrong extent, and openpyxl would cut the rows to it.
    worksheet.reset_dimensions()
    areas = [Area.of(table.ref) for table in sheet.tables]
    top, titled = _read_headers(worksheet, areas)
    for table, area in zip(sheet.tables, areas, strict=True):
        has_header = table.headerRowCount != 0
        if has_header:
            row = titled.get(area.first_row, [])[area.first_column : area.last_column + 1]
            width = area.last_column + 1 - area.first_column
            headers = tuple(cell.strip() for cell in [*row, *[""] * (width - len(row))])
        else:
            headers = tuple(unescape(column.name).strip() for column in table.tableColumns)
        yield _Region(
            sheet=sheet,
            names=frozenset({table.displayName.casefold(), (table.name or "").casefold()}),
            headers=headers,
            header_row=area.first_row,
            first_row=area.first_row + has_header,
            last_row=area.last_row - (table.totalsRowCount or 0),
            first_column=area.first_column + 1,
            last_column=area.last_column + 1,
            known=recognise(headers),
        )
    known, row_number, headers = 0, 1, ()
    for number, cells in enumerate(top, start=1):
        titles = tuple(cell.strip() for cell in cells)
        if (count := recognise(titles)) > known:
            known, row_number, headers = count, number, titles
    while headers and not headers[-1]:
        headers = headers[:-1]
    yield _Region(
        sheet=sheet,
        names=frozenset(),
        headers=headers,
        header_row=row_number,
        first_row=row_number + 1,
        last_row=None,
        first_column=1,
        last_column=len(headers) + BESIDE_HEADER,
        known=known,
    )


def _read_headers(
    worksheet: "ReadOnlyWorksheet", areas: Sequence[Area]
) -> tuple[list[list[str]], dict[int, list[str]]]:
    """The first rows, and the first row of each table by its number, in one pass over the sheet.

    A pass for each table would let a file of many tables hold the run up for days.
    """
    wanted = {area.first_row for area in areas}
    top: list[list[str]] = []
    titled: dict[int, list[str]] = {}
    rows = worksheet.iter_rows(max_row=max(HEADER_WITHIN, *wanted, 0))
    for number, row in enumerate(rows, start=1):
        if number <= HEADER_WITHIN or number in wanted:
            texts = [_text(cell) or "" for cell in row]
            if number <= HEADER_WITHIN:
                top.append(texts)
            if number in wanted:
                titled[number] = texts
    return top, titled


def _choose(
    regions: Sequence[_Region],
    sheets: Sequence[_Sheet],
    source: str,
    name: str | None,
    prefer: str,
) -> _Region:
    def called(wanted: str) -> list[_Region]:
        label = wanted.strip().casefold()
        by_table = [region for region in regions if label in region.names]
        return by_table or [one for one in regions if one.sheet.name.casefold() == label]

    if name is not None:
        candidates = called(name)
        if not candidates:
            there = ", ".join(sheet.name for sheet in sheets)
            raise InputError(f"{source} has no sheet or table {name}; its sheets are {there}.")
    else:
        candidates = [one for one in called(prefer) if one.known] or list(regions)
    best = max(candidates, key=lambda region: region.known, default=None)
    if best is None or not best.known:
        where = f"{source}, sheet {name}," if name is not None else source
        raise InputError(
            f"{where} has no known column title in the first {HEADER_WITHIN} rows; "
            "give it one row of column titles, spelled as in the example workbook."
        )
    return best


def _uncalculated(package: zipfile.ZipFile, region: _Region) -> frozenset[tuple[int, int]]:
    """Rows and columns of formulas without a stored value; an empty text is a value."""
    with package.open(region.sheet.part) as part:
        if not has_formulas(iter(lambda: part.read(1 << 20), b"")):
            return frozenset()
    found: set[tuple[int, int]] = set()
    row = column = 0
    main = f"{{{SHEET_MAIN_NS}}}"
    with package.open(region.sheet.part) as part:
        for event, element in iterparse(part, events=("start", "end")):
            if event == "start" and element.tag == f"{main}row":
                row, column = int(element.get("r", row + 1)), 0
            elif event == "end" and element.tag == f"{main}c":
                reference = element.get("r")
                column = coordinate_to_tuple(reference)[1] if reference else column + 1
                has_formula = element.find(f"{main}f") is not None
                has_value = element.findtext(f"{main}v") or element.get("t") == "str"
                if has_formula and not has_value:
                    found.add((row, column))
            elif event == "end" and element.tag == f"{main}row":
                element.clear()
    return frozenset(found)


def _read(
    worksheet: "ReadOnlyWorksheet",
    region: _Region,
    uncalculated: frozenset[tuple[int, int]],
    source: str,
) -> TextTable:
    worksheet.reset_dimensions()
    width = region.last_column - region.first_column + 1
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    read = worksheet.iter_rows(
        region.first_row, region.last_row, region.first_column, region.last_column
    )
    for number, row in enumerate(read, start=region.first_row):
        texts = [_text(cell) for cell in row]
        for position in range(width if uncalculated else 0):
            if (number, region.first_column + position) in uncalculated:
                texts[position] = NOT_CALCULATED
        if any(texts):
            rows.append(texts)
            numbers.append(number)
            if len(rows) * width > MOST_CELLS:
                refuse_size(source)
    cells = pl.DataFrame(
        rows, schema={str(position): pl.String for position in range(width)}, orient="row"
    )
    first, last = _extent(region, cells)
    cells = cells.select(str(position) for position in range(first, last))
    headers = [*region.headers, *([""] * width)][first:last]
    return assemble(
        f"{source}, sheet {region.sheet.name}",
        headers,
        cells.rename({str(old): str(old - first) for old in range(first, last)}),
        pl.Series(numbers, dtype=pl.UInt32),
        region.header_row,
        region.first_column - 1 + first,
    )


def _extent(region: _Region, cells: pl.DataFrame) -> tuple[int, int]:
    """Columns of a region in use: untitled empty ones at its edges are not part of the table."""
    if region.last_row is not None:
        return 0, cells.width
    has_text = [bool(column.str.strip_chars().str.len_bytes().sum()) for column in cells]
    last = len(region.headers)
    while last < cells.width and has_text[last]:
        last += 1
    first = 0
    while first < last and not region.headers[first] and not has_text[first]:
        first += 1
    return first, last


def _text(cell: "ReadOnlyCell | EmptyCell") -> str | None:
    """A cell as an advisor sees it; None if it is empty."""
    if isinstance(cell.value, str):
        return str(unescape(cell.value))
    return None if cell.value is None else as_seen(cell.value, cell.number_format or "")
