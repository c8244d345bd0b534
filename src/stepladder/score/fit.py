"""An applicant's PM&R experience in; pmr_fit and all its parts out."""

import polars as pl

from stepladder.rulebook import Policy

RESEARCH = ("case_reports", "posters", "qi_projects", "publications")
SETTINGS = ("rotation_inpatient_rehab", "rotation_brain_spinal", "rotation_msk_pain")
PARTS = ("rotations", "letters", "faculty_letter", "settings", "research", "rehab", "statement")
_INPUTS = {
    "rotations": ("pmr_rotations_us", "pmr_observerships_us"),
    "letters": ("letters_us_physiatrist",),
    "faculty_letter": ("letter_pmr_faculty",),
    "settings": SETTINGS,
    "research": RESEARCH,
    "rehab": ("rehab_experience_months",),
    "statement": ("personal_statement",),
}


def fit_parts(policy: Policy) -> dict[str, pl.Expr]:
    """The points of each part, named `fit_…`; blank earns nothing."""
    points = policy.pmr_fit
    rotations = _count("pmr_rotations_us") + points.observership_share * _count(
        "pmr_observerships_us"
    )
    settings = pl.sum_horizontal(_is("Yes", name) for name in SETTINGS)
    research = pl.sum_horizontal(_count(name) for name in RESEARCH)
    earned = {
        "rotations": points.rotations * _share(rotations, points.rotations_full),
        "letters": points.letters * _share(_count("letters_us_physiatrist"), points.letters_full),
        "faculty_letter": points.faculty_letter * _is("Yes", "letter_pmr_faculty"),
        "settings": points.settings * _share(settings, len(SETTINGS)),
        "research": points.research * _share(research, points.research_full),
        "rehab": points.rehab * _share(_count("rehab_experience_months"), points.rehab_full),
        "statement": points.statement * _is("PM&R-focused", "personal_statement"),
    }
    # A vectorised division may differ in its last bit from one row to the next.
    return {f"fit_{part}": earned[part].round(6) for part in PARTS}


def pmr_fit() -> pl.Expr:
    """The sum of the parts, 0–100, a whole number rounded half up."""
    # Thirds do not add up exactly: 12.5 and three thirds of 10 are to round up as 22.5 does.
    total = pl.sum_horizontal(f"fit_{part}" for part in PARTS).round(4)
    return total.round(0, mode="half_away_from_zero").cast(pl.Int64)


def fit_not_on_file(policy: Policy) -> pl.Expr:
    """The parts with a blank that could earn more, joined by `; `; empty without any."""
    named = [
        pl.when(
            pl.any_horizontal(pl.col(name).is_null() for name in _INPUTS[part])
            & (pl.col(f"fit_{part}") < getattr(policy.pmr_fit, part))
        ).then(pl.lit(getattr(policy.pmr_fit_names, part)))
        for part in PARTS
    ]
    return pl.concat_str(named, separator="; ", ignore_nulls=True)


def _count(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0)


def _is(value: str, name: str) -> pl.Expr:
    return (pl.col(name) == value).fill_null(value=False).cast(pl.Int64)


def _share(amount: pl.Expr, full: int) -> pl.Expr:
    """The share of what earns all points, no more than 1."""
    return pl.min_horizontal(amount / full, 1.0)
