"""Laws of matching that hold for every applicant and program (design: eligibility, invite_rate)."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from stepladder import shipped
from stepladder.match import classes, match
from stepladder.match.eligibility import ELIGIBLE, INELIGIBLE, VERIFY
from stepladder.match.program_fit import PARTS, full_points
from stepladder.rulebook import load_rulebook
from stepladder.score import score
from stepladder.validate import TableSchema, load_schema

APPLICANTS = load_schema(shipped.schemas() / "applicants.toml")
PROGRAMS = load_schema(shipped.schemas() / "programs.toml")
POLICY = load_rulebook().policy

Row = Mapping[str, Any]

OPEN_APPLICANT: Row = {
    "season": 2027,
    "graduation_year": 2024,
    "img_status": "Non-US IMG",
    "visa_needed": "None",
    "ecfmg_certified": "Yes",
    "step1_result": "Pass",
    "step1_score": None,
    "step1_date": date(2023, 3, 1),
    "step1_attempts": 1,
    "step2_ck_score": 245,
    "step2_ck_date": date(2024, 3, 1),
    "step2_ck_attempts": 1,
    "practice_score": None,
    "step3_score": 225,
    "step3_date": date(2025, 3, 1),
    "usce_months": 6,
    "pmr_rotations_us": 1,
    "letters_us_physiatrist": 3,
    "publications": 0,
    "prior_gme_months": 0,
    "preferred_states": ["OH"],
    "rotated_program_ids": ["0"],
}
"""What matching reads of an applicant, itself or through pmr_fit: here, open to every program."""

OPEN_PROGRAM: Row = {
    "setting": "Community",
    "state": "NY",
    "track": "Advanced",
    "considers_img": "Yes",
    "us_img_pct": 0.0,
    "non_us_img_pct": 10.0,
    "min_step1": 188,
    "min_step2_ck": 203,
    "typical_step2_ck": 240,
    "max_step1_attempts": 4,
    "max_step2_ck_attempts": 4,
    "max_years_since_graduation": 60,
    "j1_visa": "Yes",
    "h1b_visa": "Yes",
    "step3_required": "No",
    "ecfmg_required_to_apply": "No",
    "min_usce_months": 0,
    "min_pmr_letters": 0,
    "holistic_review": "Yes",
}
"""What matching reads of a program: here, open to every applicant."""

DEMANDS: Mapping[str, Sequence[Any]] = {
    "considers_img": ("Yes", "No"),
    "min_step1": range(1, 301),
    "min_step2_ck": range(1, 301),
    "max_step1_attempts": range(9, 0, -1),
    "max_step2_ck_attempts": range(9, 0, -1),
    "max_years_since_graduation": range(60, -1, -1),
    "j1_visa": ("Yes", "No"),
    "h1b_visa": ("Yes", "No"),
    "step3_required": ("No", "Yes"),
    "ecfmg_required_to_apply": ("No", "Yes"),
    "min_usce_months": range(61),
    "min_pmr_letters": range(6),
    "track": ("Advanced", "Physician-only"),
}
"""Each demand of a program, from the loosest statement to the tightest."""

TIGHTEST_PROGRAM: Row = {**OPEN_PROGRAM, **{name: ladder[-1] for name, ladder in DEMANDS.items()}}
ANSWERS = ("considers_img", "us_img_pct", "non_us_img_pct", "j1_visa", "h1b_visa")
RANKS = {INELIGIBLE: 0, VERIFY: 1, ELIGIBLE: 2}
REQUIRED = ("graduation_year", "img_status")
STATES = ("NY", "OH")
IDS = ("0", "1")
SETTINGS = (*PROGRAMS.by_name["setting"].allowed, None)
RATES = ("invite_rate", "invite_rate_signalled")
MOST_CHANGED = 6


def values(schema: TableSchema, name: str) -> st.SearchStrategy[Any]:
    """What a cell of a column may hold by the schema; of states and ids, two that can meet."""
    column = schema.by_name[name]
    low, high = column.minimum, column.maximum
    match column.type:
        case "yesno":
            return st.sampled_from(("Yes", "No"))
        case "list":
            return st.lists(
                st.sampled_from(STATES if name == "preferred_states" else IDS), min_size=1
            )
        case "choice":
            return st.sampled_from(STATES if name == "state" else column.allowed)
        case "date":
            assert isinstance(low, date)
            assert isinstance(high, date)
            return st.dates(low, high)
        case "number":
            return st.floats(0, 100)
        case _:
            assert isinstance(low, int)
            assert isinstance(high, int)
            return st.integers(low, high)


def rows(schema: TableSchema, open_row: Row) -> st.SearchStrategy[dict[str, Any]]:
    """Rows that differ from an open one in a few cells, or in any, each blank or within its limits.

    With every cell at random nearly every pair is Ineligible many times over, and no law of
    eligibility would be put to the test.
    """
    names = sorted(open_row)
    cells = {
        name: values(schema, name) if name in REQUIRED else st.none() | values(schema, name)
        for name in names
    }
    few = st.sets(st.sampled_from(names), max_size=MOST_CHANGED)
    return st.one_of(few, few, st.just(set(names))).flatmap(
        lambda changed: st.fixed_dictionaries(
            {name: cells[name] if name in changed else st.just(open_row[name]) for name in names}
        )
    )


def statements(schema: TableSchema, name: str) -> Sequence[Any]:
    """What a cell may hold besides a blank; of numbers, the ends and a few between."""
    column = schema.by_name[name]
    match column.type:
        case "yesno":
            return ("Yes", "No")
        case "list":
            return ([STATES[0]], [IDS[0]], [IDS[1]])
        case "choice":
            return STATES if name == "state" else column.allowed
        case "date":
            return (date(1990, 1, 1), date(2022, 1, 26), date(2026, 8, 13), date(2040, 12, 31))
        case _:
            assert isinstance(column.minimum, int | float)
            assert isinstance(column.maximum, int | float)
            low, high = column.minimum, column.maximum
            return sorted({low, *(n for n in (1, 2, 4, 190, 230) if low < n < high), high})


applicants = rows(APPLICANTS, OPEN_APPLICANT)
programs = rows(PROGRAMS, OPEN_PROGRAM)
days = st.dates(date(2026, 1, 1), date(2027, 6, 30))


def matched(
    cohort: Sequence[Row], offered: Sequence[Row], as_of: date = date(2026, 9, 1)
) -> pl.DataFrame:
    """Score and match; every applicant has an id by place, every program without one likewise."""
    scored = score(
        frame(APPLICANTS, "applicant_id", cohort),
        POLICY,
        as_of=as_of,
        chosen_season=None,
        assumed_season=2027,
    )
    return match(scored, frame(PROGRAMS, "program_id", offered), POLICY, as_of)


def frame(schema: TableSchema, key: str, cells: Sequence[Row]) -> pl.DataFrame:
    """The typed frame that validation would give."""
    blank = dict.fromkeys(schema.by_name)
    numbered = [blank | {key: str(place)} | dict(row) for place, row in enumerate(cells)]
    return pl.DataFrame(numbered, schema=schema.dtypes).with_row_index("row")


def ranks(pairs: pl.DataFrame) -> list[int]:
    """Ineligible 0, Verify 1, Eligible 2, in the order of the pairs."""
    return [RANKS[eligibility] for eligibility in pairs["eligibility"]]


# ── eligibility ─────────────────────────────────────────────────────────────────────────────────


def tightened_steps(cohort: Sequence[Row], program: Row, as_of: date) -> pl.DataFrame:
    """The pairs along every statement of every demand, each beside the pair one step looser."""
    steps = [(name, value) for name, ladder in DEMANDS.items() for value in ladder]
    pairs = matched(cohort, [{**program, name: value} for name, value in steps], as_of)
    return (
        pairs.select(
            "row",
            "fails",
            demand=pl.Series([name for name, _ in steps] * len(cohort)),
            rank=pl.Series(ranks(pairs)),
        )
        .with_columns(pl.col("fails", "rank").shift().over("row", "demand").name.prefix("looser_"))
        .drop_nulls()
    )


def opened(steps: pl.DataFrame) -> pl.DataFrame:
    """The steps at which a failed screen does not go on to fail, or the pair ranks higher."""
    still_fails = (pl.col("looser_fails") & pl.col("fails")) == pl.col("looser_fails")
    return steps.filter(~still_fails | (pl.col("rank") > pl.col("looser_rank")))


@given(applicants, programs, days)
@settings(max_examples=50)
def test_tightening_a_stated_demand_opens_no_program(
    applicant: Row, program: Row, as_of: date
) -> None:
    """Issue, It must show: no Fail turns into anything else; Eligible and Verify do not grow."""
    steps = tightened_steps([applicant], program, as_of)
    assert steps.height == sum(len(ladder) - 1 for ladder in DEMANDS.values())
    assert opened(steps).is_empty()


def test_tightening_opens_no_program_to_anyone_one_cell_from_open() -> None:
    """Issue, It must show: so also where nothing but the demand stands between the pair."""
    cohort = [OPEN_APPLICANT] + [
        {**OPEN_APPLICANT, name: value}
        for name in OPEN_APPLICANT
        for value in (None, *statements(APPLICANTS, name))
        if value is not None or name not in REQUIRED
    ]
    steps = tightened_steps(cohort, OPEN_PROGRAM, date(2026, 9, 1))
    assert set(steps["looser_rank"]) == set(RANKS.values())
    assert opened(steps).is_empty()


@given(
    st.lists(applicants, min_size=1, max_size=4),
    programs,
    st.sampled_from(list(DEMANDS)),
    st.data(),
)
@settings(max_examples=40)
def test_tightening_a_stated_demand_grows_no_count(
    cohort: list[Row], program: Row, demand: str, data: st.DataObject
) -> None:
    """Issue, It must show: over a cohort, neither Eligible nor Eligible and Verify grows."""
    ladder = list(DEMANDS[demand])
    loose, tight = sorted(
        data.draw(st.lists(st.sampled_from(range(len(ladder))), min_size=2, max_size=2))
    )
    before, after = (
        ranks(matched(cohort, [{**program, demand: ladder[place]}])) for place in (loose, tight)
    )
    assert after.count(2) <= before.count(2)
    assert after.count(0) >= before.count(0)


@given(applicants, programs)
@settings(max_examples=50)
def test_an_answer_about_imgs_or_visas_opens_no_program_shut_by_another_screen(
    applicant: Row, program: Row
) -> None:
    """Design, eligibility: any Fail: Ineligible; an unknown fact that is learned cannot mend it."""
    unknown = {**program, **dict.fromkeys(ANSWERS)}
    answered = [
        {**unknown, name: answer} for name in ANSWERS for answer in statements(PROGRAMS, name)
    ]
    before, *after = matched([applicant], [unknown, *answered])["eligibility"]
    assert before != INELIGIBLE or set(after) == {INELIGIBLE}


@given(applicants, programs, days)
@settings(max_examples=50)
def test_a_blank_of_a_program_fails_no_screen(applicant: Row, program: Row, as_of: date) -> None:
    """Design, The two input tables: blank is never no; a screen that fails on it fails always."""
    names = sorted(OPEN_PROGRAM)
    blanks = [{**program, name: None} for name in names]
    stated = [(name, value) for name in names for value in statements(PROGRAMS, name)]
    fails = matched(
        [applicant], blanks + [{**program, name: value} for name, value in stated], as_of
    )["fails"].to_list()
    of_blank = dict(zip(names, fails, strict=False))
    for (name, value), of_value in zip(stated, fails[len(blanks) :], strict=True):
        assert of_blank[name] & of_value == of_blank[name], (name, value)


@given(applicants, programs, days)
@settings(max_examples=50)
def test_a_blank_of_an_applicant_fails_no_screen(applicant: Row, program: Row, as_of: date) -> None:
    """Design, The two input tables: blank is never no or 0; only the season's is an assumption."""
    names = [name for name in sorted(OPEN_APPLICANT) if name not in (*REQUIRED, "season")]
    blanks = [{**applicant, name: None} for name in names]
    stated = [(name, value) for name in names for value in statements(APPLICANTS, name)]
    pairs = matched(
        blanks + [{**applicant, name: value} for name, value in stated],
        [program, TIGHTEST_PROGRAM],
        as_of,
    )
    for place in (0, 1):
        fails = pairs["fails"].gather_every(2, place).to_list()
        of_blank = dict(zip(names, fails, strict=False))
        for (name, value), of_value in zip(stated, fails[len(blanks) :], strict=True):
            assert of_blank[name] & of_value == of_blank[name], (name, value)


