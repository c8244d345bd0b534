"""An office's outcomes and tables in; each application with the features of its invite rate, out.

The features are those of the engine: applicants are scored for the season of the outcome, and
matched with the programs, as for a list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from stepladder.calibrate.model import SIGNAL, SLOPE, STEP3, TIERS, Applications, Prior
from stepladder.match import invite, match
from stepladder.rulebook import Policy
from stepladder.rulebook.tiers import tier_keys
from stepladder.score import score

SLICE: Final = 512
"""Applicants matched at a time, so that memory stays flat."""

_KEPT: Final = ""
_LEFT_OUT: Final = (
    ("with an error", pl.col("has_error")),
    ("where Applied is not Yes", pl.col("applied").ne_missing("Yes")),
    ("where Invited is empty", pl.col("invited").is_null()),
    ("where Signalled is empty", pl.col("signalled").is_null()),
)
"""Why an outcome cannot be calibrated on, the first reason that holds."""
_NO_APPLICANT: Final = "without a row in Applicants for that season"
_NO_PROGRAM: Final = "without a row in Programs"
_PENDING: Final = "of an applicant without a score"
_SAT_LATER: Final = "of an applicant whose Step 2 CK came after that season's review day"


ROWS: Final = pl.Schema(
    {
        "applicant_id": pl.String(),
        "program_id": pl.String(),
        "season": pl.Int64(),
        "is_invited": pl.Boolean(),
        "is_signalled": pl.Boolean(),
        "tier_at": pl.Int64(),
        "tens_of_fit": pl.Float64(),
        "is_lifted": pl.Boolean(),
        "reason": pl.String(),
    }
)
"""An outcome with its features; `tier_at` counts the tiers from the best, `reason` is why not."""


@dataclass(frozen=True)
class Gathered:
    """Outcomes as rows of the model, and how many were left out for which reason."""

    rows: pl.DataFrame
    left_out: Mapping[str, int]

    def applications(self) -> Applications:
        """The rows as the model reads them."""
        rows = self.rows
        features = np.zeros((rows.height, TIERS + 3))
        features[np.arange(rows.height), rows["tier_at"].to_numpy()] = 1
        features[:, SLOPE] = rows["tens_of_fit"].to_numpy()
        features[:, SIGNAL] = rows["is_signalled"].to_numpy()
        features[:, STEP3] = rows["is_lifted"].to_numpy()
        return Applications(
            features,
            rows["is_invited"].to_numpy(),
            rows["season"].to_numpy(),
            rows.select(_applicants()).to_series().to_numpy(),
        )

    @property
    def applicants(self) -> int:
        """Whose outcomes they are, counted anew each season."""
        return self.rows.select(_applicants()).n_unique()

    def left_out_lines(self) -> list[str]:
        """How many were left out and why, in words."""
        return [f"{number:,} {reason}" for reason, number in self.left_out.items()]


def gather(
    outcomes: pl.DataFrame,
    cohorts: Sequence[pl.DataFrame],
    programs: pl.DataFrame,
    policy: Policy,
    as_of: date,
) -> Gathered:
    """Find the features of each outcome that is known.

    Takes typed rows as `validate` gives them. Of an applicant's rows the one of the outcome's
    season counts, else one without a season; of several tables the last.
    """
    reason = pl.lit(_KEPT)
    for words, holds in reversed(_LEFT_OUT):
        reason = pl.when(holds).then(pl.lit(words)).otherwise(reason)
    judged = outcomes.select(
        "applicant_id",
        "program_id",
        "season",
        is_invited=pl.col("invited") == "Yes",
        is_signalled=pl.col("signalled") == "Yes",
        reason=reason,
    )
    people = pl.concat(cohorts).filter(~pl.col("has_error"))
    offered = programs.filter(~pl.col("has_error"))
    known = judged.filter(pl.col("reason") == _KEPT)
    seasons = [
        _featured(known.filter(pl.col("season") == year), year, people, offered, policy, as_of)
        for year in known["season"].unique().sort()
    ]
    found = pl.concat([ROWS.to_frame(), *seasons])
    reasons = pl.concat([judged["reason"], found["reason"]])
    left_out = reasons.filter(reasons != _KEPT).value_counts(sort=True)
    return Gathered(found.filter(pl.col("reason") == _KEPT), dict(left_out.iter_rows()))


def prior(rows: pl.DataFrame, policy: Policy) -> Prior:
    """The rulebook's coefficients; those on which too few outcomes bear are not free to move."""
    tiers = [getattr(policy.tiers, key) for key in tier_keys()]
    rates = np.array([tier.invite_rate for tier in tiers])
    rate, limit = policy.invite_rate, policy.low_score.step2_ck_below
    leaving = [at for at, tier in enumerate(tiers[:-1]) if tier.minimum == limit]
    is_free = np.array(bearing(rows)) >= policy.calibration.outcomes_per_value
    # Where low scores end within a tier, one more point gains nothing, and no lift may be lost.
    is_free[STEP3] &= bool(leaving)
    return Prior(
        log_odds=np.array(
            [*np.log(rates / (1 - rates)), rate.fit_slope, rate.signal_lift, rate.step3_lift]
        ),
        is_free=is_free,
        leaving=leaving[0] if leaving else None,
        correlation=policy.interviews.correlation,
    )


