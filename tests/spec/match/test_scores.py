"""The screens “minimum Step 1” and “minimum Step 2 CK” (design: eligibility)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_step_2_ck_meets_a_minimum_from_the_minimum_on(match_spec: MatchSpec) -> None:
    """Design, eligibility: minimum Step 2 CK, on both sides of 240."""
    match_spec("""
        pair  | step2_ck_score | p.min_step2_ck || eligibility | fails          | asks
        under |            239 |            240 || Ineligible  | step2_ck_score |
        on    |            240 |            240 || Eligible    |                |
        over  |            241 |            240 || Eligible    |                |
    """)


def test_a_missing_step_2_ck_is_asked_for_and_never_fails(match_spec: MatchSpec) -> None:
    """Design, eligibility: not yet is Unknown, whatever the minimum is."""
    match_spec("""
        pair    | step2_ck_score | p.min_step2_ck || eligibility | fails | asks
        lowest  |                |              1 || Verify      |       | step2_ck_score
        highest |                |            300 || Verify      |       | step2_ck_score
    """)


def test_a_practice_score_neither_meets_nor_misses_a_minimum(match_spec: MatchSpec) -> None:
    """Design, eligibility: the screen is about Step 2 CK; a prediction is no score."""
    match_spec("""
        pair  | step2_ck_score | practice_score | p.min_step2_ck || eligibility | asks
        under |                |            200 |            240 || Verify      | step2_ck_score
        over  |                |            260 |            240 || Verify      | step2_ck_score
    """)


def test_a_step_2_ck_minimum_not_on_file_matters_below_230(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to score floors if Step 2 CK < 230 or missing."""
    match_spec("""
        pair    | step2_ck_score | p.min_step2_ck || eligibility | asks
        under   |            229 |                || Verify      | step2_ck_floor
        on      |            230 |                || Eligible    |
        missing |                |                || Verify      | step2_ck_floor, step2_ck_score
    """)


def test_a_stated_step_2_ck_minimum_leaves_nothing_to_ask(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposure is to blanks; a low score over a stated minimum passes."""
    match_spec("""
        pair | step2_ck_score | p.min_step2_ck || eligibility | asks
        low  |            220 |            220 || Eligible    |
    """)


def test_a_numeric_step_1_meets_a_minimum_from_the_minimum_on(match_spec: MatchSpec) -> None:
    """Design, eligibility: minimum Step 1, on both sides of 220."""
    match_spec("""
        pair  | step1_score | step1_date | p.min_step1 || eligibility | fails       | asks
        under |         219 | 2020-03-01 |         220 || Ineligible  | step1_score |
        on    |         220 | 2020-03-01 |         220 || Eligible    |             |
        over  |         221 | 2020-03-01 |         220 || Eligible    |             |
    """)


def test_a_pass_without_a_number_is_shut_out_by_no_minimum(match_spec: MatchSpec) -> None:
    """Domain, Exams: Step 1 reports pass or fail only from 2022-01-26, so there is no number."""
    match_spec("""
        pair   | step1_score | step1_date | p.min_step1 || eligibility | asks
        before |             | 2022-01-25 |         300 || Verify      | step1_score
        on     |             | 2022-01-26 |         300 || Eligible    |
        after  |             | 2022-01-27 |         300 || Eligible    |
    """)


def test_a_pass_without_number_and_date_is_asked_for(match_spec: MatchSpec) -> None:
    """Design, The two input tables: a blank date does not say that there is no number."""
    match_spec("""
        pair  | step1_score | step1_date | p.min_step1 || eligibility | fails | asks
        blank |             |            |         300 || Verify      |       | step1_score
    """)


def test_step_1_not_passed_yet_is_asked_for(match_spec: MatchSpec) -> None:
    """Design, eligibility: not yet is Unknown; a later date alone does not make it a pass."""
    match_spec("""
        pair      | step1_result | step1_date | p.min_step1 || eligibility | fails | asks
        not_taken | Not taken    |            |         220 || Verify      |       | step1_score
        booked    | Not taken    | 2026-10-01 |         220 || Verify      |       | step1_score
        blank     |              |            |         220 || Verify      |       | step1_score
        dated     |              | 2023-03-01 |         220 || Verify      |       | step1_score
    """)


def test_a_failed_step_1_meets_no_minimum(match_spec: MatchSpec) -> None:
    """Design, eligibility: minimum Step 1; a result of Fail is under whatever number is stated."""
    match_spec("""
        pair   | step1_result | p.min_step1 || eligibility | fails       | asks
        passed | Pass         |           1 || Eligible    |             |
        failed | Fail         |           1 || Ineligible  | step1_score |
    """)


def test_a_score_under_that_days_passing_score_meets_no_minimum(match_spec: MatchSpec) -> None:
    """Design, Validation: a failing score counts as failed; Step 1 passed at 192 from 2014 on."""
    match_spec("""
        pair    | step1_result | step1_score | step1_date | p.min_step1 || eligibility | fails
        failing |              |         191 | 2014-01-01 |         180 || Ineligible  | step1_score
        passing |              |         192 | 2014-01-01 |         180 || Eligible    |
        earlier |              |         191 | 2013-12-31 |         180 || Eligible    |
    """)


def test_a_failed_step_1_is_no_fail_where_no_minimum_is_stated(match_spec: MatchSpec) -> None:
    """Design, eligibility: a screen fails on what the program states."""
    match_spec("""
        pair    | step1_result | step2_ck_score | p.min_step1 || eligibility | fails | asks
        exposed | Fail         |            229 |             || Verify      |       | step1_floor
    """)


def test_a_step_1_minimum_not_on_file_matters_below_230(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to score floors if Step 2 CK < 230 or missing."""
    match_spec("""
        pair    | step1_score | step1_date | step2_ck_score | p.min_step1 || asks
        under   |         210 | 2020-03-01 |            229 |             || step1_floor
        on      |         210 | 2020-03-01 |            230 |             ||
        missing |         210 | 2020-03-01 |                |             || step1_floor, step2_ck_score
    """)  # noqa: E501 - one row has two questions


def test_a_high_step_1_is_exposed_by_its_step_2_ck_alone(match_spec: MatchSpec) -> None:
    """Design, eligibility: what exposes to score floors is Step 2 CK, not Step 1."""
    match_spec("""
        pair | step1_score | step1_date | step2_ck_score | p.min_step1 || eligibility | asks
        high |         260 | 2020-03-01 |            229 |             || Verify      | step1_floor
        low  |         195 | 2020-03-01 |            230 |             || Eligible    |
    """)


def test_typical_scores_screen_nobody(match_spec: MatchSpec) -> None:
    """Design, eligibility names minimum scores; typical ones count in program_fit."""
    match_spec("""
        pair  | step1_score | step1_date | p.typical_step1 | p.typical_step2_ck || eligibility
        under |         200 | 2020-03-01 |             260 |                300 || Eligible
    """)
