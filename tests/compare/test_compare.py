"""Two results of one cohort: who moves, by how much and why; equal ones say nothing."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from tests.cli.command import AS_OF, PROGRAMS, Done, rows, run

from stepladder.rulebook import load

EXAMPLE = """\
applicant_id,Name,img_status,graduation_year,visa_needed,step1_result,step2_ck_score,step2_ck_date,\
step2_ck_attempts,ecfmg_certified,letters_us_physiatrist,notes
007,Ann Exemplar,US IMG,2024,None,Pass,245,2026-05-10,1,Yes,2,keen
B2,Bob Exemplar,US IMG,2025,None,Pass,238,2026-05-10,1,Yes,1,
C3,Cyn Exemplar,Non-US IMG,2022,H-1B,Pass,221,2026-05-10,1,No,2,
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results that the others are compared with: a, a.xlsx."""
    folder = tmp_path_factory.mktemp("compare")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for out in ("a", "a.xlsx"):
            batch(out)
    return folder


@pytest.fixture
def office(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder; the current folder."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def batch(out: str, *options: str, cohort: str = "", programs: str = "") -> None:
    """Run batch with another cohort or other programs, where they are given."""
    Path("c.csv").write_text(cohort or EXAMPLE, encoding="utf-8")
    Path("p.csv").write_text(programs or PROGRAMS, encoding="utf-8")
    as_of = () if "--as-of" in options else ("--as-of", AS_OF)
    done = run("batch", "c.csv", "--programs", "p.csv", "--out", out, *as_of, *options)
    assert done.exit_code in {0, 1}, done.err


def moves(before: str, after: str) -> list[dict[str, str]]:
    """The rows that compare writes."""
    assert compared(before, after, "--out", "moves.csv").exit_code == 0
    return rows(Path("moves.csv"))


def compared(*arguments: str) -> Done:
    """The command, which writes to no other stream than it should."""
    return run("compare", *arguments)


def rulebook(name: str, value: str, becomes: str) -> str:
    """An office's own rulebook with one other value."""
    text = Path(load.__file__).with_name("pmr.toml").read_text("utf-8")
    head, entry, rest = text.partition(f"[{name}]")
    assert entry
    own = rest.replace(f"value = {value}", f"value = {becomes}", 1)
    Path("own.toml").write_text(head + entry + own, encoding="utf-8")
    return "own.toml"


@pytest.mark.parametrize("media", [("a.xlsx", "a.xlsx"), ("a", "a"), ("a", "a.xlsx")])
@pytest.mark.usefixtures("office")
def test_equal_results_are_empty(media: tuple[str, str]) -> None:
    """Issue 9, 2: nobody moves, whatever the results are kept in."""
    assert moves(*media) == []
    assert "0 of 3 applicants moved, 0 new, 0 gone" in compared(*media).out


@pytest.mark.usefixtures("office")
def test_another_rulebook_is_named_with_who_it_moves() -> None:
    """Issue 9, 2: “what if we required three letters”: the value, the points and the fit."""
    batch("b.xlsx", "--rulebook", rulebook("pmr_fit.letters_full", "2", "3"))
    found = {row["applicant_id"]: row for row in moves("a.xlsx", "b.xlsx")}
    assert {*found} == {"007", "B2", "C3"}
    assert (found["007"]["pmr_fit_before"], found["007"]["pmr_fit_after"]) == ("25", "17")
    assert found["007"]["why"].startswith("Physiatrist letters −8.33")
    assert found["007"]["why"].endswith("by the rulebook")
    told = compared("a.xlsx", "b.xlsx").out
    assert "rulebook pmr_fit.letters_full: 2 → 3" in told
    assert "007: fit 25 → 17" in told


@pytest.mark.usefixtures("office")
def test_another_fee_moves_the_cost() -> None:
    """Issue 9, 2: “what if the fee changes”."""
    text = Path(load.__file__).with_name("pmr.toml").read_text("utf-8")
    Path("own.toml").write_text(text.replace("each = 11 }", "each = 12 }"), encoding="utf-8")
    batch("b.xlsx", "--rulebook", "own.toml")
    found = moves("a.xlsx", "b.xlsx")
    assert found
    for row in found:
        before, after = (int(row[f"application_cost_usd_{state}"]) for state in ("before", "after"))
        assert after * 11 == before * 12
        assert row["why"] == "by the rulebook"


