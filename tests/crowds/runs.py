"""What a process of the crowd does: one change or one restore, perhaps not to its end."""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO

from tests.crowds.processes import stop_at_once

from stepladder import books
from stepladder.books.shared_file import change, restore
from stepladder.errors import StepladderError

OLD = b"old state\n" * 20_000
NEW = b"the new state\n" * 30_000
if TYPE_CHECKING:
    from _typeshed import TraceFunction

_WATCHED = (str(Path(books.__file__).parent), __file__)
_PIECE = 100_000
NOBODY = 65_534

Run = Callable[[Path], object]


def renew(book: Path) -> None:
    """Change the old state into the new one, written piece by piece."""

    def write(file: BinaryIO) -> None:
        for start in range(0, len(NEW), _PIECE):
            file.write(NEW[start : start + _PIECE])
            file.flush()

    change(book, lambda _old: write)


def bring_back(book: Path) -> None:
    """Restore the newest backup."""
    restore(book)


def stop_at_line(run: Run, book: Path, line: int) -> None:
    """Be killed before the line of Stepladder's that would be the n-th to run."""
    left = line

    def at_line(_frame: FrameType, event: str, _argument: object) -> "TraceFunction":
        nonlocal left
        if event == "line":
            if not left:
                stop_at_once()
            left -= 1
        return at_line

    def at_call(frame: FrameType, _event: str, _argument: object) -> "TraceFunction | None":
        return at_line if frame.f_code.co_filename.startswith(_WATCHED) else None

    sys.settrace(at_call)
    run(book)
    sys.settrace(None)


def lose_folder_at_line(folder: Path, line: int) -> None:
    """Change a file, and lose the right to write to its folder before the line n-th to run.

    What Stepladder says of it stands in a file `told` afterwards; exit code 0 without it means that
    the change had come to its end.
    """
    # Python loads what reads times when it is first asked, and a stranger may not.
    datetime.strptime("2026", "%Y").astimezone()
    if not os.geteuid():
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    book = folder / "cohort.xlsm"
    book.write_bytes(b"old")
    own = folder / "own"
    own.mkdir()
    book = book.rename(own / "cohort.xlsm")
    left = line
    lost = False

    def at_line(_frame: FrameType, event: str, _argument: object) -> "TraceFunction":
        nonlocal left, lost
        if event == "line":
            if not left:
                own.chmod(0o500)
                lost = True
            left -= 1
        return at_line

    def at_call(frame: FrameType, _event: str, _argument: object) -> "TraceFunction | None":
        return at_line if frame.f_code.co_filename.startswith(_WATCHED[0]) else None

    told = ""
    sys.settrace(at_call)
    try:
        change(book, lambda _old: b"new")
    except StepladderError as error:
        told = error.message
    sys.settrace(None)
    own.chmod(0o700)
    if lost:
        (folder / "told").write_text(told or "Done.", "utf-8")
    sys.exit(1 if told else 0)


def wait_and_run(run: Run, book: Path, start: Barrier) -> None:
    """Run when the others are ready, too."""
    start.wait()
    run(book)


def add_line(book: Path, line: bytes, start: Barrier) -> None:
    """Add a line at the same time as others do; the pause lets runs without a turn collide."""

    def added(content: bytes) -> bytes:
        time.sleep(0.002)
        return content + line

    start.wait()
    change(book, added)