@given(applicants, programs, days)
@settings(max_examples=50)
def test_a_higher_step_2_ck_shuts_no_program(applicant: Row, program: Row, as_of: date) -> None:
    """Design, eligibility: over every score from 1 to 300, whatever else is on file."""
    scores = [{**applicant, "step2_ck_score": number} for number in range(1, 301)]
    judged = ranks(matched(scores, [program], as_of))
    assert judged == sorted(judged)


# ── program_fit and the rates ───────────────────────────────────────────────────────────────────

STRONG_STEP_3: Row = dict.fromkeys(OPEN_APPLICANT) | {
    "graduation_year": 2024,
    "img_status": "Non-US IMG",
    "step1_score": 250,
    "step1_attempts": 1,
    "step2_ck_attempts": 1,
    "practice_score": 255,
    "step3_score": 240,
}
"""A strong Step 3 lifts a low Step 2 CK, and a numeric Step 1 makes a sharp drop of much above."""

NOTHING_STATED: Row = dict.fromkeys(OPEN_PROGRAM)


@given(applicants, programs)
@example(STRONG_STEP_3, NOTHING_STATED)
@example({**STRONG_STEP_3, "step1_attempts": 2}, NOTHING_STATED)
@example(STRONG_STEP_3, {**NOTHING_STATED, "holistic_review": "No"})
@example({**STRONG_STEP_3, "step1_score": 300}, {**NOTHING_STATED, "holistic_review": "Yes"})
@settings(max_examples=40)
def test_a_higher_step_2_ck_lowers_no_invite_rate(applicant: Row, program: Row) -> None:
    """Design, Law: over every score from 1 to 300, every setting and all else that is on file."""
    scores = [{**applicant, "step2_ck_score": number} for number in range(1, 301)]
    offered = [{**program, "setting": setting} for setting in SETTINGS]
    pairs = matched(scores, offered)
    assert pairs.select(RATES).null_count().row(0) == (0, 0)
    for place in range(len(SETTINGS)):
        of_setting = pairs.gather_every(len(SETTINGS), place)
        for rate in RATES:
            falls = of_setting.filter(pl.col(rate).diff() < 0)
            assert falls.is_empty(), (SETTINGS[place], rate)


