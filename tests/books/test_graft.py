"""An office's workbook gains our sheets and loses nothing."""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tests.books.made_workbooks import (
    MAIN,
    OURS,
    PACKAGE,
    RELATIONS,
    SHEET_ML,
    audit,
    donor,
    hand_made,
    office,
    package,
    reopened,
    unzipped,
    zipped,
)

from stepladder.books.changes import Changes
from stepladder.books.elements import Element, located
from stepladder.books.graft import graft
from stepladder.errors import InputError

PREFIXED = hand_made(
    types=f"<?xml version='1.0'?>\n<t:Types xmlns:t='{PACKAGE}/content-types'>"
    "<t:Default ContentType='application/vnd.openxmlformats-package.relationships+xml'"
    " Extension='RELS'/><t:Default Extension='vml' ContentType='text/plain'/>"
    f"<t:Override PartName='/xl/workbook.xml' ContentType='{SHEET_ML}.sheet.main+xml'/>"
    f"<t:Override PartName='/xl/worksheets/sheet1.xml' ContentType='{SHEET_ML}.worksheet+xml'/>"
    f"<t:Override PartName='/xl/styles.xml' ContentType='{SHEET_ML}.styles+xml'/></t:Types>",
    book=f"<x:workbook xmlns:x='{MAIN}'><x:sheets><x:sheet xmlns:r='{RELATIONS}' name='Office'"
    " sheetId='7' r:id='one'/></x:sheets><x:definedNames><x:definedName name='Budget'>"
    "Office!$A$1</x:definedName></x:definedNames><x:calcPr calcMode='auto'/></x:workbook>",
    book_links=f"<p:Relationships xmlns:p='{PACKAGE}/relationships'>"
    f"<p:Relationship Target='/xl/worksheets/sheet1.xml' Type='{RELATIONS}/worksheet' Id='one'/>"
    f"<p:Relationship Target='styles.xml' Type='{RELATIONS}/styles' Id='rId2'/>"
    "</p:Relationships>",
    styles=f"<x:styleSheet xmlns:x='{MAIN}'><x:fonts><x:font><x:sz val='10'/></x:font></x:fonts>"
    "<x:fills count='2'><x:fill><x:patternFill patternType='none'/></x:fill>"
    "<x:fill><x:patternFill patternType='gray125'/></x:fill></x:fills>"
    "<x:borders count='1'><x:border/></x:borders><x:cellXfs count='1'><x:xf/></x:cellXfs>"
    "<x:dxfs count='0'/></x:styleSheet>",
)
TARGETS = {
    "by openpyxl": office(),
    "without styles": zipped(hand_made()),
    "with prefixes": zipped(PREFIXED),
    "with empty styles": zipped(hand_made(styles=f'<styleSheet xmlns="{MAIN}"/>')),
    "counting from 1904": office(is_1904=True),
}


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest) -> bytes:
    """Each kind of office's workbook in turn."""
    return TARGETS[request.param]


def grafted(content: bytes, sheets: tuple[str, ...] = OURS, ours: bytes | None = None) -> bytes:
    """The workbook with sheets of the donor added."""
    return saved(content, graft(package(content), package(ours or donor()), sheets))


def saved(content: bytes, changes: Changes) -> bytes:
    """The workbook with changes."""
    file = BytesIO()
    changes.save(package(content), file)
    return file.getvalue()


def entries(part: bytes) -> list[tuple[object, ...]]:
    """Every element of a part down to its lists' entries, less counts, in order."""

    def walk(element: Element) -> Iterator[tuple[object, ...]]:
        for child in element.children:
            said = {key: said for key, said in child.attributes.items() if key not in COUNTED}
            inner = b"" if child.children else part[child.tag_end : child.inner_end]
            yield element.name, child.name, child.prefix, said, inner
            yield from walk(child)

    return list(walk(located(part)))


COUNTED = {"count", "fullCalcOnLoad"}


