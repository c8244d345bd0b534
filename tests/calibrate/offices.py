"""A truth and a seed in; a simulated office's applicants, and what came of their applications, out.

Its applicants apply as the plan says, to the fictional programs; invitations are drawn from the
engine's own rates under a rulebook that is true in that world, and known.
`python -m tests.calibrate.offices` writes those of docs/calibration.md and of the example workbook.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import norm

from stepladder import refresh, shipped
from stepladder.books import text_table
from stepladder.rulebook import Policy, Rulebook, load_rulebook
from stepladder.rulebook.tiers import tier_keys

PROGRAMS = shipped.workbooks() / "example-programs-fictional.csv"
DOCS = Path(__file__).parents[2] / "docs" / "calibration"
DOCS_TRUTH: Mapping[str, float] = {
    "highly_competitive": 0.20,
    "competitive": 0.14,
    "targeted": 0.06,
    "challenging": 0.03,
    "steep_climb": 0.015,
    "fit_slope": 0.4,
    "signal_lift": 1.3,
    "step3_lift": 0.3,
}


@dataclass(frozen=True)
class Office:
    """Text tables as an office keeps them: one of applicants for each season, and outcomes."""

    applicants: Mapping[int, pl.DataFrame]
    outcomes: pl.DataFrame


def true_rulebook(truth: Mapping[str, float]) -> Rulebook:
    """The shipped rulebook with other invite rates: those of tiers by their keys, then lifts."""
    shipped_book = load_rulebook()
    policy: Policy = shipped_book.policy
    tiers = {
        key: getattr(policy.tiers, key)._replace(invite_rate=truth[key])
        for key in tier_keys()
        if key in truth
    }
    lifts = {key: value for key, value in truth.items() if key not in tiers}
    policy = policy._replace(
        tiers=policy.tiers._replace(**tiers),
        invite_rate=policy.invite_rate._replace(**lifts),
    )
    return replace(shipped_book, policy=policy)


def simulated(
    truth: Mapping[str, float],
    seed: int,
    *,
    seasons: Sequence[int] = (2026, 2027),
    applicants: int = 30,
    applications: int = 24,
    correlation: float = 0.1,
) -> Office:
    """An office over some seasons; an applicant's invitations rise and fall together."""
    rng = np.random.default_rng(seed)
    cohorts = {
        season: _cohort(rng, season, applicants, applications, start=applicants * at)
        for at, season in enumerate(seasons)
    }
    outcomes = [
        _outcomes(rng, season, cohort, truth, correlation) for season, cohort in cohorts.items()
    ]
    return Office(cohorts, pl.concat(outcomes))


def _cohort(
    rng: np.random.Generator, season: int, applicants: int, applications: int, *, start: int
) -> pl.DataFrame:
    scores = np.clip(rng.normal(233, 11, applicants).round(), 205, 265).astype(int)
    step3 = np.where(rng.random(applicants) < 0.4, rng.integers(215, 246, applicants), 0)
    return pl.DataFrame(
        {
            "applicant_id": [f"F{start + n + 1:04}" for n in range(applicants)],
            "season": [str(season)] * applicants,
            "img_status": rng.choice(["US IMG", "Non-US IMG"], applicants, p=[0.3, 0.7]),
            "graduation_year": [str(season - 1 - int(n)) for n in rng.integers(1, 5, applicants)],
            "visa_needed": ["None"] * applicants,
            "ecfmg_certified": ["Yes"] * applicants,
            "step1_result": ["Pass"] * applicants,
            "step2_ck_score": scores.astype(str),
            "step2_ck_date": [f"{season - 2}-05-10"] * applicants,
            "step2_ck_attempts": ["1"] * applicants,
            "step3_score": [str(score) if score else None for score in step3],
            "step3_date": [f"{season - 1}-02-10" if score else None for score in step3],
            "usce_months": rng.integers(1, 6, applicants).astype(str),
            "pmr_rotations_us": rng.integers(0, 3, applicants).astype(str),
            "letters_total": ["4"] * applicants,
            "letters_us_physiatrist": rng.integers(0, 3, applicants).astype(str),
            "posters": rng.integers(0, 4, applicants).astype(str),
            "max_applications": [str(applications)] * applicants,
        }
    )


