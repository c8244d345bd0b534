"""Paths in a workbook: true for every colleague, and read as xlwings' code reads them."""

import pytest
from tests.doctor.made import MAC, MAC_HOME, WINDOWS

from stepladder.books.program_place import expanded, portable
from stepladder.doctor.facts import Machine, TrustedFolder
from stepladder.doctor.places import is_same, is_synchronised, is_trusted

LOCAL = r"C:\Users\ann\AppData\Local"


@pytest.mark.parametrize(
    ("machine", "place", "written"),
    [
        (WINDOWS, rf"{LOCAL}\Stepladder\python.exe", r"%LOCALAPPDATA%\Stepladder\python.exe"),
        (WINDOWS, r"c:\users\ANN\py\python.exe", r"%USERPROFILE%\py\python.exe"),
        (WINDOWS, r"C:\Users\anna\python.exe", r"C:\Users\anna\python.exe"),
        (WINDOWS, r"D:\Python\python.exe", r"D:\Python\python.exe"),
        (MAC, f"{MAC_HOME}/.venv/bin/python", "$HOME/.venv/bin/python"),
        (MAC, f"{MAC_HOME}a/bin/python", f"{MAC_HOME}a/bin/python"),
        (MAC, "/Library/Python/bin/python3", "/Library/Python/bin/python3"),
    ],
)
def test_a_path_is_written_without_a_login(machine: Machine, place: str, written: str) -> None:
    """What lies in a person's own folder begins with the folder's variable; and it leads back."""
    assert portable(place, machine.system, machine.variables) == written
    back = expanded(written, machine.system, machine.variables)
    assert is_same(back, place, machine.system)


def test_a_variable_is_read_whatever_its_case() -> None:
    """Windows takes no notice of it; what is not set stays as it is."""
    assert expanded(r"%LocalAppData%\x", "windows", WINDOWS.variables) == rf"{LOCAL}\x"
    assert expanded("%LOCALAPPDATA%", "windows", {}) == "%LOCALAPPDATA%"
    assert expanded("$HOMES/x", "mac", MAC.variables) == "$HOMES/x"


@pytest.mark.parametrize(
    ("folder", "with_subfolders", "trusts_network", "trusted"),
    [
        (r"D:\Office", False, False, True),
        ("d:\\OFFICE\\", False, False, True),
        (r"D:\\", False, False, False),
        (r"D:\\", True, False, True),
        (r"D:\Off", True, False, False),
        (r"\\server\share", True, True, False),
    ],
)
def test_a_trusted_location_holds_its_workbooks(
    folder: str, *, with_subfolders: bool, trusts_network: bool, trusted: bool
) -> None:
    """The folder itself; those below it where that is set; names in any case."""
    folders = (TrustedFolder(folder, with_subfolders),)
    place = r"D:\Office\cohort.xlsm"
    assert is_trusted(place, folders, trusts_network=trusts_network) is trusted


def test_a_network_folder_is_trusted_only_where_that_is_allowed() -> None:
    """Excel asks for two settings there."""
    folders = (TrustedFolder(r"\\server\share", with_subfolders=True),)
    place = r"\\server\share\pmr\cohort.xlsm"
    assert is_trusted(place, folders, trusts_network=True)
    assert not is_trusted(place, folders, trusts_network=False)


@pytest.mark.parametrize(
    ("machine", "place", "synchronised"),
    [
        (WINDOWS, r"C:\Users\ann\Sky\a.xlsm", True),
        (WINDOWS, r"C:\Users\ann\OneDrive - Office\a.xlsm", True),
        (WINDOWS, r"C:\Users\ann\SharePoint\a.xlsm", True),
        (WINDOWS, r"C:\Users\ann\OneDrive.xlsm", False),
        (MAC, f"{MAC_HOME}/Library/CloudStorage/OneDrive-Office/a.xlsm", True),
        (MAC, f"{MAC_HOME}/Documents/a.xlsm", False),
    ],
)
def test_onedrive_is_known_by_its_folders(
    machine: Machine, place: str, *, synchronised: bool
) -> None:
    """By its variable, or by the name of a folder above the file."""
    assert is_synchronised(place, machine) is synchronised
