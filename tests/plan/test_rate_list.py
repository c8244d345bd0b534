"""`--list rate`: the best by invite rate, its count, its interviews, and what stays as it is."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from polars.testing import assert_frame_equal
from tests.plan.leaving_out import values_added

from stepladder import Result, refresh, shipped
from stepladder.books import text_table
from stepladder.plan import interviews, rate_list
from stepladder.plan.curve import NODES, STRESS_RANGE_NODES
from stepladder.plan.interviews import Growth
from stepladder.plan.rate_list import RateLists, interview_range, target_chances
from stepladder.rulebook import Policy, load_rulebook, season

AS_OF = date(2026, 6, 1)
SETTINGS = refresh.Settings(load_rulebook(), AS_OF, keep_pairs=True, list_by="rate")


def planned(settings: refresh.Settings, applicants: pl.DataFrame | None = None) -> Result:
    """The shipped programs, and the shipped applicants or others, with these settings."""
    people, programs = (
        shipped.workbooks() / f"example-{name}-fictional.csv" for name in ("applicants", "programs")
    )
    cohort = (
        refresh.read_applicants(people)
        if applicants is None
        else text_table(applicants, "applicants")
    )
    return refresh.refresh(cohort, refresh.read_programs(programs), settings)


@pytest.fixture(scope="module")
def by_rate() -> Result:
    """The example cohort with the best by rate."""
    return planned(SETTINGS)


def ranked(result: Result) -> pl.DataFrame:
    """Every pair on a list or not, with what decides whether it is: wishes, eligibility, rate."""
    assert result.pairs is not None
    wishes = result.applicants.select(
        "applicant_id",
        "suggested_applications",
        must=pl.col("must_program_ids").fill_null([]),
        never=pl.col("never_program_ids").fill_null([]),
    )
    listed = result.shortlist.select("applicant_id", "program_id", "signal", listed=True)
    return (
        result.pairs.filter(pl.col("eligibility") != "Ineligible")
        .join(wishes, on="applicant_id")
        .filter(~pl.col("never").list.contains(pl.col("program_id")))
        .with_columns(is_must=pl.col("must").list.contains(pl.col("program_id")))
        .join(listed, on=["applicant_id", "program_id"], how="left")
        .with_columns(pl.col("listed").fill_null(value=False))
        .sort(
            "applicant_id",
            "is_must",
            "invite_rate",
            "program_id",
            descending=[False, True, True, False],
        )
    )


def test_the_list_is_the_musts_and_then_the_best_rates(by_rate: Result) -> None:
    """Issue 7, 3: the first so many by rate, ties by program_id; musts in, nevers out."""
    pairs = ranked(by_rate).with_columns(
        place=pl.int_range(1, pl.len() + 1).over("applicant_id"),
    )
    wanted = (pl.col("place") <= pl.col("suggested_applications")).fill_null(value=False)
    assert pairs.filter(pl.col("listed") != wanted).is_empty()
    assert pairs["listed"].sum() == by_rate.shortlist.height > 1000


def test_signals_go_to_the_first_that_take_them_one_an_institution(by_rate: Result) -> None:
    """The plan, Signals, for a list by rate: in the order in which programs join it."""
    facts = by_rate.programs.select(
        "program_id", "takes_signals", pl.coalesce("institution", "program_id")
    )
    takers = (
        ranked(by_rate)
        .filter("listed")
        .join(facts, on="program_id", maintain_order="left")
        .filter(pl.col("takes_signals").ne_missing("No"))
        .unique(["applicant_id", "institution"], keep="first", maintain_order=True)
    )
    signals = season(load_rulebook().policy, 2027).signals
    expected = takers.group_by("applicant_id", maintain_order=True).head(signals)
    signalled = by_rate.shortlist.filter(pl.col("signal") == "Yes")
    pair = ["applicant_id", "program_id"]
    assert_frame_equal(
        signalled.select(pair), expected.select(pair), check_row_order=False, check_exact=True
    )


@settings(deadline=None)
@given(st.data())
def test_signals_go_from_the_first_program_on(data: st.DataObject) -> None:
    """Whatever the lists and institutions: those that a walk down each list would give."""
    programs, people = data.draw(st.integers(1, 30)), data.draw(st.integers(1, 4))
    of_programs = st.lists(st.integers(0, 9), min_size=programs, max_size=programs)
    homes = np.array(data.draw(of_programs))
    may_signal = np.array(data.draw(of_programs)) > data.draw(st.integers(-1, 9))
    order = np.array([data.draw(st.permutations(range(programs))) for _ in range(people)])
    lengths = data.draw(st.lists(st.integers(0, programs), min_size=people, max_size=people))
    is_listed = np.arange(programs) < np.array(lengths)[:, None]
    signals = data.draw(st.integers(0, 8))
    found = rate_list._signalled(order, is_listed, may_signal, homes, signals)
    for one, length, bears in zip(order.tolist(), lengths, found.tolist(), strict=True):
        borne: list[int] = []
        for place, program in enumerate(one):
            is_next = place < length and may_signal[program] and homes[program] not in borne
            assert bears[place] == (is_next and len(borne) < signals)
            if bears[place]:
                borne.append(homes[program])


def test_many_institutions_of_two_programs() -> None:
    """One signal at each of 300 institutions, though every one has two programs."""
    homes = np.repeat(np.arange(300), 2)
    order, is_listed = np.arange(600)[None], np.ones((1, 600), np.bool_)
    found = rate_list._signalled(order, is_listed, np.ones(600, np.bool_), homes, 300)
    assert found.tolist() == [[True, False] * 300]


@pytest.mark.parametrize(
    ("takes", "listed", "signals", "bears"),
    [
        ("1111", "1111", 3, "1011"),
        ("1111", "1111", 2, "1010"),
        ("0111", "1111", 2, "0110"),
        ("1111", "0111", 3, "0111"),
        ("1111", "1111", 0, "0000"),
    ],
)
def test_two_programs_of_an_institution_share_a_signal(
    takes: str, listed: str, signals: int, bears: str
) -> None:
    """The first two are of one institution: the first that is listed and takes signals bears it."""
    may_signal, is_listed = (np.array([*text]) == "1" for text in (takes, listed))
    homes = np.array([7, 7, 8, 9])
    order = np.arange(4)[None]
    found = rate_list._signalled(order, is_listed[None], may_signal, homes, signals)
    assert "".join("01"[int(one)] for one in found[0]) == bears


def test_count_and_interviews_are_those_that_the_curve_tells(by_rate: Result) -> None:
    """Issue 7, 3: sums in single precision over a table give what the plain curve gives."""
    at_number = by_rate.applicants.filter(pl.col("suggested_applications") > 0).join(
        by_rate.curve,
        left_on=["applicant_id", "suggested_applications"],
        right_on=["applicant_id", "applications"],
    )
    assert at_number.height > 40
    for end in ("low", "high"):
        assert at_number[f"expected_interviews_{end}"].equals(at_number[f"interviews_{end}"])


def test_what_a_program_adds_is_the_difference_it_makes(by_rate: Result, policy: Policy) -> None:
    """Output columns, marginal_value: V(list) − V(list without it), signals as they stand."""
    for _, listed in by_rate.shortlist.group_by("applicant_id", maintain_order=True):
        added = values_added(listed, policy)
        np.testing.assert_allclose(listed["marginal_value"], added, rtol=0, atol=6e-7)


def test_ranks_go_by_what_a_program_adds(by_rate: Result) -> None:
    """The shortlist of a list by rate, as of any: ties by program_id."""
    ordered = by_rate.shortlist.sort(
        "applicant_id",
        "marginal_value",
        "program_id",
        descending=[False, True, False],
        maintain_order=True,
    )
    ranks = ordered.group_by("applicant_id", maintain_order=True).agg("rank")["rank"]
    assert all(rank.to_list() == [*range(1, len(rank) + 1)] for rank in ranks)


def test_tables_that_nobody_wants_change_no_other(by_rate: Result) -> None:
    """Settings: without plan and curve, the applicants and shortlists are the same."""
    fewer = planned(replace(SETTINGS, tables=frozenset({"applicants", "shortlist"})))
    assert_frame_equal(fewer.applicants, by_rate.applicants, check_exact=True)
    assert_frame_equal(fewer.shortlist, by_rate.shortlist, check_exact=True)
    assert fewer.plan["applicant_id"].n_unique() == by_rate.plan["applicant_id"].n_unique()


@pytest.mark.parametrize("tile", [1, 7])
def test_tiles_change_nothing(monkeypatch: pytest.MonkeyPatch, tile: int, by_rate: Result) -> None:
    """Issue 7: one, seven or 128 applicants at a time give the same frames."""
    assert rate_list.TILE == 128
    monkeypatch.setattr(rate_list, "TILE", tile)
    for name in ("applicants", "shortlist"):
        assert_frame_equal(
            getattr(planned(SETTINGS), name), getattr(by_rate, name), check_exact=True
        )


@pytest.fixture
def crowd() -> tuple[RateLists, NDArray[np.int64]]:
    """Lists of four hundred applicants with rates of every height, and numbers on them."""
    random = np.random.default_rng(7)
    rates = np.sort(np.round(random.beta(0.6, 2, (400, 60)), 6), axis=1)[:, ::-1]
    places = np.zeros(rates.shape, np.int64)
    return RateLists(places, places > 0, rates), random.integers(1, 61, 400)


@pytest.mark.parametrize("kind", ["assumed", "stress"])
def test_single_precision_changes_no_range(
    crowd: tuple[RateLists, NDArray[np.int64]],
    policy: Policy,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """Whoever is near a limit is counted in double precision: the ends are the same."""
    lists, number = crowd
    quick = interview_range(lists, number, policy.interviews, stress=kind == "stress")
    monkeypatch.setattr(rate_list, "NEAR", 2.0)
    careful = interview_range(lists, number, policy.interviews, stress=kind == "stress")
    np.testing.assert_array_equal(quick, careful)


@pytest.mark.parametrize("kind", ["assumed", "stress"])
def test_the_ends_are_those_of_plain_sums(
    crowd: tuple[RateLists, NDArray[np.int64]], policy: Policy, kind: str
) -> None:
    """Issue 7, 3: as the curve counts them, at the correlation that is asked for."""
    lists, number = crowd
    model = policy.interviews
    correlation, nodes = {
        "assumed": (model.correlation, NODES),
        "stress": (model.stress_correlation, STRESS_RANGE_NODES),
    }[kind]
    steps = np.arange(lists.rates.shape[1])
    record = np.where(steps == number[:, None] - 1, 0, -1)
    growth = Growth(lists.rates, np.zeros(record.shape, np.bool_), record, number, 1)
    plain = interviews.cumulative_chances(growth, correlation, len(steps) + 1, nodes)[:, 0]
    levels = (model.low_quantile, model.high_quantile)
    np.testing.assert_array_equal(
        interview_range(lists, number, model, stress=kind == "stress"),
        [interviews.quantile(plain, level) for level in levels],
    )


def test_single_precision_is_nearer_than_near(
    crowd: tuple[RateLists, NDArray[np.int64]], policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of a chance in single precision is below what counts as near a limit."""
    lists, number = crowd
    none = np.zeros_like(number)
    quick = target_chances(lists, number, none, number, policy.interviews)
    monkeypatch.setattr(rate_list, "NEAR", 2.0)
    careful = target_chances(lists, number, none, number, policy.interviews)
    monkeypatch.undo()
    assert np.nanmax(np.abs(quick - careful)) < rate_list.NEAR / 4
    assert interviews.factor(0.1, 16)[1].sum() == pytest.approx(1)


