"""Numbers and days in; the shapes of a page's small charts, in mm, out.

The templates draw them as inline SVG. Every number that a shape stands for is also said in words.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from stepladder.briefs.space import WIDTH, text_width

BAR = 23.0
"""The longest bar."""
LABEL_POINTS = 6.5

_EDGE = 3.0
_DUE_RADIUS = 1.75
_DUE_GAP = 0.4
_LABEL_ROW = 3.1
_LABEL_GAP = 2.0
_BELOW_AXIS = 4.2
_TICK_STEPS = (1, 3, 6, 12, 24, 60, 120)
_TICK_ROOM = 13.0
_Span: TypeAlias = tuple[float, float]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Bar:
    """A bar `length` long of which the first `filled` are filled."""

    length: float
    filled: float


@dataclass(frozen=True)
class Mark:
    """A day with a label over the axis: `row` 0 is the topmost, `at` where the text is anchored."""

    x: float
    text: str
    anchor: Literal["start", "end"]
    at: float
    row: int


@dataclass(frozen=True)
class Due:
    """So many actions fall due here, on days too near to each other for two circles."""

    x: float
    count: int


@dataclass(frozen=True)
class Tick:
    """The first of a month; only some have a text."""

    x: float
    text: str


@dataclass(frozen=True)
class Calendar:
    """The time from today to the end of the season; `y` of the axis counts from the top."""

    width: float
    height: float
    axis: float
    label_row: float
    radius: float
    marks: tuple[Mark, ...]
    dues: tuple[Due, ...]
    ticks: tuple[Tick, ...]
    words: str


def bar(value: float, maximum: float, longest: float) -> Bar:
    """A bar as long as its maximum, in proportion to the longest one of the chart."""
    if longest <= 0:
        return Bar(0, 0)
    return Bar(round(BAR * maximum / longest, 2), round(BAR * min(value, maximum) / longest, 2))


def calendar(
    today: date, season: Sequence[tuple[str, date]], dues: Sequence[date]
) -> Calendar | None:
    """Draw the days of a season and those on which actions fall due, from today on.

    season: what happens on a day, in words; days before today are left out, as are actions overdue.
    None where nothing is to come.
    """
    to_come = [(words, day) for words, day in season if day >= today]
    due = [day for day in dues if day >= today]
    end = max([day for _, day in to_come] + due, default=today)
    if end <= today:
        return None
    days = (end - today).days

    def place(day: date) -> float:
        return round(_EDGE + (WIDTH - 2 * _EDGE) * (day - today).days / days, 2)

    named = [("Today", today), *to_come]
    marks = tuple(_labeled([(place(day), f"{words} {day}") for words, day in named]))
    axis = _LABEL_ROW * (1 + max(mark.row for mark in marks)) + _DUE_RADIUS + 0.8
    counts = Counter(due)
    return Calendar(
        width=WIDTH,
        height=round(axis + _DUE_RADIUS + _BELOW_AXIS, 2),
        axis=round(axis, 2),
        label_row=_LABEL_ROW,
        radius=_DUE_RADIUS,
        marks=marks,
        dues=tuple(_clustered([(place(day), counts[day]) for day in sorted(counts)])),
        ticks=tuple(Tick(place(day), text) for day, text in _months(today, end)),
        words="; ".join(
            [f"{words} {day}" for words, day in named]
            + [f"{counts[day]} due {day}" for day in sorted(counts)]
        ),
    )


def _labeled(places: Sequence[tuple[float, str]]) -> Iterator[Mark]:
    """Give each label the topmost row where neither it nor its line down to the axis is in the way.

    The last row is always free: lines come from above, and no label stands below.
    """
    placed: list[tuple[float, _Span, int]] = []
    for x, text in places:
        width = text_width(text, LABEL_POINTS)
        runs_over = x + 1 + width > WIDTH
        left = x - 1 - width if runs_over else x + 1
        span = (left - _LABEL_GAP, left + width + _LABEL_GAP)
        last = 1 + max((row for _, _, row in placed), default=-1)
        row = next((n for n in range(last) if _is_free(x, span, n, placed)), last)
        placed.append((x, span, row))
        yield Mark(x, text, "end" if runs_over else "start", x - 1 if runs_over else x + 1, row)


def _is_free(x: float, span: _Span, row: int, placed: Sequence[tuple[float, _Span, int]]) -> bool:
    return not any(
        (other_row == row and span[0] < other[1] and other[0] < span[1])
        or (other_row < row and span[0] < other_x < span[1])
        or (other_row > row and other[0] < x < other[1])
        for other_x, other, other_row in placed
    )


def _clustered(places: Sequence[tuple[float, int]]) -> Iterator[Due]:
    """Join what is due on days so near that the circles would overlap, at their mean."""
    joined: Due | None = None
    for x, count in places:
        if joined is None:
            joined = Due(x, count)
        elif x - joined.x > 2 * _DUE_RADIUS + _DUE_GAP:
            yield joined
            joined = Due(x, count)
        else:
            total = joined.count + count
            joined = Due(round((joined.x * joined.count + x * count) / total, 2), total)
    if joined is not None:
        yield joined


def _months(today: date, end: date) -> Iterator[tuple[date, str]]:
    """The first of every month, with a text on as many as have room for one."""
    count = (end.year - today.year) * 12 + end.month - today.month
    room = WIDTH / max(count, 1)
    step = next((step for step in _TICK_STEPS if step * room >= _TICK_ROOM), _TICK_STEPS[-1])
    for number in range(1, count + 1):
        months = today.year * 12 + today.month - 1 + number
        year, month = divmod(months, 12)
        text = _MONTHS[month] if month else str(year)
        yield date(year, month + 1, 1), "" if months % step else text
