"""A run killed at a line or at a moment; what was wrong with the files after it out."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.crowds.processes import KILLED, crowd, ended
from tests.crowds.runs import NEW, OLD, Run, bring_back, renew, stop_at_line, wait_and_run

from stepladder.books.backups import FOLDER, backups
from stepladder.books.shared_file import change

RUNS: dict[str, Run] = {"change": renew, "restore": bring_back}


@dataclass
class Kills:
    """What a series of kills has left: how often the old and the new state, and every fault."""

    states: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many runs were killed."""
        return self.states.total()

    @property
    def wrong(self) -> int:
        """How much must not be."""
        return len(self.faults)

    def __str__(self) -> str:
        states = ", ".join(f"{number} left the {state}" for state, number in self.states.items())
        return f"{self.number} kills ({states}), {len(self.faults)} with a fault"


def at_every_line(name: str, every: int = 1, first: int = 0) -> Kills:
    """Kill a run before its first line, then before its second, until it comes to its end.

    every, first  for fewer of them: leave out lines between, and begin later
    """
    kills = Kills()
    for line in count(first, every):
        with _folder_for(name) as book:
            process = crowd().Process(target=stop_at_line, args=(RUNS[name], book, line))
            process.start()
            if ended(process) == 0:
                return kills
            _look(kills, book, f"{name}, line {line}")
    raise AssertionError


def at_random_moments(name: str, number: int, seed: int) -> Kills:
    """Kill so many runs at any moment between their start and their likely end."""
    kills = Kills()
    chance = random.Random(seed)
    likely_end = median(_seconds(name) for _ in range(5))
    while kills.number < number:
        with _folder_for(name) as book, _started(name, book) as process:
            delay = chance.uniform(0, likely_end)
            time.sleep(delay)
            process.kill()
            if ended(process) == KILLED:
                _look(kills, book, f"{name}, after {delay:.6f} s")
    return kills


def _seconds(name: str) -> float:
    """How long a run takes that nobody kills, on this machine, as busy as it is."""
    with _folder_for(name) as book, _started(name, book) as process:
        start = time.monotonic()
        ended(process)
        return time.monotonic() - start


@contextmanager
def _started(name: str, book: Path) -> Iterator[BaseProcess]:
    """A process that begins its run as the block begins."""
    start = crowd().Barrier(2)
    process = crowd().Process(target=wait_and_run, args=(RUNS[name], book, start))
    process.start()
    start.wait()
    yield process


@contextmanager
def _folder_for(name: str) -> Iterator[Path]:
    """A workbook in the old state, or for a restore in the new one, which followed the old."""
    with TemporaryDirectory() as folder:
        book = Path(folder) / "cohort.xlsm"
        book.write_bytes(OLD)
        if name == "restore":
            renew(book)
        yield book


def _look(kills: Kills, book: Path, when: str) -> None:
    """Count the state that a killed run has left, and gather what is wrong with it."""
    content = book.read_bytes() if book.exists() else b""
    state = {OLD: "old state", NEW: "new state"}.get(content, "broken file")
    kills.states[state] += 1
    kills.faults += [f"{when}: {fault}" for fault in _faults(book, content)]


def _faults(book: Path, content: bytes) -> Iterator[str]:
    kept = {backup.path.read_bytes() for backup in backups(book)}
    if not {content, *kept} <= {OLD, NEW}:
        yield "a broken file"
    if OLD not in {content, *kept}:
        yield "the old state is lost"
    change(book, lambda now: now + b"next")
    if book.read_bytes() != content + b"next":
        yield "the next change was not made"
    if left := [path.name for path in book.parent.rglob(".*")]:
        yield f"not swept: {left}"
    if unknown := {path.name for path in book.parent.iterdir()} - {book.name, FOLDER}:
        yield f"unknown files: {unknown}"
