"""Invite rates of a list in; the distribution of its interviews under the one-factor model out.

Programs read the same file, so their decisions move together: given a common factor z, program i
invites with chance Φ((Φ⁻¹(p_i) − √ρ·z) / √(1−ρ)) and independently of the others. The factor is
integrated by Gauss–Hermite quadrature, the count given the factor is Poisson-binomial (design: The
plan).
"""

from dataclasses import dataclass
from functools import cache, cached_property
from statistics import NormalDist

import numpy as np

from stepladder.arrays import Flags, Floats, Ints

_LOG_ODDS_LIMIT = 14.0
_QUANTILE_LIMIT = 9.0
_STEPS = 4096
_STILL_WIDE = 0.75
"""The share of lists that still grow from which on it does not pay to move them together."""


@dataclass(frozen=True)
class Growth:
    """Lists of applicants, built one invitation after another.

    `joining` [applicant, step] are the rates that join; before a step with `restart` the list
    begins anew; after a step with `record` ≥ 0 the list of that number is complete. `steps`
    [applicant] is how many steps there are, `lists` the number of lists.
    """

    joining: Floats
    restart: Flags
    record: Ints
    steps: Ints
    lists: int

    @cached_property
    def rates(self) -> tuple[Floats, Ints]:
        """The rates that join, each once, and which of them joins, [applicant, step]."""
        rates, which = np.unique(self.joining, return_inverse=True)
        return rates, which.reshape(self.joining.shape)


@cache
def factor(correlation: float, nodes: int) -> tuple[Floats, Floats]:
    """The values of the common factor and their weights, which add up to 1.

    Without correlation the factor does nothing, and one node is enough.
    """
    if not correlation:
        return np.zeros(1), np.ones(1)
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    return points, weights / weights.sum()


@cache
def _normal_tables() -> tuple[Floats, Floats]:
    """Φ⁻¹ over evenly spaced log-odds, and Φ over evenly spaced quantiles."""
    normal = NormalDist()
    log_odds = np.linspace(-_LOG_ODDS_LIMIT, _LOG_ODDS_LIMIT, _STEPS + 1)
    quantiles = np.linspace(-_QUANTILE_LIMIT, _QUANTILE_LIMIT, _STEPS + 1)
    return (
        np.array([normal.inv_cdf(rate) for rate in (1 / (1 + np.exp(-log_odds))).tolist()]),
        np.array([normal.cdf(quantile) for quantile in quantiles.tolist()]),
    )


def conditional_chances(rates: Floats, correlation: float, points: Floats) -> Floats:
    """The chances given each value of the factor, [point, …], of invite rates […].

    Interpolated from tables; the error is under 1e-6. A rate of 0 or 1 counts as 1e-6 beside it.
    """
    inverse, cumulative = _normal_tables()
    clipped = np.clip(rates, 1e-6, 1 - 1e-6)
    quantile = _interpolated(inverse, np.log(clipped / (1 - clipped)), _LOG_ODDS_LIMIT)
    shift, scale = correlation**0.5, (1 - correlation) ** 0.5
    given = (quantile - shift * points.reshape(-1, *[1] * rates.ndim)) / scale
    return _interpolated(
        cumulative, np.clip(given, -_QUANTILE_LIMIT, _QUANTILE_LIMIT), _QUANTILE_LIMIT
    )


def _interpolated(table: Floats, at: Floats, limit: float) -> Floats:
    """The values of a table over evenly spaced places from −limit to limit, in between linear."""
    place = (at + limit) * (_STEPS / (2 * limit))
    below = np.minimum(place.astype(np.int64), _STEPS - 1)
    lower = table[below]
    return lower + (place - below) * (np.diff(table)[below])


def cumulative_chances(growth: Growth, correlation: float, counts: int, nodes: int) -> Floats:
    """The chances of at most 0, 1, … interviews, [applicant, list, count], for growing lists.

    Counts run from 0 to `counts` − 1, each exact; `nodes` is the number of quadrature nodes.
    """
    applicants, steps = growth.joining.shape
    points, weights = factor(correlation, nodes)
    # The longest first, so that those still growing stay together in front.
    order = np.argsort(-growth.steps, kind="stable")
    rates, which = growth.rates
    # Many programs of many applicants have one rate.
    chances = conditional_chances(rates, correlation, points)[:, which[order].T]
    restart = np.ascontiguousarray(growth.restart[order].T)
    record = np.ascontiguousarray(growth.record[order].T)
    growing = np.searchsorted(-growth.steps[order], -np.arange(steps), side="left")
    reached = np.minimum(_lengths(restart, growing) + 1, counts).tolist()
    # A count has its chance at each node times the node's weight, so that a sum is all it takes.
    empty, width = weights[:, None], applicants
    mass = np.zeros((counts, len(weights), applicants))
    mass[0] = empty
    moved = np.empty_like(mass[1:])
    kept = np.zeros((applicants, growth.lists, counts))
    for step, active in enumerate(growing.tolist()):
        if active < _STILL_WIDE * width:
            # Numbers that stand together are several times as quick as rows of some of them.
            width = active
            mass, moved = (
                np.ascontiguousarray(mass[:, :, :width]),
                np.empty_like(moved[..., :width]),
            )
        anew = restart[step, :active].nonzero()[0]
        if len(anew):
            mass[:, :, anew] = 0
            mass[0][:, anew] = empty
        top, chance = reached[step], np.ascontiguousarray(chances[:, step, :width])
        current = mass[:top]
        shifted = np.multiply(current[:-1], chance, out=moved[: top - 1])
        current *= 1 - chance
        current[1:] += shifted
        done = (record[step, :active] >= 0).nonzero()[0]
        if len(done):
            kept[order[done], record[step, done], :top] = current.sum(axis=1)[:, done].T
    return np.cumsum(kept, axis=2)


def _lengths(restart: Flags, growing: Ints) -> Ints:
    """The invitations in the longest list that still grows, [step]."""
    step = np.arange(len(restart))[:, None]
    begun = np.maximum.accumulate(np.where(restart, step, 0), axis=0)
    still = np.arange(restart.shape[1]) < growing[:, None]
    return np.asarray(np.where(still, step - begun + 1, 0).max(axis=1, initial=0))


def quantile(cumulative: Floats, chance: float) -> Ints:
    """The smallest counts with at least that cumulative chance, [...]; −1 where none has it."""
    # Half a step of rounding keeps a chance that is met exactly from being missed by the last bit.
    reached = cumulative >= chance - 1e-12
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1), -1)
