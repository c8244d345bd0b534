"""`batch --levers`, and the sheet Levers of a workbook at its refresh."""

from contextlib import closing
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from tests.cli.command import AS_OF, COHORT, batch, columns, rows, run, sheet_rows

from stepladder import refresh, run_book
from stepladder.books import staged
from stepladder.refresh import Settings, load_rulebook
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import write_workbook

COLUMNS = [
    "applicant_id",
    "rank",
    "lever",
    "gain_target_chance_low",
    "gain_target_chance_high",
    "gain_list_value",
    "gain_interviews_low",
    "gain_interviews_high",
    "gain_pmr_fit",
    "gain_eligible_programs",
    "gain_programs_to_verify",
    "gain_applications",
    "gain_cost_usd",
    "takes",
    "takes_months",
    "takes_usd",
    "start_by",
    "feasible",
]

_GAINS = ("Gain in the chance", "Gain in list")


def levers_of(book: Path) -> list[dict[str, object]]:
    """The rows of the sheet Levers."""
    return sheet_rows(book, "Levers")


def test_a_folder_gets_levers_where_they_are_asked_for(office: Path) -> None:
    """Design, Commands: levers.csv with its columns; a run without it takes an old one away."""
    assert batch(office, "--levers").exit_code == 0
    written = office / "out" / "levers.csv"
    assert columns(written) == COLUMNS
    assert {row["applicant_id"] for row in rows(written)} == {"007", "3401-E5", "A3"}
    assert batch(office).exit_code == 0
    assert not written.exists()


def test_every_medium_has_the_same_levers(office: Path) -> None:
    """Design, Commands: parquet as CSV, and a sheet of the workbook beside the Plan."""
    batch(office, "--levers")
    batch(office, "--levers", "--format", "parquet", out="typed")
    batch(office, "--levers", out="out.xlsx")
    words = [row["lever"] for row in rows(office / "out" / "levers.csv")]
    assert pl.read_parquet(office / "typed" / "levers.parquet")["lever"].to_list() == words
    assert [row["Lever"] for row in levers_of(office / "out.xlsx")] == words
    with closing(openpyxl.load_workbook(office / "out.xlsx", read_only=True)) as book:
        names = book.sheetnames
    assert names[names.index("Plan") + 1] == "Levers"


def test_a_new_workbook_has_levers_and_a_refresh_renews_them(office: Path) -> None:
    """Issue 9, 1: the Levers sheet at a refresh."""
    tables = ("--applicants", "cohort.csv", "--programs", "programs.csv")
    run("new", "book.xlsx", *tables, "--as-of", AS_OF)
    before = levers_of(office / "book.xlsx")
    assert before
    late = ("--as-of", "2027-03-01", "--season", "2027")
    assert run("refresh", "book.xlsx", *late).exit_code == 0
    after = levers_of(office / "book.xlsx")
    assert {row["In time"] for row in before} == {"Yes"}
    assert {row["In time"] for row in after} == {"No"}


def test_a_workbook_without_the_sheet_is_refreshed_without_it(office: Path) -> None:
    """One that was made before: its results and its Brief are renewed, and nothing is missed."""
    result = refresh.refresh(
        refresh.read_applicants(office / "cohort.csv"),
        refresh.read_programs(office / "programs.csv"),
        Settings(load_rulebook(), date.fromisoformat(AS_OF)),
    )
    tables = tuple(sheet for sheet in result.sheets if sheet.name != "curve")
    book = office / "before.xlsx"
    with staged([book]) as (temporary,):
        shown = refresh.contents(result, book.name, "stepladder new", tables)
        write_workbook(temporary, shared_workbook(shown))
    done = run("refresh", book, "--as-of", "2026-12-01")
    assert "Levers" not in done.out
    assert "rebuilt" not in done.out
    with closing(openpyxl.load_workbook(book, data_only=True)) as read:
        assert "Levers" not in read.sheetnames
        assert str(read["Brief"]["C2"].value)[:10] == "2026-12-01"


def test_a_large_workbook_is_told_that_its_levers_are_left_empty(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/levers.md: a refresh is not held up; batch works them out."""
    tables = ("--applicants", "cohort.csv", "--programs", "programs.csv")
    run("new", "book.xlsx", *tables, "--as-of", AS_OF)
    monkeypatch.setattr(run_book, "MOST_WITH_LEVERS", 2)
    done = run("refresh", "book.xlsx", "--as-of", AS_OF)
    assert "The sheet Levers is for up to 2 applicants" in done.out
    assert [row for row in levers_of(office / "book.xlsx") if any(row.values())] == []


def test_the_brief_shows_the_three_best(office: Path) -> None:
    """Issue 9, 1: by rank, for the applicant who is chosen."""
    header, first, *_ = COHORT.splitlines()
    lacks = f"{header},personal_statement,letters_us_physiatrist\n{first},Draft,1\n"
    (office / "cohort.csv").write_text(lacks, encoding="utf-8")
    tables = ("--applicants", "cohort.csv", "--programs", "programs.csv")
    run("new", "book.xlsx", *tables, "--as-of", AS_OF)
    with closing(openpyxl.load_workbook(office / "book.xlsx", data_only=True)) as book:
        brief = book["Brief"]
        chosen = brief["C3"].value
        above, heading = brief["B34"].value, brief["B35"].value
        shown = [brief[f"B{row}"].value for row in range(36, 39)]
    levers = [row for row in levers_of(office / "book.xlsx") if row["Applicant ID"] == chosen]
    assert [row["Rank"] for row in levers][:3] == [1, 2, 3]
    gaining = [
        f"{row['Lever']}. {row['What it takes']}"
        for row in levers[:3]
        if any(float(str(row[title])) > 0 for title in row if title.startswith(_GAINS))
    ]
    assert (above, heading.startswith("What would move")) == (None, True)
    assert gaining
    assert [words for words in shown if words] == gaining
