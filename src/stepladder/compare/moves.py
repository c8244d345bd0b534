"""The results of two runs in; one row for each applicant who moved, is new or is gone, out."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import polars as pl

from stepladder.books.sheets import compared_table
from stepladder.compare.behind import Behind
from stepladder.results_file import Results, computed_types, entered_columns

MOVED, NEW, GONE = "Moved", "New", "Gone"
SHOWN: Final = (
    "status",
    "tier",
    "pmr_fit",
    "eligible_programs",
    "programs_to_verify",
    "suggested_applications",
    "application_cost_usd",
    "expected_interviews_low",
    "expected_interviews_high",
)
"""The results of which both states are shown."""
_INTERVIEWS: Final = ("expected_interviews_low", "expected_interviews_high")
_LEAST_POINTS: Final = 0.005
_Row: TypeAlias = Mapping[str, Any]
_List: TypeAlias = Mapping[str, bool]
"""The programs of one list; whether each has a signal."""


def moves(before: Results, after: Results, runs: Behind) -> pl.DataFrame:
    """Give the table Moves: those who moved furthest first, then who is new, then who is gone.

    An applicant moved where a result in SHOWN, the list or a signal differs. How far is told by the
    range of interviews, then by the list, then by PM&R fit; equal ones stand in the order of after.
    """
    first, second = _Standing(before), _Standing(after)
    titles = {**before.titles, **after.titles}
    moved = [
        row
        for applicant in second.people
        if applicant in first.people and (row := _move(applicant, first, second, runs, titles))
    ]
    moved.sort(key=_how_far, reverse=True)
    new = [_only(one, NEW, second) for one in second.people if one not in first.people]
    gone = [_only(one, GONE, first) for one in first.people if one not in second.people]
    return pl.DataFrame([*moved, *new, *gone], computed_types(compared_table()))


class _Standing:
    """The rows of one run by applicant_id; of a doubled id the first."""

    def __init__(self, results: Results) -> None:
        self.people: dict[str, _Row] = {}
        for row in results.applicants.iter_rows(named=True):
            if row["applicant_id"]:
                self.people.setdefault(row["applicant_id"], row)
        self.fit: dict[str, _Row] = {
            row["applicant_id"]: row for row in results.fit.iter_rows(named=True)
        }
        self.lists: dict[str, dict[str, bool]] = {}
        rows = results.shortlist.select("applicant_id", "program_id", "signal")
        for applicant, program, signal in rows.iter_rows():
            self.lists.setdefault(applicant, {})[program] = signal == "Yes"


def _move(
    applicant: str, first: _Standing, second: _Standing, runs: Behind, titles: Mapping[str, str]
) -> dict[str, Any] | None:
    """The row of somebody who is in both; None where nothing differs."""
    before, after = first.people[applicant], second.people[applicant]
    was, now = first.lists.get(applicant, {}), second.lists.get(applicant, {})
    signals = sum(was[program] != now[program] for program in was.keys() & now.keys())
    if was.keys() == now.keys() and not signals and all(before[n] == after[n] for n in SHOWN):
        return None
    return {
        "applicant_id": applicant,
        "change": MOVED,
        **{f"{name}_before": before[name] for name in SHOWN},
        **{f"{name}_after": after[name] for name in SHOWN},
        "programs_added": len(now.keys() - was.keys()),
        "programs_removed": len(was.keys() - now.keys()),
        "signals_moved": signals,
        "why": "; ".join(_reasons(applicant, first, second, runs, titles)),
    }


def _only(applicant: str, change: str, there: _Standing) -> dict[str, Any]:
    state = "after" if change == NEW else "before"
    row = there.people[applicant]
    return {
        "applicant_id": applicant,
        "change": change,
        **{f"{name}_{state}": row[name] for name in SHOWN},
    }


def _how_far(row: _Row) -> tuple[int, int, int]:
    interviews = sum(_by(row, name) for name in _INTERVIEWS)
    return interviews, row["programs_added"] + row["programs_removed"], _by(row, "pmr_fit")


def _by(row: _Row, name: str) -> int:
    before, after = row[f"{name}_before"] or 0, row[f"{name}_after"] or 0
    return abs(int(after) - int(before))


def _reasons(
    applicant: str, first: _Standing, second: _Standing, runs: Behind, titles: Mapping[str, str]
) -> Iterator[str]:
    """What differs of this applicant; where nothing else was entered, what differs for all too."""
    before, after = first.people[applicant], second.people[applicant]
    entered = [title for name, title in entered_columns().items() if before[name] != after[name]]
    if entered:
        yield f"entered: {', '.join(entered)}"
    yield from _flags(before, after, titles)
    yield from _points(first.fit.get(applicant, {}), second.fit.get(applicant, {}), titles)
    yield from _programs(first.lists.get(applicant, {}), second.lists.get(applicant, {}), runs)
    yield from _number(before, after)
    if not entered and runs.causes:
        yield f"by {' and '.join(runs.causes)}"


def _flags(before: _Row, after: _Row, titles: Mapping[str, str]) -> Iterator[str]:
    names = ("tier_basis", "trend", "low_score", "red_flags")
    if other := [titles[name] for name in names if before[name] != after[name]]:
        yield f"differs: {', '.join(other)}"


def _points(before: _Row, after: _Row, titles: Mapping[str, str]) -> Iterator[str]:
    """The parts of PM&R fit that differ, with their points."""
    for name in after:
        if not name.startswith("fit_") or not isinstance(after[name], float):
            continue
        points = after[name] - (before.get(name) or 0.0)
        if abs(points) >= _LEAST_POINTS:
            yield f"{titles[name]} {points:+.4g}".replace("-", "−")


def _programs(was: _List, now: _List, runs: Behind) -> Iterator[str]:
    """How many of the programs that came or went are new, gone, or have other facts."""
    moved = was.keys() ^ now.keys()
    for programs, words in (
        (runs.new, "new in the table came"),
        (runs.gone, "gone from the table went"),
        (runs.changed, "with other facts came or went"),
    ):
        if count := len(moved & programs):
            yield f"{count} {'program' if count == 1 else 'programs'} {words}"


def _number(before: _Row, after: _Row) -> Iterator[str]:
    """What decides the number now, where it is another."""
    name = "suggested_applications"
    if before[name] != after[name] and after["suggestion_basis"]:
        yield f"number: {after['suggestion_basis'].partition(';')[0].rstrip('.')}"
