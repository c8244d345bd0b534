"""On how many threads the libraries run, by the size of the cohort and by what is set."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from stepladder.threads import one_for_few

ASKED = """
import sys
from pathlib import Path
from stepladder.threads import one_for_few
if sys.argv[1:]:
    one_for_few(Path(sys.argv[1]))
import polars
print(polars.thread_pool_size())
"""


def of_size(folder: Path, size: int) -> Path:
    """A file of this many bytes."""
    file = folder / "cohort.csv"
    file.write_bytes(b"x" * size)
    return file


def threads_for(cohort: Path | None = None, told: str = "") -> int:
    """The threads that polars takes in a new process; an office may have told it how many."""
    environment = {name: text for name, text in os.environ.items() if "THREADS" not in name}
    run = subprocess.run(
        [sys.executable, "-c", ASKED, *([] if cohort is None else [str(cohort)])],
        env=environment | ({"POLARS_MAX_THREADS": told} if told else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stdout)


def test_a_small_cohort_takes_one_thread(tmp_path: Path) -> None:
    """To 128 KiB."""
    assert threads_for(of_size(tmp_path, 128 * 1024)) == 1


def test_a_larger_cohort_takes_what_polars_takes_by_itself(tmp_path: Path) -> None:
    """From 128 KiB and a byte."""
    assert threads_for(of_size(tmp_path, 128 * 1024 + 1)) == threads_for()


def test_what_an_office_has_set_stays(tmp_path: Path) -> None:
    """Three threads stay three, though the cohort is small."""
    assert threads_for(of_size(tmp_path, 100), told="3") == 3


def test_nothing_is_set_where_polars_runs_already(tmp_path: Path) -> None:
    """As in this process: its threads, and those of what it starts, stay as they are."""
    import_module("polars")
    before = dict(os.environ)
    one_for_few(of_size(tmp_path, 100))
    assert dict(os.environ) == before


def test_a_name_that_is_too_long_is_left_to_its_reader() -> None:
    """No error, and no one thread."""
    assert threads_for(Path("x" * 300)) == threads_for()
