"""Chosen programs in; the shortlist with its ranks, bands, signals and reasons in words out."""

from datetime import date
from functools import cache
from itertools import permutations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.arrays import Flags, Ints
from stepladder.match import program_fit
from stepladder.match.invite import CATEGORICAL
from stepladder.plan.watch_out import SEPARATOR, watch_out
from stepladder.rulebook import Policy
from stepladder.vocabulary import places, vocabulary

COLUMNS = (
    "applicant_id",
    "rank",
    "program_id",
    "program_name",
    "state",
    "setting",
    "eligibility",
    "program_fit",
    "invite_rate",
    "desirability",
    "band",
    "signal",
    "marginal_value",
    "why",
    "watch_out",
)
_SIGNAL = vocabulary(["Yes"]).dtype


def shortlist(
    chosen: pl.DataFrame,
    pairs: tuple[Ints, Ints],
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    policy: Policy,
    as_of: date,
) -> pl.DataFrame:
    """Give one row for each chosen program, in the order given: by applicant and rank.

    `chosen` has the pair's columns with `rank`, `is_signalled` and `marginal_value`; `pairs` are
    the positions of its applicants and programs. What comes from a few words is of their type.
    """
    who, program = pairs
    facts = {name: vocabulary(programs[name]) for name in ("program_name", "state", "setting")}
    return chosen.with_columns(
        *pl.DataFrame(facts)[places(program)],
        band=program_fit.band(policy),
        signal=pl.when("is_signalled").then(pl.lit("Yes", _SIGNAL)),
        why=_why(
            chosen,
            applicants["is_low_score"].to_numpy()[who],
            programs["track"].is_in(CATEGORICAL).fill_null(value=False).to_numpy()[program],
            policy,
        ),
        watch_out=watch_out(chosen, pairs, applicants, programs, policy, as_of),
    ).select("row", *COLUMNS)


def _why(
    chosen: pl.DataFrame, is_low_score: Flags, is_categorical: Flags, policy: Policy
) -> pl.Series:
    """The parts that lie furthest above what an unknown would count, best first, in words."""
    sentences = policy.listing_sentences
    full = program_fit.full_points(policy)
    share = policy.program_fit.unknown_share
    # The applicant's own PM&R fit speaks for every program alike, so it tells none apart.
    parts = [part for part in program_fit.PARTS if part != "pmr_fit"]
    speaks = _speaks(chosen, is_low_score, policy)
    above = [
        (chosen[f"millionths_{part}"].to_numpy() - program_fit.millionths(share * full[part]))
        * speaks[part]
        for part in parts
    ]
    # A categorical position weighs in desirability only; it is named after parts that weigh more.
    above.append(is_categorical * program_fit.millionths(1))
    texts = [getattr(sentences, part) for part in parts] + [sentences.categorical]
    return _spoken(above, texts, policy)


def _speaks(chosen: pl.DataFrame, is_low_score: Flags, policy: Policy) -> dict[str, Flags]:
    """Where the words for a part are true: its facts are on file, and met where they say so.

    Holistic review is said only in a low-score case, where it counts.
    """
    points = policy.program_fit
    in_full = {"score": points.score_floor + points.score_typical, "setting": points.setting}
    unknown = chosen["unknown_parts"].to_numpy()
    known = {
        part: unknown & np.uint32(1 << place) == 0 for place, part in enumerate(program_fit.PARTS)
    }
    for part, full in in_full.items():
        known[part] &= chosen[f"millionths_{part}"].to_numpy() >= program_fit.millionths(full)
    known["holistic"] &= is_low_score
    return known


def _spoken(above: list[NDArray[np.int32]], texts: list[str], policy: Policy) -> pl.Series:
    """The texts of what lies highest above nothing, as many as are shown, the earlier of equals."""
    bits, shown = len(texts).bit_length(), min(policy.listing.reasons_shown, len(texts))
    highest = np.zeros((shown, len(above[0])), np.int32)
    for place, column in enumerate(above):
        # The last bits name the text, which decides among equals.
        left = np.maximum(column, 0)
        left <<= bits
        left |= np.int32(len(texts) - place) * (left > 0)
        for rank in highest:
            passed = np.minimum(rank, left)
            np.maximum(rank, left, out=rank)
            left = passed
    kind = np.zeros(len(above[0]), np.uint32)
    for rank in highest:
        kind <<= bits
        kind |= (rank & np.int32((1 << bits) - 1)).view(np.uint32)
    return _reasons(tuple(texts), policy.listing_sentences.broadens, shown).gather(places(kind))


@cache
def _reasons(texts: tuple[str, ...], none: str, shown: int) -> pl.Series:
    """The words for each choice of texts in order; a choice is a number whose digits name them."""
    base = 1 << len(texts).bit_length()
    said: list[str | None] = [None] * base**shown
    for many in range(shown + 1):
        for digits in permutations(range(1, len(texts) + 1), many):
            padded = (*digits, *[0] * (shown - many))
            number = sum(digit * base**place for place, digit in enumerate(reversed(padded)))
            said[number] = SEPARATOR.join(texts[-digit] for digit in digits) or none
    return vocabulary(said)
