"""Tier and program_fit in; the invite rate, an ordering index, and the desirability out."""

import polars as pl

from stepladder.match.program_fit import WELCOMING_SETTINGS
from stepladder.rulebook import Policy
from stepladder.rulebook.policy import InviteRate
from stepladder.rulebook.tiers import by_tier

RATE_DECIMALS = 6
CATEGORICAL = ("Categorical", "Categorical and Advanced")
"""Tracks with positions that include the first year."""


def invite_rate(policy: Policy, *, signalled: bool) -> pl.Expr:
    """The invite rate, a fraction of six decimals; null while the tier is pending.

    Illustrative until calibrated. A higher Step 2 CK lowers no invite rate: hence the lift of a
    strong Step 3 counts where Step 2 CK is low or attempts were repeated, and not for a sharp drop
    alone, which one more point on Step 2 CK would end within the same tier.
    """
    base = log_odds(by_tier(policy, "invite_rate"))
    return rate_from(base, policy.invite_rate, signalled=signalled)


def log_odds(rate: pl.Expr) -> pl.Expr:
    """The log-odds of a rate."""
    return (rate / (1 - rate)).log()


def rate_from(tier: pl.Expr, rate: InviteRate, *, signalled: bool) -> pl.Expr:
    """The invite rate, given the log-odds of the tier's."""
    total = (
        tier
        + rate.fit_slope * _tens_of_fit(rate)
        + rate.step3_lift * is_lifted().cast(pl.Float64)
        + (rate.signal_lift if signalled else 0.0)
    )
    return (1 / (1 + (-total).exp())).round(RATE_DECIMALS)


def tens_of_fit(policy: Policy) -> pl.Expr:
    """What the slope of the invite rate counts: tens of program fit above the center."""
    return _tens_of_fit(policy.invite_rate)


def _tens_of_fit(rate: InviteRate) -> pl.Expr:
    return (pl.col("program_fit") - rate.fit_center) / 10


def is_lifted() -> pl.Expr:
    """A strong Step 3 lifts the invite rate of this pair."""
    return (
        pl.col("is_step3_strong")
        & pl.col("is_low_for_lift")
        & pl.col("setting").is_in(WELCOMING_SETTINGS).fill_null(value=False)
    )


def desirability(policy: Policy) -> pl.Expr:
    """How much the applicant wants the program, an index; an unknown adds nothing."""
    wanted = policy.desirability
    is_categorical = pl.col("track").is_in(CATEGORICAL)
    return (
        wanted.base
        + wanted.preferred_state * _counts(pl.col("is_preferred_state"))
        + wanted.rotated * _counts(pl.col("is_rotated"))
        + wanted.categorical * _counts(is_categorical)
    )


def _counts(holds: pl.Expr) -> pl.Expr:
    return holds.fill_null(value=False).cast(pl.Float64)
