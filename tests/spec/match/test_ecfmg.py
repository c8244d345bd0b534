"""The screen “ECFMG certificate” (design: eligibility)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_a_certificate_wanted_at_application(match_spec: MatchSpec) -> None:
    """Design, eligibility: ECFMG Expected is not yet, so Unknown; an entered No is a Fail."""
    match_spec("""
        pair     | ecfmg_certified | p.ecfmg_required_to_apply || eligibility | fails | asks
        yes      | Yes             | Yes                       || Eligible    |       |
        expected | Expected        | Yes                       || Verify      |       | ecfmg
        no       | No              | Yes                       || Ineligible  | ecfmg |
        blank    |                 | Yes                       || Verify      |       | ecfmg
    """)


def test_a_certificate_not_wanted_at_application(match_spec: MatchSpec) -> None:
    """Design, eligibility: the program states that it can come later."""
    match_spec("""
        pair     | ecfmg_certified | p.ecfmg_required_to_apply || eligibility | fails | asks
        yes      | Yes             | No                        || Eligible    |       |
        expected | Expected        | No                        || Eligible    |       |
        no       | No              | No                        || Eligible    |       |
        blank    |                 | No                        || Eligible    |       |
    """)


def test_a_blank_requirement_matters_only_without_the_certificate(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to the certificate only if the applicant has none."""
    match_spec("""
        pair     | ecfmg_certified | p.ecfmg_required_to_apply || eligibility | fails | asks
        yes      | Yes             |                           || Eligible    |       |
        expected | Expected        |                           || Verify      |       | ecfmg_policy
        no       | No              |                           || Verify      |       | ecfmg_policy
    """)
