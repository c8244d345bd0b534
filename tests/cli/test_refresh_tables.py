"""`stepladder refresh`: both tables are found and read wherever an office put them, and however."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.filters import AutoFilter, FilterColumn, Filters
from openpyxl.worksheet.protection import SheetProtection
from tests.cli.office_edits import (
    address,
    cell,
    laid_out,
    links,
    opened,
    part_of,
    parts,
    place,
    refresh,
    respelled,
    reworked,
    row,
    rows,
    table,
    told,
    typed,
    with_parts,
)
from tests.office import convert

SCORE = "Step 2 CK score"
Lines = list[list[Any]]


@pytest.fixture
def book(plain: Path) -> Path:
    """A workbook of three applicants and three programs, without Dashboard and Brief."""
    return plain


def results(book: Path) -> dict[str, tuple[Any, Any, Any]]:
    """What stands beside each applicant's id."""
    return {
        str(line["Applicant ID"]): (line["Status"], line["Tier"], line["Next step"])
        for line in rows(book, "Applicants")
        if line["Applicant ID"] is not None
    }


def with_column(lines: Lines, title: str, values: Sequence[object]) -> None:
    """Put values under a title."""
    at = lines[0].index(title)
    for line, value in zip(lines[1:], values, strict=True):
        line[at] = value


# ── where the tables are ───────────────────────────────────────────────────────────────────────


def test_a_renamed_sheet_is_where_the_links_lead(book: Path) -> None:
    """Findings: the link names the sheet as it is called now, its quotes doubled."""

    def renamed(office: openpyxl.Workbook) -> None:
        office["Applicants"].title = "Ruth's list"
        office["Programs"].title = "Programs & more"
        office["Ruth's list"][address(book, SCORE, 1)].value = "two-forty"
        office["Programs & more"][address(book, "Minimum Step 2 CK", 2, "Programs")].value = "many"

    reworked(book, renamed)
    assert refresh(book).exit_code == 1
    first, second = (str(at) for _, at in told(book))
    assert links(book) == {
        first: f"'Ruth''s list'!{first}",
        second: f"'Programs & more'!{second}",
    }
    assert cell(book, "Ruth's list", first) == "two-forty"
    assert row(book, "007")["Status"] == "Fix"


def test_a_table_is_found_on_another_sheet_at_another_place(book: Path) -> None:
    """The applicants stand below the programs, from column C on; all is written there."""

    def moved(office: openpyxl.Workbook) -> None:
        sheet, found = table(office, "Applicants")
        lines = [[cell.value for cell in line] for line in sheet[found.ref]]
        with_column(lines, SCORE, [252, 238, "soon"])
        place(office, found, office["Programs"], lines, (20, 3))
        office.remove(sheet)

    reworked(book, moved)
    assert refresh(book).exit_code == 1
    assert [status for status, *_ in results(book).values()] == ["OK", "OK", "Fix"]
    assert row(book, "007")["Tier"] == "Highly competitive"
    [(code, at)] = told(book)
    assert (code, links(book)[str(at)]) == ("unreadable", f"'Programs'!{at}")
    assert cell(book, "Programs", str(at)) == "soon"


def test_a_renamed_table_is_found_by_its_headers(book: Path) -> None:
    """Applicants, and a table of ours as well."""

    def renamed(office: openpyxl.Workbook) -> None:
        for old, new in (("Applicants", "Class_of_2028"), ("Shortlist", "Lists")):
            _, found = table(office, old)
            found.name = found.displayName = new

    reworked(book, renamed)
    typed(book, "Applicants", {address(book, SCORE, 1, "Class_of_2028"): 252})
    done = refresh(book)
    assert done.exit_code == 0
    assert rows(book, "Class_of_2028")[0]["Tier"] == "Highly competitive"
    assert "has no table" not in done.out


