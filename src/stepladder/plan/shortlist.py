"""Chosen programs in; the shortlist with its ranks, bands, signals and reasons in words out."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.match import eligibility, program_fit
from stepladder.match.invite import CATEGORICAL
from stepladder.rulebook import Policy

Ints = NDArray[np.int64]

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
        np.where(speaks[part], listed[f"program_fit_{part}"].to_numpy() - share * full[part], 0.0)
        for part in parts
    ]
    # A categorical position weighs in desirability only; it is named after parts that weigh more.
    categorical = listed["track"].is_in(CATEGORICAL)
    above.append(np.where(categorical.fill_null(value=False).to_numpy(), 1.0, 0.0))
    texts = [getattr(sentences, part) for part in parts] + [sentences.categorical]
    return _spoken(above, texts, policy)


def _speaks(listed: pl.DataFrame, policy: Policy) -> dict[str, NDArray[np.bool_]]:
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


def _spoken(above: list[NDArray[np.float64]], texts: list[str], policy: Policy) -> pl.Series:
    """The texts of what lies highest above nothing, as many as are shown, the earlier of equals."""
    left = [column.copy() for column in above]
    none, base = len(texts), len(texts) + 1
    kind = np.zeros(len(left[0]), np.int64)
    for _ in range(policy.listing.reasons_shown):
        best, value = np.full(len(kind), none), np.zeros(len(kind))
        for place, column in enumerate(left):
            higher = column > value
            best[higher] = place
            np.copyto(value, column, where=higher)
        for place, column in enumerate(left):
            column[best == place] = 0
        kind = kind * base + best
    # Text is built once for each kind; digits of its number name the texts, the first one highest.
    kinds, place_of_kind = np.unique(kind, return_inverse=True)
    digits = base ** np.arange(policy.listing.reasons_shown)[::-1]
    said = [
        "; ".join(texts[place] for place in places if place != none)
        or policy.listing_sentences.broadens
        for places in (kinds[:, None] // digits % base).tolist()
    ]
    return pl.Series(said, dtype=pl.String).gather(place_of_kind)


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
    said = [
        *_said(keyed["asks"], eligibility.questions(policy)),
        _counted_half(keyed["half"], policy),
        *_said(keyed["notes"], list(noted)),
    ]
    return pl.select(pl.concat_str(said, separator=_SEPARATOR, ignore_nulls=True)).to_series()


def _said(packed: pl.Series, texts: list[str]) -> list[pl.Series]:
    """The texts of the bits that are set, a few bits in each series; null where none is.

    A text is built once for each set of a few bits, and looked up for each row.
    """
    return [
        _texts_of_sets(texts[start : start + _BITS_AT_ONCE], _SEPARATOR).gather(
            (packed.to_numpy() >> start) & (2**_BITS_AT_ONCE - 1)
        )
        for start in range(0, len(texts), _BITS_AT_ONCE)
    ]


def _texts_of_sets(texts: list[str], separator: str) -> pl.Series:
    """The texts of each set of bits, joined, in the order of the sets' numbers; null for none."""
    sets = [
        separator.join(text for place, text in enumerate(texts) if number >> place & 1)
        for number in range(2 ** len(texts))
    ]
    return pl.Series([None, *sets[1:]], dtype=pl.String)


def _counted_half(packed: pl.Series, policy: Policy) -> pl.Series:
    # The other parts rest on the applicant, whose blanks are told elsewhere.
    names = [
        getattr(policy.program_fit_names, part) if part in _PROGRAM_FACTS else ""
        for part in program_fit.PARTS
    ]
    parts = _texts_of_sets(names, ", ")
    sentence, _, rest = policy.listing_sentences.not_on_file.partition("{parts}")
    said = pl.select(pl.concat_str(pl.lit(sentence), pl.lit(parts), pl.lit(rest))).to_series()
    return said.gather(packed.to_numpy())
