"""Scored applicants in; for each lever of the rulebook who may still pull it, and what it changes.

The words, months, dollars and days of each lever stand in the rulebook; its condition and change
stand here, under the same name. A blank is never read as “no” or 0: what is not on file may be had
already, so its lever is not offered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from stepladder.plan.offer import ASKED
from stepladder.rulebook import Policy
from stepladder.rulebook.exams import passing_score
from stepladder.rulebook.tiers import tier_keys
from stepladder.score.fit import RESEARCH, SETTINGS

J1, H1B, EITHER = "J-1", "H-1B", "J-1 or H-1B"
FOCUSED = "PM&R-focused"
_STATES = pl.List(pl.String)
OF_NUMBER = ("few_more_applications", "many_more_applications", "budget")
"""Levers on the number of applications: all they take is what the further ones cost."""


@dataclass(frozen=True)
class Lever:
    """Who may pull a lever, what it changes in their typed row, and how it is told.

    is_open  over scored applicants with the states of their exams; null counts as no
    changes  new values of input columns, of ASKED besides
    words    what fills the placeholders of its sentences, beside what every lever knows
    months   what comes on top of the rulebook's months
    """

    is_open: pl.Expr
    changes: Mapping[str, pl.Expr]
    words: Mapping[str, pl.Expr] = field(default_factory=dict)
    months: pl.Expr = field(default_factory=lambda: pl.lit(0))


def levers(policy: Policy, as_of: date) -> dict[str, Lever]:
    """Every lever by its name in the rulebook, in the rulebook's order."""
    return {
        **_exams(policy, as_of),
        **_record(policy),
        **_applications(policy),
        **_wishes(policy),
    }


def _exams(policy: Policy, as_of: date) -> dict[str, Lever]:
    """Exams count as passed on the day of the run: whether they can be is for the calendar."""
    practice = pl.col("practice_score")
    step2_is_open = pl.col("step2_ck_is_to_sit") & ~pl.col("attempts_are_used_up")
    passing = passing_score(pl.lit(as_of), policy.exams.step2_ck_passing)
    next_tier = _next_tier(policy)
    strong = pl.lit(policy.red_flags.step3_strong, pl.Int64)
    return {
        "step2_ck_at_practice": Lever(
            step2_is_open & (practice >= passing),
            _sat("step2_ck", practice, as_of),
            {"practice_score": practice},
        ),
        "step2_ck_next_tier": Lever(
            step2_is_open & (next_tier >= passing),
            _sat("step2_ck", next_tier, as_of),
            {"practice_score": practice, "next_tier_score": next_tier},
        ),
        "step3": Lever(
            pl.col("step3_is_open")
            & pl.col("step2_ck_is_passed")
            & ~pl.col("step1_is_open")
            & ~pl.col("attempts_are_used_up"),
            _sat("step3", strong, as_of),
            {"step3_strong": strong},
        ),
    }


def _next_tier(policy: Policy) -> pl.Expr:
    """The lowest score of the tier above that of the practice score; null in the highest."""
    score = pl.lit(None, pl.Int64)
    keys = tier_keys()
    for key, above in zip(keys[1:], keys, strict=False):
        minimum, next_minimum = (getattr(policy.tiers, each).minimum for each in (key, above))
        is_in = (pl.col("practice_score") >= minimum) & (pl.col("practice_score") < next_minimum)
        score = pl.when(is_in).then(pl.lit(next_minimum)).otherwise(score)
    return score


def _sat(step: str, score: pl.Expr, as_of: date) -> dict[str, pl.Expr]:
    return {
        f"{step}_score": score,
        f"{step}_date": pl.lit(as_of),
        f"{step}_attempts": pl.col(f"{step}_attempts").fill_null(0) + 1,
    }


