"""`stepladder batch`: design.md, Output columns, Commands and The contract in the small."""

import csv
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from tests.benchmarks.cohort import SEED, make_cohort
from tests.cli.command import (
    AS_OF,
    COHORT,
    EXAMPLE_APPLICANTS,
    EXAMPLE_PROGRAMS,
    PROGRAMS,
    batch,
    cells,
    columns,
    contents,
    rows,
    run,
    sheet_rows,
    start,
    write_book,
)
from tests.cli.conftest import Example

from stepladder import cohort, refresh, shipped
from stepladder.books import destination
from stepladder.books.destination import check_pairs_fit, check_rows_fit
from stepladder.errors import OutputError, UsageError
from stepladder.new import example_outcomes
from stepladder.rulebook import load

OURS = cells(
    "status,tier,tier_basis,step_delta,trend,low_score,red_flags,pmr_fit,eligible_programs,"
    "programs_to_verify,suggested_applications,suggestion_basis,application_cost_usd,"
    "prelim_cost_usd,expected_interviews_low,expected_interviews_high,next_step"
)[0]
COLUMNS = {
    "shortlist": cells(
        "applicant_id,rank,program_id,program_name,state,setting,eligibility,program_fit,"
        "invite_rate,desirability,band,signal,marginal_value,why,watch_out"
    )[0],
    "plan": cells("applicant_id,phase,due,action,why,guide_section")[0],
    "findings": cells(
        "code,severity,table,sheet_row,cell,applicant_id,program_id,column,found,message,fix"
    )[0],
    "pairs": cells(
        "applicant_id,program_id,eligibility,reasons,program_fit_img_record,program_fit_score,"
        "program_fit_pmr_fit,program_fit_rotated,program_fit_setting,program_fit_holistic,"
        "program_fit_preferred_state,program_fit,invite_rate,invite_rate_signalled,desirability"
    )[0],
}
COUNTED = ("suggested_applications", "application_cost_usd", "prelim_cost_usd")
EXPECTED = ("expected_interviews_low", "expected_interviews_high")
FILES = {f"{name}.csv" for name in ("applicants", "shortlist", "plan", "findings", "fit", "curve")}


