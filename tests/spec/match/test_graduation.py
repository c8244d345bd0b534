"""The screen “years since graduation” (design: eligibility)."""

from collections.abc import Callable

MatchSpec = Callable[..., None]


def test_years_up_to_the_limit_pass(match_spec: MatchSpec) -> None:
    """Design, eligibility: years = season − graduation_year; 2027 − 2022 = 5."""
    match_spec("""
        pair  | graduation_year | p.max_years_since_graduation || eligibility | fails
        under |            2023 |                            5 || Eligible    |
        on    |            2022 |                            5 || Eligible    |
        over  |            2021 |                            5 || Ineligible  | graduation
    """)


def test_years_count_to_the_rows_own_season(match_spec: MatchSpec) -> None:
    """Design, eligibility: years = season − graduation_year; 2028 − 2022 = 6."""
    match_spec("""
        pair    | season | graduation_year | p.max_years_since_graduation || eligibility
        earlier |   2026 |            2022 |                            5 || Eligible
        this    |   2027 |            2022 |                            5 || Eligible
        later   |   2028 |            2022 |                            5 || Ineligible
    """)


def test_a_limit_of_no_years_takes_this_seasons_graduates(match_spec: MatchSpec) -> None:
    """Schema, max_years_since_graduation: 0 is a limit, not a blank."""
    match_spec("""
        pair | graduation_year | p.max_years_since_graduation || eligibility | fails
        now  |            2027 |                            0 || Eligible    |
        year |            2026 |                            0 || Ineligible  | graduation
    """)


def test_a_limit_not_on_file_matters_above_five_years(match_spec: MatchSpec) -> None:
    """Design, eligibility: exposed to a limit of years if > 5."""
    match_spec("""
        pair | graduation_year | p.max_years_since_graduation || eligibility | asks
        five |            2022 |                              || Eligible    |
        six  |            2021 |                              || Verify      | graduation_limit
    """)
