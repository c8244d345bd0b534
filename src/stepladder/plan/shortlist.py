"""Chosen programs in; the shortlist with its ranks, bands, signals and reasons in words out."""

from datetime import date, timedelta
from functools import cache
from itertools import permutations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.arrays import Flags, Ints
from stepladder.match import eligibility, program_fit
from stepladder.match.invite import CATEGORICAL
from stepladder.rulebook import Policy
from stepladder.vocabulary import vocabulary

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
_SEPARATOR = "; "
_BITS_AT_ONCE = 8
_SIGNAL = vocabulary([None, "Yes"])
_NOTES = ("signal_unknown", "advanced", "stale", "never_verified")
"""The notes on a program, in the order in which they are told."""
_PROGRAM_FACTS = {
    "img_record": ("us_img_pct", "non_us_img_pct"),
    "score": ("min_step2_ck", "typical_step2_ck"),
    "setting": ("setting",),
    "holistic": ("holistic_review",),
    "preferred_state": ("state",),
}


def shortlist(
    chosen: pl.DataFrame,
    places: tuple[Ints, Ints],
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    policy: Policy,
    as_of: date,
) -> pl.DataFrame:
    """Give one row for each chosen program, in the order given: by applicant and rank.

    `chosen` has the pair's columns with `rank`, `is_signalled` and `marginal_value`; `places` are
    the positions of its applicants and programs. What comes from a few words is of their type.
    """
    who, program = places
    facts = {name: vocabulary(programs[name]) for name in ("program_name", "state", "setting")}
    return chosen.with_columns(
        **{name: words.gather(program) for name, words in facts.items()},
        band=program_fit.band(policy),
        signal=_SIGNAL.gather(chosen["is_signalled"].cast(pl.UInt8)),
        why=_why(
            chosen,
            applicants["is_low_score"].to_numpy()[who],
            programs["track"].is_in(CATEGORICAL).fill_null(value=False).to_numpy()[program],
            policy,
        ),
        watch_out=_watch_out(
            chosen,
            programs.select(blank=_blank_facts(), notes=_notes(policy, as_of))[program],
            (applicants["prelim_planned"] == "Yes").fill_null(value=False).to_numpy()[who],
            policy,
        ),
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
    base, shown = len(texts) + 1, min(policy.listing.reasons_shown, len(texts))
    highest = np.zeros((shown, len(above[0])), np.int32)
    for place, column in enumerate(above):
        left = np.maximum(column, 0)
        left *= np.int32(base)
        # The last digit names the text, which decides among equals.
        left += (left > 0) * np.int32(len(texts) - place)
        for rank in highest:
            passed = np.minimum(rank, left)
            np.maximum(rank, left, out=rank)
            left = passed
    kind = np.zeros(len(above[0]), np.uint32)
    for rank in highest:
        kind *= np.uint32(base)
        kind += (rank % np.int32(base)).view(np.uint32)
    return _reasons(tuple(texts), policy.listing_sentences.broadens, shown).gather(kind)


@cache
def _reasons(texts: tuple[str, ...], none: str, shown: int) -> pl.Series:
    """The words for each choice of texts in order; a choice is a number whose digits name them."""
    base = len(texts) + 1
    said: list[str | None] = [None] * base**shown
    for many in range(shown + 1):
        for digits in permutations(range(1, base), many):
            padded = (*digits, *[0] * (shown - many))
            number = sum(digit * base**place for place, digit in enumerate(reversed(padded)))
            said[number] = _SEPARATOR.join(texts[-digit] for digit in digits) or none
    return vocabulary(said)


def _blank_facts() -> pl.Expr:
    """Which parts of program_fit rest on a blank cell of the program, packed."""
    return eligibility.bits(
        {
            part: pl.any_horizontal(pl.col(name).is_null() for name in _PROGRAM_FACTS.get(part, ()))
            if part in _PROGRAM_FACTS
            else pl.lit(value=False)
            for part in program_fit.PARTS
        }
    )


def _notes(policy: Policy, as_of: date) -> pl.Expr:
    """What is to be noted of a program, packed: _NOTES, of which two rest on the applicant too."""
    stale_before = as_of - timedelta(days=policy.listing.stale_days)
    notes = {
        "signal_unknown": pl.col("takes_signals").is_null(),
        "advanced": (pl.col("track") == "Advanced").fill_null(value=False),
        "stale": (pl.col("verified_on") < stale_before).fill_null(value=False),
        "never_verified": pl.col("verified_on").is_null(),
    }
    return eligibility.bits({note: notes[note] for note in _NOTES})


def _watch_out(
    chosen: pl.DataFrame, facts: pl.DataFrame, is_prelim_planned: Flags, policy: Policy
) -> pl.Series:
    """What to ask, what counted half, what is stale; text is built once for each combination."""
    notes = facts["notes"].to_numpy()
    for note, is_moot in (
        ("signal_unknown", ~chosen["is_signalled"].to_numpy()),
        ("advanced", is_prelim_planned),
    ):
        notes = notes & ~(is_moot * np.uint32(1 << _NOTES.index(note)))
    # A blank that weighed in full, or not at all, for this applicant did not count half.
    half = facts["blank"].to_numpy() & chosen["unknown_parts"].to_numpy()
    parts, asked = len(program_fit.PARTS), eligibility.questions(policy)
    packed = chosen["asks"].to_numpy().astype(np.uint64)
    for bits, many in ((half, parts), (notes, len(_NOTES))):
        packed <<= np.uint64(many)
        packed |= bits
    kind = pl.Series("kind", packed)
    kinds = kind.unique()
    of_kind = kinds.to_numpy()
    said = [
        *_said(of_kind >> (parts + len(_NOTES)), asked),
        _counted_half((of_kind >> len(_NOTES)) & (2**parts - 1), policy),
        *_said(
            of_kind & (2 ** len(_NOTES) - 1),
            [getattr(policy.listing_sentences, note) for note in _NOTES],
        ),
    ]
    texts = pl.select(kinds, text=pl.concat_str(said, separator=_SEPARATOR, ignore_nulls=True))
    return kind.to_frame().join(texts, on="kind", how="left", maintain_order="left")["text"]


def _said(packed: NDArray[np.integer[Any]], texts: list[str]) -> list[pl.Series]:
    """The texts of the bits that are set, a few bits in each series; null where none is.

    A text is built once for each set of a few bits, and looked up for each row.
    """
    return [
        _texts_of_sets(tuple(texts[start : start + _BITS_AT_ONCE]), _SEPARATOR).gather(
            (packed >> start) & (2**_BITS_AT_ONCE - 1)
        )
        for start in range(0, len(texts), _BITS_AT_ONCE)
    ]


@cache
def _texts_of_sets(texts: tuple[str, ...], separator: str) -> pl.Series:
    """The texts of each set of bits, joined, in the order of the sets' numbers; null for none."""
    sets = [
        separator.join(text for place, text in enumerate(texts) if number >> place & 1)
        for number in range(2 ** len(texts))
    ]
    return pl.Series([None, *sets[1:]], dtype=pl.String)


def _counted_half(packed: NDArray[np.integer[Any]], policy: Policy) -> pl.Series:
    # The other parts rest on the applicant, whose blanks are told elsewhere.
    names = tuple(
        getattr(policy.program_fit_names, part) if part in _PROGRAM_FACTS else ""
        for part in program_fit.PARTS
    )
    parts = _texts_of_sets(names, ", ")
    sentence, _, rest = policy.listing_sentences.not_on_file.partition("{parts}")
    said = pl.select(pl.concat_str(pl.lit(sentence), pl.lit(parts), pl.lit(rest))).to_series()
    return said.gather(packed)
