"""Invite rates in; the list of the best rates, its count and its interviews out, for many at once.

The plain alternative to the best list: programs join by rate, so the lists of all sizes are nested
and one pass over them gives the chance of every size. Sums run in single precision; whoever comes
near a limit that decides is counted again in double precision, so that the answers are those of
`curve` for the same lists.
"""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.arrays import Flags, Floats, Ints
from stepladder.plan import best_list, interviews
from stepladder.plan.best_list import APPLIED, SIGNALLED, SKIPPED, BestLists, Candidates
from stepladder.plan.curve import NODES, STRESS_RANGE_NODES
from stepladder.rulebook.policy import Interviews

Kind = Literal["float32", "float64"]

MILLIONTHS = 1_000_000
"""Invite rates have six decimals, so a table over millionths holds each of them exactly."""
NEAR = 2e-5
"""More than what single precision loses in a list of a hundred programs."""
NEGLIGIBLE = 2e-6
"""Values of the factor that weigh less change no chance by as much as `NEAR`."""
NEXT_TO_NOTHING = 1e-20
MORE_COUNTS = 3
"""Beyond the upper end of a normal count, which hold it for nearly everybody."""
TILE = 128
"""Applicants whose chances of each count fit into a processor's own cache."""


@dataclass(frozen=True)
class RateLists:
    """The open programs of each applicant in the order in which they join, [applicant, place].

    Required ones come first, then the others by rate, ties by position. `rates` are those with a
    signal where the program bears one, and 0 beyond the open programs.
    """

    programs: Ints
    is_signalled: Flags
    rates: Floats


def rate_lists(
    candidates: Candidates, rates: Floats, rates_signalled: Floats, most: Ints, signals: int
) -> RateLists:
    """Put the open programs of each applicant in order, as far as the longest of `most`.

    `rates` and `rates_signalled` are invite rates [applicant, program]. Signals go to the first
    programs that take them, one for each institution.
    """
    applicants, programs = rates.shape
    # One number for each pair, which sorts as required, then rate, then position.
    bits = _bits(programs)
    is_small = 3 * MILLIONTHS << bits < np.iinfo(np.int32).max
    kind = np.int32 if is_small else np.int64
    key: NDArray[Any] = np.rint(rates * -MILLIONTHS).astype(kind)
    if candidates.is_required.any():
        key -= candidates.is_required * kind(2 * MILLIONTHS)
    np.copyto(key, 1, where=~candidates.is_open)
    key <<= kind(bits)
    key |= np.arange(programs, dtype=kind)
    key.sort(axis=1)
    order = (key[:, : int(most.max(initial=0))] & kind((1 << bits) - 1)).astype(np.int64)
    is_listed = np.arange(order.shape[1]) < candidates.is_open.sum(axis=1)[:, None]
    # Programs take signals, and belong to institutions, alike for every applicant.
    takes, homes = candidates.may_signal[:1].ravel(), candidates.institution[:1].ravel()
    is_signalled = _signalled(order, is_listed, takes, homes, signals)
    pair = order + np.arange(applicants)[:, None] * programs
    listed = rates.take(pair)
    bears = np.flatnonzero(is_signalled)
    listed.ravel()[bears] = rates_signalled.take(pair.take(bears))
    listed[~is_listed] = 0
    return RateLists(order, is_signalled, listed)


def _bits(programs: int) -> int:
    """Bits that hold the position of a program."""
    return max(programs - 1, 0).bit_length()


def listed(
    candidates: Candidates, lists: RateLists, number: Ints
) -> tuple[Ints, Ints, Flags, pl.Series]:
    """The programs of the lists at a number of applications, by applicant and rank.

    Gives applicant and program by position, whether it bears a signal, and what it adds to its
    list; ranks go by that, ties by position.
    """
    bits = _bits(candidates.chance.shape[1])
    starts = np.cumsum(number) - number
    shown = np.empty(int(number.sum()), np.int64)
    # Together are those with about as many: what is sorted is as wide as the longest list.
    for tile in best_list.tiles(number, 4 * TILE):
        place = np.arange(number[tile].max())
        is_listed = place < number[tile, None]
        ranked = _ranked(candidates, lists, tile, is_listed)
        shown[(starts[tile, None] + place)[is_listed]] = ranked[is_listed]
    return (
        np.repeat(np.arange(len(number)), number),
        (shown >> 1) & ((1 << bits) - 1),
        (shown & 1).astype(np.bool_),
        pl.Series((shown >> bits + 1) / -MILLIONTHS),
    )


