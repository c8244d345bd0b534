"""The numbers alone, as levers ask for them by the hundred: those of the whole plan."""

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from stepladder import refresh, shipped
from stepladder.match import classes
from stepladder.plan import ListBy, Numbers, Planned, Wanted, lists, numbers
from stepladder.rulebook import load_rulebook

AS_OF = date(2026, 6, 1)
Both = tuple[Numbers, Planned]


@pytest.fixture(scope="module", params=["best", "rate"])
def both(request: pytest.FixtureRequest) -> Both:
    """The numbers of half of the example cohort, of two seasons, and its whole plan."""
    list_by: ListBy = request.param
    settings = refresh.Settings(load_rulebook(), AS_OF)
    policy, facts = settings.rulebook.policy, refresh.facts_of(settings)
    typed = (
        refresh.validate(
            read(shipped.workbooks() / f"example-{name}-fictional.csv"), schema(), facts
        ).frame.filter(~pl.col("has_error"))
        for name, read, schema in (
            ("applicants", refresh.read_applicants, refresh.applicants_schema),
            ("programs", refresh.read_programs, refresh.programs_schema),
        )
    )
    people, offered = next(typed)[::2], next(typed).sort("program_id")
    later = pl.when(pl.int_range(pl.len()) % 3 == 0).then(2028).otherwise("season").alias("season")
    scored = refresh.scored_rows(people.with_columns(later), settings)
    asked = (scored, offered, classes(scored, offered, policy, AS_OF), policy, AS_OF)
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
