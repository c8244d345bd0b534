"""`stepladder check`: findings only, grouped by what to do (design.md, Commands)."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.cli.command import (
    AS_OF,
    COHORT,
    EXAMPLE_APPLICANTS,
    EXAMPLE_PROGRAMS,
    PROGRAMS,
    cells,
    contents,
    rows,
    run,
    sheet_rows,
    start,
    write_book,
)

from stepladder import shipped

MISSPELLED = """\
Student ID,Name,IMG,YOG,Step 2,Visa,Must apply,Locker,Tier
A1,Ann Exemplar,U,2024,245*,,P1; P9,12,mine
A2,Bob Exemplar,Non-US,2024,two-forty,J-1,,,
A3,Cyn Exemplar,US IMG,1024,999,J-1,,,
"""
QUERIES_ONLY = MISSPELLED.replace("two-forty", "240").replace("999", "239").replace("1024", "2024")


@pytest.fixture
def misspelled(office: Path) -> Path:
    """The office's folder with a cohort that has errors and queries."""
    (office / "cohort.csv").write_text(MISSPELLED, encoding="utf-8")
    return office


def addressed(lines: str) -> list[str]:
    """The table and cell of each finding that was printed, in order."""
    return re.findall(r"^ +((?:Applicants|Programs) [A-Z]+[0-9]+):", lines, re.MULTILINE)


def checked(*arguments: str | Path) -> str:
    """What `check` prints as of one day."""
    return run("check", *arguments, "--as-of", AS_OF).out


# ── which table is which ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "files", [("cohort.csv", "programs.csv"), ("programs.csv", "cohort.csv")], ids=["one", "other"]
)
def test_tables_are_recognised_by_their_headers(misspelled: Path, files: tuple[str, str]) -> None:
    """The contract: whatever their names, and in any order."""
    (misspelled / "programs.csv").rename(misspelled / "a.csv")
    (misspelled / "cohort.csv").rename(misspelled / "b.csv")
    names = {"cohort.csv": "b.csv", "programs.csv": "a.csv"}
    said = checked(*(names[file] for file in files))
    assert "b.csv, read as applicants:" in said
    assert "a.csv, read as programs:" in said


def test_one_workbook_may_hold_both_tables(misspelled: Path) -> None:
    """The contract: each sheet goes to the table whose headers it has."""
    sheets: Mapping[str, list[list[str]]] = {"Sites": cells(PROGRAMS), "Fall": cells(MISSPELLED)}
    write_book(misspelled / "both.xlsx", sheets)
    said = checked("both.xlsx")
    assert "both.xlsx, sheet Fall, read as applicants:" in said
    assert "both.xlsx, sheet Sites, read as programs:" in said
    assert addressed(said) == addressed(checked("cohort.csv", "programs.csv"))


def test_a_file_without_a_table_of_ours_stops_no_other(misspelled: Path) -> None:
    """The others are checked, and it is told at the end, with exit code 3."""
    (misspelled / "letters.csv").write_text("from,to\nx,y\n", encoding="utf-8")
    done = run("check", "letters.csv", "cohort.csv")
    assert (done.exit_code, done.out) == (3, run("check", "cohort.csv").out)
    assert done.err.startswith("stepladder: letters.csv has no known column title")


def test_where_no_file_can_be_read_each_is_told(misspelled: Path) -> None:
    """And nothing else is said, or written."""
    (misspelled / "letters.csv").write_text("from,to\nx,y\n", encoding="utf-8")
    done = run("check", "letters.csv", "none.csv", "--out", "findings.xlsx")
    assert (done.exit_code, done.out) == (3, "")
    assert "letters.csv has no known column title" in done.err
    assert "none.csv is not there" in done.err
    assert not Path("findings.xlsx").exists()


OUTCOMES = """\
ID,ACGME code,Match year,Applied,Signal,II,Tier
007,P1,2027,x,Yes,Yes,theirs
A9,P2,2027,No,,Yes,
A9,P2,2025,Yes,,Yes,
"""
"""An outcome as offices write it; one that contradicts itself; one of somebody who has left."""


