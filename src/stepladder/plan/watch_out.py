"""Chosen programs in; what there is to watch out for at each of them, in words, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.arrays import Flags, Ints
from stepladder.match import eligibility, program_fit
from stepladder.rulebook import Policy
from stepladder.vocabulary import places

SEPARATOR = "; "

_TEXTS = pl.Categorical(pl.Categories("watch_out", "stepladder"))
"""The type of the texts, of which there are thousands: each of them once for a whole run."""
_PLACES = 18
"""Bits of the places in which texts are remembered: several for each that a large cohort has."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ over the golden ratio: its multiples lie apart in their highest bits (Knuth, 6.4)."""
_BITS_AT_ONCE = 8
_NOTES = ("signal_unknown", "advanced", "stale", "never_verified")
"""The notes on a program, in the order in which they are told."""
_PROGRAM_FACTS = {
    "img_record": ("us_img_pct", "non_us_img_pct"),
    "score": ("min_step2_ck", "typical_step2_ck"),
    "setting": ("setting",),
    "holistic": ("holistic_review",),
    "preferred_state": ("state",),
}


def watch_out(
    chosen: pl.DataFrame,
    pairs: tuple[Ints, Ints],
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    policy: Policy,
    as_of: date,
) -> pl.Series:
    """What to ask, what counted half, what is stale; null where there is nothing.

    `chosen` has the pairs' columns with `is_signalled`; `pairs` are the positions of its
    applicants and programs.
    """
    who, program = pairs
    blank = _blank_facts(programs).take(program)
    notes = _notes(programs, policy, as_of).take(program)
    is_prelim_planned = (applicants["prelim_planned"] == "Yes").fill_null(value=False).to_numpy()
    for note, is_moot in (
        ("signal_unknown", ~chosen["is_signalled"].to_numpy()),
        ("advanced", is_prelim_planned[who]),
    ):
        notes &= ~(is_moot * np.uint32(1 << _NOTES.index(note)))
    # A blank that weighed in full, or not at all, for this applicant did not count half.
    half = blank & chosen["unknown_parts"].to_numpy()
    kinds = chosen["asks"].to_numpy().astype(np.uint64)
    for bits, many in ((half, len(program_fit.PARTS)), (notes, len(_NOTES))):
        kinds <<= np.uint64(many)
        kinds |= bits
    return _texts(_Words.of(policy)).of(kinds)


def _blank_facts(programs: pl.DataFrame) -> NDArray[np.uint32]:
    """Which parts of program_fit rest on a blank cell of each program, packed."""
    return _packed(
        [
            np.logical_or.reduce([_is_blank(programs, name) for name in _PROGRAM_FACTS[part]])
            if part in _PROGRAM_FACTS
            else np.zeros(programs.height, np.bool_)
            for part in program_fit.PARTS
        ]
    )


def _notes(programs: pl.DataFrame, policy: Policy, as_of: date) -> NDArray[np.uint32]:
    """What is to be noted of each program, packed: _NOTES; two rest on the applicant, too."""
    stale_before = as_of - timedelta(days=policy.listing.stale_days)
    notes: Mapping[str, Flags] = {
        "signal_unknown": _is_blank(programs, "takes_signals"),
        "advanced": (programs["track"] == "Advanced").fill_null(value=False).to_numpy(),
        "stale": (programs["verified_on"] < stale_before).fill_null(value=False).to_numpy(),
        "never_verified": _is_blank(programs, "verified_on"),
    }
    return _packed([notes[note] for note in _NOTES])


def _is_blank(programs: pl.DataFrame, name: str) -> Flags:
    return programs[name].is_null().to_numpy()


def _packed(flags: Sequence[Flags]) -> NDArray[np.uint32]:
    """Flags as the bits of a number, the first in the lowest."""
    packed = np.zeros_like(flags[0], np.uint32)
    for at, flag in enumerate(flags):
        packed |= flag * np.uint32(1 << at)
    return packed


