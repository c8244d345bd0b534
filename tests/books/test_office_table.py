"""An office's own list becomes an Excel table, and a table of its own gains our columns."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.table import Table
from tests.books.made_workbooks import (
    MAIN,
    audit,
    donor,
    hand_made,
    package,
    reopened,
    unzipped,
    zipped,
)

from stepladder.books.changes import Changes
from stepladder.books.graft import graft
from stepladder.books.office_table import add_columns, add_table
from stepladder.errors import InputError

ADDED = ("Budget (USD)", "Status")


def saved(content: bytes, changes: Changes) -> bytes:
    """The workbook with changes."""
    file = BytesIO()
    changes.save(package(content), file)
    return file.getvalue()


def roster(**cells: Any) -> openpyxl.Workbook:  # noqa: ANN401 - whatever a cell holds
    """A sheet Roster with a plain list in B3:D5 and, in other cells, what is asked for."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Roster"
    rows = [
        ("ID", "Full name", "Exam\ndate"),
        ("007", "Ann", dt.date(2026, 3, 1)),
        ("008", "Bob", None),
    ]
    for number, row in enumerate(rows, 3):
        for column, value in enumerate(row, 2):
            sheet.cell(number, column, value)
    for address, value in cells.items():
        sheet[address] = value
    return book


def content_of(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def with_table(book: openpyxl.Workbook, name: str = "People", ref: str = "B3:D5") -> bytes:
    """The workbook with an Excel table over its list."""
    table = Table(name=name, displayName=name, ref=ref)
    book.worksheets[0].add_table(table)
    return content_of(book)


def tabled(content: bytes, ref: str = "B3:D5", name: str = "Applicants") -> bytes:
    """The workbook with its list as an Excel table."""
    return saved(content, add_table(package(content), "Roster", ref, name))


def grown(content: bytes, table: str = "People", titles: Sequence[str] = ADDED) -> bytes:
    """The workbook with columns of ours beside its table."""
    changes = add_columns(package(content), table, titles, package(donor()), "Applicants")
    return saved(content, changes)


def rows_of(content: bytes) -> list[list[object]]:
    """The values of the sheet Roster from B3 on."""
    sheet = reopened(content)["Roster"]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, min_col=2)]


def is_grown_by_insertions(old: bytes, new: bytes) -> bool:
    """Whether every byte of the old part stands in the new one, in its order."""
    rest = iter(new)
    return all(byte in rest for byte in old)


def test_a_list_becomes_a_table_for_every_reader() -> None:
    """Its header cells name the columns, a line break included; the cells are as they were."""
    content = tabled(content_of(roster()))
    table = reopened(content)["Roster"].tables["Applicants"]
    assert (table.ref, table.autoFilter.ref) == ("B3:D5", "B3:D5")
    read = fastexcel.read_excel(content).load_table("Applicants", dtypes="string").to_polars()
    assert read["ID"].to_list() == ["007", "008"]
    assert rows_of(content) == rows_of(content_of(roster()))
    assert b'name="Exam_x000a_date"' in unzipped(content)["xl/tables/table1.xml"]


def test_a_table_is_added_by_insertions_only() -> None:
    """The sheet's part keeps every byte, all others but the content types are the same."""
    old = unzipped(content_of(roster()))
    new = unzipped(tabled(zipped(old)))
    sheet = "xl/worksheets/sheet1.xml"
    assert (
        new[sheet].replace(
            b'<tableParts count="1"><tablePart xmlns:r="http://schemas.openxmlformats.org/officeDocument'
            b'/2006/relationships" r:id="rId1"/></tableParts>',
            b"",
        )
        == old[sheet]
    )
    assert {name for name in old if new[name] != old[name]} == {sheet, "[Content_Types].xml"}


