"""The hidden sheet of a saved workbook in; which Python its button starts, out."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.books.interpreter import (
    ADDIN_SHEET,
    WORKBOOK_SHEET,
    Interpreter,
    interpreter_edit,
    running,
    settings,
    stored_interpreter,
)
from stepladder.books.outline import Outline, outline
from stepladder.books.package import Package
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


def test_the_python_that_runs_is_the_one_of_its_system() -> None:
    """sys.executable: on Windows for Windows, everywhere else for Macs."""
    place = str(Path("/env/bin/python"))
    assert running(place, "win32") == Interpreter(windows=place)
    assert running(place, "darwin") == Interpreter(mac=place)
    assert running(place, "linux") == Interpreter(mac=place)
