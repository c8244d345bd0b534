"""Score applicants against the rulebook, as polars expressions and nothing else."""

from datetime import date

import polars as pl

from stepladder.rulebook import Policy
from stepladder.score import exams, fit, flags, season, tier, trend


def score(
    applicants: pl.DataFrame,
    policy: Policy,
    *,
    as_of: date,
    chosen_season: int | None,
    assumed_season: int,
) -> pl.DataFrame:
    """Add one column per rule to typed applicants, one row each, in their order.

    Adds the season's days, `tier`, `tier_basis`, `step_delta`, `trend`, `low_score`, `red_flags`,
    `pmr_fit`, its parts `fit_…` and `fit_not_on_file`, and what matching and the plan read besides:
    `tier_score`, whether exams are passed or failed (`…_is_passed`, `…_is_failed`), the reasons and
    flags in words, and the booleans `is_…` and `has_…`.
    """
    return (
        applicants.with_columns(
            planning_season=season.planning_season(chosen_season, assumed_season)
        )
        .pipe(season.season_days, policy)
        .with_columns(
            tier=tier.tier(policy),
            tier_score=tier.tier_score(),
            tier_basis=tier.tier_basis(),
            step_delta=trend.step_delta(),
            trend=trend.trend(policy),
            low_score=flags.low_score(policy),
            is_low_score=flags.is_low_score(policy),
            is_low_for_lift=flags.is_low_step2_ck(policy)
            | flags.has_many_attempts("step1", policy)
            | flags.has_many_attempts("step2_ck", policy),
            low_score_reasons=flags.low_score_in_words(policy),
            has_no_us_clinical=flags.has_no_us_clinical_experience().fill_null(value=False),
            is_step3_strong=flags.is_step3_strong(policy),
            step1_is_failed=exams.step1_failed(policy),
            step2_ck_is_failed=exams.step2_ck_failed(policy),
            step3_is_failed=exams.step3_failed(policy),
            years_since_graduation=flags.years_since_graduation(),
            **fit.fit_parts(policy),
        )
        .with_columns(
            step1_is_passed=exams.step1_passed(),
            step2_ck_is_passed=exams.step2_ck_passed(),
            step3_is_passed=exams.step3_passed(),
            pmr_fit=fit.pmr_fit(),
            fit_not_on_file=fit.fit_not_on_file(policy),
        )
        .with_columns(
            is_past_exam_window=flags.is_past_exam_window(policy, as_of).fill_null(value=False)
        )
        .with_columns(
            red_flags=flags.red_flags(policy),
            red_flags_to_explain=flags.red_flags_to_explain(policy),
        )
    )
