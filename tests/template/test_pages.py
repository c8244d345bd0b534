"""Start, Dashboard and Brief: each formula finds what the file shows already, and the engine's."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tests.office import recalculated
from xlsxwriter.worksheet import Worksheet as DrawnSheet

from stepladder.books import Sheet
from stepladder.new import example
from stepladder.refresh import (
    Settings,
    applicants_schema,
    contents,
    load_rulebook,
    programs_schema,
    read_applicants,
    read_programs,
)
from stepladder.refresh import refresh as plan
from stepladder.result import Result
from stepladder.template import Contents
from stepladder.template.page import Page
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import write_workbook
from stepladder.validate import empty

AS_OF = dt.date(2026, 11, 23)
PAGES = ("Start", "Dashboard", "Brief")
PENDING, TO_FIX, LOW, LISTED = "A024", "A050", "A012", "A005"
ADVISOR = "Priya Nandavale"
LONGEST = 117
"""Programs that the Brief has room for."""


@dataclass(frozen=True)
class Shown:
    """One workbook: what it is to show, what the file says, and what LibreOffice finds."""

    contents: Contents
    written: openpyxl.Workbook
    found: openpyxl.Workbook


@pytest.fixture(scope="module")
def result() -> Result:
    """The results of every third applicant of the example and of those named above."""
    applicants, programs = example()
    cohort = read_applicants(applicants)
    named = cohort.cells["0"].is_in([PENDING, TO_FIX, LOW, LISTED])
    kept = named | (pl.Series(range(len(named))) % 3 == 0)
    some = replace(
        cohort,
        cells=cohort.cells.filter(kept),
        sheet_rows=cohort.sheet_rows.filter(kept),
        overlong=cohort.overlong.filter(kept),
    )
    return plan(some, read_programs(programs), Settings(load_rulebook(), AS_OF))


def reversed_rows(sheet: Sheet) -> Sheet:
    """The sheet as somebody sorted it."""
    return replace(sheet, frame=sheet.frame.reverse())


def by_due_day(sheet: Sheet) -> Sheet:
    """The plan sorted by day, so that one applicant's actions stand apart."""
    return replace(sheet, frame=sheet.frame.sort("due", maintain_order=True))


def long_list(sheet: Sheet, applicant: str, programs: int) -> Sheet:
    """A list of as many programs for one applicant alone, bands in turn."""
    rows = sheet.frame.filter(pl.col("applicant_id") == applicant)
    repeated = pl.concat([rows] * (programs // rows.height + 1)).head(programs)
    bands = pl.Series([("Target", "Reach", "Best fit")[n % 3] for n in range(programs)])
    ranked = repeated.with_columns(rank=pl.int_range(1, programs + 1), band=bands)
    return replace(sheet, frame=ranked)


def with_table(shown: Contents, sheet: Sheet) -> Contents:
    """The contents with one table in another's place."""
    tables = [sheet if table.name == sheet.name else table for table in shown.tables]
    return replace(shown, tables=tables)


@pytest.fixture(scope="module")
def books(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Shown]]:
    """One workbook for each case, computed by LibreOffice in one go."""
    folder = tmp_path_factory.mktemp("pages")
    everyone = contents(result, "book.xlsm", "stepladder new")
    listed, planned = (
        next(table for table in result.sheets if table.name == name)
        for name in ("shortlist", "plan")
    )
    cases = {
        "everyone": everyone,
        "one advisor": replace(everyone, advisor=ADVISOR, applicant_id=LOW),
        "pending": replace(everyone, advisor="nobody", applicant_id=PENDING),
        "to fix": replace(everyone, applicant_id=TO_FIX),
        "unknown": replace(everyone, applicant_id="no such id"),
        "sorted": with_table(
            with_table(replace(everyone, applicant_id=LISTED), reversed_rows(listed)),
            by_due_day(planned),
        ),
        "longest": with_table(
            replace(everyone, applicant_id=LISTED), long_list(listed, LISTED, LONGEST)
        ),
        "too long": with_table(
            replace(everyone, applicant_id=LISTED), long_list(listed, LISTED, LONGEST + 5)
        ),
        "blank": blank(),
    }
    paths = []
    for n, shown in enumerate(cases.values()):
        paths.append(folder / f"case-{n}.xlsx")
        write_workbook(paths[-1], shared_workbook(shown))
    found = recalculated(folder, paths)
    written = [openpyxl.load_workbook(path, data_only=True) for path in paths]
    yield {
        name: Shown(shown, *pair)
        for (name, shown), pair in zip(cases.items(), zip(written, found, strict=True), strict=True)
    }
    for book in (*written, *found):
        book.close()


def blank() -> Contents:
    """A workbook that nobody has filled in."""
    settings = Settings(load_rulebook(), AS_OF)
    nothing = plan(empty(applicants_schema()), empty(programs_schema()), settings)
    return contents(nothing, "book.xlsm", None)


CASES = (
    "everyone",
    "one advisor",
    "pending",
    "to fix",
    "unknown",
    "sorted",
    "longest",
    "too long",
    "blank",
)


def values(sheet: Worksheet) -> dict[str, object]:
    """What each cell of a page shows; an empty text shows nothing."""
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in {None, ""}
    }


