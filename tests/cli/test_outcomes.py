"""The table Outcomes in the workbook: an office's own, checked, counted, and never lost."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.cli.command import AS_OF, EXAMPLE_APPLICANTS, EXAMPLE_PROGRAMS, run
from tests.cli.office_books import office_book
from tests.cli.office_edits import address, opened, part_of, parts, refresh, rows, typed
from tests.office import recalculated

from stepladder.books import staged
from stepladder.new import example_outcomes, new_workbook
from stepladder.refresh import (
    BATCH,
    Settings,
    contents,
    load_rulebook,
    read_applicants,
    read_programs,
)
from stepladder.refresh import refresh as planned
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import write_workbook

TABLE = "Outcomes"
SEASON = "C92"
"""Where the Dashboard's season is chosen."""
TIERS, STAGES = range(95, 102), "DEFGH"
SETTINGS = Settings(load_rulebook(), date.fromisoformat(AS_OF))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of 15 applicants, with the example's outcomes."""
    folder = tmp_path_factory.mktemp("made")
    lines = EXAMPLE_APPLICANTS.read_text("utf-8").splitlines(keepends=True)
    (folder / "cohort.csv").write_text("".join(lines[:16]), "utf-8")
    book = folder / "book.xlsx"
    new_workbook(
        book, folder / "cohort.csv", EXAMPLE_PROGRAMS, SETTINGS, outcomes=example_outcomes()
    )
    return book


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    """A copy to work in."""
    return Path(shutil.copy(made, tmp_path / "book.xlsx"))


def figures(book: openpyxl.Workbook) -> list[list[Any]]:
    """The Dashboard's counts by tier: a row for each tier, then for none."""
    page = book["Dashboard"]
    return [[page[f"{column}{row}"].value for column in STAGES] for row in TIERS]


def test_a_new_workbook_has_the_table_with_its_choices(tmp_path: Path) -> None:
    """It is empty, its columns are the schema's, and Yes or No is chosen from a list."""
    run("new", tmp_path / "empty.xlsx", "--as-of", AS_OF, "--quiet")
    sheet = opened(tmp_path / "empty.xlsx")[TABLE]
    titles = [cell.value for cell in sheet[1]]
    assert titles[:9] == [
        *("Applicant ID", "Program code", "Season", "Applied", "Signalled", "Invited"),
        *("Interviewed", "Ranked", "Matched"),
    ]
    lists = [one for one in sheet.data_validations.dataValidation if one.formula1 == '"Yes,No"']
    assert len(lists) == 6


def test_each_row_says_whose_it_is(made: Path) -> None:
    """Beside it stand name, program, advisor, tier and band, as the other tables have them."""
    people = {row["Applicant ID"]: row for row in rows(made, "Applicants")}
    listed = {(row["Applicant ID"], row["Program ID"]): row for row in rows(made, "Shortlist")}
    for row in rows(made, TABLE):
        person = people[row["Applicant ID"]]
        assert [row[title] for title in ("Name", "Advisor", "Tier")] == [
            person[title] for title in ("Name", "Advisor", "Tier")
        ]
        place = listed.get((row["Applicant ID"], row["Program code"]))
        assert row["Band"] == (place["Band"] if place else "Not listed")


def test_the_dashboard_counts_what_the_table_says(made: Path) -> None:
    """By tier, over all seasons: each figure is a count of rows with Yes."""
    table = rows(made, TABLE)
    tiers = list(load_rulebook().policy.tier_names)
    stages = ("Applied", "Invited", "Interviewed", "Ranked", "Matched")
    expected = [
        [sum(row["Tier"] == tier and row[stage] == "Yes" for row in table) for stage in stages]
        for tier in tiers
    ]
    assert figures(opened(made)) == [*expected, [0] * 5]
    assert sum(row[0] for row in expected) == len(table)


