"""Rates and desirabilities of an applicant's open programs in; the best list of every size out.

With q the chance that a program takes the applicant and u its desirability, programs sorted by
rising u, the value of a set is V_j = q_j·u_j + (1−q_j)·V_{j−1}. It rises with V_{j−1}, and
applications and signals add up, so a dynamic program over (applications, signals) used is exact
(Chade & Smith 2006; Kapur 2022; design: The plan). An institution may be signalled once: where a
solution signals it twice, the search branches on which of its programs may be signalled.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from stepladder.arrays import Choices, Flags, Floats, Ints

TIE = 1e-12
"""Values closer than this are equal: the order of the sums decides their last bits."""
TILE = 128
SKIPPED, APPLIED, SIGNALLED = 0, 1, 2


@dataclass(frozen=True)
class Candidates:
    """The programs of a tile of applicants; every array is [applicant, program] in program order.

    `institution` numbers institutions; programs of one number share one signal. Closed programs
    (`is_open` false) are out, required ones are in.
    """

    chance: Floats
    chance_signalled: Floats
    desirability: Floats
    is_open: Flags
    is_required: Flags
    may_signal: Flags
    institution: Ints

    def of(self, applicants: Ints) -> "Candidates":
        """The candidates of some of the applicants."""
        return Candidates(**{name: values[applicants] for name, values in vars(self).items()})

    def in_order(self, order: Ints) -> "Candidates":
        """The candidates with their programs in another order, [applicant, place]."""
        return Candidates(
            **{name: np.take_along_axis(values, order, 1) for name, values in vars(self).items()}
        )


@dataclass(frozen=True)
class BestLists:
    """The best list of each size n = 1 … sizes, and its value.

    `choices` [applicant, size − 1, program] is SKIPPED, APPLIED or SIGNALLED; `values`
    [applicant, size − 1] is −inf where no list has that size.
    """

    choices: Choices
    values: Floats

    def of(self, which: Ints, most: Ints) -> "BestLists":
        """The lists at these places, each up to a size of its own."""
        sizes = int(most.max(initial=0))
        choices, values = self.choices[which, :sizes], self.values[which, :sizes]
        beyond = np.arange(1, sizes + 1) > most[:, None]
        choices[beyond] = SKIPPED
        values[beyond] = -np.inf
        return BestLists(choices, values)


def best_lists(
    candidates: Candidates, most: Ints, signals: int, least: Ints | None = None
) -> BestLists:
    """Give every applicant's best list of each size up to `most` with at most `signals` signals.

    `most` [applicant] is no more than the applicant's open programs; larger sizes stay without a
    list, and so do those under `least`, if it is told. Ties go to the program that comes first:
    lower desirability, then lower rate, then lower position.
    """
    sizes, least = int(most.max(initial=0)), np.ones_like(most) if least is None else least
    order = _by_rising_desirability(candidates)
    ordered = candidates.in_order(order)
    ordered = replace(ordered, may_signal=ordered.may_signal & ordered.is_open)
    ordered = replace(ordered, may_signal=ordered.may_signal & ~_never_signalled(ordered))
    choices = np.zeros((len(order), sizes, order.shape[1]), np.uint8)
    values = np.full((len(order), sizes), -np.inf)
    for tile in tiles(most, TILE, candidates.is_open.sum(axis=1)):
        largest, smallest = int(most[tile].max()), max(int(least[tile].min()), 1)
        solved = _solve(ordered.of(tile), (smallest, largest), signals)
        choices[tile, smallest - 1 : largest], values[tile, smallest - 1 : largest] = solved
    size = np.arange(1, sizes + 1)
    values[(size > most[:, None]) | (size < least[:, None])] = -np.inf
    choices[~np.isfinite(values)] = SKIPPED
    _branch_on_institutions(ordered, choices, values, signals)
    places = np.argsort(order, axis=1)
    choices = np.take_along_axis(choices, places[:, None, :], 2)
    return BestLists(choices, values)


def tiles(most: Ints, width: int, first: Ints | None = None) -> list[Ints]:
    """Applicants with lists of about one size, `width` at a time; none without a list.

    `first` is what comes before the size where more than that is to be alike.
    """
    order = np.lexsort([most] if first is None else [most, first])
    order = order[most[order] > 0]
    return [order[start : start + width] for start in range(0, len(order), width)]


def list_value(chance: Floats, desirability: Floats) -> Floats:
    """The value of whole lists, [...], their programs in the last axis by rising desirability."""
    value = np.zeros(chance.shape[:-1])
    for program in range(chance.shape[-1]):
        q = chance[..., program]
        value = q * desirability[..., program] + (1 - q) * value
    return value


def marginal_values(chance: Floats, desirability: Floats) -> Floats:
    """What each program adds to its list, [applicant, program], by rising desirability.

    A chance of 0 marks a program that is not on the list; it adds nothing.
    """
    # Program by program, the applicants of each side by side.
    q, wanted = np.ascontiguousarray(chance.T), np.ascontiguousarray(desirability.T)
    not_taken, worth = 1 - q, q * wanted
    before, later = np.zeros_like(q), np.ones_like(q)
    for program in range(1, len(q)):
        np.multiply(not_taken[program - 1], before[program - 1], out=before[program])
        before[program] += worth[program - 1]
    for program in reversed(range(len(q) - 1)):
        np.multiply(later[program + 1], not_taken[program + 1], out=later[program])
    later *= q
    later *= np.subtract(wanted, before, out=before)
    return later.T


def rising_desirability(chance: Floats, desirability: Floats) -> Ints:
    """The order of programs by rising desirability; ties by rising chance, then by position."""
    positions = np.broadcast_to(np.arange(chance.shape[-1]), chance.shape)
    return np.lexsort((positions, chance, desirability), axis=-1)


def _by_rising_desirability(candidates: Candidates) -> Ints:
    """Closed programs first, where no list can hold them, then by rising desirability."""
    positions = np.broadcast_to(np.arange(candidates.chance.shape[1]), candidates.chance.shape)
    keys = (positions, candidates.chance, candidates.desirability, candidates.is_open)
    return np.lexsort(keys, axis=-1)


def _solve(tile: Candidates, ends: tuple[int, int], signals: int) -> tuple[Choices, Floats]:
    """Solve one tile without the rule on institutions, for all sizes between both ends.

    The state is [signals used at most, applications used exactly × applicant]: numpy is quickest
    along few long rows.
    """
    smallest, sizes = ends
    applicants, programs = tile.chance.shape
    first = int((~tile.is_open).sum(axis=1).min()) if programs else 0
    state = (signals + 1, (sizes + 1) * applicants)
    value = np.full(state, -np.inf)
    value[:, :applicants] = 0
    taken = np.zeros((programs - first, *state), np.uint8)
    steps = _steps(tile)
    required = np.where(tile.is_required & tile.is_open, -np.inf, 0).T
    # The same buffers for all programs: the arrays of a tile are to stay in the cache.
    applied_buffer, signalled_buffer, margin_buffer = np.empty((3, value.size))
    is_applied_buffer, is_signalled_buffer = np.empty((2, value.size), np.bool_)
    for program in range(first, programs):
        top = min(program - first + 1, sizes)
        # A list ends with all its signals to spend, and each later program can spend but one.
        least = max(signals - (programs - 1 - program), 0)
        # And it grows by no more than one with each of them.
        low = max(smallest - (programs - 1 - program), 1) - 1
        before = slice(low * applicants, top * applicants)
        after = slice((low + 1) * applicants, (top + 1) * applicants)
        stay, gain, stay_signalled, gain_signalled = np.tile(steps[program], (1, top - low))
        shape = (signals + 1 - least, len(stay))
        applied = applied_buffer[: math.prod(shape)].reshape(shape)
        np.multiply(value[least:, before], stay, out=applied)
        applied += gain
        spent = max(least, 1)
        plain = applied[spent - least :]
        signalled = signalled_buffer[: plain.size].reshape(plain.shape)
        np.multiply(value[spent - 1 : -1, before], stay_signalled, out=signalled)
        signalled += gain_signalled
        margin = margin_buffer[: plain.size].reshape(plain.shape)
        np.subtract(signalled, TIE, out=margin)
        is_signalled = is_signalled_buffer[: plain.size].reshape(plain.shape)
        np.greater(margin, plain, out=is_signalled)
        np.maximum(plain, signalled, out=plain)
        if required[program].any():
            value[:, : after.stop] += np.tile(required[program], top + 1)
        skipped = value[least:, after]
        margin = margin_buffer[: applied.size].reshape(shape)
        np.subtract(applied, TIE, out=margin)
        is_applied = is_applied_buffer[: applied.size].reshape(shape)
        np.greater(margin, skipped, out=is_applied)
        np.maximum(skipped, applied, out=skipped)
        took = taken[program - first, least:, after]
        took[:] = is_applied.view(np.uint8)
        is_signalled &= is_applied[spent - least :]
        took[spent - least :] += is_signalled.view(np.uint8)
    choices = np.zeros((applicants, sizes - smallest + 1, programs), np.uint8)
    choices[:, :, first:] = _trace(taken, ends, applicants).transpose(2, 1, 0)
    best = value[signals].reshape(sizes + 1, applicants)[smallest:]
    return choices, np.ascontiguousarray(best.T)


def _steps(tile: Candidates) -> Floats:
    """What a program does to the value of a list, by program: value · stay + gain.

    [program, (stay, gain, stay if signalled, gain if signalled), applicant]; −inf is gained where
    the choice is not open.
    """
    closed = np.where(tile.is_open, 0, -np.inf)
    unsignalled = np.where(tile.may_signal, 0, -np.inf)
    steps = [
        1 - tile.chance,
        tile.chance * tile.desirability + closed,
        1 - tile.chance_signalled,
        tile.chance_signalled * tile.desirability + unsignalled,
    ]
    return np.ascontiguousarray(np.stack(steps).transpose(2, 0, 1))


def _trace(taken: Choices, ends: tuple[int, int], applicants: int) -> Choices:
    """Follow the choices back from every size at once, [program, size − smallest, applicant]."""
    _, layers, one_signal = taken.shape
    smallest, sizes = ends
    # Where each list stands in the flattened states [signals, applications × applicant].
    state = np.arange(smallest, sizes + 1)[:, None] * applicants + (layers - 1) * one_signal
    state = state + np.arange(applicants)
    back = np.array([0, applicants, applicants + one_signal])
    choices = np.zeros((len(taken), *state.shape), np.uint8)
    for program in range(len(taken) - 1, -1, -1):
        taken[program].ravel().take(state, out=choices[program])
        state -= back.take(choices[program])
    return choices


def _never_signalled(ordered: Candidates) -> Flags:
    """Programs that some best list leaves unsignalled, as a better twin at the institution has it.

    Program k is better than i where its desirability is no lower and no list that signals i is
    worth less with the signal at k. With p the chance if signalled and d = p − q the lift, a list
    without k may have it in place of i: p_k·u_k ≥ p_i·u_i. On a list with both the signal may move:
    d_k·(u_k − q_i·u_i) ≥ (1 − q_k)·d_i·u_i. Either gains least where the programs before i are
    worth nothing and those between i and k leave all to k. Of equal ones the earlier is better.
    An i that is required while k is not may stand on a list without k: it is left alone.
    """
    never = np.zeros(ordered.chance.shape, np.bool_)
    for who, first, second in _twins(ordered.institution):
        earlier_is = _is_better(ordered, (who, first), (who, second))
        never[who, first] |= _is_better(ordered, (who, second), (who, first)) & ~earlier_is
        never[who, second] |= earlier_is
    return never


def _twins(institution: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Applicants with the places of two programs of one institution, the earlier one first.

    At one time come those between which so many others of the institution stand.
    """
    by_institution = np.argsort(institution, axis=1, kind="stable")
    numbers = np.take_along_axis(institution, by_institution, 1)
    for lag in range(1, numbers.shape[1]):
        who, at = np.nonzero(numbers[:, lag:] == numbers[:, :-lag])
        if not len(who):
            break
        yield who, by_institution[who, at], by_institution[who, at + lag]


