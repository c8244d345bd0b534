"""Names of mutants in; which of them a sample takes, out."""

import pytest
from tests.mutation.mutants import function_of, matching, sample, stage_of


def of(function: str, number: int) -> list[str]:
    """As mutmut names them."""
    return [f"stepladder.{function}__mutmut_{n}" for n in range(1, number + 1)]


ALL = [
    *of("plan.count.x_suggest", 60),
    *of("plan.costs.x_affordable", 5),
    *of("match.classes.xǁClassesǁrows", 3),
    *of("score.tier.x_tier", 1),
]


@pytest.mark.parametrize("size", [0, 4, 5, 30])
def test_a_sample_takes_a_mutant_of_every_function(size: int) -> None:
    """However few it shall take, and however many a function has; so of every stage, too."""
    taken = sample(ALL, size, seed=8)
    assert len(taken) == max(size, 4)
    assert {*map(function_of, taken)} == {*map(function_of, ALL)}
    assert {*map(stage_of, taken)} == {"score", "match", "plan"}


def test_the_others_are_drawn_from_all() -> None:
    """A function with many mutants has as large a part of them as it has of all."""
    others = [sample(ALL, 14, seed)[4:] for seed in range(100)]
    of_long = sum(name.startswith("stepladder.plan.count.") for names in others for name in names)
    assert 850 < of_long < 950


def test_none_is_taken_twice() -> None:
    """And no more than there are."""
    assert sorted(sample(ALL, 100, seed=8)) == sorted(ALL)


def test_a_seed_takes_the_same_again() -> None:
    """A larger sample begins with the smaller one; another seed takes others."""
    assert sample(ALL, 20, seed=8) == sample(ALL, 40, seed=8)[:20]
    assert sample(ALL, 20, seed=8) != sample(ALL, 20, seed=9)


def test_patterns_choose_by_name() -> None:
    """All without any."""
    assert matching(ALL, []) == ALL
    assert matching(ALL, ["stepladder.score.*", "*.costs.*_5"]) == [
        "stepladder.plan.costs.x_affordable__mutmut_5",
        "stepladder.score.tier.x_tier__mutmut_1",
    ]
