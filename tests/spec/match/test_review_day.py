"""The screen “Step 2 CK score in time for review day” (design: eligibility).

Season 2027: programs may review from 2026-09-23, so the latest safe test date is 2026-08-12.
"""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_a_booked_exam_is_in_time_six_weeks_before_review_day(match_spec: MatchSpec) -> None:
    """Domain, Exams: the latest safe test date is review day less 6 weeks (42 days)."""
    match_spec("""
        pair  | step2_ck_score | step2_ck_date || eligibility | asks
        early |                | 2026-08-11    || Verify      | step2_ck_score
        on    |                | 2026-08-12    || Verify      | step2_ck_score
        late  |                | 2026-08-13    || Verify      | step2_ck_score, step2_ck_late
    """)


def test_a_score_on_file_before_review_day_is_in_time(match_spec: MatchSpec) -> None:
    """Design, eligibility: in time for review day; a score that is here cannot come late."""
    match_spec("""
        pair | step2_ck_score | step2_ck_date || eligibility | asks
        safe |            245 | 2026-08-12    || Eligible    |
        late |            245 | 2026-08-13    || Eligible    |
    """)


def test_a_score_on_file_on_review_day_is_in_time(match_spec: MatchSpec) -> None:
    """Design, eligibility: in time for review day, which is the last such day."""
    match_spec(
        """
        pair | step2_ck_score | step2_ck_date || eligibility | asks
        late |            245 | 2026-08-13    || Eligible    |
        """,
        as_of="2026-09-23",
    )


def test_after_review_day_the_test_date_decides(match_spec: MatchSpec) -> None:
    """Design, eligibility: late for review day is Unknown, never Fail."""
    match_spec(
        """
        pair  | step2_ck_score | step2_ck_date || eligibility | fails | asks
        safe  |            245 | 2026-08-12    || Eligible    |       |
        late  |            245 | 2026-08-13    || Verify      |       | step2_ck_late
        blank |            245 |               || Eligible    |       |
        """,
        as_of="2026-09-24",
    )


def test_a_missing_score_without_a_date_is_asked_for_once(match_spec: MatchSpec) -> None:
    """Design, eligibility: nothing is booked, so nothing is late; what is missing is the score."""
    match_spec("""
        pair  | step2_ck_score | step2_ck_date || eligibility | asks
        blank |                |               || Verify      | step2_ck_score
    """)


def test_each_row_is_held_against_the_review_day_of_its_season(match_spec: MatchSpec) -> None:
    """Domain, Season: 2028 is reviewed from 2027-09-23, so 2027-08-12 is its latest safe date."""
    match_spec("""
        pair  | season | step2_ck_score | step2_ck_date || asks
        this  |   2027 |                | 2027-08-12    || step2_ck_score, step2_ck_late
        on    |   2028 |                | 2027-08-12    || step2_ck_score
        late  |   2028 |                | 2027-08-13    || step2_ck_score, step2_ck_late
    """)
