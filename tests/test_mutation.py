"""Names of mutants in; the ones that are drawn, and the tests that look at one, out."""

from collections import Counter

import pytest
from tests.mutation import Known, drawn, function_of, stage_of


def mutants(function: str, number: int) -> list[str]:
    """As mutmut names them."""
    return [f"stepladder.{function}__mutmut_{n}" for n in range(1, number + 1)]


ALL = [
    *mutants("plan.count.x_list_length", 60),
    *mutants("plan.costs.x_cost", 5),
    *mutants("match.hard_filter.x_passes", 3),
    *mutants("score.tier.x_tier", 1),
]


def test_the_first_round_takes_one_mutant_of_each_function() -> None:
    """However many mutants a function has; so every stage is drawn as well."""
    chosen = drawn(ALL, 4, seed=8)
    assert {*map(function_of, chosen)} == {*map(function_of, ALL)}
    assert {*map(stage_of, chosen)} == {"score", "match", "plan"}


def test_further_rounds_take_another_mutant_of_each() -> None:
    """A function whose mutants are all drawn is passed over."""
    by_function = Counter(function_of(mutant).partition(".")[2] for mutant in drawn(ALL, 11, seed=8))
    assert by_function == {
        "score.tier.x_tier": 1,
        "match.hard_filter.x_passes": 3,
        "plan.costs.x_cost": 4,
        "plan.count.x_list_length": 3,
    } or by_function == {
        "score.tier.x_tier": 1,
        "match.hard_filter.x_passes": 3,
        "plan.costs.x_cost": 3,
        "plan.count.x_list_length": 4,
    }


@pytest.mark.parametrize("number", [0, 1, 68, 69, 70])
def test_no_mutant_is_drawn_twice(number: int) -> None:
    """And no more than there are."""
    chosen = drawn(ALL, number, seed=8)
    assert len({*chosen}) == len(chosen) == min(number, len(ALL))


def test_a_seed_draws_the_same_again_and_another_seed_others() -> None:
    """In whatever order mutmut names them; a longer sample begins with the shorter one."""
    assert drawn(ALL, 20, seed=8) == drawn([*reversed(ALL)], 20, seed=8) == drawn(ALL, 40, 8)[:20]
    assert drawn(ALL, 20, seed=8) != drawn(ALL, 20, seed=9)


MUTANT = "stepladder.plan.costs.x_cost__mutmut_1"
SECONDS = {
    "tests/plan/test_slow.py::test_slow": 5.0,
    "tests/plan/test_costs.py::test_a": 0.1,
    "tests/plan/test_costs.py::test_b": 0.2,
    "tests/plan/test_costs.py::test_c": 0.3,
    "tests/plan/test_count.py::test_other": 0.0,
}
KNOWN = Known((MUTANT,), {function_of(MUTANT): [*SECONDS][:4]}, SECONDS)


def test_the_quickest_tests_of_several_files_look_first() -> None:
    """Two of a file, since those of one file fail together; none that never comes by."""
    assert KNOWN.quickest(MUTANT) == [
        "tests/plan/test_costs.py::test_a",
        "tests/plan/test_costs.py::test_b",
        "tests/plan/test_slow.py::test_slow",
    ]


def test_then_all_that_come_by_look_file_by_file() -> None:
    """The quickest file first."""
    assert KNOWN.all(MUTANT) == [*SECONDS][1:4] + [*SECONDS][:1]
