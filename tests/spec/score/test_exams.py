"""Passed, failed or neither known, by the passing score of the test date (domain: Exams)."""

from collections.abc import Callable

Spec = Callable[..., None]

STEP2_CK_FAILED = "Step 2 CK below 220; Step 2 CK failed or repeated"
STEP3_FAILED = "Step 3 failed or repeated; Step 3 below 210"


def test_step_1_passes_with_188_at_first(spec: Spec) -> None:
    """Domain, Exams: Step 1 188, until the end of 2013."""
    spec("""
        applicant | step1_score | step1_date || step1_is_passed | step1_is_failed
        under     |         187 | 2013-12-31 || no              | yes
        on        |         188 | 2013-12-31 || yes             | no
        over      |         189 | 2013-12-31 || yes             | no
        long_ago  |         187 | 1990-01-01 || no              | yes
    """)


def test_step_1_passes_with_192_from_2014(spec: Spec) -> None:
    """Domain, Exams: Step 1 192 from 2014-01-01, until the end of 2017."""
    spec("""
        applicant | step1_score | step1_date || step1_is_passed | step1_is_failed
        before    |         191 | 2013-12-31 || yes             | no
        under     |         191 | 2014-01-01 || no              | yes
        on        |         192 | 2014-01-01 || yes             | no
        last_day  |         191 | 2017-12-31 || no              | yes
        passes    |         192 | 2017-12-31 || yes             | no
    """)


def test_step_1_passes_with_194_from_2018(spec: Spec) -> None:
    """Domain, Exams: Step 1 194 from 2018-01-01, until 2022-01-25."""
    spec("""
        applicant | step1_score | step1_date || step1_is_passed | step1_is_failed
        before    |         193 | 2017-12-31 || yes             | no
        under     |         193 | 2018-01-01 || no              | yes
        on        |         194 | 2018-01-01 || yes             | no
        last_day  |         193 | 2022-01-25 || no              | yes
        passes    |         194 | 2022-01-25 || yes             | no
    """)


def test_step_1_passes_with_196_from_26_january_2022(spec: Spec) -> None:
    """Domain, Exams: Step 1 196 from 2022-01-26, not reported as a number."""
    spec("""
        applicant | step1_score | step1_date || step1_is_passed | step1_is_failed
        before    |         195 | 2022-01-25 || yes             | no
        under     |         195 | 2022-01-26 || no              | yes
        on        |         196 | 2022-01-26 || yes             | no
    """)


def test_step_2_ck_is_not_judged_before_the_first_known_date(spec: Spec) -> None:
    """Domain, Exams: Step 2 CK 203 from 2013-07-01; earlier passing scores are not on file."""
    spec(f"""
        applicant | step1_result | step2_ck_score | step2_ck_date || red_flags
        before    | Pass         |            202 |    2013-06-30 || Step 2 CK below 220
        lowest    | Pass         |              1 |    1990-01-01 || Step 2 CK below 220
        under     | Pass         |            202 |    2013-07-01 || {STEP2_CK_FAILED}
        on        | Pass         |            203 |    2013-07-01 || Step 2 CK below 220
    """)


def test_step_2_ck_passes_with_209_from_july_2014(spec: Spec) -> None:
    """Domain, Exams: Step 2 CK 209 from 2014-07-01, until 2022-06-30."""
    spec(f"""
        applicant | step1_result | step2_ck_score | step2_ck_date || red_flags
        before    | Pass         |            208 |    2014-06-30 || Step 2 CK below 220
        under     | Pass         |            208 |    2014-07-01 || {STEP2_CK_FAILED}
        on        | Pass         |            209 |    2014-07-01 || Step 2 CK below 220
        last_day  | Pass         |            208 |    2022-06-30 || {STEP2_CK_FAILED}
        passes    | Pass         |            209 |    2022-06-30 || Step 2 CK below 220
    """)


def test_step_2_ck_passes_with_214_from_july_2022(spec: Spec) -> None:
    """Domain, Exams: Step 2 CK 214 from 2022-07-01, until 2025-06-30."""
    spec(f"""
        applicant | step2_ck_score | step2_ck_date || red_flags
        before    |            213 |    2022-06-30 || Step 2 CK below 220
        under     |            213 |    2022-07-01 || {STEP2_CK_FAILED}
        on        |            214 |    2022-07-01 || Step 2 CK below 220
        last_day  |            213 |    2025-06-30 || {STEP2_CK_FAILED}
        passes    |            214 |    2025-06-30 || Step 2 CK below 220
    """)


def test_step_2_ck_passes_with_218_from_july_2025(spec: Spec) -> None:
    """Domain, Exams: Step 2 CK 218 from 2025-07-01."""
    spec(f"""
        applicant | step2_ck_score | step2_ck_date || red_flags
        before    |            217 |    2025-06-30 || Step 2 CK below 220
        under     |            217 |    2025-07-01 || {STEP2_CK_FAILED}
        on        |            218 |    2025-07-01 || Step 2 CK below 220
        over      |            219 |    2026-08-31 || Step 2 CK below 220
    """)