def _ranked(candidates: Candidates, lists: RateLists, who: Ints, is_listed: Flags) -> Ints:
    """The programs of some applicants by rank, [applicant, rank], each as one number.

    It sorts as what the program adds, greatest first, then position, and says whether it bears a
    signal; beyond the list stands the greatest number there is.
    """
    programs = candidates.chance.shape[1]
    bits = _bits(programs)
    first = who[:, None] * programs
    joined = lists.programs[who, : is_listed.shape[1]]
    pair = first + joined
    # By rising desirability, ties by chance, then by position, as best_list orders a list.
    key = np.rint(candidates.desirability.take(pair) * MILLIONTHS).astype(np.int64)
    key *= MILLIONTHS
    key += np.rint(candidates.chance.take(pair) * MILLIONTHS).astype(np.int64)
    key <<= bits
    key |= joined
    key <<= 1
    key |= lists.is_signalled[who, : is_listed.shape[1]]
    key[~is_listed] = -1
    key.sort(axis=1)
    bears, program = (key & 1).astype(np.bool_), (key >> 1) & ((1 << bits) - 1)
    # What is in no list has no program, and stands for any.
    is_beyond = key < 0
    program[is_beyond] = 0
    pair = first + program
    chance = np.where(bears, candidates.chance_signalled.take(pair), candidates.chance.take(pair))
    chance[is_beyond] = 0
    added = best_list.marginal_values(chance, candidates.desirability.take(pair))
    rank = np.rint(added * -MILLIONTHS).astype(np.int64, order="C")
    rank <<= bits
    rank |= program
    rank <<= 1
    rank |= bears
    rank[is_beyond] = np.iinfo(np.int64).max
    rank.sort(axis=1)
    return rank


def every_size(candidates: Candidates, lists: RateLists, most: Ints, required: Ints) -> BestLists:
    """The nested lists of every size up to `most` that holds the `required`, as best lists are."""
    applicants, programs = candidates.chance.shape
    sizes = lists.programs.shape[1]
    choices = np.zeros((applicants, sizes, programs), np.uint8)
    for place in range(sizes):
        joined = np.where(lists.is_signalled[:, place], SIGNALLED, APPLIED)
        choices[np.arange(applicants), place:, lists.programs[:, place]] = joined[:, None]
    size = np.arange(1, sizes + 1)
    exists = (size <= most[:, None]) & (size >= required[:, None])
    choices[~exists] = SKIPPED
    order = best_list.rising_desirability(candidates.chance, candidates.desirability)
    ordered = candidates.in_order(order)
    values = np.full((applicants, sizes), -np.inf)
    for place in range(sizes):
        chosen = np.take_along_axis(choices[:, place], order, 1)
        chance = np.where(chosen == SIGNALLED, ordered.chance_signalled, ordered.chance)
        value = best_list.list_value(np.where(chosen > SKIPPED, chance, 0), ordered.desirability)
        values[:, place] = np.where(exists[:, place], value, -np.inf)
    return BestLists(choices, values)


def _signalled(
    order: Ints, is_listed: Flags, may_signal: Flags, institution: Ints, signals: int
) -> Flags:
    """Who bears a signal: the first ones that may, of each institution the first only."""
    is_signalled = np.zeros(order.shape, np.bool_)
    if not signals or not may_signal.any():
        return is_signalled
    names, programs = np.unique(institution[may_signal], return_counts=True)
    # The institutions of more than one program are numbered from 1; all others are 0.
    shared = np.concatenate([[-1], names[programs > 1]])
    at = np.searchsorted(shared, institution) % len(shared)
    number = np.where(shared[at] == institution, at, 0)
    width, every = min(2 * signals, order.shape[1]), order.shape[1]
    while True:
        first = order[:, :width]
        eligible = is_listed[:, :width] & may_signal.take(first)
        bearer = np.flatnonzero((number > 0).take(first) & eligible)
        home = bearer // width * len(shared) + number.take(first.take(bearer))
        # Of equal places the last one stays: that of the first program of an institution.
        earliest = np.zeros(len(order) * len(shared), np.int64)
        earliest[home[::-1]] = bearer[::-1]
        eligible.ravel()[bearer[earliest[home] != bearer]] = False
        signalled = np.cumsum(eligible, axis=1, dtype=np.int32)
        if width == every or (~is_listed[:, width] | (signalled[:, -1] >= signals)).all():
            is_signalled[:, :width] = eligible & (signalled <= signals)
            return is_signalled
        width = min(2 * width, every)


