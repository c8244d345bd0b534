"""Applicants × programs as arrays, computed for classes of applicants instead of every pair.

A screen or a part of program_fit reads a few columns of the applicant. Applicants who are alike in
them are a class: the same expressions as in `match` run once for each class and program, and a pair
is looked up. No cross join of applicants and programs is ever made.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from stepladder.match import eligibility, invite, program_fit
from stepladder.match.columns import APPLICANT_COLUMNS, PROGRAM_COLUMNS
from stepladder.rulebook import Policy
from stepladder.rulebook.policy import InviteRate
from stepladder.rulebook.tiers import by_tier

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]

NO, YES, UNKNOWN = 0, 1, 2
"""Whether a program is in a list of the applicant's; unknown where either is not on file."""
_LISTED = {"is_rotated": "rotated", "is_preferred_state": "preferred_state"}
_MILLIONTHS, _HUNDREDTHS = 1_000_000, 10_000
"""Points have six decimals; so many millionths are a hundredth."""
_MOST_CLASSES = 256
"""The classes of factors that are put together, so that their values stay in a fast cache."""


@dataclass(frozen=True)
class _Factor:
    """The class of each applicant, and the value of each class at each program."""

    of: Ints
    values: NDArray[Any]

    def of_some(self, applicants: Ints | slice) -> "_Factor":
        return replace(self, of=self.of[applicants])

    def grid(self) -> NDArray[Any]:
        return self.values[self.of]

    def at(self, who: Ints, program: Ints) -> NDArray[Any]:
        # One index into flat values is twice as fast as two.
        return np.asarray(self.values.ravel()[self.of[who] * self.values.shape[1] + program])


@dataclass(frozen=True)
class _Listed:
    """Which programs a list of each applicant's names, [applicant, program] where it is asked."""

    starts: Ints
    ends: Ints
    keys: Ints
    is_blank: Flags
    key_of_program: Ints
    """Of a program that is not on file: the number of keys."""
    number: int

    def of_some(self, applicants: Ints | slice) -> "_Listed":
        return replace(
            self,
            starts=self.starts[applicants],
            ends=self.ends[applicants],
            is_blank=self.is_blank[applicants],
        )

    def grid(self) -> NDArray[np.uint8]:
        lengths = self.ends - self.starts
        who = np.repeat(np.arange(len(lengths)), lengths)
        first = np.repeat(self.starts - (np.cumsum(lengths) - lengths), lengths)
        named = np.zeros((len(lengths), self.number + 1), np.uint8)
        named[who, self.keys[np.arange(len(who)) + first]] = YES
        named[:, self.number] = UNKNOWN
        named[self.is_blank] = UNKNOWN
        return np.take(named, self.key_of_program, axis=1)

    def unknown(self) -> _Factor:
        """Whether a program being in the list is unknown."""
        is_not_on_file = self.key_of_program == self.number
        values = np.stack([is_not_on_file, np.ones_like(is_not_on_file)])
        return _Factor(self.is_blank.astype(np.int64), values)


@dataclass(frozen=True)
class _Layout:
    """How many bits of a packed pair are fails, asks and unknown parts, lowest first."""

    fails: int
    asks: int
    parts: int


