"""Laws of the plan, whatever the cohort: order, repetition, money, and slices change nothing."""

from dataclasses import replace
from datetime import date
from random import Random
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from stepladder import Result, refresh, shipped
from stepladder.books import TextTable, text_table
from stepladder.rulebook import load_rulebook

AS_OF = date(2026, 6, 1)
IDS = tuple(f"P{number}" for number in range(1, 8))
FRAMES = ("shortlist", "plan", "curve")
COMPUTED = list(refresh.computed_titles())

Row = dict[str, str | int | None]

RULES = refresh.Settings(load_rulebook(None), AS_OF)

quick = settings(max_examples=10)
"""Few examples, each a cohort: a run takes as long for eight applicants as for one."""


def some_of(values: tuple[str, ...], most: int) -> st.SearchStrategy[str | None]:
    """A list of different values as a cell holds it."""
    listed = st.lists(st.sampled_from(values), max_size=most, unique=True)
    return listed.map(lambda names: "; ".join(names) or None)


@st.composite
def applicants(draw: st.DrawFn, most: int = 8) -> list[Row]:
    """Applicants of every tier and none, with limits, wishes and locks."""
    rows: list[Row] = []
    for number in range(draw(st.integers(1, most))):
        locks = draw(st.lists(st.sampled_from(IDS), max_size=5, unique=True))
        cut = draw(st.integers(0, len(locks)))
        rows.append(
            {
                "applicant_id": f"A{number}",
                "img_status": draw(st.sampled_from(["US IMG", "Non-US IMG"])),
                "graduation_year": 2024,
                "season": draw(st.sampled_from([None, None, None, 2025])),
                "step2_ck_score": draw(st.none() | st.integers(205, 270)),
                "step2_ck_attempts": draw(st.sampled_from([None, 1, 2])),
                "practice_score": draw(st.none() | st.integers(205, 270)),
                "budget_usd": draw(st.none() | st.integers(0, 100)),
                "max_applications": draw(st.none() | st.integers(0, 9)),
                "preferred_states": draw(some_of(("NY", "OH"), 2)),
                "rotated_program_ids": draw(some_of(IDS, 3)),
                "must_program_ids": "; ".join(locks[:cut]) or None,
                "never_program_ids": "; ".join(locks[cut:]) or None,
            }
        )
    return rows


@st.composite
def programs(draw: st.DrawFn) -> list[Row]:
    """Up to seven programs in any order, many alike, some at one institution."""
    return [
        {
            "program_id": name,
            "program_name": name,
            "institution": draw(st.sampled_from([None, "Lark", "Wren"])),
            "state": draw(st.sampled_from([None, "NY", "OH"])),
            "setting": draw(st.sampled_from([None, "Community", "University"])),
            "track": draw(st.sampled_from([None, "Categorical", "Advanced"])),
            "considers_img": draw(st.sampled_from([None, "Yes", "Yes", "No"])),
            "non_us_img_pct": draw(st.sampled_from([None, 0, 20])),
            "takes_signals": draw(st.sampled_from([None, "Yes", "No"])),
        }
        for name in draw(st.lists(st.sampled_from(IDS), min_size=1, unique=True))
    ]


def frame(rows: list[Row]) -> pl.DataFrame:
    """The rows, with types by all of them."""
    return pl.DataFrame(rows, infer_schema_length=None)


def planned(people: list[Row] | pl.DataFrame, offered: list[Row]) -> Result:
    """Plan rows or a frame of applicants, with the rulebook read once for all of them."""
    table = frame(people) if isinstance(people, list) else people
    return refresh.refresh(
        text_table(table, "applicants"), text_table(frame(offered), "programs"), RULES
    )


def of_each(result: Result) -> list[pl.DataFrame]:
    """Everything planned, by applicant, in an order of its own."""
    return [
        result.applicants.select("applicant_id", *COMPUTED).sort("applicant_id"),
        *(getattr(result, name).sort("applicant_id", maintain_order=True) for name in FRAMES),
    ]


def assert_same_plans(one: Result, other: Result) -> None:
    """Every applicant has the same columns, shortlist, actions and curve in both."""
    for left, right in zip(of_each(one), of_each(other), strict=True):
        assert_frame_equal(left, right, check_exact=True)


@quick
@given(applicants(), programs())
def test_planning_twice_changes_nothing(people: list[Row], offered: list[Row]) -> None:
    """Same input, same output: the results, given back as the input, are found again."""
    once = planned(people, offered)
    assert_same_plans(planned(once.applicants, offered), once)


@quick
@given(applicants(), programs(), st.randoms(use_true_random=False))
def test_the_order_of_applicants_changes_no_plan(
    people: list[Row], offered: list[Row], random: Random
) -> None:
    """Rows are matched by id, never by position: who stands above whom does not matter."""
    shuffled = random.sample(people, len(people))
    assert_same_plans(planned(shuffled, offered), planned(people, offered))


@quick
@given(applicants(), programs(), st.randoms(use_true_random=False))
def test_the_order_of_programs_changes_no_plan(
    people: list[Row], offered: list[Row], random: Random
) -> None:
    """The plan, The list: ties go by program_id, so a sorted program table gives the same plan."""
    shuffled = random.sample(offered, len(offered))
    assert_same_plans(planned(people, shuffled), planned(people, offered))


@quick
@given(applicants(), programs())
def test_company_changes_no_plan(people: list[Row], offered: list[Row]) -> None:
    """Same input, same output: an applicant planned alone gets what the cohort's plan says."""
    together = of_each(planned(people, offered))
    who = people[0]["applicant_id"]
    alone = of_each(planned(people[:1], offered))
    for left, right in zip(alone, together, strict=True):
        assert_frame_equal(left, right.filter(pl.col("applicant_id") == who), check_exact=True)