@pytest.mark.parametrize("change", [tabled, lambda content: grown(tabled(content), "Applicants")])
def test_nothing_is_found_wrong_that_was_not_before(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """The schemas and rules of Office's own format are kept as well as they were."""
    content = content_of(roster())
    assert audit(change(content), tmp_path) - audit(content, tmp_path) == {}


def test_a_second_table_joins_the_first() -> None:
    """The list of tables grows, the ids stay apart."""
    first = with_table(roster(G3="Code", G4="x"))
    content = tabled(first, "G3:G4")
    assert set(reopened(content)["Roster"].tables) == {"People", "Applicants"}
    parts = unzipped(content)
    assert b'id="2"' in parts["xl/tables/table2.xml"]
    assert b'<tableParts count="2">' in parts["xl/worksheets/sheet1.xml"]


def test_prefixes_are_kept_to() -> None:
    """A sheet spelled with a prefix gets its table part in the same spelling."""
    cells = "".join(
        f"<x:row r='{row}'><x:c r='A{row}' t='inlineStr'><x:is><x:t>{text}</x:t></x:is></x:c>"
        "</x:row>"
        for row, text in [(1, "ID"), (2, "007")]
    )
    sheet = f"<x:worksheet xmlns:x='{MAIN}'><x:sheetData>{cells}</x:sheetData></x:worksheet>"
    content = zipped(hand_made(sheet=sheet))
    named = saved(content, add_table(package(content), "Office", "A1:A2", "Applicants"))
    assert b"<x:tableParts" in unzipped(named)["xl/worksheets/sheet1.xml"]
    wider = grown(named, "Applicants")
    assert reopened(wider)["Office"]["C1"].value == "Status"
    assert reopened(wider)["Office"].tables["Applicants"].ref == "A1:C2"


@pytest.mark.parametrize(
    ("cells", "address", "told"),
    [
        ({"C3": None}, "C3", "no title"),
        ({"C3": 2026}, "C3", "no plain, short text"),
        ({"C3": "=B3"}, "C3", "no plain, short text"),
        ({"C3": "x" * 256}, "C3", "no plain, short text"),
        ({"C3": "id"}, "C3", "another column has this title"),
    ],
)
def test_a_header_that_names_no_columns_is_refused(
    cells: dict[str, Any], address: str, told: str
) -> None:
    """Each title is text of at most 255 signs and unlike the others in any case."""
    with pytest.raises(InputError, match=rf"Book\.xlsx, Roster!{address}: .*{told}"):
        tabled(content_of(roster(**cells)))
    assert tabled(content_of(roster(C3="x" * 255)))


def filtered(book: openpyxl.Workbook) -> bytes:
    """The workbook with a filter on its list."""
    book.worksheets[0].auto_filter.ref = "B3:D5"
    return content_of(book)


def merged(book: openpyxl.Workbook, ref: str) -> bytes:
    """The workbook with merged cells."""
    book.worksheets[0].merge_cells(ref)
    return content_of(book)


def with_array(first: str, last: str) -> bytes:
    """A list like the roster, with a formula that fills several cells."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Roster")
        for number in range(3):
            sheet.write_row(
                2 + number, 1, ["ID", "Name", "Date"] if not number else ["1", "2", "3"]
            )
        sheet.write_array_formula(f"{first}:{last}", "{=ROW(A1:A2)}")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "place", "told"),
    [
        (with_table(roster()), "B3:D5", "another table"),
        (filtered(roster()), "B3:D5", "a filter"),
        (merged(roster(), "A5:B5"), "A5:B5", "merged cells"),
        (with_array("D4", "D5"), "D4:D5", "a formula that fills several cells"),
    ],
    ids=["table", "filter", "merged", "array"],
)
def test_a_list_in_which_something_stands_is_refused(content: bytes, place: str, told: str) -> None:
    """Excel lets no table stand there, and says nothing of it when it opens the file."""
    with pytest.raises(InputError, match=rf"Roster!{place}: {told}"):
        tabled(content)


def test_a_filter_of_whole_columns_reaches_into_the_list() -> None:
    """It has no corners, and is in the way all the same."""
    book = roster()
    book.worksheets[0].auto_filter.ref = "B1:D9"
    parts = unzipped(content_of(book))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'ref="B1:D9"', b'ref="B:D"')
    with pytest.raises(InputError, match="a filter is in the way"):
        tabled(zipped({**parts, "xl/worksheets/sheet1.xml": sheet}))


def test_what_stands_beside_the_list_is_no_hindrance() -> None:
    """Merged cells above it and a filter beside it stay where they are."""
    book = roster(B1="Our applicants", H3="Code")
    book.worksheets[0].merge_cells("B1:D1")
    book.worksheets[0].auto_filter.ref = "H3:H5"
    assert tabled(content_of(book))


def test_a_table_needs_a_name_of_its_own() -> None:
    """A table or a defined name may have it already, in any case."""
    with pytest.raises(InputError, match=r"Book\.xlsx has a table or name people already"):
        tabled(with_table(roster(G3="Code", G4="x")), "G3:G4", "people")


def test_a_table_needs_a_row() -> None:
    """A header alone is a fault of the caller's."""
    with pytest.raises(ValueError, match="no rows"):
        tabled(content_of(roster()), "B3:D3")


def test_our_columns_join_the_offices_table() -> None:
    """The table reaches over them, and each reader finds them empty beside the office's own."""
    content = grown(with_table(roster()))
    table = reopened(content)["Roster"].tables["People"]
    assert (table.ref, table.autoFilter.ref) == ("B3:F5", "B3:F5")
    assert len({column.id for column in table.tableColumns}) == 5
    read = fastexcel.read_excel(content).load_table("People", dtypes="string").to_polars()
    assert read.columns[3:] == [*ADDED]
    assert read["ID"].to_list() == ["007", "008"]
    assert read["Status"].to_list() == [None, None]
    assert rows_of(content)[0][3:] == [*ADDED]


def test_columns_are_added_by_insertions() -> None:
    """Every old byte of the sheet stays, but for the numbers that say how far it reaches."""
    old = unzipped(with_table(roster(H9="far off")))
    new = unzipped(grown(zipped(old)))
    sheet = "xl/worksheets/sheet1.xml"
    assert is_grown_by_insertions(old[sheet].replace(b'spans="2:4"', b""), new[sheet])
    assert {name for name in old if new[name] != old[name]} == {
        sheet,
        "xl/tables/table1.xml",
        "xl/styles.xml",
    }


def test_our_columns_look_as_in_our_own_workbook() -> None:
    """Header, number format, width, hidden help and the colours of words come from the donor."""
    book = reopened(grown(with_table(roster())))
    sheet = book["Roster"]
    assert sheet["E3"].fill.start_color.rgb == "FF1F3A5F"
    assert sheet["E4"].number_format == "$#,##0"
    assert sheet.column_dimensions["F"].width == pytest.approx(12.71, abs=0.01)
    [formats] = sheet.conditional_formatting
    assert str(formats.sqref) == "F4:F1048576"
    assert formats.rules[0].dxf.fill.bgColor.rgb == "FF8C2A1A"


def test_the_offices_own_formats_by_condition_go_first() -> None:
    """Ours have lower priority, and a validation of ours joins theirs."""
    book = roster()
    rule = openpyxl.formatting.rule.CellIsRule(operator="equal", formula=['"x"'], stopIfTrue=True)
    book.worksheets[0].conditional_formatting.add("B4:B5", rule)
    content = grown(with_table(book), titles=["Step 2 CK date", "Status"])
    priorities = {
        str(formats.sqref): formats.rules[0].priority
        for formats in reopened(content)["Roster"].conditional_formatting
    }
    assert priorities["F4:F1048576"] > priorities["B4:B5"]
    validations = reopened(content)["Roster"].data_validations.dataValidation
    assert [str(rule.sqref) for rule in validations] == ["E4:E1048576"]


def test_widths_that_the_office_gave_stay() -> None:
    """A column that the sheet speaks of already keeps what it says; the next one gets ours."""
    book = roster()
    for letter, width in {"A": 4, "E": 30, "H": 5}.items():
        book.worksheets[0].column_dimensions[letter].width = width
    widths = reopened(grown(with_table(book)))["Roster"].column_dimensions
    assert widths["E"].width == 30
    assert widths["F"].width == pytest.approx(12.71, abs=0.01)
    assert (widths["A"].width, widths["H"].width) == (4, 5)


def test_blank_cells_that_are_there_keep_their_look() -> None:
    """A header cell that the office painted beforehand takes the title in its own colours."""
    book = roster()
    painted = openpyxl.styles.PatternFill("solid", start_color="FFABCDEF")
    for address in ("E3", "E4"):
        book.worksheets[0][address].fill = painted
    sheet = reopened(grown(with_table(book)))["Roster"]
    assert sheet["E3"].value == "Budget (USD)"
    assert {sheet[address].fill.start_color.rgb for address in ("E3", "E4")} == {"FFABCDEF"}
    assert sheet["F3"].fill.start_color.rgb == "FF1F3A5F"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (with_table(roster(E4="a remark")), "Roster!E4: this cell is not empty"),
        (with_table(roster(F5="=B5")), "Roster!F5: this cell is not empty"),
        (with_table(roster(E3=0)), "Roster!E3: this cell is not empty"),
    ],
)
def test_a_cell_at_the_right_that_is_not_empty_is_refused(content: bytes, told: str) -> None:
    """Values and formulas stay where they are; the sentence names the cell."""
    with pytest.raises(InputError, match=told):
        grown(content)


