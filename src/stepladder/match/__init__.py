"""Match applicants with programs: every pair with its eligibility, program fit and invite rates."""

from datetime import date

import polars as pl

from stepladder.match import eligibility, invite, program_fit
from stepladder.match.classes import Classes, classes, named_pairs
from stepladder.match.columns import APPLICANT_COLUMNS, PROGRAM_COLUMNS
from stepladder.rulebook import Policy

__all__ = ["Classes", "classes", "match", "named_pairs"]


def match(
    applicants: pl.DataFrame, programs: pl.DataFrame, policy: Policy, as_of: date
) -> pl.DataFrame:
    """Give one row for each applicant × program: applicants in their order, programs in theirs.

    Takes scored applicants and typed programs. Gives `row` (the applicant's), ids, `fails` and
    `asks` (packed screens), `eligibility`, the parts and `program_fit`, `unknown_parts` (packed),
    `invite_rate`, `invite_rate_signalled` and `desirability`. It holds every pair at once; the plan
    takes them from `classes`, which gives the same values.
    """
    fails, asks = eligibility.screens(policy)
    parts, unknown = program_fit.program_fit_parts(policy)
    return (
        eligibility.with_facts(applicants, policy, as_of)
        .select("row", "applicant_id", *APPLICANT_COLUMNS)
        .join(
            programs.select(PROGRAM_COLUMNS),
            how="cross",
            maintain_order="left_right",
        )
        .with_columns(
            is_rotated=program_fit.is_listed("rotated_program_ids", "program_id"),
            is_preferred_state=program_fit.is_listed("preferred_states", "state"),
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
