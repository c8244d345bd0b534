"""The best list of every size in; its interviews and the chance of the target out."""

from dataclasses import dataclass

import numpy as np

from stepladder.arrays import Choices, Flags, Floats, Ints
from stepladder.plan import interviews
from stepladder.plan.best_list import SIGNALLED, SKIPPED, BestLists, tiles
from stepladder.plan.interviews import Growth
from stepladder.rulebook.policy import Interviews

TILE = 128
NODES = 16
"""Quadrature nodes at the assumed correlation: chances within 2e-4, the target's within 1e-5."""
STRESS_NODES = 24
"""Quadrature nodes for the target at the stress correlation: within 1e-3."""
STRESS_RANGE_NODES = 48
"""Quadrature nodes for a range at the stress correlation, where counts turn sharply: 1e-3."""


@dataclass(frozen=True)
class Curve:
    """What each size of list brings, every array [applicant, size − 1].

    `low` and `high` end the shown range of interviews; `chance` and `stress_chance` are those of
    the target under the two correlations. Sizes without a list hold −1 and NaN.
    """

    low: Ints
    high: Ints
    chance: Floats
    stress_chance: Floats

    def of(self, which: Ints, most: Ints) -> "Curve":
        """What the lists at these places bring, each up to a size of its own."""
        sizes = int(most.max(initial=0))
        beyond = np.arange(1, sizes + 1) > most[:, None]
        low, high = self.low[which, :sizes], self.high[which, :sizes]
        chance, stress_chance = self.chance[which, :sizes], self.stress_chance[which, :sizes]
        low[beyond], high[beyond] = -1, -1
        chance[beyond], stress_chance[beyond] = np.nan, np.nan
        return Curve(low, high, chance, stress_chance)


def curve(lists: BestLists, rates: Floats, rates_signalled: Floats, model: Interviews) -> Curve:
    """Give the interviews that the best list of each size brings (design: The plan).

    `rates` and `rates_signalled` are invite rates [applicant, program].
    """
    shape = lists.values.shape
    low, high = np.full(shape, -1), np.full(shape, -1)
    chance, stress_chance = np.full(shape, np.nan), np.full(shape, np.nan)
    sized = np.where(np.isfinite(lists.values), np.arange(1, shape[1] + 1), 0)
    most = sized.max(axis=1, initial=0)
    for tile in tiles(most, TILE):
        sizes = int(most[tile].max())
        choices, exists = lists.choices[tile, :sizes], np.isfinite(lists.values[tile, :sizes])
        listed = _listed_rates(choices, rates[tile], rates_signalled[tile])
        growth = _growth(choices, listed, exists)
        lowest, highest, met = _range(growth, listed, exists, model)
        low[tile, :sizes], high[tile, :sizes] = lowest, highest
        chance[tile, :sizes] = met
        stress = interviews.cumulative_chances(
            growth, model.stress_correlation, model.target, STRESS_NODES
        )
        stress_chance[tile, :sizes] = _chance_of_target(stress, exists, model.target)
    return Curve(low, high, chance, stress_chance)


def target_chances(
    lists: BestLists, rates: Floats, rates_signalled: Floats, model: Interviews
) -> tuple[Floats, Floats]:
    """The `chance` and `stress_chance` of a Curve alone, which takes a fraction of the time."""
    shape, is_list = lists.values.shape, np.isfinite(lists.values)
    chance, stress_chance = np.full(shape, np.nan), np.full(shape, np.nan)
    most = np.where(is_list, np.arange(1, shape[1] + 1), 0).max(axis=1, initial=0)
    for tile in tiles(most, TILE):
        # Many have no short lists.
        sizes = slice(int(is_list[tile].any(axis=0).argmax()), int(most[tile].max()))
        choices, exists = lists.choices[tile, sizes], is_list[tile, sizes]
        growth = _growth(
            choices, _listed_rates(choices, rates[tile], rates_signalled[tile]), exists
        )
        for found, correlation, nodes in (
            (chance, model.correlation, NODES),
            (stress_chance, model.stress_correlation, STRESS_NODES),
        ):
            few = interviews.cumulative_chances(growth, correlation, model.target, nodes)
            found[tile, sizes] = _chance_of_target(few, exists, model.target)
    return chance, stress_chance