def test_refresh_keeps_every_cell_that_the_office_typed(book: Path) -> None:
    """What is entered stays as it stands; a new row gains whose it is."""
    row = len(rows(book, TABLE))
    typed(
        book,
        TABLE,
        {
            address(book, "Invited", row, TABLE): "y",
            address(book, "Notes", row, TABLE): "=1+1 is no formula here",
            address(book, "Applicant ID", row, TABLE): "A002",
        },
    )
    before = rows(book, TABLE)
    refresh(book, "--as-of", "2026-12-01")
    after = rows(book, TABLE)
    ours = {"Name", "Program name", "Advisor", "Tier", "Band"}
    assert [{k: v for k, v in one.items() if k not in ours} for one in after] == [
        {k: v for k, v in one.items() if k not in ours} for one in before
    ]
    assert after[-1]["Name"] == rows(book, "Applicants")[1]["Name"]


def test_who_left_after_a_season_keeps_what_was_said_of_them(book: Path) -> None:
    """Two seasons in one table: the cohort and its tiers go on, and earlier rows stay counted."""
    whose = ("Applicant ID", "Name", "Tier", "Band")
    before = [[row[title] for title in whose] for row in rows(book, TABLE)]
    counted = figures(opened(book))
    first, gone = before[0][0], before[-1][0]
    at = [row["Applicant ID"] for row in rows(book, "Applicants")]
    step2 = address(book, "Step 2 CK score", at.index(first) + 1, "Applicants")
    cell = address(book, "Applicant ID", at.index(gone) + 1, "Applicants")
    typed(book, "Applicants", {step2: 221, cell: "B001"})
    refresh(book, "--as-of", "2027-06-01")
    assert [[row[title] for title in whose] for row in rows(book, TABLE)] == before
    assert figures(opened(book)) == counted
    codes = [row["Code"] for row in rows(book, "Findings") if row["Table"] == TABLE.lower()]
    assert "unknown_applicant" not in codes


def test_the_next_season_s_workbook_takes_them_from_the_last_one(
    made: Path, tmp_path: Path
) -> None:
    """Issue 9, 4: `new --outcomes`, with the tier and band that the last season's workbook says."""
    lines = EXAMPLE_APPLICANTS.read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "next.csv").write_text("".join([*lines[:2], *lines[20:23]]), "utf-8")
    book = tmp_path / "next.xlsx"
    inputs = ("--applicants", tmp_path / "next.csv", "--programs", EXAMPLE_PROGRAMS)
    done = run("new", book, *inputs, "--outcomes", made, "--as-of", "2027-06-01", "--quiet")
    assert done.exit_code == 1, done.err
    assert rows(book, TABLE) == rows(made, TABLE)
    assert figures(opened(book)) == figures(opened(made))
    codes = {row["Code"] for row in rows(book, "Findings")}
    assert "unknown_applicant" not in codes


def test_in_the_season_under_way_a_row_follows_the_cohort(book: Path) -> None:
    """The day before: tiers follow the table of applicants, and an unknown id is asked about."""
    before = rows(book, TABLE)
    at = [row["Applicant ID"] for row in rows(book, "Applicants")]
    cell = address(book, "Applicant ID", at.index(before[-1]["Applicant ID"]) + 1)
    typed(book, "Applicants", {cell: "B001"})
    refresh(book, "--as-of", "2027-05-31")
    last = rows(book, TABLE)[-1]
    assert last["Tier"] is None
    assert "unknown_applicant" in [row["Code"] for row in rows(book, "Findings")]


def test_what_is_wrong_there_is_told_with_its_cell(book: Path) -> None:
    """An answer to an application that was not sent; an id that nobody bears."""
    applied = address(book, "Applied", 1, TABLE)
    invited = address(book, "Invited", 1, TABLE)
    under_way = [row["Season"] for row in rows(book, TABLE)].index(2027)
    stranger = address(book, "Applicant ID", under_way + 1, TABLE)
    typed(book, TABLE, {applied: "No", invited: "Yes", stranger: "zoe"})
    assert refresh(book, "--as-of", AS_OF).exit_code == 1
    found = {(row["Code"], row["Cell"]) for row in rows(book, "Findings")}
    assert ("outcome_without_application", invited) in found
    assert ("unknown_applicant", stranger) in found


