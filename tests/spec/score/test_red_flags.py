"""The red flags (guide: Address Red Flags Directly but Briefly; Approximate Score Tiers)."""

from collections.abc import Callable

import pytest

Spec = Callable[..., None]

STEP1, STEP2, STEP3 = (f"{exam} failed or repeated" for exam in ("Step 1", "Step 2 CK", "Step 3"))
ALL_USED = "all 4 attempts at one exam used"
OLD = "graduated more than 5 years before the season"
WINDOW = "exams not passed within 7 years"
FAILED_LATE = f"Step 2 CK below 220; {STEP2}; {WINDOW}"


def test_nothing_entered_raises_no_flag(spec: Spec) -> None:
    """Design, The two input tables: blank means unknown; it is never read as no or 0."""
    spec("""
        applicant | graduation_year || red_flags
        blank     |                 ||
        required  |            2024 ||
    """)


def test_step_2_ck_under_220_is_a_flag(spec: Spec) -> None:
    """Guide, Approximate Score Tiers: below 220 chances fall significantly."""
    spec("""
        applicant | step2_ck_score || red_flags
        under     |            219 || Step 2 CK below 220
        on        |            220 ||
        over      |            221 ||
    """)


def test_a_practice_score_is_no_flag(spec: Spec) -> None:
    """Design, red_flags: Step 2 CK < 220; a prediction is no Step 2 CK, nor half of a drop."""
    spec("""
        applicant | step1_score | practice_score || red_flags
        low       |             |            190 ||
        far_under |         250 |            190 ||
    """)


def test_a_failed_step_1_is_a_flag(spec: Spec) -> None:
    """Design, red_flags: any failed exam."""
    spec(f"""
        applicant | step1_result || red_flags
        failed    | Fail         || {STEP1}
        passed    | Pass         ||
        not_yet   | Not taken    ||
    """)


def test_a_repeated_exam_is_a_flag(spec: Spec) -> None:
    """Design, red_flags: any repeated exam; one attempt is none repeated."""
    spec(f"""
        applicant | step1_attempts | step2_ck_attempts | step3_attempts || red_flags
        never     |              0 |                 0 |              0 ||
        once      |              1 |                 1 |              1 ||
        step1     |              2 |                 1 |              1 || {STEP1}
        step2     |              1 |                 2 |              1 || {STEP2}
        step3     |              1 |                 1 |              2 || {STEP3}
        blank     |                |                   |                ||
    """)


def test_four_attempts_at_one_exam_are_a_flag(spec: Spec) -> None:
    """Domain, Exams: at most 4 attempts per Step; 4 fails end eligibility."""
    spec(f"""
        applicant | step1_attempts | step2_ck_attempts | step3_attempts || red_flags
        three     |              3 |                   |                || {STEP1}
        step1     |              4 |                   |                || {STEP1}; {ALL_USED}
        step2     |                |                 4 |                || {STEP2}; {ALL_USED}
        step3     |                |                   |              4 || {STEP3}; {ALL_USED}
    """)


def test_attempts_at_several_exams_do_not_add_up(spec: Spec) -> None:
    """Domain, Exams: the 4 attempts are counted per Step."""
    spec(f"""
        applicant | step1_attempts | step2_ck_attempts | step3_attempts || red_flags
        four      |              1 |                 1 |              2 || {STEP3}
    """)


def test_a_sharp_drop_is_a_flag(spec: Spec) -> None:
    """Guide, Understand What “Low” Means: trending downward; 15 points (design, trend)."""
    spec("""
        applicant | step1_score | step2_ck_score || red_flags
        less      |         264 |            250 ||
        on        |         265 |            250 || sharp drop from Step 1 to Step 2 CK
        over      |         266 |            250 || sharp drop from Step 1 to Step 2 CK
    """)


