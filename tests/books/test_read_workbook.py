"""What a saved workbook says, as text."""

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table

from stepladder.books import TextTable, read_table
from stepladder.books.saved_workbook import NOT_CALCULATED, read_workbook
from stepladder.errors import InputError

KNOWN = {"ID", "Name", "Step 2 CK", "Notes"}


def known(headers: Sequence[str]) -> int:
    """How many cells are known titles."""
    return sum(header in KNOWN for header in headers)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook made with openpyxl, which stores no value of a formula."""
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def workbook(*sheets: tuple[str, Iterable[Sequence[Any]]]) -> Workbook:
    """A workbook of named sheets, each with its rows from A1."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def read(book: Workbook | bytes, **asked: str) -> TextTable:
    """The table of a file called Book.xlsx."""
    content = book if isinstance(book, bytes) else saved(book)
    return read_workbook(content, "Book.xlsx", known, **asked)


def rows(table: TextTable) -> list[tuple[object, ...]]:
    """Each row led by its sheet row."""
    return [
        (number, *row)
        for number, row in zip(table.sheet_rows, table.cells.iter_rows(), strict=True)
    ]


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same package with one part changed."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, change(text) if part == name else text)
    return changed.getvalue()


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("007", "General", "007"),
        ("3401-E5", "General", "3401-E5"),
        (" a ", "General", " a "),
        ("=1+1 is two", "@", "=1+1 is two"),
        (245, "General", "245"),
        (245.0, "0.00", "245"),
        (1400512345, "General", "1400512345"),
        (7, "000", "7"),
        (0.1, "General", "0.1"),
        (0.45, "0%", "45%"),
        (0.123456, "0.0%", "12.3456%"),
        (1, "0.00%", "100%"),
        (True, "General", "Yes"),
        (False, "General", "No"),
        (date(2024, 5, 1), "dd/mm/yyyy", "2024-05-01"),
        (datetime(2024, 5, 1, 13, 45), "yyyy-mm-dd hh:mm", "2024-05-01 13:45:00"),  # noqa: DTZ001
        (time(9, 30), "hh:mm", "09:30:00"),
        (45413, "yyyy-mm-dd", "2024-05-01"),
        (99_999_999, "yyyy-mm-dd", "#VALUE!"),
        (None, "General", None),
        ("   ", "General", None),
    ],
)
def test_a_cell_is_read_as_an_advisor_sees_it(
    value: object, number_format: str, text: str | None
) -> None:
    """Text verbatim, whole numbers plain, ISO dates, Yes and No, percent with its sign."""
    book = workbook(("Applicants", [["ID", "Name"], ["x", None]]))
    cell = book["Applicants"]["B2"]
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.number_format = number_format
    assert rows(read(book)) == [(2, "x", text)]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#VALUE!", "#NUM!"])
def test_an_error_cell_arrives_as_its_text(error: str) -> None:
    """So that it becomes a finding and not a blank."""
    book = workbook(("Applicants", [["ID", "Name"], ["x", None]]))
    book["Applicants"]["B2"] = error
    assert rows(read(book)) == [(2, "x", error)]


def test_dates_of_a_1904_workbook_are_right() -> None:
    """Old Mac workbooks count from another day."""
    book = workbook(("Applicants", [["ID", "Name"]]))
    book.epoch = CALENDAR_MAC_1904
    book["Applicants"].append(["x", date(2024, 5, 1)])
    assert rows(read(book)) == [(2, "x", "2024-05-01")]


def test_a_formula_without_a_stored_value_says_so() -> None:
    """Blank would be a silent loss; the text becomes a finding."""
    book = workbook(("Applicants", [["ID", "Name"], ["x", "=A2"], ["y", "z"], ["=A2", None]]))
    assert rows(read(book)) == [
        (2, "x", NOT_CALCULATED),
        (3, "y", "z"),
        (4, NOT_CALCULATED, None),
    ]


