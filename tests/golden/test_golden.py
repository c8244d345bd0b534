"""The example cohort's results are the kept ones; `python -m tests.golden` renews them."""

import pytest
from tests.golden.example import KEPT, LISTED, RENEW, first_difference, kept, renewed


@pytest.fixture(scope="module")
def today() -> dict[str, str]:
    """The results as the command writes them today."""
    return renewed()


@pytest.mark.parametrize("name", KEPT)
def test_results_are_as_they_were(today: dict[str, str], name: str) -> None:
    """Output columns: the same input, rulebook and date give the same bytes."""
    change = first_difference(name, kept(name), today[name])
    if change:
        pytest.fail(f"{change}. If that is meant: {RENEW}, and say why in CHANGELOG.md.")


@pytest.mark.parametrize("applicant", LISTED)
def test_each_kept_list_has_rows(applicant: str) -> None:
    """A list that is empty would keep nothing."""
    assert f"\n{applicant},1," in kept("shortlist.csv")


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("id,tier\r\nA1,Low\r\n", None),
        ("id,tier\r\nA1,High\r\n", "x.csv, row 1 (A1), column tier: was “Low”, is “High”"),
        ("id,tier\r\nA1,Low,more\r\n", "x.csv, row 1: was 2 cells, is 3"),
        ("id,tier\r\n", "x.csv: was 2 rows, is 1"),
        ("id,tier\nA1,Low\n", "x.csv: line ends, quotation marks or the BOM differ"),
    ],
)
def test_the_first_difference_is_named(now: str, told: str | None) -> None:
    """A person sees the cell, not two files."""
    assert first_difference("x.csv", "id,tier\r\nA1,Low\r\n", now) == told
