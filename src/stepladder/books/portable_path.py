"""A path and a system in; the same path without a person's name, as xlwings reads it, and back."""

from collections.abc import Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Final, Literal

System = Literal["windows", "mac", "other"]

_WINDOWS: Final = ("LOCALAPPDATA", "APPDATA", "USERPROFILE")
_MAC: Final = "HOME"
VARIABLES: Final = (*_WINDOWS, _MAC)
"""What of the environment a path may begin with."""


def portable(place: str, system: System, variables: Mapping[str, str]) -> str:
    """Begin with %LOCALAPPDATA% or $HOME: true for every colleague, and no login is written down.

    xlwings' code in the workbook knows these, on a Mac at the beginning only.
    """
    names = {f"%{name}%": name for name in _WINDOWS} if system == "windows" else {"$HOME": _MAC}
    path = path_of(place, system)
    for mark, name in names.items():
        folder = variables.get(name)
        if folder and path.is_relative_to(path_of(folder, system)):
            rest = path.relative_to(path_of(folder, system))
            return str(path_of(mark, system) / rest)
    return place


def expanded(place: str, system: System, variables: Mapping[str, str]) -> str:
    """Give the path that xlwings' code makes of what stands in the workbook."""
    if system == "windows":
        for name in _WINDOWS:
            if folder := variables.get(name):
                place = _replaced(place, f"%{name}%", folder)
        return place
    folder = variables.get(_MAC)
    is_at_home = place == "$HOME" or place.startswith("$HOME/")
    return f"{folder}{place.removeprefix('$HOME')}" if folder and is_at_home else place


def path_of(place: str, system: System) -> PurePath:
    """A path as its system reads it."""
    return PureWindowsPath(place) if system == "windows" else PurePosixPath(place)


def _replaced(place: str, mark: str, folder: str) -> str:
    start = place.upper().find(mark)
    return place if start < 0 else f"{place[:start]}{folder}{place[start + len(mark) :]}"
