"""Each button of the built workbook in; the exact command that it starts, out."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import xlwings
from tests.macros.excel import MAC, WINDOWS, Started, pressed
from tests.macros.project import addin_modules, macros, workbook_modules

from stepladder import shipped
from stepladder.books.interpreter import Interpreter
from stepladder.books.program_place import ADDIN_SHEET, WORKBOOK_SHEET
from stepladder.new import ADDIN
from stepladder.template.configuration import configuration
from stepladder.template.page import Page
from stepladder.template.workbook import write_workbook

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
    code = macros(workbook_modules(), sheets=1)
    page = configuration(WORKBOOK_SHEET, interpreter, code.xlwings, is_hidden=False)
    write_workbook(book, [page], code)
    return book


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook that knows Ann's Python on both systems."""
    return with_settings(tmp_path_factory.mktemp("book"), ANN)


@pytest.mark.parametrize(("macro", "function"), [*BUTTONS.items(), *BY_RIBBON.items()])
def test_on_windows_a_button_starts_the_named_python(book: Path, macro: str, function: str) -> None:
    """Its folder first, then the workbook's name; never the workbook's folder to import from."""
    started = pressed(book, workbook_modules(), macro, WINDOWS, {"TEMP": r"C:\Temp"})
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
    assert started.status.endswith(f'stepladder doctor "{NAME}" --fix')
    ((script, handler, parameters),) = started.commands
    assert (script, handler) == (f"xlwings-{xlwings.__version__}.applescript", "VbaHandler")
    assert parameters == (
        f"False;{book};{book};;;;;|/Volumes/Ann/env/bin/python|"
        f"import stepladder.addin; stepladder.addin.{function}()|{NAME}|"
        "/Applications/Microsoft Excel.app/Contents/M|/Volumes/Ann/xlwings.log"
    )


@pytest.mark.parametrize(("macro", "function"), BUTTONS.items())
def test_the_shell_of_a_mac_hands_python_its_arguments(
    book: Path, tmp_path: Path, macro: str, function: str
) -> None:
    """The AppleScript makes one line of it; a shell takes that apart as it was meant."""
    started = pressed(book, workbook_modules(), macro, MAC, {"HOME": "/Volumes/Ann"})
    ((_, _, parameters),) = started.commands
    line = shell_line(parameters)
    code = (
        f"import xlwings.utils;xlwings.utils.prepare_sys_path('False;{book};{book};;;;;');"
        f"import stepladder.addin; stepladder.addin.{function}() "
    )
    application = "/Applications/Microsoft Excel.app/Contents/M"
    assert line == (
        f'/Volumes/Ann/env/bin/python -B -u -W ignore -c "{code}" "--wb={NAME}" "--from_xl=1" '
        f'"--app={application}" > /dev/null 2>"/Volumes/Ann/xlwings.log" & '
    )
    said = tmp_path / "said"
    told = line.replace("/Volumes/Ann/env/bin/python", r"printf '%s\n'")
    told = told.replace("/dev/null", f'"{said}"').replace("/Volumes/Ann/xlwings.log", "/dev/null")
    subprocess.run(["sh", "-c", f"{told}wait"], check=True)
    assert said.read_text("utf-8").splitlines() == [
        *("-B", "-u", "-W", "ignore", "-c", code),
        *(f"--wb={NAME}", "--from_xl=1", f"--app={application}"),
    ]


def shell_line(parameters: str) -> str:
    """What xlwings' AppleScript hands to the shell, given what Excel hands to it."""
    folder = Path(xlwings.__file__).parent
    script = (folder / f"xlwings-{xlwings.__version__}.applescript").read_text("utf-8")
    names, expression = re.findall(
        r"set \{(.*?)\} to SplitString.*?set ShellCommand to (.*?)\n\ttry", script, re.DOTALL
    )[0]
    values = dict(zip(names.split(", "), parameters.split("|"), strict=True))
    terms = re.findall(r'"((?:[^"\\]|\\.)*)"|(\w+)', expression)
    return "".join(values[name] if name else re.sub(r"\\(.)", r"\1", text) for text, name in terms)


@pytest.mark.parametrize("system", [WINDOWS, MAC])
@pytest.mark.parametrize("macro", BUTTONS)
def test_a_workbook_without_an_interpreter_starts_nothing(
    tmp_path: Path, macro: str, system: str
) -> None:
    """As it is shipped: no other Python is taken instead, and a sentence says what to do."""
    started = pressed(with_settings(tmp_path, Interpreter()), workbook_modules(), macro, system)
    assert told(started, NAME)
    assert "does not know yet where Stepladder is" in started.messages[0]


@pytest.mark.parametrize("system", [WINDOWS, MAC])
def test_a_workbook_without_its_hidden_sheet_starts_nothing(tmp_path: Path, system: str) -> None:
    """Nor is a settings file beside it, or in somebody's home, asked for a Python."""
    book = tmp_path / NAME
    write_workbook(book, [Page("Other", (), lambda _book, _drawn: None)])
    assert told(pressed(book, workbook_modules(), "RefreshAll", system), NAME)


def test_a_python_that_is_gone_is_told_with_its_place(tmp_path: Path) -> None:
    """Windows; what stands for a colleague's own folder is written out."""
    book = with_settings(tmp_path, Interpreter(windows=r"%LOCALAPPDATA%\gone\py.exe"))
    environment = {"LOCALAPPDATA": r"C:\Users\Ann"}
    started = pressed(book, workbook_modules(), "RefreshAll", WINDOWS, environment)
    assert told(started, NAME)
    assert r"not on this computer: C:\Users\Ann\gone\py.exe" in started.messages[0]