def archived(office: openpyxl.Workbook, name: str) -> None:
    """Keep last year's applicants on a sheet of their own."""
    sheet, found = table(office, "Applicants")
    lines = [[cell.value for cell in line] for line in sheet[found.ref]]
    archive = office.create_sheet("Archive", 0)
    for line in lines:
        archive.append(line)
    archive.add_table(openpyxl.worksheet.table.Table(displayName=name, ref=found.ref))


def test_an_archive_of_last_year_is_left_alone(book: Path) -> None:
    """A table that is named Applicants is the one; another with the same headers is not ours."""
    reworked(book, lambda office: archived(office, "Season_2027"))
    refresh(book)
    before = rows(book, "Season_2027")
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    assert refresh(book).exit_code == 0
    assert row(book, "007")["Tier"] == "Highly competitive"
    assert rows(book, "Season_2027") == before


def test_two_tables_that_could_be_meant_are_refused(book: Path) -> None:
    """Exit 3: both are named; nothing is guessed."""

    def two(office: openpyxl.Workbook) -> None:
        archived(office, "Season_2027")
        _, found = table(office, "Applicants")
        found.name = found.displayName = "Season_2028"

    reworked(book, two)
    done = refresh(book)
    assert done.exit_code == 3
    assert "Season_2027 (Archive) and Season_2028 (Applicants)" in done.err


def test_programs_are_not_taken_for_applicants(book: Path) -> None:
    """Exit 3: a book whose applicants were deleted has none, whatever headers Programs shares."""
    reworked(book, lambda office: office.remove(office["Applicants"]))
    done = refresh(book)
    assert done.exit_code == 3
    assert "has no Excel table of applicants" in done.err


def test_a_workbook_of_another_program_is_refreshed(book: Path, tmp_path: Path) -> None:
    """LibreOffice saved it: nothing to do at first, and a new score is taken like any other."""
    [saved] = convert(tmp_path, "xlsx:Calc MS Excel 2007 XML", [book])
    before = saved.read_bytes()
    assert "nothing was written" in refresh(saved).out
    assert saved.read_bytes() == before
    typed(saved, "Applicants", {address(saved, SCORE, 1): 252})
    assert refresh(saved).exit_code == 0
    assert row(saved, "007")["Tier"] == "Highly competitive"
    assert rows(saved, "Log")[-1]["Changed"].splitlines()[1:] == [
        "007: tier Competitive → Highly competitive"
    ]


def test_parts_with_other_names_are_found(book: Path) -> None:
    """Where a part lies is said by the package, not by its name."""
    moved = {"worksheets/sheet2.xml": "sheets/people.xml", "tables/table1.xml": "lists/one.xml"}

    def elsewhere(part: bytes) -> bytes:
        for old, new in moved.items():
            part = part.replace(old.encode(), new.encode())
        return part

    before = parts(book)
    for old, new in moved.items():
        before[f"xl/{new}"] = before.pop(f"xl/{old}")
    before["xl/sheets/_rels/people.xml.rels"] = before.pop("xl/worksheets/_rels/sheet2.xml.rels")
    for name in [*before]:
        if name.endswith((".rels", "[Content_Types].xml")):
            before[name] = elsewhere(before[name])
    book.unlink()
    with_parts(book, before)
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    assert refresh(book).exit_code == 0
    assert row(book, "007")["Tier"] == "Highly competitive"
    assert "xl/sheets/people.xml" in parts(book)


# ── columns ────────────────────────────────────────────────────────────────────────────────────


def test_columns_in_any_order_under_any_name(book: Path) -> None:
    """Columns reversed, ours among them; titles by alias, case and name; some of ours deleted."""

    def shuffled(lines: Lines) -> Lines:
        header = lines[0]
        with_column(lines, SCORE, [252, 238, 221])
        gone = {header.index("Trend"), header.index("Red flags")}
        anew = [[v for at, v in enumerate(line) if at not in gone][::-1] for line in lines]
        spelled = {"Tier": "TIER", "PM&R fit": "pmr_fit", SCORE: "CK", "Applicant ID": "AAMC no"}
        anew[0] = [spelled.get(title, title) for title in anew[0]]
        return anew

    reworked(book, lambda office: laid_out(office, "Applicants", shuffled))
    done = refresh(book)
    assert done.exit_code == 0
    first = rows(book, "Applicants")[0]
    assert (first["AAMC no"], first["TIER"], first["pmr_fit"]) == ("007", "Highly competitive", 0)
    assert [*first][-1] == "AAMC no"
    assert "no column Trend, Red flags: what it would show was not written." in done.out
    assert refresh(book).out.splitlines()[-1].endswith("nothing was written.")


