"""--fix on a workbook's file: one setting is written, and nothing else moves."""

import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from tests.doctor.made import BOOK, MAC, WINDOWS, other, write_book

from stepladder.books import restore
from stepladder.books.interpreter import Interpreter
from stepladder.books.program_place import WORKBOOK_SHEET
from stepladder.doctor import examine
from stepladder.doctor.checks import Standing
from stepladder.doctor.facts import Machine
from stepladder.doctor.repairs import install_script, name_python
from stepladder.doctor.saved_book import book_python, saved_book
from stepladder.errors import InputError, WorkbookBusyError

COLLEAGUE = Interpreter(windows=r"E:\old\python.exe", mac="/Volumes/old/python", path="here")


def parts(path: Path) -> dict[str, bytes]:
    """What each part of a workbook holds."""
    with ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize(
    ("machine", "named"),
    [
        (WINDOWS, Interpreter(r"%LOCALAPPDATA%\Stepladder\Scripts\python.exe", COLLEAGUE.mac)),
        (MAC, Interpreter(COLLEAGUE.windows, "$HOME/.local/share/stepladder/bin/python")),
    ],
)
def test_fix_names_this_python_in_the_workbook(
    tmp_path: Path, machine: Machine, named: Interpreter
) -> None:
    """This system's Python is written without a login; the other's stays; the line is OK then."""
    path = write_book(tmp_path / "cohort.xlsm", COLLEAGUE)
    report = examine(path, fix=True, machine=machine)
    assert saved_book(path, machine).interpreter == named
    [line] = [line for line in report.checks if line.topic == "Button's Python"]
    assert line.standing is Standing.OK
    assert any("Stepladder backups/" in said for said in report.done)


def test_fix_changes_one_sheet_and_keeps_the_state_before(tmp_path: Path) -> None:
    """All else stays byte for byte, the macros too; restore brings the old workbook back."""
    path = write_book(tmp_path / "cohort.xlsm", COLLEAGUE)
    content, before = path.read_bytes(), parts(path)
    name_python(path, WINDOWS)
    after = parts(path)
    assert {name for name in before if after[name] != before[name]} == {"xl/worksheets/sheet2.xml"}
    with closing(openpyxl.load_workbook(path)) as book:
        assert book["Start"]["A1"].value == "of the office"
        assert book[WORKBOOK_SHEET].sheet_state == "hidden"
    restore(path)
    assert path.read_bytes() == content


def test_a_second_fix_writes_nothing(tmp_path: Path) -> None:
    """What is right is left alone: no write, no backup, no line about it."""
    path = write_book(tmp_path / "cohort.xlsm", COLLEAGUE)
    examine(path, fix=True, machine=WINDOWS)
    before = path.stat().st_mtime_ns, path.read_bytes()
    report = examine(path, fix=True, machine=WINDOWS)
    assert report.done == ()
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_a_look_writes_nothing(tmp_path: Path) -> None:
    """Without --fix the folder stays as it was."""
    path = write_book(tmp_path / "cohort.xlsm", COLLEAGUE)
    before = path.read_bytes()
    examine(path, machine=WINDOWS)
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_bytes() == before


def test_an_open_workbook_is_not_fixed(tmp_path: Path) -> None:
    """Its marker names who has it open; nothing is written."""
    path = write_book(tmp_path / "cohort.xlsm", COLLEAGUE)
    before = path.read_bytes()
    (tmp_path / "~$cohort.xlsm").write_bytes(b"\x03Ann" + bytes(161))
    with pytest.raises(WorkbookBusyError, match="Ann"):
        examine(path, fix=True, machine=WINDOWS)
    assert path.read_bytes() == before


def test_a_sheet_whose_names_are_gone_is_told(tmp_path: Path) -> None:
    """Without a place for the path nothing is written."""
    path = write_book(tmp_path / "cohort.xlsm", None)
    before = path.read_bytes()
    assert "nothing was written" in name_python(path, WINDOWS)
    assert path.read_bytes() == before


@pytest.mark.parametrize("recorded", [None, "0.30.0"])
def test_the_applescript_file_is_installed_under_the_name_asked_for(
    tmp_path: Path, recorded: str | None
) -> None:
    """Excel for Mac looks for the version of the workbook's macros, into a folder made for it."""
    folder = tmp_path / "Application Scripts" / "com.microsoft.Excel"
    machine = other(MAC, xlwings=version("xlwings"))
    install_script(machine, other(BOOK, xlwings=recorded), folder)
    [script] = folder.iterdir()
    assert script.name == f"xlwings-{recorded or version('xlwings')}.applescript"
    assert b"VbaHandler" in script.read_bytes()


def test_a_workbook_says_what_it_holds(tmp_path: Path) -> None:
    """Macros, settings and xlwings' version are read from the file; a plain workbook has none."""
    path = write_book(tmp_path / "cohort.xlsm", COLLEAGUE, xlwings="0.37.8")
    book = saved_book(path, WINDOWS)
    assert (book.has_macros, book.interpreter, book.xlwings) == (True, COLLEAGUE, "0.37.8")
    assert book.python is not None
    assert not book.python.is_there
    plain = saved_book(write_book(tmp_path / "plain.xlsx", None, project=None), WINDOWS)
    assert (plain.has_macros, plain.interpreter, plain.xlwings) == (False, None, None)


def test_a_read_only_workbook_is_told(tmp_path: Path) -> None:
    """Whoever keeps it meant it to stay, whatever an administrator may do."""
    path = write_book(tmp_path / "cohort.xlsm", COLLEAGUE)
    path.chmod(0o444)
    assert not saved_book(path, WINDOWS).may_write
    assert saved_book(path, WINDOWS).may_add


@pytest.mark.parametrize("name", ["missing.xlsm", "notes.xlsm"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str) -> None:
    """A missing file, and one that is no package."""
    (tmp_path / "notes.xlsm").write_text("no workbook")
    with pytest.raises(InputError, match=name):
        examine(tmp_path / name)


@pytest.mark.parametrize("packages", ["lib/python3.12/site-packages", "Lib/site-packages"])
def test_the_python_of_a_workbook_is_looked_at_not_started(tmp_path: Path, packages: str) -> None:
    """Its packages lie beside it; a program that a workbook names is not to be trusted."""
    program = tmp_path / "Scripts" / "python.exe"
    program.parent.mkdir()
    program.write_text("would fail if it were started")
    assert book_python(str(program)).stepladder is None
    (tmp_path / packages / "stepladder-0.0.9.dist-info").mkdir(parents=True)
    found = book_python(str(program))
    assert (found.is_there, found.stepladder) == (True, "0.0.9")


def test_the_python_that_runs_is_found() -> None:
    """A real one, with the Stepladder that is tested."""
    assert book_python(sys.executable).is_there
    assert not book_python("python3").is_there
