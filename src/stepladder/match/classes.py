"""Applicants × programs as arrays, computed for classes of applicants instead of every pair.

A screen or a part of program_fit reads a few columns of the applicant. Applicants who are alike in
them are a class: the same expressions as in `match` run once for each class and program, and a pair
is looked up. No cross join of applicants and programs is ever made.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.arrays import Flags, Floats, Ints
from stepladder.match import eligibility, invite, program_fit
from stepladder.match.columns import APPLICANT_COLUMNS, PROGRAM_COLUMNS
from stepladder.rulebook import Policy
from stepladder.rulebook.policy import InviteRate
from stepladder.rulebook.tiers import by_tier
from stepladder.vocabulary import places, vocabulary

Numbers = NDArray[np.unsignedinteger[Any]]
"""Small numbers in the fewest bytes."""

NO, YES, UNKNOWN = 0, 1, 2
"""Whether a program is in a list of the applicant's; unknown where either is not on file."""
_LISTED = {"is_rotated": "rotated", "is_preferred_state": "preferred_state"}
_VERIFY, _INELIGIBLE = 1, 2
"""What a question, or a reason to fail, makes of an eligible pair; the greatest decides."""
_HUNDREDTHS = 10_000
"""So many millionths are a hundredth."""
_ELIGIBLE = vocabulary([eligibility.ELIGIBLE, eligibility.VERIFY, eligibility.INELIGIBLE])
"""The words for what _eligibility says of a pair."""
_MOST_BYTES = 2048
"""A program's values of the factors that are put together, so that they stay in a fast cache."""


@dataclass(frozen=True)
class _Factor:
    """The class of each applicant, and the value of each class at each program."""

    of: Numbers
    values: NDArray[Any]

    def of_some(self, applicants: Ints | slice) -> "_Factor":
        return replace(self, of=self.of[applicants])

    def grid(self) -> NDArray[Any]:
        return np.asarray(self.values.take(self.of, axis=0))

    def at(self, who: Ints, program: Ints) -> NDArray[Any]:
        first = self.of.astype(np.int64) * self.values.shape[1]
        return np.asarray(self.values.take(first.take(who) + program))


@dataclass(frozen=True)
class _Listed:
    """What the list of each applicant names: a run of `keys`, each a run of `programs`."""

    starts: Ints
    lengths: Ints
    keys: NDArray[np.int32]
    starts_of_key: Ints
    lengths_of_key: Ints
    programs: Ints
    unnamed: _Factor
    """Whether a program that the list does not name is in it: NO, or UNKNOWN."""

    def of_some(self, applicants: Ints | slice) -> "_Listed":
        return replace(
            self,
            starts=self.starts[applicants],
            lengths=self.lengths[applicants],
            unnamed=self.unnamed.of_some(applicants),
        )

    def named(self) -> Ints:
        """The pairs whose program the list names, by position in a flat grid."""
        keys = self.keys[_runs(self.starts, self.lengths)]
        lengths = self.lengths_of_key[keys]
        programs = self.programs[_runs(self.starts_of_key[keys], lengths)]
        who = np.repeat(np.arange(len(self.lengths)), self.lengths)
        first: Ints = np.repeat(who * self.unnamed.values.shape[1], lengths)
        return first + programs


