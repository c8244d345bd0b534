"""Nothing in; what a Mac tells of Excel and of downloaded files, out.

Written from the documentation of macOS and xlwings, not yet run on a Mac: the checks of what is
told here are tested on tables of facts.
"""

import subprocess
from pathlib import Path
from typing import Final

from stepladder.books.program_place import System
from stepladder.doctor.facts import Excel, MacroSettings

SYSTEM: Final[System] = "mac"
_SECONDS: Final = 10
_APP: Final = "Microsoft Excel.app"
_QUARANTINE: Final = "com.apple.quarantine"
_XATTR: Final = "/usr/bin/xattr"


def excel() -> Excel:
    """Excel by its application bundle; every one since 2016 has 64 bits."""
    folders = (Path("/Applications"), Path.home() / "Applications")
    if not any((folder / _APP).exists() for folder in folders):
        return Excel(is_installed=False)
    running = _said("/usr/bin/pgrep", "-x", "Microsoft Excel")
    return Excel(is_installed=True, bits=64, is_running=None if running is None else bool(running))


def macro_settings() -> MacroSettings:
    """Excel for Mac keeps them to itself."""
    return MacroSettings()


def scripts() -> frozenset[str]:
    """The files in the one folder from which Excel may run AppleScript."""
    try:
        return frozenset(path.name for path in scripts_folder().iterdir())
    except OSError:
        return frozenset()


def scripts_folder() -> Path:
    """Where xlwings' AppleScript file belongs."""
    return Path.home() / "Library" / "Application Scripts" / "com.microsoft.Excel"


def is_marked(path: Path) -> bool | None:
    """Whether a file bears the mark of a download."""
    names = _said(_XATTR, str(path))
    return None if names is None else _QUARANTINE in names.split()


def take_mark_off(path: Path) -> None:
    """Remove the mark of a download from one file. Raises OSError."""
    if is_marked(path) and _said(_XATTR, "-d", _QUARANTINE, str(path)) is None:
        raise PermissionError(f"{_XATTR} does not run")


def _said(*command: str) -> str | None:
    """What a program of the system prints; None if it is not there or does not end."""
    try:
        return subprocess.run(  # noqa: S603 - two programs of macOS, and a file that was asked for
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
