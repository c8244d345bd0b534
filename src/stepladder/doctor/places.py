"""A path and a system in; the same path without a person's name, as xlwings reads it, and back."""

from collections.abc import Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Final

from stepladder.doctor.facts import Machine, System, TrustedFolder

_WINDOWS: Final = ("LOCALAPPDATA", "APPDATA", "USERPROFILE")
_MAC: Final = "HOME"
_ONEDRIVE: Final = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
VARIABLES: Final = (*_WINDOWS, _MAC, *_ONEDRIVE)
"""What of the environment is looked at here."""


def portable(place: str, system: System, variables: Mapping[str, str]) -> str:
    """Begin with %LOCALAPPDATA% or $HOME: true for every colleague, and no login is written down.

    xlwings' code in the workbook knows these, on a Mac at the beginning only.
    """
    names = {f"%{name}%": name for name in _WINDOWS} if system == "windows" else {"$HOME": _MAC}
    path = _path(place, system)
    for mark, name in names.items():
        folder = variables.get(name)
        if folder and path.is_relative_to(_path(folder, system)):
            rest = path.relative_to(_path(folder, system))
            return str(_path(mark, system) / rest)
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


def is_same(one: str, other: str, system: System) -> bool:
    """Whether two paths are one; Windows and Mac take no notice of case."""
    if system == "other":
        return one == other
    return _path(one.casefold(), system) == _path(other.casefold(), system)


def is_trusted(place: str, folders: tuple[TrustedFolder, ...], *, trusts_network: bool) -> bool:
    """Whether a workbook lies in a trusted location of Excel for Windows."""
    folder = PureWindowsPath(place).parent
    if folder.drive.startswith("\\\\") and not trusts_network:
        return False
    return any(
        folder == trusted or (one.with_subfolders and folder.is_relative_to(trusted))
        for one in folders
        for trusted in [PureWindowsPath(one.path)]
    )


def is_synchronised(place: str, machine: Machine) -> bool:
    """Whether OneDrive or SharePoint keeps the file in step with a copy elsewhere."""
    path = _path(place, machine.system)
    folders = [machine.variables[name] for name in _ONEDRIVE if machine.variables.get(name)]
    names = [part.casefold() for part in path.parent.parts]
    return any(path.is_relative_to(_path(folder, machine.system)) for folder in folders) or any(
        name.startswith(("onedrive", "sharepoint")) for name in names
    )


def _path(place: str, system: System) -> PurePath:
    return PureWindowsPath(place) if system == "windows" else PurePosixPath(place)


def _replaced(place: str, mark: str, folder: str) -> str:
    start = place.upper().find(mark)
    return place if start < 0 else f"{place[:start]}{folder}{place[start + len(mark) :]}"
