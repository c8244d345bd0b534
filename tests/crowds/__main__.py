"""The long form: what happened in each crowd, on the terminal; exit code 1 if anything went wrong.

`make crowds`, on Linux or a Mac, kills and races in one to three minutes. `make long-runs`, on
Linux and as an administrator, works in one workbook for long, in one folder with eight processes,
under odd names and with a faulty disk; it takes about an hour.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

from tests.crowds import faults
from tests.crowds.kills import RUNS, at_every_line, at_random_moments
from tests.crowds.long_run import LongRun, long_run
from tests.crowds.odd_names import odd_names
from tests.crowds.one_folder import crowded
from tests.crowds.races import race

LONG = "long"
REFRESHES = 500


class Held(Protocol):
    """What has happened."""

    @property
    def faults(self) -> list[str]:
        """What must not be, in words."""

    @property
    def wrong(self) -> int:
        """How much must not be."""


def crowds() -> Iterator[tuple[str, Callable[[], Held]]]:
    """What is shown of shared files: kill -9 at every step and moment, and lost updates."""
    for name in RUNS:
        yield f"{name}, killed before every line", partial(at_every_line, name)
        yield f"{name}, killed at random moments", partial(at_random_moments, name, 200, seed=5)
    yield "two at once", partial(race, 60)
    yield "five at once", partial(race, 20, runners=5)


def long_runs() -> Iterator[tuple[str, Callable[[], Held]]]:
    """What takes long."""
    yield "names", odd_names
    yield "a crowd", partial(crowded, 10)
    yield "fault", faults.lost_permissions
    yield "fault", faults.small_disks
    yield "fault", faults.read_only_disks
    yield "fault", partial(faults.small_files, kilobytes=(1, 16, 64))
    yield "one office", _office


def _office() -> LongRun:
    with tempfile.TemporaryDirectory() as folder:
        return long_run(REFRESHES, Path(folder), seed=8)


def main(form: list[str]) -> None:
    """Print each as soon as it is known."""
    wrong = 0
    for title, held in long_runs() if form == [LONG] else crowds():
        found = held()
        sys.stdout.write(f"{title}: {found}\n")
        sys.stdout.writelines(f"  {fault}\n" for fault in found.faults)
        sys.stdout.flush()
        wrong += found.wrong
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