def test_more_than_five_years_since_graduation_are_a_flag(spec: Spec) -> None:
    """Design, red_flags: graduation more than 5 years before the season, here 2027."""
    spec(f"""
        applicant | graduation_year || years_since_graduation | red_flags
        six       |            2021 ||                      6 | {OLD}
        five      |            2022 ||                      5 |
        four      |            2023 ||                      4 |
        later     |            2028 ||                     -1 |
    """)


def test_years_since_graduation_go_by_the_applicants_own_season(spec: Spec) -> None:
    """Design, eligibility: years = season − graduation_year."""
    spec(f"""
        applicant | season | graduation_year || years_since_graduation | red_flags
        this_year |   2027 |            2022 ||                      5 |
        next_year |   2028 |            2022 ||                      6 | {OLD}
    """)


def test_a_gap_over_twelve_months_is_a_flag(spec: Spec) -> None:
    """Design, red_flags: gap > 12 months."""
    spec("""
        applicant | gap_months || red_flags
        none      |          0 ||
        on        |         12 ||
        over      |         13 || gap of more than 12 months
        blank     |            ||
    """)


def test_no_us_clinical_experience_needs_an_entered_0(spec: Spec) -> None:
    """Design, red_flags: the “no …” flags need an entered 0; blank is a gap to ask about."""
    spec("""
        applicant | usce_months || red_flags
        none      |           0 || no US clinical experience
        one       |           1 ||
        blank     |             ||
    """)


def test_a_us_rotation_is_us_clinical_experience(spec: Spec) -> None:
    """Design, red_flags: no US clinical experience is not said of one who rotated in the US."""
    spec("""
        applicant | usce_months | pmr_rotations_us || red_flags
        rotated   |           0 |                1 ||
        neither   |           0 |                0 || no US clinical experience
    """)


def test_no_pmr_exposure_needs_entered_zeros(spec: Spec) -> None:
    """Design, red_flags: rotations and observerships both entered as 0; a blank is to be asked."""
    spec("""
        applicant | pmr_rotations_us | pmr_observerships_us || red_flags
        none      |                0 |                    0 || no PM&R exposure
        rotated   |                1 |                    0 ||
        observed  |                0 |                    1 ||
        half      |                0 |                      ||
        other     |                  |                    0 ||
        blank     |                  |                      ||
    """)


@pytest.mark.parametrize(
    ("experience", "some", "none"),
    [
        ("rotation_inpatient_rehab", "yes", "no"),
        ("rotation_brain_spinal", "yes", "no"),
        ("rotation_msk_pain", "yes", "no"),
        ("rehab_experience_months", "1", "0"),
    ],
)
def test_any_other_pmr_experience_is_exposure(
    spec: Spec, experience: str, some: str, none: str
) -> None:
    """Design, red_flags: a rehab setting or rehab work on file is PM&R exposure."""
    spec(f"""
        applicant | pmr_rotations_us | pmr_observerships_us | {experience} || red_flags
        some      |                0 |                    0 | {some}       ||
        none      |                0 |                    0 | {none}       || no PM&R exposure
        blank     |                0 |                    0 |              || no PM&R exposure
    """)


def test_exams_more_than_seven_years_apart_are_a_flag(spec: Spec) -> None:
    """Domain, Exams: all required exams within 7 years of the first pass (ECFMG)."""
    spec(f"""
        applicant | step1_result | step1_date | step2_ck_score | step2_ck_date || red_flags
        within    | Pass         | 2018-03-15 |            240 |    2025-03-14 ||
        on        | Pass         | 2018-03-15 |            240 |    2025-03-15 ||
        over      | Pass         | 2018-03-15 |            240 |    2025-03-16 || {WINDOW}
    """)


def test_the_window_counts_from_whichever_exam_came_first(spec: Spec) -> None:
    """Domain, Exams: within 7 years of the first pass; Step 2 CK may come before Step 1."""
    spec(f"""
        applicant | step1_result | step1_date | step2_ck_score | step2_ck_date || red_flags
        on        | Pass         | 2025-03-15 |            240 |    2018-03-15 ||
        over      | Pass         | 2025-03-16 |            240 |    2018-03-15 || {WINDOW}
    """)