def is_same(one: object, other: object) -> bool:
    """Equal, but for the last bits of an average."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-12)
    return one == other


def figures(sheet: Worksheet, heading: str) -> dict[str, object]:
    """The figures under a heading of the Dashboard: label and number."""
    cells = {cell.value: cell for row in sheet.iter_rows(min_row=60) for cell in row if cell.value}
    at = cells[heading]
    found: dict[str, object] = {}
    row = at.row + 2
    while label := sheet.cell(row, at.column).value:
        found[str(label)] = sheet.cell(row, at.column + 3).value
        row += 1
    return found


def tile(sheet: Worksheet, label: str) -> object:
    """The number under a label at the top of the Dashboard."""
    return next(sheet.cell(7, cell.column).value for cell in sheet[6] if cell.value == label)


def listed(sheet: Worksheet) -> list[str]:
    """The programs and band headings of the Brief, read down its columns."""
    return [
        str(cell.value)
        for column in ("B", "F", "J")
        for (cell,) in sheet[f"{column}41:{column}80"]
        if cell.value not in {None, ""}
    ]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("case", CASES)
def test_formulas_find_what_the_file_shows(books: dict[str, Shown], case: str, page: str) -> None:
    """Right values are in the file before any recalculation: LibreOffice finds the same."""
    shown = books[case]
    before, after = values(shown.written[page]), values(shown.found[page])
    differing = {
        at: (before.get(at), after.get(at))
        for at in before | after
        if not is_same(before.get(at), after.get(at))
    }
    assert differing == {}


@pytest.mark.parametrize("case", CASES)
def test_formulas_are_stored_as_they_are_drawn(books: dict[str, Shown], case: str) -> None:
    """No page uses a function that files store under a longer name, nor one with an array."""
    as_stored = DrawnSheet()
    pages = [part for part in shared_workbook(books[case].contents) if isinstance(part, Page)]
    formulas = {cell.formula for page in pages for cell in page.cells if cell.formula}
    for formula in formulas:
        as_stored.write_formula(0, 0, f"={formula}")
        assert as_stored.table[0][0].formula == formula
    assert len(formulas) > 100


@pytest.mark.parametrize("case", CASES)
def test_no_formula_is_an_error(books: dict[str, Shown], case: str) -> None:
    """Nothing on any sheet is #REF!, #NAME?, #VALUE! or the like."""
    errors = [
        (sheet.title, at, value)
        for sheet in books[case].found
        if sheet.title in PAGES
        for at, value in values(sheet).items()
        if isinstance(value, str) and value.startswith("#")
    ]
    assert errors == []


def test_the_dashboard_counts_what_the_engine_counts(
    books: dict[str, Shown], result: Result
) -> None:
    """Figures for everyone equal the run's: tiers, statuses, applications and fees."""
    found = books["everyone"].found["Dashboard"]
    tiers = figures(found, "Applicants by tier")
    assert {tier: n for tier, n in tiers.items() if n} == dict(result.summary.tiers)
    assert figures(found, "Applicants by status") == dict(result.summary.statuses)
    assert tile(found, "Applicants") == result.summary.applicants
    assert tile(found, "To fix") == result.summary.statuses["Fix"]
    assert tile(found, "Applications") == result.shortlist.height
    assert tile(found, "Program fees") == result.applicants["application_cost_usd"].sum()


def test_the_dashboard_counts_every_trend_and_range(
    books: dict[str, Shown], result: Result
) -> None:
    """Each scored applicant is in one trend and one range of fit."""
    found = books["everyone"].found["Dashboard"]
    scored = result.applicants.filter(pl.col("status") != "Fix").height
    for heading in ("Applicants by trend", "Applicants by PM&R fit (0–100)"):
        assert sum(int(str(n)) for n in figures(found, heading).values()) == scored


