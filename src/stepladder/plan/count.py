"""Chances and limits in; the suggested number of applications and its reason in words out."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from stepladder.arrays import Flags, Floats, Ints
from stepladder.plan.sentences import filled
from stepladder.rulebook import Policy

NO_LIMIT = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Limits:
    """What bounds each applicant's number, every array [applicant].

    `low` and `high` are the range of the tier and the low-score case, `open` the programs that are
    eligible or to verify, `required` those the applicant must have, `excluded` those that only the
    applicant's own wish keeps out; NO_LIMIT where nothing is on file.
    """

    low: Ints
    high: Ints
    open: Ints
    affordable: Ints
    maximum: Ints
    required: Ints
    excluded: Ints

    @property
    def largest(self) -> Ints:
        """The largest size of list that is asked for."""
        return np.minimum(self.open, np.maximum(self.high, self.required))

    @property
    def smallest(self) -> Ints:
        """The smallest size of list that could be suggested."""
        limit = np.minimum.reduce([self.low, self.open, self.affordable, self.maximum])
        return np.maximum(limit, self.required)


@dataclass(frozen=True)
class Suggested:
    """The suggested number, the number without limits, and whether the target is met."""

    number: Ints
    unbounded: Ints
    meets_target: Flags


def suggest(limits: Limits, chance: Floats, target_chance: float) -> Suggested:
    """Choose each applicant's number from `chance` [applicant, size − 1] of the target (design).

    The smallest number of the range whose list meets the target, else the top of the range; then
    no more than the open programs, the budget and the maximum; then no fewer than the required
    programs.
    """
    applicants, sizes = chance.shape
    size = np.arange(1, sizes + 1)
    in_range = (size >= limits.low[:, None]) & (size <= limits.high[:, None])
    met = in_range & (np.nan_to_num(chance, nan=-1.0) >= target_chance)
    first_met = (
        np.where(met.any(axis=1), met.argmax(axis=1) + 1, 0) if sizes else np.zeros(applicants)
    )
    whole = np.clip(limits.open - 1, 0, max(sizes - 1, 0))
    whole_chance = chance[np.arange(applicants), whole] if sizes else np.zeros(applicants)
    met_by_fewer = (limits.open < limits.low) & (whole_chance >= target_chance) & (limits.open > 0)
    unbounded = np.where(first_met > 0, first_met, np.where(met_by_fewer, limits.low, limits.high))
    bounded = np.minimum.reduce([unbounded, limits.open, limits.affordable, limits.maximum])
    number = np.maximum(bounded, limits.required)
    return Suggested(
        number.astype(np.int64), unbounded.astype(np.int64), (first_met > 0) | met_by_fewer
    )


def basis(
    policy: Policy,
    limits: Limits,
    suggested: Suggested,
    budgets: pl.Series,
    stress: tuple[Ints, Ints],
) -> pl.Series:
    """Say in one sentence for each applicant which limit decided, and the number without it.

    `stress` are both ends of the range of interviews under the stress correlation.
    """
    sentences, fixed = policy.suggestion_sentences, pl.lit
    numbers = pl.DataFrame(
        {
            "low": limits.low,
            "high": limits.high,
            "open": limits.open,
            "maximum": limits.maximum,
            "must": limits.required,
            "unbounded": suggested.unbounded,
            "stress_low": stress[0],
            "stress_high": stress[1],
            "number": suggested.number,
            "affordable": limits.affordable,
            "excluded": limits.excluded,
        }
    ).with_columns(budget=budgets, meets_target=pl.Series(suggested.meets_target))
    values = {name: pl.col(name).cast(pl.String) for name in numbers.columns} | {
        "target": fixed(str(policy.interviews.target)),
        "chance": fixed(str(round(100 * policy.interviews.target_chance))),
        "transcript": fixed(str(policy.costs.transcript)),
        "token": fixed(str(policy.costs.token)),
    }
    number, unbounded = pl.col("number"), pl.col("unbounded")
    decided = (
        pl.when(number == unbounded)
        .then(
            pl.when("meets_target")
            .then(filled(sentences.target_met, values))
            .otherwise(filled(sentences.target_not_met, values))
        )
        .when(number > pl.min_horizontal("affordable", "maximum", "unbounded"))
        .then(filled(sentences.must, values))
        .when(number == pl.col("open"))
        .then(filled(sentences.programs, values))
        .when(number == pl.col("affordable"))
        .then(filled(sentences.budget, values))
        .otherwise(filled(sentences.maximum, values))
    )
    parts = [
        decided,
        pl.when(number != unbounded).then(filled(sentences.unbounded, values)),
        filled(sentences.stress, values),
        filled(sentences.fees, values) + ".",
    ]
    return numbers.select(
        pl.when(pl.col("open") > 0)
        .then(pl.concat_str(parts, separator="; ", ignore_nulls=True))
        .when(pl.col("excluded") > 0)
        .then(fixed(sentences.all_never))
        .otherwise(fixed(sentences.no_program))
    ).to_series()