def is_in_order(old: list[Any], new: list[Any]) -> bool:
    """Whether the new entries are the old ones in their order, with others between them."""
    rest = iter(new)
    return all(entry in rest for entry in old)


def with_parts(content: bytes, changes: Mapping[str, Mapping[bytes, bytes] | bytes]) -> bytes:
    """The same workbook with pieces of its parts replaced, or with whole parts."""
    parts = unzipped(content)
    for name, change in changes.items():
        if isinstance(change, bytes):
            parts[name] = change
            continue
        for old, new in change.items():
            assert old in parts[name]
            parts[name] = parts[name].replace(old, new, 1)
    return zipped(parts)


def test_ours_stand_behind_theirs_in_our_order(target: bytes) -> None:
    """The office's sheets come first, then ours as the donor has them."""
    theirs = reopened(target).sheetnames
    assert reopened(grafted(target, ("Log", "Applicants"))).sheetnames == [
        *theirs,
        "Applicants",
        "Log",
    ]


def test_every_other_part_keeps_every_byte(target: bytes) -> None:
    """Only the content types, the workbook, its relationships and its styles change."""
    old, new = unzipped(target), unzipped(grafted(target))
    changed = {name for name in old if new[name] != old[name]}
    assert changed <= {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
    }


def test_the_four_parts_keep_every_entry_in_its_order(target: bytes) -> None:
    """What is new stands between or behind the old entries, each spelled as before."""
    old, new = unzipped(target), unzipped(grafted(target))
    for name in old:
        if new[name] != old[name]:
            assert is_in_order(entries(old[name]), entries(new[name])), name


def test_nothing_is_found_wrong_that_was_not_before(target: bytes, tmp_path: Path) -> None:
    """The schemas and rules of Office's own format are kept as well as they were."""
    assert audit(grafted(target), tmp_path) - audit(target, tmp_path) == {}


def test_two_libraries_read_old_and_new_cells(target: bytes) -> None:
    """Text keeps its signs and zeros, days stay days, theirs stay theirs."""
    book = reopened(grafted(target))
    ours = book["Applicants"]
    assert [[cell.value for cell in row[:1]] for row in ours.iter_rows()] == [
        ["Applicant ID"],
        ["007"],
        ["<b>"],
    ]
    assert f"{ours['B2'].value:%Y-%m-%d}" == "2026-11-23"
    assert book["Dashboard"]["A4"].value == "plain and italic"
    assert book.worksheets[0]["A1"].value in {"Who", "kept"}
    read = fastexcel.read_excel(grafted(target))
    table = read.load_table("Applicants").to_polars()
    assert table["Applicant ID"].to_list() == ["007", "<b>"]
    assert f"{table['Step 2 CK date'][0]:%Y-%m-%d}" == "2026-11-23"
    first = read.load_sheet(0, header_row=None, dtypes="string").to_polars()
    before = fastexcel.read_excel(target).load_sheet(0, header_row=None, dtypes="string")
    assert first.equals(before.to_polars())


def test_cells_wear_what_they_wore(target: bytes) -> None:
    """Fonts, fills, number formats, borders and column styles arrive; theirs are not touched."""
    before = reopened(target).worksheets[0]["A1"]
    book = reopened(grafted(target))
    header = book["Applicants"]["A1"]
    assert (header.font.b, header.font.color.rgb) == (True, "FFFFFFFF")
    assert header.fill.start_color.rgb == "FF1F3A5F"
    assert book["Applicants"]["C2"].number_format == "$#,##0"
    assert book["Applicants"].column_dimensions["B"].number_format == "yyyy-mm-dd"
    assert book["Dashboard"]["A1"].border.top.style == "thin"
    assert book["Dashboard"]["A1"].font.sz == 20
    after = book.worksheets[0]["A1"]
    assert (after.font.name, after.font.sz) == (before.font.name, before.font.sz)
    assert repr((after.fill, after.border)) == repr((before.fill, before.border))