def by_id(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a file of ours by applicant, of whom no two have one id."""
    return {row["applicant_id"]: row for row in rows(path)}


# ── what is written ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_has_the_columns_of_the_design_in_its_order(example: Example, table: str) -> None:
    """Output columns, and Commands for the pairs."""
    assert columns(example.folder / f"{table}.csv") == COLUMNS[table]


def test_applicants_are_the_inputs_then_the_offices_own_then_ours(office: Path) -> None:
    """The contract: a column of an earlier result among the inputs is ours, and made anew."""
    batch(office)
    header = cells(COHORT)[0]
    inputs = [name.lower() for name in header if name not in {"Locker", "tier"}]
    assert columns(office / "out" / "applicants.csv") == [*inputs, "Locker", *OURS]


def test_a_workbook_has_a_sheet_and_an_excel_table_for_each_table(office: Path) -> None:
    """Engine issue, 7: a sheet per table, frozen header, Excel tables named as their sheets."""
    batch(office, out="out.xlsx")
    book = openpyxl.load_workbook(office / "out.xlsx")
    tables = ["Applicants", "Programs", "Shortlist", "Plan", "Outcomes", "Findings"]
    rest = ["Fit", "Curve", "Rules", "Log"]
    assert book.sheetnames == ["Start", *tables, "Dashboard", "Brief", *rest]
    names = [*tables, *rest]
    assert [[*book[name].tables] for name in names] == [[name] for name in names]
    assert all(book[name].freeze_panes for name in names)


def test_a_workbook_says_what_the_folder_says(example: Example) -> None:
    """Commands: one result in two media."""
    in_folder = rows(example.folder / "applicants.csv")
    in_book = example.sheet
    assert [row["applicant_id"] for row in in_folder] == [
        row["Applicant ID"] or "" for row in in_book
    ]
    assert [row["tier"] for row in in_folder] == [row["Tier"] or "" for row in in_book]
    assert [row["suggested_applications"] for row in in_folder] == [
        "" if row["Suggested applications"] is None else str(row["Suggested applications"])
        for row in in_book
    ]


def test_a_workbook_holds_numbers_as_numbers_and_ids_as_text(example: Example) -> None:
    """Engine issue, 7: 007 keeps its zeros, 3401-E5 is no number, a date is a date."""
    found = {row["Applicant ID"]: row for row in example.sheet}
    assert found["3401-E5"]["Step 2 CK score"] == 243
    assert found["007"]["Step 2 CK date"] == datetime(2023, 3, 21)  # noqa: DTZ001  A sheet has no time zone.
    assert isinstance(found["007"]["PM&R fit"], int)


def test_a_folder_of_parquet_holds_typed_columns(office: Path) -> None:
    """Commands: --format parquet is the same as parquet."""
    assert batch(office, "--format", "parquet").exit_code == 0
    written = {path.name for path in (office / "out").iterdir()}
    assert written == {name.replace(".csv", ".parquet") for name in FILES}
    frame = pl.read_parquet(office / "out" / "applicants.parquet")
    assert frame["applicant_id"].to_list() == ["007", "3401-E5", "A3"]
    assert frame["step2_ck_score"].to_list() == [245, 238, 221]
    assert frame.schema["step2_ck_date"] == pl.Date


def test_the_summary_names_the_files_that_are_written(example: Example) -> None:
    """Engine issue, 8: where the results are."""
    named = re.search(r"^Results: .* \((.*)\)$", example.done.out, re.MULTILINE)
    assert named is not None
    assert {f"{name}.csv" for name in named[1].split(", ")} == set(contents(example.folder))


def test_the_summary_counts_every_applicant_once(example: Example) -> None:
    """Tiers and rows to fix add up to the rows; so do OK, Check and Fix."""
    applicants = rows(example.folder / "applicants.csv")
    tiers = re.findall(r"^ {2}(\D+?) {2,}(\d+)(?: |$)", example.done.out, re.MULTILINE)
    assert sum(int(number) for _, number in tiers) == len(applicants)
    status = re.search(r"(\d+) OK · (\d+) to check · (\d+) to fix", example.done.out)
    assert status is not None
    assert [int(number) for number in status.groups()] == [
        sum(row["status"] == name for row in applicants) for name in ("OK", "Check", "Fix")
    ]


# ── the CSV ────────────────────────────────────────────────────────────────────────────────────


def test_csv_begins_with_a_byte_order_mark(example: Example) -> None:
    """The contract: UTF-8 with BOM, once, in every file."""
    for name, content in contents(example.folder).items():
        assert content.startswith(b"\xef\xbb\xbf"), name
        assert content.count(b"\xef\xbb\xbf") == 1, name


def test_csv_lines_end_with_crlf(office: Path) -> None:
    """The contract: CRLF, after the last line too."""
    batch(office)
    for name, content in contents(office / "out").items():
        assert content.endswith(b"\r\n"), name
        assert content.count(b"\n") == content.count(b"\r\n"), name


def test_csv_holds_iso_dates_and_yes_or_no(example: Example) -> None:
    """The contract; however the office wrote them."""
    found = by_id(example.folder / "applicants.csv")
    assert (found["A053"]["step2_ck_date"], found["A047"]["step3_date"]) == (
        "2025-07-15",
        "2025-04-05",
    )
    assert (found["A046"]["letter_pmr_faculty"], found["A048"]["letter_pmr_faculty"]) == (
        "Yes",
        "Yes",
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("shortlist", "invite_rate"),
        ("pairs", "invite_rate"),
        ("pairs", "invite_rate_signalled"),
        ("curve", "target_chance_low"),
        ("curve", "target_chance_high"),
    ],
)
def test_rates_are_fractions_with_six_decimals(example: Example, table: str, column: str) -> None:
    """The contract."""
    rates = [row[column] for row in rows(example.folder / f"{table}.csv") if row[column]]
    assert rates
    assert [rate for rate in rates if not re.fullmatch(r"0\.[0-9]{6}|1\.0{6}", rate)] == []


@pytest.mark.parametrize("column", ["pmr_fit", "step_delta", *COUNTED, *EXPECTED])
def test_money_and_counts_are_whole_numbers(example: Example, column: str) -> None:
    """The contract; a step_delta has no plus sign."""
    numbers = {row[column] for row in rows(example.folder / "applicants.csv")}
    assert [number for number in numbers if not re.fullmatch(r"-?[0-9]+|", number)] == []
    assert numbers - {""}


def test_inputs_are_cleaned_where_read_and_kept_where_not(example: Example) -> None:
    """The contract: 245* is 245; two-forty stays as it was typed."""
    found = by_id(example.folder / "applicants.csv")
    assert found["A047"]["step2_ck_score"] == "245"
    assert found["A048"]["step2_ck_score"] == "238"
    assert found["A049"]["step2_ck_score"] == "two-forty"
    assert found["A050"]["step2_ck_score"] == "999"
    assert found["A064"]["budget_usd"] == "about 2000"


def test_ids_stay_as_they_were_typed(office: Path) -> None:
    """The contract: ids are any text; 007 is not 7, and 3401-E5 is no number."""
    batch(office)
    written = rows(office / "out" / "applicants.csv")
    assert [row["applicant_id"] for row in written] == ["007", "3401-E5", "A3"]
    listed = {row["applicant_id"] for row in rows(office / "out" / "shortlist.csv")}
    assert listed == {"007", "3401-E5", "A3"}


def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(office: Path) -> None:
    """The contract: = + - @ are protected, numbers never; reading it again gives the same."""
    own = ["=1+1", "+Joe", "-5", "@home", "'=x", "+3.2", "'tis"]
    header = "applicant_id,img_status,graduation_year,Remark\n"
    lines = [f"A{at},US IMG,2024,{text}\n" for at, text in enumerate(own)]
    (office / "cohort.csv").write_text(header + "".join(lines), encoding="utf-8")
    batch(office)
    written = [row["Remark"] for row in rows(office / "out" / "applicants.csv")]
    assert written == ["'=1+1", "'+Joe", "-5", "'@home", "'=x", "+3.2", "'tis"]
    shutil.copy(office / "out" / "applicants.csv", office / "cohort.csv")
    batch(office, out="again")
    assert [row["Remark"] for row in rows(office / "again" / "applicants.csv")] == written


def test_the_output_is_an_input_again(office: Path) -> None:
    """A clean cohort's applicants.csv gives the very same results once more."""
    batch(office)
    shutil.copy(office / "out" / "applicants.csv", office / "cohort.csv")
    batch(office, out="again")
    assert contents(office / "again") == contents(office / "out")


# ── every row ──────────────────────────────────────────────────────────────────────────────────


def test_rows_in_are_rows_out_in_input_order(example: Example) -> None:
    """Validation: nothing is dropped, doubled and missing ids included."""
    with EXAMPLE_APPLICANTS.open(encoding="utf-8-sig", newline="") as file:
        next(file)  # The title line.
        given = list(csv.DictReader(file))
    written = rows(example.folder / "applicants.csv")
    assert [row["Applicant ID"] for row in given] == [row["applicant_id"] for row in written]
    assert [row["Name"] for row in given] == [row["name"] for row in written]


def test_both_rows_of_a_doubled_id_stay_and_are_to_be_fixed(example: Example) -> None:
    """The contract: every row bearing it is an error, and is not scored."""
    twins = [
        row for row in rows(example.folder / "applicants.csv") if row["applicant_id"] == "A051"
    ]
    assert [row["status"] for row in twins] == ["Fix", "Fix"]
    assert "A051" not in {row["applicant_id"] for row in rows(example.folder / "shortlist.csv")}


def test_a_row_with_an_error_has_status_fix_and_blanks(example: Example) -> None:
    """Output columns; every other row is scored."""
    for row in rows(example.folder / "applicants.csv"):
        ours = {name for name in OURS if row[name]}
        assert (ours == {"status"}) == (row["status"] == "Fix"), row["applicant_id"]


def test_the_status_is_the_worst_of_the_rows_findings(example: Example) -> None:
    """The contract: Fix with any error, else Check with any query, else OK."""
    severities: dict[str, set[str]] = {}
    for finding in rows(example.folder / "findings.csv"):
        if finding["table"] == "applicants" and finding["applicant_id"]:
            severities.setdefault(finding["applicant_id"], set()).add(finding["severity"])
    for row in rows(example.folder / "applicants.csv"):
        told = severities.get(row["applicant_id"], set())
        worst = "Fix" if "Error" in told else "Check" if told else "OK"
        if row["applicant_id"]:
            assert row["status"] == worst, row["applicant_id"]


def test_the_shortlist_has_exactly_the_suggested_number_of_rows(example: Example) -> None:
    """The contract; ranks count from 1, and no program stands on a list twice."""
    ranks: dict[str, list[str]] = {}
    programs: dict[str, set[str]] = {}
    for row in rows(example.folder / "shortlist.csv"):
        ranks.setdefault(row["applicant_id"], []).append(row["rank"])
        programs.setdefault(row["applicant_id"], set()).add(row["program_id"])
    for row in rows(example.folder / "applicants.csv"):
        applicant, number = row["applicant_id"], int(row["suggested_applications"] or 0)
        assert ranks.get(applicant, []) == [str(rank + 1) for rank in range(number)]
        assert len(programs.get(applicant, ())) == number


def test_no_list_holds_a_program_that_is_closed_to_the_applicant(example: Example) -> None:
    """Locks: ineligible is out; the list says what the pairs say."""
    pairs = {
        (row["applicant_id"], row["program_id"]): row["eligibility"]
        for row in rows(example.folder / "pairs.csv")
    }
    for row in rows(example.folder / "shortlist.csv"):
        assert row["eligibility"] == pairs[row["applicant_id"], row["program_id"]]
        assert row["eligibility"] in {"Eligible", "Verify"}


def test_the_counts_of_programs_are_those_of_the_pairs(example: Example) -> None:
    """The contract: eligible_programs and programs_to_verify are counts."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows(example.folder / "pairs.csv"):
        of_whom = (row["applicant_id"], row["eligibility"])
        counts[of_whom] = counts.get(of_whom, 0) + 1
    for row in rows(example.folder / "applicants.csv"):
        if row["status"] != "Fix":
            applicant = row["applicant_id"]
            assert int(row["eligible_programs"]) == counts.get((applicant, "Eligible"), 0)
            assert int(row["programs_to_verify"]) == counts.get((applicant, "Verify"), 0)


def test_the_rate_of_a_listed_program_is_the_signalled_one_where_a_signal_is_advised(
    example: Example,
) -> None:
    """The contract; both stand in the pairs."""
    pairs = {
        (row["applicant_id"], row["program_id"]): row for row in rows(example.folder / "pairs.csv")
    }
    listed = rows(example.folder / "shortlist.csv")
    assert {row["signal"] for row in listed} == {"Yes", ""}
    for row in listed:
        column = "invite_rate_signalled" if row["signal"] else "invite_rate"
        assert row["invite_rate"] == pairs[row["applicant_id"], row["program_id"]][column]


def test_a_pending_applicant_is_listed_without_numbers_and_says_why(example: Example) -> None:
    """The contract: no score and no practice score means no count, cost or interviews."""
    pending = [row for row in rows(example.folder / "applicants.csv") if row["tier"] == "Pending"]
    assert pending
    for row in pending:
        assert row["tier_basis"] == "Pending"
        assert {row[name] for name in (*COUNTED, *EXPECTED)} == {""}
        assert "practice score" in row["suggestion_basis"]
        assert row["next_step"]


def test_a_pending_applicant_has_no_rate(example: Example) -> None:
    """The contract: no rates either."""
    pending = {
        row["applicant_id"]
        for row in rows(example.folder / "applicants.csv")
        if row["tier"] == "Pending"
    }
    rates = {
        row[column]
        for row in rows(example.folder / "pairs.csv")
        if row["applicant_id"] in pending
        for column in ("invite_rate", "invite_rate_signalled")
    }
    assert rates == {""}


def test_an_applicant_without_an_open_program_is_listed_and_says_why(example: Example) -> None:
    """Engine issue, 6."""
    shut_out = [
        row
        for row in rows(example.folder / "applicants.csv")
        if row["eligible_programs"] == row["programs_to_verify"] == "0"
    ]
    assert shut_out
    for row in shut_out:
        assert row["suggested_applications"] == "0"
        assert "No program" in row["suggestion_basis"]
        assert row["next_step"]


def test_a_program_with_an_error_is_left_out_of_the_matching(office: Path) -> None:
    """The contract; all others are matched, and the run ends with 1."""
    broken = PROGRAMS.replace("Community,Categorical,Yes,20,220", "Community,Categorical,Yes,20,no")
    (office / "programs.csv").write_text(broken, encoding="utf-8")
    done = batch(office, "--pairs")
    assert done.exit_code == 1
    assert {row["program_id"] for row in rows(office / "out" / "pairs.csv")} == {"P2", "0340-P3"}
    assert "1 left out" in done.out


# ── options ────────────────────────────────────────────────────────────────────────────────────


def test_pairs_are_every_scored_applicant_and_every_program(example: Example) -> None:
    """Commands: so that “why not this program?” has an answer."""
    scored = [
        row["applicant_id"]
        for row in rows(example.folder / "applicants.csv")
        if row["status"] != "Fix"
    ]
    pairs = rows(example.folder / "pairs.csv")
    programs = {row["program_id"] for row in pairs}
    assert len(pairs) == len(scored) * len(programs)
    assert {row["applicant_id"] for row in pairs} == {*scored}


def test_a_closed_pair_says_why_and_one_to_verify_what_to_ask(example: Example) -> None:
    """Scores, eligibility: an eligible pair has nothing to say."""
    for row in rows(example.folder / "pairs.csv"):
        assert bool(row["reasons"]) == (row["eligibility"] != "Eligible")


def test_pairs_go_into_a_workbook_too(office: Path) -> None:
    """Commands: to .xlsx while it fits Excel's rows."""
    assert batch(office, "--pairs", out="out.xlsx").exit_code == 0
    assert len(sheet_rows(office / "out.xlsx", "Pairs")) == 9


def test_only_some_tables_and_the_pairs(office: Path) -> None:
    """--only leaves tables out; what --pairs and --levers ask for is asked for."""
    batch(office, "--only", "applicants", "--pairs", "--levers")
    assert {*contents(office / "out")} == {
        f"{name}.csv" for name in ("applicants", "findings", "pairs", "levers")
    }


def test_the_log_of_a_workbook_tells_of_lists_by_rate(office: Path) -> None:
    """A refresh makes best lists, so that the lists of `--list rate` change with no input."""
    for list_by, told in (("best", False), ("rate", True)):
        batch(office, "--list", list_by, out=f"{list_by}.xlsx")
        (entry,) = sheet_rows(office / f"{list_by}.xlsx", "Log")
        assert ("by rate" in str(entry["Changed"])) is told


def test_a_run_that_is_told_to_end_takes_its_unfinished_files_away(tmp_path: Path) -> None:
    """SIGTERM, which a cluster sends: exit code 143, and all is as it was before."""
    make_cohort(4_000, SEED).write_csv(tmp_path / "cohort.csv")
    inputs = (tmp_path / "cohort.csv", "--programs", EXAMPLE_PROGRAMS)
    out = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-m", "stepladder", "batch", *inputs, "--out", out, "--quiet"]
    ) as running:
        while running.poll() is None and not (out.exists() and any(out.iterdir())):
            time.sleep(0.01)
        running.terminate()
    assert running.returncode == 143
    assert not out.exists()


