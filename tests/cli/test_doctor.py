"""`stepladder doctor`: what a person reads, and the exit code."""

import sys
from pathlib import Path

import pytest
import xlwings
from tests.cli.command import contents, run

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="says what Linux is told")


@ON_LINUX
def test_linux_is_told_plainly() -> None:
    """Excel does not run there: not ready, and what works instead."""
    done = run("doctor")
    assert done.exit_code == 1
    assert "Excel does not run on this system" in done.out
    assert "stepladder refresh" in done.out
    assert "\n\nThis machine is not ready for the Refresh button: 1 to do.\n" in done.out
    assert "stepladder doctor cohort.xlsm" in done.out


@ON_LINUX
def test_a_workbook_is_examined_and_left_alone(tmp_path: Path) -> None:
    """A fresh workbook: each line begins with how it stands; nothing is written, --fix or not."""
    run("new", tmp_path / "cohort.xlsm", "--quiet")
    before = contents(tmp_path)
    for options in ((), ("--fix",)):
        done = run("doctor", tmp_path / "cohort.xlsm", *options)
        assert done.exit_code == 1
        lines, _, summary = done.out.partition("\n\n")
        begins = ("OK ", "To do ", "Cannot be told here ", "    ")
        assert [line for line in lines.splitlines() if not line.startswith(begins)] == []
        assert summary.startswith("cohort.xlsm is not ready")
        assert contents(tmp_path) == before


def test_a_new_workbook_tells_which_xlwings_it_has(tmp_path: Path) -> None:
    """The version in its macros against the installed one: they are one, as it was just made."""
    run("new", tmp_path / "cohort.xlsm", "--quiet")
    said = f"xlwings' macros: The workbook's macros are from xlwings {xlwings.__version__}.\n"
    assert said in run("doctor", tmp_path / "cohort.xlsm").out


def test_quiet_says_nothing() -> None:
    """The exit code tells."""
    assert run("doctor", "--quiet").out == ""


def test_a_missing_workbook_is_an_input_that_cannot_be_read(tmp_path: Path) -> None:
    """Exit code 3, and the name."""
    done = run("doctor", tmp_path / "gone.xlsm")
    assert done.exit_code == 3
    assert "gone.xlsm" in done.err
    assert done.out == ""
