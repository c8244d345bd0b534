"""`stepladder batch` over many cohorts: folders in and out, shards, and a Dask cluster."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster, Scheduler
from distributed.diagnostics.plugin import SchedulerPlugin
from tests.books import odd_readers
from tests.cli.command import AS_OF, COHORT, PROGRAMS, Done, cells, contents, run, write_book

from stepladder import cohort, many
from stepladder.books import disk
from stepladder.many import DONE

HEADER, *ROWS = COHORT.splitlines()
NAMES = ("east", "north", "south", "west")


def made(folder: Path) -> Path:
    """Put the programs and a folder of four cohorts there; one has a row to fix."""
    (folder / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    (folder / "cohorts").mkdir()
    for place, name in enumerate(NAMES):
        rows = [row.replace("Exemplar", name.title()) for row in ROWS[: place or 3]]
        if name == "west":
            rows = [rows[0].replace("2024", "next year"), *rows[1:]]
        text = "\n".join([HEADER, *rows, ""])
        (folder / "cohorts" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def offices(tmp_path: Path) -> Path:
    """A folder of one's own with the programs and the cohorts."""
    return made(tmp_path)


def batch(offices: Path, *arguments: str | Path, out: str = "out") -> Done:
    """Run `batch` over the cohorts into a folder, as of one day."""
    named = [one for one in arguments if isinstance(one, Path)] or [offices / "cohorts"]
    options = [one for one in arguments if not isinstance(one, Path)]
    where = ("--programs", offices / "programs.csv", "--out", offices / out)
    return run("batch", *named, *where, "--as-of", AS_OF, *options)


