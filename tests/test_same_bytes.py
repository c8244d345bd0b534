"""The example cohort in; the same bytes out, however many threads the machine gives."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stepladder import shipped

INPUTS = tuple(
    shipped.workbooks() / f"example-{name}-fictional.csv" for name in ("applicants", "programs")
)


def written(folder: Path, threads: int, hash_seed: str) -> dict[str, bytes]:
    """The files of a batch run on that many threads, by name."""
    applicants, programs = INPUTS
    files = (applicants, "--programs", programs, "--out", folder)
    batch = ("batch", *files, "--pairs", "--levers")
    run = subprocess.run(
        [sys.executable, "-m", "stepladder", *batch, "--as-of", "2026-06-01", "--quiet"],
        env={**os.environ, "POLARS_MAX_THREADS": str(threads), "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    # 1: done, some rows need fixing, on purpose.
    assert run.returncode == 1, run.stderr
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def on_one_thread(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one thread writes."""
    return written(tmp_path_factory.mktemp("threads") / "one", 1, "0")


def test_threads_change_no_byte(on_one_thread: dict[str, bytes], tmp_path: Path) -> None:
    """Output columns: same input, rulebook and date, the same CSV byte for byte on two threads."""
    assert len(on_one_thread["shortlist.csv"]) > 100_000
    assert written(tmp_path / "two", 2, "1") == on_one_thread
