"""The screen “Step 3” (design: eligibility)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_a_required_step_3_that_is_not_passed_yet_is_unknown(match_spec: MatchSpec) -> None:
    """Design, eligibility: not yet is Unknown, never Fail."""
    match_spec("""
        pair   | step3_score | p.step3_required || eligibility | fails | asks
        passed |         225 | Yes              || Eligible    |       |
        none   |             | Yes              || Verify      |       | step3
    """)


def test_step_3_not_required_asks_nothing(match_spec: MatchSpec) -> None:
    """Design, eligibility: the program states that it wants none."""
    match_spec("""
        pair   | step3_score | p.step3_required || eligibility | asks
        passed |         225 | No               || Eligible    |
        none   |             | No               || Eligible    |
    """)


def test_a_blank_requirement_matters_only_without_step_3(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to Step 3 only if the applicant has none."""
    match_spec("""
        pair   | step3_score | p.step3_required || eligibility | asks
        passed |         225 |                  || Eligible    |
        none   |             |                  || Verify      | step3_policy
    """)


def test_a_failing_step_3_is_not_passed(match_spec: MatchSpec) -> None:
    """Domain, Exams: Step 3 is passed at 200 from 2024-01-01, at 198 the day before."""
    match_spec("""
        pair    | step3_score | step3_date | p.step3_required || eligibility | asks
        failing |         199 | 2024-01-01 | Yes              || Verify      | step3
        passing |         200 | 2024-01-01 | Yes              || Eligible    |
        earlier |         198 | 2023-12-31 | Yes              || Eligible    |
        under   |         197 | 2023-12-31 | Yes              || Verify      | step3
        unasked |         199 | 2024-01-01 |                  || Verify      | step3_policy
    """)


def test_a_step_3_date_alone_is_no_pass(match_spec: MatchSpec) -> None:
    """Design, applicants: a date may be a booked one; only a score says that Step 3 is passed."""
    match_spec("""
        pair   | step3_score | step3_date | step3_attempts | p.step3_required || eligibility | asks
        booked |             | 2026-12-01 |                | Yes              || Verify      | step3
        sat    |             | 2026-08-20 |              1 | Yes              || Verify      | step3
    """)


def test_a_score_without_a_date_is_judged_by_the_lowest_passing_score(
    match_spec: MatchSpec,
) -> None:
    """Domain, Exams: Step 3 was passed at 190 once, and no doubtful score counts as failed."""
    match_spec("""
        pair    | step3_score | step3_date | p.step3_required || eligibility | asks
        failing |         189 |            | Yes              || Verify      | step3
        passing |         190 |            | Yes              || Eligible    |
    """)
