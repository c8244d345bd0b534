"""A shortlist in; what each of its programs adds, by the recursion of design.md, out."""

import polars as pl

from stepladder.rulebook import Policy


def values_added(listed: pl.DataFrame, policy: Policy) -> list[float]:
    """V(list) − V(list without it), signals as they stand, for each row of one applicant."""
    taken = policy.interviews.match_per_interview
    pairs = [
        (taken * rate, wanted)
        for rate, wanted in listed.select("invite_rate", "desirability").iter_rows()
    ]
    whole = _value_without(pairs, None)
    return [whole - _value_without(pairs, place) for place in range(len(pairs))]


def _value_without(listed: list[tuple[float, float]], left_out: int | None) -> float:
    """The value of a list of (chance, desirability) without one of its programs."""
    value = 0.0
    rest = [pair for place, pair in enumerate(listed) if place != left_out]
    for chance, wanted in sorted(rest, key=lambda pair: pair[1]):
        value = chance * wanted + (1 - chance) * value
    return value