@given(st.lists(applicants, min_size=1, max_size=3), st.lists(programs, min_size=1, max_size=3))
@settings(max_examples=50)
def test_a_signal_lowers_no_rate(cohort: list[Row], offered: list[Row]) -> None:
    """Design, invite_rate: + 0.7 if signalled; both rates are known or neither is."""
    pairs = matched(cohort, offered)
    assert (pairs["invite_rate"].is_null() == pairs["invite_rate_signalled"].is_null()).all()
    assert (pairs["invite_rate"] <= pairs["invite_rate_signalled"]).all()


@given(st.lists(applicants, min_size=1, max_size=3), st.lists(programs, min_size=1, max_size=3))
@settings(max_examples=50)
def test_a_rate_is_missing_only_while_the_tier_is_pending(
    cohort: list[Row], offered: list[Row]
) -> None:
    """Design, The contract in the small: Pending: no rates; every other rate is a fraction."""
    pairs = matched(cohort, offered)
    is_pending = [
        row["step2_ck_score"] is None and row["practice_score"] is None
        for row in cohort
        for _ in offered
    ]
    for rate in RATES:
        assert pairs[rate].is_null().to_list() == is_pending
        assert pairs[rate].drop_nulls().is_between(0, 1, closed="none").all()


@given(st.lists(applicants, min_size=1, max_size=3), st.lists(programs, min_size=1, max_size=3))
@settings(max_examples=50)
def test_program_fit_stays_within_0_and_100(cohort: list[Row], offered: list[Row]) -> None:
    """Design, program_fit: 0–100, and no part above its points; none is ever blank."""
    pairs = matched(cohort, offered)
    assert pairs["program_fit"].null_count() == 0
    assert pairs["program_fit"].is_between(0, 100).all()
    for part, full in full_points(POLICY).items():
        points = pairs[f"program_fit_{part}"]
        assert points.null_count() == 0, part
        assert points.is_between(0, full).all(), part