def test_outcomes_are_recognised_and_checked(office: Path) -> None:
    """Issue 9, 4: checked as by refresh and calibrate; without tables of ids nobody asks."""
    (office / "came.csv").write_text(OUTCOMES, encoding="utf-8")
    done = run("check", "came.csv", "--as-of", AS_OF)
    assert done.exit_code == 1
    assert "came.csv, read as outcomes:" in done.out
    assert "  “II” is Invited\n" in done.out
    assert "  ours, recomputed: Tier\n" in done.out
    assert "Outcomes D2: “x” was read as Yes" in done.out
    assert "Outcomes F3: Invited is “Yes”, yet Applied is No." in done.out
    assert "is no id of the Applicants table" not in done.out


def test_ids_of_outcomes_are_asked_about_where_their_tables_are_given(office: Path) -> None:
    """The season under way only: whoever applied in an earlier one may have left since."""
    (office / "came.csv").write_text(OUTCOMES, encoding="utf-8")
    for files in (("came.csv", "cohort.csv", "programs.csv"), ("cohort.csv", "came.csv")):
        said = checked(*files)
        assert "Outcomes A3: “A9” is no id of the Applicants table" in said
        assert said.count("is no id of the Applicants table") == 1


def test_the_tables_of_a_workbook_are_all_checked() -> None:
    """The workbook that is shipped: applicants, programs and what came of them."""
    said = checked(shipped.workbooks() / "stepladder-example.xlsm")
    for name in ("Applicants", "Programs", "Outcomes"):
        assert f"sheet {name}, read as {name.lower()}:" in said


# ── how headers were read ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "line",
    [
        "“Student ID” is Applicant ID",
        "“YOG” is Graduation year",
        "“Step 2” is Step 2 CK score",
        "your own column: Locker",
        "ours, recomputed: Tier",
    ],
)
@pytest.mark.usefixtures("misspelled")
def test_the_header_mapping_is_shown(line: str) -> None:
    """Validation: which header was read as what, and which were left alone."""
    assert f"  {line}\n" in checked("cohort.csv")


@pytest.mark.usefixtures("office")
def test_a_mixed_column_is_shown_as_both() -> None:
    """Validation: one mixed “Step 1” column is split into result and score."""
    Path("cohort.csv").write_text("ID,IMG,YOG,Step 1\nA1,US IMG,2024,P\n", encoding="utf-8")
    assert "“Step 1” is Step 1 result and Step 1 score" in checked("cohort.csv")


# ── what is to be done ─────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("misspelled")
def test_findings_stand_under_what_to_do() -> None:
    """Commands: one instruction, then every cell that it is for."""
    said = checked("cohort.csv")
    assert (
        "  Retype Step 2 CK score, or leave the cell empty.\n"
        "    Applicants E3: “two-forty” is not a whole number from 1 to 300.\n"
        "    Applicants E4: “999” is not a whole number from 1 to 300.\n"
    ) in said


@pytest.mark.usefixtures("misspelled")
def test_errors_come_first() -> None:
    """Commands: what must be fixed, then what is to be looked at, each with its number."""
    said = checked("cohort.csv")
    errors, queries = said.partition("TO CHECK (4)")[::2]
    assert addressed(errors.partition("MUST BE FIXED (3)")[2]) == [
        "Applicants E3",
        "Applicants E4",
        "Applicants D4",
    ]
    assert sorted(addressed(queries)) == [
        "Applicants C2",
        "Applicants C3",
        "Applicants E2",
        "Applicants F4",
    ]


@pytest.mark.usefixtures("office")
def test_a_long_group_is_cut_and_says_by_how_much() -> None:
    """A screen is not a list: all of them stand in the file that --out writes."""
    lines = "".join(f"A{at},US IMG,2024,no score\n" for at in range(30))
    Path("cohort.csv").write_text("ID,IMG,YOG,Step 2\n" + lines, encoding="utf-8")
    said = checked("cohort.csv", "--out", "told")
    shown = len(addressed(said))
    assert f"… and {30 - shown} more" in said
    assert len(rows(Path("told/findings.csv"))) == 30


@pytest.mark.usefixtures("office")
def test_nothing_to_say_is_said() -> None:
    """A clean cohort."""
    done = run("check", "cohort.csv", "programs.csv", "--as-of", AS_OF)
    assert done.exit_code == 0
    assert "Nothing to fix and nothing to check." in done.out