def test_an_exam_still_to_pass_is_counted_to_the_day_of_the_plan(spec: Spec) -> None:
    """Domain, Exams: the window runs on while an exam is missing; here until 1 September 2026."""
    spec(f"""
        applicant | step1_result | step1_date || red_flags
        within    | Pass         | 2019-09-02 ||
        on        | Pass         | 2019-09-01 ||
        over      | Pass         | 2019-08-31 || {WINDOW}
    """)


def test_a_failed_exam_does_not_end_the_window(spec: Spec) -> None:
    """Domain, Exams: the exams are to be passed; a failed Step 2 CK in time is none."""
    spec(f"""
        applicant | step1_result | step1_date | step2_ck_score | step2_ck_date || red_flags
        failed    | Pass         | 2019-08-31 |            213 |    2024-03-15 || {FAILED_LATE}
        passed    | Pass         | 2019-08-31 |            220 |    2024-03-15 ||
    """)


def test_a_failed_first_exam_does_not_start_the_window(spec: Spec) -> None:
    """Domain, Exams: 7 years of the first pass."""
    spec(f"""
        applicant | step1_result | step1_date | step2_ck_score | step2_ck_date || red_flags
        failed    | Fail         | 2010-03-15 |            240 |    2024-03-15 || {STEP1}
    """)


def test_a_blank_step_1_is_not_an_exam_still_to_pass(spec: Spec) -> None:
    """Design, The two input tables: blank is never read as no; only an entered result is."""
    spec(f"""
        applicant | step1_result | step2_ck_score | step2_ck_date || red_flags
        blank     |              |            240 |    2019-08-31 ||
        not_taken | Not taken    |            240 |    2019-08-31 || {WINDOW}
    """)


def test_the_window_needs_the_date_of_the_first_pass(spec: Spec) -> None:
    """Design, The two input tables: blank means unknown; without its date no window has begun."""
    spec("""
        applicant | step1_result | step1_date | step2_ck_score | step2_ck_date || red_flags
        no_date   | Pass         |            |            240 |               ||
        one_date  | Pass         | 2010-03-15 |            240 |               ||
        no_result |              | 2010-03-15 |                |               ||
    """)


def test_a_window_from_a_leap_day_ends_on_the_last_of_february(spec: Spec) -> None:
    """Domain, Exams: 7 years of 29 February 2016 end on 28 February 2023."""
    spec(f"""
        applicant | step1_result | step1_date | step2_ck_score | step2_ck_date || red_flags
        on        | Pass         | 2016-02-29 |            240 |    2023-02-28 ||
        over      | Pass         | 2016-02-29 |            240 |    2023-03-01 || {WINDOW}
    """)


def test_step_3_under_210_is_a_flag(spec: Spec) -> None:
    """Guide, FAQ 4: a poor Step 3 result can reinforce concerns; < 210 (design, red_flags)."""
    spec("""
        applicant | step3_score || red_flags
        under     |         209 || Step 3 below 210
        on        |         210 ||
        over      |         211 ||
    """)


def test_step_3_is_strong_from_230(spec: Spec) -> None:
    """Guide, Prioritize a Strong Upward Trend: a strong Step 3, ≥ 230; blank is not strong."""
    spec("""
        applicant | step3_score || is_step3_strong
        under     |         229 || no
        on        |         230 || yes
        over      |         231 || yes
        blank     |             || no
    """)


def test_every_flag_is_named_in_the_rulebooks_order(spec: Spec) -> None:
    """Design, red_flags: all that hold, joined by `; `."""
    many = f"Step 2 CK below 220; {STEP1}; gap of more than 12 months; no US clinical experience"
    spec(f"""
        applicant | step1_result | step2_ck_score | gap_months | usce_months || red_flags
        many      | Fail         |            219 |         24 |           0 || {many}
    """)
