"""An applicant's facts in; the low-score case and the red flags, each with its reasons, out."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from stepladder.rulebook import Policy
from stepladder.rulebook.policy import LowScore, LowScoreReasons, RedFlagNames, RedFlags
from stepladder.score import exams
from stepladder.score.trend import is_sharp_drop


def is_low_step2_ck(policy: Policy) -> pl.Expr:
    """A real Step 2 CK below the limit; a practice score does not count."""
    return (pl.col("step2_ck_score") < policy.low_score.step2_ck_below).fill_null(value=False)


def has_many_attempts(step: str, policy: Policy) -> pl.Expr:
    """More attempts at a Step than the limit; blank is not."""
    return (pl.col(f"{step}_attempts") > policy.low_score.attempts_above).fill_null(value=False)


def low_score_reasons(policy: Policy) -> dict[str, pl.Expr]:
    """Each reason of a low-score case by its rulebook name (guide: What “Low” Means)."""
    return {
        "step2_ck": is_low_step2_ck(policy),
        "sharp_drop": is_sharp_drop(policy),
        "step1_attempts": has_many_attempts("step1", policy),
        "step2_ck_attempts": has_many_attempts("step2_ck", policy),
    }


def is_low_score(policy: Policy) -> pl.Expr:
    """Any reason of a low-score case holds."""
    return pl.any_horizontal(*low_score_reasons(policy).values())


def low_score_in_words(policy: Policy) -> pl.Expr:
    """The reasons of a low-score case joined by `; `; empty without any."""
    return _in_words(low_score_reasons(policy), policy.low_score_reasons, policy.low_score)


def low_score(policy: Policy) -> pl.Expr:
    """`No`, or `Yes: ` and the reasons joined by `; `."""
    return (
        pl.when(is_low_score(policy))
        .then(pl.concat_str(pl.lit("Yes: "), low_score_in_words(policy)))
        .otherwise(pl.lit("No"))
    )


def is_step3_strong(policy: Policy) -> pl.Expr:
    """Step 3 at or above the guide's strong score; blank is not."""
    return (pl.col("step3_score") >= policy.red_flags.step3_strong).fill_null(value=False)


def red_flag_reasons(policy: Policy) -> dict[str, pl.Expr]:
    """Each red flag by its rulebook name (guide: Address Red Flags Directly but Briefly).

    The flags for missing experience need an entered 0 or No: a blank is a gap to ask about. What
    other columns of the score say already is read from them.
    """
    limits = policy.red_flags
    return {
        "step2_ck": (pl.col("step2_ck_score") < limits.step2_ck_below),
        "step1_failed": pl.col("step1_is_failed") | exams.repeated("step1"),
        "step2_ck_failed": pl.col("step2_ck_is_failed") | exams.repeated("step2_ck"),
        "step3_failed": pl.col("step3_is_failed") | exams.repeated("step3"),
        "sharp_drop": is_sharp_drop(policy),
        "old_graduate": pl.col("years_since_graduation") > limits.graduation_years_above,
        "gap": pl.col("gap_months") > limits.gap_months_above,
        "no_us_clinical": pl.col("has_no_us_clinical"),
        "no_pmr_exposure": has_no_pmr_exposure(),
        "exam_window": pl.col("is_past_exam_window"),
        "attempts_used": pl.any_horizontal(
            pl.col(f"{step}_attempts") >= limits.attempts_allowed
            for step in ("step1", "step2_ck", "step3")
        ),
        "step3_poor": pl.col("step3_score") < limits.step3_poor_below,
    }


def red_flags(policy: Policy) -> pl.Expr:
    """The red flags joined by `; `; empty without any."""
    return _in_words(red_flag_reasons(policy), policy.red_flag_names, policy.red_flags)


def red_flags_to_explain(policy: Policy) -> pl.Expr:
    """The red flags that words can answer, joined by `; `.

    Missing experience and the exam window are mended or asked about, not explained.
    """
    flags = red_flag_reasons(policy)
    for mended in ("no_us_clinical", "no_pmr_exposure", "exam_window"):
        del flags[mended]
    return _in_words(flags, policy.red_flag_names, policy.red_flags)


def years_since_graduation() -> pl.Expr:
    """The season less the year of graduation, in years."""
    return pl.col("planning_season") - pl.col("graduation_year")


def has_no_us_clinical_experience() -> pl.Expr:
    """0 months entered, and no US PM&R rotation on file."""
    return (pl.col("usce_months") == 0) & ~(pl.col("pmr_rotations_us") > 0).fill_null(value=False)


def has_no_pmr_exposure() -> pl.Expr:
    """0 rotations and 0 observerships entered, and no other PM&R experience on file."""
    others = pl.any_horizontal(
        *(
            pl.col(f"rotation_{name}") == "Yes"
            for name in ("inpatient_rehab", "brain_spinal", "msk_pain")
        ),
        pl.col("rehab_experience_months") > 0,
    )
    none_entered = (pl.col("pmr_rotations_us") == 0) & (pl.col("pmr_observerships_us") == 0)
    return none_entered & ~others.fill_null(value=False)


def is_past_exam_window(policy: Policy, as_of: date) -> pl.Expr:
    """Step 1 and Step 2 CK lie, or by now would lie, further apart than the window (ECFMG).

    A blank Step 1 is unknown, not an exam still to pass; a Step 2 CK without a score is.
    """
    window = f"{policy.red_flags.exam_window_years}y"
    dates = [pl.when(f"{step}_is_passed").then(f"{step}_date") for step in ("step1", "step2_ck")]
    first, last = pl.min_horizontal(*dates), pl.max_horizontal(*dates)
    both_dated = dates[0].is_not_null() & dates[1].is_not_null()
    not_taken = (pl.col("step1_result") == "Not taken").fill_null(value=False)
    to_pass = pl.col("step1_is_failed") | not_taken | ~pl.col("step2_ck_is_passed")
    until = pl.when(both_dated).then(last).when(to_pass).then(pl.lit(as_of))
    return until > first.dt.offset_by(window)


def _in_words(
    reasons: Mapping[str, pl.Expr],
    sentences: LowScoreReasons | RedFlagNames,
    limits: LowScore | RedFlags,
) -> pl.Expr:
    """The sentences of the reasons that hold, joined by `; `; empty without any."""
    held = [
        pl.when(holds).then(pl.lit(getattr(sentences, name).format(**limits._asdict())))
        for name, holds in reasons.items()
    ]
    return pl.concat_str(held, separator="; ", ignore_nulls=True)
