"""`stepladder demo`: a fictional cohort that shows what there is (design.md, Commands)."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.cli.command import (
    AS_OF,
    EXAMPLE_APPLICANTS,
    EXAMPLE_PROGRAMS,
    contents,
    rows,
    run,
    sheet_rows,
    start,
)
from tests.cli.conftest import Example

from stepladder import shipped
from stepladder.rulebook import load_rulebook
from stepladder.rulebook.policy import LowScore, LowScoreReasons, RedFlagNames, RedFlags
from stepladder.validate import load_schema
from stepladder.validate.findings import WORDINGS

POLICY = load_rulebook().policy


def filled(sentences: LowScoreReasons | RedFlagNames, limits: LowScore | RedFlags) -> list[str]:
    """The rulebook's sentences with its limits in them."""
    return [sentence.format(**limits._asdict()) for sentence in sentences]


FILES = {"results.xlsx", EXAMPLE_APPLICANTS.name, EXAMPLE_PROGRAMS.name}

# What the example cannot show, and why.
ABSENT: Mapping[str, Mapping[str, str]] = {
    "applicants": {
        "missing_column": "every row would be to fix",
        "surplus_cells": "a workbook that was made from such a file asks",
        "column_split": "Step 1 result and Step 1 score have columns of their own",
    },
    "programs": {
        "missing_column": "every program would be left out",
        "surplus_cells": "a workbook that was made from such a file asks",
        "column_split": "no column of programs is split",
        "too_many_cells": "`programs import` refuses such a list rather than lose a cell",
        "read_as_list": "no column of programs is a list",
        "unknown_list_item": "no column of programs is a list",
        "mixed_date_orders": "the only column of dates shows date_order_assumed",
        "must_is_ineligible": "the applicants' column asks",
        "must_is_left_out": "the applicants' column asks",
        "must_passes_budget": "the applicants' column asks",
        "must_passes_maximum": "the applicants' column asks",
        "season_carried_over": "the applicants' column asks",
    },
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the demo fills, and what it prints."""
    folder = tmp_path_factory.mktemp("demo") / "try-it"
    done = run("demo", "--out", folder, "--as-of", AS_OF)
    assert (done.exit_code, done.err) == (0, "")
    return folder, done.out


def values(example: Example, table: str, column: str) -> set[str]:
    """What a column of the example's results holds."""
    return {row[column] for row in rows(example.folder / f"{table}.csv")}


def parts(texts: set[str]) -> set[str]:
    """The reasons in texts that join them by a semicolon."""
    return {part for text in texts for part in text.removeprefix("Yes: ").split("; ")} - {""}


# ── the command ────────────────────────────────────────────────────────────────────────────────


def test_the_demo_fills_the_default_folder_and_ends_with_0(tmp_path: Path) -> None:
    """The contract: ./stepladder-demo, any day, although its cohort has findings on purpose."""
    done = start("demo", folder=tmp_path)
    assert (done.exit_code, done.err) == (0, "")
    assert set(contents(tmp_path)) == {f"stepladder-demo/{name}" for name in FILES}


def test_the_demo_fills_a_given_folder(shown: tuple[Path, str]) -> None:
    """Commands: results and both inputs, which are the shipped ones."""
    written = contents(shown[0])
    assert set(written) == FILES
    assert written[EXAMPLE_APPLICANTS.name] == EXAMPLE_APPLICANTS.read_bytes()
    assert written[EXAMPLE_PROGRAMS.name] == EXAMPLE_PROGRAMS.read_bytes()


def test_the_demo_prints_how_many_are_in_each_tier(
    shown: tuple[Path, str], example: Example
) -> None:
    """Engine issue, 8: the counts are those of the results."""
    tiers = [row["tier"] for row in rows(example.folder / "applicants.csv")]
    for name in POLICY.tier_names:
        assert re.search(rf"^  {name} +{tiers.count(name)}  █+$", shown[1], re.MULTILINE), name


def test_the_demo_says_where_the_results_are_and_that_nobody_is_real(
    shown: tuple[Path, str],
) -> None:
    """Engine issue, 8: plainly marked fictional."""
    assert f"Results: {shown[0] / 'results.xlsx'}" in shown[1]
    assert "invented" in shown[1]


def test_the_command_that_the_demo_prints_runs(shown: tuple[Path, str]) -> None:
    """A person copies it; it gives the demo's results once more."""
    before = contents(shown[0])
    command = shown[1].splitlines()[-1].split()
    assert command[0] == "stepladder"
    assert run(*command[1:], "--as-of", AS_OF).exit_code == 1
    assert contents(shown[0]) == before


def test_the_demo_can_be_quiet(tmp_path: Path) -> None:
    """Commands: --quiet."""
    done = run("demo", "--out", tmp_path / "shown", "--quiet")
    assert (done.exit_code, done.out, done.err) == (0, "", "")


def test_no_name_is_printed(shown: tuple[Path, str]) -> None:
    """Validation: of nobody, though they are invented."""
    names = [row["Name"] for row in sheet_rows(shown[0] / "results.xlsx", "Applicants")]
    assert len(names) > 60
    assert [name for name in names if str(name) in shown[1]] == []


# ── the cohort shows what there is ─────────────────────────────────────────────────────────────


def test_inputs_say_first_that_they_are_fictional() -> None:
    """domain.md, Data rights: in the file's name and in its first row."""
    for path in (EXAMPLE_APPLICANTS, EXAMPLE_PROGRAMS):
        assert "fictional" in path.name
        assert path.read_text("utf-8-sig").startswith("Fictional")


def input_rows(path: Path) -> list[dict[str, str]]:
    """The rows of an input of the example, by column title."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        next(file)  # The title line.
        return list(csv.DictReader(file))


def test_every_program_is_marked_fictional() -> None:
    """domain.md, Data rights: no real program's name."""
    programs = input_rows(EXAMPLE_PROGRAMS)
    assert len(programs) > 100
    assert [row for row in programs if "Fictional" not in row["Notes"]] == []


@pytest.mark.parametrize(
    ("table", "path"), [("applicants", EXAMPLE_APPLICANTS), ("programs", EXAMPLE_PROGRAMS)]
)
def test_every_column_is_filled_somewhere(table: str, path: Path) -> None:
    """The example is what an office copies: every column of the schema holds something."""
    schema = load_schema(shipped.schemas() / f"{table}.toml")
    given = input_rows(path)
    empty = [c.title for c in schema.columns if not any(row[c.title] for row in given)]
    assert empty == []


@pytest.mark.parametrize("tier", POLICY.tier_names)
def test_every_tier_is_shown(example: Example, tier: str) -> None:
    """Engine issue, 8."""
    assert tier in values(example, "applicants", "tier")


@pytest.mark.parametrize("basis", ["Step 2 CK", "Practice score", "Pending"])
def test_every_basis_of_a_tier_is_shown(example: Example, basis: str) -> None:
    """The contract: tier_basis."""
    assert basis in values(example, "applicants", "tier_basis")


@pytest.mark.parametrize("trend", POLICY.trend_names)
def test_every_trend_is_shown(example: Example, trend: str) -> None:
    """Engine issue, 8."""
    assert trend in values(example, "applicants", "trend")


@pytest.mark.parametrize("status", ["OK", "Check", "Fix"])
def test_every_status_is_shown(example: Example, status: str) -> None:
    """The contract: status."""
    assert status in values(example, "applicants", "status")


@pytest.mark.parametrize("reason", filled(POLICY.low_score_reasons, POLICY.low_score))
def test_every_reason_of_a_low_score_case_is_shown(example: Example, reason: str) -> None:
    """Engine issue, 8."""
    assert reason in parts(values(example, "applicants", "low_score"))


@pytest.mark.parametrize("flag", filled(POLICY.red_flag_names, POLICY.red_flags))
def test_every_red_flag_is_shown(example: Example, flag: str) -> None:
    """Engine issue, 8."""
    assert flag in parts(values(example, "applicants", "red_flags"))


@pytest.mark.parametrize("reason", POLICY.ineligible_reasons)
def test_every_reason_of_ineligibility_is_shown(example: Example, reason: str) -> None:
    """Engine issue, 8."""
    assert reason in parts(values(example, "pairs", "reasons"))


@pytest.mark.parametrize("question", POLICY.verify_questions)
def test_every_question_to_verify_is_shown(example: Example, question: str) -> None:
    """Engine issue, 8."""
    asked = {
        row["reasons"]
        for row in rows(example.folder / "pairs.csv")
        if row["eligibility"] == "Verify"
    }
    assert question in parts(asked)


@pytest.mark.parametrize("band", POLICY.band_names)
def test_every_band_is_shown(example: Example, band: str) -> None:
    """Output columns: band."""
    assert band in values(example, "shortlist", "band")


@pytest.mark.parametrize("phase", POLICY.phase_names)
def test_every_phase_is_shown(example: Example, phase: str) -> None:
    """Output columns: phase."""
    assert phase in values(example, "plan", "phase")


@pytest.mark.parametrize("table", ABSENT)
def test_every_finding_is_shown(example: Example, table: str) -> None:
    """Engine issue, 8: of both tables, but for those that would leave nothing else to show."""
    rules = {rule.name for rule in load_schema(shipped.schemas() / f"{table}.toml").rules}
    shown = {row["code"] for row in rows(example.folder / "findings.csv") if row["table"] == table}
    assert {*WORDINGS, *rules} - shown == {*ABSENT[table]}
