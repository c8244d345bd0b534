"""Step 1 and Step 2 CK in; the change between them and its name out."""

import polars as pl

from stepladder.rulebook import Policy


def step_delta() -> pl.Expr:
    """Step 2 CK less Step 1, in points; null unless both are numbers."""
    return pl.col("step2_ck_score") - pl.col("step1_score")


def is_sharp_drop(policy: Policy) -> pl.Expr:
    """Step 2 CK is far under Step 1; false where the change cannot be assessed."""
    return (step_delta() <= -policy.trend.sharp_drop).fill_null(value=False)


def trend(policy: Policy) -> pl.Expr:
    """The trend's name; `Not assessable` unless both scores are numbers."""
    size, names = policy.trend, policy.trend_names
    delta = step_delta()
    return (
        pl.when(delta.is_null())
        .then(pl.lit(names.not_assessable))
        .when(delta >= size.strong_rise)
        .then(pl.lit(names.strong_rise))
        .when(delta >= size.rise)
        .then(pl.lit(names.rise))
        .when(delta <= -size.sharp_drop)
        .then(pl.lit(names.sharp_drop))
        .when(delta <= -size.drop)
        .then(pl.lit(names.drop))
        .otherwise(pl.lit(names.steady))
    )
