"""Nothing in; what Windows tells of Excel and of downloaded files, out.

Written from the documentation of Windows and Office, not yet run on Windows: the checks of what is
told here are tested on tables of facts, and bytes of programs and marks in formats.py.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from stepladder.books.program_place import System
from stepladder.doctor.facts import Excel, MacroSettings, TrustedFolder
from stepladder.doctor.formats import is_from_internet, program_bits

assert sys.platform == "win32"  # noqa: S101 - by this the type checker knows the registry

import winreg  # noqa: E402 - there is none elsewhere

SYSTEM: Final[System] = "windows"
_SECONDS: Final = 10
_SECURITY: Final = r"Software\Microsoft\Office\16.0\Excel\Security"
_POLICY: Final = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
# What an administrator has set comes first.
_LOCATIONS: Final = (rf"{_POLICY}\Trusted Locations", rf"{_SECURITY}\Trusted Locations")
_APP_PATH: Final = r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_TASKS: Final = ("tasklist", "/FI", "IMAGENAME eq EXCEL.EXE", "/NH")
_PROGRAM_START: Final = 4096


def excel() -> Excel:
    """Excel by the registry, its bitness by its program, whether it runs by the list of tasks."""
    roots = (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE)
    found = next((path for root in roots if (path := _text(root, _APP_PATH, ""))), None)
    if found is None:
        return Excel(is_installed=False)
    bits = None
    with suppress(OSError), Path(os.path.expandvars(found).strip('"')).open("rb") as file:
        bits = program_bits(file.read(_PROGRAM_START))
    return Excel(is_installed=True, bits=bits, is_running=_is_running())


def macro_settings() -> MacroSettings:
    """Excel's own settings; what an administrator has set wins."""
    return MacroSettings(
        level=_first((_POLICY, _SECURITY), "VBAWarnings"),
        trusted=() if _first(_LOCATIONS, "AllLocationsDisabled") == 1 else tuple(_trusted()),
        trusts_network=_first(_LOCATIONS, "AllowNetworkLocations") == 1,
    )


def scripts() -> frozenset[str] | None:
    """AppleScript is the Mac's."""
    return None


def is_marked(path: Path) -> bool | None:
    """Whether a file bears the Mark of the Web; None where its disk cannot tell."""
    try:
        return is_from_internet(_mark(path).read_bytes())
    except FileNotFoundError:
        return False
    except OSError:
        return None


def take_mark_off(path: Path) -> None:
    """Remove the Mark of the Web from one file. Raises OSError."""
    _mark(path).unlink(missing_ok=True)


def _mark(path: Path) -> Path:
    return Path(f"{path}:Zone.Identifier")


def _trusted() -> Iterator[TrustedFolder]:
    for locations in _LOCATIONS:
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, locations) as key:
            for position in range(winreg.QueryInfoKey(key)[0]):
                name = rf"{locations}\{winreg.EnumKey(key, position)}"
                if path := _text(winreg.HKEY_CURRENT_USER, name, "Path"):
                    with_subfolders = _number(name, "AllowSubfolders") == 1
                    yield TrustedFolder(os.path.expandvars(path), with_subfolders)


def _first(keys: Iterable[str], name: str) -> int | None:
    numbers = (_number(key, name) for key in keys)
    return next((number for number in numbers if number is not None), None)


def _is_running() -> bool | None:
    try:
        done = subprocess.run(  # noqa: S603 - no word of it comes from outside
            _TASKS, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return "EXCEL.EXE" in done.stdout.upper()


def _text(root: int, key: str, name: str) -> str | None:
    value = _value(root, key, name)
    return value if isinstance(value, str) else None


def _number(key: str, name: str) -> int | None:
    value = _value(winreg.HKEY_CURRENT_USER, key, name)
    return value if isinstance(value, int) else None


def _value(root: int, key: str, name: str) -> object:
    try:
        with winreg.OpenKey(root, key) as opened:
            value: object = winreg.QueryValueEx(opened, name)[0]
            return value
    except OSError:
        return None
