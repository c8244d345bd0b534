"""Each button of the built workbook in; the exact command that it starts, out."""

import re
from pathlib import Path

import pytest
import xlwings
from tests.macros.excel import MAC, WINDOWS, pressed
from tests.macros.project import addin_modules, macros, workbook_modules

from stepladder import shipped
from stepladder.books.interpreter import ADDIN_SHEET, Interpreter
from stepladder.template import configuration, write_workbook

BUTTONS = {
    "RefreshAll": "refresh",
    "RefreshSelected": "refresh_selected",
    "CheckOnly": "check",
    "OpenHelp": "help_page",
}
"""What can be pressed, and the function of stepladder.addin behind it."""

BY_RIBBON = {f"Ribbon{name}": function for name, function in BUTTONS.items()}
NAME = "My Book (1) ü.xlsm"
ANN = Interpreter(
    windows=r"C:\Users\Ann Ö\env\Scripts\python.exe", mac="/Volumes/Ann/env/bin/python"
)
_LOG = re.compile(r"xlwings-[0-9A-F-]{36}\.log")


def with_settings(folder: Path, interpreter: Interpreter) -> Path:
    """A workbook with the hidden sheet that `stepladder new` writes."""
    book = folder / NAME
    write_workbook(
        book,
        [configuration("xlwings.conf", interpreter, is_hidden=False)],
        macros(workbook_modules(), sheets=1),
    )
    return book


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook that knows Ann's Python on both systems."""
    return with_settings(tmp_path_factory.mktemp("book"), ANN)


@pytest.mark.parametrize(("macro", "function"), [*BUTTONS.items(), *BY_RIBBON.items()])
def test_on_windows_a_button_starts_the_named_python(book: Path, macro: str, function: str) -> None:
    """Its folder first, then the workbook's name; never the workbook's folder to import from."""
    started = pressed(book, workbook_modules(), macro, WINDOWS, {"Temp": r"C:\Temp"})
    ((command,),) = started.commands
    assert started.messages == []
    assert _LOG.sub("LOG", command) == (
        r'cmd.exe /C C: & cd "C:\Users\Ann Ö\env\Scripts" & '
        r'"C:\Users\Ann Ö\env\Scripts\python.exe" -B -c '
        '"import xlwings.utils;xlwings.utils.prepare_sys_path('
        rf"\"False;{book};{book};;;;\"); "
        f'import stepladder.addin; stepladder.addin.{function}()"  '
        f'--wb="{NAME}" --from_xl=1 '
        r'--app="C:\Program Files\Microsoft Office\root\Office16\Microsoft Excel" --hwnd="4711" '
        r'2> "C:\Temp\LOG" '
    )


@pytest.mark.parametrize(("macro", "function"), [*BUTTONS.items(), *BY_RIBBON.items()])
def test_on_a_mac_a_button_starts_the_named_python(book: Path, macro: str, function: str) -> None:
    """AppleScript gets the same command, with the name of the installed xlwings' script."""
    started = pressed(book, workbook_modules(), macro, MAC, {"HOME": "/Volumes/Ann"})
    assert started.messages == []
    ((script, handler, parameters),) = started.commands
    assert (script, handler) == (f"xlwings-{xlwings.__version__}.applescript", "VbaHandler")
    assert parameters == (
        f"False;{book};{book};;;;;|/Volumes/Ann/env/bin/python|"
        f"import stepladder.addin; stepladder.addin.{function}()|{NAME}|"
        "/Applications/Microsoft Excel.app/Contents/M|/Volumes/Ann/xlwings.log"
    )


@pytest.mark.parametrize("system", [WINDOWS, MAC])
@pytest.mark.parametrize("macro", BUTTONS)
def test_a_workbook_without_an_interpreter_starts_nothing(
    tmp_path: Path, macro: str, system: str
) -> None:
    """As it is shipped: no other Python is taken instead, and a sentence says what to do."""
    book = with_settings(tmp_path, Interpreter())
    started = pressed(book, workbook_modules(), macro, system)
    assert started.commands == []
    (message,) = started.messages
    assert message.endswith(f'stepladder doctor "{NAME}" --fix')


def test_the_addin_reads_its_own_settings_and_names_the_workbook_in_front(tmp_path: Path) -> None:
    """The add-in: its sheet has a name that no other workbook's xlwings settings have."""
    book = tmp_path / "roster.xlsx"
    write_workbook(book, [configuration(ADDIN_SHEET, ANN, is_hidden=False)])
    started = pressed(book, addin_modules(), "RibbonRefreshAll", WINDOWS)
    ((command,),) = started.commands
    assert '--wb="roster.xlsx"' in command
    assert "python.exe" in command


def test_every_button_stands_in_the_list_of_macros() -> None:
    """Alt+F8: Subs without parameters, and for the ribbon one each that takes its control."""
    source = (shipped.macros() / "Buttons.bas").read_text("utf-8")
    subs = re.findall(r"^Public Sub (\w+)\((.*)\)$", source, re.MULTILINE)
    assert [name for name, parameters in subs if not parameters] == [*BUTTONS]
    assert [name for name, parameters in subs if parameters] == [*BY_RIBBON]
