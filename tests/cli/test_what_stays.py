"""What a run leaves as it was, and what it takes for its own."""

from pathlib import Path

import pytest
from tests.cli.command import (
    AS_OF,
    EXAMPLE_APPLICANTS,
    EXAMPLE_PROGRAMS,
    batch,
    contents,
    rows,
    run,
)


def test_an_input_in_the_folder_of_the_results_is_refused(office: Path) -> None:
    """Commands: every failure leaves the inputs; results never replace what they came from."""
    (office / "cohort.csv").rename(office / "applicants.csv")
    before = contents(office)
    inputs = ("applicants.csv", "--programs", "programs.csv")
    done = run("batch", *inputs, "--out", office, "--as-of", AS_OF)
    assert done.exit_code == 2
    assert "is an input" in done.err
    assert contents(office) == before


def test_the_office_s_programs_stay_beside_the_results(office: Path) -> None:
    """The contract: our files in a folder are replaced together, others are left alone."""
    before = (office / "programs.csv").read_bytes()
    assert batch(office, out=".").exit_code == 0
    assert (office / "programs.csv").read_bytes() == before


def test_pairs_of_an_earlier_run_go(office: Path) -> None:
    """The contract: our files are replaced together, so none of them tells of another run."""
    batch(office, "--pairs")
    assert (office / "out" / "pairs.csv").exists()
    batch(office)
    assert not (office / "out" / "pairs.csv").exists()


def test_findings_of_check_leave_results_alone(office: Path) -> None:
    """The contract: `check --out` writes findings, and touches nothing else."""
    batch(office, "--pairs")
    before = contents(office / "out")
    assert run("check", "cohort.csv", "--out", "out", "--as-of", AS_OF).exit_code == 0
    after = contents(office / "out")
    assert {name for name in after if after[name] != before[name]} <= {"findings.csv"}


def test_edited_copies_of_the_demo_stay(tmp_path: Path) -> None:
    """Engine issue, 8: the demo asks to edit its copies, so it does not replace them."""
    run("demo", "--out", tmp_path, "--as-of", AS_OF)
    copy = tmp_path / "example-applicants-fictional.csv"
    copy.write_text("edited", encoding="utf-8")
    assert run("demo", "--out", tmp_path, "--as-of", AS_OF).exit_code == 0
    assert copy.read_text("utf-8") == "edited"


@pytest.mark.parametrize("name", ["shortlist", "plan", "findings", "fit", "curve", "pairs"])
def test_our_own_results_are_no_input(office: Path, name: str) -> None:
    """Commands: exit 3; a table of ours is not taken for applicants or programs."""
    batch(office, "--pairs")
    done = run("check", office / "out" / f"{name}.csv")
    assert done.exit_code == 3
    assert "is our own" in done.err


def test_results_can_be_the_next_cohort(office: Path) -> None:
    """The contract: applicants as we wrote them are a cohort; ours are computed anew."""
    batch(office)
    done = run(
        *("batch", "out/applicants.csv", "--programs", "programs.csv"),
        *("--out", "again", "--as-of", AS_OF),
    )
    assert done.exit_code == 0
    assert rows(office / "again" / "applicants.csv") == rows(office / "out" / "applicants.csv")


def test_tables_that_are_swapped_are_told(tmp_path: Path) -> None:
    """Commands: exit 3; a table of programs is no cohort, whatever headers they share."""
    swapped = (EXAMPLE_PROGRAMS, "--programs", EXAMPLE_APPLICANTS)
    done = run("batch", *swapped, "--out", tmp_path / "out")
    assert done.exit_code == 3
    assert "is a table of programs" in done.err


def test_a_header_or_two_in_common_make_no_table(office: Path) -> None:
    """Commands: exit 3; Name and Notes stand in any sheet."""
    (office / "list.csv").write_text("Name,Notes,Room\nx,y,z\n", encoding="utf-8")
    done = run("check", "list.csv")
    assert done.exit_code == 3
    assert "no known column title" in done.err


def test_a_must_program_that_is_left_out_is_told(office: Path) -> None:
    """The plan, Locks: a must whose row in Programs has an error is a query, not a silence."""
    text = (office / "programs.csv").read_text("utf-8")
    (office / "programs.csv").write_text(text.replace("10,240,", "10,9999,"), encoding="utf-8")
    cohort = (office / "cohort.csv").read_text("utf-8").splitlines()
    header, first, *_ = cohort
    (office / "cohort.csv").write_text(f"{header},must_program_ids\n{first},P2\n", encoding="utf-8")
    assert batch(office).exit_code == 1
    found = [row for row in rows(office / "out" / "findings.csv") if row["applicant_id"] == "007"]
    assert [(row["code"], row["severity"]) for row in found] == [("must_is_left_out", "Query")]


def test_a_name_too_long_for_a_file_is_one_sentence(office: Path) -> None:
    """Commands: exit 3 for an input, exit 6 for an output; never a traceback."""
    name = "x" * 300
    assert run("check", name).exit_code == 3
    done = run("batch", "cohort.csv", "--programs", "programs.csv", "--out", name)
    assert done.exit_code == 6
    assert contents(office).keys() == {"cohort.csv", "programs.csv"}
