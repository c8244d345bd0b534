"""Question 7: what the levers of a cohort cost, beside the run without them."""

from dataclasses import replace
from functools import partial

from tests.benchmarks.cohort import AS_OF, PROGRAMS, SEED, make_cohort, make_programs
from tests.benchmarks.costs import cost_of_work, in_turns
from tests.benchmarks.report import Table, seconds

from stepladder import refresh
from stepladder.books import text_table
from stepladder.rulebook import load_rulebook

_ALONE, _WITH = "alone", "with levers"


def what_levers_cost(sizes: list[tuple[int, int]]) -> Table:
    """Time a run with and without levers; `sizes` are (applicants, repetitions)."""
    return Table(
        "The levers",
        f"{PROGRAMS} programs; from text tables to all results, in one process. Each lever "
        "that is open is a row that is scored, matched and planned once more. "
        "Limit: 200 applicants in 10 CPU-seconds.",
        ("Applicants", "Levers", "Without, CPU s", "With, CPU s", "**CPU ms a lever**"),
        [_row(size, repetitions) for size, repetitions in sizes],
    )


def _row(size: int, repetitions: int) -> tuple[str, ...]:
    applicants = text_table(make_cohort(size, SEED), "cohort")
    programs = text_table(make_programs(PROGRAMS, SEED), "programs")
    alone = refresh.Settings(load_rulebook(), AS_OF)
    both = {_ALONE: alone, _WITH: replace(alone, with_levers=True)}
    found = in_turns(
        {
            name: partial(cost_of_work, partial(refresh.refresh, applicants, programs, settings))
            for name, settings in both.items()
        },
        repetitions,
    )
    levers = refresh.refresh(applicants, programs, both[_WITH]).levers
    count = 0 if levers is None else levers.height
    costs = [found[name].cpu for name in (_ALONE, _WITH)]
    each = 1000 * (costs[1] - costs[0]) / max(count, 1)
    return f"{size:,}", f"{count:,}", *map(seconds, costs), f"{each:.2f}"