@pytest.mark.usefixtures("misspelled")
def test_unknown_program_ids_are_told_only_where_programs_are_given() -> None:
    """Validation: without a list of programs nobody can know."""
    assert "P9 is not a program code" not in checked("cohort.csv")
    for files in (("cohort.csv", "programs.csv"), ("programs.csv", "cohort.csv")):
        said = checked(*files)
        assert "Applicants G2: P9 is not a program code" in said
        assert "P1 is not a program code" not in said


@pytest.mark.usefixtures("misspelled")
def test_no_name_is_printed() -> None:
    """Validation: nothing of a personal column, and nothing equal to a row's name."""
    assert "Exemplar" not in checked("cohort.csv", "programs.csv")


# ── exit codes and files ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "exit_code"),
    [(MISSPELLED, 1), (QUERIES_ONLY, 0), (COHORT, 0)],
    ids=["errors", "queries", "clean"],
)
def test_only_errors_end_with_1(office: Path, text: str, exit_code: int) -> None:
    """The contract: exit 1 only for errors."""
    (office / "cohort.csv").write_text(text, encoding="utf-8")
    assert run("check", "cohort.csv", "--as-of", AS_OF).exit_code == exit_code


def test_a_process_of_its_own_ends_with_1(misspelled: Path) -> None:
    """Commands: as a user runs it; findings are the result, not a failure, so stderr is empty."""
    done = start("check", "cohort.csv", "--as-of", AS_OF, folder=misspelled)
    assert (done.exit_code, done.err) == (1, "")
    assert done.out == checked(misspelled / "cohort.csv")


@pytest.mark.usefixtures("misspelled")
def test_quiet_leaves_the_exit_code() -> None:
    """Commands: --quiet prints nothing but errors."""
    done = run("check", "cohort.csv", "--quiet")
    assert (done.exit_code, done.out, done.err) == (1, "", "")


def test_a_folder_gets_the_findings_alone(misspelled: Path) -> None:
    """Commands: findings only."""
    run("check", "cohort.csv", "--out", "told", "--as-of", AS_OF)
    assert set(contents(misspelled / "told")) == {"findings.csv"}
    written = rows(misspelled / "told" / "findings.csv")
    assert [row["cell"] for row in written] == ["C2", "E2", "C3", "E3", "D4", "E4", "F4"]
    assert written[3]["fix"] == "Retype Step 2 CK score, or leave the cell empty."


def test_a_workbook_gets_the_same_findings(misspelled: Path) -> None:
    """Commands: .xlsx or a folder."""
    run("check", "cohort.csv", "--out", "told", "--as-of", AS_OF)
    run("check", "cohort.csv", "--out", "told.xlsx", "--as-of", AS_OF)
    in_book = sheet_rows(misspelled / "told.xlsx", "Findings")
    assert [(row["Code"], row["Cell"], row["Message"]) for row in in_book] == [
        (row["code"], row["cell"], row["message"])
        for row in rows(misspelled / "told" / "findings.csv")
    ]


def test_nothing_is_written_without_out(misspelled: Path) -> None:
    """Commands: check only reads."""
    before = contents(misspelled)
    checked("cohort.csv", "programs.csv")
    assert contents(misspelled) == before


def test_check_and_batch_find_the_same_in_the_cells(tmp_path: Path) -> None:
    """Engine issue, 4: what batch finds more is what its plan asks (seasons and musts)."""
    run("check", EXAMPLE_APPLICANTS, EXAMPLE_PROGRAMS, "--out", tmp_path, "--as-of", AS_OF)
    check_only = {tuple(row.values()) for row in rows(tmp_path / "findings.csv")}
    inputs = (EXAMPLE_APPLICANTS, "--programs", EXAMPLE_PROGRAMS, "--as-of", AS_OF)
    run("batch", *inputs, "--out", tmp_path)
    in_batch = rows(tmp_path / "findings.csv")
    assert check_only <= {tuple(row.values()) for row in in_batch}
    later = {row["code"] for row in in_batch if tuple(row.values()) not in check_only}
    assert later == {
        "must_is_ineligible",
        "must_is_left_out",
        "must_passes_budget",
        "must_passes_maximum",
        "season_carried_over",
    }
