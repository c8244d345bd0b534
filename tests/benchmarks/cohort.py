"""A size and a seed in; a made-up cohort, or made-up programs, as frames of text out.

Every person and program is drawn at random. More than a fifth of all pairs are ineligible, and one
row in a hundred of a cohort is bad on purpose.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.books.table import as_text
from stepladder.refresh import applicants_schema, programs_schema

AS_OF = date(2026, 9, 1)
SEASON = 2027
SEED = 2027
PROGRAMS = 110

_STATES = ("NY", "PA", "CA", "TX", "MI", "OH", "IL", "FL", "NJ", "MA", "MD", "VA", "GA", "NC", "MO")
_COUNTRIES = ("India", "Pakistan", "Grenada", "Egypt", "Jordan", "Nigeria", "Mexico", "Colombia")
_KNOWN_PROGRAMS = 100
_BAD_KINDS = 6
_SPELLED_SHARE = 100
_TWINS_SHARE = 20

Numbers = NDArray[np.float64]


def make_cohort(size: int, seed: int, one_bad_in: int = 100) -> pl.DataFrame:
    """Give `size` applicants with every column of the schema, as text; blank is null.

    They refer to programs that `make_programs` makes. Most have a Step 2 CK score, some a practice
    score, a few neither. One in a hundred, or as asked, has an error, two in a hundred a spelling
    that is told.
    """
    draw = _Draws(size, seed)
    typed = pl.DataFrame({**_person(draw), **_exams(draw), **_experience(draw), **_wishes(draw)})
    spelled = _with_meant_well_spellings(_as_text(typed, applicants_schema().dtypes.names()))
    return _with_bad_rows(spelled, one_bad_in)


def make_programs(size: int, seed: int) -> pl.DataFrame:
    """Give `size` programs with every column of the schema, as text; blank is null, and frequent.

    In every hundred, five institutions have two programs.
    """
    draw = _Draws(size, seed)
    considers = draw.one_of({"Yes": 55, None: 40, "No": 5})
    number = np.arange(size)
    twin = (number % _TWINS_SHARE) == 1
    home = number - twin
    floor = draw.blank(210 + 5 * draw.below(5), 0.64)
    typical = pl.Series(draw.normal(240, 7)).round().cast(pl.Int64)
    facts = {
        "program_id": pl.Series(_program_code(number)),
        "program_name": _numbered("Made-up PM&R residency", number),
        "institution": _numbered("Made-up Medical Center", home),
        "city": _numbered("Town", home),
        "state": draw.one_of(dict.fromkeys(_STATES, 1)),
        "setting": draw.one_of(
            {"University": 44, "University-affiliated": 27, "Community": 24, "Other": 3, None: 2}
        ),
        "track": draw.one_of(
            {"Advanced": 66, "Categorical": 17, "Categorical and Advanced": 15, "Physician-only": 2}
        ),
        "positions": draw.blank(2 + draw.below(9), 0.14),
        "considers_img": considers,
        "us_img_pct": draw.blank(draw.below(18), 0.37),
        "non_us_img_pct": draw.blank(draw.below(22), 0.37),
        "min_step1": draw.blank(195 + 5 * draw.below(4), 0.88),
        "min_step2_ck": floor,
        "typical_step1": draw.blank(222 + draw.below(14), 0.8),
        "typical_step2_ck": draw.blank(typical, 0.6),
        "max_step1_attempts": draw.blank(1 + draw.below(3), 0.7),
        "max_step2_ck_attempts": draw.blank(1 + draw.below(3), 0.7),
        "max_years_since_graduation": draw.blank(5 + draw.below(6), 0.55),
        "j1_visa": draw.one_of({"Yes": 55, None: 40, "No": 5}),
        "h1b_visa": draw.one_of({"Yes": 25, None: 45, "No": 30}),
        "step3_required": draw.one_of({"Yes": 5, None: 35, "No": 60}),
        "ecfmg_required_to_apply": draw.one_of({"Yes": 20, None: 40, "No": 40}),
        "min_usce_months": draw.blank(draw.below(3), 0.6),
        "min_pmr_letters": draw.blank(draw.below(2), 0.66),
        "holistic_review": draw.one_of({"Yes": 30, None: 50, "No": 20}),
        "takes_signals": draw.one_of({"Yes": 78, None: 15, "No": 7}),
        "applications_received": draw.blank(200 + draw.below(600), 0.37),
        "interviewed_pct": draw.blank(5 + draw.below(15), 0.6),
        "source_url": _numbered("https://example.org/made-up", number),
        "verified_on": draw.blank(draw.days(date(2025, 3, 1), date(2026, 8, 1)), 0.1),
        "notes": pl.repeat("Made up", size, eager=True),
    }
    return _as_text(pl.DataFrame(facts), programs_schema().dtypes.names())


def make_strict_programs(size: int, seed: int) -> pl.DataFrame:
    """The same programs, all of which demand a score, recent graduates, experience and letters.

    About a quarter of the pairs with a made-up cohort are eligible.
    """
    draw = _Draws(size, seed + 1)
    demands = {
        "min_step2_ck": 220 + 5 * draw.below(5),
        "max_years_since_graduation": 3 + draw.below(5),
        "min_usce_months": 2 + draw.below(3),
        "min_pmr_letters": 1 + draw.below(2),
    }
    stated = [number.cast(pl.String).alias(name) for name, number in demands.items()]
    return make_programs(size, seed).with_columns(stated)


class _Draws:
    """Seeded draws of one length."""

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.random = np.random.default_rng(seed)

    def normal(self, mean: float, spread: float) -> Numbers:
        return self.random.normal(mean, spread, self.size)

    def happens(self, chance: float) -> pl.Series:
        return pl.Series(self.random.random(self.size) < chance)

    def below(self, most: int) -> pl.Series:
        """Whole numbers from 0 to most − 1."""
        return pl.Series(self.random.integers(0, most, self.size))

    def few(self, mean: float) -> pl.Series:
        """Small counts; one in ten is not on file."""
        return self.blank(pl.Series(self.random.poisson(mean, self.size)), 0.1)

    def one_of(self, weights: Mapping[str | None, float] | Mapping[str, float]) -> pl.Series:
        weight = np.array(list(weights.values()), np.float64)
        drawn = self.random.choice(len(weight), self.size, p=weight / weight.sum())
        return pl.Series(list(weights), dtype=pl.String).gather(drawn)

    def blank(self, values: pl.Series, chance: float) -> pl.Series:
        return _where(~self.happens(chance), values)

    def days(self, first: date, last: date) -> pl.Series:
        start = pl.repeat(first, self.size, dtype=pl.Date, eager=True)
        return _later(start, self.below((last - first).days + 1))

    def programs(self, most: int, chance: float) -> pl.Series:
        """Up to `most` program codes joined by `; `; null as often as `chance` leaves."""
        codes = pl.Series(_program_code(np.arange(_KNOWN_PROGRAMS)))
        picks = self.random.integers(0, _KNOWN_PROGRAMS // most, (most, self.size))
        named = [
            codes.gather(pick + place * (_KNOWN_PROGRAMS // most))
            for place, pick in enumerate(picks)
        ]
        listed = [_where(self.happens(1 / (place + 1)), name) for place, name in enumerate(named)]
        return _where(self.happens(chance), _joined(listed))


def _person(draw: _Draws) -> dict[str, pl.Series]:
    number = np.arange(draw.size)
    is_us = draw.happens(0.45)
    visa = draw.one_of({"J-1": 45, "J-1 or H-1B": 20, "None": 15, "H-1B": 10, None: 10})
    return {
        "applicant_id": _numbered("A", number, separator=""),
        "name": _numbered("Made-up Person", number),
        "advisor": draw.one_of({"Advisor One": 4, "Advisor Two": 3, "Advisor Three": 2, None: 1}),
        "season": pl.Series(np.full(draw.size, SEASON)),
        "img_status": _where(
            is_us, pl.repeat("US IMG", draw.size, eager=True), otherwise="Non-US IMG"
        ),
        "medical_school_country": draw.one_of(dict.fromkeys(_COUNTRIES, 1)),
        "graduation_year": SEASON - 1 - pl.Series(draw.random.geometric(0.35, draw.size) - 1),
        "visa_needed": pl.select(pl.when(is_us).then(pl.lit("None")).otherwise(visa)).to_series(),
        "ecfmg_certified": draw.one_of({"Yes": 60, "Expected": 30, "No": 5, None: 5}),
    }


def _exams(draw: _Draws) -> dict[str, pl.Series]:
    strength = draw.normal(0, 1)
    day1 = draw.days(date(2019, 1, 1), date(2025, 3, 1))
    day2 = _later(day1, 180 + draw.below(330))
    score1 = pl.Series(np.clip(np.round(225 + 12 * strength + draw.normal(0, 8)), 197, 270))
    score2 = pl.Series(np.clip(np.round(238 + 12 * strength), 219, 275))
    kind = draw.below(20)
    has_score = (kind >= 3) & (day2 < AS_OF)
    is_booked = ~has_score & (draw.below(2) == 0)
    booked = draw.days(date(2026, 9, 5), date(2026, 12, 20))
    has_step3 = has_score & (day2 < date(2025, 9, 1)) & draw.happens(0.35)
    score3 = pl.Series(np.clip(np.round(222 + 8 * strength + draw.normal(0, 6)), 202, 260))
    attempts1 = draw.one_of({"1": 93, "2": 6, "3": 1})
    attempts2 = draw.one_of({"1": 95, "2": 5})
    return {
        "step1_result": draw.one_of({"Pass": 100}),
        "step1_score": _where(day1 < date(2022, 1, 26), score1.cast(pl.Int64)),
        "step1_date": day1,
        "step1_attempts": draw.blank(attempts1.cast(pl.Int64), 0.05),
        "step2_ck_score": _where(has_score, score2.cast(pl.Int64)),
        "step2_ck_date": _where(has_score, day2).zip_with(~is_booked, booked),
        "step2_ck_attempts": _where(has_score, attempts2.cast(pl.Int64), otherwise=0),
        "practice_score": _where(~has_score & (kind > 0), score2.cast(pl.Int64)),
        "step3_score": _where(has_step3, score3.cast(pl.Int64)),
        "step3_date": _where(has_step3, _later(day2, 200 + draw.below(150))),
        "step3_attempts": _where(has_step3, pl.Series(np.ones(draw.size, np.int64)), otherwise=0),
    }


def _experience(draw: _Draws) -> dict[str, pl.Series]:
    physiatrists = draw.few(1.3)
    yes_no = {"Yes": 45, "No": 45, None: 10}
    return {
        "usce_months": draw.few(4),
        "pmr_rotations_us": draw.few(1.2),
        "pmr_observerships_us": draw.few(0.8),
        "rotation_inpatient_rehab": draw.one_of(yes_no),
        "rotation_brain_spinal": draw.one_of(yes_no),
        "rotation_msk_pain": draw.one_of(yes_no),
        "letters_total": physiatrists.fill_null(0) + draw.below(3) + 1,
        "letters_us_physiatrist": physiatrists,
        "letter_pmr_faculty": draw.one_of(yes_no),
        "case_reports": draw.few(0.8),
        "posters": draw.few(0.8),
        "qi_projects": draw.few(0.4),
        "publications": draw.few(0.5),
        "rehab_experience_months": draw.few(4),
        "pmr_meetings": draw.few(0.7),
        "prior_gme_months": pl.Series(np.zeros(draw.size, np.int64)),
        "personal_statement": draw.one_of(
            {"PM&R-focused": 40, "Draft": 40, "Not started": 15, None: 5}
        ),
        "gap_months": draw.few(3),
    }


def _wishes(draw: _Draws) -> dict[str, pl.Series]:
    states = [
        draw.blank(draw.one_of(dict.fromkeys(_STATES[place::3], 1)), chance)
        for place, chance in enumerate((0.0, 0.4, 0.7))
    ]
    codes = {
        name: draw.programs(most, chance)
        for name, most, chance in (
            ("rotated_program_ids", 3, 0.4),
            ("must_program_ids", 1, 0.04),
            ("never_program_ids", 2, 0.06),
        )
    }
    # Nobody is to want and refuse one program but the bad rows.
    codes["never_program_ids"] = _where(
        codes["must_program_ids"].is_null(), codes["never_program_ids"]
    )
    return {
        "budget_usd": draw.blank(500 + 250 * draw.below(12), 0.6),
        "max_applications": draw.blank(30 + 10 * draw.below(8), 0.8),
        "preferred_states": _where(draw.happens(0.7), _joined(states)),
        **codes,
        "prelim_planned": draw.one_of({"Yes": 55, "No": 20, None: 25}),
        "notes": draw.one_of({None: 90, "Made up": 10}),
    }


def _with_meant_well_spellings(cohort: pl.DataFrame) -> pl.DataFrame:
    """Two rows in a hundred are spelled as people do: read, and told as a query."""
    place = pl.int_range(pl.len()) % _SPELLED_SHARE
    return cohort.with_columns(
        step2_ck_score=pl.when(place == 20)
        .then(pl.col("step2_ck_score") + "*")
        .otherwise("step2_ck_score"),
        step1_result=pl.when(place == 60).then(pl.lit("P")).otherwise("step1_result"),
    )


def _with_bad_rows(cohort: pl.DataFrame, one_in: int) -> pl.DataFrame:
    """One row in so many has an error, of one kind after another."""
    number = pl.int_range(pl.len())
    kind = pl.when(number % one_in == 7 % one_in).then(number // one_in % _BAD_KINDS)
    first_program = pl.lit(_program_code(np.zeros(1, np.int64))[0])
    return cohort.with_columns(
        step2_ck_score=pl.when(kind == 0)
        .then(pl.lit("two-forty"))
        .when(kind == 1)
        .then(pl.lit("999"))
        .otherwise("step2_ck_score"),
        applicant_id=pl.when(kind == 2)
        .then(pl.col("applicant_id").shift(1))
        .otherwise("applicant_id"),
        img_status=pl.when(kind.ne_missing(3)).then("img_status"),
        must_program_ids=pl.when(kind == 4).then(first_program).otherwise("must_program_ids"),
        never_program_ids=pl.when(kind == 4).then(first_program).otherwise("never_program_ids"),
        step1_date=pl.when(kind == 5).then(pl.lit("2031-01-31")).otherwise("step1_date"),
    )


def _later(day: pl.Series, days: pl.Series) -> pl.Series:
    return (day.cast(pl.Int32) + days).cast(pl.Int32).cast(pl.Date)


def _where(holds: pl.Series, values: pl.Series, otherwise: str | int | None = None) -> pl.Series:
    return pl.select(pl.when(holds).then(values).otherwise(pl.lit(otherwise))).to_series()


def _joined(texts: list[pl.Series]) -> pl.Series:
    """Joined by `; ` without the blanks; null where all are blank."""
    text = pl.select(pl.concat_str(texts, separator="; ", ignore_nulls=True)).to_series()
    return _where(text != "", text)


def _numbered(name: str, number: NDArray[np.int64], separator: str = " ") -> pl.Series:
    text = pl.Series(number + 1).cast(pl.String).str.zfill(7)
    return pl.select(pl.lit(name + separator) + text).to_series()


def _program_code(number: NDArray[np.int64]) -> list[str]:
    return [f"340{place + 1:07d}" for place in number.tolist()]


def _as_text(typed: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return typed.select(as_text(pl.col(name), typed.schema[name]).alias(name) for name in names)