def test_a_column_that_is_nearly_ours_is_the_offices(book: Path) -> None:
    """Of “Tier” and “Tier?” the one that is spelled as ours is written."""

    def beside(lines: Lines) -> Lines:
        return [["Tier?", *lines[0]], *(["ask the dean", *line] for line in lines[1:])]

    reworked(book, lambda office: laid_out(office, "Applicants", beside))
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    refresh(book)
    first = row(book, "007")
    assert (first["Tier?"], first["Tier"]) == ("ask the dean", "Highly competitive")


def test_two_headers_for_one_column_are_refused(book: Path) -> None:
    """Exit 3: both headers and their cells are named."""
    reworked(
        book,
        lambda office: laid_out(
            office,
            "Applicants",
            lambda lines: [[*line, "CK" if n == 0 else 240] for n, line in enumerate(lines)],
        ),
    )
    before = book.read_bytes()
    done = refresh(book)
    assert done.exit_code == 3
    assert f"“{SCORE}”" in done.err
    assert "“CK”" in done.err
    assert book.read_bytes() == before


# ── rows ───────────────────────────────────────────────────────────────────────────────────────


def test_rows_are_matched_by_id(book: Path) -> None:
    """Sorted, and somebody new in the middle: each id has its own results, and the Log says so."""
    before = results(book)

    def sorted_anew(lines: Lines) -> Lines:
        header, *people = lines
        new = [None] * len(header)
        facts = {"Applicant ID": "N9", "IMG status": "US IMG", "Graduation year": 2024, SCORE: 255}
        for title, value in facts.items():
            new[header.index(title)] = value  # type: ignore[call-overload]  # whatever a cell holds
        return [header, people[2], new, people[1], people[0]]

    reworked(book, lambda office: laid_out(office, "Applicants", sorted_anew))
    refresh(book)
    after = results(book)
    assert {key: after[key] for key in before} == before
    assert after["N9"][1] == "Highly competitive"
    assert rows(book, "Log")[-1]["Changed"].splitlines() == ["Applicants: 1 new", "new: N9"]


def test_a_row_whose_inputs_were_deleted_loses_its_results(book: Path) -> None:
    """Our cells are cleared, the row is no finding, and the Log says who is gone."""
    assert row(book, "3401-E5")["Tier"] is not None
    with_inputs = [title for title in rows(book, "Applicants")[0] if title != "Status"]
    cells = {
        address(book, title, 2): None for title in with_inputs[: with_inputs.index("Locker") + 1]
    }
    typed(book, "Applicants", cells)
    done = refresh(book)
    assert (done.exit_code, told(book)) == (0, [])
    assert {*rows(book, "Applicants")[1].values()} == {None}
    assert "3 applicants" not in done.out
    assert rows(book, "Log")[-1]["Changed"].splitlines() == ["Applicants: 1 gone", "gone: 3401-E5"]


@pytest.mark.parametrize(("title", "status"), [("Locker", None), ("Name", "Fix")])
def test_a_formula_of_the_offices_makes_no_applicant(
    book: Path, title: str, status: str | None
) -> None:
    """Excel fills a formula column by itself; whoever types a name is missing an id."""

    def longer(lines: Lines) -> Lines:
        at = lines[0].index(title)
        return [*lines, [1 if n == at else None for n in range(len(lines[0]))]]

    reworked(book, lambda office: laid_out(office, "Applicants", longer))
    respelled(book, "Applicants", {address(book, title, 4): "><f>2026-1</f><v>2025</v>"})
    refresh(book)
    assert rows(book, "Applicants")[3]["Status"] == status


