"""Chosen programs in; the shortlist with its ranks, bands, signals and reasons in words out."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.arrays import Flags, Floats, Ints
from stepladder.match import eligibility, program_fit
from stepladder.match.invite import CATEGORICAL
from stepladder.rulebook import Policy

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
_MILLIONTHS = 1_000_000
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
    the positions of its applicants and programs.
    """
    who, program = places
    facts = programs.select(
        "program_id", "program_name", "state", "setting", "track", "takes_signals", "verified_on"
    ).with_columns(blank_facts=_blank_facts(programs))
    listed = pl.concat(
        [
            chosen,
            facts.drop("program_id")[program],
            applicants.select("prelim_planned", "is_low_score")[who],
        ],
        how="horizontal",
    ).with_columns(
        band=program_fit.band(policy),
        signal=pl.when("is_signalled").then(pl.lit("Yes")),
        invite_rate=pl.when("is_signalled").then("invite_rate_signalled").otherwise("invite_rate"),
    )
    return listed.with_columns(
        why=_why(listed, policy), watch_out=_watch_out(listed, policy, as_of)
    ).select("row", *COLUMNS)


def _blank_facts(programs: pl.DataFrame) -> pl.Series:
    """Which parts of program_fit rest on a blank cell of the program, packed."""
    blanks = {
        part: pl.any_horizontal(pl.col(name).is_null() for name in _PROGRAM_FACTS.get(part, ()))
        if part in _PROGRAM_FACTS
        else pl.lit(value=False)
        for part in program_fit.PARTS
    }
    return programs.select(eligibility.bits(blanks)).to_series()


def _why(listed: pl.DataFrame, policy: Policy) -> pl.Series:
    """The parts that lie furthest above what an unknown would count, best first, in words."""
    sentences = policy.listing_sentences
    full = program_fit.full_points(policy)
    share = policy.program_fit.unknown_share
    # The applicant's own PM&R fit speaks for every program alike, so it tells none apart.
    parts = [part for part in program_fit.PARTS if part != "pmr_fit"]
    speaks = _speaks(listed, policy)
    above = [
        (listed[f"program_fit_{part}"].to_numpy() - share * full[part]) * speaks[part]
        for part in parts
    ]
    # A categorical position weighs in desirability only; it is named after parts that weigh more.
    categorical = listed["track"].is_in(CATEGORICAL)
    above.append(categorical.fill_null(value=False).to_numpy().astype(np.float64))
    texts = [getattr(sentences, part) for part in parts] + [sentences.categorical]
    return _spoken(above, texts, policy)


def _speaks(listed: pl.DataFrame, policy: Policy) -> dict[str, Flags]:
    """Where the words for a part are true: its facts are on file, and met where they say so.

    Holistic review is said only in a low-score case, where it counts.
    """
    points = policy.program_fit
    in_full = {"score": points.score_floor + points.score_typical, "setting": points.setting}
    known = {
        part: listed["unknown_parts"].to_numpy() >> place & 1 == 0
        for place, part in enumerate(program_fit.PARTS)
    }
    for part, full in in_full.items():
        known[part] &= listed[f"program_fit_{part}"].to_numpy() >= full
    known["holistic"] &= listed["is_low_score"].to_numpy()
    return known


def _spoken(above: list[Floats], texts: list[str], policy: Policy) -> pl.Series:
    """The texts of what lies highest above nothing, as many as are shown, the earlier of equals."""
    base, shown = len(texts) + 1, policy.listing.reasons_shown
    highest = np.zeros((shown, len(above[0])), np.int32)
    for place, column in enumerate(above):
        # Points have six decimals. The last digit names the text, which decides among equals.
        left = np.rint(column * _MILLIONTHS).astype(np.int32)
        np.maximum(left, 0, out=left)
        left *= base
        left += (left > 0) * np.int32(len(texts) - place)
        for rank in highest:
            passed = np.minimum(rank, left)
            np.maximum(rank, left, out=rank)
            left = passed
    kind = np.zeros(len(above[0]), np.int64)
    for rank in highest:
        kind = kind * base + rank % base
    # Text is built once for each kind that occurs.
    said = pl.Series([None], dtype=pl.String).new_from_index(0, base**shown)
    kinds = np.flatnonzero(np.bincount(kind, minlength=base**shown))
    powers = base ** np.arange(shown)[::-1]
    found = [
        _SEPARATOR.join(texts[-digit] for digit in digits if digit)
        or policy.listing_sentences.broadens
        for digits in (kinds[:, None] // powers % base).tolist()
    ]
    return said.scatter(kinds, found).gather(kind)


def _watch_out(listed: pl.DataFrame, policy: Policy, as_of: date) -> pl.Series:
    """What to ask, what counted half, what is stale; text is built once for each combination."""
    sentences = policy.listing_sentences
    stale_before = as_of - timedelta(days=policy.listing.stale_days)
    advanced = (pl.col("track") == "Advanced") & ~(pl.col("prelim_planned") == "Yes").fill_null(
        value=False
    )
    notes = {
        sentences.signal_unknown: pl.col("is_signalled") & pl.col("takes_signals").is_null(),
        sentences.advanced: advanced,
        sentences.stale: pl.col("verified_on") < stale_before,
        sentences.never_verified: pl.col("verified_on").is_null(),
    }
    noted = {sentence: holds.fill_null(value=False) for sentence, holds in notes.items()}
    # A blank that weighed in full, or not at all, for this applicant did not count half.
    counted_half = pl.col("blank_facts") & pl.col("unknown_parts")
    keyed = listed.select("asks", half=counted_half, notes=eligibility.bits(noted))
    parts, asked = len(program_fit.PARTS), eligibility.questions(policy)
    kind = keyed.select(
        kind=(pl.col("asks").cast(pl.UInt64) * 2**parts + pl.col("half")) * 2 ** len(noted)
        + pl.col("notes")
    )
    kinds = kind["kind"].unique()
    of_kind = kinds.to_numpy()
    said = [
        *_said(of_kind >> (parts + len(noted)), asked),
        _counted_half((of_kind >> len(noted)) & (2**parts - 1), policy),
        *_said(of_kind & (2 ** len(noted) - 1), list(noted)),
    ]
    texts = pl.select(kinds, text=pl.concat_str(said, separator=_SEPARATOR, ignore_nulls=True))
    return kind.join(texts, on="kind", how="left", maintain_order="left")["text"]


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
