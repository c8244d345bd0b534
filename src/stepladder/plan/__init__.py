"""Plan applications: each applicant's best list, suggested number, cost, interviews and curve."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from stepladder.match import Classes
from stepladder.plan import best_list, costs, count, rate_list
from stepladder.plan.actions import actions, next_steps
from stepladder.plan.alike import distinct
from stepladder.plan.curve import Curve, curve, list_range, stress_range, target_chances
from stepladder.plan.shortlist import shortlist
from stepladder.rulebook import Policy, next_season, season
from stepladder.rulebook.policy import Fees
from stepladder.rulebook.tiers import by_tier

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Choices = NDArray[np.uint8]
ListBy = Literal["best", "rate"]

VALUE_DECIMALS = 6
ASKED = "applications_asked"
"""The column of applicants with a number of applications to plan for, whatever their tier."""
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


def plan(
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    pairs: Classes,
    policy: Policy,
    as_of: date,
    wanted: Wanted = EVERYTHING,
    width: int = 512,
) -> Planned:
    """Plan scored applicants over their pairs (design: The plan).

    Programs come by program_id, which breaks ties, as `classes` takes them; the pairs are those of
    the applicants in their order. Lists are sought for `width` applicants at a time.
    """
    planned = lists(applicants, programs, pairs, policy, as_of, wanted, width)
    return with_steps(planned, applicants, policy, as_of, wanted)


def lists(
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    pairs: Classes,
    policy: Policy,
    as_of: date,
    wanted: Wanted = EVERYTHING,
    width: int = 512,
) -> Planned:
    """The plan but for what there is to do: no actions, and suggestions without a next step."""
    applicants = applicants.with_columns(**_ranges(policy))
    parts = [
        _plan_season(_offer(*group, programs, policy, as_of), as_of, wanted)
        for group in _groups(applicants, pairs, width)
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
    advised = applicants.with_columns(**_ranges(policy)).join(
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
    applicants = applicants.with_columns(**_ranges(policy))
    parts = [
        _numbers_of_season(_offer(*group, programs, policy, as_of), list_by)
        for group in _groups(applicants, pairs, width)
    ]
    return Numbers(
        pl.concat(part.suggestions for part in parts).sort("row", maintain_order=True),
        pl.concat(part.curve for part in parts).sort("row", maintain_order=True),
    )


def _groups(
    applicants: pl.DataFrame, pairs: Classes, width: int
) -> Iterator[tuple[pl.DataFrame, Classes]]:
    """Applicants of one season with their pairs, `width` at a time; nobody is a group, too."""
    placed = applicants.with_row_index("place")
    for season_s in placed.partition_by("planning_season", maintain_order=True) or [placed]:
        for start in range(0, max(season_s.height, 1), width):
            group = season_s.slice(start, width)
            yield group, pairs.of_some(group["place"].to_numpy())


@dataclass(frozen=True)
class _Offer:
    """What applicants of one season, who share its fees and signals, choose from.

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


def _offer(
    applicants: pl.DataFrame, pairs: Classes, programs: pl.DataFrame, policy: Policy, as_of: date
) -> _Offer:
    years: list[int] = applicants["planning_season"].head(1).to_list()
    table = season(policy, years[0] if years else next_season(policy, as_of))
    must = _listed(applicants["must_program_ids"], programs["program_id"])
    never = _listed(applicants["never_program_ids"], programs["program_id"])
    ineligible, rates, rates_signalled = pairs.is_ineligible, pairs.rates, pairs.rates_signalled
    is_open = ~ineligible & ~never & ~np.isnan(rates)
    rates, rates_signalled = np.nan_to_num(rates), np.nan_to_num(rates_signalled)
    taken = policy.interviews.match_per_interview
    candidates = best_list.Candidates(
        chance=taken * rates,
        chance_signalled=taken * rates_signalled,
        desirability=pairs.desirability,
        is_open=is_open,
        is_required=must & is_open,
        may_signal=_for_each(applicants, programs["takes_signals"].ne_missing("No").to_numpy()),
        institution=_for_each(applicants, _institutions(programs)),
    )
    price = costs.cost_by_number(table.fees, programs.height)
    return _Offer(
        applicants,
        programs,
        pairs,
        policy,
        table.fees,
        table.signals,
        candidates,
        rates,
        rates_signalled,
        must,
        price,
        _limits(applicants, candidates, price, (~ineligible & never).sum(axis=1)),
    )


def _plan_season(offer: _Offer, as_of: date, wanted: Wanted) -> dict[str, pl.DataFrame]:
    """Plan applicants of one season; Planned names the frames."""
    applicants, programs, pairs = offer.applicants, offer.programs, offer.pairs
    policy, limits = offer.policy, offer.limits
    told = (_by_rate if wanted.list_by == "rate" else _best)(offer, wanted)
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
        marginal_value=told.marginal,
    )
    return {
        "suggestions": _without_tier(suggestions, applicants["tier_score"].is_null(), policy),
        "shortlist": shortlist(chosen, (who, program), applicants, programs, policy, as_of),
        "curve": _curve_rows(offer, told.lists, told.odds),
        "queries": _queries(applicants, programs, offer.must & pairs.is_ineligible, limits),
    }


