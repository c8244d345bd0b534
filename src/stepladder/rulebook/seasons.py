"""A season year and the policy in; its days, signals and fees out."""

from dataclasses import dataclass
from datetime import date

from stepladder.rulebook.policy import Fees, Policy


@dataclass(frozen=True)
class Season:
    """One application season, named by the year of the Match.

    `carried_from` is the season of the table whose days were taken over, or None.
    """

    year: int
    submit: date
    review: date
    ends: date
    signals: int
    fees: Fees
    carried_from: int | None


def season(policy: Policy, year: int) -> Season:
    """Give the days, signals and fees of a season.

    A season that is not in the table carries over from the nearest known one, its days moved by
    whole years (design: Commands).
    """
    calendar = policy.calendar
    known = _nearest(tuple(calendar.review), year)
    move = year - known
    return Season(
        year=year,
        submit=_moved(calendar.submit[known], move),
        review=_moved(calendar.review[known], move),
        ends=_moved(calendar.ends[known], move),
        signals=policy.signals.number[_nearest(tuple(policy.signals.number), year)],
        fees=policy.costs.fees[_nearest(tuple(policy.costs.fees), year)],
        carried_from=known if move else None,
    )


def next_season(policy: Policy, as_of: date) -> int:
    """Give the first season whose review day is not past (design: Commands)."""
    year = as_of.year
    while season(policy, year).review < as_of:
        year += 1
    return year


def first_open_season(policy: Policy, as_of: date) -> int:
    """Give the first season that has not ended: the next one, or the one under way before it."""
    year = next_season(policy, as_of)
    while season(policy, year - 1).ends >= as_of:
        year -= 1
    return year


def _nearest(known: tuple[int, ...], year: int) -> int:
    return min(known, key=lambda other: (abs(other - year), -other))


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)  # from 29 February