def test_the_dashboard_counts_what_is_overdue(books: dict[str, Shown], result: Result) -> None:
    """An action is overdue once its day is before the day of the plan."""
    found = books["everyone"].found["Dashboard"]
    late = result.plan.filter(pl.col("due") < AS_OF)
    assert tile(found, "Actions overdue") == late.height
    assert late.height > 10
    assert [found[f"B{row}"].value.date() for row in range(48, 58)] == late.sort("due").head(10)[
        "due"
    ].to_list()


def test_an_advisor_is_shown_their_own_applicants(books: dict[str, Shown], result: Result) -> None:
    """For one advisor the figures are those of the applicants who bear the name."""
    found = books["one advisor"].found["Dashboard"]
    theirs = result.applicants.filter(pl.col("advisor") == ADVISOR)
    assert 0 < theirs.height < result.applicants.height
    assert tile(found, "Applicants") == theirs.height
    assert figures(found, "Applicants by tier") == {
        tier: theirs.filter(pl.col("tier") == tier).height
        for tier in load_rulebook().policy.tier_names
    }


def test_the_brief_lists_every_program_band_by_band(
    books: dict[str, Shown], result: Result
) -> None:
    """Best fit first, then Target, then Reach; by rank within a band."""
    rows = result.shortlist.filter(pl.col("applicant_id") == LOW)
    expected = []
    for band in ("Best fit", "Target", "Reach"):
        of_band = rows.filter(pl.col("band") == band).sort("rank")
        if of_band.height:
            expected.append(f"{band.upper()} ({of_band.height})")
        expected += [f"{rank}. {name}" for rank, name in of_band["rank", "program_name"].rows()]
    assert listed(books["one advisor"].found["Brief"]) == expected


def test_a_sorted_shortlist_does_not_mislead_the_brief(books: dict[str, Shown]) -> None:
    """Somebody sorted the sheet: the list is the same, found by id and rank."""
    reordered = books["sorted"]
    straight = replace(reordered.contents, tables=books["everyone"].contents.tables)
    expected = next(part for part in shared_workbook(straight) if part.title == "Brief")
    assert isinstance(expected, Page)
    shown = {cell.at: cell.value for cell in expected.cells}
    names = [shown[f"{column}{row}"] for column in "BFJ" for row in range(41, 81)]
    assert listed(reordered.found["Brief"]) == [name for name in names if name]


def test_a_sorted_plan_does_not_mislead_the_brief(books: dict[str, Shown]) -> None:
    """Somebody sorted the sheet: the applicant's actions are found, in the sheet's order."""
    case = books["sorted"]
    plan_sheet = next(table for table in case.contents.tables if table.name == "plan")
    theirs = plan_sheet.frame.filter(pl.col("applicant_id") == LISTED)["action"].head(10)
    found = case.found["Brief"]
    assert [found[f"B{row}"].value for row in range(27, 37)] == theirs.to_list()


def test_the_longest_list_is_on_the_page(books: dict[str, Shown]) -> None:
    """As many programs as the page has room for are all listed, under three headings."""
    assert len(listed(books["longest"].found["Brief"])) == LONGEST + 3


def test_a_longer_list_says_what_is_left_out(books: dict[str, Shown]) -> None:
    """Nobody takes the page for the whole list."""
    assert books["too long"].found["Brief"]["B40"].value == (
        f"Programs by band: {LONGEST + 5}, of which 5 stand only in Shortlist"
    )


def test_an_unknown_id_is_told(books: dict[str, Shown]) -> None:
    """The Brief says so, and shows nobody."""
    found = books["unknown"].found["Brief"]
    assert found["G3"].value == "This id is not in Applicants; choose one from the list."
    assert listed(found) == []


def test_start_says_how_things_stand(books: dict[str, Shown], result: Result) -> None:
    """After a refresh: when, how many rows, how many findings."""
    told = {cell.value for row in books["everyone"].found["Start"].iter_rows() for cell in row}
    summary = result.summary
    assert "2026-11-23" in told
    assert f"{summary.errors} to fix, {summary.queries} to look at (sheet Findings)" in told


def test_start_names_the_command_of_its_own_file(books: dict[str, Shown]) -> None:
    """Until it is clicked, Refresh is a command that can be copied."""
    texts = [cell.value for row in books["blank"].found["Start"].iter_rows() for cell in row]
    assert "Save and close this workbook, then run:  stepladder refresh book.xlsm" in texts