def test_cells_around_the_new_columns_stay() -> None:
    """Only the table's own rows and the new columns must be free."""
    content = grown(with_table(roster(E2="above", E6="below", G3="beside", A3="left")))
    sheet = reopened(content)["Roster"]
    assert [sheet[address].value for address in ("E2", "E6", "G3", "A3")] == [
        *("above", "below", "beside", "left")
    ]


def changed_table(change: Mapping[bytes, bytes]) -> bytes:
    """The workbook with its table's part changed."""
    parts = unzipped(with_table(roster()))
    for old, new in change.items():
        assert old in parts["xl/tables/table1.xml"]
        parts["xl/tables/table1.xml"] = parts["xl/tables/table1.xml"].replace(old, new)
    return zipped(parts)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (changed_table({b"<table ": b'<table totalsRowCount="1" '}), "People has a totals row"),
        (
            changed_table({b'headerRowCount="1"': b'headerRowCount="0"'}),
            "People has no header row",
        ),
        (
            changed_table({b"<table ": b'<table tableType="queryTable" '}),
            "People is filled from elsewhere",
        ),
        (with_table(roster(XFC3="ID", XFC4="1"), ref="XFC3:XFC4"), "no room for 2 columns"),
    ],
    ids=["totals", "no header", "query", "last column"],
)
def test_a_table_that_cannot_grow_is_refused(content: bytes, told: str) -> None:
    """The sentence names the table and what to do."""
    with pytest.raises(InputError, match=rf"Book\.xlsx: the table .*{told}"):
        grown(content)


