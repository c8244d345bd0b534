"""Chances and limits in; the suggested number of applications and its reason in words out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepladder.rulebook import Policy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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


@dataclass(frozen=True)
class Suggested:
    """The suggested number, the number without limits, and whether the target is met."""

    number: Ints
    unbounded: Ints
    meets_target: NDArray[np.bool_]


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
    budgets: list[int | None],
    stress: tuple[Ints, Ints],
) -> list[str]:
    """Say in one sentence for each applicant which limit decided, and the number without it.

    `stress` are both ends of the range of interviews under the stress correlation.
    """
    sentences = policy.suggestion_sentences
    fees = sentences.fees.format(transcript=policy.costs.transcript, token=policy.costs.token)
    shared = {
        "target": policy.interviews.target,
        "chance": round(100 * policy.interviews.target_chance),
    }
    said = []
    for place, number in enumerate(suggested.number.tolist()):
        if limits.open[place] == 0:
            all_never = limits.excluded[place] > 0
            said.append(sentences.all_never if all_never else sentences.no_program)
            continue
        unbounded = int(suggested.unbounded[place])
        values = {
            **shared,
            "low": limits.low[place],
            "high": limits.high[place],
            "open": limits.open[place],
            "maximum": limits.maximum[place],
            "must": limits.required[place],
            "budget": budgets[place],
            "unbounded": unbounded,
            "stress_low": stress[0][place],
            "stress_high": stress[1][place],
        }
        decided = _decided(limits, suggested, place, number)
        parts = [getattr(sentences, decided).format(**values)]
        if number != unbounded:
            parts.append(sentences.unbounded.format(**values))
        parts.append(sentences.stress.format(**values))
        said.append("; ".join([*parts, fees]) + ".")
    return said


def _decided(limits: Limits, suggested: Suggested, place: int, number: int) -> str:
    """The rulebook's name of the sentence for what decided the number."""
    if number == suggested.unbounded[place]:
        return "target_met" if suggested.meets_target[place] else "target_not_met"
    if number > min(limits.affordable[place], limits.maximum[place], suggested.unbounded[place]):
        return "must"
    if number == limits.open[place]:
        return "programs"
    return "budget" if number == limits.affordable[place] else "maximum"
