"""A column of days as typed in; dates, and what is told about them, out."""

from collections.abc import Callable

from stepladder.validate import Validated

Spec = Callable[..., None]


def test_days_that_can_only_be_one_day_are_silent(spec: Spec) -> None:
    """Year first, or the month by name; a midnight that Excel adds says nothing."""
    spec("""
        step1_date          || step1_date | finding
        2019-05-01          || 2019-05-01 |
        2019/5/1            || 2019-05-01 |
        2019-05-01 00:00:00 || 2019-05-01 |
        2019-05-01T00:00:00 || 2019-05-01 |
        1 May 2019          || 2019-05-01 |
        1st May 2019        || 2019-05-01 |
        May 1, 2019         || 2019-05-01 |
        1-May-2019          || 2019-05-01 |
        Sept 1 2019         || 2019-09-01 |
        ␠2019-05-01         || 2019-05-01 |
    """)


def test_generous_readings_are_told(spec: Spec) -> None:
    """Excel serials, two-digit years, eight digits in a row and times of day."""
    spec("""
        step1_date       || step1_date | finding
        43586            || 2019-05-01 | read_as_date
        1-May-19         || 2019-05-01 | read_as_date
        20190501         || 2019-05-01 | read_as_date
        2019-05-01 13:30 || 2019-05-01 | read_as_date
    """)


def test_what_is_no_day_is_not_read(spec: Spec) -> None:
    """A month or a year alone, a day that no calendar has, or words."""
    spec("""
        step1_date || step1_date | finding
        May 2019   ||            | unreadable
        2019       ||            | unreadable
        2019-02-29 ||            | unreadable
        31/02/2019 ||            | unreadable
        Mayor 1 19 ||            | unreadable
        last May   ||            | unreadable
    """)


def test_serials_are_read_within_their_limits_only(spec: Spec) -> None:
    """20000 is a day in 1954 and 80000 one in 2119, both told apart from five digits beyond."""
    spec(
        """
        verified_on || verified_on | finding
        19999       ||             | unreadable
        20000       ||             | out_of_limits
        33000       || 1990-05-07  | read_as_date
        80000       ||             | out_of_limits
        80001       ||             | unreadable
    """,
        schema="programs",
    )


def test_two_digit_years_turn_over_at_thirty(spec: Spec) -> None:
    """30 is 2030, and 90 is 1990, as Excel reads them."""
    spec(
        """
        verified_on || verified_on | finding
        1-May-30    || 2030-05-01  | read_as_date
        1-May-90    || 1990-05-01  | read_as_date
        1-May-31    ||             | out_of_limits
    """,
        schema="programs",
    )


def test_a_day_over_twelve_proves_that_the_day_comes_first(spec: Spec) -> None:
    """One cell proves the order of its whole column, whatever its separator."""
    spec("""
        step1_date || step1_date | finding
        4/5/2019   || 2019-05-04 |
        13.5.2019  || 2019-05-13 |
        4-5-2019   || 2019-05-04 |
    """)


def test_a_second_part_over_twelve_proves_that_the_month_comes_first(spec: Spec) -> None:
    """Then the whole column is read month first, in silence."""
    spec("""
        step1_date || step1_date | finding
        4/5/2019   || 2019-04-05 |
        5/13/2019  || 2019-05-13 |
    """)


def test_without_a_proof_the_month_comes_first_and_is_told(spec: Spec) -> None:
    """Each cell is queried, but for one that is the same day in either order."""
    spec("""
        step1_date || step1_date | finding            | severity
        4/5/2019   || 2019-04-05 | date_order_assumed | Query
        3/3/2019   || 2019-03-03 |                    |
        4/5/19     || 2019-04-05 | date_order_assumed | Query
    """)


def test_proofs_both_ways_make_every_such_cell_an_error(read: Callable[..., Validated]) -> None:
    """The message names one cell of each order; other days of the column are read."""
    result = read("""
        applicant_id | img_status | graduation_year | step1_date
        a            | US IMG     | 2020            | 2019-05-01
        b            | US IMG     | 2020            | 4/13/2019
        c            | US IMG     | 2020            | 13/4/2019
        d            | US IMG     | 2020            | 4/5/2019
    """)
    mixed = result.findings.select("cell", "code", "severity").rows()
    assert mixed == [(cell, "mixed_date_orders", "Error") for cell in ("D3", "D4", "D5")]
    assert "D3 puts the month first, D4 the day" in result.findings["message"][2]
    assert result.frame["step1_date"].null_count() == 3


def test_another_column_proves_nothing(spec: Spec) -> None:
    """Order is proved per column, since exports and typed columns stand side by side."""
    spec("""
        step1_date | step3_date || step1_date | finding
        4/5/2019   | 13/5/2024  || 2019-04-05 | date_order_assumed
        4/5/2019   | 13/5/2024  || 2019-04-05 | date_order_assumed
    """)
