"""Several runs at once on one file in; whose update was lost out."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crowds.processes import crowd, ended
from tests.crowds.runs import add_line


@dataclass
class Races:
    """How many races were run, how many updates they were to make, and how many are missing."""

    number: int = 0
    updates: int = 0
    lost: int = 0
    failed: int = 0

    @property
    def faults(self) -> list[str]:
        """What must not be, in words."""
        lost = [f"{self.lost} updates lost"] if self.lost else []
        return [*lost, *([f"{self.failed} runs failed"] if self.failed else [])]

    @property
    def wrong(self) -> int:
        """How much must not be."""
        return self.lost + self.failed

    def __str__(self) -> str:
        return (
            f"{self.number} races, {self.updates} updates: {self.lost} lost, "
            f"{self.failed} runs failed"
        )


def race(number: int, runners: int = 2) -> Races:
    """Let runners add a line each to the same file at the same time, so many times."""
    races = Races()
    for _ in range(number):
        with TemporaryDirectory() as folder:
            book = Path(folder) / "cohort.xlsm"
            book.write_bytes(b"header\n")
            lines = [f"{runner}\n".encode() for runner in range(runners)]
            start = crowd().Barrier(runners)
            processes = [
                crowd().Process(target=add_line, args=(book, line, start)) for line in lines
            ]
            for process in processes:
                process.start()
            races.failed += sum(ended(process) != 0 for process in processes)
            there = book.read_bytes().splitlines(keepends=True)
            races.number += 1
            races.updates += runners
            races.lost += sum(line not in there for line in lines)
    return races
