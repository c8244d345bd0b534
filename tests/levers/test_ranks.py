"""The order of levers, and that nobody's levers depend on somebody else."""

import polars as pl
from polars.testing import assert_frame_equal
from tests.levers.conftest import engine

from stepladder import Result, refresh

GAINS = (
    "gain_target_chance_low",
    "gain_target_chance_high",
    "gain_list_value",
    "gain_interviews_low",
    "gain_interviews_high",
    "gain_eligible_programs",
    "gain_pmr_fit",
)
TAKES = ("takes_usd", "takes_months")


def test_ranks_follow_the_gains_then_what_is_taken(example: Result) -> None:
    """docs/levers.md: more gained first, then the cheaper, the quicker; a blank gain last."""
    assert example.levers is not None
    for _, levers in example.levers.group_by("applicant_id"):
        ranked = levers.filter(pl.col("feasible") == "Yes").sort("rank")
        assert ranked["rank"].to_list() == [*range(1, ranked.height + 1)]
        keys = [
            (
                *(-row[gain] if row[gain] is not None else float("inf") for gain in GAINS),
                *(row[taken] for taken in TAKES),
            )
            for row in ranked.to_dicts()
        ]
        assert keys == sorted(keys)


def test_what_is_too_late_has_no_rank_and_stands_last(example: Result) -> None:
    """Issue 9: feasible ones are ranked by gain."""
    assert example.levers is not None
    late = example.levers.filter(pl.col("feasible") == "No")
    assert late.height > 10
    assert late["rank"].null_count() == late.height
    for _, levers in example.levers.group_by("applicant_id", maintain_order=True):
        states = levers["feasible"].to_list()
        assert states == sorted(states, reverse=True)


def test_a_lever_does_not_depend_on_the_cohort(example: Result) -> None:
    """Each applicant's scenarios are planned beside everybody else's, and alone the same."""
    assert example.levers is not None
    inputs = [name for name in refresh.applicants_schema().by_name if name in example.applicants]
    some = ["A018", "A036", "A033"]
    people = example.applicants.select(inputs).filter(pl.col("applicant_id").is_in(some))
    alone = engine(people.sort("applicant_id", descending=True), with_levers=True).levers
    assert alone is not None
    assert_frame_equal(
        alone.sort("applicant_id", maintain_order=True),
        example.levers.filter(pl.col("applicant_id").is_in(some)).sort(
            "applicant_id", maintain_order=True
        ),
    )


def test_too_many_applicants_have_no_levers_in_a_workbook(example: Result) -> None:
    """docs/levers.md: the table is there and empty; nothing else differs."""
    inputs = [name for name in refresh.applicants_schema().by_name if name in example.applicants]
    people = example.applicants.filter(pl.col("tier").is_not_null()).select(inputs).head(3)
    within = engine(people, with_levers=True, levers_up_to=3)
    beyond = engine(people, with_levers=True, levers_up_to=2)
    assert within.levers is not None
    assert beyond.levers is not None
    assert within.levers.height > 3
    assert beyond.levers.height == 0
    assert beyond.levers.schema == within.levers.schema
    assert_frame_equal(within.applicants, beyond.applicants)
