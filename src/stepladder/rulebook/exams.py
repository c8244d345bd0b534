"""Dated passing scores in; the passing score of a test date, as an expression, out."""

from datetime import date

import polars as pl

from stepladder.rulebook.policy import PassingScores


def passing_score(test_date: pl.Expr, passing: PassingScores) -> pl.Expr:
    """The passing score of a test date.

    Without a test date the lowest of all, so that no doubtful score counts as failed; null before
    the first known date (domain.md, Exams).
    """
    score = pl.lit(None, pl.Int64)
    for first, lowest in passing:
        score = pl.when(test_date >= (first or date.min)).then(lowest).otherwise(score)
    undated = min(lowest for _, lowest in passing)
    return pl.when(test_date.is_null()).then(undated).otherwise(score)
