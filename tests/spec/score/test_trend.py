"""The change from Step 1 to Step 2 CK (guide: What PM&R Programs Look For)."""

from collections.abc import Callable

Spec = Callable[..., None]


def test_the_guides_examples_are_strong_rises(spec: Spec) -> None:
    """Guide, Prioritize a Strong Upward Trend: 210 to 238; When to Take Step 2 CK: 215 to 240+."""
    spec("""
        applicant | step1_score | step2_ck_score || step_delta | trend
        upward    |         210 |            238 ||         28 | Strong rise
        reframed  |         215 |            240 ||         25 | Strong rise
    """)


def test_a_strong_rise_begins_at_20_points(spec: Spec) -> None:
    """Design, trend: ≥ +20 is a strong rise, +19 a rise."""
    spec("""
        applicant | step1_score | step2_ck_score || step_delta | trend
        under     |         220 |            239 ||         19 | Rise
        on        |         220 |            240 ||         20 | Strong rise
        over      |         220 |            241 ||         21 | Strong rise
    """)


def test_a_rise_begins_at_10_points(spec: Spec) -> None:
    """Design, trend: +10…+19 is a rise, +9 steady."""
    spec("""
        applicant | step1_score | step2_ck_score || step_delta | trend
        under     |         220 |            229 ||          9 | Steady
        on        |         220 |            230 ||         10 | Rise
        over      |         220 |            231 ||         11 | Rise
    """)


def test_a_drop_begins_at_5_points(spec: Spec) -> None:
    """Design, trend: −4 is steady, −5 a drop."""
    spec("""
        applicant | step1_score | step2_ck_score || step_delta | trend
        level     |         240 |            240 ||          0 | Steady
        less      |         240 |            236 ||         -4 | Steady
        on        |         240 |            235 ||         -5 | Drop
        over      |         240 |            234 ||         -6 | Drop
    """)


def test_a_sharp_drop_begins_at_15_points(spec: Spec) -> None:
    """Design, trend: −14 is a drop, −15 a sharp drop."""
    spec("""
        applicant | step1_score | step2_ck_score || step_delta | trend
        less      |         250 |            236 ||        -14 | Drop
        on        |         250 |            235 ||        -15 | Sharp drop
        over      |         250 |            234 ||        -16 | Sharp drop
    """)


def test_a_trend_needs_two_numbers(spec: Spec) -> None:
    """Design, trend: both numeric, otherwise not assessable; a pass is no number."""
    spec("""
        applicant | step1_result | step1_score | step2_ck_score || step_delta | trend
        pass      | Pass         |             |            240 ||            | Not assessable
        no_ck     | Pass         |         240 |                ||            | Not assessable
        neither   |              |             |                ||            | Not assessable
    """)


def test_a_practice_score_makes_no_trend(spec: Spec) -> None:
    """Design, trend: Step 2 CK − Step 1; a prediction is no Step 2 CK."""
    spec("""
        applicant | step1_score | practice_score || step_delta | trend
        predicted |         210 |            240 ||            | Not assessable
    """)
