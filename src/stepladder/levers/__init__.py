"""Applicants and their plan in; what each improvement still open to them would gain, out.

A lever changes an applicant's typed row, and the changed row goes through the very same engine as a
scenario. A gain is the difference of the two runs, whatever number of applications either suggests.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import polars as pl

from stepladder.levers.changes import OF_NUMBER, Lever, levers
from stepladder.plan import Numbers, Planned
from stepladder.plan.actions import day_by_rule, exam_days, exam_states
from stepladder.plan.chosen import VALUE_DECIMALS
from stepladder.plan.offer import ASKED
from stepladder.plan.sentences import filled
from stepladder.rulebook import Policy
from stepladder.rulebook.policy import Lever as Rule

Engine = Callable[[pl.DataFrame], tuple[pl.DataFrame, Numbers]]
"""Typed rows, each with a `row` of its own, in; the same rows scored, and their plan, out."""

GAINS: Final[Mapping[str, str]] = {
    "gain_list_value": "list_value",
    "gain_interviews_low": "expected_interviews_low",
    "gain_interviews_high": "expected_interviews_high",
    "gain_pmr_fit": "pmr_fit",
    "gain_eligible_programs": "eligible_programs",
    "gain_programs_to_verify": "programs_to_verify",
    "gain_applications": "suggested_applications",
    "gain_cost_usd": "application_cost_usd",
}
"""Each gain, and the result of which it is the difference."""
_CHANCES: Final = ("target_chance_low", "target_chance_high")
"""What ranks: the chance of the target, which decides how many applications are suggested."""
COLUMNS: Final = (
    "applicant_id",
    "rank",
    "lever",
    *(f"gain_{chance}" for chance in _CHANCES),
    *GAINS,
    "takes",
    "takes_months",
    "takes_usd",
    "start_by",
    "feasible",
)
_MOST_GAINS: Final = (
    *(f"gain_{chance}" for chance in _CHANCES),
    "gain_list_value",
    "gain_interviews_low",
    "gain_interviews_high",
    "gain_eligible_programs",
    "gain_pmr_fit",
)
"""What ranks a lever: the first that differs."""
_LEAST_TAKEN: Final = ("takes_usd", "takes_months")
"""And of equal ones, the cheaper, the quicker; then the rulebook's order."""
_NUMBER: Final = "suggested_applications"
_YES, _NO = "Yes", "No"


def gains(
    typed: pl.DataFrame,
    before: tuple[pl.DataFrame, Planned],
    engine: Engine,
    policy: Policy,
    as_of: date,
) -> pl.DataFrame:
    """Give one row for each applicant and lever open to them, by `row`, the best first.

    `typed` are the applicants as the engine takes them, `before` is what it made of them. Beside
    the columns of the table Levers there are `row` and `rule`, the lever's name in the rulebook.
    """
    scored, planned = before
    judged = (
        scored.join(planned.suggestions, on="row", how="left", maintain_order="left")
        .with_columns(**exam_days(policy))
        .with_columns(**exam_states(policy, as_of))
    )
    offered = pl.concat(
        _offered(judged, typed.schema, policy, name, lever)
        for name, lever in levers(policy, as_of).items()
    ).with_row_index("scenario")
    inputs = [name for name in typed.columns if name != "row"]
    rescored, replanned = engine(offered.select(pl.col("scenario").alias("row"), *inputs, ASKED))
    told = (
        offered.drop(name for name in inputs if name != "applicant_id")
        .join(_results(scored, planned), on="row", how="left", maintain_order="left")
        .join(
            _results(rescored, replanned),
            left_on="scenario",
            right_on="row",
            suffix="_after",
            maintain_order="left",
        )
        .filter(_moves_the_number())
    )
    return _ranked(_of_no_fewer(told, replanned.curve), policy, as_of)


def _offered(
    judged: pl.DataFrame, schema: pl.Schema, policy: Policy, name: str, lever: Lever
) -> pl.DataFrame:
    """The rows of whoever may pull a lever, as it changes them, and how it is told."""
    rule: Rule = getattr(policy.levers, name)
    words = {word: value.cast(pl.String) for word, value in lever.words.items()}
    types = {**schema, ASKED: pl.Int64()}
    changed = {
        column: value.cast(types[column]).alias(column) for column, value in lever.changes.items()
    }
    asked = pl.lit(None, pl.Int64).alias(ASKED)
    return judged.filter(lever.is_open.fill_null(value=False)).select(
        *(changed.get(column, column) for column in schema),
        changed.get(ASKED, asked),
        rule=pl.lit(name),
        lever=filled(rule.lever, words),
        takes=filled(rule.takes, words),
        takes_months=pl.lit(rule.months, pl.Int64) + lever.months,
        takes_usd=pl.lit(rule.usd, pl.Int64),
        until=day_by_rule(rule.until),
    )


