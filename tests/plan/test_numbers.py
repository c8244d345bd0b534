"""The numbers alone, as levers ask for them by the hundred: those of the whole plan."""

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from stepladder.match import classes
from stepladder.plan import ListBy, Numbers, Planned, Wanted, lists, numbers
from stepladder.rulebook import Policy

AS_OF = date(2026, 6, 1)
Both = tuple[Numbers, Planned]


@pytest.fixture(scope="module", params=["best", "rate"])
def both(
    request: pytest.FixtureRequest, staged: tuple[pl.DataFrame, pl.DataFrame], policy: Policy
) -> Both:
    """The numbers of a cohort of two seasons, and its whole plan."""
    list_by: ListBy = request.param
    asked = (*staged, classes(*staged, policy, AS_OF), policy, AS_OF)
    return numbers(*asked, list_by), lists(*asked, Wanted(list_by, frozenset({"curve"})))


def test_suggestions_have_the_numbers_of_the_plan(both: Both) -> None:
    """Applications, cost, interviews and programs, in the order of the rows."""
    found, planned = both
    assert found.suggestions["suggested_applications"].n_unique() > 10
    assert_frame_equal(found.suggestions, planned.suggestions.select(found.suggestions.columns))


def test_every_size_told_has_the_chances_and_the_worth_of_the_curve(both: Both) -> None:
    """Of the sizes that could be suggested at least; sizes beside them may be left out."""
    found, planned = both
    size = ["row", "applications"]
    kept = planned.curve.join(found.curve, on=size, how="semi", maintain_order="left")
    assert_frame_equal(found.curve, kept.select(found.curve.columns), abs_tol=1e-12)
    suggested = found.suggestions.filter(pl.col("suggested_applications") > 0)
    told = suggested.join(
        found.curve, left_on=["row", "suggested_applications"], right_on=size, how="anti"
    )
    assert told.is_empty()
    assert suggested.height > 20


def test_both_lists_have_a_curve_over_the_same_sizes(
    staged: tuple[pl.DataFrame, pl.DataFrame], policy: Policy
) -> None:
    """The plan, curve: from the musts to the largest list that could be suggested."""
    asked = (*staged, classes(*staged, policy, AS_OF), policy, AS_OF)
    best, by_rate = (
        lists(*asked, Wanted(list_by, frozenset({"curve"}))).curve.select("row", "applications")
        for list_by in ("best", "rate")
    )
    assert_frame_equal(by_rate, best)
    least = best.group_by("row").agg(pl.min("applications"))
    assert not least.filter(pl.col("applications") > 1).is_empty()