def _is_better(ordered: Candidates, better: tuple[Ints, Ints], worse: tuple[Ints, Ints]) -> Flags:
    """Whether one program of each pair always bears the signal at least as well as the other."""
    (q, signalled, u), (worse_q, worse_signalled, worse_u) = (
        (ordered.chance[of], ordered.chance_signalled[of], ordered.desirability[of])
        for of in (better, worse)
    )
    lift, worse_lift = signalled - q, worse_signalled - worse_q
    holds = (u >= worse_u) & (signalled * u >= worse_signalled * worse_u)
    holds &= lift * (u - worse_q * worse_u) >= (1 - q) * worse_lift * worse_u
    holds &= ~ordered.is_required[worse] | ordered.is_required[better]
    holds &= ordered.may_signal[better] & ordered.may_signal[worse]
    return np.asarray(holds)


def _branch_on_institutions(
    ordered: Candidates, choices: Choices, values: Floats, signals: int
) -> None:
    """Replace, in place, lists that signal an institution twice by the best ones that do not."""
    doubled = _doubled_institution(choices, ordered)
    applicants = np.flatnonzero((doubled >= 0).any(axis=1))
    if not len(applicants):
        return
    open_sizes = {who: doubled[who] >= 0 for who in applicants.tolist()}
    best_values = {who: np.where(open_sizes[who], -np.inf, values[who]) for who in open_sizes}
    nodes = [
        (who, mask)
        for who in applicants.tolist()
        for mask in _children(ordered, who, ordered.may_signal[who], doubled[who], open_sizes[who])
    ]
    while nodes:
        wave, nodes = nodes[:TILE], nodes[TILE:]
        who = np.array([node[0] for node in wave])
        asked = np.flatnonzero(np.any([open_sizes[at] for at in who.tolist()], axis=0))
        ends = int(asked[0]) + 1, int(asked[-1]) + 1
        between = slice(ends[0] - 1, ends[1])
        restricted = replace(ordered.of(who), may_signal=np.array([node[1] for node in wave]))
        found_choices, found_values = _solve(restricted, ends, signals)
        found_doubled = _doubled_institution(found_choices, restricted)
        for place, (applicant, mask) in enumerate(wave):
            best = best_values[applicant][between]
            better = open_sizes[applicant][between] & (found_values[place] > best + TIE)
            done = better & (found_doubled[place] < 0)
            best[done] = found_values[place][done]
            choices[applicant, between][done] = found_choices[place][done]
            values[applicant, between][done] = found_values[place][done]
            more = better & ~done
            if more.any():
                nodes += [
                    (applicant, child)
                    for child in _children(ordered, applicant, mask, found_doubled[place], more)
                ]


def _doubled_institution(choices: Choices, solved: Candidates) -> Ints:
    """The lowest institution with two signals, [applicant, size − 1]; −1 without any."""
    none = np.iinfo(np.int64).max
    doubled = np.full(choices.shape[:2], none)
    for each, one, other in _twins(solved.institution):
        may_both = solved.may_signal[each, one] & solved.may_signal[each, other]
        who, first, second = each[may_both], one[may_both], other[may_both]
        is_signalled = choices[who, :, first] == SIGNALLED
        pair, size = np.nonzero(is_signalled & (choices[who, :, second] == SIGNALLED))
        np.minimum.at(doubled, (who[pair], size), solved.institution[who, first][pair])
    doubled[doubled == none] = -1
    return doubled


def _children(
    ordered: Candidates, who: int, mask: Flags, doubled: Ints, sizes: Flags
) -> list[Flags]:
    """One restriction for each program of the doubled institution that may be signalled."""
    institution = doubled[sizes][0]
    members = np.flatnonzero((ordered.institution[who] == institution) & mask)
    children = []
    for chosen in members.tolist():
        child = mask.copy()
        child[members] = False
        child[chosen] = True
        children.append(child)
    return children
