"""Question 4: what the exact list costs an applicant, alone and with count, range and curve."""

from dataclasses import replace
from functools import partial
from importlib import import_module

import numpy as np
from tests.benchmarks.costs import Cost, cost_of_work, in_turns
from tests.benchmarks.pairs import Pairs, make_pairs
from tests.benchmarks.report import Table, ratio
from tests.benchmarks.textbook import best_lists_of_one, ranges_of_one

from stepladder.plan import count
from stepladder.plan.best_list import SIGNALLED, BestLists, Candidates, best_lists
from stepladder.plan.curve import Curve, stress_range

# The package re-exports the function `curve` under the module's name.
_curve = import_module("stepladder.plan.curve")

PROGRAMS, SIZES, SIGNALS = 100, 80, 20
_OF_A_SLICE = 512
_OF_THE_PEER = 48
_LIST, _ALL, _PEER_LIST, _PEER_ALL = "list", "all", "peer list", "peer all"
_SPREAD = 1.15


def cost_of_the_plan(repetitions: int) -> Table:
    """Time the list alone and with all that is told of it, on one slice of applicants."""
    pairs, peer = _largest(_OF_A_SLICE), _largest(_OF_THE_PEER)
    _same_as_the_textbook(peer)
    found = in_turns(
        {
            _LIST: lambda: cost_of_work(partial(_lists, pairs.candidates)),
            _ALL: lambda: cost_of_work(partial(_list_count_range_curve, pairs)),
            _PEER_LIST: lambda: cost_of_work(partial(_textbook, peer, ranges=False)),
            _PEER_ALL: lambda: cost_of_work(partial(_textbook, peer, ranges=True)),
        },
        repetitions,
    )
    homes = pairs.candidates.institution[0]
    shared = len(homes) - len(np.unique(homes))
    return Table(
        "The exact list",
        f"{PROGRAMS} open programs that all take signals, lists of up to {SIZES} with {SIGNALS} "
        f"signals, {shared} institutions with two programs each (for "
        f"{100 * _share_that_branches(pairs):.0f}% of the applicants the rule of one signal per "
        f"institution changes a list); {_OF_A_SLICE} applicants, one slice of the command. The "
        "peer: the textbook recursions in numpy, one applicant after another, without that rule; "
        "without it both give the same values.",
        (
            "Work",
            "Ours, CPU ms an applicant",
            "Limit, ms",
            "Textbook, CPU ms",
            "**Ratio, CPU**",
        ),
        [
            _row("The exact list of every size", "0.6", found[_LIST], found[_PEER_LIST]),
            _row("… with count, range, curve and stress", "2", found[_ALL], found[_PEER_ALL]),
        ],
    )


def _row(work: str, limit: str, ours: Cost, peer: Cost) -> tuple[str, ...]:
    ours_ms, peer_ms = 1000 * ours.cpu / _OF_A_SLICE, 1000 * peer.cpu / _OF_THE_PEER
    return work, f"{ours_ms:.2f}", limit, f"{peer_ms:.1f}", ratio(peer_ms, ours_ms)


def _largest(size: int) -> Pairs:
    """So many applicants, with every program open to them and to a signal."""
    pairs = make_pairs(round(_SPREAD * size), PROGRAMS)
    kept = pairs.candidates.of(np.arange(size))
    everywhere = np.ones(kept.is_open.shape, np.bool_)
    return replace(
        pairs,
        rates=pairs.rates[:size],
        rates_signalled=pairs.rates_signalled[:size],
        candidates=replace(kept, is_open=everywhere, may_signal=everywhere),
    )


def _lists(candidates: Candidates) -> BestLists:
    return best_lists(candidates, np.full(len(candidates.chance), SIZES), SIGNALS)


def _list_count_range_curve(pairs: Pairs) -> tuple[Curve, count.Suggested]:
    lists, model = _lists(pairs.candidates), pairs.policy.interviews
    odds: Curve = _curve.curve(lists, pairs.rates, pairs.rates_signalled, model)
    every = np.full(len(pairs.rates), SIZES)
    none = np.zeros_like(every)
    limits = count.Limits(
        low=none + 1,
        high=every,
        open=every,
        affordable=every,
        maximum=every,
        required=none,
        excluded=none,
    )
    suggested = count.suggest(limits, odds.chance, model.target_chance)
    chosen = lists.choices[np.arange(len(every)), suggested.number - 1]
    stress_range(chosen, pairs.rates, pairs.rates_signalled, model)
    return odds, suggested


def _textbook(pairs: Pairs, *, ranges: bool) -> None:
    given = pairs.candidates
    for who in range(len(given.chance)):
        choices, _ = best_lists_of_one(
            given.chance[who], given.chance_signalled[who], given.desirability[who], SIZES, SIGNALS
        )
        if ranges:
            ranges_of_one(
                choices, pairs.rates[who], pairs.rates_signalled[who], pairs.policy.interviews
            )


def _without_shared_institutions(candidates: Candidates) -> Candidates:
    own = np.broadcast_to(np.arange(candidates.chance.shape[1]), candidates.chance.shape)
    return replace(candidates, institution=own)


def _same_as_the_textbook(pairs: Pairs) -> None:
    """Refuse to compare times of two answers that differ."""
    given = pairs.candidates
    lists = _lists(_without_shared_institutions(given))
    odds = _curve.curve(lists, pairs.rates, pairs.rates_signalled, pairs.policy.interviews)
    for who in range(len(given.chance)):
        _, values = best_lists_of_one(
            given.chance[who], given.chance_signalled[who], given.desirability[who], SIZES, SIGNALS
        )
        ends = ranges_of_one(
            lists.choices[who],
            pairs.rates[who],
            pairs.rates_signalled[who],
            pairs.policy.interviews,
        )
        same_values = np.allclose(values, lists.values[who], rtol=0, atol=1e-9)
        if not same_values or ends != (odds.low[who].tolist(), odds.high[who].tolist()):
            raise RuntimeError("the textbook gives another answer")


def _share_that_branches(pairs: Pairs) -> float:
    """How many applicants would signal an institution twice if the rule did not forbid it."""
    given = pairs.candidates
    choices = _lists(_without_shared_institutions(given)).choices
    homes = given.institution[0]
    twice = [
        (choices[:, :, homes == home] == SIGNALLED).sum(axis=2).max(axis=1) > 1
        for home in np.unique(homes).tolist()
    ]
    return float(np.any(twice, axis=0).mean())
