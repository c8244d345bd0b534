"""What an applicant's exam results come to: passed, failed, or neither known.

Which exams are failed is found first, as columns `…_is_failed`; all else reads those.
"""

import polars as pl

from stepladder.rulebook import Policy
from stepladder.rulebook.exams import passing_score
from stepladder.rulebook.policy import PassingScores


def _score_failed(step: str, passing: PassingScores) -> pl.Expr:
    score = pl.col(f"{step}_score")
    return (score < passing_score(pl.col(f"{step}_date"), passing)).fill_null(value=False)


def step1_failed(policy: Policy) -> pl.Expr:
    """Step 1 is on file as failed, by its result or by a score under that day's passing score."""
    by_result = (pl.col("step1_result") == "Fail").fill_null(value=False)
    return by_result | _score_failed("step1", policy.exams.step1_passing)


def step2_ck_failed(policy: Policy) -> pl.Expr:
    """Step 2 CK is on file with a score under that day's passing score."""
    return _score_failed("step2_ck", policy.exams.step2_ck_passing)


def step3_failed(policy: Policy) -> pl.Expr:
    """Step 3 is on file with a score under that day's passing score."""
    return _score_failed("step3", policy.exams.step3_passing)


def step1_passed() -> pl.Expr:
    """Step 1 is on file as passed: a Pass, or a score that does not fail; blank is not passed."""
    by_result = (pl.col("step1_result") == "Pass").fill_null(value=False)
    return (by_result | pl.col("step1_score").is_not_null()) & ~pl.col("step1_is_failed")


def step2_ck_passed() -> pl.Expr:
    """Step 2 CK is on file with a score that is not a failing one; blank is not passed."""
    return pl.col("step2_ck_score").is_not_null() & ~pl.col("step2_ck_is_failed")


def step3_passed() -> pl.Expr:
    """Step 3 is on file with a score that is not a failing one; blank is not passed."""
    return pl.col("step3_score").is_not_null() & ~pl.col("step3_is_failed")


def repeated(step: str) -> pl.Expr:
    """More than one attempt is on file; blank is not."""
    return (pl.col(f"{step}_attempts") > 1).fill_null(value=False)
