"""Killed at any moment and raced by others, in a short form; `make crowds` runs the long one."""

import sys

import pytest
from tests.crowds.kills import RUNS, at_every_line, at_random_moments
from tests.crowds.races import race

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed as on Unix")


@pytest.mark.parametrize("name", RUNS)
def test_a_run_killed_at_any_line_breaks_nothing(name: str) -> None:
    """The complete old or new file; no state lost; the next run is not hindered and sweeps."""
    kills = at_every_line(name, every=11, first=3)
    assert kills.number > 20
    assert kills.faults == []


@pytest.mark.parametrize("name", RUNS)
def test_a_run_killed_at_a_random_moment_breaks_nothing(name: str) -> None:
    """As above, in the middle of what the system does, too."""
    assert at_random_moments(name, 20, seed=1).faults == []


def test_two_runs_at_once_lose_no_update() -> None:
    """Each has its turn."""
    races = race(15)
    assert races.updates == 30
    assert (races.lost, races.failed) == (0, 0)