@pytest.mark.parametrize("column", ["budget_usd", "max_applications"])
@quick
@given(people=applicants(most=1), offered=programs())
def test_a_larger_limit_never_lowers_the_number(
    column: str, people: list[Row], offered: list[Row]
) -> None:
    """The plan, suggested_applications: from nothing to plenty, and then without a limit."""
    limits = [*range(0, 100, 9), None]
    alike = [
        {**people[0], "applicant_id": f"A{place:02}", column: limit}
        for place, limit in enumerate(limits)
    ]
    numbers = planned(alike, offered).applicants["suggested_applications"]
    assert numbers.drop_nulls().is_sorted()


@quick
@given(applicants(), programs())
def test_the_value_of_the_list_never_falls(people: list[Row], offered: list[Row]) -> None:
    """The plan, The list: one application more is worth no less."""
    curve = planned(people, offered).curve
    gained = curve.select(pl.col("list_value").diff().over("applicant_id")).to_series()
    assert (gained.drop_nulls() >= 0).all()


@quick
@given(applicants(), programs())
def test_only_must_passes_a_limit(people: list[Row], offered: list[Row]) -> None:
    """The plan, suggested_applications: cost and number keep the limits unless a query says so."""
    result = planned(people, offered)
    passed = {
        code: set(result.findings.filter(pl.col("code") == code)["applicant_id"])
        for code in ("must_passes_budget", "must_passes_maximum")
    }
    for row in result.applicants.drop_nulls("suggested_applications").iter_rows(named=True):
        number, cost = row["suggested_applications"], row["application_cost_usd"]
        assert number <= row["eligible_programs"] + row["programs_to_verify"]
        if row["budget_usd"] is not None:
            assert (cost > row["budget_usd"]) == (
                row["applicant_id"] in passed["must_passes_budget"]
            )
        if row["max_applications"] is not None:
            over = number > row["max_applications"]
            assert over == (row["applicant_id"] in passed["must_passes_maximum"])


@quick
@given(applicants(), programs())
def test_the_locks_hold(people: list[Row], offered: list[Row]) -> None:
    """The plan, Locks: every must-program is listed unless a query names it, no never-program."""
    result = planned(people, offered)
    listed = {
        key: set(rows["program_id"]) for (key,), rows in result.shortlist.group_by("applicant_id")
    }
    shut_out = result.findings.filter(pl.col("code") == "must_is_ineligible")
    known = {row["program_id"] for row in offered}
    for row in result.applicants.drop_nulls("suggested_applications").iter_rows(named=True):
        who = row["applicant_id"]
        mine = listed.get(who, set())
        missing = (set(row["must_program_ids"] or ()) & known) - mine
        told = " ".join(shut_out.filter(pl.col("applicant_id") == who)["message"])
        assert all(name in told for name in missing)
        assert not mine & set(row["never_program_ids"] or ())


@quick
@given(applicants(), programs())
def test_an_institution_bears_one_signal(people: list[Row], offered: list[Row]) -> None:
    """The plan, Signals: nobody signals an institution twice, or a program that takes none."""
    facts = frame(offered).select(
        "program_id", pl.col("institution").cast(pl.String), pl.col("takes_signals").cast(pl.String)
    )
    signalled = (
        planned(people, offered)
        .shortlist.filter(pl.col("signal") == "Yes")
        .join(facts, on="program_id")
    )
    assert "No" not in signalled["takes_signals"].to_list()
    borne = signalled.drop_nulls("institution").select("applicant_id", "institution")
    assert not borne.is_duplicated().any()


@pytest.fixture(scope="module")
def example() -> tuple[TextTable, TextTable]:
    """The shipped applicants and programs as text, the applicants cut to twenty."""
    people = refresh.read_applicants(shipped.workbooks() / "example-applicants-fictional.csv")
    twenty = replace(
        people,
        cells=people.cells.head(20),
        sheet_rows=people.sheet_rows.head(20),
        overlong=people.overlong.head(20),
    )
    return twenty, refresh.read_programs(shipped.workbooks() / "example-programs-fictional.csv")


@pytest.mark.parametrize("width", [1, 3])
def test_slices_change_nothing(
    example: tuple[TextTable, TextTable], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Same input, same output: one, three or 512 applicants at a time give the same frames."""
    assert refresh.SLICE == 512
    whole = refresh.refresh(*example, RULES)
    monkeypatch.setattr(refresh, "SLICE", width)
    sliced = refresh.refresh(*example, RULES)
    for name in ("applicants", "findings", *FRAMES):
        assert_frame_equal(getattr(sliced, name), getattr(whole, name), check_exact=True)


@quick
@given(applicants(4), programs(), st.lists(st.none() | st.integers(0, 9), min_size=4, max_size=4))
def test_alike_applicants_get_what_each_would_alone(
    rows: list[Row], offered: list[Row], most: list[int | None]
) -> None:
    """Twins with other limits: what a program sees of them is the same, their numbers are not."""
    twins = [
        {**row, "applicant_id": f"B{at}", "max_applications": limit, "budget_usd": None}
        for at, (row, limit) in enumerate(zip(rows, most, strict=False))
    ]
    together = planned([*rows, *twins], offered)
    with patch.object(refresh, "SLICE", 1):
        alone = planned([*rows, *twins], offered)
    for name in ("applicants", *FRAMES):
        assert_frame_equal(getattr(together, name), getattr(alone, name), check_exact=True)
