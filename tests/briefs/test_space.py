"""Measures of text, and pages laid out with them."""

from dataclasses import replace
from datetime import date

import pytest
from tests.briefs.tables import PERSON, brief_of, listed, planned, results, stress

from stepladder.briefs.layout import SMALL, Layout, lay_out
from stepladder.briefs.page import FIX
from stepladder.briefs.space import line_count, shortened, text_width


def ranks(layout: Layout) -> list[int]:
    """The ranks on a page, column by column."""
    return [
        program.rank
        for column in layout.columns
        for section in column
        for program in section.programs
    ]


def test_more_text_is_wider() -> None:
    """Bold is wider than plain, a larger size wider than a smaller one."""
    assert text_width("mm", 7) > text_width("mi", 7) > text_width("ii", 7)
    assert text_width("mi", 7, bold=True) > text_width("mi", 7)
    assert text_width("mi", 8) > text_width("mi", 7)


def test_lines_break_between_words_and_within_long_ones() -> None:
    """As a browser does; no text still has its line."""
    width = text_width("aaaa aaaa", 7)
    assert line_count("", width, 7) == 1
    assert line_count("aaaa aaaa", width + 0.01, 7) == 1
    assert line_count("aaaa aaaa aaaa", width + 0.01, 7) == 2
    assert line_count("a" * 40, width, 7) >= 4


def test_text_is_cut_with_an_ellipsis() -> None:
    """Only where it is too long."""
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcde", 4) == "abc…"


@pytest.mark.parametrize("count", [1, 2, 25, 65, 80, 110, 120, 150])
def test_every_program_stands_on_the_page_once(count: int) -> None:
    """In order, down the columns, whatever the setting."""
    shortlist = [listed(rank) for rank in range(1, count + 1)]
    layout = lay_out(brief_of(results(shortlist=shortlist)))
    assert ranks(layout) == [*range(1, count + 1)]
    assert layout.unlisted == 0


def test_what_has_no_room_is_counted() -> None:
    """A list beyond all measure: the first by band stand there, and the rest is told."""
    shortlist = [listed(rank) for rank in range(1, 1001)]
    layout = lay_out(brief_of(results(shortlist=shortlist)))
    shown = ranks(layout)
    assert shown == [*range(1, len(shown) + 1)]
    assert len(shown) > 150
    assert layout.unlisted == 1000 - len(shown)


def test_columns_are_about_as_high() -> None:
    """A band that runs on in the next column is named there again."""
    layout = lay_out(brief_of(results(shortlist=[listed(rank) for rank in range(1, 41)])))
    assert [len(column[0].programs) for column in layout.columns] == [20, 20]
    assert [column[0].is_continued for column in layout.columns] == [False, True]


def test_actions_that_have_no_room_are_counted() -> None:
    """The most valuable stand there, in order."""
    plan = [planned(number) for number in range(1, 101)]
    layout = lay_out(brief_of(results(plan=plan)))
    shown = [action.words for action in layout.actions]
    assert shown == [f"Do thing {number}" for number in range(1, len(shown) + 1)]
    assert layout.unnamed == 100 - len(shown) > 0


def test_the_densest_page_still_names_actions() -> None:
    """120 programs, 30 actions: every program, and some actions, in legible type."""
    layout = lay_out(brief_of(stress()))
    assert len(ranks(layout)) == 120
    assert len(layout.actions) >= 3
    assert layout.setting.points >= SMALL


def test_a_short_list_leaves_room_for_reasons() -> None:
    """Where there is room, an action says why."""
    layout = lay_out(brief_of(results(shortlist=[listed(1)], plan=[planned(1)])))
    assert layout.setting.has_reasons


def test_errors_that_have_no_room_are_counted() -> None:
    """A row may have more errors than a page holds."""
    finding = {"applicant_id": "A1", "table": "applicants", "severity": "Error"}
    findings = [{**finding, "message": "x " * 200, "fix": "Retype it."} for _ in range(60)]
    told = results([{**PERSON, "status": FIX, "tier": None}], findings=findings)
    layout = lay_out(brief_of(told))
    assert 5 < len(layout.to_fix) < 60
    assert layout.unnamed == 60 - len(layout.to_fix)


def test_a_page_without_a_calendar_is_laid_out() -> None:
    """A season that is over has nothing to come."""
    brief = replace(brief_of(results(plan=[planned(1, due=date(2026, 1, 1))])), calendar=None)
    assert lay_out(brief).actions
