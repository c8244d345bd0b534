"""Which Python a workbook's button starts: the hidden sheet in, that Python out, and the reverse.

xlwings' code in the workbook reads names in column A and values in column B, down to the first
empty name. A name that is there wins over an advisor's own xlwings settings, even with no value.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stepladder.books.edits import CellsEdit
from stepladder.books.outline import Outline, Tab
from stepladder.books.program_place import ADDIN_SHEET, WORKBOOK_SHEET, System, portable, system_of
from stepladder.books.stored_values import stored_cells

XLWINGS_NAME: Final = "Stepladder_xlwings"
"""The workbook's name whose text is the version of the xlwings in its macros."""

_WINDOWS: Final = "INTERPRETER_WIN"
_MAC: Final = "INTERPRETER_MAC"
_PATH: Final = "PYTHONPATH"
_ISOLATION: Final = (
    # Python files beside the workbook are not ours to import, and the place of a workbook in
    # OneDrive is a URL, over which xlwings would stumble.
    ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
    # An advisor's own settings for other workbooks.
    ("USE UDF SERVER", "0"),
    ("SHOW CONSOLE", "0"),
    ("CONDA PATH", ""),
    ("CONDA ENV", ""),
    # All else that xlwings would look up in a settings file beside the workbook, and put into the
    # command: whoever can lay a file there could choose what is started.
    ("TEMP DIR", "%TEMP%"),
    ("SHOW_ERROR_POPUPS", "True"),
    ("LICENSE_KEY", ""),
    *(
        (f"{place}_{system}", "")
        for system in ("WIN", "MAC")
        for place in ("ONEDRIVE_CONSUMER", "ONEDRIVE_COMMERCIAL", "SHAREPOINT")
    ),
)
_MOST_ROWS: Final = 100


@dataclass(frozen=True)
class Interpreter:
    """The Python with Stepladder in it, by system; "" where none is known.

    windows, mac  the full path of the program
    path          what is put before its own search path, folders joined by ";"
    """

    windows: str = ""
    mac: str = ""
    path: str = ""


def named(place: str, system: System, variables: Mapping[str, str]) -> Interpreter:
    """A Python on a system, as a workbook that is shared names it.

    Excel runs on Windows and Macs alone, so a Python on any other system is named nowhere: in the
    Macs' place it would be a path that no Mac has, and no button could say so.
    """
    written = portable(place, system, variables)
    return Interpreter(
        windows=written if system == "windows" else "", mac=written if system == "mac" else ""
    )


def running() -> Interpreter:
    """The Python that runs now."""
    return named(sys.executable, system_of(sys.platform), os.environ)


def settings(interpreter: Interpreter) -> tuple[tuple[str, str], ...]:
    """Each name of the sheet with its value, from the first row on."""
    return (
        (_WINDOWS, interpreter.windows),
        (_MAC, interpreter.mac),
        (_PATH, interpreter.path),
        *_ISOLATION,
    )


def stored_interpreter(outline: Outline) -> Interpreter | None:
    """What the sheet of a saved workbook or add-in says; None where there is no such sheet."""
    tab = _tab(outline)
    if tab is None:
        return None
    places = _places(outline, tab)
    values = stored_cells(outline, tab, [*places.values()])
    windows, mac, path = (
        values[places[name]].text or "" if name in places else ""
        for name in (_WINDOWS, _MAC, _PATH)
    )
    return Interpreter(windows, mac, path)


def stored_xlwings(outline: Outline) -> str | None:
    """The version of the xlwings in the macros; None where the workbook does not say."""
    return next(
        (
            name.text.removeprefix("=").strip('"')
            for name in outline.names
            if name.name.casefold() == XLWINGS_NAME.casefold() and name.tab is None
        ),
        None,
    )


def interpreter_edit(outline: Outline, interpreter: Interpreter) -> CellsEdit | None:
    """What lets the button start this Python; the other system's stays, a search path does not.

    None where there is no such sheet, or one whose names somebody took out: then nothing of ours
    starts from that workbook.
    """
    tab = _tab(outline)
    if tab is None:
        return None
    places = _places(outline, tab)
    wanted = {_WINDOWS: interpreter.windows, _MAC: interpreter.mac}
    changed: dict[str, str | None] = {name: value for name, value in wanted.items() if value}
    changed[_PATH] = interpreter.path or None
    if not places.keys() >= changed.keys():
        return None
    return CellsEdit(tab.name, {places[name]: value for name, value in changed.items()})


def _tab(outline: Outline) -> Tab | None:
    names = {WORKBOOK_SHEET, ADDIN_SHEET}
    return next((tab for tab in outline.sheets if tab.name.casefold() in names), None)


def _places(outline: Outline, tab: Tab) -> dict[str, str]:
    """The address of each name's value."""
    names = stored_cells(outline, tab, [f"A{row}" for row in range(1, _MOST_ROWS + 1)])
    places: dict[str, str] = {}
    for address, name in names.items():
        if not name.text:
            break
        places[name.text.strip().upper()] = f"B{address[1:]}"
    return places
