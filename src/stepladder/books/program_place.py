"""A program's path in; the same path as a workbook names it, without a login, out, and back.

xlwings' code in the workbook knows a few variables: on Windows those of the environment, on a Mac
a few folders at the beginning of a path.
"""

from collections.abc import Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Final, Literal

System = Literal["windows", "mac", "other"]
"""Where Excel runs; "other" is every system on which it does not."""

WORKBOOK_SHEET: Final = "xlwings.conf"
"""The hidden sheet on which xlwings' code in a workbook looks the program up."""
ADDIN_SHEET: Final = "stepladder.conf"
"""The add-in has a name of its own: it works on workbooks that may have an xlwings.conf, too."""

WINDOWS_VARIABLES: Final = ("LOCALAPPDATA", "APPDATA", "USERPROFILE")
MAC_VARIABLE: Final = "HOME"


def system_of(platform: str) -> System:
    """Which of them a value of sys.platform stands for."""
    known: dict[str, System] = {"win32": "windows", "darwin": "mac"}
    return known.get(platform, "other")


def portable(place: str, system: System, variables: Mapping[str, str]) -> str:
    """Begin with %LOCALAPPDATA% or $HOME: true for every colleague, no login is written down."""
    names = (
        {f"%{name}%": name for name in WINDOWS_VARIABLES}
        if system == "windows"
        else {"$HOME": MAC_VARIABLE}
    )
    path = system_path(place, system)
    for mark, name in names.items():
        folder = variables.get(name)
        if folder and path.is_relative_to(system_path(folder, system)):
            rest = path.relative_to(system_path(folder, system))
            return str(system_path(mark, system) / rest)
    return place


def expanded(place: str, system: System, variables: Mapping[str, str]) -> str:
    """Give the path that xlwings' code makes of what stands in the workbook."""
    if system == "windows":
        for name in WINDOWS_VARIABLES:
            if folder := variables.get(name):
                place = _replaced(place, f"%{name}%", folder)
        return place
    folder = variables.get(MAC_VARIABLE)
    is_at_home = place == "$HOME" or place.startswith("$HOME/")
    return f"{folder}{place.removeprefix('$HOME')}" if folder and is_at_home else place


def system_path(place: str, system: System) -> PurePath:
    """A path of that system, whichever system this is."""
    return PureWindowsPath(place) if system == "windows" else PurePosixPath(place)


def _replaced(place: str, mark: str, folder: str) -> str:
    start = place.upper().find(mark)
    return place if start < 0 else f"{place[:start]}{folder}{place[start + len(mark) :]}"
