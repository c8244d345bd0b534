"""Nothing in; what is known where Excel does not run, out."""

from pathlib import Path
from typing import Final

from stepladder.books.program_place import System
from stepladder.doctor.facts import Excel, MacroSettings

SYSTEM: Final[System] = "other"


def excel() -> Excel:
    """There is none."""
    return Excel(is_installed=False)


def macro_settings() -> MacroSettings:
    """Nobody asks for them."""
    return MacroSettings()


def scripts() -> frozenset[str] | None:
    """AppleScript is the Mac's."""
    return None


def is_marked(_: Path) -> bool | None:
    """Such a system marks no downloads."""
    return None


def take_mark_off(_: Path) -> None:
    """There is none."""
