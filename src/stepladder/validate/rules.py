"""Typed rows in; the rows that break each rule across cells out, as polars expressions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeAlias

import polars as pl

from stepladder.rulebook.exams import passing_score
from stepladder.rulebook.policy import PassingScores
from stepladder.validate.schema import Rule

_WHOLE_SHARE = 100


@dataclass(frozen=True)
class Facts:
    """What the rules need from outside the table.

    `season` overrides the rows' own; `season_default` is for rows without one; seasons before
    `first_open` are over. `passing` holds the passing scores of step1, step2_ck and step3.
    `program_ids` and `applicant_ids` are None where no such table is given.
    """

    as_of: date
    season: int | None
    season_default: int
    first_open: int
    pass_fail_from: date
    passing: Mapping[str, PassingScores]
    attempts_allowed: int
    program_ids: frozenset[str] | None
    applicant_ids: frozenset[str] | None = None


RuleExpr: TypeAlias = Callable[[Facts, str], pl.Expr]
"""Facts and the column that a finding would point at in; an expression over typed rows out."""


def broken_by(rule: Rule, column: str, facts: Facts) -> pl.Expr:
    """The row breaks the rule (Boolean, never null: what is blank breaks nothing)."""
    return RULES[rule.name](facts, column).fill_null(value=False)


def detail_of(rule: Rule, column: str, facts: Facts) -> pl.Expr:
    """What the rule's message shows as {detail} for a row that breaks it (String)."""
    if rule.name in DETAILS:
        return DETAILS[rule.name](facts, column).cast(pl.String)
    return pl.lit(None, pl.String)


def step1_score_without_pass(facts: Facts, column: str) -> pl.Expr:
    """A score beside Not taken, or a score that is no failing one beside Fail; blank is fine."""
    result = pl.col("step1_result")
    return pl.col(column).is_not_null() & (
        (result == "Not taken") | ((result == "Fail") & ~_is_failed(facts, column))
    )


def step1_numeric_after_pass_fail(facts: Facts, column: str) -> pl.Expr:
    """A number for a Step 1 that was reported as Pass or Fail only (domain.md, Exams)."""
    return pl.col(column).is_not_null() & (pl.col("step1_date") >= facts.pass_fail_from)


def step3_without_step2_ck(_facts: Facts, column: str) -> pl.Expr:
    """A Step 3 score, which can only follow Step 2 CK, while there is no score of that."""
    return pl.col(column).is_not_null() & pl.col("step2_ck_score").is_null()


def score_under_passing(facts: Facts, column: str) -> pl.Expr:
    """A score under the passing score of its test date, or under the lowest ever if undated."""
    return pl.col(column) < _passing_score(facts, column)


def result_after_as_of(facts: Facts, column: str) -> pl.Expr:
    """A test date after the day of the report, although the exam has a result."""
    return _has_result(_exam(column)) & (pl.col(column) > facts.as_of)


def dates_out_of_order(_facts: Facts, column: str) -> pl.Expr:
    """Step 3 not after both Step 1 and Step 2 CK."""
    others = pl.max_horizontal("step1_date", "step2_ck_date")
    return pl.col(column) <= others


def step2_before_step1(_facts: Facts, column: str) -> pl.Expr:
    """Step 2 CK before Step 1: allowed, but rare."""
    return pl.col(column) < pl.col("step1_date")


def four_failed_attempts(facts: Facts, column: str) -> pl.Expr:
    """All attempts that USMLE allows are used, and none of them passed (domain.md, Exams)."""
    exam = _exam(column)
    score = f"{exam}_score"
    has_pass = pl.col(score).is_not_null() & ~_is_failed(facts, score)
    if exam == "step1":
        has_pass |= (pl.col("step1_result") == "Pass").fill_null(value=False)
    return (pl.col(column) >= facts.attempts_allowed) & ~has_pass


def result_without_attempt(_facts: Facts, column: str) -> pl.Expr:
    """A result of an exam that was attempted 0 times."""
    return _has_result(_exam(column)) & (pl.col(column) == 0)


def us_img_with_visa(_facts: Facts, column: str) -> pl.Expr:
    """A US IMG who is said to need a visa."""
    return (pl.col("img_status") == "US IMG") & (pl.col(column) != "None")


def graduation_after_season(facts: Facts, column: str) -> pl.Expr:
    """A graduation later than the season applied in."""
    return pl.col(column) > _season(facts)


def letters_physiatrist_above_total(_facts: Facts, column: str) -> pl.Expr:
    """More letters from US physiatrists than letters."""
    return pl.col(column) > pl.col("letters_total")


def must_and_never(_facts: Facts, column: str) -> pl.Expr:
    """A program that must be applied to and must not."""
    return _in_both(column).list.len() > 0


def unknown_program_ids(facts: Facts, column: str) -> pl.Expr:
    """Codes that no program bears; nothing is said where no programs are given."""
    if facts.program_ids is None:
        return pl.lit(value=False)
    return ~pl.col(column).list.eval(pl.element().is_in(sorted(facts.program_ids))).list.all()


def considers_img_contradicted(_facts: Facts, column: str) -> pl.Expr:
    """IMGs are not considered, yet some of the residents are IMGs."""
    return (pl.col(column) == "No") & (pl.max_horizontal("us_img_pct", "non_us_img_pct") > 0)


