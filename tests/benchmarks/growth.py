"""Questions 6 and 7: what an applicant costs as applicants, and as programs, grow; with plots."""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from tests.benchmarks.cohort import AS_OF, SEED, make_cohort, make_programs
from tests.benchmarks.costs import Cost, cost_of_command
from tests.benchmarks.report import PAGE, Table, seconds

Size = tuple[int, int]
"""Applicants, programs."""
Draw = Callable[[Mapping[Size, Mapping[str, Cost]]], None]

_ROWS_NEED_FIXING = 1
_PROGRAMS = 150
_OF_PROGRAMS = 10_000
_MOST_BEST = 10_000
"""The best lists of more applicants would take the benchmark a quarter of an hour."""
_BY_RATE = ("--list", "rate", "--only", "applicants", "--only", "shortlist")
_WAYS = {
    "by rate": _BY_RATE,
    "best": ("--only", "applicants", "--only", "shortlist"),
    "all tables": (),
}


def with_applicants(sizes: Sequence[int], *, draw: bool = False) -> Table:
    """Run the command at each size; if asked, draws docs/growth-applicants.svg."""
    return _growth(
        "Growth in applicants",
        f"CSV to applicants and shortlists in parquet, {_PROGRAMS} programs, the command from its "
        "start to its end. Best: the exact list; all tables: with plan, fit and curve of the best.",
        "Applicants",
        [(size, _PROGRAMS) for size in sizes],
        _plot_of("Applicants", 0) if draw else None,
    )


def with_programs(sizes: Sequence[int], *, draw: bool = False) -> Table:
    """Run the command with each number of programs; if asked, draws docs/growth-programs.svg."""
    return _growth(
        "Growth in programs",
        f"The same with {_OF_PROGRAMS:,} applicants.",
        "Programs",
        [(_OF_PROGRAMS, size) for size in sizes],
        _plot_of("Programs", 1) if draw else None,
    )


def _growth(title: str, note: str, axis: str, sizes: Sequence[Size], draw: Draw | None) -> Table:
    found = {size: _costs(*size) for size in sizes}
    if draw:
        draw(found)
    header = [axis]
    for way in _WAYS:
        header += [f"{way}, s", "CPU s", "**CPU µs an applicant**", "MiB"]
    varies = 0 if axis == "Applicants" else 1
    rows = [
        (f"{size[varies]:,}", *(cell for way in _WAYS for cell in _cells(costs.get(way), size[0])))
        for size, costs in found.items()
    ]
    return Table(title, note, tuple(header), rows)


def _cells(cost: Cost | None, applicants: int) -> tuple[str, ...]:
    if cost is None:
        return ("—",) * 4
    each = f"{1e6 * cost.cpu / applicants:,.0f}"
    return seconds(cost.wall), seconds(cost.cpu), each, f"{cost.peak_mib:,.0f}"


def _costs(applicants: int, programs: int) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_cohort(applicants, SEED).write_csv(folder / "cohort.csv")
        make_programs(programs, SEED).write_csv(folder / "programs.csv")
        return {
            way: _run(folder, options)
            for way, options in _WAYS.items()
            if way == "by rate" or applicants <= _MOST_BEST
        }


def _run(folder: Path, options: Sequence[str]) -> Cost:
    cohort, programs, out = (folder / name for name in ("cohort.csv", "programs.csv", "out"))
    command = [sys.executable, "-m", "stepladder", "batch", str(cohort), "--quiet"]
    given = ["--programs", str(programs), "--out", str(out), "--as-of", str(AS_OF)]
    cost = cost_of_command(
        [*command, *given, "--format", "parquet", *options], accepted=(0, _ROWS_NEED_FIXING)
    )
    # A traceback ends with the same code as rows to fix do.
    if not out.exists():
        raise RuntimeError("stepladder batch ended without results")
    return cost


def _plot_of(axis: str, varies: int) -> Draw:
    """A drawer of CPU for each applicant and peak memory over the size, as docs/growth-….svg."""

    def draw(found: Mapping[Size, Mapping[str, Cost]]) -> None:
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        for way in _WAYS:
            points = [(size, costs[way]) for size, costs in found.items() if way in costs]
            at = [size[varies] for size, _ in points]
            each = [1e6 * cost.cpu / applicants for (applicants, _), cost in points]
            left.plot(at, each, marker="o", label=way)
            right.plot(at, [cost.peak_mib for _, cost in points], marker="o", label=way)
        for part, label in ((left, "CPU µs an applicant"), (right, "peak memory, MiB")):
            part.set_xlabel(axis)
            part.set_ylabel(label)
            part.set_xscale("log")
            part.legend(frameon=False)
        left.set_yscale("log")
        right.set_ylim(bottom=0)
        figure.savefig(PAGE.with_name(f"growth-{axis.lower()}.svg"), metadata={"Date": None})

    return draw
