"""The hidden sheet of a saved workbook in; which Python its button starts, out."""

import os
import re
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlwings
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName

from stepladder.books.interpreter import (
    XLWINGS_NAME,
    Interpreter,
    interpreter_edit,
    named,
    running,
    settings,
    stored_interpreter,
    stored_xlwings,
)
from stepladder.books.outline import Outline, outline
from stepladder.books.package import Package
from stepladder.books.program_place import ADDIN_SHEET, WORKBOOK_SHEET, System, system_of
from stepladder.books.workbook_patch import patch

ANN = Interpreter(r"C:\Users\Ann\python.exe", "/Volumes/Ann/python", "/Volumes/Ann/own")


def saved(rows: Mapping[str, str], sheet: str = WORKBOOK_SHEET) -> Outline:
    """A workbook with such a sheet behind another."""
    book = openpyxl.Workbook()
    book.create_sheet(sheet)
    for row in rows.items():
        book[sheet].append(row)
    content = BytesIO()
    book.save(content)
    return outline(Package(content.getvalue()))


def changed(book: Outline, interpreter: Interpreter) -> Outline:
    """The workbook after its sheet was told of another Python."""
    edit = interpreter_edit(book, interpreter)
    assert edit is not None
    content = BytesIO()
    book.package.save(content, patch(book, [edit]).parts)
    return outline(Package(content.getvalue()))


@pytest.mark.parametrize("sheet", [WORKBOOK_SHEET, ADDIN_SHEET, "XLWINGS.conf"])
def test_what_is_written_is_read(sheet: str) -> None:
    """In a workbook as in the add-in; the sheet's name in any case."""
    assert stored_interpreter(saved(dict(settings(ANN)), sheet)) == ANN


def test_xlwings_reads_every_name_as_it_is_written() -> None:
    """Its code looks for names in capitals, down to the first empty one."""
    names = [name for name, _ in settings(Interpreter())]
    assert names == [name.upper() for name in names]
    assert all(names)
    assert names[:3] == ["INTERPRETER_WIN", "INTERPRETER_MAC", "PYTHONPATH"]


def test_a_workbook_of_nobody_is_told_nothing() -> None:
    """Without the sheet, or without its names, there is nothing to read or write."""
    for book in (saved({}, "Other"), saved({"Interpreter_Win": "x"})):
        assert interpreter_edit(book, ANN) is None
    assert stored_interpreter(saved({}, "Other")) is None


@pytest.mark.parametrize(
    ("told", "there_then"),
    [
        (Interpreter(windows="new"), Interpreter("new", ANN.mac)),
        (Interpreter(mac="new"), Interpreter(ANN.windows, "new")),
        (Interpreter(mac="new", path="a;b"), Interpreter(ANN.windows, "new", "a;b")),
    ],
)
def test_the_other_systems_python_stays(told: Interpreter, there_then: Interpreter) -> None:
    """An office with both systems shares one workbook; a search path is of the new Python."""
    assert stored_interpreter(changed(saved(dict(settings(ANN))), told)) == there_then


def test_names_are_found_wherever_they_stand() -> None:
    """Somebody may have sorted the sheet, and added names of their own."""
    rows = {"Own": "1", "PYTHONPATH": "", "interpreter_mac": "", "Interpreter_Win ": "old"}
    after = changed(saved(rows), Interpreter(windows="new"))
    assert stored_interpreter(after) == Interpreter(windows="new")


def test_the_same_python_changes_nothing() -> None:
    """The second time there is nothing to write."""
    book = saved(dict(settings(ANN)))
    edit = interpreter_edit(book, ANN)
    assert edit is not None
    assert patch(book, [edit]).parts == {}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=80))
def test_any_path_comes_back(place: str) -> None:
    """Spaces, accents and brackets are parts of names."""
    told = Interpreter(windows=f"C:\\{place}.exe", mac=f"/{place}/python")
    assert stored_interpreter(changed(saved(dict(settings(ANN))), told)) == Interpreter(
        told.windows, told.mac
    )


@pytest.mark.parametrize(
    ("place", "system", "variables", "interpreter"),
    [
        (
            r"C:\U\Ann\py\p.exe",
            "windows",
            {"USERPROFILE": r"C:\U\Ann"},
            (r"%USERPROFILE%\py\p.exe", ""),
        ),
        (r"D:\py\p.exe", "windows", {"USERPROFILE": r"C:\U\Ann"}, (r"D:\py\p.exe", "")),
        ("/V/ann/env/bin/python", "mac", {"HOME": "/V/ann"}, ("", "$HOME/env/bin/python")),
        ("/usr/bin/python3", "other", {"HOME": "/V/ann"}, ("", "")),
    ],
)
def test_a_python_is_named_for_its_own_system(
    place: str, system: System, variables: dict[str, str], interpreter: tuple[str, str]
) -> None:
    """In its system's place, without a login; where no Excel runs, in none: no Mac has it."""
    assert named(place, system, variables) == Interpreter(*interpreter)


def test_the_python_that_runs_is_named_by_the_system_it_runs_on() -> None:
    """sys.executable, and what sys.platform and the environment say."""
    assert running() == named(sys.executable, system_of(sys.platform), os.environ)
    systems = [system_of(platform) for platform in ("win32", "darwin", "linux", "cygwin")]
    assert systems == ["windows", "mac", "other", "other"]


def test_nothing_that_xlwings_would_look_up_elsewhere_is_left_open() -> None:
    """A settings file beside the workbook, or in a home, changes nothing of the command."""
    module = (Path(xlwings.__file__).parent / "xlwings.bas").read_text("utf-8")
    asked_for = {*re.findall(r'GetConfig\("([^"]+)"', module)}
    # The first is asked for where no interpreter is named; the macros start nothing then. The
    # others are those of UDFs.
    not_ours = {"INTERPRETER", "UDF MODULES", "DEBUG UDFS"}
    assert asked_for - not_ours == {name for name, _ in settings(Interpreter())}


def test_a_workbook_says_which_xlwings_it_has() -> None:
    """By a name of the whole workbook; a sheet's own name is somebody else's."""
    book = openpyxl.Workbook()
    text = '"0.37.8"'
    for names in (book.defined_names, book.worksheets[0].defined_names):
        content = BytesIO()
        names[XLWINGS_NAME] = DefinedName(XLWINGS_NAME, attr_text=text)
        book.save(content)
        found = stored_xlwings(outline(Package(content.getvalue())))
        assert found == ("0.37.8" if names is book.defined_names else None)
        del names[XLWINGS_NAME]
