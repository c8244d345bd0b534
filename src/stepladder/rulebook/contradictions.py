"""A policy in; what its values say against each other out."""

import math
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise

from stepladder.rulebook.policy import Policy, Tier


def contradictions(policy: Policy) -> Iterator[tuple[str, str]]:
    """Give the name of each entry that contradicts another, and what it is to be."""
    yield from _of_tiers(_tiers(policy))
    if policy.suggestion.low_score_low > policy.suggestion.low_score_high:
        yield "suggestion", "is to have low_score_low at or under low_score_high"
    trend = policy.trend
    if not 0 < trend.rise <= trend.strong_rise or not 0 < trend.drop <= trend.sharp_drop:
        yield "trend", "is to have 0 < rise ≤ strong_rise and 0 < drop ≤ sharp_drop"
    if policy.bands.target > policy.bands.best_fit:
        yield "bands", "is to have target at or under best_fit"
    if policy.interviews.low_quantile > policy.interviews.high_quantile:
        yield "interviews", "is to have low_quantile at or under high_quantile"
    if len({tuple(days) for days in vars(policy.calendar).values()}) > 1:
        yield "calendar", "is to have the same seasons for submit, review and ends"
    if not _leaving_low_scores_gains(policy):
        yield (
            "invite_rate.step3_lift",
            "is larger than what the next tier gains: a higher Step 2 CK would lower a rate",
        )


def _tiers(policy: Policy) -> list[Tier]:
    return [getattr(policy.tiers, field.name) for field in fields(policy.tiers)]


def _of_tiers(tiers: list[Tier]) -> Iterator[tuple[str, str]]:
    """Tiers stand best first, and a better one has no worse rate and no fewer points."""
    pairs = list(pairwise(tiers))
    if any(better.minimum <= lower.minimum for better, lower in pairs):
        yield "tiers", "are to have falling minimum scores, best tier first"
    if any(better.invite_rate < lower.invite_rate for better, lower in pairs):
        yield "tiers", "are to have invite rates that do not rise from a better tier to a lower"
    if any(better.university_points < lower.university_points for better, lower in pairs):
        yield "tiers", "are to have university points that do not rise to a lower tier"
    if any(tier.applications_low > tier.applications_high for tier in tiers):
        yield "tiers", "are to suggest no fewer applications at the top of a range than below"


def _leaving_low_scores_gains(policy: Policy) -> bool:
    """The lift of a strong Step 3 ends where Step 2 CK is no longer low; the tier makes up."""
    limit = policy.low_score.step2_ck_below
    at = max((t for t in _tiers(policy) if t.minimum <= limit), key=lambda t: t.minimum)
    under = max((t for t in _tiers(policy) if t.minimum < limit), key=lambda t: t.minimum)
    return _log_odds(at) - _log_odds(under) >= policy.invite_rate.step3_lift


def _log_odds(tier: Tier) -> float:
    return math.log(tier.invite_rate / (1 - tier.invite_rate))
