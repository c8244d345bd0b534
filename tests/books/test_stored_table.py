"""A table's rows straight from the bytes are those that openpyxl reads, cell by cell."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table
from polars.testing import assert_frame_equal, assert_series_equal
from xlsxwriter import Workbook

from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.saved_workbook import NOT_CALCULATED, read_workbook
from stepladder.books.stored_table import stored_table
from stepladder.books.table import TextTable
from stepladder.books.workbook import StoredTable

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
TABLE = "xl/tables/table1.xml"
FORMATS = (
    *("General", "@", "0", "0.00", "0%", "0.0%", "000", '0" %"', "#,##0;[Red]-#,##0", "$#,##0"),
    *("yyyy-mm-dd", "m/d/yy h:mm", "h:mm:ss", "[h]:mm", "mm:ss.0", "d-mmm", '"day" 0', "[$-409]d"),
)
MOMENTS = st.datetimes(dt.datetime(1905, 1, 1), dt.datetime(2100, 1, 1)).map(  # noqa: DTZ001 - Excel knows no zone
    lambda moment: moment.replace(microsecond=0)
)
WORDS = st.sampled_from(
    ["007", " 7 ", "=1+1", "@x", "-", "n/a", "two\nlines", "<&>", "_x0041_", "é😀", "#N/A", ""]
)
VALUES = st.one_of(
    WORDS,
    st.integers(-(10**17), 10**17),
    st.integers(0, 50_000),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.floats(0, 50_000).map(lambda number: round(number, 2)),
    st.booleans(),
    MOMENTS,
    st.dates(dt.date(1905, 1, 1), dt.date(2100, 1, 1)),
    st.times().map(lambda time: time.replace(microsecond=0)),
    st.timedeltas(dt.timedelta(), dt.timedelta(days=90)),
    st.none(),
)
ERRORS = ("#N/A", "#REF!", "#DIV/0!")


def known(headers: Sequence[str]) -> int:
    """Every title is known."""
    return len([title for title in headers if title])


def by_openpyxl(content: bytes) -> TextTable:
    """The table as it is read of any workbook."""
    return read_workbook(content, "Book.xlsx", known, name="Roster")


def from_bytes(content: bytes) -> StoredTable:
    """The table as a refresh reads it."""
    found = outline(Package(content, "Book.xlsx"))
    return stored_table(found, found.table("Roster"))


def assert_alike(content: bytes) -> None:
    """Both readers give the same table."""
    slow, quick = by_openpyxl(content), from_bytes(content).text
    assert (quick.source, quick.headers, quick.header_row, quick.first_column) == (
        slow.source,
        slow.headers,
        slow.header_row,
        slow.first_column,
    )
    assert_frame_equal(quick.cells, slow.cells)
    assert_series_equal(quick.sheet_rows, slow.sheet_rows)


def workbook(
    lines: list[list[tuple[object, str]]], corner: tuple[int, int], *, is_1904: bool = False
) -> bytes:
    """A workbook whose table Roster has these values in these number formats."""
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    down, right = corner
    width = len(lines[0])
    for at in range(width):
        sheet.cell(down, right + at, f"Column {at}")
    for n, line in enumerate(lines, 1):
        for at, (value, number_format) in enumerate(line):
            cell = sheet.cell(down + n, right + at)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "e" if value in ERRORS else "s"
            if not isinstance(value, dt.date | dt.time | dt.timedelta):
                cell.number_format = number_format
    last = sheet.cell(down + len(lines), right + width - 1).coordinate
    ref = f"{sheet.cell(down, right).coordinate}:{last}"
    sheet.add_table(Table(displayName="Roster", ref=ref))
    sheet.cell(down + len(lines) + 2, right, "below the table")
    sheet.cell(down + 1, right + width, "beside it")
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


@given(
    lines=st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.tuples(VALUES, st.sampled_from(FORMATS)), min_size=width, max_size=width),
            min_size=1,
            max_size=5,
        )
    ),
    corner=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    is_1904=st.booleans(),
)
@settings(max_examples=60)
def test_every_value_in_every_format_is_read_alike(
    lines: list[list[tuple[object, str]]], corner: tuple[int, int], *, is_1904: bool
) -> None:
    """Dates by their format, times and spans, percents, Yes and No, errors, text, blank rows."""
    assert_alike(workbook(lines, corner, is_1904=is_1904))


SPELLED = {
    "a shared text in runs": '<c r="B2" t="s"><v>0</v></c>',
    "an inline text in runs": (
        '<c r="B2" t="inlineStr"><is><r><t>two</t></r><r><rPr><b/></rPr><t> forty</t></r></is></c>'
    ),
    "a reading aid": (
        '<c r="B2" t="inlineStr"><is><t>Kanji</t><rPh sb="0" eb="1"><t>no</t></rPh></is></c>'
    ),
    "no text": '<c r="B2" t="inlineStr"><is><t/></is></c>',
    "no value": '<c r="B2"><v></v></c>',
    "a closed value": '<c r="B2"><v/></c>',
    "a formula's number": '<c r="B2"><f>1+1</f><v>2</v></c>',
    "a formula's text": '<c r="B2" t="str"><f>A1&amp;"x"</f><v>a &amp; b</v></c>',
    "a formula's empty text": '<c r="B2" t="str"><f>""</f><v></v></c>',
    "a formula's truth": '<c r="B2" t="b"><f>1=1</f><v>1</v></c>',
    "a formula's error": '<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c>',
    "a formula without a value": '<c r="B2"><f>1+1</f></c>',
    "a formula with a closed value": '<c r="B2"><f>1+1</f><v/></c>',
    "a shared formula": '<c r="B2"><f t="shared" si="0"/><v>3</v></c>',
    "a day as text": '<c r="B2" t="d"><v>2026-05-01</v></c>',
    "a small number": '<c r="B2"><v>1E-3</v></c>',
    "a signed number": '<c r="B2"><v>-5</v></c>',
    "an escaped sign": '<c r="B2" t="inlineStr"><is><t>a_x000D_b</t></is></c>',
    "a character by number": '<c r="B2" t="inlineStr"><is><t>&#233;&#x41;</t></is></c>',
    "no reference": "<c><v>1</v></c><c><v>2</v></c>",
}


@pytest.mark.parametrize("cell", SPELLED.values(), ids=SPELLED.keys())
def test_every_spelling_is_read_alike(cell: str) -> None:
    """Runs, reading aids, formulas with and without a value, cells without a reference."""
    assert_alike(respelled(cell))


@pytest.mark.parametrize("written", [True, False])
def test_a_formula_of_the_offices_is_noted(written: bool) -> None:  # noqa: FBT001 - a parameter
    """Where a formula stands under the header, by column and row; and what it shows."""
    value = "<v>2</v>" if written else ""
    found = from_bytes(respelled(f'<c r="A2"><v>7</v></c><c r="B2"><f>1+1</f>{value}</c>'))
    assert found.formulas == {1: [2]}
    assert found.text.cells["1"].to_list() == ["2" if written else NOT_CALCULATED]


def test_a_totals_row_is_no_row() -> None:
    """The table ends above it."""
    lines = [[("x", "General"), (1, "General")], [("Total", "General"), (1, "General")]]
    content = with_parts(
        workbook(lines, (1, 1)),
        {TABLE: lambda part: part.replace(b"<table ", b'<table totalsRowCount="1" ', 1)},
    )
    assert from_bytes(content).text.cells.rows() == [("x", "1")]
    assert_alike(content)


def test_a_hidden_header_row_is_no_row() -> None:
    """Where the header is switched off, the table's part still knows the titles."""
    content = with_parts(
        workbook([[("x", "General")], [("y", "General")]], (1, 1)),
        {
            TABLE: lambda part: part.replace(b'headerRowCount="1"', b'headerRowCount="0"').replace(
                b'ref="A1:A3"', b'ref="A2:A3"'
            )
        },
    )
    assert from_bytes(content).text.headers == ("Column 0",)
    assert_alike(content)


def respelled(cells: str) -> bytes:
    """A workbook with shared texts, these cells in its second row, and one text in two runs."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(1, 0, ["two runs", "y"])
        columns = [{"header": title} for title in ("Column 0", "Column 1")]
        sheet.add_table(0, 0, 1, 1, {"name": "Roster", "columns": columns})
    anew = f'<row r="2">{cells}</row>'.encode()
    runs = b"<si><r><t>two</t></r><r><t xml:space='preserve'> forty</t></r></si>"
    return with_parts(
        content.getvalue(),
        {
            SHEET: lambda part: re.sub(rb'<row r="2".*?</row>', lambda _: anew, part),
            STRINGS: lambda part: part.replace(b"<si><t>two runs</t></si>", runs),
        },
    )


def with_parts(content: bytes, changed: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The workbook with some parts changed."""
    saved = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(saved, "w") as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name, bytes)(old.read(name)))
    return saved.getvalue()
