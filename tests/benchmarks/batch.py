"""Question 1: `stepladder batch` end to end, against the script an office would write."""

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.benchmarks.cells import filled_cells
from tests.benchmarks.cohort import AS_OF, PROGRAMS, SEASON, SEED, make_cohort, make_programs
from tests.benchmarks.costs import Cost, cost_of_command, in_turns
from tests.benchmarks.report import Table, ratio, seconds

_BOOK, _FOLDER, _OFFICE = "workbook", "folder of CSV", "office"
_ROWS_NEED_FIXING = 1


def end_to_end(sizes: list[tuple[int, int]]) -> Table:
    """Time both commands at each size; `sizes` are (applicants, repetitions)."""
    rows = [row for size, repetitions in sizes for row in _rows(size, repetitions)]
    return Table(
        "The batch command, end to end",
        f"CSV in, {PROGRAMS} programs, each command a process of its own. The peer: "
        "tests/benchmarks/office_script.py, pandas and openpyxl (its quick write-only way) with "
        "the same tiers, screens and rates and the top list by rate, and none of the findings, "
        "signals, best lists, interviews, curves and actions. Ratios are the peer's cost over "
        "ours: above 1, ours is cheaper.",
        (
            "Applicants",
            "Written",
            "Ours, s",
            "CPU s",
            "MiB",
            "Office, s",
            "CPU s",
            "MiB",
            "**Ratio, time**",
            "**CPU**",
            "**Memory**",
        ),
        rows,
    )


def _rows(size: int, repetitions: int) -> list[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cohort, programs = folder / "cohort.csv", folder / "programs.csv"
        make_cohort(size, SEED).write_csv(cohort)
        make_programs(PROGRAMS, SEED).write_csv(programs)
        contestants: dict[str, Callable[[], Cost]] = {
            _BOOK: partial(_ours, cohort, programs, folder / "ours.xlsx"),
            _OFFICE: partial(_office, cohort, programs, folder / "office.xlsx"),
            _FOLDER: partial(_ours, cohort, programs, folder / "results"),
        }
        found = in_turns(contestants, repetitions)
        cells = {name: filled_cells(folder / f"{name}.xlsx") for name in ("ours", "office")}
    office = found[_OFFICE]
    written = {
        _BOOK: f"workbook, {cells['ours']:,} filled cells; office {cells['office']:,}",
        _FOLDER: "the same, to a folder of CSV",
    }
    return [
        (
            f"{size:,}",
            text,
            *_shown(found[kind]),
            *_shown(office),
            ratio(office.wall, found[kind].wall),
            ratio(office.cpu, found[kind].cpu),
            ratio(office.peak_mib, found[kind].peak_mib),
        )
        for kind, text in written.items()
    ]


def _shown(cost: Cost) -> tuple[str, str, str]:
    return seconds(cost.wall), seconds(cost.cpu), f"{cost.peak_mib:,.0f}"


def _ours(cohort: Path, programs: Path, out: Path) -> Cost:
    command = [sys.executable, "-m", "stepladder", "batch", str(cohort), "--quiet"]
    options = ["--programs", str(programs), "--out", str(out), "--as-of", str(AS_OF)]
    cost = cost_of_command([*command, *options], accepted=(0, _ROWS_NEED_FIXING))
    # A traceback ends with the same code as rows to fix do.
    if not out.exists():
        raise RuntimeError("stepladder batch ended without results")
    return cost


def _office(cohort: Path, programs: Path, out: Path) -> Cost:
    command = [sys.executable, "-m", "tests.benchmarks.office_script"]
    given = [str(cohort), str(programs), str(out), "--season", str(SEASON), "--as-of", str(AS_OF)]
    return cost_of_command([*command, *given])
