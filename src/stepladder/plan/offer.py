"""Scored applicants, programs and their pairs in; what each applicant chooses from, out."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from stepladder.arrays import Flags, Floats, Ints
from stepladder.match import Classes, named_pairs
from stepladder.plan import best_list, costs, count
from stepladder.rulebook import Policy, next_season, season
from stepladder.rulebook.policy import Fees
from stepladder.rulebook.tiers import by_tier

ASKED = "applications_asked"
"""The column of applicants with a number of applications to plan for, whatever their tier."""


@dataclass(frozen=True)
class Offer:
    """What applicants whose seasons have the same fees and signals choose from.

    price    what 0, 1, … applications cost
    must     the programs that each applicant wants by all means, [applicant, program]
    """

    applicants: pl.DataFrame
    programs: pl.DataFrame
    pairs: Classes
    policy: Policy
    fees: Fees
    signals: int
    candidates: best_list.Candidates
    rates: Floats
    rates_signalled: Floats
    must: Flags
    price: Ints
    limits: count.Limits


def offers(
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    pairs: Classes,
    policy: Policy,
    as_of: date,
    width: int,
) -> Iterator[Offer]:
    """What applicants choose from, `width` of them at a time; nobody is some, too.

    Together are those whose seasons have the same fees and signals.
    """
    planned = applicants.with_columns(**ranges(policy))
    years: defaultdict[tuple[Fees, int], list[int]] = defaultdict(list)
    seasons = planned["planning_season"].unique(maintain_order=True).to_list()
    for year in seasons or [next_season(policy, as_of)]:
        table = season(policy, year)
        years[table.fees, table.signals].append(year)
    takes_signals = programs["takes_signals"].ne_missing("No").to_numpy()
    offered = _Programs(programs, takes_signals, _institutions(programs))
    for (fees, signals), alike in years.items():
        group, of_group = planned, pairs
        if len(years) > 1:
            is_alike = planned["planning_season"].is_in(alike)
            group, of_group = (
                planned.filter(is_alike),
                pairs.of_some(is_alike.arg_true().to_numpy()),
            )
        for start in range(0, max(group.height, 1), width):
            tile = slice(start, start + width)
            yield _offer(group[tile], of_group.of_some(tile), offered, policy, fees, signals)


def ranges(policy: Policy) -> dict[str, pl.Expr]:
    """The range of applications: the tier's, in a low-score case at least the guide's.

    What a lever asks for instead, in a column ASKED, is the whole range.
    """
    least = {"low": policy.suggestion.low_score_low, "high": policy.suggestion.low_score_high}
    return {
        f"applications_{end}": pl.coalesce(
            cs.by_name(ASKED, require_all=False),
            pl.when("is_low_score")
            .then(pl.max_horizontal(by_tier(policy, f"applications_{end}"), pl.lit(number)))
            .otherwise(by_tier(policy, f"applications_{end}")),
        )
        for end, number in least.items()
    }


@dataclass(frozen=True)
class _Programs:
    """The programs, with what each of them is to every applicant alike."""

    rows: pl.DataFrame
    may_signal: Flags
    institution: Ints


def _offer(
    applicants: pl.DataFrame,
    pairs: Classes,
    offered: _Programs,
    policy: Policy,
    fees: Fees,
    signals: int,
) -> Offer:
    programs = offered.rows
    must = _listed(applicants["must_program_ids"], programs["program_id"])
    never = _listed(applicants["never_program_ids"], programs["program_id"])
    ineligible = pairs.is_ineligible
    is_open = ~(ineligible | never | pairs.is_pending[:, None])
    taken = policy.interviews.match_per_interview
    candidates = best_list.Candidates(
        chance=taken * pairs.rates,
        chance_signalled=taken * pairs.rates_signalled,
        desirability=pairs.desirability,
        is_open=is_open,
        is_required=must & is_open,
        may_signal=_for_each(applicants, offered.may_signal),
        institution=_for_each(applicants, offered.institution),
    )
    price = costs.cost_by_number(fees, programs.height)
    return Offer(
        applicants,
        programs,
        pairs,
        policy,
        fees,
        signals,
        candidates,
        pairs.rates,
        pairs.rates_signalled,
        must,
        price,
        _limits(applicants, candidates, price, (~ineligible & never).sum(axis=1)),
    )


def _listed(lists: pl.Series, program_ids: pl.Series) -> Flags:
    """Which programs each applicant's list of ids names, [applicant, program]."""
    named = np.zeros((len(lists), len(program_ids)), np.bool_)
    if lists.count():
        named.ravel()[named_pairs(lists, program_ids)] = True
    return named


def _for_each(applicants: pl.DataFrame, of_program: NDArray[Any]) -> NDArray[Any]:
    return np.broadcast_to(of_program, (applicants.height, len(of_program)))


def _institutions(programs: pl.DataFrame) -> Ints:
    """A number for each institution; a blank one is its own."""
    own = pl.concat_str(pl.lit("\0"), pl.int_range(pl.len()))
    name = pl.col("institution").str.strip_chars().str.to_lowercase()
    numbered = programs.select(pl.coalesce(name, own).rank("dense").cast(pl.Int64))
    return numbered.to_series().to_numpy()


def _limits(
    applicants: pl.DataFrame, candidates: best_list.Candidates, price: Ints, excluded: Ints
) -> count.Limits:
    budget = applicants["budget_usd"]
    paid = costs.affordable(price, budget.fill_null(0).to_numpy())
    maximum = applicants["max_applications"].fill_null(count.NO_LIMIT)
    return count.Limits(
        low=applicants["applications_low"].fill_null(0).to_numpy(),
        high=applicants["applications_high"].fill_null(0).to_numpy(),
        open=candidates.is_open.sum(axis=1),
        affordable=np.where(budget.is_null().to_numpy(), count.NO_LIMIT, paid),
        maximum=maximum.to_numpy(),
        required=candidates.is_required.sum(axis=1),
        excluded=excluded,
    )