def test_pairs_beyond_excels_rows_are_refused_before_computing(office: Path) -> None:
    """Commands: exit 2, a folder is named as the way out, and nothing is written."""
    programs = PROGRAMS + "".join(f"X{at},More (fictional){',' * 11}\n" for at in range(1_021))
    cohort = COHORT + "".join(f"B{at},,,US IMG,2024{',' * 10}\n" for at in range(1_021))
    (office / "programs.csv").write_text(programs, encoding="utf-8")
    (office / "cohort.csv").write_text(cohort, encoding="utf-8")
    done = batch(office, "--pairs", out="out.xlsx")
    assert done.exit_code == 2
    assert "1,048,576 rows" in done.err
    assert "--out" in done.err
    assert not (office / "out.xlsx").exists()


@pytest.mark.parametrize(("out", "pairs"), [("out.xlsx", 1_048_575), ("out", 1_048_576)])
def test_pairs_that_fit_are_not_refused(out: str, pairs: int) -> None:
    """A worksheet holds 1,048,575 rows under its header; a folder holds any number."""
    check_pairs_fit(Path(out), pairs, 1)


def test_pairs_that_do_not_fit_are_refused() -> None:
    """One row more than a worksheet holds under its header."""
    with pytest.raises(UsageError):
        check_pairs_fit(Path("out.xlsx"), 1_048_576, 1)


