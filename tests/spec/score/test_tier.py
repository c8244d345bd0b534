"""The tiers of Step 2 CK, and what they rest on (guide: Approximate Score Tiers for IMGs)."""

from collections.abc import Callable

Spec = Callable[..., None]


def test_the_best_tier_begins_at_250(spec: Spec) -> None:
    """Guide, Approximate Score Tiers: ≥ 250 is highly competitive, 249 is competitive."""
    spec("""
        applicant | step2_ck_score || tier
        under     |            249 || Competitive
        on        |            250 || Highly competitive
        over      |            251 || Highly competitive
        top       |            300 || Highly competitive
    """)


def test_competitive_begins_at_240(spec: Spec) -> None:
    """Guide, Approximate Score Tiers: 240–249."""
    spec("""
        applicant | step2_ck_score || tier
        under     |            239 || Targeted
        on        |            240 || Competitive
        over      |            241 || Competitive
    """)


def test_targeted_begins_at_230(spec: Spec) -> None:
    """Guide, Approximate Score Tiers: 230–239, potentially competitive with targeted strategy."""
    spec("""
        applicant | step2_ck_score || tier
        under     |            229 || Challenging
        on        |            230 || Targeted
        over      |            231 || Targeted
    """)


def test_challenging_begins_at_220(spec: Spec) -> None:
    """Guide, Approximate Score Tiers: 220–229 is challenging but possible."""
    spec("""
        applicant | step2_ck_score || tier
        under     |            219 || Steep climb
        on        |            220 || Challenging
        over      |            221 || Challenging
    """)


def test_the_guides_225_is_challenging(spec: Spec) -> None:
    """Guide, Approximate Score Tiers: 225 lies in the low Step score match zone."""
    spec("""
        applicant | step2_ck_score || tier
        guide     |            225 || Challenging
    """)


def test_the_lowest_tier_reaches_down_to_the_end_of_the_scale(spec: Spec) -> None:
    """Domain, Exams: the scale is 1–300; every score has a tier."""
    spec("""
        applicant | step2_ck_score || tier        | tier_basis
        lowest    |              1 || Steep climb | Step 2 CK
    """)


def test_without_step_2_ck_the_practice_score_decides(spec: Spec) -> None:
    """Design, tier: no score yet, from practice_score, at the same limits."""
    spec("""
        applicant | practice_score || tier               | tier_basis
        a         |            250 || Highly competitive | Practice score
        b         |            249 || Competitive        | Practice score
        c         |            240 || Competitive        | Practice score
        d         |            239 || Targeted           | Practice score
        e         |            230 || Targeted           | Practice score
        f         |            229 || Challenging        | Practice score
        g         |            220 || Challenging        | Practice score
        h         |            219 || Steep climb        | Practice score
    """)


def test_the_guides_practice_score_of_230_is_targeted(spec: Spec) -> None:
    """Guide, NBME and practice exams: 230+ is worth sitting for, low 220s are not yet."""
    spec("""
        applicant | practice_score || tier        | tier_basis
        sits      |            230 || Targeted    | Practice score
        delays    |            222 || Challenging | Practice score
    """)


def test_step_2_ck_counts_before_a_practice_score(spec: Spec) -> None:
    """Design, tier: a real score decides, whether the practice score is better or worse."""
    spec("""
        applicant | step2_ck_score | practice_score || tier        | tier_basis | tier_score
        better    |            225 |            255 || Challenging | Step 2 CK  |        225
        worse     |            255 |            225 || Highly competitive | Step 2 CK | 255
    """)


def test_without_any_score_the_tier_is_pending(spec: Spec) -> None:
    """Design, tier: neither score is Pending, never the lowest tier, whatever else is on file."""
    spec("""
        applicant | step1_score | step2_ck_date | step3_score || tier    | tier_basis | tier_score
        nothing   |             |               |             || Pending | Pending    |
        booked    |         240 |    2026-10-01 |         250 || Pending | Pending    |
    """)
