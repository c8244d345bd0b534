"""The kinds of a rulebook's values in; whether its invite rates are the office's own, out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from stepladder.rulebook.tiers import tier_keys

CALIBRATED: Final = "calibrated"
"""The kind of a value that an office's own outcomes decided."""
MARK: Final = " (illustrative)"
"""What the sentences of a rulebook say of a number that is not calibrated."""


def rate_entries() -> tuple[str, ...]:
    """The entries that make the invite rate: the tiers', best first, then what is added."""
    tiers = (f"tiers.{key}.invite_rate" for key in tier_keys())
    lifts = (f"invite_rate.{name}" for name in ("fit_slope", "signal_lift", "step3_lift"))
    return (*tiers, *lifts)


def is_calibrated(kinds: Mapping[str, str]) -> bool:
    """Whether every value of the invite rate is calibrated; `kinds` are by the entry's name."""
    return all(kinds.get(name) == CALIBRATED for name in rate_entries())


def kinds_of(tables: Mapping[str, Any]) -> dict[str, str]:
    """The kinds that a file gives its invite rates, as far as it has them."""
    found = ((name, _kind(tables, name.split("."))) for name in rate_entries())
    return {name: kind for name, kind in found if kind}


def _kind(tables: Any, path: Sequence[str]) -> str | None:  # noqa: ANN401 - not checked yet
    for key in (*path, "kind"):
        if not isinstance(tables, dict):
            return None
        tables = tables.get(key)
    return tables if isinstance(tables, str) else None
