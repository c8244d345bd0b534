"""Laws of scoring that hold for every applicant (design: Scores)."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from stepladder import shipped
from stepladder.rulebook import load_rulebook
from stepladder.score import score
from stepladder.validate import load_schema

SCHEMA = load_schema(shipped.schemas() / "applicants.toml")
POLICY = load_rulebook().policy

READ = (
    "season",
    "graduation_year",
    "step1_result",
    "step1_score",
    "step1_date",
    "step1_attempts",
    "step2_ck_score",
    "step2_ck_date",
    "step2_ck_attempts",
    "practice_score",
    "step3_score",
    "step3_date",
    "step3_attempts",
    "usce_months",
    "gap_months",
)
COUNTS = (
    "pmr_rotations_us",
    "pmr_observerships_us",
    "letters_us_physiatrist",
    "case_reports",
    "posters",
    "qi_projects",
    "publications",
    "rehab_experience_months",
)
YES_NO = (
    "rotation_inpatient_rehab",
    "rotation_brain_spinal",
    "rotation_msk_pain",
    "letter_pmr_faculty",
)
LADDERS: Mapping[str, tuple[Any, ...]] = {
    **dict.fromkeys(COUNTS, tuple(range(10))),
    **dict.fromkeys(YES_NO, ("No", "Yes")),
    "personal_statement": ("Not started", "Draft", "PM&R-focused"),
}
"""The inputs of pmr_fit, each with values from the least evidence to the most."""

PARTS = ("rotations", "letters", "faculty_letter", "settings", "research", "rehab", "statement")
SIGNIFICANT_STEP = 1e-9


def values(name: str) -> st.SearchStrategy[Any]:
    """What a cell of a column may hold by the schema."""
    column = SCHEMA.by_name[name]
    if name in LADDERS:
        return st.sampled_from(LADDERS[name])
    if column.type == "choice":
        return st.sampled_from(column.allowed)
    if column.type == "date":
        assert isinstance(column.minimum, date)
        assert isinstance(column.maximum, date)
        return st.dates(column.minimum, column.maximum)
    assert isinstance(column.minimum, int)
    assert isinstance(column.maximum, int)
    return st.integers(column.minimum, column.maximum)


applicant = st.fixed_dictionaries(
    {name: st.none() | values(name) for name in (*READ, *LADDERS) if name != "graduation_year"}
    | {"graduation_year": values("graduation_year")}
)
"""The columns that scoring reads, each blank or within its limits."""


def scored(applicants: list[dict[str, Any]]) -> pl.DataFrame:
    """Score applicants as of 1 September 2026, for season 2027 where they have none."""
    numbered = [{"applicant_id": str(place), **row} for place, row in enumerate(applicants)]
    rows = [dict.fromkeys(SCHEMA.by_name) | row for row in numbered]
    return score(
        pl.DataFrame(rows, schema=SCHEMA.dtypes),
        POLICY,
        as_of=date(2026, 9, 1),
        chosen_season=None,
        assumed_season=2027,
    )


@given(applicant)
@settings(max_examples=30)
def test_a_higher_step_2_ck_never_lowers_a_tier(row: dict[str, Any]) -> None:
    """Issue, It must show: over every score from 1 to 300, whatever else is on file."""
    best_first = list(POLICY.tier_names)
    tiers = scored([row | {"step2_ck_score": number} for number in range(1, 301)])["tier"]
    places = [best_first.index(tier) for tier in tiers]
    assert places == sorted(places, reverse=True)
    assert POLICY.tier_names.pending not in tiers


@given(applicant)
@settings(max_examples=30)
def test_a_higher_practice_score_never_lowers_a_tier(row: dict[str, Any]) -> None:
    """Design, tier: the practice score decides by the same limits, or not at all."""
    best_first = list(POLICY.tier_names)
    tiers = scored([row | {"practice_score": number} for number in range(1, 301)])["tier"]
    places = [best_first.index(tier) for tier in tiers]
    assert places == sorted(places, reverse=True)


@given(applicant, st.sampled_from(list(LADDERS)))
@settings(max_examples=100)
def test_adding_evidence_never_lowers_pmr_fit(row: dict[str, Any], name: str) -> None:
    """Issue, It must show: along every step of an input, first from blank to its least value."""
    ladder = scored([row | {name: value} for value in (None, *LADDERS[name])])
    for column in ("pmr_fit", *(f"fit_{part}" for part in PARTS)):
        assert ladder[column].to_list() == sorted(ladder[column].to_list()), column


@given(applicant, st.sets(st.sampled_from(list(LADDERS))))
@settings(max_examples=100)
def test_a_blank_fit_input_never_raises_pmr_fit(row: dict[str, Any], blanked: set[str]) -> None:
    """Design, pmr_fit: blank earns nothing."""
    whole, less = scored([row, row | dict.fromkeys(blanked)])["pmr_fit"]
    assert less <= whole


@given(applicant, st.sets(st.sampled_from(list(LADDERS))))
@settings(max_examples=100)
def test_a_blank_earns_what_an_entered_nothing_earns(
    row: dict[str, Any], blanked: set[str]
) -> None:
    """Design, pmr_fit: blank earns nothing here, and is no worse than nothing either."""
    nothing = {name: LADDERS[name][0] for name in blanked}
    blank, entered = scored([row | dict.fromkeys(blanked), row | nothing])["pmr_fit"]
    assert blank == entered


@given(st.lists(applicant, min_size=1, max_size=6))
@settings(max_examples=50)
def test_pmr_fit_is_the_rounded_sum_of_its_parts(rows: list[dict[str, Any]]) -> None:
    """Design, pmr_fit: every part is kept as its own column; the sum is half up, 0–100."""
    for found in scored(rows).to_dicts():
        total = sum(found[f"fit_{part}"] for part in PARTS)
        assert 0 <= found["pmr_fit"] <= 100
        assert -0.5 - SIGNIFICANT_STEP <= total - found["pmr_fit"] < 0.5 - SIGNIFICANT_STEP


@given(st.lists(applicant, min_size=1, max_size=6))
@settings(max_examples=50)
def test_no_part_of_pmr_fit_earns_more_than_its_points(rows: list[dict[str, Any]]) -> None:
    """Design, pmr_fit: rotations 25, letters 25, and 10 for each other part."""
    full = dict.fromkeys(PARTS, 10) | {"rotations": 25, "letters": 25}
    for found in scored(rows).to_dicts():
        for part, points in full.items():
            assert 0 <= found[f"fit_{part}"] <= points, part


@given(st.lists(applicant, min_size=1, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_row_order_changes_no_score(rows: list[dict[str, Any]], order: Random) -> None:
    """Issue, It must show: row order changes nothing."""
    places = list(range(len(rows)))
    order.shuffle(places)
    shuffled = scored([rows[place] for place in places]).drop("applicant_id")
    assert_frame_equal(shuffled, scored(rows).drop("applicant_id")[places], check_exact=True)


@given(st.lists(applicant, min_size=2, max_size=6))
@settings(max_examples=50)
def test_an_applicants_score_depends_on_no_other_applicant(rows: list[dict[str, Any]]) -> None:
    """Design, Scores: expressions by row; alone or in a cohort is the same."""
    together = scored(rows).drop("applicant_id")
    alone = pl.concat([scored([row]).drop("applicant_id") for row in rows])
    assert_frame_equal(together, alone, check_exact=True)


@given(st.lists(applicant, max_size=6))
@settings(max_examples=50)
def test_rows_in_are_rows_out(rows: list[dict[str, Any]]) -> None:
    """Design, Validation: nothing is dropped; one row each, in their order."""
    ids = scored(rows)["applicant_id"].to_list()
    assert ids == [str(place) for place in range(len(rows))]


@given(st.lists(applicant, min_size=1, max_size=6))
@settings(max_examples=50)
def test_scoring_keeps_every_input(rows: list[dict[str, Any]]) -> None:
    """Design, The contract in the small: all input columns stay as they were read."""
    kept = scored(rows).select(READ).to_dicts()
    assert kept == [{name: row[name] for name in READ} for row in rows]


@given(st.lists(applicant, min_size=1, max_size=6))
@settings(max_examples=50)
def test_no_rule_leaves_an_applicant_without_an_answer(rows: list[dict[str, Any]]) -> None:
    """Design, Scores: a blank gives Pending, Not assessable, No or no flag, and never null."""
    answers = ("tier", "tier_basis", "trend", "low_score", "red_flags", "pmr_fit", "is_low_score")
    booleans = ("is_low_for_lift", "is_step3_strong", "step1_is_passed", "step3_is_passed")
    assert scored(rows).select(*answers, *booleans).null_count().sum_horizontal().item() == 0


@given(applicant, applicant)
@settings(max_examples=50)
def test_a_practice_score_never_makes_a_low_score_case(
    row: dict[str, Any], other: dict[str, Any]
) -> None:
    """Design, low_score: from a real Step 2 CK only; the practice score changes tiers alone."""
    changed = row | {"practice_score": other["practice_score"]}
    columns = ("low_score", "is_low_for_lift", "trend", "red_flags", "pmr_fit")
    first, second = scored([row, changed]).select(columns).to_dicts()
    assert first == second
