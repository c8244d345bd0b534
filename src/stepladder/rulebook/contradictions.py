"""A policy in; what its values say against each other out."""

import math
from collections.abc import Iterator
from itertools import pairwise

from stepladder.rulebook.policy import Policy, Tier

_FULL = 100


def contradictions(policy: Policy) -> Iterator[tuple[str, str]]:
    """Give the name of each entry that contradicts another, and what it is to be."""
    yield from _of_tiers(_tiers(policy))
    yield from _of_names(policy)
    yield from _of_points(policy)
    yield from _of_days(policy)
    if policy.program_fit.score_typical_span < 1:
        yield "program_fit.score_typical_span", "is to be at least 1"
    if policy.suggestion.low_score_low > policy.suggestion.low_score_high:
        yield "suggestion", "is to have low_score_low at or under low_score_high"
    trend = policy.trend
    if not 0 < trend.rise <= trend.strong_rise or not 0 < trend.drop <= trend.sharp_drop:
        yield "trend", "is to have 0 < rise ≤ strong_rise and 0 < drop ≤ sharp_drop"
    if policy.bands.target > policy.bands.best_fit:
        yield "bands", "is to have target at or under best_fit"
    if policy.interviews.low_quantile > policy.interviews.high_quantile:
        yield "interviews", "is to have low_quantile at or under high_quantile"
    if policy.interviews.floor > policy.interviews.target:
        yield "interviews", "is to have floor at or under target"
    if not _leaving_low_scores_gains(policy):
        yield (
            "invite_rate.step3_lift",
            "is larger than what the next tier gains: a higher Step 2 CK would lower a rate",
        )


def _tiers(policy: Policy) -> list[Tier]:
    return list(policy.tiers)


def _of_names(policy: Policy) -> Iterator[tuple[str, str]]:
    """Tiers, trends, reasons and flags are told apart by their words."""
    for name in ("tier_names", "trend_names", "low_score_reasons", "red_flag_names"):
        words = list(getattr(policy, name))
        if len(set(words)) < len(words):
            yield name, "are to be worded differently from each other"


def _of_points(policy: Policy) -> Iterator[tuple[str, str]]:
    """Both fits run from 0 to 100."""
    fit, program = policy.pmr_fit, policy.program_fit
    of_fit = fit.rotations + fit.letters + fit.faculty_letter + fit.settings
    if of_fit + fit.research + fit.rehab + fit.statement > _FULL:
        yield "pmr_fit", "is to have points that add up to no more than 100"
    of_program = program.img_record + program.score_floor + program.score_typical + program.pmr_fit
    of_wishes = program.rotated + program.holistic + program.preferred_state
    of_setting = max(
        program.setting, program.other_setting, *(t.university_points for t in _tiers(policy))
    )
    if of_program + of_wishes + of_setting > _FULL:
        yield "program_fit", "is to have points that add up to no more than 100"


def _of_days(policy: Policy) -> Iterator[tuple[str, str]]:
    calendar = policy.calendar
    if len({tuple(days) for days in calendar}) > 1:
        yield "calendar", "is to have the same seasons for submit, review and ends"
        return
    for year, review in calendar.review.items():
        if not calendar.submit[year] <= review <= calendar.ends[year]:
            yield f"calendar.review.{year}", "is to lie between submit and ends"


def _of_tiers(tiers: list[Tier]) -> Iterator[tuple[str, str]]:
    """Tiers stand best first, and a better one has no worse rate and no fewer points."""
    pairs = list(pairwise(tiers))
    if any(better.minimum <= lower.minimum for better, lower in pairs):
        yield "tiers", "are to have falling minimum scores, best tier first"
    if any(better.invite_rate < lower.invite_rate for better, lower in pairs):
        yield "tiers", "are to have invite rates that do not rise from a better tier to a lower"
    if any(better.university_points < lower.university_points for better, lower in pairs):
        yield "tiers", "are to have university points that do not rise to a lower tier"
    if tiers[-1].minimum > 1:
        yield "tiers.steep_climb.minimum", "is to be 1, so that no score is without a tier"
    if any(tier.applications_low > tier.applications_high for tier in tiers):
        yield "tiers", "are to suggest no fewer applications at the top of a range than below"


def _leaving_low_scores_gains(policy: Policy) -> bool:
    """The lift of a strong Step 3 ends where Step 2 CK is no longer low; the tier makes up."""
    limit = policy.low_score.step2_ck_below
    at = [tier for tier in _tiers(policy) if tier.minimum <= limit]
    under = [tier for tier in _tiers(policy) if tier.minimum < limit]
    if not under:
        return True
    return _log_odds(at[0]) - _log_odds(under[0]) >= policy.invite_rate.step3_lift


def _log_odds(tier: Tier) -> float:
    return math.log(tier.invite_rate / (1 - tier.invite_rate))