@dataclass(frozen=True)
class Classes:
    """Applicants by class, with what decides each of their pairs; every array [applicant, program].

    Values are those of `match`, to the last bit.
    """

    applicants: pl.DataFrame
    program_ids: pl.Series
    screens: tuple[_Factor, ...]
    parts: Mapping[str, _Factor]
    points: tuple[_Factor, ...]
    """The sum of the parts that rest on no list, in millionths."""
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
            screens=tuple(screen.of_some(applicants) for screen in self.screens),
            parts={name: part.of_some(applicants) for name, part in self.parts.items()},
            points=tuple(points.of_some(applicants) for points in self.points),
            listed={name: some.of_some(applicants) for name, some in self.listed.items()},
            curves=self.curves.of_some(applicants),
        )

    @cached_property
    def is_ineligible(self) -> Flags:
        """A screen fails."""
        return np.asarray((self._packed & np.uint64(2**self.layout.fails - 1)) != 0)

    @cached_property
    def is_to_verify(self) -> Flags:
        """No screen fails, and something is to be asked."""
        asks = np.uint64((2**self.layout.asks - 1) << self.layout.fails)
        return np.asarray(((self._packed & asks) != 0) & ~self.is_ineligible)

    @cached_property
    def rates(self) -> Floats:
        """The invite rate without a signal; NaN while the tier is pending."""
        return self.rate_of[False][self._rate_places]

    @cached_property
    def rates_signalled(self) -> Floats:
        """The invite rate with a signal; NaN while the tier is pending."""
        return self.rate_of[True][self._rate_places]

    @cached_property
    def desirability(self) -> Floats:
        """How much the applicant wants the program."""
        code = self._codes["is_rotated"] * np.intp(3) + self._codes["is_preferred_state"]
        return np.asarray(self.wanted[code, np.arange(len(self.program_ids))])

    def rows(self, who: Ints, program: Ints) -> pl.DataFrame:
        """Some pairs as rows, with the columns that `match` gives a pair."""
        layout, pair = self.layout, who * len(self.program_ids) + program
        packed = self._packed.ravel()[pair]
        fails = packed & np.uint64(2**layout.fails - 1)
        asks = (packed >> np.uint64(layout.fails)) & np.uint64(2**layout.asks - 1)
        unknown = packed >> np.uint64(layout.fails + layout.asks)
        points = self._points_of(who, program)
        code = self._codes["is_rotated"].ravel()[pair] * np.intp(3)
        code += self._codes["is_preferred_state"].ravel()[pair]
        wanted = self.wanted.ravel()[code * len(self.program_ids) + program]
        places = self._rate_places.ravel()[pair]
        return (
            pl.DataFrame(
                {
                    "row": self.applicants["row"].gather(who),
                    "applicant_id": self.applicants["applicant_id"].gather(who),
                    "program_id": self.program_ids.gather(program),
                    "fails": fails.astype(np.uint32),
                    "asks": asks.astype(np.uint32),
                    "unknown_parts": unknown.astype(np.uint32),
                    "desirability": wanted,
                    **{f"program_fit_{part}": points[part] for part in program_fit.PARTS},
                    "program_fit": self._fit_hundredths.ravel()[pair] / 100,
                    "invite_rate": self.rate_of[False][places],
                    "invite_rate_signalled": self.rate_of[True][places],
                }
            )
            .with_columns(pl.col("invite_rate", "invite_rate_signalled").fill_nan(None))
            .with_columns(eligibility=eligibility.eligibility())
        )

    @cached_property
    def _codes(self) -> Mapping[str, NDArray[np.uint8]]:
        return {name: some.grid() for name, some in self.listed.items()}

    @cached_property
    def _packed(self) -> Bits:
        """The screens that fail, the questions to ask and the parts that are unknown, as bits."""
        packed: Bits = self.screens[0].grid()
        for screen in self.screens[1:]:
            packed |= screen.grid()
        return packed

    @cached_property
    def _fit_hundredths(self) -> NDArray[np.int32]:
        """Whole numbers add up exactly; near half a hundredth the sum is that of `match`."""
        total: NDArray[np.int32] = self.points[0].grid()
        for points in self.points[1:]:
            total += points.grid()
        for name, part in _LISTED.items():
            total += _millionths(self.listed_points[part])[self._codes[name]]
        hundredths = total + np.int32(_HUNDREDTHS // 2)
        hundredths //= _HUNDREDTHS
        total -= hundredths * np.int32(_HUNDREDTHS)
        near = np.flatnonzero(np.abs(total, out=total) >= _HUNDREDTHS // 2 - _HUNDREDTHS // 100)
        hundredths.ravel()[near] = np.rint(100 * self._fit_of(*np.divmod(near, total.shape[1])))
        return hundredths

    def _fit_of(self, who: Ints, program: Ints) -> Floats:
        points = self._points_of(who, program)
        # The same order as in program_fit: sums of fractions depend on it.
        total = sum((points[part] for part in program_fit.PARTS[1:]), points[program_fit.PARTS[0]])
        return program_fit.rounded(pl.Series(total)).to_numpy()

    def _points_of(self, who: Ints, program: Ints) -> Mapping[str, Floats]:
        """The points of each part of some pairs."""
        pair = who * len(self.program_ids) + program
        return {
            part: self.listed_points[part][self._codes[name].ravel()[pair]]
            for name, part in _LISTED.items()
        } | {part: factor.at(who, program) for part, factor in self.parts.items()}

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
    unlisted = [
        replace(unknown, values=unknown.values * np.uint64(1 << place))
        for name, part in _LISTED.items()
        for place in [lists + program_fit.PARTS.index(part)]
        for unknown in [listed[name].unknown()]
    ]
    points = {part: _factor(kinds, offered, parts[f"program_fit_{part}"]) for part in of_pairs}
    return Classes(
        applicants=people.select("row", "applicant_id"),
        program_ids=offered["program_id"],
        screens=_together([*screens, *unlisted], np.bitwise_or),
        parts=points,
        points=_together(
            [replace(part, values=_millionths(part.values)) for part in points.values()], np.add
        ),
        listed=listed,
        listed_points={
            part: _by_list(parts[f"program_fit_{part}"], name) for name, part in _LISTED.items()
        },
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
        fits = (at for at, one in enumerate(whole) if len(one.values) * number <= _MOST_CLASSES)
        at = next(fits, None)
        if at is None:
            whole.append(factor)
        else:
            one = whole[at]
            both = combined(one.values[:, None], factor.values)
            values = both.reshape(len(one.values) * number, programs)
            whole[at] = _Factor(one.of * number + factor.of, values)
    return tuple(whole)


def _millionths(points: Floats) -> NDArray[np.int32]:
    return np.rint(points * _MILLIONTHS).astype(np.int32)


def _packed_bits(placed: list[tuple[int, pl.Expr]]) -> pl.Expr:
    return pl.sum_horizontal(holds.cast(pl.UInt64) * (1 << place) for place, holds in placed)


@dataclass(frozen=True)
class _Kinds:
    """The applicants by what they have in the columns that are asked for, found once for each."""

    people: pl.DataFrame
    found: dict[tuple[str, ...], tuple[pl.DataFrame, Ints]]

    def by(self, keys: tuple[str, ...]) -> tuple[pl.DataFrame, Ints]:
        """One row for each kind of applicant, and the kind of each applicant."""
        if keys not in self.found:
            values = self.people.select(keys)
            kinds = values.unique(maintain_order=True).with_row_index("class")
            of = values.join(kinds, on=keys, how="left", nulls_equal=True, maintain_order="left")
            self.found[keys] = kinds, of["class"].to_numpy().astype(np.int64)
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
    keys = of_program.drop_nulls().unique(maintain_order=True)
    numbers = pl.DataFrame({"key": keys}).with_row_index("number")
    named = (
        pl.DataFrame({"key": lists})
        .with_row_index("who")
        .explode("key")
        .join(numbers, on="key", maintain_order="left")
    )
    who = named["who"].to_numpy()
    places = np.arange(len(lists))
    key_of_program = of_program.to_frame("key").join(
        numbers, on="key", how="left", maintain_order="left"
    )["number"]
    return _Listed(
        starts=np.searchsorted(who, places, side="left"),
        ends=np.searchsorted(who, places, side="right"),
        keys=named["number"].to_numpy().astype(np.int64),
        is_blank=lists.is_null().to_numpy(),
        key_of_program=key_of_program.fill_null(len(keys)).to_numpy().astype(np.int64),
        number=len(keys),
    )


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
        .fill_null(float("nan"))
        .alias(str(signalled))
        for signalled in (False, True)
    )
    return {signalled: both[str(signalled)].to_numpy() for signalled in (False, True)}
