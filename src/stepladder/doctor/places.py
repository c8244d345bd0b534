"""A path on a machine in; whether Excel trusts it, or OneDrive keeps it in step, out."""

from pathlib import PureWindowsPath
from typing import Final

from stepladder.books.portable_path import VARIABLES as OF_PATHS
from stepladder.books.portable_path import System, path_of
from stepladder.doctor.facts import Machine, TrustedFolder

_ONEDRIVE: Final = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
VARIABLES: Final = (*OF_PATHS, *_ONEDRIVE)
"""What of the environment is looked at here."""


def is_same(one: str, other: str, system: System) -> bool:
    """Whether two paths are one; Windows and Mac take no notice of case."""
    if system == "other":
        return one == other
    return path_of(one.casefold(), system) == path_of(other.casefold(), system)


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
    path = path_of(place, machine.system)
    folders = [machine.variables[name] for name in _ONEDRIVE if machine.variables.get(name)]
    names = [part.casefold() for part in path.parent.parts]
    return any(path.is_relative_to(path_of(folder, machine.system)) for folder in folders) or any(
        name.startswith(("onedrive", "sharepoint")) for name in names
    )
