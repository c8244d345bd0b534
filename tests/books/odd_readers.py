"""Readers that do not come to their end, for the tests of reading apart: found here by name."""

import os
import time
from pathlib import Path


def whole(path: Path, _: str | None) -> bytes:
    """What the file holds."""
    return path.read_bytes()


def process(_: Path, __: str | None) -> int:
    """Who reads."""
    return os.getpid()


def died(_: Path, __: str | None) -> None:
    """End as a crash does, without a word."""
    os.abort()


def hung(_: Path, __: str | None) -> None:
    """Go on for ever."""
    while True:
        time.sleep(1)


def greedy(_: Path, __: str | None) -> int:
    """Take more and more memory."""
    held: list[bytes] = []
    while True:
        held.append(bytes(64 << 20))


def failed(_: Path, __: str | None) -> None:
    """Fail as a flaw of a reader does."""
    raise ZeroDivisionError
