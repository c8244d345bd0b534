"""The low-score case and its reasons (guide: Understand What “Low” Means in Context)."""

from collections.abc import Callable

Spec = Callable[..., None]


def test_step_2_ck_under_230_is_low(spec: Spec) -> None:
    """Guide, Understand What “Low” Means: Step 2 CK < 230; 230 itself is not."""
    spec("""
        applicant | step2_ck_score || low_score                | is_low_score
        under     |            229 || Yes: Step 2 CK below 230 | yes
        on        |            230 || No                       | no
        over      |            231 || No                       | no
    """)


def test_the_guides_225_is_a_low_score_case(spec: Spec) -> None:
    """Guide, Understand What “Low” Means: 225 is in the low Step score match zone."""
    spec("""
        applicant | step2_ck_score || low_score
        guide     |            225 || Yes: Step 2 CK below 230
    """)


def test_a_sharp_drop_is_low_however_high_the_score(spec: Spec) -> None:
    """Guide, Understand What “Low” Means: a large gap, trending downward; 14 points are not."""
    spec("""
        applicant | step1_score | step2_ck_score || low_score
        less      |         264 |            250 || No
        on        |         265 |            250 || Yes: sharp drop from Step 1 to Step 2 CK
        over      |         266 |            250 || Yes: sharp drop from Step 1 to Step 2 CK
    """)


def test_a_strong_rise_is_not_low(spec: Spec) -> None:
    """Guide, Prioritize a Strong Upward Trend: the large gap upward of 210 to 238 is no fault."""
    spec("""
        applicant | step1_score | step2_ck_score || low_score
        guide     |         210 |            238 || No
    """)


def test_more_than_one_attempt_at_step_1_is_low(spec: Spec) -> None:
    """Guide, Understand What “Low” Means: multiple attempts on Step 1."""
    spec("""
        applicant | step2_ck_score | step1_attempts || low_score
        none      |            250 |              0 || No
        one       |            250 |              1 || No
        two       |            250 |              2 || Yes: more than one attempt at Step 1
    """)


def test_more_than_one_attempt_at_step_2_ck_is_low(spec: Spec) -> None:
    """Guide, Understand What “Low” Means: multiple attempts on Step 2 CK."""
    spec("""
        applicant | step2_ck_score | step2_ck_attempts || low_score
        none      |            250 |                 0 || No
        one       |            250 |                 1 || No
        two       |            250 |                 2 || Yes: more than one attempt at Step 2 CK
    """)


def test_attempts_at_step_3_make_no_low_score_case(spec: Spec) -> None:
    """Guide, Understand What “Low” Means names Step 1 and Step 2 CK only."""
    spec("""
        applicant | step2_ck_score | step3_attempts || low_score
        two       |            250 |              2 || No
    """)


def test_a_strong_step_3_lifts_low_scores_and_repeated_exams_only(spec: Spec) -> None:
    """Design, invite_rate: no lift for a sharp drop alone, which a higher Step 2 CK would end."""
    spec("""
        applicant | step1_score | step2_ck_score | step1_attempts || is_low_score | is_low_for_lift
        under     |             |            229 |                || yes          | yes
        on        |             |            230 |                || no           | no
        once      |             |            250 |              1 || no           | no
        twice     |             |            250 |              2 || yes          | yes
        drop      |         265 |            250 |                || yes          | no
    """)


def test_a_practice_score_makes_no_low_score_case(spec: Spec) -> None:
    """Design, low_score: from a real Step 2 CK only, neither its height nor a drop to it."""
    spec("""
        applicant | step1_score | practice_score || low_score | tier
        low       |             |            205 || No        | Steep climb
        far_under |         250 |            205 || No        | Steep climb
    """)


def test_blank_is_not_low(spec: Spec) -> None:
    """Design, The two input tables: blank is unknown, never no and never 0."""
    spec("""
        applicant | step1_score | step2_ck_score | step1_attempts | step2_ck_attempts || low_score
        blank     |             |                |                |                   || No
    """)


def test_every_reason_is_named(spec: Spec) -> None:
    """Design, The contract in the small: `Yes: ` and the reasons joined by `; `."""
    all_four = (
        "Yes: Step 2 CK below 230; sharp drop from Step 1 to Step 2 CK; "
        "more than one attempt at Step 1; more than one attempt at Step 2 CK"
    )
    spec(f"""
        applicant | step1_score | step2_ck_score | step1_attempts | step2_ck_attempts || low_score
        all       |         240 |            225 |              2 |                 3 || {all_four}
    """)