def test_a_sheet_brings_all_that_is_on_it() -> None:
    """Notes, validations, formats by condition, charts, merged cells, links, set-up."""
    book = reopened(grafted(office()))
    applicants, dashboard = book["Applicants"], book["Dashboard"]
    assert applicants["A1"].comment.text.strip() == "A code that no other row has."
    assert [str(rule.sqref) for rule in applicants.data_validations.dataValidation] == ["B2:B100"]
    assert marked(applicants) == ["FF8C2A1A"]
    assert (applicants.freeze_panes, applicants.print_title_rows) == ("B2", "$1:$1")
    assert applicants.column_dimensions["D"].hidden
    assert applicants.sheet_properties.tabColor.rgb == "FF1F3A5F"
    assert applicants.page_setup.orientation == "landscape"
    assert len(dashboard._charts) == 1
    assert [str(merged) for merged in dashboard.merged_cells.ranges] == ["A1:C1"]
    assert dashboard["A5"].hyperlink.location == "Applicants!A1"
    assert dashboard["A6"].hyperlink.target == "https://example.org/guide"
    assert dashboard.print_area == "'Dashboard'!$A$1:$H$20"
    assert book["Log"].sheet_state == "hidden"


def marked(sheet: Worksheet) -> list[str]:
    """The fills of a sheet's conditional formats."""
    return [
        rule.dxf.fill.bgColor.rgb for rules in sheet.conditional_formatting for rule in rules.rules
    ]


def test_conditional_formats_find_their_looks_behind_the_offices() -> None:
    """A workbook with differential formats of its own keeps them; ours have later numbers."""
    theirs = unzipped(grafted(office()))["xl/styles.xml"]
    found = re.search(rb"<dxfs.*?</dxfs>", theirs, re.DOTALL)
    assert found is not None
    own = b'<dxfs count="1"><dxf><font><b/></font></dxf></dxfs>'
    styles = unzipped(office())["xl/styles.xml"]
    empty = re.search(rb"<dxfs[^>]*/>|<tableStyles", styles)
    assert empty is not None
    replaced = {empty[0]: own + (b"" if empty[0].startswith(b"<dxfs") else empty[0])}
    book = grafted(with_parts(office(), {"xl/styles.xml": replaced}))
    assert b'dxfId="1"' in unzipped(book)["xl/worksheets/sheet3.xml"]
    assert marked(reopened(book)["Applicants"]) == ["FF8C2A1A"]


def test_names_come_along_and_follow_their_sheets() -> None:
    """Print areas and titles belong to the new positions; names of the whole workbook to all."""
    book = reopened(grafted(office()))
    assert set(book.defined_names) == {"Budget", "As_of", "Applicant_IDs"}
    assert book["Our notes"].print_title_rows == "$1:$1"
    assert book["Applicants"].print_title_rows == "$1:$1"


def test_a_name_that_speaks_of_a_sheet_left_behind_stays_behind() -> None:
    """As_of stands on the Dashboard, so it comes only with it."""
    book = reopened(grafted(office(), ("Applicants", "Log")))
    assert set(book.defined_names) == {"Budget", "Applicant_IDs"}


def test_a_formula_that_would_lead_nowhere_is_a_fault_of_ours() -> None:
    """The Dashboard counts rows of the table Applicants, which is neither grafted nor there."""
    with pytest.raises(ValueError, match=r"not grafted.*Applicants"):
        grafted(office(), ("Dashboard",))


def test_a_table_of_the_same_name_may_stand_in() -> None:
    """Where the office has the table Applicants, the Dashboard reads that one."""
    roster = {b'"People"': b'"Applicants"', b'displayName="People"': b'displayName="Applicants"'}
    changed = with_parts(office(), {"xl/tables/table1.xml": roster})
    assert "Dashboard" in reopened(grafted(changed, ("Dashboard",))).sheetnames