def test_rows_that_fit_are_not_refused() -> None:
    """A worksheet holds 1,048,575 rows under its header."""
    check_rows_fit({"shortlist": 1_048_575, "plan": 0}, 1, 1)


def test_rows_that_do_not_fit_are_refused() -> None:
    """One row more is refused, with the table and what to do."""
    with pytest.raises(OutputError, match=r"Curve has 1,048,576 rows with 9,000 of 90,000 .*--out"):
        check_rows_fit({"shortlist": 7, "curve": 1_048_576}, 9_000, 90_000)


def test_a_crowd_for_a_workbook_ends_where_a_sheet_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for, and no memory holds, what a worksheet has no room for."""
    monkeypatch.setattr(destination, "SHEET_ROWS", 500)
    monkeypatch.setattr(refresh, "PIECE", 8)
    settings = refresh.Settings(refresh.load_rulebook(), date(2026, 6, 1))
    heard: list[int] = []
    with pytest.raises(OutputError):
        cohort.write_workbook_of(
            EXAMPLE_APPLICANTS,
            (EXAMPLE_PROGRAMS, None),
            settings,
            tmp_path / "out.xlsx",
            progress=lambda done, _: heard.append(done),
        )
    assert sum(heard) < 24
    assert not list(tmp_path.iterdir())


def test_season_overrides_the_rows_own(office: Path) -> None:
    """Commands: --season YEAR is the season of all rows, whatever is entered."""
    (office / "cohort.csv").write_text(COHORT.replace("Exemplar,,", "Exemplar,2027,"), "utf-8")
    batch(office, out="entered")
    (office / "cohort.csv").write_text(COHORT.replace("Exemplar,,", "Exemplar,2026,"), "utf-8")
    assert "assumed" not in batch(office, "--season", "2027", out="overridden").out
    entered, overridden = contents(office / "entered"), contents(office / "overridden")
    for name in FILES - {"applicants.csv"}:
        assert overridden[name] == entered[name], name


def test_a_rows_own_season_counts_and_the_next_one_is_assumed_otherwise(office: Path) -> None:
    """Commands: the first season whose review day is not past, and the summary says so."""
    (office / "cohort.csv").write_text(COHORT.replace("Ann Exemplar,,", "Ann Exemplar,2027,"))
    told = batch(office).out
    due: dict[str, list[str]] = {}
    for action in rows(office / "out" / "plan.csv"):
        due.setdefault(action["applicant_id"], []).append(action["due"])
    assert "Season 2028 was assumed" in told
    assert max(due["007"]) < "2027-06-01" < max(due["A3"])


@pytest.mark.parametrize(
    ("as_of", "assumed"), [("2026-09-23", 2027), ("2026-09-24", 2028)], ids=["on", "after"]
)
def test_the_season_turns_after_its_review_day(office: Path, as_of: str, assumed: int) -> None:
    """domain.md, Season: programs may review season 2027 from 2026-09-23."""
    assert f"Season {assumed} was assumed" in batch(office, "--as-of", as_of).out


@pytest.mark.parametrize(
    ("as_of", "exit_code"), [("2026-05-10", 0), ("2026-05-09", 1)], ids=["on", "before"]
)
def test_a_result_dated_after_as_of_is_an_error(office: Path, as_of: str, exit_code: int) -> None:
    """Validation: all three test dates are 2026-05-10."""
    assert batch(office, "--as-of", as_of).exit_code == exit_code
    codes = {row["code"] for row in rows(office / "out" / "findings.csv")}
    assert codes == ({"result_after_as_of"} if exit_code else set())


@pytest.mark.usefixtures("office")
def test_as_of_is_today_unless_told_otherwise() -> None:
    """Commands: --as-of DATE, default today."""
    days = [refresh.today()]
    told = run("batch", "cohort.csv", "--programs", "programs.csv", "--out", "out").out
    days.append(refresh.today())
    assert any(f"as of {day}" in told for day in days)


def test_an_offices_own_rulebook_decides(office: Path) -> None:
    """Commands: --rulebook FILE; 245 is highly competitive where the office says so."""
    shipped_text = Path(load.__file__).with_name("pmr.toml").read_text("utf-8")
    section, rest = "[tiers.highly_competitive.minimum]", shipped_text
    before, _, after = rest.partition(section)
    own = before + section + after.replace("value = 250", "value = 245", 1)
    (office / "office.toml").write_text(own, encoding="utf-8")
    batch(office, "--rulebook", office / "office.toml")
    tiers = [row["tier"] for row in rows(office / "out" / "applicants.csv")]
    assert tiers == ["Highly competitive", "Targeted", "Challenging"]


def test_quiet_prints_nothing(office: Path) -> None:
    """Commands: --quiet prints nothing but errors."""
    done = batch(office, "--quiet")
    assert (done.exit_code, done.out, done.err) == (0, "", "")
    assert set(contents(office / "out")) == FILES


def test_no_progress_is_drawn_where_nobody_watches(office: Path) -> None:
    """Commands: progress bars on stderr, only on a terminal."""
    assert batch(office).err == ""


@pytest.mark.parametrize(
    ("changed", "exit_code"),
    [("245", 0), ("245*", 0), ("two-forty", 1)],
    ids=["clean", "query", "error"],
)
def test_the_exit_code_says_whether_rows_need_fixing(
    office: Path, changed: str, exit_code: int
) -> None:
    """Commands: 0 done, queries included; 1 done, some rows need fixing."""
    (office / "cohort.csv").write_text(COHORT.replace("245", changed), encoding="utf-8")
    assert batch(office).exit_code == exit_code
    assert set(contents(office / "out")) == FILES


def test_a_process_of_its_own_ends_with_0(office: Path) -> None:
    """Commands: as a user runs it; the summary on stdout, nothing on stderr."""
    inputs = ("cohort.csv", "--programs", "programs.csv")
    done = start("batch", *inputs, "--out", "out", "--as-of", AS_OF, folder=office)
    assert (done.exit_code, done.err) == (0, "")
    assert done.out == run("batch", *inputs, "--out", "out", "--as-of", AS_OF).out


# ── what is read ───────────────────────────────────────────────────────────────────────────────


def into_a_workbook(office: Path) -> tuple[str | Path, ...]:
    """Both tables on sheets of one workbook."""
    write_book(office / "both.xlsx", {"Applicants": cells(COHORT), "Programs": cells(PROGRAMS)})
    return ("both.xlsx", "--programs", "both.xlsx")


def into_named_sheets(office: Path) -> tuple[str | Path, ...]:
    """Sheets of an office's own names beside others that look alike."""
    sheets = {
        "Applicants": [["applicant_id"], ["X"]],
        "Programs": [["program_id"], ["X"]],
        "Fall": cells(COHORT),
        "Sites": cells(PROGRAMS),
    }
    write_book(office / "both.xlsx", sheets)
    names = ("--table", "Fall", "--programs-table", "Sites")
    return ("both.xlsx", "--programs", "both.xlsx", *names)


