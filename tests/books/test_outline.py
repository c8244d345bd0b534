"""What stands where in a workbook."""

from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.table import Table
from tests.books.packages import SHEET, TABLE, WORKBOOK, outline_of, with_part, without_part

from stepladder.books.placed_table import Area
from stepladder.errors import InputError


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def roster() -> Workbook:
    """A roster with a table at B3:D6, a hidden sheet and a chart's sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Roster"
    for place, title in zip("BCD", ("ID", "Name", "Tier"), strict=True):
        sheet[f"{place}3"] = title
    sheet.add_table(Table(displayName="Applicants", ref="B3:D6"))
    book.create_sheet("Old").sheet_state = "veryHidden"
    book.create_chartsheet("Picture")
    book.defined_names["Season"] = DefinedName("Season", attr_text="Roster!$A$1")
    book["Old"].defined_names["Here"] = DefinedName("Here", attr_text="Old!$A$1")
    return book


def test_sheets_come_in_the_order_of_their_tabs() -> None:
    """With their parts, kinds and states."""
    assert [
        (tab.name, tab.part, tab.kind, tab.state) for tab in outline_of(saved(roster())).sheets
    ] == [
        ("Roster", SHEET, "worksheet", "visible"),
        ("Old", "xl/worksheets/sheet2.xml", "worksheet", "veryHidden"),
        ("Picture", "xl/chartsheets/sheet1.xml", "chartsheet", "visible"),
    ]


def test_a_table_is_found_by_name_in_any_case() -> None:
    """With its range, its titles and where it is stored."""
    table = outline_of(saved(roster())).table("applicants")
    assert (table.display_name, table.sheet, table.part, table.sheet_part) == (
        "Applicants",
        "Roster",
        TABLE,
        SHEET,
    )
    assert (table.area, table.columns) == (Area(3, 6, 1, 3), ("ID", "Name", "Tier"))
    assert (table.header_rows, table.totals_rows, table.first_row, table.last_row) == (1, 0, 4, 6)


def test_a_totals_row_is_not_among_the_rows() -> None:
    """Nor is a header that is not there."""
    content = with_part(
        saved(roster()),
        TABLE,
        lambda old: old.replace(b' headerRowCount="1"', b"").replace(
            b' ref="B3:D6"', b' ref="B3:D6" headerRowCount="0" totalsRowCount="1"', 1
        ),
    )
    table = outline_of(content).table("Applicants")
    assert (table.first_row, table.last_row) == (3, 5)


def test_titles_are_as_the_header_shows_them() -> None:
    """A line break in a title is stored as _x000a_."""
    content = with_part(
        saved(roster()), TABLE, lambda old: old.replace(b'"Tier"', b'"Tier_x000a_today"')
    )
    assert outline_of(content).table("Applicants").columns[-1] == "Tier\ntoday"


def test_names_say_which_sheet_knows_them() -> None:
    """None is the whole workbook."""
    names = outline_of(saved(roster())).names
    assert [(name.name, name.text, name.tab) for name in names] == [
        ("Season", "Roster!$A$1", None),
        ("Here", "Old!$A$1", 1),
    ]


def test_settings_and_other_parts() -> None:
    """Plain at first, then with all that can be set."""
    book = roster()
    plain = outline_of(saved(book))
    assert (plain.is_1904, plain.is_structure_locked, plain.calc_chain_part) == (False, False, None)
    assert (plain.workbook_part, plain.styles_part) == (WORKBOOK, "xl/styles.xml")
    book.epoch = CALENDAR_MAC_1904
    book.security = WorkbookProtection(lockStructure=True)
    set_up = outline_of(saved(book))
    assert (set_up.is_1904, set_up.is_structure_locked) == (True, True)


def test_a_protected_sheet_says_so() -> None:
    """Protection stands behind the rows."""
    book = roster()
    book["Old"].protection.sheet = True
    plan = outline_of(saved(book))
    assert [plan.is_protected(tab) for tab in plan.sheets[:2]] == [False, True]


@pytest.mark.parametrize(("what", "there"), [("sheet", "Roster, Old"), ("table", "Applicants")])
def test_what_is_not_there_is_named_with_what_is(what: str, there: str) -> None:
    """So that a misspelling is seen."""
    plan = outline_of(saved(roster()))
    find = plan.sheet if what == "sheet" else plan.table
    with pytest.raises(InputError, match=f"has no {what} Plan; those it has are {there}"):
        find("Plan")


def test_a_strict_workbook_is_refused() -> None:
    """Its elements have other names, which no patch of ours would find."""
    content = with_part(
        saved(roster()),
        WORKBOOK,
        lambda old: old.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
    )
    with pytest.raises(InputError, match="Strict Open XML"):
        outline_of(content)


def test_a_tab_that_never_had_a_part_is_passed_over() -> None:
    """As a macro module of Excel 95 is stored, with an empty id."""
    content = with_part(
        saved(roster()), WORKBOOK, lambda old: old.replace(b'r:id="rId2"', b'r:id=""')
    )
    assert [tab.name for tab in outline_of(content).sheets] == ["Roster", "Picture"]


@pytest.mark.parametrize("lost", ["xl/_rels/workbook.xml.rels", SHEET])
def test_a_workbook_that_lost_a_sheet_is_refused(lost: str) -> None:
    """Nobody knows which part it was: one that was added would take its place."""
    with pytest.raises(InputError, match=r"^Book\.xlsx is damaged"):
        outline_of(without_part(saved(roster()), lost))


@pytest.mark.parametrize("ref", ["A1", "B2:D9", "XFD1048576"])
def test_an_area_is_spelled_as_it_was_read(ref: str) -> None:
    """Columns from A, rows from 1."""
    assert Area.of(ref).ref == ref
