"""Question 8: where the CPU time of the batch command goes, stage by stage, with lists by rate."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.benchmarks.cohort import AS_OF, SEED, make_cohort, make_programs
from tests.benchmarks.report import Table, seconds

from stepladder import cohort, plan, refresh
from stepladder.books import Sheet
from stepladder.books.csv_blocks import CsvBlocks
from stepladder.books.streams import Medium, Stream
from stepladder.match.classes import Classes
from stepladder.plan import count, offer, rate_list
from stepladder.rulebook import load_rulebook

_PROGRAMS = 150
_STAGES: Mapping[str, Sequence[tuple[Any, str]]] = {
    "reading": [(cohort, "applicants_in_parts"), (CsvBlocks, "columns"), (CsvBlocks, "tables")],
    "validation": [
        (cohort, name) for name in ("surveyed", "validate", "asked_later", "later_findings")
    ],
    "scores": [(cohort, "scored_rows")],
    "pairs": [(refresh, "classes"), (offer, "_offer")],
    "shortlist": [
        (rate_list, "rate_lists"),
        (rate_list, "listed"),
        (Classes, "rows"),
        (plan, "shortlist"),
    ],
    "count and its basis": [
        (rate_list, "target_chances"),
        (count, "suggest"),
        (count, "basis"),
    ],
    "range of interviews": [(rate_list, "interview_range")],
    "what to do next": [(refresh, "with_steps")],
}
_THE_REST, _WRITING = "all else", "writing the applicants and the shortlist"
_LIMITED = ("reading", "validation", "scores", "pairs", "shortlist")


def inside_batch(sizes: list[int]) -> Table:
    """Run the stages at each size and tell them apart."""
    return Table(
        "Inside the batch command",
        f"CSV to applicants and shortlists in parquet by rate, {_PROGRAMS} programs, in one "
        "process that has started. Files are written on other threads while stages run, so the "
        "stages are measured in a run that writes nothing; writing is what a run that does takes "
        f"longer. Limit: {', '.join(_LIMITED)} in 30 µs an applicant, all in 150 µs.",
        ("Applicants", "Stage", "CPU s", "**CPU µs an applicant**"),
        [row for size in sizes for row in _rows(size)],
    )


def _rows(size: int) -> Iterator[tuple[str, ...]]:
    whole = sum(_run(size, is_written=True).values())
    found = _run(size, is_written=False)
    told = {stage: found[stage] for stage in (*_STAGES, _THE_REST)}
    told[_WRITING] = whole - sum(found.values())
    told[", ".join(_LIMITED)] = limited = sum(found[stage] for stage in _LIMITED)
    told["the same and writing"] = limited + told[_WRITING]
    told["all"] = whole
    for stage, cpu in told.items():
        yield f"{size:,}", stage, seconds(cpu), f"{1e6 * cpu / size:.1f}"


class _Nowhere:
    """A table whose rows are let go."""

    def write(self, _sheet: Sheet) -> None:
        """Keep nothing."""


@contextmanager
def _nowhere(
    _folder: Path, names: Sequence[str], _medium: Medium
) -> Iterator[Mapping[str, Stream]]:
    yield {name: _Nowhere() for name in names}


def _run(size: int, *, is_written: bool) -> Mapping[str, float]:
    settings = refresh.Settings(
        load_rulebook(), AS_OF, list_by="rate", tables=frozenset({"applicants", "shortlist"})
    )
    clock = _Clock()
    with tempfile.TemporaryDirectory() as name, ExitStack() as patched:
        folder = Path(name)
        make_cohort(size, SEED).write_csv(folder / "cohort.csv")
        make_programs(_PROGRAMS, SEED).write_csv(folder / "programs.csv")
        if not is_written:
            patched.enter_context(patch.object(cohort, "streams", _nowhere))
        for stage, works in _STAGES.items():
            for owner, work in works:
                timed = clock.timed(stage, getattr(owner, work))
                patched.enter_context(patch.object(owner, work, timed))
        with clock.at(_THE_REST):
            cohort.write_results(
                folder / "cohort.csv",
                (folder / "programs.csv", None),
                settings,
                folder / "out",
                "parquet",
            )
    return clock.spent


class _Clock:
    """The CPU seconds of each stage, without those of stages within it."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def at(self, stage: str) -> Iterator[None]:
        """Count what runs here for the stage, and for no other."""
        others, started = sum(self.spent.values()), time.process_time()
        yield
        others = sum(self.spent.values()) - others
        self.spent[stage] += time.process_time() - started - others

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same work, timed; what it yields is timed one by one."""

        def timed(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the work takes
            with self.at(stage):
                done = work(*given, **named)
            return self._each(stage, done) if isinstance(done, Iterator) else done

        return timed

    def _each(self, stage: str, items: Iterator[Any]) -> Iterator[Any]:
        end = object()
        while True:
            with self.at(stage):
                item = next(items, end)
            if item is end:
                return
            yield item
