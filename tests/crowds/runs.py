"""What a process of the crowd does: one change or one restore, perhaps not to its end."""

import sys
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO

from tests.crowds.processes import stop_at_once

from stepladder import books
from stepladder.books.shared_file import change, restore

OLD = b"old state\n" * 20_000
NEW = b"the new state\n" * 30_000
if TYPE_CHECKING:
    from _typeshed import TraceFunction

_WATCHED = (str(Path(books.__file__).parent), __file__)
_PIECE = 100_000

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