def shares_above_100(_facts: Facts, column: str) -> pl.Expr:
    """Shares of US and non-US IMGs that are more than everybody."""
    return pl.col(column) + pl.col("us_img_pct") > _WHOLE_SHARE


def share_like_a_fraction(_facts: Facts, column: str) -> pl.Expr:
    """A share between 0 and 1 percent: in Excel, 45% is stored as 0.45."""
    return pl.col(column).is_between(0, 1, closed="none")


def step1_minimum_above_typical(_facts: Facts, column: str) -> pl.Expr:
    """A minimum above what is typical."""
    return pl.col(column) > pl.col("typical_step1")


def step2_ck_minimum_above_typical(_facts: Facts, column: str) -> pl.Expr:
    """A minimum above what is typical."""
    return pl.col(column) > pl.col("typical_step2_ck")


def doubled_outcome(_facts: Facts, _column: str) -> pl.Expr:
    """One applicant, program and season in more than one row: nobody can tell which one holds."""
    application = ("applicant_id", "program_id", "season")
    is_whole = pl.all_horizontal(pl.col(name).is_not_null() for name in application)
    return is_whole & pl.struct(application).is_duplicated()


def outcome_without_application(_facts: Facts, column: str) -> pl.Expr:
    """Something came of an application that was not sent."""
    return _contradicts(column, "applied")


def interview_without_invitation(_facts: Facts, column: str) -> pl.Expr:
    """An interview without an invitation."""
    return _contradicts(column, "invited")


def ranked_without_interview(_facts: Facts, column: str) -> pl.Expr:
    """On the rank order list without an interview."""
    return _contradicts(column, "interviewed")


def matched_without_rank(_facts: Facts, column: str) -> pl.Expr:
    """Matched at a program that was not ranked."""
    return _contradicts(column, "ranked")


def matched_twice(_facts: Facts, column: str) -> pl.Expr:
    """A match at more than one program in one season."""
    is_matched = pl.col(column) == "Yes"
    return is_matched & (is_matched.sum().over("applicant_id", "season") > 1)


def unknown_applicant(facts: Facts, column: str) -> pl.Expr:
    """An id that no applicant bears; nothing is said where no applicants are given.

    Whoever applied in a season that is over has left the cohort since: that is as it should be.
    """
    return _is_not_among(column, facts.applicant_ids) & (pl.col("season") >= facts.first_open)


def unknown_program(facts: Facts, column: str) -> pl.Expr:
    """A code that no program bears; nothing is said where no programs are given."""
    return _is_not_among(column, facts.program_ids)


RULES: Mapping[str, RuleExpr] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            step1_score_without_pass,
            step1_numeric_after_pass_fail,
            step3_without_step2_ck,
            score_under_passing,
            result_after_as_of,
            dates_out_of_order,
            step2_before_step1,
            four_failed_attempts,
            result_without_attempt,
            us_img_with_visa,
            graduation_after_season,
            letters_physiatrist_above_total,
            must_and_never,
            unknown_program_ids,
            considers_img_contradicted,
            shares_above_100,
            share_like_a_fraction,
            step1_minimum_above_typical,
            step2_ck_minimum_above_typical,
            doubled_outcome,
            outcome_without_application,
            interview_without_invitation,
            ranked_without_interview,
            matched_without_rank,
            matched_twice,
            unknown_applicant,
            unknown_program,
        )
    }
)
"""The expression of each rule of the schemas."""


def _contradicts(column: str, before: str) -> pl.Expr:
    return (pl.col(column) == "Yes") & (pl.col(before) == "No")


def _is_not_among(column: str, known: frozenset[str] | None) -> pl.Expr:
    if known is None:
        return pl.lit(value=False)
    return ~pl.col(column).is_in(sorted(known))


def _passing_score(facts: Facts, score: str) -> pl.Expr:
    exam = _exam(score)
    return passing_score(pl.col(f"{exam}_date"), facts.passing[exam])


def _is_failed(facts: Facts, score: str) -> pl.Expr:
    return score_under_passing(facts, score).fill_null(value=False)


def _exam(column: str) -> str:
    return column.rpartition("_")[0]


def _has_result(exam: str) -> pl.Expr:
    has_score = pl.col(f"{exam}_score").is_not_null()
    if exam == "step1":
        return has_score | pl.col("step1_result").is_in(["Pass", "Fail"]).fill_null(value=False)
    return has_score


def _season(facts: Facts) -> pl.Expr:
    if facts.season is not None:
        return pl.lit(facts.season)
    return pl.coalesce("season", pl.lit(facts.season_default))


def _in_both(column: str) -> pl.Expr:
    return pl.col(column).list.set_intersection("must_program_ids")


def _unknown(facts: Facts, column: str) -> pl.Expr:
    known = sorted(facts.program_ids or ())
    return pl.col(column).list.eval(pl.element().filter(~pl.element().is_in(known)))


DETAILS: Mapping[str, RuleExpr] = MappingProxyType(
    {
        "step1_numeric_after_pass_fail": lambda facts, _: pl.lit(facts.pass_fail_from),
        "score_under_passing": _passing_score,
        "result_after_as_of": lambda facts, _: pl.lit(facts.as_of),
        "graduation_after_season": lambda facts, _: _season(facts),
        "must_and_never": lambda _, column: _in_both(column).list.join("; "),
        "unknown_program_ids": lambda facts, column: _unknown(facts, column).list.join("; "),
    }
)
"""The rules whose message shows more than the cell itself."""
