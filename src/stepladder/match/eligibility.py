"""Applicant × program in; what each screen says and the pair's eligibility out.

A screen is Pass, Fail or Unknown. It fails as a named reason, or it is unknown as a named
question; a question is raised only where it matters to this applicant (design: eligibility).
"""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from stepladder.rulebook import Policy

ELIGIBLE = "Eligible"
VERIFY = "Verify"
INELIGIBLE = "Ineligible"

PHYSICIAN_ONLY = "Physician-only"


def with_facts(applicants: pl.DataFrame, policy: Policy, as_of: date) -> pl.DataFrame:
    """Add what the screens read of an applicant alone."""
    score = pl.col("step2_ck_score")
    day, review = pl.col("step2_ck_date"), pl.col("review_day")
    latest_safe = review.dt.offset_by(f"-{policy.exams.safe_weeks}w")
    # A score on file before review day is in time; later ones by the latest safe test date.
    on_file_before = score.is_not_null() & (pl.lit(as_of) <= review)
    return applicants.with_columns(
        step1_has_no_number=pl.col("step1_is_passed")
        & (pl.col("step1_date") >= policy.exams.pass_fail_from).fill_null(value=False),
        is_exposed_to_floor=score.is_null() | (score < policy.exposure.step2_ck_below),
        step2_ck_is_late=(day > latest_safe) & ~on_file_before,
    )


def screens(policy: Policy) -> tuple[dict[str, pl.Expr], dict[str, pl.Expr]]:
    """The reasons to fail and the questions to ask, by rulebook name; all of them boolean."""
    fails: dict[str, pl.Expr] = {}
    asks: dict[str, pl.Expr] = {}
    for failing, asking in (
        _considers_img(),
        _step1_score(),
        _step2_ck_score(),
        _attempts("step1", policy),
        _attempts("step2_ck", policy),
        _graduation(policy),
        _visa(),
        _step3(),
        _ecfmg(),
        _minimum("usce", demand="min_usce_months", has="usce_months"),
        _minimum("letters", demand="min_pmr_letters", has="letters_us_physiatrist"),
        _step2_ck_in_time(),
        _track(),
    ):
        fails |= failing
        asks |= asking
    return (
        {name: fails[name].fill_null(value=False) for name in policy.ineligible_reasons._fields},
        {name: asks[name].fill_null(value=False) for name in policy.verify_questions._fields},
    )


def bits(screen: Mapping[str, pl.Expr]) -> pl.Expr:
    """Pack boolean screens into one number, the first screen in the lowest bit."""
    return pl.sum_horizontal(
        holds.cast(pl.UInt32) * (1 << place) for place, holds in enumerate(screen.values())
    ).cast(pl.UInt32)


def eligibility() -> pl.Expr:
    """Any Fail: Ineligible; else any Unknown that matters: Verify; else Eligible."""
    return (
        pl.when(pl.col("fails") > 0)
        .then(pl.lit(INELIGIBLE))
        .when(pl.col("asks") > 0)
        .then(pl.lit(VERIFY))
        .otherwise(pl.lit(ELIGIBLE))
    )


def reasons(pairs: pl.DataFrame, policy: Policy) -> pl.Series:
    """Why a pair is Ineligible, or what to ask where it is to be verified; empty where Eligible.

    Text is built once for each set of screens that occurs, not once a pair.
    """
    fail_texts = list(policy.ineligible_reasons)
    ask_texts = questions(policy)
    sets = pairs.select("fails", "asks").unique(maintain_order=True)
    texts = [
        "; ".join(_named(fails, fail_texts) if fails else _named(asks, ask_texts))
        for fails, asks in sets.iter_rows()
    ]
    return pairs.join(
        sets.with_columns(reasons=pl.Series(texts, dtype=pl.String)),
        on=["fails", "asks"],
        how="left",
        maintain_order="left",
    )["reasons"]


def questions(policy: Policy) -> list[str]:
    """The questions in the order of the bits that ask them."""
    return list(policy.verify_questions)


def _named(packed: int, texts: list[str]) -> Iterable[str]:
    return (text for place, text in enumerate(texts) if packed >> place & 1)


Screen = tuple[dict[str, pl.Expr], dict[str, pl.Expr]]


def _considers_img() -> Screen:
    share = pl.max_horizontal("us_img_pct", "non_us_img_pct")
    unknown = pl.col("considers_img").is_null() & ~(share > 0).fill_null(value=False)
    return {"considers_img": pl.col("considers_img") == "No"}, {"considers_img": unknown}