def into_parquet(office: Path) -> tuple[str | Path, ...]:
    """Both tables as parquet, typed as an analyst would keep them."""
    for name in ("cohort", "programs"):
        frame = pl.read_csv(office / f"{name}.csv", try_parse_dates=True)
        frame.write_parquet(office / f"{name}.parquet")
    return ("cohort.parquet", "--programs", "programs.parquet")


@pytest.mark.parametrize("kept", [into_a_workbook, into_named_sheets, into_parquet])
def test_every_medium_gives_the_same_results(
    office: Path, kept: Callable[[Path], tuple[str | Path, ...]]
) -> None:
    """Commands: CSV, parquet or xlsx in."""
    batch(office)
    run("batch", *kept(office), "--out", "other", "--as-of", AS_OF)
    written = contents(office / "other")
    assert written == contents(office / "out")


# ── the same bytes ─────────────────────────────────────────────────────────────────────────────


def test_the_same_input_gives_the_same_bytes(example: Example, tmp_path: Path) -> None:
    """Output columns: same input, rulebook and date, byte for byte in CSV."""
    inputs = (EXAMPLE_APPLICANTS, "--programs", EXAMPLE_PROGRAMS, "--as-of", AS_OF)
    run("batch", *inputs, "--out", tmp_path / "again", "--pairs", "--quiet")
    assert contents(tmp_path / "again") == contents(example.folder)


