"""Coverage's figures in; branches by stage, and whether they are enough, out."""

import pytest
from tests.branches import MINIMUM, Branches, branches


def file(number: int, *missing: tuple[int, int]) -> dict[str, object]:
    """A file as coverage tells of it."""
    return {"summary": {"num_branches": number}, "missing_branches": [list(one) for one in missing]}


def test_branches_are_counted_by_stage() -> None:
    """Of the files of its folder only, on Windows, too."""
    measured = {
        "files": {
            "src/stepladder/plan/curve.py": file(10, (112, 114)),
            "src\\stepladder\\plan\\count.py": file(6),
            "src/stepladder/planned.py": file(50, (1, 2)),
            "tests/stepladder/plan/made.py": file(50, (1, 2)),
        }
    }
    [plan] = [one for one in branches(measured) if one.stage == "plan"]
    assert plan == Branches("plan", 16, ("plan/curve.py: 112 → 114",))
    assert not plan.is_enough


@pytest.mark.parametrize(("missed", "enough"), [(3, True), (4, False)])
def test_a_stage_has_to_reach_its_minimum(missed: int, *, enough: bool) -> None:
    """97 % of the branches of validate/: one on each side."""
    assert MINIMUM["validate"] == 97
    assert Branches("validate", 100, ("",) * missed).is_enough is enough