def _outcomes(
    rng: np.random.Generator,
    season: int,
    cohort: pl.DataFrame,
    truth: Mapping[str, float],
    correlation: float,
) -> pl.DataFrame:
    """Applications as the plan lists them, drawn under a one-factor copula."""
    settings = refresh.Settings(true_rulebook(truth), date(season - 1, 9, 1), keep_pairs=True)
    result = refresh.refresh(
        text_table(cohort, "applicants"), refresh.read_programs(PROGRAMS), settings
    )
    assert result.pairs is not None
    sent = result.shortlist.select("applicant_id", "program_id", "signal", "rank").join(
        result.pairs.select("applicant_id", "program_id", "invite_rate", "invite_rate_signalled"),
        on=["applicant_id", "program_id"],
        maintain_order="left",
    )
    is_signalled = (sent["signal"] == "Yes").fill_null(value=False)
    # A signal is at times left out, or sent elsewhere: else only the likeliest would bear one.
    is_signalled = is_signalled ^ pl.Series(rng.random(sent.height) < 0.15)
    chance = np.where(is_signalled, sent["invite_rate_signalled"], sent["invite_rate"])
    member = sent["applicant_id"].rank("dense").to_numpy() - 1
    shared = rng.normal(size=int(member.max()) + 1)[member]
    drawn = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * rng.normal(size=sent.height)
    is_invited = drawn < norm.ppf(chance)
    is_ranked = is_invited & (rng.random(sent.height) < 0.85)
    is_matched = is_ranked & (rng.random(sent.height) < 0.15)
    yes_no = {True: "Yes", False: "No"}
    frame = sent.select(
        "applicant_id",
        "program_id",
        season=pl.lit(str(season)),
        applied=pl.lit("Yes"),
        signalled=pl.Series(map(yes_no.get, is_signalled)),
        invited=pl.Series(map(yes_no.get, is_invited.tolist())),
        interviewed=pl.Series(map(yes_no.get, is_invited.tolist())),
        ranked=pl.Series(map(yes_no.get, is_ranked.tolist())),
        matched=pl.Series(is_matched.tolist()),
    )
    first = pl.col("matched") & (pl.col("matched").cum_sum().over("applicant_id") == 1)
    return frame.with_columns(matched=pl.when(first).then(pl.lit("Yes")).otherwise(pl.lit("No")))


def docs_files() -> dict[str, str]:
    """What docs/calibration/ holds, by file name: two seasons of one fictional office."""
    office = simulated(DOCS_TRUTH, seed=9, seasons=(2027, 2028))
    files = {
        f"applicants-{season}-fictional.csv": cohort.write_csv()
        for season, cohort in office.applicants.items()
    }
    for last in office.applicants:
        until = office.outcomes.filter(pl.col("season").cast(pl.Int64) <= last)
        files[f"outcomes-until-{last}-fictional.csv"] = until.write_csv()
    return files


EXAMPLE = shipped.workbooks() / "example-outcomes-fictional.csv"


def example_outcomes() -> str:
    """What the example workbook shows in November: a season on its way, and one that is over."""
    rng = np.random.default_rng(2)
    settings = refresh.Settings(load_rulebook(), date(2026, 11, 23), keep_pairs=True)
    cohort = shipped.workbooks() / "example-applicants-fictional.csv"
    result = refresh.refresh(
        refresh.read_applicants(cohort), refresh.read_programs(PROGRAMS), settings
    )
    whose = result.shortlist["applicant_id"].unique(maintain_order=True).head(14)
    sent = result.shortlist.filter(
        pl.col("applicant_id").is_in(whose.implode()) & (pl.col("rank") <= 12)
    )
    is_invited = rng.random(sent.height) < 1.8 * sent["invite_rate"].to_numpy()
    is_decided = is_invited | (rng.random(sent.height) < 0.3)
    is_over = (sent["applicant_id"].rank("dense") <= 3).to_numpy()
    is_interviewed = is_invited & (is_over | (rng.random(sent.height) < 0.4))

    def said(is_so: Iterable[bool], is_known: Iterable[bool]) -> pl.Series:
        words = (
            {True: "Yes", False: "No"}[bool(so)] if known else None
            for so, known in zip(is_so, is_known, strict=True)
        )
        return pl.Series(words, dtype=pl.String)

    is_first = (
        pl.DataFrame({"applicant_id": sent["applicant_id"], "is": is_interviewed & is_over})
        .select(pl.col("is") & (pl.col("is").cum_sum().over("applicant_id") == 1))
        .to_series()
    )
    return sent.select(
        "applicant_id",
        "program_id",
        season=pl.when(pl.Series(is_over)).then(2026).otherwise(2027),
        applied=pl.lit("Yes"),
        signalled=pl.col("signal").fill_null("No"),
        invited=said(is_invited, is_decided | is_over),
        interviewed=said(is_interviewed, is_interviewed | is_over),
        ranked=said(is_interviewed, is_over),
        matched=said(is_first, is_over),
    ).write_csv()


if __name__ == "__main__":
    EXAMPLE.write_text(example_outcomes(), "utf-8", newline="\n")
    DOCS.mkdir(exist_ok=True)
    for name, content in docs_files().items():
        (DOCS / name).write_text(content, "utf-8", newline="\n")
