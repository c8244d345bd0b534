"""A size in; every benchmark's table, on the terminal and if asked in docs/performance.md, out.

Run `make bench`, or `.venv/bin/python -m tests.benchmarks --full --write` to renew the page.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from tests.benchmarks.batch import end_to_end
from tests.benchmarks.exact_list import cost_of_the_plan
from tests.benchmarks.growth import with_applicants, with_programs
from tests.benchmarks.inside_batch import inside_batch
from tests.benchmarks.levers import what_levers_cost
from tests.benchmarks.lists import side_by_side
from tests.benchmarks.live import the_button
from tests.benchmarks.new_workbook import a_new_workbook
from tests.benchmarks.pair_stage import pairing
from tests.benchmarks.patching import in_place
from tests.benchmarks.report import PAGE, Table, pasted
from tests.benchmarks.stages import stages
from tests.benchmarks.start import the_start


@dataclass(frozen=True)
class Size:
    """How much is measured: (applicants or rows, repetitions) of each question."""

    batch: list[tuple[int, int]]
    stages: list[tuple[int, int]]
    lists: int
    plan_repetitions: int
    books: list[tuple[int, int]]
    live: list[tuple[int, int]]
    patching: list[tuple[int, int]]
    pairing: list[tuple[int, int]]
    growth: list[int]
    inside: list[int]
    programs: list[int]
    levers: list[tuple[int, int]]
    start: int

    def questions(self, *, draw: bool) -> Iterator[Callable[[], Table]]:
        """The questions in the order of the page; with plots beside it if asked."""
        yield partial(end_to_end, self.batch)
        yield partial(stages, self.stages)
        yield partial(side_by_side, self.lists)
        yield partial(cost_of_the_plan, self.plan_repetitions)
        yield partial(a_new_workbook, self.books)
        yield partial(the_button, self.live)
        yield partial(in_place, self.patching)
        yield partial(pairing, self.pairing)
        yield partial(with_applicants, self.growth, draw=draw)
        yield partial(inside_batch, self.inside)
        yield partial(with_programs, self.programs, draw=draw)
        yield partial(what_levers_cost, self.levers)
        yield partial(the_start, self.start)


SMALL = Size(
    batch=[(1_000, 3)],
    stages=[(10_000, 5), (100_000, 3)],
    lists=300,
    plan_repetitions=3,
    books=[(500, 3)],
    live=[(60, 3), (1_000, 1)],
    patching=[(1_000, 5), (10_000, 3)],
    pairing=[(10_000, 3)],
    growth=[1_000, 10_000],
    inside=[10_000],
    programs=[50, 150],
    levers=[(60, 3), (200, 3)],
    start=5,
)
FULL = Size(
    batch=[(1_000, 5), (10_000, 3)],
    stages=[(10_000, 5), (100_000, 5), (1_000_000, 3)],
    lists=1_000,
    plan_repetitions=7,
    books=[(2_000, 5)],
    live=[(60, 5), (1_000, 3)],
    patching=[(1_000, 7), (10_000, 5), (100_000, 3)],
    pairing=[(10_000, 5), (100_000, 3), (1_000_000, 3)],
    growth=[1_000, 10_000, 100_000, 1_000_000],
    inside=[1_000_000],
    programs=[50, 100, 150, 300],
    levers=[(60, 7), (200, 5)],
    start=9,
)


def main() -> None:
    """Print each table as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="10,000 and 1,000,000 applicants too")
    parser.add_argument("--write", action="store_true", help=f"put the figures into {PAGE.name}")
    given = parser.parse_args()
    parts = [_machine(full=given.full)]
    _say(parts[0])
    for question in (FULL if given.full else SMALL).questions(draw=given.write):
        parts.append(question().lines())
        _say(parts[-1])
    if given.write:
        PAGE.write_text(pasted(PAGE.read_text("utf-8"), "\n\n".join(parts)), "utf-8")


def _machine(*, full: bool) -> str:
    packages = ", ".join(
        f"{name} {version(name)}"
        for name in (
            "polars",
            "numpy",
            "pandas",
            "openpyxl",
            "xlsxwriter",
            "duckdb",
            "numba",
        )
    )
    return (
        f"Measured on {datetime.now(tz=UTC).date()} with {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}, {packages}; the "
        f"{'full' if full else 'small'} size. Each figure is a median; peers took turns. Absolute "
        "figures are a guide to this machine in that hour; the ratios count."
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