def target_chances(
    lists: RateLists, longest: Ints, required: Ints, low: Ints, model: Interviews
) -> Floats:
    """The chance of the target for each size that is looked at, [applicant, size − 1], else NaN.

    Sizes run from the `required` programs to the `longest`. A longer list has a greater chance, so
    from `low` programs on they may end where it is enough.
    """
    sizes = int(longest.max(initial=0))
    chances = np.full((len(longest), sizes), np.nan)
    least = np.minimum(np.maximum(low, required), longest)
    for tile in _tiles(longest, least, 4 * TILE):
        steps = longest[tile]
        listed = lists.rates[tile, : int(steps.max())]
        found = _growing(listed, least[tile], model, "float32")
        near = (np.abs(found - model.target_chance) < NEAR).any(axis=1)
        if near.any():
            exact = _growing(listed[near, : found.shape[1]], least[tile][near], model, "float64")
            found[near, : exact.shape[1]] = exact
        size = np.arange(1, found.shape[1] + 1)
        is_size = (size <= steps[:, None]) & (size >= required[tile, None])
        chances[tile, : len(size)] = np.where(is_size, found, np.nan)
    return chances


def interview_range(
    lists: RateLists, number: Ints, model: Interviews, *, stress: bool = False
) -> tuple[Ints, Ints]:
    """Both ends of the shown range of interviews at a number of applications; 0 to 0 at none."""
    correlation, nodes = (
        (model.stress_correlation, STRESS_RANGE_NODES) if stress else (model.correlation, NODES)
    )
    low, high = np.zeros(len(number), np.int64), np.zeros(len(number), np.int64)
    levels = (model.low_quantile, model.high_quantile)
    in_list = np.where(np.arange(lists.rates.shape[1]) < number[:, None], lists.rates, 0)
    for tile in _tiles(number, in_list.sum(axis=1), TILE):
        listed = in_list[tile, : int(number[tile].max())]
        low[tile], high[tile] = _ends(listed, correlation, nodes, levels)
    return low, high


def _ends(
    listed: Floats, correlation: float, nodes: int, levels: tuple[float, float]
) -> tuple[Ints, Ints]:
    cumulative = _cumulative(listed, correlation, nodes, levels[1], "float32")
    near = np.zeros(len(listed), np.bool_)
    for level in levels:
        near |= (np.abs(cumulative - level) < NEAR).any(axis=1)
    low, high = (interviews.quantile(cumulative, level) for level in levels)
    if near.any():
        exact = _cumulative(listed[near], correlation, nodes, levels[1], "float64")
        low[near], high[near] = (interviews.quantile(exact, level) for level in levels)
    return low, high


def _cumulative(
    listed: Floats, correlation: float, nodes: int, highest: float, kind: Kind
) -> Floats:
    """The chances of at most 0, 1, … interviews, [applicant, count], as far as `highest`."""
    chances = _conditional(listed, correlation, nodes, kind)
    weights = _quadrature(correlation, nodes, kind)[1]
    every = len(chances) + 1
    counts = min(_likely(chances, weights, highest), every)
    while True:
        mass = weights @ _mass(chances, counts, kind)
        cumulative = np.cumsum(mass.T, axis=1, dtype=np.float64)
        if counts >= every or (cumulative[:, -1] >= highest + NEAR).all():
            return cumulative
        counts = min(2 * counts, every)


def _likely(chances: NDArray[Any], weights: NDArray[Any], highest: float) -> int:
    """How many counts hold the upper end, nearly always: as of a normal count, and a few more."""
    given = chances.sum(axis=0)
    mean = weights @ given
    spread = np.sqrt(np.maximum(weights @ (given * (given + 1)) - mean**2, 0))
    return int((mean + NormalDist().inv_cdf(highest) * spread).max(initial=0)) + MORE_COUNTS


