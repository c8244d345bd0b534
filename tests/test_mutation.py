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
    by_function = Counter(map(function_of, drawn(ALL, 10, seed=8)))
    assert by_function == {
        "stepladder.score.tier.x_tier": 1,
        "stepladder.match.hard_filter.x_passes": 3,
        "stepladder.plan.costs.x_cost": 3,
        "stepladder.plan.count.x_list_length": 3,
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
    "tests/plan/test_list.py::test_y": 0.02,
    "tests/plan/test_list.py::test_z": 0.03,
    "tests/plan/test_list.py::test_x": 0.01,
    "tests/plan/test_costs.py::test_a": 0.1,
    "tests/plan/test_costs.py::test_b": 0.2,
    "tests/plan/test_costs.py::test_c": 0.3,
    "tests/plan/test_count.py::test_other": 0.0,
}
KNOWN = Known((MUTANT,), {function_of(MUTANT): [*SECONDS][:6]}, SECONDS)


def test_the_quickest_tests_look_first() -> None:
    """Those of the file that is called like the module, two of each other; none that never comes.

    Tests of one file fail together, and a file of its own asks the most of a function.
    """
    assert KNOWN.quickest(MUTANT) == [
        "tests/plan/test_costs.py::test_a",
        "tests/plan/test_costs.py::test_b",
        "tests/plan/test_costs.py::test_c",
        "tests/plan/test_list.py::test_x",
        "tests/plan/test_list.py::test_y",
    ]


def test_then_all_that_come_by_look_file_by_file() -> None:
    """Its own file first, then the quickest."""
    files = [test.partition("::")[0] for test in KNOWN.all(MUTANT)]
    assert files == ["tests/plan/test_costs.py"] * 3 + ["tests/plan/test_list.py"] * 3


def test_a_survivor_is_looked_at_by_every_other_test() -> None:
    """What a fixture of a whole module computes counts for its first test only; and the laws."""
    assert KNOWN.rest(MUTANT) == ["tests/plan/test_count.py::test_other", "tests/properties"]