def _step1_score() -> Screen:
    """A pass on or after the pass/fail date has no number, so no floor can shut it out."""
    floor, score = pl.col("min_step1"), pl.col("step1_score")
    has_no_number = pl.col("step1_has_no_number")
    under = (score < floor) | (floor.is_not_null() & pl.col("step1_is_failed"))
    under = under.fill_null(value=False)
    return {"step1_score": under}, {
        "step1_floor": floor.is_null() & pl.col("is_exposed_to_floor") & ~has_no_number,
        "step1_score": floor.is_not_null() & score.is_null() & ~has_no_number & ~under,
    }


def _step2_ck_score() -> Screen:
    floor, score = pl.col("min_step2_ck"), pl.col("step2_ck_score")
    return {"step2_ck_score": score < floor}, {
        "step2_ck_floor": floor.is_null() & pl.col("is_exposed_to_floor"),
        "step2_ck_score": score.is_null(),
    }


def _attempts(step: str, policy: Policy) -> Screen:
    allowed, attempts = pl.col(f"max_{step}_attempts"), pl.col(f"{step}_attempts")
    binds = allowed < policy.red_flags.attempts_allowed
    return {f"{step}_attempts": attempts > allowed}, {
        f"{step}_attempts_limit": allowed.is_null() & (attempts > policy.exposure.attempts_above),
        f"{step}_attempts": binds & attempts.is_null(),
    }


def _graduation(policy: Policy) -> Screen:
    allowed, years = pl.col("max_years_since_graduation"), pl.col("years_since_graduation")
    return {"graduation": years > allowed}, {
        "graduation_limit": allowed.is_null() & (years > policy.exposure.years_above)
    }


def _visa() -> Screen:
    """J-1 or H-1B is met by either; H-1B without Step 3 so far is not yet rather than never."""
    need = pl.col("visa_needed")
    wants_j1 = need.is_in(["J-1", "J-1 or H-1B"])
    wants_h1b = need.is_in(["H-1B", "J-1 or H-1B"])
    j1, h1b = pl.col("j1_visa"), pl.col("h1b_visa")
    has_step3 = pl.col("step3_is_passed")
    met = (wants_j1 & (j1 == "Yes")).fill_null(value=False) | (
        wants_h1b & (h1b == "Yes") & has_step3
    ).fill_null(value=False)
    waits = wants_h1b & (h1b == "Yes") & ~has_step3
    shut = ~(wants_j1 & (j1 != "No").fill_null(value=True)) & ~(
        wants_h1b & (h1b != "No").fill_null(value=True)
    )
    needs = wants_j1 | wants_h1b
    unstated = (wants_j1 & j1.is_null()) | (wants_h1b & h1b.is_null())
    sponsors_all = (j1 == "Yes").fill_null(value=False) & (h1b == "Yes").fill_null(value=False)
    not_entered = need.is_null() & (pl.col("img_status") == "Non-US IMG")
    meets_all = sponsors_all & has_step3
    return {"visa": needs & shut}, {
        "visa_policy": needs & ~met & unstated,
        "visa_step3": needs & ~met & waits,
        "visa_need": not_entered & ~meets_all,
    }


def _step3() -> Screen:
    required, passed = pl.col("step3_required"), pl.col("step3_is_passed")
    return {}, {
        "step3_policy": required.is_null() & ~passed,
        "step3": (required == "Yes") & ~passed,
    }


def _ecfmg() -> Screen:
    required, certified = pl.col("ecfmg_required_to_apply"), pl.col("ecfmg_certified")
    return {"ecfmg": (required == "Yes") & (certified == "No")}, {
        "ecfmg_policy": required.is_null() & (certified != "Yes"),
        "ecfmg": (required == "Yes")
        & (certified != "No").fill_null(value=True)
        & (certified != "Yes").fill_null(value=True),
    }


def _minimum(name: str, *, demand: str, has: str) -> Screen:
    minimum, amount = pl.col(demand), pl.col(has)
    return {name: amount < minimum}, {
        f"{name}_policy": minimum.is_null() & (amount == 0),
        name: (minimum > 0) & amount.is_null(),
    }


def _step2_ck_in_time() -> Screen:
    return {}, {"step2_ck_late": pl.col("step2_ck_is_late")}


def _track() -> Screen:
    only_physicians = pl.col("track") == PHYSICIAN_ONLY
    none = pl.col("prior_gme_months") == 0
    return {"track": only_physicians & none}, {
        "track": only_physicians & ~none.fill_null(value=False)
    }
