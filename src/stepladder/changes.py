"""The results of the refresh before and those of now in; who changed, and how, out."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

SHOWN = {
    "tier": "tier",
    "pmr_fit": "fit",
    "suggested_applications": "number",
}
"""The columns of applicants whose change is told, and the word for it."""
LIST = "list"
_MOST = 200
"""Applicants whose change the Log spells out; a cell holds no more than some 32,000 signs."""


@dataclass(frozen=True)
class Standing:
    """What is compared of one applicant: the shown columns as text, and the programs listed."""

    shown: Mapping[str, str]
    programs: AbstractSet[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Changes:
    """Who changed since the refresh before, by applicant_id; ids only, never a name.

    of  what changed of an applicant, by the words of SHOWN and LIST, in their order
    """

    of: Mapping[str, Mapping[str, str]]
    new: Sequence[str]
    gone: Sequence[str]

    def line(self) -> str:
        """One line: how many changed, in what, and how many are new or gone."""
        counts = [
            f"{sum(word in change for change in self.of.values())} {word}"
            for word in (*SHOWN.values(), LIST)
            if any(word in change for change in self.of.values())
        ]
        parts = [
            f"{len(self.of)} changed ({', '.join(counts)})" if self.of else "",
            f"{len(self.new)} new" if self.new else "",
            f"{len(self.gone)} gone" if self.gone else "",
        ]
        said = ", ".join(part for part in parts if part)
        return f"Applicants: {said}" if said else "No applicant's tier, fit, number or list changed"

    def lines(self) -> Iterator[str]:
        """Each applicant who changed, and how."""
        for applicant, change in self.of.items():
            yield f"{applicant}: {'; '.join(f'{word} {how}' for word, how in change.items())}"
        if self.new:
            yield f"new: {', '.join(self.new)}"
        if self.gone:
            yield f"gone: {', '.join(self.gone)}"

    def text(self) -> str:
        """The line, then each applicant, as the Log tells it."""
        lines = list(self.lines())
        more = [f"and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
        return "\n".join([self.line(), *lines[:_MOST], *more])


def changes(before: Mapping[str, Standing], now: Mapping[str, Standing]) -> Changes:
    """Compare two states of the same cohort, in the order of now."""
    compared = {
        applicant: _change(before[applicant], standing)
        for applicant, standing in now.items()
        if applicant in before
    }
    return Changes(
        of={applicant: change for applicant, change in compared.items() if change},
        new=[applicant for applicant in now if applicant not in before],
        gone=[applicant for applicant in before if applicant not in now],
    )


def _change(before: Standing, now: Standing) -> dict[str, str]:
    change = {
        word: f"{before.shown.get(name) or 'none'} → {now.shown.get(name) or 'none'}"
        for name, word in SHOWN.items()
        if (before.shown.get(name) or "") != (now.shown.get(name) or "")
    }
    added, removed = now.programs - before.programs, before.programs - now.programs
    if added or removed:
        change[LIST] = f"+{len(added)} −{len(removed)}"
    return change