def test_hidden_and_filtered_rows_are_read_and_written(book: Path) -> None:
    """A filter hides, and leaves nobody out; it stays as it is."""

    def filtered(office: openpyxl.Workbook) -> None:
        sheet, found = table(office, "Applicants")
        column = FilterColumn(colId=0, filters=Filters(filter=["007"]))
        found.autoFilter = AutoFilter(ref=found.ref, filterColumn=[column])
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
        sheet[address(book, SCORE, 3)].value = 252

    reworked(book, filtered)
    part = parts(book)["xl/tables/table1.xml"]
    assert refresh(book).exit_code == 0
    assert row(book, "A3")["Tier"] == "Highly competitive"
    assert opened(book)["Applicants"].row_dimensions[4].hidden
    assert parts(book)["xl/tables/table1.xml"] == part


def test_a_totals_row_is_nobody(book: Path) -> None:
    """Applicants may have one; it is not read, and nothing is written there."""

    def summed(office: openpyxl.Workbook) -> None:
        laid_out(
            office, "Applicants", lambda lines: [*lines, ["Total", *[9] * (len(lines[0]) - 1)]]
        )
        _, found = table(office, "Applicants")
        found.totalsRowCount = 1

    reworked(book, summed)
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    assert refresh(book).exit_code == 0
    assert len(results(book)) == 3
    status = address(book, "Status", 4)
    assert cell(book, "Applicants", status) == 9


# ── cells ──────────────────────────────────────────────────────────────────────────────────────


def test_ids_are_text(book: Path) -> None:
    """7 as a number, 007 and an id with spaces are three people, each with a list of their own."""
    at = [address(book, "Applicant ID", n) for n in (1, 2, 3)]
    typed(book, "Applicants", dict(zip(at, (7, "007", " A 3 "), strict=True)))
    assert refresh(book).exit_code == 0
    assert {line["Applicant ID"] for line in rows(book, "Plan")} == {"7", "007", "A 3"}
    assert [cell(book, "Applicants", one) for one in at] == [7, "007", " A 3 "]
    assert rows(book, "Log")[-1]["Changed"].splitlines()[-2:] == [
        "new: 7, A 3",
        "gone: 3401-E5, A3",
    ]


def test_an_error_in_a_cell_is_a_finding(book: Path) -> None:
    """#N/A is not blank: the row is not scored, and the cell stays."""
    at = address(book, SCORE, 1)
    respelled(book, "Applicants", {at: ' t="e"><v>#N/A</v>'})
    assert refresh(book).exit_code == 1
    assert told(book) == [("unreadable", at)]
    assert rows(book, "Findings")[0]["Found"] == "#N/A"
    assert row(book, "007")["Status"] == "Fix"
    assert row(book, "007")["Tier"] is None
    assert cell(book, "Applicants", at) == "#N/A"


def test_a_formula_in_an_input_is_read_by_its_result(book: Path) -> None:
    """With a stored value it counts; without one it is a finding; the formulas stay."""
    first, second = (address(book, SCORE, n) for n in (1, 2))
    respelled(book, "Applicants", {first: "><f>200+52</f><v>252</v>", second: "><f>200+38</f>"})
    assert refresh(book).exit_code == 1
    assert row(book, "007")["Tier"] == "Highly competitive"
    assert told(book) == [("unreadable", second)]
    assert b"<f>200+52</f><v>252</v>" in parts(book)[part_of(book, "Applicants")]
    assert b"<f>200+38</f></c>" in parts(book)[part_of(book, "Applicants")]


def test_a_formula_in_a_cell_of_ours_is_refused(book: Path) -> None:
    """Exit 3: the cell is named, and nothing is written."""
    at = address(book, "Tier", 1)
    respelled(book, "Applicants", {at: ' t="str"><f>"mine"</f><v>mine</v>'})
    before = book.read_bytes()
    done = refresh(book)
    assert done.exit_code == 3
    assert f"Applicants!{at}: this cell is Stepladder's to fill, but holds a formula" in done.err
    assert book.read_bytes() == before


