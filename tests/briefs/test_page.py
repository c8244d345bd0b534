"""What a page shows, on tables."""

from dataclasses import replace
from datetime import date

import pytest
from tests.briefs.tables import PERSON, TODAY, brief_of, fit, listed, planned, results

from stepladder.briefs.page import FIX, Fact, ToFix
from stepladder.errors import UsageError
from stepladder.results_file import Results

TO_FIX = {**PERSON, "status": FIX, "tier": None, "suggested_applications": None}
PENDING = {
    **PERSON,
    "tier": "Pending",
    "tier_basis": "Pending",
    "step2_ck_score": None,
    "step2_ck_attempts": "0",
    "suggested_applications": None,
    "suggestion_basis": "Enter a score to get a list.",
}


def error(**given: object) -> dict[str, object]:
    """An error of A1 in Applicants."""
    row: dict[str, object] = {"applicant_id": "A1", "table": "applicants", "severity": "Error"}
    return row | {"sheet_row": 2, "message": "N2: no number.", "fix": "Retype it.", **given}


def fact(facts: tuple[Fact, ...], title: str) -> str:
    """What stands under a title."""
    return next(fact.text for fact in facts if fact.title == title)


def test_the_list_goes_by_band_then_rank() -> None:
    """Best fit, Target, Reach, in the rulebook's order, whatever order the rows are in."""
    shortlist = [listed(3, band="Reach"), listed(2), listed(1), listed(4, band="Best fit")]
    bands = brief_of(results(shortlist=shortlist)).bands
    ranks = [(band.name, [program.rank for program in band.programs]) for band in bands]
    assert ranks == [("Best fit", [4]), ("Target", [1, 2]), ("Reach", [3])]


def test_a_band_counts_its_signals_and_what_to_verify() -> None:
    """Signal Yes, and eligibility Verify; a blank is neither."""
    shortlist = [listed(1, signal="Yes", eligibility="Verify"), listed(2, eligibility="Verify")]
    [band] = brief_of(results(shortlist=[*shortlist, listed(3)])).bands
    assert (band.signals, band.to_verify, len(band.programs)) == (1, 2, 3)


def test_an_applicant_gets_no_other_one_s_rows() -> None:
    """Rows belong to the id that they bear."""
    told = results(shortlist=[listed(1, applicant_id="a1")], plan=[planned(1, applicant_id="A10")])
    brief = brief_of(told)
    assert (brief.programs, brief.actions) == (0, ())


def test_actions_keep_the_plan_s_order() -> None:
    """Most valuable first, not earliest first."""
    plan = [planned(1, due=date(2027, 9, 2)), planned(2, due=date(2027, 3, 2))]
    words = [action.words for action in brief_of(results(plan=plan)).actions]
    assert words == ["Do thing 1", "Do thing 2"]


@pytest.mark.parametrize(
    ("due", "is_overdue"), [(date(2026, 11, 22), True), (date(2026, 11, 23), False)]
)
def test_an_action_is_overdue_after_its_day(due: date, *, is_overdue: bool) -> None:
    """Due today is not overdue."""
    [action] = brief_of(results(plan=[planned(1, due=due)])).actions
    assert action.is_overdue == is_overdue
    assert action.words.startswith("Overdue: ") == is_overdue


def test_an_action_is_called_overdue_once() -> None:
    """The plan may have said so already."""
    plan = [planned(1, due=date(2026, 1, 1), action="Overdue: Do thing 1")]
    [action] = brief_of(results(plan=plan)).actions
    assert action.words == "Overdue: Do thing 1"


def test_fit_shows_each_part_s_points_of_its_maximum() -> None:
    """In the rulebook's order; bars are in proportion to the largest maximum."""
    parts = brief_of(results(parts=[fit(fit_rotations=12.5)])).fit
    assert [(part.earned, part.maximum) for part in parts[:3]] == [(12.5, 25), (0, 25), (0, 10)]
    assert parts[0].bar.filled * 2 == parts[0].bar.length
    assert parts[2].bar.length / parts[0].bar.length == pytest.approx(10 / 25, abs=0.01)


