"""Rates and outcomes in; the shapes of the report's two charts, in millimetres, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10
from typing import Final

from stepladder.calibrate.values import FittedValue
from stepladder.calibrate.verdict import Bin, Verdict

SIDE: Final = 78.0
"""Both sides of the square in which the calibration curve is drawn."""
_STEPS: Final = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_TICKS: Final = 5

LABEL: Final = 66.0
WIDTH: Final = 90.0
ROW: Final = 7.0
"""Of the chart of values: room for their names and for their bars, and the height of each."""


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where it stands, and its text."""

    at: float
    text: str


@dataclass(frozen=True)
class Point:
    """A bin of applications: its place, and the bar of what chance alone may bring."""

    x: float
    y: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Curve:
    """The calibration curve of both rulebooks; what foretells truly lies on the line."""

    ticks: tuple[Tick, ...]
    own: tuple[Point, ...]
    calibrated: tuple[Point, ...]


@dataclass(frozen=True)
class Row:
    """A value: its name, where the rulebook and the outcomes have it, and how sure these are."""

    y: float
    label: str
    own: float
    value: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Values:
    """Values of one unit on one axis."""

    height: float
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]


def curve(verdict: Verdict) -> Curve:
    """Draw what was foretold against what came true, on an axis as long as the rates need."""
    bins = (*verdict.of_own, *verdict.of_calibrated)
    top = _rounded(max(max(one.foretold, one.high) for one in bins))
    return Curve(
        ticks=_percents(top, SIDE),
        own=tuple(_point(one, top) for one in verdict.of_own),
        calibrated=tuple(_point(one, top) for one in verdict.of_calibrated),
    )


def rates(values: Sequence[FittedValue]) -> Values:
    """Draw the tiers' rates."""
    shown = [value for value in values if value.is_rate]
    top = _rounded(max(max(value.own, value.high, value.value) for value in shown))
    return Values(ROW * len(shown), _percents(top, WIDTH), _rows(shown, top, "{:.1%}"))


def lifts(values: Sequence[FittedValue]) -> Values:
    """Draw the log-odds that are added."""
    shown = [value for value in values if not value.is_rate]
    top = _rounded(max(max(value.own, value.high, value.value) for value in shown))
    steps = range(_TICKS + 1)
    marks = tuple(Tick(round(WIDTH * n / _TICKS, 2), f"{top * n / _TICKS:.2g}") for n in steps)
    return Values(ROW * len(shown), marks, _rows(shown, top, "{:.2f}"))


def _rows(values: Sequence[FittedValue], top: float, written: str) -> tuple[Row, ...]:
    def place(value: float) -> float:
        return round(WIDTH * min(max(value, 0.0), top) / top, 2)

    return tuple(
        Row(
            y=ROW * (n + 0.5),
            label=value.label,
            own=place(value.own),
            value=place(value.value),
            low=place(value.low if value.is_fitted else value.value),
            high=place(value.high if value.is_fitted else value.value),
            words=f"{written.format(value.own)} → {written.format(value.value)}"
            if value.is_fitted
            else f"{written.format(value.own)}, kept",
        )
        for n, value in enumerate(values)
    )


def _point(one: Bin, top: float) -> Point:
    def up(share: float) -> float:
        return round(SIDE - SIDE * share / top, 2)

    return Point(
        x=round(SIDE * one.foretold / top, 2),
        y=up(one.invited),
        low=up(one.low),
        high=up(one.high),
        words=f"{one.outcomes} outcomes: foretold {one.foretold:.1%}, invited {one.invited:.1%}",
    )


def _percents(top: float, length: float) -> tuple[Tick, ...]:
    return tuple(
        Tick(round(length * n / _TICKS, 2), f"{100 * top * n / _TICKS:.3g}%")
        for n in range(_TICKS + 1)
    )


def _rounded(value: float) -> float:
    """The next round number, so that the axis ends on one."""
    power = 10.0 ** (ceil(log10(max(value, 1e-3))) - 1)
    return next((step * power for step in _STEPS if step * power >= value), 10 * power)