def test_a_chosen_season_is_counted_alone_and_stays_chosen(book: Path) -> None:
    """LibreOffice finds by the formulas what the refresh wrote, for a season and an advisor."""
    advisor = rows(book, "Applicants")[0]["Advisor"]
    typed(book, "Dashboard", {SEASON: 2026, "C4": advisor})
    refresh(book, "--as-of", "2026-12-01")
    stored = opened(book)
    table = [
        row for row in rows(book, TABLE) if row["Season"] == 2026 and row["Advisor"] == advisor
    ]
    assert stored["Dashboard"][SEASON].value == 2026
    assert sum(row[0] for row in figures(stored)) == len(table) > 0
    [found] = recalculated(book.parent, [book])
    assert figures(found) == figures(stored)


def test_another_word_for_yes_is_told_and_counted_once_it_is_retyped(book: Path) -> None:
    """The formulas see what stands in the cell; a finding says how it was read."""
    was = sum(row[0] for row in figures(opened(book)))
    applied = address(book, "Applied", 1, TABLE)
    typed(book, TABLE, {applied: "x"})
    refresh(book, "--as-of", "2026-12-01")
    assert sum(row[0] for row in figures(opened(book))) == was - 1
    assert applied in [row["Cell"] for row in rows(book, "Findings")]


def without_outcomes(path: Path) -> Path:
    """A workbook as it was made before there was such a table."""
    lines = EXAMPLE_APPLICANTS.read_text("utf-8").splitlines(keepends=True)
    cohort = path.with_name("cohort.csv")
    cohort.write_text("".join(lines[:9]), "utf-8")
    result = planned(read_applicants(cohort), read_programs(EXAMPLE_PROGRAMS), SETTINGS)
    tables = [sheet for sheet in result.sheets if sheet.name != "curve"]
    with staged([path]) as (temporary,):
        write_workbook(temporary, shared_workbook(contents(result, path.name, BATCH, tables)))
    return path


def test_a_workbook_without_the_table_is_refreshed_as_before(tmp_path: Path) -> None:
    """The table is optional: pages and results are brought up to date, and nothing is added."""
    book = without_outcomes(tmp_path / "old.xlsx")
    sheets = opened(book).sheetnames
    done = refresh(book, "--as-of", "2027-01-15")
    assert done.exit_code == 1
    assert "rebuilt by hand" not in done.out
    assert opened(book).sheetnames == sheets
    assert TABLE not in sheets


def test_a_deleted_table_stops_nothing(book: Path) -> None:
    """Whoever wants no outcomes deletes the sheet; the Dashboard's other figures go on."""
    loaded = openpyxl.load_workbook(book)
    del loaded[TABLE]
    loaded.save(book)
    done = refresh(book, "--as-of", "2027-01-15")
    assert done.exit_code in {0, 1}, done.err


def test_an_office_s_own_outcomes_are_left_alone(tmp_path: Path) -> None:
    """Adopt: a sheet of that name is the office's; ours is not added, and that is said."""
    book = office_book(tmp_path / "cohort.xlsx", Outcomes=(("Quarter", "Result"), ("Q1", "good")))
    done = run("adopt", book, "--as-of", AS_OF)
    assert done.exit_code == 0, done.err
    assert "Outcomes of its own" in done.out
    part = part_of(book, "Outcomes")
    after = parts(book)[part]
    assert b"Quarter" in after or b"<v>" in after
    assert refresh(book, "--as-of", "2026-12-01").exit_code == 0
    assert parts(book)[part] == after


def test_calibrate_reads_the_table_from_the_workbook(made: Path, tmp_path: Path) -> None:
    """OUTCOMES may be the workbook itself, as APPLICANTS may; here they are too few."""
    inputs = (made, "--applicants", made, "--programs", made)
    done = run("calibrate", *inputs, "--out", tmp_path / "own.toml", "--as-of", AS_OF)
    assert done.exit_code == 3
    assert "too few to calibrate on" in done.err