def test_the_order_of_programs_changes_nothing(office: Path) -> None:
    """Engine issue: row order changes nothing; ties are broken by program_id."""
    header, *lines = PROGRAMS.splitlines()
    batch(office, "--pairs")
    (office / "programs.csv").write_text("\n".join([header, *reversed(lines)]), encoding="utf-8")
    batch(office, "--pairs", out="turned")
    assert contents(office / "turned") == contents(office / "out")


def test_the_order_of_applicants_changes_only_their_order(office: Path) -> None:
    """Engine issue: an applicant's results depend on nobody else's row."""
    header, *lines = COHORT.splitlines()
    batch(office, "--pairs")
    (office / "cohort.csv").write_text("\n".join([header, *reversed(lines)]), encoding="utf-8")
    batch(office, "--pairs", out="turned")
    for name, content in contents(office / "turned").items():
        straight = (office / "out" / name).read_bytes()
        assert sorted(content.splitlines()) == sorted(straight.splitlines()), name
    turned = [row["applicant_id"] for row in rows(office / "turned" / "applicants.csv")]
    assert turned == ["A3", "3401-E5", "007"]


# ── together or not at all ─────────────────────────────────────────────────────────────────────


def test_our_files_are_replaced_and_others_left_alone(office: Path) -> None:
    """The contract: our files in a folder are replaced together, others left alone."""
    batch(office, "--as-of", "2026-06-01")
    (office / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    earlier = contents(office / "out")
    batch(office)
    later = contents(office / "out")
    assert set(later) == FILES | {"notes.txt"}
    assert later["notes.txt"] == b"mine"
    assert later["plan.csv"] != earlier["plan.csv"]


def test_inputs_are_never_changed(office: Path) -> None:
    """Commands: read only, also where the results go into the same folder."""
    before = {name: (office / name).read_bytes() for name in ("cohort.csv", "programs.csv")}
    batch(office, out=".")
    assert {name: (office / name).read_bytes() for name in before} == before
    assert set(contents(office)) >= FILES


def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(office: Path) -> None:
    """Commands: no partial output; here a folder stands where the last file is to go."""
    batch(office, "--as-of", "2026-06-01")
    (office / "out" / "curve.csv").unlink()
    (office / "out" / "curve.csv").mkdir()
    before = contents(office)
    done = batch(office)
    assert done.exit_code == 6
    assert contents(office) == before


def test_a_folder_is_made_with_its_parents(office: Path) -> None:
    """The contract: created if missing."""
    assert batch(office, out="2027/fall/results").exit_code == 0
    assert set(contents(office / "2027" / "fall" / "results")) == FILES


def test_a_workbook_in_the_way_is_replaced(office: Path) -> None:
    """The contract: a path with a known suffix is a file."""
    batch(office, "--as-of", "2026-06-01", out="out.xlsx")
    before = (office / "out.xlsx").read_bytes()
    batch(office, out="out.xlsx")
    assert (office / "out.xlsx").read_bytes() != before
    assert {path.name for path in office.iterdir()} == {"cohort.csv", "programs.csv", "out.xlsx"}


def test_a_cohort_without_rows_gives_tables_without_rows(office: Path) -> None:
    """Rows in = rows out holds for none."""
    (office / "cohort.csv").write_text(COHORT.splitlines()[0], encoding="utf-8")
    assert batch(office, "--pairs").exit_code == 0
    assert columns(office / "out" / "pairs.csv") == COLUMNS["pairs"]
    assert rows(office / "out" / "applicants.csv") == []


def test_the_shipped_example_is_where_the_docs_say() -> None:
    """README: the fictional CSVs travel with the package."""
    assert {path.name for path in shipped.workbooks().glob("*.csv")} == {
        EXAMPLE_APPLICANTS.name,
        EXAMPLE_PROGRAMS.name,
        example_outcomes().name,
    }
    assert date.fromisoformat(AS_OF) == date(2026, 11, 23)