def test_the_parts_of_program_fit_add_up_to_100() -> None:
    """Design, program_fit: 30 + 25 + 15 + 15 + 5 + 5 + 5."""
    points = full_points(POLICY)
    assert [points[part] for part in PARTS] == [30, 25, 15, 15, 5, 5, 5]


# ── order ───────────────────────────────────────────────────────────────────────────────────────


@given(
    st.lists(applicants, min_size=1, max_size=4),
    st.lists(programs, min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
@settings(max_examples=50)
def test_row_order_changes_no_pair(cohort: list[Row], offered: list[Row], random: Random) -> None:
    """Issue, It must show: row order changes nothing but the order of the pairs."""
    one = [{**row, "applicant_id": f"applicant {place}"} for place, row in enumerate(cohort)]
    other = [{**row, "program_id": f"program {place}"} for place, row in enumerate(offered)]
    shuffled = (random.sample(one, len(one)), random.sample(other, len(other)))
    keys = ("applicant_id", "program_id")
    assert_frame_equal(
        matched(one, other).drop("row").sort(keys),
        matched(*shuffled).drop("row").sort(keys),
        check_exact=True,
    )


@pytest.mark.parametrize(("cohort", "offered"), [(0, 2), (2, 0), (0, 0)])
def test_without_applicants_or_programs_there_are_no_pairs(cohort: int, offered: int) -> None:
    """Match: one row for each applicant × program, with the same columns when there is none."""
    some = matched([STRONG_STEP_3], [NOTHING_STATED])
    none = matched([STRONG_STEP_3] * cohort, [NOTHING_STATED] * offered)
    assert none.is_empty()
    assert none.schema == some.schema


# ── classes ─────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60, deadline=None)
@given(st.lists(applicants, max_size=6), st.lists(programs, max_size=6), days)
def test_classes_give_the_values_of_every_pair(
    cohort: list[Row], offered: list[Row], as_of: date
) -> None:
    """Issue 7, 2: classes of applicants give each pair what the cross join gives it, bit by bit."""
    scored = score(
        frame(APPLICANTS, "applicant_id", cohort),
        POLICY,
        as_of=as_of,
        chosen_season=None,
        assumed_season=2027,
    )
    typed = frame(PROGRAMS, "program_id", offered)
    every = match(scored, typed, POLICY, as_of)
    grid = classes(scored, typed, POLICY, as_of)
    who, program = (places.ravel() for places in np.indices((len(cohort), len(offered))))
    rows_of_grid = grid.rows(who, program).with_columns(cs.enum().cast(pl.String))
    pending = every["invite_rate"].is_null().to_numpy().reshape(len(cohort), len(offered))
    assert (pending == grid.is_pending[:, None]).all()
    every = every.with_columns(pl.col("invite_rate", "invite_rate_signalled").fill_null(0.0))
    points = every.select(cs.starts_with("program_fit_"))
    assert_frame_equal(
        rows_of_grid.select(every.drop(points.columns).columns),
        every.drop(points.columns),
        check_exact=True,
    )
    for part in PARTS:
        millionths = (points[f"program_fit_{part}"] * 1_000_000).round().to_list()
        assert rows_of_grid[f"millionths_{part}"].to_list() == millionths
    shape = (len(cohort), len(offered))
    words = every["eligibility"].to_numpy().reshape(shape)
    assert (grid.is_ineligible == (words == INELIGIBLE)).all()
    assert (grid.is_to_verify == (words == VERIFY)).all()
    for name in ("rates", "rates_signalled", "desirability"):
        column = name.replace("rates", "invite_rate")
        values = every[column].to_numpy().reshape(shape)
        np.testing.assert_array_equal(getattr(grid, name), values)


@settings(max_examples=20, deadline=None)
@given(st.lists(applicants, min_size=1, max_size=6), st.data())
def test_some_of_the_classes_are_those_applicants(cohort: list[Row], data: st.DataObject) -> None:
    """Issue 7, 2: a slice of applicants has the pairs that it has among all."""
    scored = score(
        frame(APPLICANTS, "applicant_id", cohort),
        POLICY,
        as_of=date(2026, 9, 1),
        chosen_season=None,
        assumed_season=2027,
    )
    typed = frame(PROGRAMS, "program_id", [OPEN_PROGRAM] * 3)
    grid = classes(scored, typed, POLICY, date(2026, 9, 1))
    places = st.lists(st.integers(0, len(cohort) - 1), max_size=6)
    some = np.array(data.draw(places), dtype=np.int64)
    np.testing.assert_array_equal(grid.of_some(some).rates, grid.rates[some])
    np.testing.assert_array_equal(grid.of_some(some).desirability, grid.desirability[some])
    np.testing.assert_array_equal(grid.of_some(some).is_to_verify, grid.is_to_verify[some])
    who = np.arange(len(some))
    first = np.zeros_like(who)
    assert_frame_equal(grid.of_some(some).rows(who, first), grid.rows(some, first))
