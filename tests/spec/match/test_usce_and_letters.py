"""The screens “USCE months” and “PM&R letters” (design: eligibility)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_usce_from_the_minimum_on_passes(match_spec: MatchSpec) -> None:
    """Design, eligibility: USCE months, on both sides of 3."""
    match_spec("""
        pair  | usce_months | p.min_usce_months || eligibility | fails
        none  |           0 |                 3 || Ineligible  | usce
        under |           2 |                 3 || Ineligible  | usce
        on    |           3 |                 3 || Eligible    |
        over  |           4 |                 3 || Eligible    |
    """)


def test_letters_from_the_minimum_on_pass(match_spec: MatchSpec) -> None:
    """Design, eligibility: PM&R letters, on both sides of 2."""
    match_spec("""
        pair  | letters_us_physiatrist | p.min_pmr_letters || eligibility | fails
        none  |                      0 |                 2 || Ineligible  | letters
        under |                      1 |                 2 || Ineligible  | letters
        on    |                      2 |                 2 || Eligible    |
        over  |                      3 |                 2 || Eligible    |
    """)


def test_letters_of_others_are_no_physiatrist_letters(match_spec: MatchSpec) -> None:
    """Design, programs: min_pmr_letters asks for letters from physiatrists, not for any."""
    match_spec("""
        pair   | letters_total | letters_us_physiatrist | p.min_pmr_letters || eligibility | fails
        others |             4 |                      1 |                 2 || Ineligible  | letters
    """)


def test_a_stated_minimum_of_none_asks_nothing(match_spec: MatchSpec) -> None:
    """Schema, min_usce_months and min_pmr_letters: 0 says that none is asked for."""
    match_spec("""
        pair  | usce_months | letters_us_physiatrist | p.min_usce_months | p.min_pmr_letters || eligibility
        zero  |           0 |                      0 |                 0 |                 0 || Eligible
        blank |             |                        |                 0 |                 0 || Eligible
    """)  # noqa: E501 - one row shows both screens


def test_usce_not_entered_is_asked_for_where_some_is_wanted(match_spec: MatchSpec) -> None:
    """Design, The two input tables: blank is never read as 0, so it is Unknown, not Fail."""
    match_spec("""
        pair | usce_months | p.min_usce_months || eligibility | fails | asks
        none |             |                 0 || Eligible    |       |
        one  |             |                 1 || Verify      |       | usce
    """)


def test_letters_not_entered_are_asked_for_where_some_are_wanted(match_spec: MatchSpec) -> None:
    """Design, The two input tables: blank is never read as 0, so it is Unknown, not Fail."""
    match_spec("""
        pair | letters_us_physiatrist | p.min_pmr_letters || eligibility | fails | asks
        none |                        |                 0 || Eligible    |       |
        one  |                        |                 1 || Verify      |       | letters
    """)


def test_a_usce_minimum_not_on_file_matters_only_without_any(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to USCE only if the applicant has none; blank is not none."""
    match_spec("""
        pair  | usce_months | p.min_usce_months || eligibility | asks
        none  |           0 |                   || Verify      | usce_policy
        one   |           1 |                   || Eligible    |
        blank |             |                   || Eligible    |
    """)


def test_a_letters_minimum_not_on_file_matters_only_without_any(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to letters only if the applicant has none; blank is not none."""
    match_spec("""
        pair  | letters_us_physiatrist | p.min_pmr_letters || eligibility | asks
        none  |                      0 |                   || Verify      | letters_policy
        one   |                      1 |                   || Eligible    |
        blank |                        |                   || Eligible    |
    """)
