"""A path and a system in; whether it is another's, trusted, or kept by OneDrive, out."""

from pathlib import PureWindowsPath
from typing import Final

from stepladder.books.program_place import MAC_VARIABLE, WINDOWS_VARIABLES, System, system_path
from stepladder.doctor.facts import Machine, TrustedFolder

_ONEDRIVE: Final = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
VARIABLES: Final = (*WINDOWS_VARIABLES, MAC_VARIABLE, *_ONEDRIVE)
"""What of the environment is looked at here."""


def is_same(one: str, other: str, system: System) -> bool:
    """Whether two paths are one; Windows and Mac take no notice of case."""
    if system == "other":
        return one == other
    return system_path(one.casefold(), system) == system_path(other.casefold(), system)


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
    path = system_path(place, machine.system)
    named = (machine.variables.get(name) for name in _ONEDRIVE)
    folders = [system_path(folder, machine.system) for folder in named if folder]
    names = [part.casefold() for part in path.parent.parts]
    return any(path.is_relative_to(folder) for folder in folders) or any(
        name.startswith(("onedrive", "sharepoint")) for name in names
    )