def test_the_stored_value_of_a_formula_is_read() -> None:
    """Numbers, text and the empty text that a formula gave when Excel last calculated."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Applicants")
        sheet.write_row("A1", ["ID", "Name", "Notes", "Step 2 CK"])
        sheet.write("A2", "x")
        sheet.write_formula("B2", "=UPPER(A2)", None, "X")
        sheet.write_formula("C2", '=IF(A2="","a","")', None, "")
        sheet.write_formula("D2", "=200+45", None, 245)
    empty = with_part(
        content.getvalue(),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'(<c r="C2")( t="str")?(>.*?)<v>0?</v>', rb'\1 t="str"\3<v></v>', xml),
    )
    assert rows(read(empty)) == [(2, "x", "X", None, "245")]


def table_at(ref: str, rows: Iterable[Sequence[Any]], name: str = "Roster") -> Workbook:
    """A workbook with rows from the table's top left cell, and a note above and below."""
    book = workbook(("Cohort", []))
    sheet = book["Cohort"]
    table = Table(displayName=name, ref=ref)
    corner = sheet[ref.split(":", maxsplit=1)[0]]
    last = corner.row
    for last, row in enumerate(rows, start=corner.row):
        for column, value in enumerate(row, start=corner.column):
            sheet.cell(last, column, value)
    sheet["A1"] = "Name"
    sheet.cell(last + 3, corner.column, "a note below")
    sheet.add_table(table)
    return book


def test_an_excel_table_gives_its_own_header_and_rows() -> None:
    """Wherever it stands; what is around it is not read."""
    table = read(table_at("C4:D7", [["ID", "Name"], ["007", "Ann"], [None, None], ["8", "Bo"]]))
    assert table.source == "Book.xlsx, sheet Cohort"
    assert (table.headers, table.header_row, table.first_column) == (("ID", "Name"), 4, 2)
    assert rows(table) == [(5, "007", "Ann"), (7, "8", "Bo")]
    assert table.address(1, 5) == "D5"


def test_the_totals_row_is_no_applicant() -> None:
    """It belongs to the table's range, not to its rows."""
    book = table_at("A3:B5", [["ID", "Step 2 CK"], ["007", 245], ["Total", 245]])
    book["Cohort"].tables["Roster"].totalsRowCount = 1
    assert rows(read(book)) == [(4, "007", "245")]


def test_a_table_whose_header_row_is_hidden_keeps_its_titles() -> None:
    """Excel remembers them when the header row is switched off."""
    book = table_at("A3:B4", [["ID", "Name"], ["007", "Ann"]])
    table = book["Cohort"].tables["Roster"]
    table._initialise_columns()
    for column, title in zip(table.tableColumns, ["ID", "Name"], strict=True):
        column.name = title
    table.headerRowCount = 0
    table.autoFilter = None
    for cell, value in zip(book["Cohort"][3], ["006", "Zed"], strict=True):
        cell.value = value
    assert rows(read(book)) == [(3, "006", "Zed"), (4, "007", "Ann")]


def test_a_sheet_without_a_table_is_read_under_its_likeliest_header() -> None:
    """Title rows above, empty rows within, an untitled column beside it that holds text."""
    sheet: list[list[Any]] = [
        ["PM&R cohort, by Name"],
        [],
        [None, "ID", None, "Name"],
        [None, "1", None, "Ann", "call back"],
        [],
        [None, "2", None, "Bo", None, None, "far away"],
    ]
    table = read(workbook(("List", sheet)))
    assert (table.headers, table.header_row, table.first_column) == (("ID", "", "Name", ""), 3, 1)
    assert rows(table) == [(4, "1", None, "Ann", "call back"), (6, "2", None, "Bo", None)]
    assert table.address(3, 4) == "E4"


APPLICANTS = ("Applicants", [["ID"], ["from applicants"]])
FULLER = ("Export", [["ID", "Name"], ["from export", "Ann"]])
COVER = ("Cover", [["Welcome"], ["to the list"]])


@pytest.mark.parametrize(
    ("sheets", "asked", "found"),
    [
        ([COVER, APPLICANTS, FULLER], {}, "from export"),
        ([COVER, APPLICANTS, FULLER], {"prefer": "Applicants"}, "from applicants"),
        ([COVER, APPLICANTS, FULLER], {"prefer": "Cover"}, "from export"),
        ([COVER, APPLICANTS, FULLER], {"name": "applicants"}, "from applicants"),
        ([COVER, APPLICANTS, FULLER], {"name": "Export", "prefer": "Applicants"}, "from export"),
    ],
)
def test_the_sheet_is_the_one_asked_for_then_preferred_then_best_known(
    sheets: list[tuple[str, list[list[str]]]], asked: dict[str, str], found: str
) -> None:
    """A preferred sheet without a known title is passed over; one asked for never is."""
    assert read(workbook(*sheets), **asked).cells["0"].to_list() == [found]