def test_the_chances_are_those_of_plain_sums(
    crowd: tuple[RateLists, NDArray[np.int64]], policy: Policy
) -> None:
    """Issue 7, 3: for each size of list, as the curve counts them; none beyond the longest."""
    lists, number = crowd
    model = policy.interviews
    steps = np.arange(lists.rates.shape[1])
    is_size = steps < number[:, None]
    record = np.where(is_size, steps, -1)
    growth = Growth(lists.rates, np.zeros(record.shape, np.bool_), record, number, len(steps))
    plain = interviews.cumulative_chances(growth, model.correlation, model.target, NODES)
    found = target_chances(lists, number, np.zeros_like(number), number, model)
    expected = np.where(is_size, 1 - plain[:, :, -1], np.nan)[:, : found.shape[1]]
    np.testing.assert_allclose(found, expected, rtol=0, atol=rate_list.NEAR)


def test_growth_may_end_where_the_target_is_met(
    crowd: tuple[RateLists, NDArray[np.int64]], policy: Policy
) -> None:
    """What is left out beyond the first size that meets the target decides nothing."""
    lists, number = crowd
    low, none = number // 2, np.zeros_like(number)
    target = policy.interviews.target_chance
    whole, short = (
        target_chances(lists, number, none, least, policy.interviews) for least in (number, low)
    )
    size = np.arange(1, whole.shape[1] + 1)
    first = [
        np.argmax((np.nan_to_num(chances) >= target) & (size >= low[:, None]), axis=1)
        for chances in (whole, short)
    ]
    np.testing.assert_array_equal(*first)
    assert np.isnan(short).sum() > np.isnan(whole).sum()
