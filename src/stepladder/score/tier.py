"""Step 2 CK in; the tier and what it rests on out (guide: Approximate Score Tiers)."""

import polars as pl

from stepladder.rulebook import Policy
from stepladder.rulebook.tiers import tier_keys

FROM_SCORE = "Step 2 CK"
FROM_PRACTICE = "Practice score"
PENDING = "Pending"


def tier_score() -> pl.Expr:
    """The score that decides the tier: Step 2 CK, else the practice score; null with neither."""
    return pl.coalesce("step2_ck_score", "practice_score")


def tier(policy: Policy) -> pl.Expr:
    """The tier by score; `Pending` without a score, never the lowest."""
    names = policy.tier_names
    expression = pl.lit(names.pending)
    for key in reversed(tier_keys()):
        reached = tier_score() >= getattr(policy.tiers, key).minimum
        expression = pl.when(reached).then(pl.lit(getattr(names, key))).otherwise(expression)
    return expression


def tier_basis() -> pl.Expr:
    """What the tier rests on: `Step 2 CK`, `Practice score` or `Pending`."""
    return (
        pl.when(pl.col("step2_ck_score").is_not_null())
        .then(pl.lit(FROM_SCORE))
        .when(pl.col("practice_score").is_not_null())
        .then(pl.lit(FROM_PRACTICE))
        .otherwise(pl.lit(PENDING))
    )