def test_step_3_passes_with_190_at_first(spec: Spec) -> None:
    """Domain, Exams: Step 3 190, until the end of 2015."""
    spec(f"""
        applicant | step3_score | step3_date || step3_is_passed | red_flags
        under     |         189 | 2015-12-31 || no              | {STEP3_FAILED}
        on        |         190 | 2015-12-31 || yes             | Step 3 below 210
    """)


def test_step_3_passes_with_196_from_2016(spec: Spec) -> None:
    """Domain, Exams: Step 3 196 from 2016-01-01, until the end of 2019."""
    spec(f"""
        applicant | step3_score | step3_date || step3_is_passed | red_flags
        before    |         195 | 2015-12-31 || yes             | Step 3 below 210
        under     |         195 | 2016-01-01 || no              | {STEP3_FAILED}
        on        |         196 | 2016-01-01 || yes             | Step 3 below 210
        last_day  |         195 | 2019-12-31 || no              | {STEP3_FAILED}
        passes    |         196 | 2019-12-31 || yes             | Step 3 below 210
    """)


def test_step_3_passes_with_198_from_2020(spec: Spec) -> None:
    """Domain, Exams: Step 3 198 from 2020-01-01, until the end of 2023."""
    spec(f"""
        applicant | step3_score | step3_date || step3_is_passed | red_flags
        before    |         197 | 2019-12-31 || yes             | Step 3 below 210
        under     |         197 | 2020-01-01 || no              | {STEP3_FAILED}
        on        |         198 | 2020-01-01 || yes             | Step 3 below 210
        last_day  |         197 | 2023-12-31 || no              | {STEP3_FAILED}
        passes    |         198 | 2023-12-31 || yes             | Step 3 below 210
    """)


def test_step_3_passes_with_200_from_2024(spec: Spec) -> None:
    """Domain, Exams: Step 3 200 from 2024-01-01."""
    spec(f"""
        applicant | step3_score | step3_date || step3_is_passed | red_flags
        before    |         199 | 2023-12-31 || yes             | Step 3 below 210
        under     |         199 | 2024-01-01 || no              | {STEP3_FAILED}
        on        |         200 | 2024-01-01 || yes             | Step 3 below 210
    """)


def test_an_undated_step_1_fails_only_under_every_passing_score(spec: Spec) -> None:
    """Design, The two input tables: blank means unknown; 188 is the lowest there ever was."""
    spec("""
        applicant | step1_score || step1_is_passed | step1_is_failed
        under     |         187 || no              | yes
        on        |         188 || yes             | no
    """)


def test_an_undated_step_2_ck_fails_only_under_every_passing_score(spec: Spec) -> None:
    """Design, The two input tables: blank means unknown; 203 is the lowest on file."""
    spec(f"""
        applicant | step2_ck_score || red_flags
        under     |            202 || {STEP2_CK_FAILED}
        on        |            203 || Step 2 CK below 220
    """)


def test_an_undated_step_3_fails_only_under_every_passing_score(spec: Spec) -> None:
    """Design, The two input tables: blank means unknown; 190 is the lowest there ever was."""
    spec(f"""
        applicant | step3_score || step3_is_passed | red_flags
        under     |         189 || no              | {STEP3_FAILED}
        on        |         190 || yes             | Step 3 below 210
    """)


def test_a_pass_without_a_number_is_passed(spec: Spec) -> None:
    """Domain, Exams: Step 1 reports pass or fail only from 2022-01-26."""
    spec("""
        applicant | step1_result | step1_date || step1_is_passed | step1_is_failed
        pass      | Pass         | 2023-05-02 || yes             | no
        fail      | Fail         | 2023-05-02 || no              | yes
        not_taken | Not taken    |            || no              | no
    """)


def test_a_failing_score_counts_before_an_entered_pass(spec: Spec) -> None:
    """Design, Validation: a failing score, the exam then counts as failed."""
    spec("""
        applicant | step1_result | step1_score | step1_date || step1_is_passed | step1_is_failed
        under     | Pass         |         193 | 2019-05-02 || no              | yes
        on        | Pass         |         194 | 2019-05-02 || yes             | no
    """)


def test_an_entered_fail_counts_before_a_passing_score(spec: Spec) -> None:
    """Design, red_flags: any failed exam; what is entered as failed is not passed."""
    spec("""
        applicant | step1_result | step1_score | step1_date || step1_is_passed | step1_is_failed
        fail      | Fail         |         240 | 2019-05-02 || no              | yes
    """)


def test_without_a_result_an_exam_is_neither_passed_nor_failed(spec: Spec) -> None:
    """Design, The two input tables: blank is never read as no; a booked date is no result."""
    spec("""
        applicant | step1_date | step3_date || step1_is_passed | step1_is_failed | step3_is_passed
        blank     |            |            || no              | no              | no
        booked    | 2026-10-05 | 2026-11-05 || no              | no              | no
    """)
