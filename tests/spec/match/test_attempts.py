"""The screens “attempts at Step 1” and “attempts at Step 2 CK” (design: eligibility)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_step_1_attempts_up_to_the_limit_pass(match_spec: MatchSpec) -> None:
    """Design, eligibility: attempts, on both sides of 2."""
    match_spec("""
        pair  | step1_attempts | p.max_step1_attempts || eligibility | fails
        under |              1 |                    2 || Eligible    |
        on    |              2 |                    2 || Eligible    |
        over  |              3 |                    2 || Ineligible  | step1_attempts
    """)


def test_step_2_ck_attempts_up_to_the_limit_pass(match_spec: MatchSpec) -> None:
    """Design, eligibility: attempts, on both sides of 2."""
    match_spec("""
        pair  | step2_ck_attempts | p.max_step2_ck_attempts || eligibility | fails
        under |                 1 |                       2 || Eligible    |
        on    |                 2 |                       2 || Eligible    |
        over  |                 3 |                       2 || Ineligible  | step2_ck_attempts
    """)


def test_first_attempt_only(match_spec: MatchSpec) -> None:
    """Schema, max_step1_attempts: 1 means first attempt only; none so far is no more than one."""
    match_spec("""
        pair  | step1_attempts | p.max_step1_attempts || eligibility | fails
        none  |              0 |                    1 || Eligible    |
        one   |              1 |                    1 || Eligible    |
        two   |              2 |                    1 || Ineligible  | step1_attempts
    """)


def test_each_exam_is_held_against_its_own_limit(match_spec: MatchSpec) -> None:
    """Design, programs: one limit for Step 1, another for Step 2 CK."""
    match_spec("""
        pair   | step1_attempts | step2_ck_attempts | p.max_step1_attempts | p.max_step2_ck_attempts || fails
        first  |              3 |                 1 |                    3 |                       1 ||
        second |              1 |                 3 |                    3 |                       1 || step2_ck_attempts
        other  |              3 |                 1 |                    1 |                       3 || step1_attempts
        both   |              3 |                 3 |                    1 |                       1 || step1_attempts, step2_ck_attempts
    """)  # noqa: E501 - one row shows both exams


def test_a_step_1_limit_not_on_file_matters_above_one_attempt(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to a limit of attempts if > 1."""
    match_spec("""
        pair  | step1_attempts | p.max_step1_attempts || eligibility | asks
        none  |              0 |                      || Eligible    |
        one   |              1 |                      || Eligible    |
        two   |              2 |                      || Verify      | step1_attempts_limit
        four  |              4 |                      || Verify      | step1_attempts_limit
        blank |                |                      || Eligible    |
    """)


def test_a_step_2_ck_limit_not_on_file_matters_above_one_attempt(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to a limit of attempts if > 1."""
    match_spec("""
        pair  | step2_ck_attempts | p.max_step2_ck_attempts || eligibility | asks
        none  |                 0 |                         || Eligible    |
        one   |                 1 |                         || Eligible    |
        two   |                 2 |                         || Verify      | step2_ck_attempts_limit
        four  |                 4 |                         || Verify      | step2_ck_attempts_limit
        blank |                   |                         || Eligible    |
    """)


def test_attempts_not_entered_are_asked_for_under_a_limit_that_can_bind(
    match_spec: MatchSpec,
) -> None:
    """Domain, Exams: USMLE allows 4 attempts, so a limit of 4 or more shuts nobody out."""
    match_spec("""
        pair  | step1_attempts | p.max_step1_attempts || eligibility | fails | asks
        three |                |                    3 || Verify      |       | step1_attempts
        four  |                |                    4 || Eligible    |       |
        nine  |                |                    9 || Eligible    |       |
    """)


def test_step_2_ck_attempts_not_entered_are_asked_for_likewise(match_spec: MatchSpec) -> None:
    """Domain, Exams: USMLE allows 4 attempts at each Step."""
    match_spec("""
        pair  | step2_ck_attempts | p.max_step2_ck_attempts || eligibility | asks
        three |                   |                       3 || Verify      | step2_ck_attempts
        four  |                   |                       4 || Eligible    |
    """)


def test_attempts_at_step_3_are_screened_nowhere(match_spec: MatchSpec) -> None:
    """Design, programs: no program column states a limit for Step 3."""
    match_spec("""
        pair | step3_attempts | p.max_step1_attempts | p.max_step2_ck_attempts || eligibility | asks
        four |              4 |                    1 |                         || Eligible    |
    """)