def bearing(rows: pl.DataFrame) -> list[int]:
    """How many outcomes bear on each coefficient: for a signal, the fewer of with and without."""
    tiers = [int((rows["tier_at"] == at).sum()) for at in range(TIERS)]
    signalled = int(rows["is_signalled"].sum())
    return [
        *tiers,
        rows.height,
        min(signalled, rows.height - signalled),
        int(rows["is_lifted"].sum()),
    ]


def _applicants() -> pl.Expr:
    return pl.struct("applicant_id", "season").rank("dense").cast(pl.Int64)


def _featured(
    outcomes: pl.DataFrame,
    year: int,
    people: pl.DataFrame,
    programs: pl.DataFrame,
    policy: Policy,
    as_of: date,
) -> pl.DataFrame:
    """One season's outcomes with their features, or with the reason why they have none."""
    cohort = (
        people.filter(pl.col("season").is_null() | (pl.col("season") == year))
        .filter(pl.col("applicant_id").is_in(outcomes["applicant_id"].implode()))
        .reverse()
        .sort("season", nulls_last=True, maintain_order=True)
        .unique("applicant_id", keep="first", maintain_order=True)
    )
    scored = score(cohort, policy, as_of=as_of, chosen_season=year, assumed_season=year)
    offered = programs.filter(pl.col("program_id").is_in(outcomes["program_id"].implode()))
    wanted = outcomes.select("applicant_id", "program_id")
    pairs = [
        match(scored.slice(start, SLICE), offered, policy, as_of).join(
            wanted, on=["applicant_id", "program_id"], how="semi"
        )
        for start in range(0, max(scored.height, 1), SLICE)
    ]
    names = [getattr(policy.tier_names, key) for key in tier_keys()]
    of_people = scored.select(
        "applicant_id",
        "tier",
        "is_step3_strong",
        "is_low_for_lift",
        sat_later=(pl.col("step2_ck_date") > pl.col("review_day")).fill_null(value=False),
    )
    fits = pl.concat(pairs).select("applicant_id", "program_id", "program_fit")
    reason = (
        pl.when(pl.col("sat_later").is_null())
        .then(pl.lit(_NO_APPLICANT))
        .when(pl.col("program_fit").is_null())
        .then(pl.lit(_NO_PROGRAM))
        .when(pl.col("tier_at").is_null())
        .then(pl.lit(_PENDING))
        .when(pl.col("sat_later"))
        .then(pl.lit(_SAT_LATER))
        .otherwise(pl.lit(_KEPT))
    )
    return (
        outcomes.drop("reason")
        .join(of_people, on="applicant_id", how="left", maintain_order="left")
        .join(fits, on=["applicant_id", "program_id"], how="left", maintain_order="left")
        .join(
            offered.select("program_id", "setting"),
            on="program_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            tier_at=pl.col("tier").replace_strict(
                names, range(TIERS), default=None, return_dtype=pl.Int64
            ),
            tens_of_fit=invite.tens_of_fit(policy),
            is_lifted=invite.is_lifted(),
        )
        .with_columns(reason=reason)
        .select(ROWS.names())
    )
