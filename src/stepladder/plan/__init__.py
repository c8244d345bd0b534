"""Plan applications: each applicant's best list, suggested number, cost, interviews and curve."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from stepladder.match.eligibility import ELIGIBLE, INELIGIBLE, VERIFY
from stepladder.plan import best_list, costs, count
from stepladder.plan.actions import actions, next_steps
from stepladder.plan.curve import Curve, curve, stress_range
from stepladder.plan.shortlist import shortlist
from stepladder.rulebook import Policy, next_season, season
from stepladder.rulebook.tiers import by_tier

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Choices = NDArray[np.uint8]

VALUE_DECIMALS = 6
ASKED = "applications_asked"
"""The column of applicants with a number of applications to plan for, whatever their tier."""
ADVANCED = ("Advanced", "Categorical and Advanced")


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


def plan(
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    pairs: pl.DataFrame,
    policy: Policy,
    as_of: date,
) -> Planned:
    """Plan scored applicants over their pairs (design: The plan).

    Programs come by program_id, which breaks ties, and pairs by applicant and program, as `match`
    gives them.
    """
    applicants = applicants.with_columns(**_ranges(policy))
    seasons = applicants.partition_by("planning_season", maintain_order=True)
    parts = [
        _plan_season(group, programs, _of(group, pairs), policy, as_of)
        for group in seasons or [applicants]
    ]
    frames = {
        name: pl.concat([part[name] for part in parts]).sort("row", maintain_order=True)
        for name in parts[0]
    }
    suggestions = frames.pop("suggestions")
    advised = applicants.join(suggestions, on="row", how="left", maintain_order="left")
    to_do = actions(advised, policy, as_of)
    steps = next_steps(to_do, suggestions, policy)
    return Planned(
        suggestions=suggestions.join(steps, on="row", how="left", maintain_order="left"),
        actions=to_do,
        **frames,
    )


def _plan_season(
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    pairs: pl.DataFrame,
    policy: Policy,
    as_of: date,
) -> dict[str, pl.DataFrame]:
    """Plan applicants of one season, who share its fees and signals; Planned names the frames."""
    years: list[int] = applicants["planning_season"].head(1).to_list()
    table = season(policy, years[0] if years else next_season(policy, as_of))
    grid = _Grid(applicants.height, programs.height, pairs)
    must = _listed(applicants["must_program_ids"], programs["program_id"])
    never = _listed(applicants["never_program_ids"], programs["program_id"])
    ineligible = grid.flags(pl.col("eligibility") == INELIGIBLE)
    rates, rates_signalled = grid.numbers("invite_rate"), grid.numbers("invite_rate_signalled")
    desirability = grid.numbers("desirability")
    is_open = ~ineligible & ~never & ~np.isnan(rates)
    rates, rates_signalled = np.nan_to_num(rates), np.nan_to_num(rates_signalled)
    taken = policy.interviews.match_per_interview
    candidates = best_list.Candidates(
        chance=taken * rates,
        chance_signalled=taken * rates_signalled,
        desirability=desirability,
        is_open=is_open,
        is_required=must & is_open,
        may_signal=_for_each(applicants, programs["takes_signals"].ne_missing("No").to_numpy()),
        institution=_for_each(applicants, _institutions(programs)),
    )
    price = costs.cost_by_number(table.fees, programs.height)
    excluded = (~ineligible & never).sum(axis=1)
    limits = _limits(applicants, candidates, price, excluded)
    most = np.minimum(limits.open, np.maximum(limits.high, limits.required))
    lists = best_list.best_lists(candidates, most, table.signals)
    odds = curve(lists, rates, rates_signalled, policy.interviews)
    suggested = count.suggest(limits, odds.chance, policy.interviews.target_chance)
    chosen = _chosen(lists, suggested)
    stress = stress_range(chosen, rates, rates_signalled, policy.interviews)
    prelim_price = costs.cost_by_number(table.fees, policy.costs.prelim_programs)[-1]
    has_advanced = programs["track"].is_in(ADVANCED).fill_null(value=False).to_numpy()
    suggestions = applicants.select("row").with_columns(
        eligible_programs=pl.Series(grid.flags(pl.col("eligibility") == ELIGIBLE).sum(axis=1)),
        programs_to_verify=pl.Series(grid.flags(pl.col("eligibility") == VERIFY).sum(axis=1)),
        listed_to_verify=pl.Series(
            ((chosen > 0) & grid.flags(pl.col("eligibility") == VERIFY)).sum(axis=1)
        ),
        listed_signals=pl.Series((chosen == best_list.SIGNALLED).sum(axis=1)),
        suggested_applications=pl.Series(suggested.number),
        application_cost_usd=pl.Series(price[suggested.number]),
        prelim_cost_usd=pl.Series(prelim_price * ((chosen > 0) & has_advanced).any(axis=1)),
        expected_interviews_low=pl.Series(_of_size(odds.low, suggested)),
        expected_interviews_high=pl.Series(_of_size(odds.high, suggested)),
        suggestion_basis=pl.Series(
            count.basis(policy, limits, suggested, applicants["budget_usd"].to_list(), stress),
            dtype=pl.String,
        ),
    )
    return {
        "suggestions": _without_tier(suggestions, applicants["tier_score"].is_null(), policy),
        "shortlist": shortlist(
            grid.chosen(chosen, _marginal(candidates, chosen)), applicants, programs, policy, as_of
        ),
        "curve": _curve_rows(applicants, lists, odds, price),
        "queries": _queries(applicants, programs, must & ineligible, limits),
    }


class _Grid:
    """Pairs of applicants and programs, seen as arrays [applicant, program]."""

    def __init__(self, applicants: int, programs: int, pairs: pl.DataFrame) -> None:
        self.shape = (applicants, programs)
        self.pairs = pairs

    def numbers(self, name: str) -> Floats:
        """A column of numbers; NaN where it is null."""
        return self.pairs[name].fill_null(float("nan")).to_numpy().reshape(self.shape)

    def flags(self, holds: pl.Expr) -> Flags:
        """Where an expression over the pairs holds."""
        return self.pairs.select(holds).to_series().to_numpy().reshape(self.shape)

    def chosen(self, choices: Choices, marginal: Floats) -> pl.DataFrame:
        """The chosen pairs, with `is_signalled` and `marginal_value`."""
        places = np.flatnonzero(choices)
        return self.pairs[places].with_columns(
            is_signalled=pl.Series(choices.ravel()[places] == best_list.SIGNALLED),
            marginal_value=pl.Series(marginal.ravel()[places]).round(VALUE_DECIMALS),
        )


def _of(group: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs of some applicants, in order."""
    return pairs.filter(pl.col("row").is_in(group["row"].implode()))