def test_a_python_that_fails_is_told_after_its_own_words(book: Path) -> None:
    """Windows: a box with what Python said, from xlwings, then one with what to do."""
    started = pressed(book, workbook_modules(), "RefreshAll", WINDOWS, exit_code=1)
    assert len(started.commands) == 1
    said, ours = started.messages
    assert said.startswith("Traceback")
    assert ours.startswith(f"Stepladder could not be started from {NAME}")
    assert ours.endswith(f'stepladder doctor "{NAME}" --fix')


@pytest.mark.parametrize(
    ("system", "name", "is_refused"),
    [
        (WINDOWS, "a;b.xlsm", True),
        (WINDOWS, "a & b $c 100% (1) 'ü'.xlsm", False),
        (MAC, "a & b 100% (1) 'ü'.xlsm", False),
        *((MAC, f"a{sign}b.xlsm", True) for sign in ';|$`\\"'),
    ],
)
def test_a_name_that_a_shell_would_read_is_refused(
    tmp_path: Path, book: Path, system: str, name: str, *, is_refused: bool
) -> None:
    """A workbook in a mail may be called anything; nothing in its name is ever run."""
    if os.name == "nt" and is_refused and system == MAC:
        pytest.skip("Windows takes no such name")
    named = Path(shutil.copy(book, tmp_path / name))
    started = pressed(named, workbook_modules(), "RefreshAll", system)
    assert len(started.commands) == (0 if is_refused else 1)
    assert [text.endswith("so nothing was started. Rename it.") for text in started.messages] == (
        [True] if is_refused else []
    )


def told(started: Started, name: str) -> bool:
    """Whether nothing was started, and one box names the workbook and what to do."""
    (message,) = started.messages
    instead = f'stepladder doctor "{name}" --fix'
    return not started.commands and f"of {name} " in message and message.endswith(instead)


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The add-in on Ann's computers."""
    path = tmp_path_factory.mktemp("addin") / "stepladder.xlam"
    code = macros(addin_modules(), sheets=1)
    page = configuration(ADDIN_SHEET, ANN, code.xlwings, is_hidden=False)
    write_workbook(path, [page], code)
    return path


def in_front(folder: Path, *sheets: str) -> Path:
    """An office's workbook, which has no macros."""
    book = folder / "roster.xlsx"
    write_workbook(book, [Page(name, (), lambda _book, _drawn: None) for name in sheets])
    return book


@pytest.mark.parametrize(
    ("macro", "function", "sheet"),
    [
        *((*button, "Roster") for button in BY_RIBBON.items()),
        ("RibbonRefreshAll", "refresh", WORKBOOK_SHEET),
    ],
)
def test_the_addin_starts_its_own_python_for_the_workbook_in_front(
    tmp_path: Path, addin: Path, macro: str, function: str, sheet: str
) -> None:
    """Whether that has settings for xlwings or not: they are somebody else's."""
    roster = in_front(tmp_path, sheet)
    started = pressed(addin, addin_modules(), macro, WINDOWS, in_front=roster)
    ((command,),) = started.commands
    assert f'{ANN.windows}" -B -c ' in command
    assert f"False;{roster};{addin};;;;" in command
    assert f'stepladder.addin.{function}()"  --wb="roster.xlsx"' in command
    started = pressed(addin, addin_modules(), macro, MAC, in_front=roster)
    ((_, _, parameters),) = started.commands
    _, python, code, name, *_ = parameters.split("|")
    assert (python, name) == (ANN.mac, "roster.xlsx")
    assert code.endswith(f"stepladder.addin.{function}()")


@pytest.mark.parametrize("system", [WINDOWS, MAC])
def test_the_addin_takes_no_python_from_the_workbook_in_front(
    tmp_path: Path, addin: Path, system: str
) -> None:
    """A workbook without macros must not be able to name a program; xlwings would let it."""
    roster = in_front(tmp_path, "Roster", "Stepladder.conf")
    started = pressed(addin, addin_modules(), "RibbonRefreshAll", system, in_front=roster)
    assert started.commands == []
    (message,) = started.messages
    assert message.startswith("roster.xlsx holds a sheet stepladder.conf")


@pytest.mark.parametrize("system", [WINDOWS, MAC])
def test_the_addin_as_it_is_shipped_starts_nothing(tmp_path: Path, system: str) -> None:
    """It names itself: its own settings are to be written, not those of the workbook in front."""
    addin = shipped.workbooks() / ADDIN
    roster = in_front(tmp_path, "Roster")
    started = pressed(addin, addin_modules(), "RibbonCheckOnly", system, in_front=roster)
    assert told(started, ADDIN)


@pytest.mark.parametrize("system", [WINDOWS, MAC])
def test_the_addin_without_a_workbook_says_so(addin: Path, system: str) -> None:
    """Its tab is there all the time, with a workbook in Protected View too."""
    started = pressed(addin, addin_modules(), "RibbonRefreshAll", system)
    assert started.commands == []
    assert started.messages[0].startswith("No workbook is in front that this button could work on.")


def test_every_button_stands_in_the_list_of_macros() -> None:
    """Alt+F8: Subs without parameters, and for the ribbon one each that takes its control."""
    source = (shipped.macros() / "Buttons.bas").read_text("utf-8")
    subs = re.findall(r"^Public Sub (\w+)\((.*)\)$", source, re.MULTILINE)
    assert [name for name, parameters in subs if not parameters] == [*BUTTONS]
    assert [name for name, parameters in subs if parameters] == [*BY_RIBBON]
