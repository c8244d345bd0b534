"""Failures that end a run: design.md, Commands, exit codes; one sentence, nothing half-written."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.command import AS_OF, COHORT, Done, contents, run, start

from stepladder.books import change

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
TWO_FOR_ONE = "applicant_id,Step 2,YOG,USMLE Step 2 CK\nA1,240,2024,241\n"

BATCH = ("batch", "cohort.csv", "--programs", "programs.csv", "--as-of", AS_OF)
TO_FOLDER = (*BATCH, "--out", "out")
CHECK = ("check", "cohort.csv")


def write(name: str, content: bytes) -> Callable[[Path], None]:
    """Put a file into the office's folder."""

    def put(office: Path) -> None:
        (office / name).write_bytes(content)

    return put


def make_folder(name: str) -> Callable[[Path], None]:
    """Put a folder into the office's folder."""
    return lambda office: (office / name).mkdir()


def in_place_of(name: str) -> Callable[[Path], None]:
    """Put a folder where a file was."""

    def swap(office: Path) -> None:
        (office / name).unlink()
        (office / name).mkdir()

    return swap


def without(name: str) -> Callable[[Path], None]:
    """Take a file away."""
    return lambda office: (office / name).unlink()


def as_they_are(_office: Path) -> None:
    """Leave the folder as it is."""


def another_package(office: Path) -> None:
    """An archive that holds no workbook, under the cohort's name."""
    with zipfile.ZipFile(office / "cohort.csv", "w") as archive:
        archive.writestr("letter.txt", "not a workbook")


def opened_by_ruth(office: Path) -> None:
    """Excel's marker beside the cohort, which has a backup."""
    (office / "~$cohort.csv").write_bytes(b"\x04Ruth" + b" " * 160)
    change(office / "cohort.csv", lambda content: content + b"\n", force=True)


# What is wrong, the arguments, the exit code, and words that the sentence has.
FAILURES = {
    "applicants missing": (without("cohort.csv"), TO_FOLDER, 3, "cohort.csv is not there"),
    "programs missing": (without("programs.csv"), TO_FOLDER, 3, "programs.csv is not there"),
    "a folder as applicants": (in_place_of("cohort.csv"), TO_FOLDER, 3, "is a folder"),
    "a folder as programs": (in_place_of("programs.csv"), TO_FOLDER, 3, "is a folder"),
    "a picture": (write("cohort.csv", PNG), TO_FOLDER, 3, "not a text file"),
    "an old workbook": (write("cohort.csv", OLD_EXCEL), TO_FOLDER, 3, "save it as .xlsx"),
    "a damaged workbook": (write("cohort.csv", b"PK\x03\x04torn"), TO_FOLDER, 3, "damaged"),
    "an archive of letters": (another_package, TO_FOLDER, 3, "no Excel workbook"),
    "damaged parquet": (write("cohort.csv", b"PAR1\0\0PAR1"), TO_FOLDER, 3, "damaged"),
    "no known header": (write("cohort.csv", b"a,b\n1,2\n"), TO_FOLDER, 3, "no known column"),
    "no program header": (write("programs.csv", b"a,b\n1,2\n"), TO_FOLDER, 3, "no known column"),
    "an empty file": (write("cohort.csv", b""), TO_FOLDER, 3, "is empty"),
    "blank lines only": (write("cohort.csv", b"\r\n \r\n"), TO_FOLDER, 3, "is empty"),
    "an open quotation mark": (
        write("cohort.csv", COHORT.replace(",Ann", ',"Ann').encode()),
        TO_FOLDER,
        3,
        "line 2",
    ),
    "two headers for one column": (
        write("cohort.csv", TWO_FOR_ONE.encode()),
        TO_FOLDER,
        3,
        "“Step 2” (B1) and “USMLE Step 2 CK” (D1)",
    ),
    "a sheet of a CSV": (as_they_are, (*TO_FOLDER, "--table", "Fall"), 3, "Fall"),
    "check: missing": (without("cohort.csv"), CHECK, 3, "is not there"),
    "check: a folder": (in_place_of("cohort.csv"), CHECK, 3, "is a folder"),
    "check: no known header": (write("cohort.csv", b"a,b\n1,2\n"), CHECK, 3, "no known column"),
    "check: two headers": (write("cohort.csv", TWO_FOR_ONE.encode()), CHECK, 3, "“Step 2” (B1)"),
    "out is a file": (write("out", b""), TO_FOLDER, 6, "is a file"),
    "out is below a file": (
        write("place", b""),
        (*BATCH, "--out", "place/out"),
        6,
        "place is no folder",
    ),
    "a workbook below a file": (
        write("place", b""),
        (*BATCH, "--out", "place/out.xlsx"),
        6,
        "place is no folder",
    ),
    "a workbook in no folder": (
        as_they_are,
        (*BATCH, "--out", "place/out.xlsx"),
        6,
        "place is not there",
    ),
    "a folder named as a workbook": (
        make_folder("out.xlsx"),
        (*BATCH, "--out", "out.xlsx"),
        6,
        "is a folder",
    ),
    "check: out is a file": (write("out", b""), (*CHECK, "--out", "out"), 6, "is a file"),
    "demo: out is a file": (write("out", b""), ("demo", "--out", "out"), 6, "is a file"),
    "restore: no backup": (as_they_are, ("restore", "cohort.csv"), 3, "cohort.csv has no backup"),
    "restore: missing": (as_they_are, ("restore", "gone.xlsm"), 3, "gone.xlsm has no backup"),
    "restore: a folder": (make_folder("b.xlsm"), ("restore", "b.xlsm"), 3, "is a folder"),
    "restore: open": (opened_by_ruth, ("restore", "cohort.csv"), 4, "open in Excel by Ruth."),
    "no rulebook": (as_they_are, (*TO_FOLDER, "--rulebook", "o.toml"), 5, "o.toml"),
    "a rulebook that is no TOML": (
        write("o.toml", b"= ("),
        (*TO_FOLDER, "--rulebook", "o.toml"),
        5,
        "no valid TOML",
    ),
    "a rulebook without values": (
        write("o.toml", b'title = "Ours"\nversion = "1"\n'),
        (*TO_FOLDER, "--rulebook", "o.toml"),
        5,
        "o.toml",
    ),
    "a folder as rulebook": (
        make_folder("o.toml"),
        (*TO_FOLDER, "--rulebook", "o.toml"),
        5,
        "o.toml",
    ),
    "check: no rulebook": (as_they_are, (*CHECK, "--rulebook", "o.toml"), 5, "o.toml"),
    "rules: no rulebook": (as_they_are, ("rules", "--rulebook", "o.toml"), 5, "o.toml"),
    "out is one CSV": (as_they_are, (*BATCH, "--out", "out.csv"), 2, "--out out.csv"),
    "out is an old workbook": (as_they_are, (*BATCH, "--out", "out.xls"), 2, "--out out.xls"),
    "out is one parquet": (as_they_are, (*BATCH, "--out", "out.parquet"), 2, "--out out.parquet"),
    "a format for a workbook": (
        as_they_are,
        (*BATCH, "--out", "out.xlsx", "--format", "csv"),
        2,
        "--format is for a folder",
    ),
    "check: out is one CSV": (as_they_are, (*CHECK, "--out", "out.csv"), 2, "--out out.csv"),
    "demo: out is a workbook": (as_they_are, ("demo", "--out", "out.xlsx"), 2, "name a folder"),
}