def _ranges(policy: Policy) -> dict[str, pl.Expr]:
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


def _listed(lists: pl.Series, program_ids: pl.Series) -> Flags:
    """Which programs each applicant's list of ids names, [applicant, program]."""
    place = {program: at for at, program in enumerate(program_ids.to_list())}
    named = np.zeros((len(lists), len(program_ids)), np.bool_)
    for at, ids in enumerate(lists.to_list()):
        for program in ids or ():
            if program in place:
                named[at, place[program]] = True
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


def _chosen(lists: best_list.BestLists, suggested: count.Suggested) -> Choices:
    """Each applicant's choices at the suggested number, [applicant, program]."""
    if not lists.values.shape[1]:
        return np.zeros((lists.choices.shape[0], lists.choices.shape[2]), np.uint8)
    at = np.maximum(suggested.number - 1, 0)
    listed: Choices = lists.choices[np.arange(len(at)), at]
    listed[suggested.number == 0] = best_list.SKIPPED
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


def _without_tier(suggestions: pl.DataFrame, pending: pl.Series, policy: Policy) -> pl.DataFrame:
    """Blank the number, cost and interviews of pending applicants, and say why."""
    blank = ("suggested_applications", "application_cost_usd", "prelim_cost_usd")
    interviews = ("expected_interviews_low", "expected_interviews_high")
    return suggestions.with_columns(
        *(pl.when(~pending).then(pl.col(name)) for name in (*blank, *interviews)),
        suggestion_basis=pl.when(pending)
        .then(pl.lit(policy.suggestion_sentences.pending))
        .otherwise("suggestion_basis"),
    )


def _curve_rows(
    applicants: pl.DataFrame, lists: best_list.BestLists, odds: Curve, price: Ints
) -> pl.DataFrame:
    """One row for each applicant and size that has a list."""
    who, size = np.nonzero(np.isfinite(lists.values))
    chances = np.stack([odds.chance[who, size], odds.stress_chance[who, size]])
    return pl.DataFrame(
        {
            "row": applicants["row"].gather(who),
            "applicant_id": applicants["applicant_id"].gather(who),
            "applications": size + 1,
            "cost_usd": price[size + 1],
            "interviews_low": odds.low[who, size],
            "interviews_high": odds.high[who, size],
            "target_chance_low": chances.min(axis=0).round(VALUE_DECIMALS),
            "target_chance_high": chances.max(axis=0).round(VALUE_DECIMALS),
            "list_value": lists.values[who, size].round(VALUE_DECIMALS),
        }
    )


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
