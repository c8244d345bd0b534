"""How seldom Python searches for unused objects while a command works, and as it ends."""

import gc
import subprocess
import sys

import pytest

from stepladder.collector import seldom_searched

PYTHONS_OWN = gc.get_threshold()


def test_inside_python_searches_a_hundred_times_less_often() -> None:
    """The number of new objects that sets off a search is 200,000 inside."""
    with seldom_searched():
        assert gc.get_threshold()[0] == 200_000


def test_older_objects_are_searched_as_often_as_before() -> None:
    """Only how often the youngest are searched changes."""
    with seldom_searched():
        assert gc.get_threshold()[1:] == PYTHONS_OWN[1:]


def test_afterwards_python_searches_as_before_whatever_happened() -> None:
    """A failure inside leaves Python's own number, too."""
    with pytest.raises(ValueError, match="inside"), seldom_searched():
        raise ValueError("inside")
    assert gc.get_threshold() == PYTHONS_OWN


def test_what_was_made_inside_is_not_searched_when_it_is_left() -> None:
    """Ten thousand objects are more than Python's own number, and set off no search."""
    searched: list[str] = []

    def hear(phase: str, _: dict[str, int]) -> None:
        searched.append(phase)

    with seldom_searched():
        made = [[place] for place in range(10_000)]
        gc.callbacks.append(hear)
    after = [made]
    gc.callbacks.remove(hear)
    assert after
    assert searched == []


def test_whoever_has_it_searched_less_often_still_keeps_that() -> None:
    """A number above ours stays."""
    gc.set_threshold(1_000_000, *PYTHONS_OWN[1:])
    try:
        with seldom_searched():
            assert gc.get_threshold()[0] == 1_000_000
    finally:
        gc.set_threshold(*PYTHONS_OWN)


def test_a_process_that_worked_ends_without_a_search() -> None:
    """Nothing is left to be searched once the process ends."""
    told = "import atexit, gc\natexit.register(lambda: print(len(gc.get_objects())))"
    work = "from stepladder.collector import seldom_searched\nwith seldom_searched():\n    pass"
    command = [sys.executable, "-c", f"{told}\n{work}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    # Those that telling it makes; a Python that has just begun has some thousands.
    assert int(done.stdout) < 100