def test_what_stands_across_the_new_columns_is_refused() -> None:
    """Another table, or merged cells that reach into the rows."""
    book = roster()
    book.worksheets[0].merge_cells("E2:E3")
    with pytest.raises(InputError, match="Roster!E2:E3: merged cells"):
        grown(with_table(book))
    book = roster(F4="Code", F5="x")
    book.worksheets[0].add_table(Table(name="Codes", displayName="Codes", ref="F4:F5"))
    with pytest.raises(InputError, match="Roster!F4:F5: another table"):
        grown(with_table(book))


def test_columns_that_are_there_or_unknown_are_a_fault_of_ours() -> None:
    """The caller asks for those that the table lacks and the donor has."""
    with pytest.raises(ValueError, match="already"):
        grown(with_table(roster()), titles=["id"])
    with pytest.raises(ValueError, match="lacks"):
        grown(with_table(roster()), titles=["Nonsense"])


def test_a_list_is_taken_over_step_by_step(tmp_path: Path) -> None:
    """Plain list, table, our columns, our pages: each step builds on the one before."""
    start = package(content_of(roster()))
    named = add_table(start, "Roster", "B3:D5", "Applicants").applied(start)
    titles = ["Applicant ID", "Status"]
    wider = add_columns(named, "Applicants", titles, package(donor()), "Applicants").applied(named)
    file = BytesIO()
    graft(wider, package(donor()), ["Dashboard", "Log"]).save(wider, file)
    assert reopened(file.getvalue()).sheetnames == ["Roster", "Dashboard", "Log"]
    assert audit(file.getvalue(), tmp_path) - audit(content_of(roster()), tmp_path) == {}