def _results(scored: pl.DataFrame, planned: Planned | Numbers) -> pl.DataFrame:
    """What a lever may change of each `row`; an empty list is worth 0, and no list has no value."""
    of_size = ("list_value", *_CHANCES)
    sized = planned.curve.select("row", pl.col("applications").alias(_NUMBER), *of_size)
    return (
        scored.select("row", "pmr_fit")
        .join(planned.suggestions, on="row", how="left", maintain_order="left")
        .join(sized, on=["row", _NUMBER], how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col(_NUMBER) == 0).then(0.0).otherwise(name).alias(name) for name in of_size
        )
        .select("row", *GAINS.values(), *_CHANCES)
    )


def _moves_the_number() -> pl.Expr:
    """A lever on the number of applications moves it: as far as was asked, or at all."""
    before, after = pl.col(_NUMBER), pl.col(f"{_NUMBER}_after")
    is_as_asked = after == pl.col(ASKED)
    is_moved = pl.when(pl.col(ASKED).is_not_null()).then(is_as_asked).otherwise(after > before)
    return ~pl.col("rule").is_in(OF_NUMBER) | is_moved


def _of_no_fewer(found: pl.DataFrame, curve: pl.DataFrame) -> pl.DataFrame:
    """The chances of each scenario with no fewer applications than now, as far as its lists go.

    A lever may let the target be met by fewer applications: its gain is then money, and the
    chance is equal. That would rank the strongest levers last.
    """
    wanted = found.select("scenario", most=pl.max_horizontal(_NUMBER, f"{_NUMBER}_after"))
    chances = (
        curve.select(pl.col("row").alias("scenario"), "applications", *_CHANCES)
        .join(wanted, on="scenario")
        .filter(pl.col("applications") <= pl.col("most"))
        .group_by("scenario")
        .agg(pl.col(_CHANCES).sort_by("applications").last())
    )
    return found.join(
        chances, on="scenario", how="left", suffix="_no_fewer", maintain_order="left"
    ).with_columns(
        pl.coalesce(f"{chance}_no_fewer", f"{chance}_after").alias(f"{chance}_no_fewer")
        for chance in _CHANCES
    )


def _ranked(found: pl.DataFrame, policy: Policy, as_of: date) -> pl.DataFrame:
    """The gains, what each lever takes, whether the calendar allows it, and its rank."""
    further = pl.col("application_cost_usd_after") - pl.col("application_cost_usd")
    is_of_number = pl.col("rule").is_in(OF_NUMBER)
    order = {
        "is_feasible": True,
        **dict.fromkeys(_MOST_GAINS, True),
        **dict.fromkeys(_LEAST_TAKEN, False),
    }
    return (
        found.with_columns(
            *(
                (pl.col(f"{result}_after") - pl.col(result)).round(VALUE_DECIMALS).alias(gain)
                for gain, result in GAINS.items()
            ),
            *(
                (pl.col(f"{chance}_no_fewer") - pl.col(chance))
                .round(VALUE_DECIMALS)
                .alias(f"gain_{chance}")
                for chance in _CHANCES
            ),
            takes_usd=pl.col("takes_usd") + pl.when(is_of_number).then(further).otherwise(0),
            start_by=pl.col("until").dt.offset_by(pl.format("-{}mo", "takes_months")),
        )
        .with_columns(is_feasible=pl.col("start_by") >= as_of)
        .sort(
            "row",
            *order,
            "scenario",
            descending=[False, *order.values(), False],
            nulls_last=True,
            maintain_order=True,
        )
        .with_columns(
            rank=pl.when("is_feasible").then(pl.int_range(1, pl.len() + 1).over("row")),
            feasible=pl.when("is_feasible").then(pl.lit(_YES)).otherwise(pl.lit(_NO)),
            takes=_in_words(policy),
        )
        .select("row", "rule", *COLUMNS)
    )


def _in_words(policy: Policy) -> pl.Expr:
    """What a lever takes, in one sentence with its months, dollars and last day to begin."""
    sentences = policy.lever_sentences
    months, usd = pl.col("takes_months"), pl.col("takes_usd")
    amounts = pl.concat_str(
        pl.when(months == 1)
        .then(pl.lit(sentences.month))
        .when(months > 0)
        .then(filled(sentences.months, {"months": months.cast(pl.String)})),
        pl.when(usd > 0).then(filled(sentences.usd, {"usd": usd.cast(pl.String)})),
        separator=", ",
        ignore_nulls=True,
    )
    takes = pl.when(amounts == "").then("takes").otherwise(pl.format("{}: {}", "takes", amounts))
    words = {"takes": takes, "start_by": pl.col("start_by").cast(pl.String)}
    return (
        pl.when("is_feasible")
        .then(filled(sentences.in_time, words))
        .otherwise(filled(sentences.too_late, words))
    )