def test_a_workbook_that_counts_from_1904(book: Path) -> None:
    """Days are read and written by the workbook's own calendar."""
    with_parts(
        book,
        {
            "xl/workbook.xml": lambda part: part.replace(
                b"<workbookPr ", b'<workbookPr date1904="1" ', 1
            )
        },
    )
    dates = {
        address(book, title, n): value
        for n in (1, 2, 3)
        for title, value in (("Step 2 CK date", openpyxl.utils.datetime.from_excel(46_152)),)
    }
    typed(book, "Applicants", dates)
    plan = {line["Action"]: line["Due"] for line in rows(book, "Plan")}
    assert refresh(book).exit_code == 0
    due = {line["Action"]: line["Due"] for line in rows(book, "Plan")}
    assert due.keys() == plan.keys()
    assert {value.year for value in due.values()} <= {2025, 2026, 2027, 2028}
    assert f"{rows(book, 'Log')[-1]['As of']:%Y-%m-%d}" == "2026-11-23"
    assert "nothing was written" in refresh(book).out


def test_what_was_mended_is_cleared(book: Path) -> None:
    """Findings: refreshing again, the finding and the status are gone; Start counts none."""
    at = address(book, SCORE, 1)
    typed(book, "Applicants", {at: "two-forty"})
    assert refresh(book).exit_code == 1
    assert (row(book, "007")["Status"], told(book)) == ("Fix", [("unreadable", at)])
    assert cell(book, "Start", "D22") == "1 to fix, 0 to look at (sheet Findings)"
    typed(book, "Applicants", {at: 240})
    assert refresh(book).exit_code == 0
    assert (row(book, "007")["Status"], told(book), links(book)) == ("OK", [], {})
    assert cell(book, "Start", "D22") == "0 to fix, 0 to look at (sheet Findings)"


# ── our own tables ─────────────────────────────────────────────────────────────────────────────


def test_our_tables_sorted_and_filtered_are_put_right(book: Path) -> None:
    """Shortlist, Plan and Findings hold the new rows in their order, and no filter hides one."""
    lists = {name: rows(book, name) for name in ("Shortlist", "Plan")}

    def sorted_and_filtered(office: openpyxl.Workbook) -> None:
        for name in lists:
            laid_out(office, name, lambda lines: [lines[0], *lines[:0:-1]])
        sheet, found = table(office, "Plan")
        column = FilterColumn(colId=0, filters=Filters(filter=["A3"]))
        found.autoFilter = AutoFilter(ref=found.ref, filterColumn=[column])
        for n in range(4, 9):
            sheet.row_dimensions[n].hidden = True

    reworked(book, sorted_and_filtered)
    assert rows(book, "Plan") != lists["Plan"]
    assert refresh(book).exit_code == 0
    assert {name: rows(book, name) for name in lists} == lists
    assert not any(line.hidden for line in opened(book)["Plan"].row_dimensions.values())
    assert b"filterColumn" not in parts(book)["xl/tables/table4.xml"]


def test_rows_typed_into_our_tables_go(book: Path) -> None:
    """Shortlist is ours: a row that somebody added is written over."""
    expected = rows(book, "Shortlist")
    reworked(
        book,
        lambda office: laid_out(
            office, "Shortlist", lambda lines: [*lines, ["mine", *[None] * (len(lines[0]) - 1)]]
        ),
    )
    assert refresh(book).exit_code == 0
    assert rows(book, "Shortlist") == expected


