"""Question 3: how good are the lists that people make, beside the best one of the same size."""

from importlib import import_module

import numpy as np
from numpy.typing import NDArray
from tests.benchmarks.cohort import AS_OF, PROGRAMS, SEASON
from tests.benchmarks.pairs import Pairs, make_pairs
from tests.benchmarks.report import Table

from stepladder.match import classes
from stepladder.plan import lists
from stepladder.plan.best_list import (
    APPLIED,
    SIGNALLED,
    SKIPPED,
    BestLists,
    Candidates,
    best_lists,
    list_value,
    rising_desirability,
)
from stepladder.rulebook import season

# The package re-exports the function `curve` under the module's name.
_curve = import_module("stepladder.plan.curve")

Floats = NDArray[np.float64]
Choices = NDArray[np.uint8]
Ints = NDArray[np.int64]

_MIX = (0.3, 0.4)
"""The shares of Reach and Target; Best fit has the rest."""


def side_by_side(size: int) -> Table:
    """Compare the lists of a cohort, every strategy with the same numbers and signals."""
    pairs = make_pairs(size, PROGRAMS)
    numbers = _numbers(pairs)
    signals = season(pairs.policy, SEASON).signals
    listed = numbers > 0
    best = best_lists(pairs.candidates, numbers, signals)
    optimum = np.zeros(len(numbers))
    optimum[listed] = best.values[listed, numbers[listed] - 1]
    ours = np.zeros(pairs.rates.shape, np.uint8)
    ours[listed] = best.choices[listed, numbers[listed] - 1]
    wanted = pairs.candidates.desirability
    by_rate, by_product = pairs.rates, pairs.rates * wanted
    strategies = {
        "Top by rate": _signalled(pairs, _top(pairs, by_rate, numbers), by_rate, signals),
        "Top by rate × desirability": _signalled(
            pairs, _top(pairs, by_product, numbers), by_product, signals
        ),
        "30% Reach, 40% Target, 30% Best fit": _signalled(
            pairs, _mixed(pairs, numbers), by_rate, signals
        ),
        "Ours, the best list": ours,
    }
    rows = [
        (
            name,
            *_shares(pairs.candidates, choices, optimum, listed),
            *_range(pairs, choices, listed),
        )
        for name, choices in strategies.items()
    ]
    return Table(
        "The list itself, side by side",
        f"{listed.sum():,} made-up applicants × {PROGRAMS} programs; every strategy lists the same "
        f"number for an applicant (the suggested one, {numbers[listed].mean():.0f} on average) and "
        f"gives its {signals} signals to its best-rated programs, one per institution. The value "
        "of a list is the expected desirability of the best program that would take the applicant; "
        "ours is the largest by proof. Interviews are the ends of the 10–90% range under the "
        "correlated model, averaged; illustrative.",
        (
            "List",
            "**Share of the optimum, mean**",
            "Worst applicant",
            "Applicants under 95%",
            "Interviews, low",
            "Interviews, high",
        ),
        rows,
    )


def _numbers(pairs: Pairs) -> Ints:
    """The suggested number of each applicant, no more than the open programs."""
    planned = lists(
        pairs.applicants,
        pairs.programs,
        classes(pairs.applicants, pairs.programs, pairs.policy, AS_OF),
        pairs.policy,
        AS_OF,
    )
    suggested: Ints = planned.suggestions["suggested_applications"].fill_null(0).to_numpy()
    open_programs: Ints = pairs.candidates.is_open.sum(axis=1)
    return np.minimum(suggested, open_programs)


def _top(pairs: Pairs, rating: Floats, numbers: Ints) -> Choices:
    """The best-rated open programs; ties by program_id."""
    order = np.argsort(-np.where(pairs.candidates.is_open, rating, -np.inf), axis=1, kind="stable")
    rank = np.argsort(order, axis=1)
    return np.where(rank < numbers[:, None], APPLIED, SKIPPED).astype(np.uint8)


def _mixed(pairs: Pairs, numbers: Ints) -> Choices:
    """Fixed shares of the bands, each filled by rate; a band that runs short is made up by rate."""
    names = pairs.policy.band_names
    reach, target = (np.round(share * numbers).astype(np.int64) for share in _MIX)
    quota = {names.reach: reach, names.target: target, names.best_fit: numbers - reach - target}
    rating = pairs.rates.copy()
    for band, most in quota.items():
        of_band = np.where(pairs.band == band, pairs.rates, -np.inf)
        chosen = (_top(pairs, of_band, most) > SKIPPED) & np.isfinite(of_band)
        # Above every rate, so that the bands' quotas are filled first.
        rating[chosen] += 1
    return _top(pairs, rating, numbers)


def _signalled(pairs: Pairs, choices: Choices, rating: Floats, signals: int) -> Choices:
    """Signal the best-rated programs of each list that take signals, one per institution."""
    given = choices.copy()
    for who, order in enumerate(np.argsort(-rating, axis=1, kind="stable")):
        used: set[int] = set()
        for program in order.tolist():
            home = int(pairs.candidates.institution[who, program])
            may = choices[who, program] and pairs.candidates.may_signal[who, program]
            if may and home not in used and len(used) < signals:
                given[who, program] = SIGNALLED
                used.add(home)
    return given


def _value(candidates: Candidates, choices: Choices) -> Floats:
    chance = np.where(choices == SIGNALLED, candidates.chance_signalled, candidates.chance)
    order = rising_desirability(candidates.chance, candidates.desirability)
    return list_value(
        np.take_along_axis(np.where(choices > SKIPPED, chance, 0), order, 1),
        np.take_along_axis(candidates.desirability, order, 1),
    )


def _shares(
    candidates: Candidates, choices: Choices, optimum: Floats, listed: NDArray[np.bool_]
) -> tuple[str, str, str]:
    share = _value(candidates, choices)[listed] / optimum[listed]
    if share.max() > 1 + 1e-9:
        raise RuntimeError("a list is better than the best one")
    return f"{share.mean():.4f}", f"{share.min():.4f}", f"{100 * (share < 0.95).mean():.0f}%"


def _range(pairs: Pairs, choices: Choices, listed: NDArray[np.bool_]) -> tuple[str, str]:
    lists = BestLists(choices[listed][:, None], np.zeros((int(listed.sum()), 1)))
    odds = _curve.curve(
        lists, pairs.rates[listed], pairs.rates_signalled[listed], pairs.policy.interviews
    )
    return f"{odds.low.mean():.2f}", f"{odds.high.mean():.2f}"