def test_only_one_sheet_is_selected() -> None:
    """The workbook opens where it did; a sheet of ours selected with it would share every edit."""
    ours = with_parts(
        donor(), {"xl/worksheets/sheet1.xml": {b"<sheetView ": b'<sheetView tabSelected="1" '}}
    )
    new = unzipped(grafted(office(), OURS, ours))
    selected = {name for name, part in new.items() if b"tabSelected" in part}
    assert selected == {name for name, part in unzipped(office()).items() if b"tabSelected" in part}
    assert reopened(grafted(office())).active.title == "People"


def test_excel_calculates_the_workbook_on_opening(target: bytes) -> None:
    """Our pages hold formulas over the office's rows."""
    assert reopened(grafted(target)).calculation.fullCalcOnLoad is True


def test_numbers_of_tables_and_sheets_are_new() -> None:
    """No two tables have one id, no two tabs one sheetId or relationship."""
    parts = unzipped(grafted(office()))
    ids = [located(parts[name]).attributes["id"] for name in parts if "tables/" in name]
    assert len(ids) == len(set(ids)) == 3
    tabs = re.findall(rb'<sheet [^>]*sheetId="(\d+)"[^>]*id="(\w+)"', parts["xl/workbook.xml"])
    assert len(tabs) == len(set(tabs)) == 5


def test_shapes_of_notes_are_numbered_past_the_offices() -> None:
    """Excel keeps the shapes of each sheet in groups of their own, by the thousand."""
    parts = unzipped(grafted(office()))
    [ours] = [name for name in parts if "vmlDrawing" in name]
    assert b'data="2"' in parts[ours]
    assert b"_x0000_s2049" in parts[ours]


def test_equal_books_give_equal_bytes(target: bytes) -> None:
    """Grafting depends on nothing but the two workbooks."""
    ours = donor()
    assert grafted(target, OURS, ours) == grafted(target, OURS, ours)


def test_text_is_stored_in_the_cells() -> None:
    """The office's shared strings stay as they are, so ours are inline, rich text too."""
    parts = unzipped(grafted(office()))
    ours = [parts[f"xl/worksheets/sheet{number}.xml"] for number in (3, 4, 5)]
    assert not any(b't="s"' in part for part in ours)
    assert b"<i/>" in ours[1]


def test_a_part_that_is_only_spoken_of_is_not_taken() -> None:
    """Names in the content types and parts' orphaned relationships keep ours away."""
    parts = hand_made()
    parts["[Content_Types].xml"] = str(parts["[Content_Types].xml"]).replace(
        "</Types>",
        f'<Override PartName="/xl/worksheets/Sheet2.xml" ContentType="{SHEET_ML}.worksheet+xml"/>'
        "</Types>",
    )
    parts["xl/worksheets/_rels/sheet3.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships"/>'
    )
    new = unzipped(grafted(zipped(parts)))
    assert {name for name in new if name.startswith("xl/worksheets/sheet")} == {
        f"xl/worksheets/sheet{number}.xml" for number in (1, 4, 5, 6)
    }


def test_an_extension_that_means_something_else_is_not_relied_on() -> None:
    """Where .vml is said to be plain text, our drawing has an entry of its own."""
    types = unzipped(grafted(TARGETS["with prefixes"]))["[Content_Types].xml"]
    assert b'<t:Override PartName="/xl/drawings/vmlDrawing1.vml"' in types
    assert types.count(b"Extension='vml'") == 1


def test_a_workbook_with_macros_keeps_them() -> None:
    """The project and the code names by which it knows its sheets stay; ours have none."""
    macros = with_parts(
        office(),
        {
            "xl/vbaProject.bin": b"the project",
            "[Content_Types].xml": {
                b"sheet.main+xml": b"sheet.main+xml",
                b"</Types>": b'<Default Extension="bin" ContentType="application/vnd.ms-office.'
                b'vbaProject"/></Types>',
            },
            "xl/worksheets/sheet1.xml": {b"<sheetPr>": b'<sheetPr codeName="Sheet1">'},
        },
    )
    parts = unzipped(grafted(macros))
    assert parts["xl/vbaProject.bin"] == b"the project"
    assert b'codeName="Sheet1"' in parts["xl/worksheets/sheet1.xml"]