def test_what_is_not_on_file_is_named() -> None:
    """A blank earns nothing, and the page says so."""
    brief = brief_of(results(parts=[fit(fit_not_on_file="rehab experience")]))
    assert fact(brief.standing, "Not on file") == "rehab experience: no points in fit yet"


def test_a_blank_fact_is_said_not_to_be_on_file() -> None:
    """Blank is unknown, never no."""
    brief = brief_of(results([{**PERSON, "visa_needed": None}]))
    assert fact(brief.person, "Visa needed") == "not on file"
    assert fact(brief.exams, "Step 3") == "not on file"


def test_an_exam_is_told_with_score_attempts_and_day() -> None:
    """What is on file, and nothing else."""
    person = {**PERSON, "step1_score": "210", "step1_attempts": "2", "step1_date": "2021-05-04"}
    brief = brief_of(results([person]))
    assert fact(brief.exams, "Step 1") == "Pass, 210, 2 attempts, 2021-05-04"
    assert fact(brief.exams, "Step 2 CK") == "238, 1 attempt"


def test_a_practice_score_is_shown_where_it_matters() -> None:
    """It stands in for Step 2 CK; beside a score it shows only if it is on file."""
    titles = [fact.title for fact in brief_of(results()).exams]
    assert "Practice score" not in titles
    assert fact(brief_of(results([PENDING])).exams, "Practice score") == "not on file"


def test_the_trend_tells_the_change() -> None:
    """With its sign."""
    drop = {**PERSON, "trend": "Drop", "step_delta": -8}
    assert fact(brief_of(results([drop])).standing, "Trend") == "Drop (Step 2 CK less Step 1: −8)"


def test_pending_has_no_list_and_says_why() -> None:
    """The sentence of suggestion_basis; there is no count, cost or range."""
    brief = brief_of(results([PENDING], plan=[planned(1)]))
    assert (brief.applications, brief.bands) == (None, ())
    assert brief.no_list == "Enter a score to get a list."
    assert [action.words for action in brief.actions] == ["Do thing 1"]


def test_fix_shows_the_errors_and_nothing_that_was_computed() -> None:
    """Message and what to do; queries can wait."""
    findings = [error(), error(severity="Query"), error(applicant_id="A2"), error(table="programs")]
    brief = brief_of(results([TO_FIX], [listed(1)], [planned(1)], [fit()], findings))
    assert brief.to_fix == (ToFix("N2: no number.", "Retype it."),)
    assert (brief.bands, brief.actions, brief.fit, brief.person) == ((), (), (), ())


def test_fix_falls_back_to_errors_of_the_whole_table() -> None:
    """A missing column is an error of every row, and bears no id."""
    brief = brief_of(results([TO_FIX], findings=[error(applicant_id=None)]))
    assert brief.to_fix == (ToFix("N2: no number.", "Retype it."),)


def test_queries_are_counted() -> None:
    """Of this applicant only."""
    findings = [error(severity="Query"), error(severity="Query", applicant_id="A2")]
    assert brief_of(results(findings=findings)).queries == 1


def test_a_season_is_the_row_s_own() -> None:
    """Else the next one, and the page says that it was assumed; --season overrides both."""
    blank = results([{**PERSON, "season": None}])
    own = brief_of(results([{**PERSON, "season": "2029"}]))
    assumed = brief_of(blank)
    chosen = brief_of(blank, replace(TODAY, season=2030))
    seasons = [(brief.season, brief.is_season_assumed) for brief in (own, assumed, chosen)]
    assert seasons == [(2029, False), (2028, True), (2030, False)]


@pytest.mark.parametrize(
    "told",
    [
        results([{**PERSON, "tier": "Gold"}]),
        results(shortlist=[listed(1, band="Stretch")]),
        results(parts=[fit(fit_rotations=30.0)]),
    ],
    ids=["tier", "band", "points"],
)
def test_results_of_another_rulebook_are_refused(told: Results) -> None:
    """Its names and maximum points would be wrong beside them."""
    with pytest.raises(UsageError, match="--rulebook"):
        brief_of(told)
