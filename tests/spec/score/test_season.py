"""Each applicant's season with its days, signals and fees (domain: Season; design: Commands)."""

from collections.abc import Callable
from datetime import date

import pytest

from stepladder.rulebook import first_open_season, load_rulebook, next_season, season
from stepladder.rulebook.policy import FeeStep, Policy

Spec = Callable[..., None]

FEES_2024 = (
    FeeStep(10, 0, 99),
    FeeStep(20, 19, None),
    FeeStep(30, 23, None),
    FeeStep(None, 27, None),
)
FEES_2025 = (FeeStep(30, 11, None), FeeStep(None, 30, None))


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The shipped policy."""
    return load_rulebook().policy


def test_a_row_has_its_own_season(spec: Spec) -> None:
    """Design, Commands: a row's own `season`, else the assumed one."""
    spec(
        """
        applicant | season || planning_season
        own       |   2026 ||            2026
        later     |   2028 ||            2028
        blank     |        ||            2027
        """,
        assumed=2027,
    )


def test_the_assumed_season_is_for_rows_without_one(spec: Spec) -> None:
    """Design, Commands: the first season whose review day is not past is assumed."""
    spec(
        """
        applicant | season || planning_season
        own       |   2027 ||            2027
        blank     |        ||            2028
        """,
        assumed=2028,
    )


def test_the_season_asked_for_overrides_the_rows(spec: Spec) -> None:
    """Design, Commands: `--season` overrides the rows."""
    spec(
        """
        applicant | season || planning_season | review_day
        own       |   2027 ||            2026 | 2025-09-24
        blank     |        ||            2026 | 2025-09-24
        """,
        season=2026,
    )


def test_the_days_and_signals_of_the_seasons_in_the_table(spec: Spec) -> None:
    """Domain, Season: ERAS days; signals 8 in season 2025, 20 since."""
    spec("""
        applicant | season || submit_day | review_day | season_ends | season_signals
        a         |   2025 || 2024-09-04 | 2024-09-25 |  2025-05-31 |              8
        b         |   2026 || 2025-09-03 | 2025-09-24 |  2026-05-31 |             20
        c         |   2027 || 2026-09-02 | 2026-09-23 |  2027-05-31 |             20
        d         |   2028 || 2027-09-02 | 2027-09-23 |  2028-05-31 |             20
    """)


def test_a_season_beyond_the_table_carries_over_from_the_nearest(spec: Spec) -> None:
    """Design, Commands: calendar and signals of the nearest known season, moved by whole years."""
    spec("""
        applicant | season || submit_day | review_day | season_ends | season_signals
        before    |   2023 || 2022-09-04 | 2022-09-25 |  2023-05-31 |              8
        just      |   2024 || 2023-09-04 | 2023-09-25 |  2024-05-31 |              8
        after     |   2029 || 2028-09-02 | 2028-09-23 |  2029-05-31 |             20
        long      |   2031 || 2030-09-02 | 2030-09-23 |  2031-05-31 |             20
    """)


@pytest.mark.parametrize(
    ("year", "carried_from"),
    [
        (2023, 2025),
        (2024, 2025),
        (2025, None),
        (2026, None),
        (2027, None),
        (2028, None),
        (2029, 2028),
        (2031, 2028),
    ],
)
def test_a_season_says_what_it_carries_over(
    policy: Policy, year: int, carried_from: int | None
) -> None:
    """Design, Commands: a season that is not in the table carries over, with a query."""
    assert season(policy, year).carried_from == carried_from


@pytest.mark.parametrize(
    ("year", "fees"),
    [
        (2023, FEES_2024),
        (2024, FEES_2024),
        (2025, FEES_2025),
        (2026, FEES_2025),
        (2027, FEES_2025),
        (2028, FEES_2025),
        (2031, FEES_2025),
    ],
)
def test_fees_go_by_season(policy: Policy, year: int, fees: tuple[FeeStep, ...]) -> None:
    """Domain, Season: $99 for ten, then $19, $23, $27 in 2024; $11 to 30, then $30 since."""
    assert season(policy, year).fees == fees


def test_the_later_of_two_equally_near_seasons_is_carried_over(policy: Policy) -> None:
    """Design, Commands: the nearest known one; of two, the one whose rules are newer."""
    signals = policy.signals._replace(number={2024: 8, 2026: 20})
    assert season(policy._replace(signals=signals), 2025).signals == 20


def with_last_day(policy: Policy, last_day: date) -> Policy:
    """The policy with another last day of season 2028."""
    ends = {**policy.calendar.ends, 2028: last_day}
    return policy._replace(calendar=policy.calendar._replace(ends=ends))


def test_a_leap_day_stands_in_its_own_season(policy: Policy) -> None:
    """Design, Commands: only a season that is not in the table is carried over."""
    leap = with_last_day(policy, date(2028, 2, 29))
    assert season(leap, 2028).ends == date(2028, 2, 29)


@pytest.mark.parametrize("year", [2029, 2030, 2031])
def test_a_leap_day_carries_over_as_the_last_of_february(policy: Policy, year: int) -> None:
    """Design, Commands: moved by whole years; 29 February is the 28th where there is none."""
    leap = with_last_day(policy, date(2028, 2, 29))
    assert season(leap, year).ends == date(year, 2, 28)


def test_the_next_season_is_the_one_whose_review_day_is_not_past(policy: Policy) -> None:
    """Design, Commands: the review day itself still counts, the day after does not."""
    assert next_season(policy, date(2026, 9, 22)) == 2027
    assert next_season(policy, date(2026, 9, 23)) == 2027
    assert next_season(policy, date(2026, 9, 24)) == 2028


def test_a_season_is_open_until_it_ends(policy: Policy) -> None:
    """domain.md, Season: 2027 is under way until 2027-05-31, also once 2028 is planned for."""
    assert first_open_season(policy, date(2026, 5, 31)) == 2026
    assert first_open_season(policy, date(2026, 6, 1)) == 2027
    assert first_open_season(policy, date(2026, 12, 1)) == 2027
    assert first_open_season(policy, date(2027, 5, 31)) == 2027
    assert first_open_season(policy, date(2027, 6, 1)) == 2028


@pytest.mark.parametrize(
    ("as_of", "year"),
    [
        (date(2024, 9, 25), 2025),
        (date(2024, 9, 26), 2026),
        (date(2025, 9, 24), 2026),
        (date(2025, 9, 25), 2027),
        (date(2027, 9, 23), 2028),
        (date(2027, 9, 24), 2029),
        (date(2030, 9, 23), 2031),
        (date(2030, 9, 24), 2032),
    ],
)
def test_the_next_season_goes_on_beyond_the_table(policy: Policy, as_of: date, year: int) -> None:
    """Design, Commands: on and after each review day, also of seasons carried over."""
    assert next_season(policy, as_of) == year


def test_the_next_season_may_lie_before_the_table(policy: Policy) -> None:
    """Design, Commands: the first season not past, here 2024, whose days carry over from 2025."""
    assert next_season(policy, date(2023, 9, 25)) == 2024