def _mass(chances: NDArray[Any], counts: int, kind: Kind) -> NDArray[Any]:
    """The chances of each count given the factor, [count, node, applicant], of whole lists."""
    mass = _nobody(counts, chances, kind)
    moved = np.empty_like(mass)
    for step in range(len(chances)):
        _join(mass, moved, chances[step], min(step + 2, counts))
    return mass[1:]


def _growing(listed: Floats, least: Ints, model: Interviews, kind: Kind) -> Floats:
    """The chance of the target after each step, [applicant, step].

    Steps end with the list, or where at `least` programs or more it is enough for everybody.
    """
    chances = _conditional(listed, model.correlation, NODES, kind)
    weights = _quadrature(model.correlation, NODES, kind)[1]
    mass = _nobody(model.target, chances, kind)
    moved = np.empty_like(mass)
    fewer = np.ones(len(listed))
    found: list[Floats] = []
    for size, chance in enumerate(chances, start=1):
        # Those leave whom this program brings from one interview less to the target.
        fewer = fewer - weights @ (mass[model.target] * chance)
        _join(mass, moved, chance, min(size + 1, model.target))
        found.append(np.maximum(1 - fewer, 0))
        if ((size >= least) & (found[-1] >= model.target_chance + NEAR)).all():
            break
    return np.stack(found, axis=1)


def _nobody(counts: int, chances: NDArray[Any], kind: Kind) -> NDArray[Any]:
    """The chances of each count before anybody joins, below a plane that stands for count −1.

    Impossible counts hold next to nothing instead of nothing: so no sum ever falls into the
    numbers near zero with which processors are slow.
    """
    mass = np.full((counts + 1, *chances.shape[1:]), NEXT_TO_NOTHING, kind)
    mass[1] = 1
    return mass


def _join(mass: NDArray[Any], moved: NDArray[Any], chance: NDArray[Any], top: int) -> None:
    """One more program joins: from each count up to a plane, its chance moves on to the next."""
    shifted = np.subtract(mass[:top], mass[1 : top + 1], out=moved[:top])
    shifted *= chance
    mass[1 : top + 1] += shifted


def _conditional(listed: Floats, correlation: float, nodes: int, kind: Kind) -> NDArray[Any]:
    """The chances given each value of the factor, [place, node, applicant]; 0 where the rate is."""
    millionths = np.rint(listed.T * MILLIONTHS).astype(np.int64)
    return _chance_table(correlation, nodes, kind).of(millionths)


class _ChanceTable:
    """The conditional chances of every rate that was asked for so far, once each."""

    def __init__(self, correlation: float, nodes: int, kind: Kind) -> None:
        self.correlation = correlation
        self.points = _quadrature(correlation, nodes, kind)[0]
        self.place = np.full(MILLIONTHS + 1, -1, np.int32)
        self.place[0] = 0
        self.chances = np.zeros((len(self.points), 1), kind)

    def of(self, millionths: Ints) -> NDArray[Any]:
        """The chances [place, node, applicant] of rates [place, applicant]."""
        places = self.place[millionths]
        if (places < 0).any():
            new = np.unique(millionths[places < 0])
            known = self.chances.shape[1]
            found = interviews.conditional_chances(new / MILLIONTHS, self.correlation, self.points)
            self.place[new] = np.arange(known, known + len(new))
            self.chances = np.hstack([self.chances, found.astype(self.chances.dtype)])
            places = self.place[millionths]
        given = np.empty((len(places), len(self.points), places.shape[1]), self.chances.dtype)
        places = places.astype(np.intp)
        for node, chances in enumerate(self.chances):
            given[:, node] = chances[places]
        return given


@cache
def _quadrature(correlation: float, nodes: int, kind: Kind) -> tuple[Floats, NDArray[Any]]:
    """The values of the factor and their weights; in single precision only what weighs."""
    points, weights = interviews.factor(correlation, nodes)
    weighs = weights > (NEGLIGIBLE if kind == "float32" else 0)
    return points[weighs], weights[weighs].astype(kind)


@cache
def _chance_table(correlation: float, nodes: int, kind: Kind) -> _ChanceTable:
    return _ChanceTable(correlation, nodes, kind)


def _tiles(steps: Ints, then: NDArray[Any], size: int) -> list[Ints]:
    """Applicants with about as many steps, the most alike together, some at a time.

    Nobody without a step is in any of them.
    """
    order = np.lexsort((then, steps))
    order = order[steps[order] > 0]
    return [order[start : start + size] for start in range(0, len(order), size)]
