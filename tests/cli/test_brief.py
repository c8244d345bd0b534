"""`stepladder brief`: its options, what it prints, and its exit codes."""

from pathlib import Path

import pytest
from tests.cli.command import AS_OF, batch, contents, run, start


@pytest.fixture
def results(office: Path) -> Path:
    """The office's results, as a folder."""
    batch(office)
    return office / "out"


def test_everyone_gets_a_page(results: Path) -> None:
    """Exit 0; as many pages as applicants, and the index."""
    done = run("brief", results, "--out", "briefs", "--as-of", AS_OF)
    assert (done.exit_code, done.err) == (0, "")
    assert {*contents(Path("briefs"))} == {"007.html", "3401-E5.html", "A3.html", "index.html"}
    assert "3 briefs: briefs" in done.out


def test_a_workbook_does_as_well(office: Path) -> None:
    """As `batch --out results.xlsx` wrote it."""
    batch(office, out="results.xlsx")
    assert run("brief", "results.xlsx", "--out", "briefs", "--as-of", AS_OF).exit_code == 0
    assert len(contents(Path("briefs"))) == 4


def test_no_name_is_printed(results: Path) -> None:
    """Names stand on the pages only, and the person is told so."""
    done = run("brief", results, "--out", "briefs")
    assert "Exemplar" not in done.out + done.err
    assert "hold names" in done.out


def test_rows_to_fix_do_not_change_the_exit_code(office: Path) -> None:
    """Exit 0 when done; the page says what to fix."""
    text = (office / "cohort.csv").read_text("utf-8").replace(",245,", ",two-forty,")
    (office / "cohort.csv").write_text(text, encoding="utf-8")
    assert batch(office).exit_code == 1
    assert run("brief", "out", "--out", "briefs", "--as-of", AS_OF).exit_code == 0
    page = (office / "briefs" / "007.html").read_text("utf-8")
    assert "is not a whole number from 1 to 300" in page
    assert "Retype Step 2 CK score" in page


def test_the_day_marks_today_in_the_calendar(results: Path) -> None:
    """--as-of."""
    run("brief", results, "--out", "briefs", "--as-of", "2027-01-15", "--applicant", "A3")
    assert "Today 2027-01-15" in Path("briefs/A3.html").read_text("utf-8")


def test_a_season_may_be_chosen(results: Path) -> None:
    """--season."""
    run("brief", results, "--out", "briefs", "--as-of", AS_OF, "--season", "2030")
    assert "Season 2030" in Path("briefs/A3.html").read_text("utf-8")


def test_quiet_prints_nothing(results: Path) -> None:
    """--quiet."""
    done = run("brief", results, "--out", "briefs", "--quiet")
    assert (done.exit_code, done.out, done.err) == (0, "", "")


FAILURES = {
    "an unknown id": (("out", "--out", "b", "--applicant", "B7"), 2, "which has 3 applicants"),
    "an unknown advisor": (("out", "--out", "b", "--advisor", "Bo"), 2, "0 advisors"),
    "out is a workbook": (("out", "--out", "b.xlsx"), 2, "name a folder"),
    "out is a page": (("out", "--out", "b.html"), 2, "name a folder"),
    "out is a file": (("out", "--out", "cohort.csv2"), 6, "is a file"),
    "not there": (("nothing", "--out", "b"), 3, "is not there"),
    "a cohort": (("cohort.csv", "--out", "b"), 3, "run stepladder batch"),
    "an empty folder": (("empty", "--out", "b"), 3, "run stepladder batch"),
    "no rulebook": (("out", "--out", "b", "--rulebook", "o.toml"), 5, "o.toml"),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.usefixtures("results")
def test_a_failure_is_one_sentence_and_its_exit_code(
    office: Path, failure: tuple[tuple[str, ...], int, str]
) -> None:
    """Commands: nothing is written, and the sentence names the cause."""
    arguments, exit_code, words = failure
    (office / "empty").mkdir()
    (office / "cohort.csv2").write_bytes(b"")
    before = contents(office)
    done = run("brief", *arguments)
    assert (done.exit_code, done.out) == (exit_code, "")
    assert done.err.startswith("stepladder: ")
    assert done.err.count("\n") == 1
    assert words in done.err
    assert contents(office) == before
    assert not (office / "b").exists()


def test_it_runs_as_a_process_of_its_own(results: Path, office: Path) -> None:
    """As a user runs it."""
    done = start("brief", str(results), "--out", "briefs", folder=office)
    assert (done.exit_code, done.err) == (0, "")