def tables(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but those that say that a part is done."""
    return {name: read for name, read in contents(folder).items() if not name.endswith(DONE)}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What each cohort gets when it is run alone."""
    offices = made(tmp_path_factory.mktemp("alone"))
    for name in NAMES:
        batch(offices, offices / "cohorts" / f"{name}.csv", out=f"alone/{name}")
    return tables(offices / "alone")


@pytest.mark.parametrize("named", ["cohorts", "cohorts/*.csv", "cohorts/[ensw]*"])
def test_a_folder_or_a_pattern_gives_each_cohort_its_own_folder(
    offices: Path, alone: dict[str, bytes], named: str
) -> None:
    """Issue 7, 3: each folder holds, byte for byte, what the cohort gets alone."""
    done = batch(offices, offices / named)
    assert tables(offices / "out") == alone
    assert done.exit_code == 1
    assert "4 of 4 cohorts done · 9 applicants" in done.out


def test_shards_share_the_cohorts(offices: Path, alone: dict[str, bytes]) -> None:
    """Issue 7, 3: --shard i/n does every n-th cohort; all shards together do each once."""
    batch(offices, "--shard", "1/3")
    assert {path.name for path in (offices / "out").iterdir()} == {"east", "west"}
    batch(offices, "--shard", "2/3")
    batch(offices, "--shard", "3/3")
    assert tables(offices / "out") == alone


@pytest.mark.parametrize("share", ["0/3", "4/3", "2", "a/b"])
def test_a_share_that_is_none_is_refused(offices: Path, share: str) -> None:
    """Commands: wrong usage ends with 2 and nothing is written."""
    assert batch(offices, "--shard", share).exit_code == 2
    assert not (offices / "out").exists()


def test_a_part_that_is_done_is_not_done_again(offices: Path) -> None:
    """Issue 7, 3: a job that was broken off goes on where it stood."""
    batch(offices, "--shard", "1/2")
    before = {path: path.stat().st_mtime_ns for path in (offices / "out").rglob("*")}
    done = batch(offices)
    assert "4 of 4 cohorts done, 2 of them before" in done.out
    assert {path: path.stat().st_mtime_ns for path in before if path.is_file()} == {
        path: when for path, when in before.items() if path.is_file()
    }


@pytest.mark.parametrize("changed", ["cohorts/east.csv", "programs.csv"])
def test_a_part_whose_inputs_changed_is_done_again(offices: Path, changed: str) -> None:
    """Results never stand beside an input that they were not made from."""
    batch(offices)
    with (offices / changed).open("a", encoding="utf-8") as file:
        file.write("A9,Zoe New,2027,US IMG\n" if "cohorts" in changed else "P9,New (fictional)\n")
    again = batch(offices)
    before = 3 if "cohorts" in changed else 0
    assert (f"{before} of them before" in again.out) == (before > 0)
    batch(offices, out="fresh")
    assert contents(offices / "out") == contents(offices / "fresh")


def test_a_cohort_that_fails_stops_no_other(offices: Path) -> None:
    """One sentence on what to do for the file that failed, its exit code, and the others done."""
    (offices / "cohorts" / "broken.csv").write_bytes(b"\0\1\2")
    done = batch(offices)
    assert done.exit_code == 3
    assert done.err.startswith("stepladder: broken.csv is damaged")
    assert "4 of 5 cohorts done" in done.out
    assert {path.name for path in (offices / "out").iterdir()} == {*NAMES}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_among_the_cohorts_holds_nobody_up(offices: Path) -> None:
    """It is refused as a file that cannot be read; nobody will ever write to it."""
    os.mkfifo(offices / "cohorts" / "pipe.csv")
    done = batch(offices)
    assert (done.exit_code, "4 of 5 cohorts done" in done.out) == (3, True)
    assert done.err.startswith("stepladder: pipe.csv is a pipe or a device")


def test_a_workbook_that_crashes_its_reader_stops_no_other(
    offices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read by a process of its own; the others have what they have without it."""
    batch(offices, out="before")
    write_book(offices / "cohorts" / "crash.xlsx", {"Applicants": [HEADER.split(",")]})
    monkeypatch.setattr(cohort, "read_applicants", odd_readers.died)
    done = batch(offices)
    assert (done.exit_code, "4 of 5 cohorts done" in done.out) == (3, True)
    assert done.err.startswith("stepladder: crash.xlsx cannot be read: its reader broke off")
    assert contents(offices / "out") == contents(offices / "before")


def test_a_workbook_among_many_gives_what_it_gives_alone(offices: Path) -> None:
    """Whoever reads it."""
    lines = cells((offices / "cohorts" / "west.csv").read_text("utf-8"))
    write_book(offices / "cohorts" / "book.xlsx", {"Applicants": lines})
    batch(offices)
    batch(offices, offices / "cohorts" / "book.xlsx", out="alone")
    assert tables(offices / "out" / "book") == tables(offices / "alone")


def test_nothing_hidden_is_left(offices: Path) -> None:
    """A part is written under a hidden name and renamed."""
    batch(offices)
    assert [path for path in (offices / "out").rglob("*") if path.name.startswith(".")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of Unix")
def test_results_made_anew_are_open_to_the_same_people(offices: Path) -> None:
    """Issue 8, 4: a folder and a file that an office has closed to others stay closed."""
    batch(offices)
    folder = next(path for path in (offices / "out").iterdir() if path.is_dir())
    folder.chmod(0o700)
    (folder / "applicants.csv").chmod(0o640)
    with (offices / "programs.csv").open("a", encoding="utf-8") as programs:
        programs.write("\n")
    before = (folder / "done.json").read_bytes()
    batch(offices)
    assert (folder / "done.json").read_bytes() != before
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "applicants.csv").stat().st_mode & 0o777 == 0o640


def test_what_a_killed_run_left_is_swept_a_day_later(
    offices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 8, 4: half of a cohort's results hold names, too."""
    batch(offices)
    done = next(path for path in (offices / "out").iterdir() if path.is_dir())
    left = done.with_name(f".{done.name}.stepladder-0a1b2c3d")
    left.mkdir()
    (left / "applicants.csv").write_text("half", encoding="utf-8")
    (done / "done.json").write_text("{}", encoding="utf-8")
    batch(offices)
    assert left.exists()
    later = time.time() + disk.STALE_HOURS * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    (done / "done.json").write_text("{}", encoding="utf-8")
    batch(offices)
    assert not left.exists()


def test_a_folder_that_is_not_ours_stays(offices: Path) -> None:
    """A folder with a cohort's name that holds something else is refused, not replaced."""
    (offices / "out" / "east").mkdir(parents=True)
    (offices / "out" / "east" / "letters.txt").write_text("Dear Ann", encoding="utf-8")
    done = batch(offices)
    assert done.exit_code == 6
    assert (offices / "out" / "east" / "letters.txt").read_text(encoding="utf-8") == "Dear Ann"


def test_two_cohorts_of_one_name_are_refused(offices: Path) -> None:
    """Two files that would share a folder are named, and nothing is done."""
    (offices / "more").mkdir()
    (offices / "more" / "east.csv").write_text(COHORT, encoding="utf-8")
    done = batch(offices, offices / "cohorts", offices / "more")
    assert done.exit_code == 2
    assert "would share the folder east" in done.err


@pytest.mark.parametrize(
    "options", [("--shard", "1/2"), ("--engine", "dask"), ("--scheduler", "tcp://nowhere:8786")]
)
def test_one_cohort_is_not_shared_out(offices: Path, options: tuple[str, str]) -> None:
    """Commands: options for many cohorts are refused for one file."""
    assert batch(offices, offices / "cohorts" / "east.csv", *options).exit_code == 2


def test_many_cohorts_fit_in_no_workbook(offices: Path) -> None:
    """Commands: many cohorts go into a folder."""
    done = batch(offices, out="out.xlsx")
    assert done.exit_code == 2
    assert "name a folder" in done.err


# ── Dask ────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def dask(command: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of Dask, ended when the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{command}", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "5s"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_of(scheduler: subprocess.Popen[str]) -> str:
    """Where a scheduler listens, by what it says when it starts."""
    assert scheduler.stderr is not None
    for line in scheduler.stderr:
        if found := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
            return found[1]
    raise AssertionError("the scheduler did not start")


def test_a_lost_worker_loses_and_doubles_nothing(offices: Path, alone: dict[str, bytes]) -> None:
    """Issue 7, 3: a worker killed half-way; the run completes, every part once, the same bytes.

    A part is half-way when its hidden folder is there; the worker that writes it is stopped there
    first, so that it cannot finish, and then killed.
    """
    out = offices / "out"
    with dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard") as scheduler:
        address = address_of(scheduler)
        worker = (address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        named = ("batch", offices / "cohorts", "--programs", offices / "programs.csv")
        words = (*named, "--out", out, "--as-of", AS_OF, "--engine", "dask")
        with dask("worker", *worker) as first:
            job = subprocess.Popen(
                [sys.executable, "-m", "stepladder", *words, "--scheduler", address],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            while not [*out.glob(".*.stepladder-*")] and job.poll() is None:
                time.sleep(0.01)
            os.kill(first.pid, signal.SIGSTOP)
            assert job.poll() is None
            first.kill()
            with dask("worker", *worker):
                said, wrong = job.communicate(timeout=100)
    assert job.returncode == 1, wrong
    assert "4 of 4 cohorts done" in said
    assert tables(out) == alone
    assert [path for path in out.rglob("*") if path.name.startswith(".")] == []


def test_a_worker_is_told_a_path_and_a_number_and_tells_counts(
    offices: Path, alone: dict[str, bytes]
) -> None:
    """Issue 7, 3: nothing of a person travels through the scheduler."""
    files = tuple(str(path) for path in sorted((offices / "cohorts").iterdir()))
    job = many.Job(files, str(offices / "programs.csv"), str(offices / "out"), AS_OF)
    job_file = many._write_job(job)
    told = [many.run_numbered(job_file, number) for number in range(len(files))]
    travels = json.dumps(told) + Path(job_file).read_text(encoding="utf-8")
    for word in ("Ann", "Bob", "Cyn", "007", "3401-E5", "next year"):
        assert not is_told(word, travels)
        assert any(word.encode() in read for read in alone.values())


def is_told(word: str, text: str) -> bool:
    """Whether it stands there as a word; digits of a moment may hold the same ones."""
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", text) is not None


class Seen(SchedulerPlugin):
    """Everything that the scheduler of a cluster holds of a task, as text."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.texts: list[str] = []

    def transition(self, key: Any, start: Any, finish: Any, *_: Any, **told: Any) -> None:  # noqa: ANN401 - as distributed has it
        """Take down the task's name, what it is told, and what came of it, at each of its steps."""
        task = self.scheduler.tasks.get(key)
        spec = [task.run_spec, task.prefix, task.annotations, task.metadata] if task else []
        self.texts.append(f"{key} {start} {finish} {spec} {told}")


def test_the_scheduler_sees_paths_and_numbers(offices: Path) -> None:
    """Issue 8, 4: task keys, arguments and results name nobody, where a dashboard shows them."""
    (offices / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    files = tuple(str(path) for path in sorted((offices / "cohorts").iterdir()))
    job = many.Job(files, str(offices / "programs.csv"), str(offices / "out"), AS_OF)
    made: Any = LocalCluster  # Its constructor has no types.
    with made(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        seen = Seen(cluster.scheduler)
        cluster.scheduler.add_plugin(seen)
        done = many.run_on_dask(job, range(4), cluster.scheduler_address, lambda _done, _of: None)
    assert not [*done.failures()]
    assert sum("part-" in text for text in seen.texts) >= 4
    assert "run_numbered" in "".join(seen.texts)
    for word in ("Ann", "Bob", "Cyn", "007", "3401-E5", "next year"):
        assert not is_told(word, "".join(seen.texts))
