"""What applicants choose from in; their lists at the suggested numbers, or numbers alone, out."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from stepladder.arrays import Choices, Flags, Floats, Ints
from stepladder.plan import best_list, count, rate_list
from stepladder.plan.alike import distinct
from stepladder.plan.curve import Curve, curve, list_range, stress_range, target_chances
from stepladder.plan.offer import Offer

VALUE_DECIMALS = 6


@dataclass(frozen=True)
class ChosenLists:
    """The lists of some applicants at the suggested numbers.

    Every chosen program has its applicant and program by position, by applicant and rank.
    `interviews` and `stress` are both ends of the ranges; `lists` and `odds` tell of every size.
    """

    suggested: count.Suggested
    who: Ints
    program: Ints
    is_signalled: Flags
    marginal: pl.Series
    interviews: tuple[Ints, Ints]
    stress: tuple[Ints, Ints]
    lists: best_list.BestLists
    odds: Curve


@dataclass(frozen=True)
class Found:
    """The numbers of some applicants: both ends of `interviews`, and of `chances` of the target.

    `values` are of the lists of every size, and so are the chances, [applicant, size − 1].
    """

    suggested: count.Suggested
    interviews: tuple[Ints, Ints]
    values: Floats
    chances: tuple[Floats, Floats]


def best(offer: Offer) -> ChosenLists:
    """The best list of every size, and of these the one of the suggested number."""
    model, candidates = offer.policy.interviews, offer.candidates
    lists, odds = _solved(offer)
    suggested = count.suggest(offer.limits, odds.chance, model.target_chance)
    chosen = _chosen(lists, np.arange(len(suggested.number)), suggested.number)
    who, program = np.nonzero(chosen)
    marginal = pl.Series(_marginal(candidates, chosen)[who, program]).round(VALUE_DECIMALS)
    order = np.lexsort((program, -marginal.to_numpy(), who))
    return ChosenLists(
        suggested,
        who[order],
        program[order],
        chosen[who, program][order] == best_list.SIGNALLED,
        marginal.gather(order),
        (_of_size(odds.low, suggested), _of_size(odds.high, suggested)),
        stress_range(chosen, offer.rates, offer.rates_signalled, model),
        lists,
        odds,
    )


def _solved(offer: Offer) -> tuple[best_list.BestLists, Curve]:
    """The best lists and what they bring, found once for all applicants for whom they are the same.

    Some change nothing that a program looks at.
    """
    first, which = _kinds(offer)
    most, most_of_kind = offer.limits.largest, np.zeros(len(first), np.int64)
    np.maximum.at(most_of_kind, which, most)
    lists = best_list.best_lists(offer.candidates.of(first), most_of_kind, offer.signals)
    rates, rates_signalled = offer.rates[first], offer.rates_signalled[first]
    odds = curve(lists, rates, rates_signalled, offer.policy.interviews)
    return lists.of(which, most), odds.of(which, most)


def _kinds(offer: Offer) -> tuple[Ints, Ints]:
    """The first applicant of each kind with the same lists, and everybody's kind."""
    return distinct([*vars(offer.candidates).values(), offer.rates, offer.rates_signalled])


def best_in_numbers(offer: Offer) -> Found:
    """The numbers of the best lists, of those sizes alone that could be suggested.

    A range of interviews is asked for only once the number is known, and once for all who share a
    list: many scenarios of levers change nothing that a program looks at.
    """
    model, limits = offer.policy.interviews, offer.limits
    first, which = _kinds(offer)
    most, least = limits.largest, limits.smallest
    most_of_kind = np.zeros(len(first), np.int64)
    np.maximum.at(most_of_kind, which, most)
    least_of_kind = most_of_kind.copy()
    np.minimum.at(least_of_kind, which, least)
    lists = best_list.best_lists(
        offer.candidates.of(first), most_of_kind, offer.signals, least_of_kind
    )
    rates, rates_signalled = offer.rates[first], offer.rates_signalled[first]
    chances = target_chances(lists, rates, rates_signalled, model)
    sizes = int(most.max(initial=0))
    size = np.arange(1, sizes + 1)
    is_asked = (size <= most[:, None]) & (size >= least[:, None])
    chance, stress_chance = (np.where(is_asked, found[which, :sizes], np.nan) for found in chances)
    suggested = count.suggest(limits, chance, model.target_chance)
    asked, whose = np.unique(np.stack([which, suggested.number]), axis=1, return_inverse=True)
    kind, number = asked
    chosen = _chosen(lists, kind, number)
    low, high = list_range(chosen, rates[kind], rates_signalled[kind], model)
    return Found(
        suggested,
        (low[whose], high[whose]),
        np.where(is_asked, lists.values[which, :sizes], -np.inf),
        (chance, stress_chance),
    )