# Wrong usage that the option parser sees: the arguments, and words of its last line.
MISTYPED = {
    "unknown option": ((*TO_FOLDER, "--bogus"), "--bogus"),
    "unknown command": (("refine",), "refine"),
    "no applicants": (("batch", "--programs", "programs.csv", "--out", "out"), "APPLICANTS"),
    "no programs": (("batch", "cohort.csv", "--out", "out"), "--programs"),
    "no out": (BATCH, "--out"),
    "a date in another form": ((*TO_FOLDER, "--as-of", "11/23/2026"), "--as-of"),
    "a day that is none": ((*TO_FOLDER, "--as-of", "2026-02-30"), "--as-of"),
    "a season in words": ((*TO_FOLDER, "--season", "next"), "--season"),
    "an unknown format": ((*TO_FOLDER, "--format", "xlsx"), "--format"),
    "nothing to check": (("check",), "FILE"),
}


def said_in_one_sentence(done: Done) -> str:
    """What a failed command printed: a single line on stderr, and nothing else."""
    assert done.out == ""
    line, end, more = done.err.partition("\n")
    assert (end, more) == ("\n", "")
    assert line.startswith("stepladder: ")
    assert line.endswith(".")
    return line


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_one_sentence_and_its_exit_code(
    office: Path, failure: tuple[Callable[[Path], None], tuple[str, ...], int, str]
) -> None:
    """Commands: inputs are untouched, nothing is written, and the sentence names the cause."""
    prepare, arguments, exit_code, words = failure
    prepare(office)
    before = contents(office)
    folders = {path for path in office.rglob("*") if path.is_dir()}
    done = run(*arguments)
    assert words in said_in_one_sentence(done)
    assert done.exit_code == exit_code
    assert contents(office) == before
    assert {path for path in office.rglob("*") if path.is_dir()} == folders