def _suggested(
    offer: _Offer, suggested: count.Suggested, interviews: tuple[Ints, Ints]
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


def _numbers_of_season(offer: _Offer, list_by: ListBy) -> Numbers:
    """The numbers of applicants of one season."""
    found = _in_numbers(offer) if list_by == "best" else _rate_in_numbers(offer)
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


@dataclass(frozen=True)
class _Lists:
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
class _Found:
    """The numbers of some applicants: both ends of `interviews`, and of `chances` of the target.

    `values` are of the lists of every size, and so are the chances, [applicant, size − 1].
    """

    suggested: count.Suggested
    interviews: tuple[Ints, Ints]
    values: Floats
    chances: tuple[Floats, Floats]


def _best(offer: _Offer, _wanted: Wanted) -> _Lists:
    """The best list of every size, and of these the one of the suggested number."""
    model, candidates = offer.policy.interviews, offer.candidates
    lists, odds = _solved(offer)
    suggested = count.suggest(offer.limits, odds.chance, model.target_chance)
    chosen = _chosen(lists, np.arange(len(suggested.number)), suggested.number)
    who, program = np.nonzero(chosen)
    marginal = pl.Series(_marginal(candidates, chosen)[who, program]).round(VALUE_DECIMALS)
    order = np.lexsort((program, -marginal.to_numpy(), who))
    return _Lists(
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


def _solved(offer: _Offer) -> tuple[best_list.BestLists, Curve]:
    """The best lists and what they bring, found once for all applicants for whom they are the same.

    Some change nothing that a program looks at.
    """
    first, which = _kinds(offer)
    most, most_of_kind = _most(offer.limits), np.zeros(len(first), np.int64)
    np.maximum.at(most_of_kind, which, most)
    lists = best_list.best_lists(offer.candidates.of(first), most_of_kind, offer.signals)
    rates, rates_signalled = offer.rates[first], offer.rates_signalled[first]
    odds = curve(lists, rates, rates_signalled, offer.policy.interviews)
    return lists.of(which, most), odds.of(which, most)


def _kinds(offer: _Offer) -> tuple[Ints, Ints]:
    """The first applicant of each kind with the same lists, and everybody's kind."""
    return distinct([*vars(offer.candidates).values(), offer.rates, offer.rates_signalled])


def _in_numbers(offer: _Offer) -> _Found:
    """The numbers of the best lists, of those sizes alone that could be suggested.

    A range of interviews is asked for only once the number is known, and once for all who share a
    list: many scenarios of levers change nothing that a program looks at.
    """
    model, limits = offer.policy.interviews, offer.limits
    first, which = _kinds(offer)
    most, least = _most(limits), _least(limits)
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
    return _Found(
        suggested,
        (low[whose], high[whose]),
        np.where(is_asked, lists.values[which, :sizes], -np.inf),
        (chance, stress_chance),
    )


def _rate_in_numbers(offer: _Offer) -> _Found:
    """The numbers of the programs with the best rates."""
    found = _by_rate(offer, Wanted("rate"))
    chances = found.odds.chance, found.odds.stress_chance
    return _Found(found.suggested, found.interviews, found.lists.values, chances)


def _by_rate(offer: _Offer, wanted: Wanted) -> _Lists:
    """The programs with the best rates, as many as their chances of the target ask for."""
    model, most = offer.policy.interviews, _most(offer.limits)
    candidates, required = offer.candidates, offer.limits.required
    rates, rates_signalled = offer.rates, offer.rates_signalled
    ranked = rate_list.rate_lists(candidates, rates, rates_signalled, most, offer.signals)
    chance = rate_list.target_chances(ranked, most, required, offer.limits.low, model)
    suggested = count.suggest(offer.limits, chance, model.target_chance)
    who, program, is_signalled, marginal = rate_list.listed(candidates, ranked, suggested.number)
    lists, odds = _no_lists(candidates)
    if "curve" in wanted.tables:
        lists = rate_list.every_size(candidates, ranked, most, required)
        odds = curve(lists, rates, rates_signalled, model)
    return _Lists(
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


def _most(limits: count.Limits) -> Ints:
    """The largest size of list that is asked for."""
    return np.minimum(limits.open, np.maximum(limits.high, limits.required))


def _least(limits: count.Limits) -> Ints:
    """The smallest size of list that could be suggested."""
    limit = np.minimum.reduce([limits.low, limits.open, limits.affordable, limits.maximum])
    return np.maximum(limit, limits.required)


def _no_lists(candidates: best_list.Candidates) -> tuple[best_list.BestLists, Curve]:
    applicants, programs = candidates.chance.shape
    none = np.zeros((applicants, 0))
    counts = none.astype(np.int64)
    lists = best_list.BestLists(np.zeros((applicants, 0, programs), np.uint8), none)
    return lists, Curve(counts, counts, none, none)


def _ranks(who: Ints) -> Ints:
    """1, 2, … for the rows of each applicant, which stand together."""
    first = np.flatnonzero(np.diff(who, prepend=-1))
    lengths = np.diff(np.append(first, len(who)))
    return np.arange(len(who)) - np.repeat(first, lengths) + 1


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
    places = pl.DataFrame({"id": program_ids}).with_row_index("program")
    found = pl.DataFrame({"id": lists}).with_row_index("who").explode("id").join(places, on="id")
    named = np.zeros((len(lists), len(program_ids)), np.bool_)
    named[found["who"].to_numpy(), found["program"].to_numpy()] = True
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


def _curve_rows(offer: _Offer, lists: best_list.BestLists, odds: Curve) -> pl.DataFrame:
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
