"""Applicant × program in; program_fit 0–100 and its parts out (design: program_fit)."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.rulebook import Policy
from stepladder.rulebook.tiers import by_tier
from stepladder.vocabulary import vocabulary

Numbers = TypeVar("Numbers", pl.Expr, pl.Series)

PARTS = ("img_record", "score", "pmr_fit", "rotated", "setting", "holistic", "preferred_state")
MILLIONTHS = 1_000_000
WELCOMING_SETTINGS = ("Community", "University-affiliated")


def program_fit_parts(policy: Policy) -> tuple[dict[str, pl.Expr], dict[str, pl.Expr]]:
    """The points of each part, named `program_fit_…`, and which parts rest on an unknown.

    A part that is unknown counts the rulebook's `unknown_share` of its points.
    """
    points = policy.program_fit
    share, scored = _img_share(), _score_points(policy)
    parts = {
        "img_record": points.img_record
        * (share / points.img_record_full_pct).clip(upper_bound=1.0),
        "score": scored,
        "pmr_fit": points.pmr_fit * pl.col("pmr_fit") / 100,
        "rotated": points.rotated * pl.col("is_rotated").cast(pl.Float64),
        "setting": _setting_points(policy),
        "holistic": _holistic_points(policy),
        "preferred_state": points.preferred_state * pl.col("is_preferred_state").cast(pl.Float64),
    }
    full = full_points(policy)
    unknown = {part: parts[part].is_null() for part in PARTS}
    unknown["score"] = pl.any_horizontal(
        pl.col(name).is_null() for name in ("tier_score", "min_step2_ck", "typical_step2_ck")
    )
    filled = {
        f"program_fit_{part}": parts[part].fill_null(full[part] * points.unknown_share).round(6)
        for part in PARTS
    }
    return filled, unknown


def program_fit() -> pl.Expr:
    """The sum of the parts, two decimals."""
    return rounded(pl.sum_horizontal(f"program_fit_{part}" for part in PARTS))


def rounded(total: Numbers) -> Numbers:
    """A sum of parts in two decimals, half away from zero whatever its last bits are."""
    return total.round(4).round(2, mode="half_away_from_zero")


def millionths(points: float | NDArray[Any]) -> NDArray[np.int32]:
    """Points of a part, which have six decimals, as whole numbers."""
    return np.rint(np.multiply(points, MILLIONTHS)).astype(np.int32)


def is_listed(names: str, name: str) -> pl.Expr:
    """The program's value is in the applicant's list; null where either is not on file."""
    listed = pl.col(names).list.contains(pl.col(name))
    return pl.when(pl.col(names).is_not_null() & pl.col(name).is_not_null()).then(listed)


def band(policy: Policy) -> pl.Expr:
    """Reach, Target or Best fit, by program_fit; a word of the bands' type."""
    names = policy.band_names
    bands = vocabulary(names).dtype
    return (
        pl.when(pl.col("program_fit") >= policy.bands.best_fit)
        .then(pl.lit(names.best_fit, bands))
        .when(pl.col("program_fit") >= policy.bands.target)
        .then(pl.lit(names.target, bands))
        .otherwise(pl.lit(names.reach, bands))
    )


def full_points(policy: Policy) -> Mapping[str, float]:
    """What each part can earn."""
    points = policy.program_fit
    return {
        "img_record": points.img_record,
        "score": points.score_floor + points.score_typical,
        "pmr_fit": points.pmr_fit,
        "rotated": points.rotated,
        "setting": points.setting,
        "holistic": points.holistic,
        "preferred_state": points.preferred_state,
    }


def _img_share() -> pl.Expr:
    """The share of IMG residents that counts for this applicant, 0–100; null where not on file.

    For a non-US IMG the non-US share; for a US IMG both together, as far as they are on file.
    """
    both = pl.when(pl.any_horizontal(pl.col("us_img_pct", "non_us_img_pct").is_not_null())).then(
        pl.col("us_img_pct").fill_null(0) + pl.col("non_us_img_pct").fill_null(0)
    )
    return pl.when(pl.col("img_status") == "Non-US IMG").then("non_us_img_pct").otherwise(both)


def _score_points(policy: Policy) -> pl.Expr:
    """Points for the minimum and, over a span below it, for the typical score; never falling."""
    points, score = policy.program_fit, pl.col("tier_score")
    floor = points.score_floor * (score >= pl.col("min_step2_ck")).cast(pl.Float64)
    above = (score - pl.col("typical_step2_ck")) / points.score_typical_span + 1
    typical = points.score_typical * above.clip(0, 1)
    share = points.unknown_share
    return floor.fill_null(points.score_floor * share) + typical.fill_null(
        points.score_typical * share
    )


def _setting_points(policy: Policy) -> pl.Expr:
    points, setting = policy.program_fit, pl.col("setting")
    return (
        pl.when(setting.is_in(WELCOMING_SETTINGS))
        .then(points.setting)
        .when(setting == "University")
        .then(by_tier(policy, "university_points"))
        .when(setting.is_not_null())
        .then(points.other_setting)
    )


def _holistic_points(policy: Policy) -> pl.Expr:
    """Holistic review weighs only in a low-score case; elsewhere every program earns the points."""
    stated = (pl.col("holistic_review") == "Yes").cast(pl.Float64)
    return policy.program_fit.holistic * pl.when(pl.col("is_low_score")).then(stated).otherwise(1.0)