@pytest.mark.parametrize("mistyped", MISTYPED.values(), ids=MISTYPED.keys())
def test_wrong_usage_says_which_argument(
    office: Path, mistyped: tuple[tuple[str, ...], str]
) -> None:
    """Commands: exit 2, how to get help, and nothing done."""
    arguments, words = mistyped
    before = contents(office)
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.out == ""
    assert words in done.err.splitlines()[-1]
    assert "--help" in done.err
    assert contents(office) == before


@pytest.mark.parametrize(
    "option", [("--season", "1999"), ("--season", "2101"), ("--as-of", "9999-12-31")]
)
def test_a_year_in_which_nobody_plans_is_wrong_usage(office: Path, option: tuple[str, str]) -> None:
    """Commands: exit 2; one sentence names the option and the years that it takes."""
    before = contents(office)
    done = run(*TO_FOLDER, *option)
    assert (done.exit_code, done.out) == (2, "")
    assert option[0] in done.err
    assert "from 2000 to 2100" in done.err
    assert contents(office) == before


@pytest.mark.parametrize("exit_code", [2, 3, 4, 5, 6])
def test_a_process_of_its_own_ends_with_the_exit_code(office: Path, exit_code: int) -> None:
    """Commands: as a user runs it; no traceback, whatever the failure."""
    name = {
        2: "out is one CSV",
        3: "a picture",
        4: "restore: open",
        5: "no rulebook",
        6: "out is a file",
    }[exit_code]
    prepare, arguments, _, words = FAILURES[name]
    prepare(office)
    before = contents(office)
    done = start(*arguments, folder=office)
    assert words in said_in_one_sentence(done)
    assert done.exit_code == exit_code
    assert contents(office) == before


@pytest.mark.parametrize(
    ("name", "out"),
    [("cohort.xlsx", "cohort.xlsx"), ("cohort.xlsx", "./sub/../cohort.xlsx")],
    ids=["the same name", "another way to it"],
)
def test_an_input_is_never_the_output(office: Path, name: str, out: str) -> None:
    """Commands: exit 2; the input stays."""
    (office / "sub").mkdir()
    (office / "cohort.csv").rename(office / name)
    before = contents(office)
    done = run("batch", name, "--programs", "programs.csv", "--out", out)
    assert name in said_in_one_sentence(done)
    assert done.exit_code == 2
    assert contents(office) == before


@pytest.mark.parametrize("input_name", ["applicants.csv", "findings.csv"])
def test_an_input_in_the_output_folder_is_not_replaced(office: Path, input_name: str) -> None:
    """Commands: an office's own applicants.csv is no file of ours."""
    (office / "cohort.csv").rename(office / input_name)
    before = contents(office)
    done = run("batch", input_name, "--programs", "programs.csv", "--out", ".")
    assert input_name in said_in_one_sentence(done)
    assert done.exit_code == 2
    assert contents(office) == before


def test_findings_may_stand_beside_an_applicants_csv(office: Path) -> None:
    """Commands: check writes findings.csv alone, so no other name is in its way."""
    (office / "cohort.csv").rename(office / "applicants.csv")
    before = (office / "applicants.csv").read_bytes()
    assert run("check", "applicants.csv", "--out", ".").exit_code == 0
    assert (office / "applicants.csv").read_bytes() == before
    assert (office / "findings.csv").exists()


def test_a_folder_that_may_not_be_written_to_is_refused(office: Path) -> None:
    """Commands: exit 6, one sentence, and nothing left there."""
    locked = office / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):
        # The administrator may write to any folder but the system's own.
        locked = Path("/proc")
    before = contents(office)
    for out in (locked / "out", locked / "out.xlsx"):
        done = run(*BATCH, "--out", out)
        assert "cannot be written" in said_in_one_sentence(done)
        assert done.exit_code == 6
        assert not out.exists()
    assert contents(office) == before


def test_a_failure_leaves_earlier_results_as_they_were(office: Path) -> None:
    """Commands: a failed run is as if it had not been."""
    run(*TO_FOLDER)
    (office / "cohort.csv").write_bytes(PNG)
    before = contents(office)
    assert run(*TO_FOLDER).exit_code == 3
    assert contents(office) == before


def test_no_failure_names_a_person(office: Path) -> None:
    """Validation: a person's row values never enter an exception text."""
    (office / "cohort.csv").write_text(COHORT.replace(",Ann", ',"Ann'), encoding="utf-8")
    assert "Exemplar" not in run(*TO_FOLDER).err


def test_an_old_code_page_is_no_failure(office: Path) -> None:
    """On Windows a pipe takes only the marks of its code page; question marks stand for others."""
    done = start(*TO_FOLDER, folder=office, encoding="cp1252")
    assert (done.exit_code, done.err) == (0, "")
    assert "3 applicants × 3 programs" in done.out
    assert "????" in done.out