@dataclass(frozen=True)
class _Layout:
    """How many bits of a packed pair are fails, asks and unknown parts, lowest first."""

    fails: int
    asks: int
    parts: int

    def eligibility(self, packed: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """What packed pairs are: 0, _VERIFY or _INELIGIBLE."""
        fails = np.uint64(2**self.fails - 1)
        asks = np.uint64((2**self.asks - 1) << self.fails)
        asked = np.where(packed & asks, np.uint8(_VERIFY), np.uint8(0))
        return np.where(packed & fails, np.uint8(_INELIGIBLE), asked)


@dataclass(frozen=True)
class Classes:
    """Applicants by class, with what decides each of their pairs; every array [applicant, program].

    Values are those of `match`, to the last bit.
    """

    applicants: pl.DataFrame
    is_pending: Flags
    """The applicant's tier is pending, and with it every invite rate; [applicant]."""
    program_ids: pl.Series
    eligibility: tuple[_Factor, ...]
    """0, _VERIFY or _INELIGIBLE; the greatest of all."""
    screens: tuple[_Factor, ...]
    """The screens that fail, the questions to ask and the parts that are unknown, as bits."""
    parts: Mapping[str, _Factor]
    millionths: Mapping[str, _Factor]
    """The points of each part, in whole numbers; of those that rest on no list."""
    points: tuple[_Factor, ...]
    """The sum of the parts, in millionths, as if no list named a program."""
    listed: Mapping[str, _Listed]
    listed_points: Mapping[str, Floats]
    """The points of a part that rests on a list, by NO, YES, UNKNOWN."""
    curves: _Factor
    rate_of: Mapping[bool, Floats]
    """The rates without and with a signal, [curve × hundredths of program_fit]."""
    wanted: Floats
    """The desirability [is rotated × is preferred state, program]."""
    layout: _Layout

    def of_some(self, applicants: Ints | slice) -> "Classes":
        """The same for some of the applicants, by position."""
        return replace(
            self,
            applicants=self.applicants[applicants],
            is_pending=self.is_pending[applicants],
            eligibility=tuple(some.of_some(applicants) for some in self.eligibility),
            screens=tuple(screen.of_some(applicants) for screen in self.screens),
            parts={name: part.of_some(applicants) for name, part in self.parts.items()},
            millionths={name: part.of_some(applicants) for name, part in self.millionths.items()},
            points=tuple(points.of_some(applicants) for points in self.points),
            listed={name: some.of_some(applicants) for name, some in self.listed.items()},
            curves=self.curves.of_some(applicants),
        )

    @cached_property
    def is_ineligible(self) -> Flags:
        """A screen fails."""
        return np.asarray(self._eligibility == _INELIGIBLE)

    @cached_property
    def is_to_verify(self) -> Flags:
        """No screen fails, and something is to be asked."""
        return np.asarray(self._eligibility == _VERIFY)

    @cached_property
    def rates(self) -> Floats:
        """The invite rate without a signal; 0 while the tier is pending."""
        return self.rate_of[False].take(self._rate_places)

    @cached_property
    def rates_signalled(self) -> Floats:
        """The invite rate with a signal; 0 while the tier is pending."""
        return self.rate_of[True].take(self._rate_places)

    @cached_property
    def desirability(self) -> Floats:
        """How much the applicant wants the program."""
        rotated, preferred = (self.listed[name].unnamed for name in _LISTED)
        programs = len(self.program_ids)
        of_kind = self.wanted[3 * rotated.values[:, None] + preferred.values, np.arange(programs)]
        wanted: Floats = of_kind[rotated.of, preferred.of]
        for named in self._named.values():
            code = 3 * self._codes["is_rotated"].take(named)
            code += self._codes["is_preferred_state"].take(named)
            wanted.ravel()[named] = self.wanted[code, named % programs]
        return wanted

    def rows(self, who: Ints, program: Ints) -> pl.DataFrame:
        """Some pairs as rows, with the columns that `match` gives a pair.

        Points are millionths, ids and eligibility are of the types of their words, and a rate is 0
        while the tier is pending.
        """
        layout, pair = self.layout, who * len(self.program_ids) + program
        packed = np.zeros(len(pair), np.uint64)
        for screen in self.screens:
            packed |= screen.at(who, program)
        fails = packed & np.uint64(2**layout.fails - 1)
        asks = (packed >> np.uint64(layout.fails)) & np.uint64(2**layout.asks - 1)
        unknown = packed >> np.uint64(layout.fails + layout.asks)
        listed = {
            part: program_fit.millionths(points) for part, points in self.listed_points.items()
        }
        millionths = self._points_of(who, program, listed, self.millionths)
        return pl.DataFrame(
            {
                **self.applicants[places(who)].to_dict(),
                "program_id": vocabulary(self.program_ids).gather(places(program)),
                "fails": fails.astype(np.uint32),
                "asks": asks.astype(np.uint32),
                "unknown_parts": unknown.astype(np.uint32),
                "eligibility": _ELIGIBLE.gather(places(self._eligibility.take(pair))),
                "desirability": self.desirability.take(pair),
                **{f"millionths_{part}": millionths[part] for part in program_fit.PARTS},
                "program_fit": self._fit_hundredths.take(pair) / 100,
                "invite_rate": self.rates.take(pair),
                "invite_rate_signalled": self.rates_signalled.take(pair),
            }
        )

    @cached_property
    def _eligibility(self) -> NDArray[np.uint8]:
        return _combined(self.eligibility, np.maximum)

    @cached_property
    def _named(self) -> Mapping[str, Ints]:
        return {name: some.named() for name, some in self.listed.items()}

    @cached_property
    def _codes(self) -> Mapping[str, NDArray[np.uint8]]:
        codes = {name: some.unnamed.grid() for name, some in self.listed.items()}
        for name, pairs in self._named.items():
            codes[name].ravel()[pairs] = YES
        return codes

    @cached_property
    def _fit_hundredths(self) -> NDArray[np.int32]:
        """Whole numbers add up exactly; near half a hundredth the sum is that of `match`."""
        total: NDArray[np.int32] = _combined(self.points, np.add)
        for name, part in _LISTED.items():
            unnamed, named = program_fit.millionths(self.listed_points[part])[[NO, YES]]
            total.ravel()[self._named[name]] += named - unnamed
        hundredths = total + np.int32(_HUNDREDTHS // 2)
        hundredths //= _HUNDREDTHS
        total -= hundredths * np.int32(_HUNDREDTHS)
        near = np.flatnonzero(np.abs(total, out=total) >= _HUNDREDTHS // 2 - _HUNDREDTHS // 100)
        if near.size:
            hundredths.ravel()[near] = np.rint(100 * self._fit_of(near))
        return hundredths

    def _fit_of(self, pair: Ints) -> Floats:
        who, program = np.divmod(pair, len(self.program_ids))
        points = self._points_of(who, program, self.listed_points, self.parts)
        # The same order as in program_fit: sums of fractions depend on it.
        total = sum((points[part] for part in program_fit.PARTS[1:]), points[program_fit.PARTS[0]])
        return program_fit.rounded(pl.Series(total)).to_numpy()

    def _points_of(
        self,
        who: Ints,
        program: Ints,
        listed: Mapping[str, NDArray[Any]],
        parts: Mapping[str, _Factor],
    ) -> Mapping[str, NDArray[Any]]:
        """The points of each part of some pairs, in the numbers of those given."""
        pair = who * len(self.program_ids) + program
        return {
            part: listed[part].take(self._codes[name].take(pair)) for name, part in _LISTED.items()
        } | {part: factor.at(who, program) for part, factor in parts.items()}

    @cached_property
    def _rate_places(self) -> Ints:
        places: Ints = self.curves.grid()
        places += self._fit_hundredths
        return places


def classes(
    applicants: pl.DataFrame, programs: pl.DataFrame, policy: Policy, as_of: date
) -> Classes:
    """Put scored applicants into classes; programs come by program_id, as `match` takes them."""
    people = eligibility.with_facts(applicants, policy, as_of).select(
        "row", "applicant_id", *APPLICANT_COLUMNS
    )
    offered = programs.select(PROGRAM_COLUMNS)
    fails, asks = eligibility.screens(policy)
    parts, unknown = program_fit.program_fit_parts(policy)
    layout = _Layout(len(fails), len(asks), len(unknown))
    listed = {
        "is_rotated": _listed(people["rotated_program_ids"], offered["program_id"]),
        "is_preferred_state": _listed(people["preferred_states"], offered["state"]),
    }
    of_pairs = [part for part in program_fit.PARTS if part not in _LISTED.values()]
    bits = [*fails.values(), *asks.values(), *unknown.values()]
    lists = layout.fails + layout.asks
    placed = [
        (place, holds)
        for place, holds in enumerate(bits)
        if place < lists or program_fit.PARTS[place - lists] in of_pairs
    ]
    most = math.ceil(100 * sum(program_fit.full_points(policy).values())) + 1
    tiers = pl.Series("tier", list(policy.tier_names))
    kinds = _Kinds(people, {})
    screens = [_factor(kinds, offered, _packed_bits(group)) for group in _by_columns(placed)]
    points = {part: _factor(kinds, offered, parts[f"program_fit_{part}"]) for part in of_pairs}
    listed_points = {
        part: _by_list(parts[f"program_fit_{part}"], name) for name, part in _LISTED.items()
    }
    millionths = {
        part: replace(some, values=program_fit.millionths(some.values))
        for part, some in points.items()
    }
    unnamed = {part: listed[name].unnamed for name, part in _LISTED.items()}
    unlisted = [
        replace(
            some,
            values=(some.values == UNKNOWN) * np.uint64(1 << lists + program_fit.PARTS.index(part)),
        )
        for part, some in unnamed.items()
    ]
    unlisted_points = [
        replace(some, values=program_fit.millionths(listed_points[part])[some.values])
        for part, some in unnamed.items()
    ]
    return Classes(
        applicants=people.select("row", "applicant_id"),
        is_pending=(people["tier"] == policy.tier_names.pending).to_numpy(),
        program_ids=offered["program_id"],
        eligibility=_together(
            [replace(some, values=layout.eligibility(some.values)) for some in screens], np.maximum
        ),
        screens=_together([*screens, *unlisted], np.bitwise_or),
        parts=points,
        millionths=millionths,
        points=_together([*millionths.values(), *unlisted_points], np.add),
        listed=listed,
        listed_points=listed_points,
        curves=_factor(kinds, offered, _curve(tiers, most)),
        rate_of=_rates(tuple(_tier_rates(tiers, policy)), policy.invite_rate, most),
        wanted=_wanted(offered, policy),
        layout=layout,
    )


def _by_columns(placed: list[tuple[int, pl.Expr]]) -> list[list[tuple[int, pl.Expr]]]:
    """Bits that read the same columns of the applicant, or fewer of them, share their classes."""
    groups: defaultdict[frozenset[str], list[tuple[int, pl.Expr]]] = defaultdict(list)
    for place, holds in placed:
        groups[frozenset(holds.meta.root_names()) & {*APPLICANT_COLUMNS}].append((place, holds))
    for fewer in sorted(groups, key=len):
        more = next((columns for columns in groups if fewer < columns), None)
        if more is not None:
            groups[more] += groups.pop(fewer)
    return list(groups.values())


def _together(factors: list[_Factor], combined: np.ufunc) -> tuple[_Factor, ...]:
    """The same in fewer factors: the classes of some are those of each of them at once."""
    whole: list[_Factor] = []
    for factor in sorted(factors, key=lambda one: -len(one.values)):
        number, programs = factor.values.shape
        size = number * factor.values.itemsize
        fits = (at for at, one in enumerate(whole) if len(one.values) * size <= _MOST_BYTES)
        at = next(fits, None)
        if at is None:
            whole.append(factor)
        else:
            one = whole[at]
            both = combined(one.values[:, None], factor.values)
            values = both.reshape(len(one.values) * number, programs)
            whole[at] = _Factor(one.of * np.uint16(number) + factor.of, values)
    return tuple(whole)


def _combined(factors: Sequence[_Factor], combined: np.ufunc) -> NDArray[Any]:
    """What all factors together say of every pair."""
    whole = factors[0].grid()
    for factor in factors[1:]:
        combined(whole, factor.grid(), out=whole)
    return whole


def _packed_bits(placed: list[tuple[int, pl.Expr]]) -> pl.Expr:
    return pl.sum_horizontal(holds.cast(pl.UInt64) * (1 << place) for place, holds in placed)


@dataclass(frozen=True)
class _Kinds:
    """The applicants by what they have in the columns that are asked for, found once for each."""

    people: pl.DataFrame
    found: dict[tuple[str, ...], tuple[pl.DataFrame, Numbers]]

    def by(self, keys: tuple[str, ...]) -> tuple[pl.DataFrame, Numbers]:
        """One row for each kind of applicant, and the kind of each applicant."""
        if keys not in self.found:
            placed = self.people.select(keys).with_row_index("who")
            kinds = placed.group_by(keys, maintain_order=True).agg("who")
            of = np.empty(placed.height, np.min_scalar_type(kinds.height))
            who = kinds["who"]
            of[who.explode().to_numpy()] = np.arange(kinds.height).repeat(who.list.len().to_numpy())
            self.found[keys] = kinds.select(keys), of
        return self.found[keys]


def _factor(people: _Kinds, offered: pl.DataFrame, values: pl.Expr) -> _Factor:
    read = {*values.meta.root_names()}
    keys = tuple(name for name in APPLICANT_COLUMNS if name in read)
    kinds, of = people.by(keys)
    # The number keeps a row for each program where none of its columns is read.
    demands = offered.with_row_index("program").select(
        "program", *(name for name in PROGRAM_COLUMNS if name in read)
    )
    table = kinds.join(demands, how="cross", maintain_order="left_right").select(values)
    return _Factor(of, table.to_series().to_numpy().reshape(kinds.height, offered.height))


def _listed(lists: pl.Series, of_program: pl.Series) -> _Listed:
    key_of_program = vocabulary(of_program)
    keys = key_of_program.drop_nulls().n_unique()
    # What names nothing on file is one more key, which no program has.
    named = lists.explode(empty_as_null=False, keep_nulls=False)
    keys_named, key_of_program = (
        names.to_physical().cast(pl.Int32).fill_null(keys)
        for names in (named.cast(key_of_program.dtype, strict=False), key_of_program)
    )
    lengths = lists.list.len().fill_null(0).to_numpy().astype(np.int64)
    of_key = np.bincount(key_of_program.to_numpy(), minlength=keys + 1)
    of_key[keys] = 0
    is_unknown = key_of_program == keys
    unnamed = np.where(is_unknown, np.uint8(UNKNOWN), np.uint8(NO))
    return _Listed(
        starts=np.cumsum(lengths) - lengths,
        lengths=lengths,
        keys=keys_named.to_numpy(),
        starts_of_key=np.cumsum(of_key) - of_key,
        lengths_of_key=of_key,
        programs=key_of_program.arg_sort().to_numpy().astype(np.int64),
        unnamed=_Factor(
            lists.is_null().to_numpy().astype(np.uint8),
            np.stack([unnamed, np.full_like(unnamed, UNKNOWN)]),
        ),
    )


def named_pairs(lists: pl.Series, of_program: pl.Series) -> Ints:
    """The pairs whose program the applicant's list names, by position in a flat grid.

    `lists` are of texts, one list for each applicant, and `of_program` is each program's text.
    """
    return _listed(lists, of_program).named()


def _runs(starts: Ints, lengths: Ints) -> Ints:
    """The places in runs that start somewhere, one run after another."""
    ends = np.cumsum(lengths)
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(lengths.sum())


_IN_LIST = pl.Series([False, True, None], dtype=pl.Boolean)


def _by_list(values: pl.Expr, name: str) -> Floats:
    return pl.DataFrame({name: _IN_LIST}).select(values).to_series().to_numpy()


def _wanted(offered: pl.DataFrame, policy: Policy) -> Floats:
    cases = (
        pl.DataFrame({"is_rotated": _IN_LIST})
        .join(pl.DataFrame({"is_preferred_state": _IN_LIST}), how="cross", maintain_order="left")
        .join(offered.select("track"), how="cross", maintain_order="left_right")
    )
    wanted = cases.select(invite.desirability(policy)).to_series().to_numpy()
    return wanted.reshape(len(_IN_LIST) ** 2, offered.height)


def _curve(tiers: pl.Series, most: int) -> pl.Expr:
    """Where the rates of a pair begin: one curve for each tier, without and with the lift."""
    tier = pl.col("tier").replace_strict(tiers, range(len(tiers)), return_dtype=pl.Int64)
    return (2 * tier + invite.is_lifted().cast(pl.Int64)) * most


def _tier_rates(tiers: pl.Series, policy: Policy) -> pl.Series:
    """The base rate of each tier; null while it is pending."""
    return tiers.to_frame("tier").select(by_tier(policy, "invite_rate")).to_series()


@cache
def _rates(
    of_tiers: tuple[float | None, ...], rate: InviteRate, most: int
) -> Mapping[bool, Floats]:
    """The rates without and with a signal: computed once for everybody whom a process plans."""
    cases = (
        pl.DataFrame({"rate": of_tiers}, {"rate": pl.Float64()})
        .select(tier=invite.log_odds(pl.col("rate")))
        .join(pl.DataFrame({"is_step3_strong": [False, True]}), how="cross", maintain_order="left")
        .join(
            pl.select(program_fit=pl.int_range(most).cast(pl.Float64) / 100),
            how="cross",
            maintain_order="left_right",
        )
        .with_columns(is_low_for_lift=True, setting=pl.lit(program_fit.WELCOMING_SETTINGS[0]))
    )
    both = cases.select(
        invite.rate_from(pl.col("tier"), rate, signalled=signalled)
        .fill_null(0.0)
        .alias(str(signalled))
        for signalled in (False, True)
    )
    return {signalled: both[str(signalled)].to_numpy() for signalled in (False, True)}
