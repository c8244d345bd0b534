"""Plan applications: each applicant's best list, suggested number, cost, interviews and curve."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from stepladder.arrays import Flags, Floats, Ints
from stepladder.match import Classes
from stepladder.plan import best_list, costs, count
from stepladder.plan.actions import actions, next_steps
from stepladder.plan.chosen import VALUE_DECIMALS, best, best_in_numbers, by_rate, rate_in_numbers
from stepladder.plan.curve import Curve
from stepladder.plan.offer import Offer, offers, ranges
from stepladder.plan.shortlist import shortlist
from stepladder.rulebook import Policy

ListBy = Literal["best", "rate"]

ADVANCED = ("Advanced", "Categorical and Advanced")


@dataclass(frozen=True)
class Wanted:
    """Which list an applicant gets, and which result tables are asked for.

    `list_by` is "best", the list of the largest value, or "rate", the programs with the best invite
    rates. Of the tables only `plan` and `curve` are left empty where they are not asked for.
    """

    list_by: ListBy = "best"
    tables: frozenset[str] = frozenset({"plan", "curve"})


EVERYTHING = Wanted()


@dataclass(frozen=True)
class Planned:
    """The plan of some applicants.

    `suggestions` has one row for each applicant; `shortlist` one for each chosen program; `actions`
    one for each thing to do; `curve` one for each size of list; `queries` one for each thing to ask
    the advisor (`row`, `code`, `found`). All carry `row`, the applicant's position in the input.
    """

    suggestions: pl.DataFrame
    shortlist: pl.DataFrame
    actions: pl.DataFrame
    curve: pl.DataFrame
    queries: pl.DataFrame


@dataclass(frozen=True)
class Numbers:
    """What the plan of some applicants comes to, without a word and without the lists.

    `suggestions` has one row for each applicant, `curve` one for each size of list that could be
    suggested, both in the columns that are numbers, as in Planned.
    """

    suggestions: pl.DataFrame
    curve: pl.DataFrame


def lists(
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    pairs: Classes,
    policy: Policy,
    as_of: date,
    wanted: Wanted = EVERYTHING,
    width: int = 512,
) -> Planned:
    """The plan but for what there is to do: no actions, and suggestions without a next step.

    Programs come by program_id, which breaks ties, as `classes` takes them; the pairs are those of
    the applicants in their order. Lists are sought for `width` applicants at a time (design: The
    plan).
    """
    parts = [
        _plan_offer(offer, as_of, wanted)
        for offer in offers(applicants, programs, pairs, policy, as_of, width)
    ]
    frames = {name: pl.concat([part[name] for part in parts]) for name in parts[0]}
    if applicants["planning_season"].n_unique() > 1:
        frames = {name: rows.sort("row", maintain_order=True) for name, rows in frames.items()}
    return Planned(actions=pl.DataFrame(), **frames)


def with_steps(
    planned: Planned,
    applicants: pl.DataFrame,
    policy: Policy,
    as_of: date,
    wanted: Wanted = EVERYTHING,
) -> Planned:
    """Add what there is to do to the `lists` of these applicants.

    Most of what this costs is the same for one applicant and for ten thousand.
    """
    suggestions = planned.suggestions
    advised = applicants.with_columns(**ranges(policy)).join(
        suggestions, on="row", how="left", maintain_order="left"
    )
    to_do = actions(advised, policy, as_of, first_only="plan" not in wanted.tables)
    steps = next_steps(to_do, suggestions, policy)
    return replace(
        planned,
        suggestions=suggestions.join(steps, on="row", how="left", maintain_order="left"),
        actions=to_do,
    )


def numbers(
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    pairs: Classes,
    policy: Policy,
    as_of: date,
    list_by: ListBy = "best",
    width: int = 512,
) -> Numbers:
    """Give the numbers that `plan` gives, and nothing else, which takes a fraction of the time."""
    parts = [
        _numbers_of_offer(offer, list_by)
        for offer in offers(applicants, programs, pairs, policy, as_of, width)
    ]
    return Numbers(
        pl.concat(part.suggestions for part in parts).sort("row", maintain_order=True),
        pl.concat(part.curve for part in parts).sort("row", maintain_order=True),
    )


def _plan_offer(offer: Offer, as_of: date, wanted: Wanted) -> dict[str, pl.DataFrame]:
    """Plan the applicants of one offer; Planned names the frames."""
    applicants, programs, pairs = offer.applicants, offer.programs, offer.pairs
    policy, limits = offer.policy, offer.limits
    if wanted.list_by == "rate":
        told = by_rate(offer, with_curve="curve" in wanted.tables)
    else:
        told = best(offer)
    who, program = told.who, told.program
    to_verify = pairs.is_to_verify
    prelim_price = costs.cost_by_number(offer.fees, policy.costs.prelim_programs)[-1]
    has_advanced = programs["track"].is_in(ADVANCED).fill_null(value=False).to_numpy()

    def counted(holds: Flags) -> Ints:
        return np.bincount(who[holds], minlength=applicants.height)

    suggestions = _suggested(offer, told.suggested, told.interviews).with_columns(
        listed_to_verify=pl.Series(counted(to_verify[who, program])),
        listed_signals=pl.Series(counted(told.is_signalled)),
        prelim_cost_usd=pl.Series(prelim_price * (counted(has_advanced[program]) > 0)),
        suggestion_basis=count.basis(
            policy, limits, told.suggested, applicants["budget_usd"], told.stress
        ),
    )
    chosen = pairs.rows(who, program).with_columns(
        rank=pl.Series(_ranks(who)),
        is_signalled=pl.Series(told.is_signalled),
        invite_rate=pl.when(pl.lit(pl.Series(told.is_signalled)))
        .then("invite_rate_signalled")
        .otherwise("invite_rate"),
        marginal_value=told.marginal,
    )
    return {
        "suggestions": _without_tier(suggestions, applicants["tier_score"].is_null(), policy),
        "shortlist": shortlist(chosen, (who, program), applicants, programs, policy, as_of),
        "curve": _curve_rows(offer, told.lists, told.odds),
        "queries": _queries(applicants, programs, offer.must & pairs.is_ineligible, limits),
    }


def _suggested(
    offer: Offer, suggested: count.Suggested, interviews: tuple[Ints, Ints]
) -> pl.DataFrame:
    """The numbers of each suggestion, by `row`; those of pending applicants are to be blanked."""
    ineligible, to_verify = offer.pairs.is_ineligible, offer.pairs.is_to_verify
    return offer.applicants.select("row").with_columns(
        eligible_programs=pl.Series((~ineligible & ~to_verify).sum(axis=1)),
        programs_to_verify=pl.Series(to_verify.sum(axis=1)),
        suggested_applications=pl.Series(suggested.number),
        application_cost_usd=pl.Series(offer.price[suggested.number]),
        expected_interviews_low=pl.Series(interviews[0]),
        expected_interviews_high=pl.Series(interviews[1]),
    )


def _numbers_of_offer(offer: Offer, list_by: ListBy) -> Numbers:
    """The numbers of the applicants of one offer."""
    found = best_in_numbers(offer) if list_by == "best" else rate_in_numbers(offer)
    who, size = np.nonzero(np.isfinite(found.values))
    return Numbers(
        _blanked(
            _suggested(offer, found.suggested, found.interviews),
            offer.applicants["tier_score"].is_null(),
        ),
        pl.DataFrame(
            {
                "row": offer.applicants["row"].gather(who),
                "applications": size + 1,
                **_worth((who, size), found.values, found.chances),
            }
        ),
    )


def _ranks(who: Ints) -> Ints:
    """1, 2, … for the rows of each applicant, which stand together."""
    first = np.flatnonzero(np.diff(who, prepend=-1))
    lengths = np.diff(np.append(first, len(who)))
    return np.arange(len(who)) - np.repeat(first, lengths) + 1


def _without_tier(suggestions: pl.DataFrame, pending: pl.Series, policy: Policy) -> pl.DataFrame:
    """Blank the number, cost and interviews of pending applicants, and say why."""
    return _blanked(suggestions, pending).with_columns(
        prelim_cost_usd=pl.when(~pending).then("prelim_cost_usd"),
        suggestion_basis=pl.when(pending)
        .then(pl.lit(policy.suggestion_sentences.pending))
        .otherwise("suggestion_basis"),
    )


def _blanked(suggestions: pl.DataFrame, pending: pl.Series) -> pl.DataFrame:
    """Blank the numbers of pending applicants that rest on their tier."""
    numbers = ("suggested_applications", "application_cost_usd")
    interviews = ("expected_interviews_low", "expected_interviews_high")
    return suggestions.with_columns(
        pl.when(~pending).then(pl.col(name)).alias(name) for name in (*numbers, *interviews)
    )


def _curve_rows(offer: Offer, lists: best_list.BestLists, odds: Curve) -> pl.DataFrame:
    """One row for each applicant and size that has a list."""
    who, size = np.nonzero(np.isfinite(lists.values))
    return pl.DataFrame(
        {
            "row": offer.applicants["row"].gather(who),
            "applicant_id": offer.applicants["applicant_id"].gather(who),
            "applications": size + 1,
            "cost_usd": offer.price[size + 1],
            "interviews_low": odds.low[who, size],
            "interviews_high": odds.high[who, size],
            **_worth((who, size), lists.values, (odds.chance, odds.stress_chance)),
        }
    )


def _worth(
    places: tuple[Ints, Ints], values: Floats, chances: tuple[Floats, Floats]
) -> dict[str, Floats]:
    """The columns of a curve that say what lists are worth, the two chances in order."""
    both = np.stack([found[places] for found in chances])
    return {
        "target_chance_low": both.min(axis=0).round(VALUE_DECIMALS),
        "target_chance_high": both.max(axis=0).round(VALUE_DECIMALS),
        "list_value": values[places].round(VALUE_DECIMALS),
    }


def _queries(
    applicants: pl.DataFrame, programs: pl.DataFrame, shut_out: Flags, limits: count.Limits
) -> pl.DataFrame:
    """What to ask about the programs an applicant must have."""
    who, program = np.nonzero(shut_out)
    over = {
        "must_passes_budget": limits.required > limits.affordable,
        "must_passes_maximum": limits.required > limits.maximum,
    }
    asked = [
        pl.DataFrame(
            {
                "row": applicants["row"].gather(who),
                "code": pl.repeat("must_is_ineligible", len(who), eager=True),
                "found": programs["program_id"].gather(program),
            }
        )
    ]
    for code, passes in over.items():
        rows = applicants["row"].filter(pl.Series(passes))
        found = pl.Series(limits.required[passes]).cast(pl.String)
        asked.append(
            pl.DataFrame(
                {"row": rows, "code": pl.repeat(code, len(rows), eager=True), "found": found}
            )
        )
    return pl.concat(asked)