@pytest.mark.usefixtures("office")
def test_a_row_that_was_entered_anew_names_its_columns_and_no_value() -> None:
    """A month later: one has a letter more; a name and a note that differ are never told."""
    later = EXAMPLE.replace(
        "Bob Exemplar,US IMG,2025,None,Pass,238,2026-05-10,1,Yes,1,",
        "Rob,US IMG,2025,None,Pass,238,2026-05-10,1,Yes,2,odd",
    )
    batch("b", cohort=later)
    [row] = moves("a", "b")
    assert row["applicant_id"] == "B2"
    assert row["why"].startswith("entered: Letters from US physiatrists; Physiatrist letters +12.5")
    told = compared("a", "b").out
    assert "Rob" not in told
    assert "odd" not in told


@pytest.mark.usefixtures("office")
def test_other_programs_are_counted_and_named_as_the_reason() -> None:
    """Issue 9, 2: another program table; the list of whoever had one that is shut now."""
    batch(
        "b.xlsx",
        programs=PROGRAMS.replace("PA,University,Advanced,Yes", "PA,University,Advanced,No"),
    )
    told = compared("a.xlsx", "b.xlsx").out
    assert "programs: 0 new, 0 gone, 1 with other facts (considers_img 1)" in told
    row = {row["applicant_id"]: row for row in moves("a.xlsx", "b.xlsx")}["007"]
    assert (row["programs_added"], row["programs_removed"]) == ("0", "1")
    assert "1 program with other facts came or went" in row["why"]


@pytest.mark.usefixtures("office")
def test_programs_that_are_gone_or_new_are_told_apart() -> None:
    """A program that is no longer in the table went; compared the other way round, it came."""
    batch("b.xlsx", programs="\n".join(PROGRAMS.splitlines()[:2]) + "\n")
    [forth] = [row for row in moves("a.xlsx", "b.xlsx") if row["applicant_id"] == "007"]
    [back] = [row for row in moves("b.xlsx", "a.xlsx") if row["applicant_id"] == "007"]
    assert "1 program gone from the table went" in forth["why"]
    assert "1 program new in the table came" in back["why"]


@pytest.mark.usefixtures("office")
def test_who_is_new_and_who_is_gone() -> None:
    """After those who moved, with the state there is."""
    lines = EXAMPLE.splitlines()
    batch("b", cohort="\n".join([*lines[:2], lines[2].replace("B2", "D4"), lines[3]]) + "\n")
    found = [(row["applicant_id"], row["change"]) for row in moves("a", "b")]
    assert found == [("D4", "New"), ("B2", "Gone")]
    new, gone = moves("a", "b")
    assert new["tier_before"] == gone["tier_after"] == ""
    assert new["tier_after"] == gone["tier_before"] == "Targeted"


@pytest.mark.usefixtures("office")
def test_a_season_or_day_is_a_reason() -> None:
    """Issue 9, 2: another season; the years since graduation count from there."""
    batch("b.xlsx", "--season", "2031")
    found = {row["applicant_id"]: row for row in moves("a.xlsx", "b.xlsx")}
    assert "differs: Red flags" in found["007"]["why"]
    assert found["007"]["why"].endswith("by the season")
    told = compared("a.xlsx", "b.xlsx").out
    assert f"after   b.xlsx: as of {AS_OF}, season 2031" in told


@pytest.mark.usefixtures("office")
def test_folders_tell_nothing_of_their_runs() -> None:
    """A person is told how to have rulebook and programs compared."""
    assert "Rulebook, day and programs are told by workbooks only" in compared("a", "a").out


@pytest.mark.usefixtures("office")
def test_what_are_no_results_is_refused() -> None:
    """Design, exit codes: 3 for an input, 2 for an option; nothing is written."""
    openpyxl.Workbook().save("empty.xlsx")
    assert compared("a", "nothing").exit_code == 3
    assert compared("a", "empty.xlsx", "--out", "moves.csv").exit_code == 3
    assert compared("a", "a", "--out", "moves.xlsx").exit_code == 2
    assert not Path("moves.csv").exists()


@pytest.mark.usefixtures("office")
def test_an_inserted_office_column_and_another_order_move_nobody() -> None:
    """Applicants are found by id, and an office's own column is no result."""
    lines = EXAMPLE.splitlines()
    batch("b", cohort="\n".join([f"{lines[0]},Locker", *(f"{line},9" for line in lines[:0:-1])]))
    assert moves("a", "b") == []