def stress_range(
    chosen: Choices, rates: Floats, rates_signalled: Floats, model: Interviews
) -> tuple[Ints, Ints]:
    """The range of interviews of one list for each applicant under the stress correlation.

    `chosen` [applicant, program] as in BestLists.choices; an empty list has 0 to 0 interviews.
    """
    stress = model.stress_correlation, STRESS_RANGE_NODES
    return _list_range(chosen, rates, rates_signalled, model, stress)


def list_range(
    chosen: Choices, rates: Floats, rates_signalled: Floats, model: Interviews
) -> tuple[Ints, Ints]:
    """The same under the assumed correlation: `low` and `high` of a Curve, for one list alone."""
    return _list_range(chosen, rates, rates_signalled, model, (model.correlation, NODES))


def _list_range(
    chosen: Choices,
    rates: Floats,
    rates_signalled: Floats,
    model: Interviews,
    quadrature: tuple[float, int],
) -> tuple[Ints, Ints]:
    low, high = np.zeros(len(chosen), np.int64), np.zeros(len(chosen), np.int64)
    for tile in tiles((chosen > SKIPPED).sum(axis=1), TILE):
        choices = chosen[tile, None]
        listed = _listed_rates(choices, rates[tile], rates_signalled[tile])
        exists = np.ones(choices.shape[:2], np.bool_)
        growth = _growth(choices, listed, exists)
        found = _quantiles(growth, listed, exists, model, quadrature)
        low[tile], high[tile] = found[0][:, 0], found[1][:, 0]
    return low, high


def _listed_rates(choices: Choices, rates: Floats, rates_signalled: Floats) -> Floats:
    listed = np.where(choices == SIGNALLED, rates_signalled[:, None, :], rates[:, None, :])
    return np.where(choices > SKIPPED, listed, 0)


def _range(
    growth: Growth, listed: Floats, exists: Flags, model: Interviews
) -> tuple[Ints, Ints, Floats]:
    low, high, cumulative = _quantiles(growth, listed, exists, model, (model.correlation, NODES))
    return low, high, _chance_of_target(cumulative, exists, model.target)


def _quantiles(
    growth: Growth,
    listed: Floats,
    exists: Flags,
    model: Interviews,
    quadrature: tuple[float, int],
) -> tuple[Ints, Ints, Floats]:
    """Both ends of the range, with more counts as long as the upper end is not reached."""
    correlation, nodes = quadrature
    every = int((listed > 0).sum(axis=2).max(initial=0)) + 1
    # Twice the expected interviews and some hold the upper end, nearly always.
    likely = int(2 * listed.sum(axis=2).max(initial=0)) + 8
    counts = max(min(likely, every), model.target)
    while True:
        cumulative = interviews.cumulative_chances(growth, correlation, counts, nodes)
        high = interviews.quantile(cumulative, model.high_quantile)
        if counts >= every or not ((high < 0) & exists).any():
            break
        counts = min(2 * counts, every)
    low = interviews.quantile(cumulative, model.low_quantile)
    return np.where(exists, low, -1), np.where(exists, high, -1), cumulative


def _chance_of_target(cumulative: Floats, exists: Flags, target: int) -> Floats:
    met = np.maximum(1 - cumulative[:, :, target - 1], 0)
    return np.where(exists, met, np.nan)


def _growth(choices: Choices, listed: Floats, exists: Flags) -> Growth:
    """The invitations in the order in which they join, so that nested lists are built once.

    A list that only adds to the one before it continues it; any other begins anew.
    """
    applicants, sizes, programs = choices.shape
    before = np.concatenate(
        [np.zeros((applicants, 1, programs), np.uint8), choices[:, :-1]], axis=1
    )
    continues = ((before == SKIPPED) | (before == choices)).all(axis=2)
    joins = (choices > SKIPPED) & ((before == SKIPPED) | ~continues[:, :, None])
    joins &= exists[:, :, None]
    who, size, _ = np.nonzero(joins)
    steps = np.bincount(who, minlength=applicants)
    step = np.arange(len(who)) - (np.cumsum(steps) - steps)[who]
    shape = (applicants, int(steps.max(initial=0)))
    joining, restart = np.zeros(shape), np.zeros(shape, np.bool_)
    record = np.full(shape, -1)
    joining[who, step] = listed[joins]
    is_new = np.diff(who * sizes + size, prepend=-1) != 0
    restart[who, step] = is_new & ~continues[who, size]
    is_last = np.append(is_new[1:], True)[: len(who)]
    record[who, step] = np.where(is_last, size, -1)
    return Growth(joining, restart, record, steps, sizes)
