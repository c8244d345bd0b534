"""Who moved in; the lines that a person reads on the screen out."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import polars as pl

from stepladder.compare.behind import Behind
from stepladder.compare.moves import GONE, MOVED, NEW

_MOST: Final = 30
"""Applicants and rules that are told on the screen."""
_WORDS: Final = {
    "status": "",
    "tier": "",
    "pmr_fit": "fit",
    "eligible_programs": "eligible",
    "programs_to_verify": "to verify",
    "suggested_applications": "applications",
}
_NONE: Final = "none"
_Row: TypeAlias = Mapping[str, Any]


def told(
    sources: tuple[str, str],
    behind: Behind,
    moves: pl.DataFrame,
    applicants: int,
    *,
    is_calibrated: bool,
) -> Iterator[str]:
    """What differs of the runs, how many moved, and each of them with the reason."""
    for word, source, run in zip(("before", "after"), sources, behind.runs, strict=True):
        yield f"{word:<7} {source}" + (f": {run}" if run else "")
    yield from _differences(behind)
    yield ""
    count = dict.fromkeys((MOVED, NEW, GONE), 0) | dict(moves["change"].value_counts().iter_rows())
    yield (
        f"{count[MOVED]:,} of {applicants:,} applicants moved, {count[NEW]:,} new, "
        f"{count[GONE]:,} gone"
    )
    for row in moves.head(_MOST).iter_rows(named=True):
        yield f"  {row['applicant_id']}: {'; '.join(_changes(row)) or row['change'].lower()}"
        if row["why"]:
            yield f"      {row['why']}"
    if moves.height > _MOST:
        yield f"  and {moves.height - _MOST:,} more (--out FILE.csv has everyone)"
    if moves.height and not is_calibrated:
        yield "Interviews are ranges: illustrative until calibrated."


def _differences(behind: Behind) -> Iterator[str]:
    if not behind.is_known:
        yield (
            "Rulebook, day and programs are told by workbooks only: run stepladder batch with an "
            ".xlsx for --out to have them compared."
        )
    for name, (before, after) in list(behind.rules.items())[:_MOST]:
        yield f"  rulebook {name}: {before} → {after}"
    if len(behind.rules) > _MOST:
        yield f"  and {len(behind.rules) - _MOST:,} more values of the rulebook"
    if behind.programs:
        facts = ", ".join(f"{name} {count:,}" for name, count in behind.facts.items())
        yield (
            f"  programs: {len(behind.new):,} new, {len(behind.gone):,} gone, "
            f"{len(behind.changed):,} with other facts" + (f" ({facts})" if facts else "")
        )


def _changes(row: _Row) -> Iterator[str]:
    """What differs, before and after."""
    if row["change"] != MOVED:
        return
    for name, word in _WORDS.items():
        before, after = row[f"{name}_before"], row[f"{name}_after"]
        if before != after:
            yield f"{word} {_shown(before)} → {_shown(after)}".strip()
    before, after = (_range(row, state) for state in ("before", "after"))
    if before != after:
        yield f"interviews {before} → {after}"
    if row["programs_added"] or row["programs_removed"]:
        yield f"list +{row['programs_added']} −{row['programs_removed']}"
    if row["signals_moved"]:
        yield f"signals {row['signals_moved']} moved"
    cost = [row[f"application_cost_usd_{state}"] for state in ("before", "after")]
    if cost[0] != cost[1] and None not in cost:
        yield f"cost ${cost[0]:,} → ${cost[1]:,}"


def _range(row: _Row, state: str) -> str:
    low, high = (row[f"expected_interviews_{end}_{state}"] for end in ("low", "high"))
    return _NONE if low is None else f"{low}–{high}"


def _shown(value: object) -> str:
    return _NONE if value is None else str(value)
