"""Shapes of the small charts."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.briefs.charts import BAR, LABEL_POINTS, Calendar, bar, calendar
from stepladder.briefs.space import WIDTH, text_width

TODAY = date(2026, 11, 23)
SEASON = (
    ("Submit from", date(2027, 9, 2)),
    ("Programs review from", date(2027, 9, 23)),
    ("Season ends", date(2028, 5, 31)),
)


def drawn(today: date, *dues: date) -> Calendar:
    """A calendar that has something to show."""
    chart = calendar(today, SEASON, dues)
    assert chart is not None
    return chart


def test_a_bar_is_filled_in_proportion() -> None:
    """The longest maximum has the longest bar; nothing is filled beyond it."""
    assert bar(5, 10, 20) == bar(5, 10, 20)
    assert (bar(10, 20, 20).length, bar(10, 20, 20).filled) == (BAR, BAR / 2)
    assert bar(30, 20, 20).filled == BAR
    assert bar(0, 0, 0).length == 0


def test_days_stand_in_their_order_on_the_axis() -> None:
    """Today at the left, the end of the season at the right."""
    xs = [mark.x for mark in drawn(TODAY).marks]
    assert xs == sorted(xs)
    assert 0 < xs[0] < xs[-1] < WIDTH


def test_a_day_that_is_past_is_left_out() -> None:
    """Of the season and of the plan; what is due today is still to come."""
    today = date(2027, 9, 10)
    chart = drawn(today, today - timedelta(1), today)
    assert [mark.text for mark in chart.marks] == [
        "Today 2027-09-10",
        "Programs review from 2027-09-23",
        "Season ends 2028-05-31",
    ]
    assert sum(due.count for due in chart.dues) == 1


def test_a_season_that_is_over_has_no_calendar() -> None:
    """There is nothing to come."""
    assert calendar(date(2028, 5, 31), SEASON, ()) is None


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_circles_keep_apart_and_count_every_action(days: list[int]) -> None:
    """Circles that would overlap are joined, and keep the sum."""
    chart = drawn(TODAY, *(TODAY + timedelta(day) for day in days))
    assert sum(due.count for due in chart.dues) == len(days)
    assert all(b.x - a.x > 2 * chart.radius for a, b in pairwise(chart.dues))


def test_the_words_say_what_the_shapes_show() -> None:
    """For those who cannot see the chart."""
    words = drawn(TODAY, date(2027, 3, 2), date(2027, 3, 2)).words
    assert "Today 2026-11-23" in words
    assert "Season ends 2028-05-31" in words
    assert "2 due 2027-03-02" in words


@given(st.dates(date(2026, 1, 1), date(2028, 5, 30)))
def test_no_label_runs_into_another(today: date) -> None:
    """On any day: neither label into label, nor a label into the line of one above it."""
    spans = [
        (
            mark.row,
            mark.at - (text_width(mark.text, LABEL_POINTS) if mark.anchor == "end" else 0),
            mark.at + (text_width(mark.text, LABEL_POINTS) if mark.anchor == "start" else 0),
            mark.x,
        )
        for mark in drawn(today).marks
    ]
    for one in spans:
        assert one[1] >= 0
        assert one[2] <= WIDTH
        for other in spans:
            if other is not one and other[0] == one[0]:
                assert one[2] < other[1] or other[2] < one[1]
            if other[0] < one[0]:
                assert not one[1] < other[3] < one[2]


@pytest.mark.parametrize("year", [2027, 2029, 2040, 2100])
def test_months_have_room_for_their_names(year: int) -> None:
    """However long the time is."""
    chart = calendar(TODAY, (("Season ends", date(year, 5, 31)),), ())
    assert chart is not None
    named = [tick.x for tick in chart.ticks if tick.text]
    assert all(b - a > text_width("2027", LABEL_POINTS) for a, b in pairwise(named))
