"""What two workbooks tell of their runs in; what differs of rulebook, day and programs out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from stepladder.results_file import Background
from stepladder.rulebook.calibrated import MARK

_SAID = {"as_of": "as of", "season": "season", "rulebook": "rulebook"}
"""What a run is known by, and its word."""


@dataclass(frozen=True)
class Behind:
    """What differs of two runs.

    runs      what each of them was made with, in words
    rules     each value of the rulebook that differs: before and after, by its name
    days      the words of what differs of the day and the season
    programs  the ids that are new, gone, or have other facts; how many have another fact, by column
    is_known  both say with which rulebook and programs they were made
    """

    runs: tuple[str, str]
    rules: Mapping[str, tuple[str, str]]
    days: tuple[str, ...]
    new: frozenset[str]
    gone: frozenset[str]
    changed: frozenset[str]
    facts: Mapping[str, int]
    is_known: bool

    @property
    def programs(self) -> frozenset[str]:
        """The programs of which anything differs."""
        return self.new | self.gone | self.changed

    @property
    def causes(self) -> tuple[str, ...]:
        """What differs, in the words of a reason."""
        rules = ("the rulebook",) if self.rules else ()
        programs = ("the programs",) if self.programs else ()
        return (*rules, *programs, *self.days)


def behind(before: Background, after: Background) -> Behind:
    """Compare what is known of two runs."""
    is_known = all(one.rules and one.programs is not None for one in (before, after))
    new, gone, facts_of = _programs(before.programs, after.programs)
    return Behind(
        runs=(_words(before), _words(after)),
        rules={
            name: (before.rules[name], text)
            for name, text in after.rules.items()
            # A sentence that only lost or gained the word illustrative is no other rule.
            if name in before.rules and _unmarked(before.rules[name]) != _unmarked(text)
        },
        days=tuple(
            f"the {word}"
            for name, word in (("as_of", "day"), ("season", "season"))
            if before.run and after.run and before.run.get(name) != after.run.get(name)
        ),
        new=new,
        gone=gone,
        changed=frozenset(facts_of),
        facts=Counter(fact for facts in facts_of.values() for fact in facts),
        is_known=is_known,
    )


def _unmarked(text: str) -> str:
    return text.replace(MARK, "")


def _words(run: Background) -> str:
    return ", ".join(f"{word} {run.run[name]}" for name, word in _SAID.items() if name in run.run)


def _programs(
    before: pl.DataFrame | None, after: pl.DataFrame | None
) -> tuple[frozenset[str], frozenset[str], dict[str, list[str]]]:
    """The ids that are new, those that are gone, and the columns that differ of each other one."""
    if before is None or after is None:
        return frozenset(), frozenset(), {}
    rows = [
        {row["program_id"]: row for row in frame.iter_rows(named=True) if row["program_id"]}
        for frame in (before, after)
    ]
    first, second = rows
    facts = {
        program: [name for name, text in row.items() if text != first[program][name]]
        for program, row in second.items()
        if program in first
    }
    return (
        frozenset(second.keys() - first.keys()),
        frozenset(first.keys() - second.keys()),
        {program: names for program, names in facts.items() if names},
    )