def rate_in_numbers(offer: Offer) -> Found:
    """The numbers of the programs with the best rates."""
    found = by_rate(offer, with_curve=True)
    chances = found.odds.chance, found.odds.stress_chance
    return Found(found.suggested, found.interviews, found.lists.values, chances)


def by_rate(offer: Offer, *, with_curve: bool) -> ChosenLists:
    """The programs with the best rates, as many as their chances of the target ask for."""
    model, most = offer.policy.interviews, offer.limits.largest
    candidates, required = offer.candidates, offer.limits.required
    rates, rates_signalled = offer.rates, offer.rates_signalled
    ranked = rate_list.rate_lists(candidates, rates, rates_signalled, most, offer.signals)
    chance = rate_list.target_chances(ranked, most, required, offer.limits.low, model)
    suggested = count.suggest(offer.limits, chance, model.target_chance)
    who, program, is_signalled, marginal = rate_list.listed(candidates, ranked, suggested.number)
    lists, odds = _no_lists(candidates)
    if with_curve:
        lists = rate_list.every_size(candidates, ranked, most, required)
        odds = curve(lists, rates, rates_signalled, model)
    return ChosenLists(
        suggested,
        who,
        program,
        is_signalled,
        marginal,
        rate_list.interview_range(ranked, suggested.number, model),
        rate_list.interview_range(ranked, suggested.number, model, stress=True),
        lists,
        odds,
    )


def _no_lists(candidates: best_list.Candidates) -> tuple[best_list.BestLists, Curve]:
    applicants, programs = candidates.chance.shape
    none = np.zeros((applicants, 0))
    counts = none.astype(np.int64)
    lists = best_list.BestLists(np.zeros((applicants, 0, programs), np.uint8), none)
    return lists, Curve(counts, counts, none, none)


def _chosen(lists: best_list.BestLists, which: Ints, number: Ints) -> Choices:
    """The choices of lists of these numbers of programs, [list, program]."""
    if not lists.values.shape[1]:
        return np.zeros((len(number), lists.choices.shape[2]), np.uint8)
    listed: Choices = lists.choices[which, np.maximum(number - 1, 0)]
    listed[number == 0] = best_list.SKIPPED
    return listed


def _of_size(counts: Ints, suggested: count.Suggested) -> Ints:
    """The count at the suggested number; 0 interviews without an application."""
    padded = np.concatenate([np.zeros((len(counts), 1), np.int64), counts], axis=1)
    return np.take_along_axis(padded, suggested.number[:, None], 1)[:, 0]


def _marginal(candidates: best_list.Candidates, chosen: Choices) -> Floats:
    """What each chosen program adds to its list, [applicant, program], signals as they stand."""
    plain, wanted = candidates.chance, candidates.desirability
    chance = np.where(chosen == best_list.SIGNALLED, candidates.chance_signalled, plain)
    order = best_list.rising_desirability(plain, wanted)
    sorted_chance = np.take_along_axis(np.where(chosen > 0, chance, 0), order, 1)
    added = best_list.marginal_values(sorted_chance, np.take_along_axis(wanted, order, 1))
    return np.take_along_axis(added, np.argsort(order, axis=1), 1)