def test_a_table_may_be_asked_for_by_name() -> None:
    """The name that Excel shows under Table Design, in any case."""
    book = table_at("C4:C5", [["ID"], ["007"]])
    assert rows(read(book, name="roster")) == [(5, "007")]


def test_a_hidden_copy_does_not_win_a_tie() -> None:
    """An old hidden sheet in front of the one in use."""
    book = workbook(("Old", [["ID"], ["old"]]), ("New", [["ID"], ["new"]]))
    book["Old"].sheet_state = "hidden"
    assert rows(read(book)) == [(2, "new")]


def test_a_false_extent_cuts_nothing_off() -> None:
    """Some programs write that the sheet is one cell."""
    content = saved(workbook(("List", [["ID", "Name"], ["1", "a"], ["2", "b"]])))
    small = with_part(
        content, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1"')
    )
    assert small != content
    assert rows(read(small)) == [(2, "1", "a"), (3, "2", "b")]


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    """The ending of the name decides nothing."""
    path = tmp_path / "list.csv"
    path.write_bytes(saved(workbook(("List", [["ID"], ["007"]]))))
    assert read_table(path, known).source == "list.csv, sheet List"


def test_a_header_alone_is_an_empty_table() -> None:
    """No rows is an answer, not a failure."""
    assert read(workbook(("List", [["ID", "Name"]]))).cells.shape == (0, 2)


def a_zip(name: str, content: bytes = b"x") -> bytes:
    """A package with one part."""
    package = BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, content)
        parts.writestr("[Content_Types].xml", "<Types/>")
    return package.getvalue()


GOOD = saved(workbook(("List", [["ID"], ["007"]])))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (OLE, r"is in the old Excel format \(\.xls\); save it as \.xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is protected by a password to open; "),
        (a_zip("word/document.xml"), "is a package of files but no Excel workbook; "),
        (a_zip("xl/workbook.bin"), r"is a binary workbook \(\.xlsb\); "),
        (a_zip("xl/workbook.xml", b"<workbook"), "is damaged or no Excel workbook; "),
        (a_zip("xl/workbook.xml", bytes(20 << 20)), "unpacks to far more than a list"),
        (GOOD[:-40], "is damaged or no Excel workbook; "),
        (GOOD[:2000], "is damaged or no Excel workbook; "),
        (b"PK\x05\x06" + bytes(18), "is a package of files but no Excel workbook; "),
        (with_part(GOOD, "xl/worksheets/sheet1.xml", lambda xml: xml[:-30]), "is damaged or no"),
        (saved(workbook(("List", [["Colour"], ["red"]]))), "has no known column title in the"),
    ],
)
def test_what_is_no_readable_workbook_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    """The advisor reads which file, what is wrong and what to do."""
    path = tmp_path / "Book.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"^Book\.xlsx {sentence}[^\n]*\.$"):
        read_table(path, known)


def test_a_sheet_that_is_not_there_is_named_with_those_that_are() -> None:
    """The advisor sees what to ask for instead."""
    with pytest.raises(InputError, match=r"has no sheet or table Roster; its sheets are List\."):
        read(GOOD, name="Roster")


def test_the_sheet_asked_for_must_hold_a_known_title() -> None:
    """Another sheet is not taken in its place."""
    with pytest.raises(InputError, match="sheet Cover, has no known column title"):
        read(workbook(COVER, FULLER), name="Cover")


NASTY = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("'=+-@\"\n,;\t _x0"),
    min_size=1,
    max_size=12,
).filter(lambda text: text.strip() and "_x" not in text and not text.startswith("#"))


@given(st.lists(st.tuples(NASTY, NASTY), min_size=1, max_size=4))
def test_text_comes_back_as_it_was_written(cells: list[tuple[str, str]]) -> None:
    """read(write(x)) = x through a workbook of text cells."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Applicants")
        for number, row in enumerate([("ID", "Name", "Notes"), *(("x", *row) for row in cells)]):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
    assert rows(read(content.getvalue())) == [
        (number, "x", *row) for number, row in enumerate(cells, start=2)
    ]