@dataclass(frozen=True)
class _Words:
    """The words for each bit of a kind, and those around the parts that counted half."""

    asked: tuple[str, ...]
    half: tuple[str, str]
    parts: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, policy: Policy) -> "_Words":
        sentences = policy.listing_sentences
        before, _, after = sentences.not_on_file.partition("{parts}")
        return cls(
            tuple(eligibility.questions(policy)),
            (before, after),
            # The other parts rest on the applicant, whose blanks are told elsewhere.
            tuple(
                getattr(policy.program_fit_names, part) if part in _PROGRAM_FACTS else ""
                for part in program_fit.PARTS
            ),
            tuple(getattr(sentences, note) for note in _NOTES),
        )

    def texts(self, kinds: NDArray[np.uint64]) -> pl.Series:
        """The text of each kind: what is to be asked, what counted half, the notes."""
        parts, notes = len(self.parts), len(self.notes)
        before, after = self.half
        half = pl.concat_str(
            pl.lit(before), pl.lit(_texts_of_sets(self.parts, ", ")), pl.lit(after)
        )
        said = [
            *_said(kinds >> (parts + notes), self.asked),
            pl.select(half).to_series().gather((kinds >> notes) & (2**parts - 1)),
            *_said(kinds & (2**notes - 1), self.notes),
        ]
        text = pl.concat_str(said, separator=SEPARATOR, ignore_nulls=True)
        return pl.select(text.cast(_TEXTS)).to_series()


@dataclass
class _Remembered:
    """The texts that were asked for so far, each of them put into words once.

    A kind has one place, in which its number among the `texts` stands; those whose place another
    kind had taken are `elsewhere`. Where nobody is, stands kind 0 with the first text, its own.
    """

    words: _Words
    kinds: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(1 << _PLACES, np.uint64))
    numbers: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(1 << _PLACES, np.uint32))
    elsewhere: dict[int, int] = field(default_factory=dict)
    texts: pl.Series = field(init=False)
    one_at_a_time: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.texts = self.words.texts(np.zeros(1, np.uint64))

    def of(self, kinds: NDArray[np.uint64]) -> pl.Series:
        """The text of each of these kinds."""
        at = _place_of(kinds)
        with self.one_at_a_time:
            numbers = self.numbers.take(at)
            others = np.flatnonzero(self.kinds.take(at) != kinds)
            if others.size:
                asked, which = np.unique(kinds[others], return_inverse=True)
                numbers[others] = self._found(asked)[which]
            return self.texts.gather(places(numbers))

    def _found(self, kinds: NDArray[np.uint64]) -> Ints:
        """The numbers of kinds that are not in their places; new ones are put into words."""
        numbers = np.array([self.elsewhere.get(kind, -1) for kind in kinds.tolist()], np.int64)
        is_new = numbers < 0
        if is_new.any():
            new, known = kinds[is_new], len(self.texts)
            numbers[is_new] = np.arange(known, known + len(new))
            self.texts = pl.concat([self.texts, self.words.texts(new)], rechunk=True)
            at = _place_of(new)
            is_free = self.kinds[at] == 0
            self.kinds[at[is_free]] = new[is_free]
            self.numbers[at[is_free]] = numbers[is_new][is_free]
            is_placed = self.kinds[at] == new
            left = new[~is_placed].tolist(), numbers[is_new][~is_placed].tolist()
            self.elsewhere.update(zip(*left, strict=True))
        return numbers


def _place_of(kinds: NDArray[np.uint64]) -> Ints:
    return ((kinds * _SPREAD) >> np.uint64(64 - _PLACES)).astype(np.int64)


@lru_cache(maxsize=2)
def _texts(words: _Words) -> _Remembered:
    return _Remembered(words)


def _said(packed: NDArray[np.integer[Any]], texts: tuple[str, ...]) -> list[pl.Series]:
    """The texts of the bits that are set, a few bits in each series; null where none is.

    A text is built once for each set of a few bits, and looked up for each row.
    """
    return [
        _texts_of_sets(texts[start : start + _BITS_AT_ONCE], SEPARATOR).gather(
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
