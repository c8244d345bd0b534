"""The number of interviews: against enumeration, another integration, and simulation."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from stepladder import Result
from stepladder.plan.best_list import (
    APPLIED,
    SIGNALLED,
    SKIPPED,
    BestLists,
    Candidates,
    best_lists,
)
from stepladder.plan.curve import NODES, STRESS_NODES, Curve, curve, stress_range
from stepladder.plan.interviews import Growth, cumulative_chances, quantile
from stepladder.rulebook import Policy
from stepladder.rulebook.policy import Interviews

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWS = 200_000
LISTS: dict[str, list[float]] = {
    "one program": [0.3],
    "five alike": [0.2] * 5,
    "a steep climb": [0.03] * 90 + [0.06] * 20,
    "a broad list": np.linspace(0.02, 0.5, 60).tolist(),
    "a strong file": [0.35] * 20 + [0.2] * 20,
    "nearly sure": [0.95] * 12,
}


@pytest.fixture
def model(policy: Policy) -> Interviews:
    """The rulebook's model of interviews."""
    return policy.interviews


def rows_of_lists(lists: list[list[int]]) -> BestLists:
    """One applicant's lists, program by program, as if they were the best."""
    choices = np.array([lists], np.uint8)
    return BestLists(choices, np.ones(choices.shape[:2]))


def curve_of(lists: list[list[int]], rates: list[float], model: Interviews) -> Curve:
    """What one applicant's lists bring; a signal doubles a program's rate."""
    plain = np.array([rates])
    return curve(rows_of_lists(lists), plain, 2 * plain, model)


def whole(rates: list[float], model: Interviews) -> Curve:
    """What one list of all these programs brings."""
    return curve_of([[APPLIED] * len(rates)], rates, model)


def from_scratch(lists: list[list[float]]) -> Growth:
    """Lists of rates, each built anew."""
    joining = np.array([rate for listed in lists for rate in listed])
    restart = np.array([not place for listed in lists for place in range(len(listed))])
    record = np.full(len(joining), -1)
    record[np.cumsum([len(listed) for listed in lists]) - 1] = range(len(lists))
    return Growth(joining[None], restart[None], record[None], np.array([len(joining)]), len(lists))


def grown(rates: list[float]) -> Growth:
    """The lists of the first rate, the first two, …, each continuing the one before."""
    steps = len(rates)
    restart = np.zeros((1, steps), np.bool_)
    return Growth(np.array([rates]), restart, np.arange(steps)[None], np.array([steps]), steps)


def enumerated(rates: list[float]) -> Floats:
    """The cumulative chances of independent decisions, every outcome by itself."""
    mass = np.zeros(len(rates) + 1)
    for outcome in itertools.product((False, True), repeat=len(rates)):
        chance = [p if invited else 1 - p for p, invited in zip(rates, outcome, strict=True)]
        mass[sum(outcome)] += np.prod(chance)
    return np.cumsum(mass)


def simulated(rates: list[float], correlation: float, seed: int) -> Ints:
    """Counts of interviews under the one-factor Gaussian copula, DRAWS of them."""
    random = np.random.default_rng(seed)
    thresholds = np.array([NormalDist().inv_cdf(rate) for rate in rates], np.float32)
    factor = random.standard_normal((DRAWS, 1), np.float32)
    own = random.standard_normal((DRAWS, len(rates)), np.float32)
    own *= np.float32((1 - correlation) ** 0.5)
    own += np.float32(correlation**0.5) * factor
    counts: Ints = (own < thresholds).sum(axis=1)
    return counts


# ── The distribution ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "rates", [[0.3], [0.1, 0.2], [0.5] * 4, [0.02, 0.3, 0.7], [0.05, 0.1, 0.2, 0.4, 0.6, 0.9]]
)
def test_without_correlation_it_equals_enumeration(rates: list[float]) -> None:
    """The plan, expected_interviews: at ρ = 0 every outcome counted by itself gives the same."""
    chances = cumulative_chances(from_scratch([rates]), 0.0, len(rates) + 1, 1)[0, 0]
    np.testing.assert_allclose(chances, enumerated(rates), rtol=0, atol=1e-5)


