"""Match applicants with programs: every pair with its eligibility, program fit and invite rates."""

from datetime import date

import polars as pl

from stepladder.match import eligibility, invite, program_fit
from stepladder.rulebook import Policy

APPLICANT_COLUMNS = (
    "row",
    "applicant_id",
    "img_status",
    "visa_needed",
    "ecfmg_certified",
    "step1_score",
    "step1_date",
    "step1_attempts",
    "step2_ck_score",
    "step2_ck_date",
    "step2_ck_attempts",
    "usce_months",
    "letters_us_physiatrist",
    "prior_gme_months",
    "preferred_states",
    "rotated_program_ids",
    "tier",
    "tier_score",
    "pmr_fit",
    "review_day",
    "is_low_score",
    "is_low_for_lift",
    "is_step3_strong",
    "step1_is_passed",
    "step1_is_failed",
    "step3_is_passed",
    "years_since_graduation",
)
PROGRAM_COLUMNS = (
    "program_id",
    "setting",
    "state",
    "track",
    "considers_img",
    "us_img_pct",
    "non_us_img_pct",
    "min_step1",
    "min_step2_ck",
    "typical_step2_ck",
    "max_step1_attempts",
    "max_step2_ck_attempts",
    "max_years_since_graduation",
    "j1_visa",
    "h1b_visa",
    "step3_required",
    "ecfmg_required_to_apply",
    "min_usce_months",
    "min_pmr_letters",
    "holistic_review",
)


def match(
    applicants: pl.DataFrame, programs: pl.DataFrame, policy: Policy, as_of: date
) -> pl.DataFrame:
    """Give one row for each applicant × program: applicants in their order, programs in theirs.

    Takes scored applicants and typed programs. Gives `row` (the applicant's), ids, `fails` and
    `asks` (packed screens), `eligibility`, the parts and `program_fit`, `unknown_parts` (packed),
    `invite_rate`, `invite_rate_signalled` and `desirability`.
    """
    fails, asks = eligibility.screens(policy, as_of)
    parts, unknown = program_fit.program_fit_parts(policy)
    return (
        applicants.select(APPLICANT_COLUMNS)
        .join(
            programs.select(PROGRAM_COLUMNS),
            how="cross",
            maintain_order="left_right",
        )
        .select(
            "row",
            "applicant_id",
            "program_id",
            "setting",
            "tier",
            "is_step3_strong",
            "is_low_for_lift",
            fails=eligibility.bits(fails),
            asks=eligibility.bits(asks),
            unknown_parts=eligibility.bits(unknown),
            desirability=invite.desirability(policy),
            **parts,
        )
        .with_columns(eligibility=eligibility.eligibility(), program_fit=program_fit.program_fit())
        .with_columns(
            invite_rate=invite.invite_rate(policy, signalled=False),
            invite_rate_signalled=invite.invite_rate(policy, signalled=True),
        )
        .drop("setting", "tier", "is_step3_strong", "is_low_for_lift")
    )