def test_days_are_counted_as_the_workbook_counts_them() -> None:
    """From 1904 the same day has a lower number, in cells, stored results and validations."""
    sheets = unzipped(grafted(TARGETS["counting from 1904"]))
    applicants = sheets["xl/worksheets/sheet3.xml"]
    assert b"<v>44887</v>" in applicants
    assert b"<v>1200</v>" in applicants
    assert b"<formula1>42369</formula1>" in applicants
    assert b"<v>44888</v>" in sheets["xl/worksheets/sheet4.xml"]


def test_a_fixed_day_in_a_formula_is_refused_where_days_count_from_1904() -> None:
    """A formula's number cannot be told from a day, so the workbook is left alone."""
    ours = with_parts(donor(), {"xl/worksheets/sheet2.xml": {b"As_of+1": b"As_of-46349"}})
    with pytest.raises(InputError, match=r"Book\.xlsx counts days from 1904"):
        grafted(TARGETS["counting from 1904"], OURS, ours)
    assert grafted(office(), OURS, ours)


def test_what_is_taken_is_told_all_at_once() -> None:
    """Sheets, tables and names, in any case; a table may not be called like a name either."""
    taken = with_parts(
        office(),
        {
            "xl/workbook.xml": {
                b'name="Our notes"': b'name="LOG"',
                b'name="Budget"': b'name="applicants"',
            },
            "xl/tables/table1.xml": {b'displayName="People"': b'displayName="as_of"'},
        },
    )
    with pytest.raises(InputError, match="sheet Log, the table Applicants, the name As_of"):
        grafted(taken)


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ({b"<sheets>": b'<workbookProtection lockStructure="1"/><sheets>'}, "Protect Workbook"),
        ({MAIN.encode(): b"http://purl.oclc.org/ooxml/spreadsheetml/main"}, "Strict"),
        (
            {
                b"<definedName ": b'<definedName name="x" localSheetId="9">1</definedName>'
                b"<definedName "
            },
            "names for a sheet that is not there",
        ),
    ],
)
def test_a_workbook_that_takes_no_sheets_is_refused(pieces: dict[bytes, bytes], told: str) -> None:
    """The sentence names the file and what to do."""
    with pytest.raises(InputError, match=rf"Book\.xlsx.*{told}"):
        grafted(with_parts(office(), {"xl/workbook.xml": pieces}))


def test_more_cell_formats_than_excel_holds_are_refused() -> None:
    """64,000 with ours are taken, one more is not."""
    added = len(reopened(grafted(zipped(hand_made())))._cell_styles) - 1
    for count, is_taken in [(64_000 - added, True), (64_001 - added, False)]:
        formats = "".join(f'<xf numFmtId="{n % 12}"/>' for n in range(count))
        styles = f'<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>'
        book = zipped(hand_made(styles=styles))
        if is_taken:
            assert grafted(book)
        else:
            with pytest.raises(InputError, match="so many cell formats"):
                grafted(book)


def test_the_donor_must_have_the_sheets() -> None:
    """A name that it lacks is a fault of ours."""
    with pytest.raises(ValueError, match=r"no sheets.*Plan"):
        grafted(office(), ("Plan",))


def test_polars_reads_the_offices_table_as_before() -> None:
    """The office's own Excel table is the same to a reader by name."""
    old, new = (
        fastexcel.read_excel(content).load_table("People").to_polars()
        for content in (office(), grafted(office()))
    )
    assert isinstance(new, pl.DataFrame)
    assert new.equals(old)