def test_two_programs_by_hand() -> None:
    """The plan, expected_interviews: none 0.9·0.8 = 0.72, at most one 1 − 0.1·0.2 = 0.98."""
    chances = cumulative_chances(from_scratch([[0.1, 0.2]]), 0.0, 3, 1)[0, 0]
    np.testing.assert_allclose(chances, [0.72, 0.98, 1.0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("correlation", [0.1, 0.3, 0.6])
def test_one_program_s_chance_is_its_rate(correlation: float) -> None:
    """The plan, expected_interviews: the factor moves decisions together and changes no rate."""
    for rate in (0.01, 0.1, 0.5, 0.9):
        none = cumulative_chances(from_scratch([[rate]]), correlation, 1, STRESS_NODES)[0, 0, 0]
        assert none == pytest.approx(1 - rate, abs=1e-5)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(("correlation", "nodes"), [(0.1, NODES), (0.3, STRESS_NODES)])
def test_the_quadrature_is_fine_enough(
    at_least: Callable[..., float], name: str, correlation: float, nodes: int
) -> None:
    """The plan, expected_interviews: chances agree with a fine trapezoid rule within 0.002."""
    rates = LISTS[name]
    chances = cumulative_chances(from_scratch([rates]), correlation, len(rates), nodes)[0, 0]
    expected = [1 - at_least(count + 1, rates, correlation) for count in range(min(12, len(rates)))]
    np.testing.assert_allclose(chances[: len(expected)], expected, rtol=0, atol=2e-3)


def test_fewer_counts_are_as_exact() -> None:
    """The plan, expected_interviews: the chances of few counts need none of the others."""
    rates = LISTS["a broad list"]
    every = cumulative_chances(from_scratch([rates]), 0.1, len(rates) + 1, NODES)
    few = cumulative_chances(from_scratch([rates]), 0.1, 5, NODES)
    np.testing.assert_allclose(few, every[:, :, :5], rtol=0, atol=1e-12)


# ── Growing lists ────────────────────────────────────────────────────────────────────────────────


def test_growing_a_list_equals_building_it_from_scratch() -> None:
    """Issue 3, Deliver 4: the list that continues has the chances of the one built anew."""
    rates = [0.3, 0.05, 0.2, 0.2, 0.6, 0.1]
    nested = [rates[: size + 1] for size in range(len(rates))]
    np.testing.assert_allclose(
        cumulative_chances(grown(rates), 0.1, 7, NODES),
        cumulative_chances(from_scratch(nested), 0.1, 7, NODES),
        rtol=0,
        atol=1e-12,
    )


def test_applicants_with_fewer_steps_are_left_alone() -> None:
    """Issue 3, Deliver 4: lists of several lengths, planned together, are what they are alone."""
    long, short = [0.3, 0.05, 0.2, 0.6], [0.1, 0.4]
    together = Growth(
        joining=np.array([[*short, 0, 0], long]),
        restart=np.zeros((2, 4), np.bool_),
        record=np.array([[0, 1, -1, -1], [0, 1, 2, 3]]),
        steps=np.array([2, 4]),
        lists=4,
    )
    chances = cumulative_chances(together, 0.1, 5, NODES)
    np.testing.assert_allclose(
        chances[0, :2], cumulative_chances(grown(short), 0.1, 5, NODES)[0], rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(
        chances[1], cumulative_chances(grown(long), 0.1, 5, NODES)[0], rtol=0, atol=1e-12
    )


def test_lists_that_are_not_nested_are_what_they_are_alone(model: Interviews) -> None:
    """Issue 3, Deliver 3: a program that leaves or gains a signal between two sizes is right."""
    rates = [0.1, 0.2, 0.3, 0.15]
    lists = [
        [SKIPPED, APPLIED, SKIPPED, SKIPPED],
        [SKIPPED, APPLIED, SIGNALLED, SKIPPED],
        [APPLIED, SIGNALLED, APPLIED, SKIPPED],
        [SIGNALLED, APPLIED, SKIPPED, SIGNALLED],
        [SIGNALLED, APPLIED, APPLIED, SIGNALLED],
    ]
    for target in (1, 2, 3):
        aimed = model._replace(target=target)
        together = curve_of(lists, rates, aimed)
        for size, listed in enumerate(lists):
            alone = curve_of([listed], rates, aimed)
            assert together.low[0, size] == alone.low[0, 0]
            assert together.high[0, size] == alone.high[0, 0]
            assert together.chance[0, size] == pytest.approx(alone.chance[0, 0], abs=1e-12)
            assert together.stress_chance[0, size] == pytest.approx(
                alone.stress_chance[0, 0], abs=1e-12
            )


def test_the_curve_takes_the_signalled_rate_where_signalled(
    model: Interviews, at_least: Callable[..., float]
) -> None:
    """The plan, The list: a signal lifts only the row it is on."""
    brought = curve_of([[SIGNALLED, APPLIED, SKIPPED]], [0.1, 0.2, 0.4], model._replace(target=1))
    assert brought.chance[0, 0] == pytest.approx(at_least(1, [0.2, 0.2], 0.1), abs=1e-4)


def test_a_size_without_a_list_has_no_interviews_on_file(model: Interviews) -> None:
    """Issue 3, Deliver 3: such sizes hold −1 and NaN and leave the others alone."""
    lists = rows_of_lists([[SKIPPED, SKIPPED], [APPLIED, APPLIED]])
    without = BestLists(lists.choices, np.array([[-np.inf, 1.0]]))
    rates = np.array([[0.9, 0.9]])
    brought = curve(without, rates, rates, model)
    assert (brought.low[0].tolist(), brought.high[0].tolist()) == ([-1, 1], [-1, 2])
    assert np.isnan(brought.chance[0]).tolist() == [True, False]


def test_sizes_under_the_required_programs_change_no_range(model: Interviews) -> None:
    """Issue 3, Deliver 3: two required programs bring what they bring without the lock.

    With a lock there is no list of one; the lists of two and three are the same as without it.
    """
    taken, wanted = np.full((1, 3), 0.1), np.ones((1, 3))
    everywhere = np.ones((1, 3), np.bool_)
    free = Candidates(
        taken, taken, wanted, everywhere, ~everywhere, everywhere, np.array([[0, 1, 2]])
    )
    locked = replace(free, is_required=np.array([[True, True, False]]))
    rates = np.full((1, 3), 0.5)
    aimed = model._replace(target=1)
    expected, brought = (
        curve(best_lists(programs, np.array([3]), 0), rates, rates, aimed)
        for programs in (free, locked)
    )
    assert np.isnan(brought.chance[0, 0])
    assert brought.chance[0, 1:].tolist() == expected.chance[0, 1:].tolist()
    assert brought.high[0, 1:].tolist() == expected.high[0, 1:].tolist()


# ── The shown range ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cumulative", "chance", "count"),
    [
        ([0.1, 0.5, 1.0], 0.10, 0),
        ([0.0999, 0.5, 1.0], 0.10, 1),
        ([0.1001, 0.5, 1.0], 0.10, 0),
        ([0.1, 0.9, 1.0], 0.90, 1),
        ([0.1, 0.8999, 1.0], 0.90, 2),
        ([0.95, 1.0], 0.90, 0),
        ([0.2, 0.6], 0.90, -1),
    ],
)
def test_a_quantile_is_the_smallest_count_with_that_chance(
    cumulative: list[float], chance: float, count: int
) -> None:
    """The plan, expected_interviews: cumulative chance ≥ .10 and ≥ .90; −1 where none has it."""
    assert quantile(np.array(cumulative), chance) == count


def test_the_ends_of_one_program_s_range(model: Interviews) -> None:
    """The plan, expected_interviews: the high end turns at a rate of .10, the low end at .90."""
    shown = [whole([rate], model) for rate in (0.0999, 0.1001, 0.8999, 0.9001)]
    ends = [(int(brought.low[0, 0]), int(brought.high[0, 0])) for brought in shown]
    assert ends == [(0, 0), (0, 1), (0, 1), (1, 1)]


def test_sure_interviews_are_counted_to_the_last(model: Interviews) -> None:
    """The plan, expected_interviews: a list of near certainties has all of them at the high end."""
    brought = whole([0.999] * 30, model)
    assert (brought.low[0, 0], brought.high[0, 0]) == (30, 30)


@pytest.mark.parametrize("rates", LISTS.values(), ids=LISTS)
def test_the_range_stands_within_one_interview_of_simulation(
    rates: list[float], model: Interviews
) -> None:
    """Issue 3, It must show: both ends, at the assumed correlation of 0.1."""
    brought = whole(rates, model)
    counts = simulated(rates, model.correlation, seed=1)
    assert abs(brought.low[0, 0] - np.quantile(counts, 0.10)) <= 1
    assert abs(brought.high[0, 0] - np.quantile(counts, 0.90)) <= 1


@pytest.mark.parametrize("rates", LISTS.values(), ids=LISTS)
def test_the_stress_range_stands_within_one_interview_of_simulation(
    rates: list[float], model: Interviews
) -> None:
    """Issue 3, Deliver 4: both ends, at the stress correlation of 0.3."""
    chosen, plain = np.ones((1, len(rates)), np.uint8), np.array([rates])
    low, high = stress_range(chosen, plain, plain, model)
    counts = simulated(rates, model.stress_correlation, seed=2)
    assert abs(low[0] - np.quantile(counts, 0.10)) <= 1
    assert abs(high[0] - np.quantile(counts, 0.90)) <= 1


@pytest.mark.parametrize("target", [1, 3, 5])
def test_the_chance_of_the_target_stands_with_simulation(target: int, model: Interviews) -> None:
    """The plan, suggested_applications: both chances, within 0.006 of 200,000 draws."""
    rates = LISTS["a broad list"][::2]
    brought = whole(rates, model._replace(target=target))
    for found, correlation in ((brought.chance, 0.1), (brought.stress_chance, 0.3)):
        share = (simulated(rates, correlation, seed=3) >= target).mean()
        assert found[0, 0] == pytest.approx(share, abs=6e-3)


def test_more_correlation_widens_the_range(model: Interviews) -> None:
    """The plan, expected_interviews: never the independent figure; alike decisions spread wider."""
    rates = LISTS["a broad list"]
    width = {}
    for correlation in (0.0, 0.1, 0.3):
        brought = whole(rates, model._replace(correlation=correlation))
        width[correlation] = brought.high[0, 0] - brought.low[0, 0]
    assert width[0.0] < width[0.1] < width[0.3]


def test_a_high_end_far_above_the_expected_is_found(model: Interviews) -> None:
    """Programs that decide nearly alike: the counts that are tried first end below it.

    A target as high as the list is long has all counts tried at once.
    """
    rates, alike = [0.05] * 60, model._replace(correlation=0.6, high_quantile=0.99)
    high = whole(rates, alike).high[0, 0]
    assert high > 2 * sum(rates) + 8
    assert high == whole(rates, alike._replace(target=60)).high[0, 0]


def test_an_empty_list_has_no_interviews(model: Interviews) -> None:
    """The plan, expected_interviews: 0 to 0 under stress too."""
    rates = np.array([[0.5, 0.5]])
    low, high = stress_range(np.zeros((1, 2), np.uint8), rates, rates, model)
    assert (low[0], high[0]) == (0, 0)


def test_the_example_cohort_stands_within_one_interview_of_simulation(
    example: Result, model: Interviews
) -> None:
    """Issue 3, It must show: range against simulation at both ends, for every applicant."""
    listed = example.shortlist.group_by("applicant_id", maintain_order=True).agg("invite_rate")
    shown = example.applicants.filter(pl.col("suggested_applications") > 0).join(
        listed, on="applicant_id"
    )
    random = np.random.default_rng(4)
    draws, normal = 50_000, NormalDist()
    factor = random.standard_normal((draws, 1), np.float32)
    own = random.standard_normal((draws, shown["suggested_applications"].max()), np.float32)  # type: ignore[arg-type]
    liability = model.correlation**0.5 * factor + (1 - model.correlation) ** 0.5 * own
    apart = {}
    for who, rates, low, high in shown.select(
        "applicant_id", "invite_rate", "expected_interviews_low", "expected_interviews_high"
    ).iter_rows():
        thresholds = np.array([normal.inv_cdf(rate) for rate in rates], np.float32)
        counts = (liability[:, : len(rates)] < thresholds).sum(axis=1)
        ends = np.quantile(counts, [model.low_quantile, model.high_quantile])
        apart[who] = max(abs(low - ends[0]), abs(high - ends[1]))
    assert len(apart) > 40
    assert {who: distance for who, distance in apart.items() if distance > 1} == {}