@pytest.mark.parametrize(
    ("sheet", "at", "said"),
    [
        ("Shortlist", "R2", "this cell is not Stepladder's"),
        ("Plan", "K3", "this cell is not Stepladder's"),
    ],
)
def test_a_note_beside_our_rows_is_refused_not_lost(
    book: Path, sheet: str, at: str, said: str
) -> None:
    """Exit 3: the cell is named; it would stand beside another row after the refresh."""
    typed(book, sheet, {at: "call them"})
    before = book.read_bytes()
    done = refresh(book)
    assert (done.exit_code, f"{sheet}!{at}: {said}" in done.err) == (3, True)
    assert book.read_bytes() == before


def test_a_note_far_below_our_rows_stays(book: Path) -> None:
    """It is in nobody's way."""
    at = f"B{len(rows(book, 'Shortlist')) + 10}"
    typed(book, "Shortlist", {at: "call them"})
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    assert refresh(book).exit_code == 0
    assert cell(book, "Shortlist", at) == "call them"


def test_a_column_within_our_table_is_refused(book: Path) -> None:
    """Exit 3: its rows would go with ours."""
    reworked(
        book,
        lambda office: laid_out(
            office,
            "Plan",
            lambda lines: [[*line, "Done?" if n == 0 else "yes"] for n, line in enumerate(lines)],
        ),
    )
    done = refresh(book)
    assert done.exit_code == 3
    assert "table Plan: the column Done? is none of Stepladder's" in done.err


def test_a_deleted_table_of_ours_is_told(book: Path) -> None:
    """The rest is written, and the notes say what is not."""
    reworked(book, lambda office: office.remove(office["Plan"]))
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    done = refresh(book)
    assert done.exit_code == 0
    assert "has no table Plan: what it would show was not written." in done.out
    assert row(book, "007")["Tier"] == "Highly competitive"


# ── limits ─────────────────────────────────────────────────────────────────────────────────────


def test_the_first_programs_of_each_list_may_be_enough(book: Path) -> None:
    """--most-listed: Shortlist shows so many; what it leaves out is no change of a list."""
    everything = rows(book, "Shortlist")
    assert max(line["Rank"] for line in everything) == 2
    done = refresh(book, "--most-listed", "1")
    assert done.exit_code == 0
    assert rows(book, "Shortlist") == [line for line in everything if line["Rank"] == 1]
    assert rows(book, "Log")[-1]["Changed"].splitlines()[1:] == ["007: list +0 −1"]
    assert "nothing was written" in refresh(book, "--most-listed", "1").out
    refresh(book)
    assert rows(book, "Shortlist") == everything


def test_a_crowd_is_sent_to_batch(book: Path) -> None:
    """Exit 3: a workbook is for 20,000 applicants; it is said before anything is computed."""
    people = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>a{n}</t></is></c></row>'
        for n in range(5, 20_003)
    )
    with_parts(
        book,
        {
            part_of(book, "Applicants"): lambda part: part.replace(
                b"</sheetData>", people.encode() + b"</sheetData>"
            ),
            "xl/tables/table1.xml": lambda part: re.sub(
                rb'(ref="A1:[A-Z]+)4"', rb'\g<1>20002"', part
            ),
        },
    )
    before = book.read_bytes()
    done = refresh(book)
    assert (done.exit_code, "plain.xlsx has 20,001 applicants" in done.err) == (3, True)
    assert book.read_bytes() == before


# ── protection ─────────────────────────────────────────────────────────────────────────────────


def test_a_protected_sheet_is_written_and_stays_protected(book: Path) -> None:
    """Protection keeps hands off our columns, as an office wants it; the file may be written."""

    def protected(office: openpyxl.Workbook) -> None:
        for name in ("Applicants", "Shortlist"):
            office[name].protection = SheetProtection(sheet=True, password="x")  # noqa: S106
        office.security = openpyxl.workbook.protection.WorkbookProtection(lockStructure=True)

    reworked(book, protected)
    typed(book, "Applicants", {address(book, SCORE, 1): 252})
    assert refresh(book).exit_code == 0
    assert row(book, "007")["Tier"] == "Highly competitive"
    office = opened(book)
    assert office["Applicants"].protection.sheet
    assert office["Shortlist"].protection.sheet
    assert office.security.lockStructure