def _record(policy: Policy) -> dict[str, Lever]:
    """What makes PM&R fit unmistakable and is not had yet, by an entered number or No."""
    full = policy.pmr_fit
    letters, rotations = pl.col("letters_us_physiatrist"), pl.col("pmr_rotations_us")
    rehab, statement = pl.col("rehab_experience_months"), pl.col("personal_statement")
    # A sum over a null is null: an unknown count may be the missing one.
    research_missing = full.research_full - sum((pl.col(name) for name in RESEARCH), pl.lit(0))
    names = {name: getattr(policy.action_words, name) for name in SETTINGS}
    missing = [pl.when(pl.col(name) == "No").then(pl.lit(name)) for name in SETTINGS]
    setting = pl.coalesce(missing)
    return {
        "physiatrist_letter": Lever(
            letters < full.letters_full,
            {
                "letters_us_physiatrist": letters + 1,
                "letters_total": pl.when(pl.col("letters_total") > letters)
                .then("letters_total")
                .otherwise(pl.col("letters_total") + 1),
            },
            {"letter_number": letters + 1, "letters_full": pl.lit(full.letters_full)},
        ),
        "faculty_letter": Lever(
            (pl.col("letter_pmr_faculty") == "No") & rotations.ne_missing(0),
            {"letter_pmr_faculty": pl.lit("Yes")},
        ),
        "rotation": Lever(
            rotations < full.rotations_full,
            {
                "pmr_rotations_us": rotations + 1,
                "usce_months": pl.col("usce_months") + policy.lever_limits.rotation_months,
            },
            {"rotation_number": rotations + 1, "rotations_full": pl.lit(full.rotations_full)},
        ),
        "setting": Lever(
            setting.is_not_null(),
            {
                name: pl.when(setting == name).then(pl.lit("Yes")).otherwise(name)
                for name in SETTINGS
            },
            {"setting": setting.replace_strict(names, return_dtype=pl.String)},
        ),
        "research": Lever(
            research_missing > 0,
            {"case_reports": pl.col("case_reports") + research_missing},
            {"research_full": pl.lit(full.research_full), "research_missing": research_missing},
        ),
        "rehab_experience": Lever(
            rehab < full.rehab_full,
            {"rehab_experience_months": pl.lit(full.rehab_full, pl.Int64)},
            {"rehab_full": pl.lit(full.rehab_full)},
            months=full.rehab_full - rehab,
        ),
        "statement": Lever(statement != FOCUSED, {"personal_statement": pl.lit(FOCUSED)}),
    }


def _applications(policy: Policy) -> dict[str, Lever]:
    """More applications than suggested: within budget and maximum, or with both raised."""
    suggested = pl.col("suggested_applications")
    limits = policy.lever_limits
    more = {
        "few_more_applications": ("few_more", limits.few_more),
        "many_more_applications": ("many_more", limits.many_more),
    }
    return {
        **{
            name: Lever(
                suggested > 0,
                {
                    ASKED: suggested + number,
                    "budget_usd": pl.lit(None, pl.Int64),
                    "max_applications": pl.lit(None, pl.Int64),
                },
                {word: pl.lit(number)},
            )
            for name, (word, number) in more.items()
        },
        "budget": Lever(
            pl.col("budget_usd").is_not_null() & suggested.is_not_null(),
            {"budget_usd": pl.lit(None, pl.Int64)},
        ),
    }


def _wishes(policy: Policy) -> dict[str, Lever]:
    preferred, visa = pl.col("preferred_states"), pl.col("visa_needed")
    widened = _widened(policy)
    return {
        "geography": Lever(
            widened.list.len() > preferred.list.len(), {"preferred_states": widened}
        ),
        "accept_j1": Lever(visa == H1B, {"visa_needed": pl.lit(EITHER)}),
        "accept_h1b": Lever(visa == J1, {"visa_needed": pl.lit(EITHER)}),
    }


def _widened(policy: Policy) -> pl.Expr:
    """The preferred states with all states of their census divisions; null where none is."""
    preferred, nowhere = pl.col("preferred_states"), pl.lit(pl.Series([[]], dtype=_STATES))
    divisions = [
        pl.when(preferred.list.set_intersection(states).list.len() > 0)
        .then(states)
        .otherwise(nowhere)
        for text in policy.divisions
        for states in [pl.lit(pl.Series([text.split(", ")], dtype=_STATES))]
    ]
    return pl.concat_list(preferred, *divisions).list.unique(maintain_order=True)
