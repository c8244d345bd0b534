"""Many cohort files in; a folder of results for each, made here, in shards or by a cluster, out.

Every file is a cohort of its own and a part of the job. A part is written under a hidden name and
takes its place whole, so a job that was broken off goes on where it stood. Whoever does a part, the
same function does it, and only paths, numbers and counts travel.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from stepladder.books.apart import Apart
from stepladder.books.disk import copy_permissions, leftovers, private_name, remove, sweep_stale
from stepladder.cohort import Done, write_results
from stepladder.errors import InputError, OutputError, StepladderError, UsageError
from stepladder.refresh import Format, Settings
from stepladder.rulebook import load_rulebook

DONE = "done.json"
"""In a folder of results: with what they were made, and what they count."""
_JOB = ".stepladder-job-{}.json"
_RETRIES = 2


@dataclass(frozen=True)
class Job:
    """Cohort files and everything that their results depend on, as JSON can hold it."""

    files: tuple[str, ...]
    programs: str
    out: str
    as_of: str
    rulebook: str | None = None
    season: int | None = None
    list_by: str = "best"
    tables: tuple[str, ...] = ()
    pairs: bool = False
    levers: bool = False
    medium: str = "csv"
    table: str | None = None
    programs_table: str | None = None

    def settings(self) -> Settings:
        """What a run is told beside its tables. Raises PolicyError and UsageError."""
        told = Settings(
            load_rulebook(Path(self.rulebook) if self.rulebook else None),
            date.fromisoformat(self.as_of),
            self.season,
            self.pairs,
            with_levers=self.levers,
            list_by="rate" if self.list_by == "rate" else "best",
        )
        return replace(told, tables=frozenset(self.tables)) if self.tables else told

    def folder(self, number: int) -> Path:
        """Where the results of a file go."""
        return Path(self.out) / Path(self.files[number]).stem


@dataclass(frozen=True)
class Part:
    """What became of one file: its counts, or why there are none."""

    file: str
    counts: dict[str, Any]
    was_done: bool = False
    failure: str = ""
    exit_code: int = 0


@dataclass(frozen=True)
class Parts:
    """What became of the files of a job that this run looked after."""

    parts: tuple[Part, ...]
    out: str

    @property
    def exit_code(self) -> int:
        """That of the first file that failed; else 1 where rows are to be fixed."""
        failed = [part.exit_code for part in self.parts if part.failure]
        return failed[0] if failed else int(self._count("errors") > 0)

    def lines(self) -> Iterator[str]:
        """What a person is told."""
        done = [part for part in self.parts if not part.failure]
        before = sum(part.was_done for part in done)
        yield (
            f"{len(done):,} of {len(self.parts):,} cohorts done"
            + (f", {before:,} of them before" if before else "")
            + f" · {self._count('applicants'):,} applicants"
        )
        statuses: Counter[str] = Counter()
        for part in done:
            statuses.update(part.counts["statuses"])
        yield (
            f"  {statuses['OK']:,} OK · {statuses['Check']:,} to check · "
            f"{statuses['Fix']:,} to fix "
            f"({self._count('errors'):,} errors, {self._count('queries'):,} queries in Findings)"
        )
        yield f"Results: {self.out}, a folder for each cohort"

    def failures(self) -> Iterator[str]:
        """Which files failed, and why."""
        return (part.failure for part in self.parts if part.failure)

    def _count(self, name: str) -> int:
        return sum(part.counts[name] for part in self.parts if not part.failure)


def shard(numbers: Sequence[int], which: tuple[int, int] | None) -> list[int]:
    """The numbers of one shard (first, of how many), all of them without one."""
    if which is None:
        return list(numbers)
    at, of = which
    return [number for place, number in enumerate(numbers) if place % of == at - 1]


def run_here(job: Job, numbers: Sequence[int], hear: Callable[[int, int], None]) -> Parts:
    """Do some parts of a job, one after another; a file that fails stops no other."""
    parts = []
    with Apart() as apart:
        for number in numbers:
            parts.append(attempt(job, number, apart))
            hear(1, len(numbers))
    return Parts(tuple(parts), job.out)


def attempt(job: Job, number: int, apart: Apart | None = None) -> Part:
    """Do a part; a failure that a person can mend is told, not raised."""
    try:
        return run_part(job, number, apart)
    except StepladderError as error:
        return Part(job.files[number], {}, failure=error.message, exit_code=error.exit_code)


def run_part(job: Job, number: int, apart: Apart | None = None) -> Part:
    """Write the results of one file of a job, unless they are there already.

    apart  reads its workbooks; without it they are read here

    Raises StepladderError.
    """
    file, target = Path(job.files[number]), job.folder(number)
    settings = _settings(job)
    made_with = _fingerprint(job, settings, file)
    if (counts := _done_before(target, made_with)) is not None:
        return Part(job.files[number], counts, was_done=True)
    if target.exists() and not (target / DONE).exists():
        message = (
            f"{target} is there and holds no results of a job; move it, or name another --out."
        )
        raise OutputError(message)
    hidden = private_name(target)
    sweep_stale([target])
    try:
        if target.exists():
            hidden.mkdir(mode=0o700)
        programs = (Path(job.programs), job.programs_table)
        medium: Format = "parquet" if job.medium == "parquet" else "csv"
        done = write_results(file, programs, settings, hidden, medium, table=job.table, apart=apart)
        counts = _counts(done)
        told = {"made_with": made_with, **counts}
        (hidden / DONE).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")
        _open_to_the_same_people(hidden, target)
        _take_place(hidden, target, made_with)
    except OutputError as problem:
        # Nobody knows the hidden name.
        raise OutputError(problem.message.replace(str(hidden), str(target))) from problem
    except OSError as problem:
        message = f"{target} cannot be written ({problem.strerror}); make room, or ask for access."
        raise OutputError(message) from problem
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return Part(job.files[number], counts)


def run_numbered(job_file: str, number: int) -> dict[str, Any]:
    """Do the part of a number of the job in a file: what a cluster's workers are told."""
    return asdict(attempt(_read_job(job_file), number))


def run_on_dask(
    job: Job,
    numbers: Sequence[int],
    scheduler: str | None,
    hear: Callable[[int, int], None],
) -> Parts:
    """Do some parts on a Dask cluster, by default one of this machine's cores.

    Workers read and write the files themselves; a part whose worker was lost is done by another.
    Raises UsageError where Dask is not installed or the scheduler does not answer.
    """
    try:
        from distributed import Client, KilledWorker, LocalCluster, as_completed  # noqa: PLC0415 - an extra
    except ImportError as problem:
        message = "--engine dask needs the extra: pip install 'stepladder[dask]'."
        raise UsageError(message) from problem
    job_file = _write_job(job)
    try:
        with _client(Client, LocalCluster, scheduler) as client:
            futures = [
                client.submit(
                    run_numbered,
                    job_file,
                    number,
                    key=f"part-{number}-{Path(job_file).stem}",
                    pure=False,
                    retries=_RETRIES,
                )
                for number in numbers
            ]
            found = {}
            names = (job.files[number] for number in numbers)
            file_of = dict(zip((future.key for future in futures), names, strict=True))
            for future in as_completed(futures):  # type: ignore[no-untyped-call]
                file = file_of[future.key]
                # What kills every worker that reads it is told, and stops no other file.
                lost = future.status == "error" and isinstance(future.exception(), KilledWorker)
                found[file] = _killed(file) if lost else Part(**future.result())
                hear(1, len(numbers))
    finally:
        Path(job_file).unlink(missing_ok=True)
    for number in numbers:
        _sweep(job.folder(number))
    return Parts(tuple(found[job.files[number]] for number in numbers), job.out)


def _killed(file: str) -> Part:
    failure = (
        f"{Path(file).name} was not done: every worker that had it broke off; run it alone, "
        "without --engine dask."
    )
    return Part(file, {}, failure=failure, exit_code=InputError.exit_code)


def _client(client: Any, local_cluster: Any, scheduler: str | None) -> Any:  # noqa: ANN401 - untyped
    if scheduler is None:
        cores = os.cpu_count() or 1
        return client(local_cluster(n_workers=cores, threads_per_worker=1, dashboard_address=None))
    try:
        return client(scheduler, timeout="10s")
    except (OSError, TimeoutError, ValueError) as problem:
        message = f"No Dask scheduler answers at {scheduler}; start one: dask scheduler."
        raise UsageError(message) from problem


def _write_job(job: Job) -> str:
    text = json.dumps(asdict(job), sort_keys=True)
    path = Path(job.out) / _JOB.format(sha256(text.encode()).hexdigest()[:12])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as problem:
        message = f"{job.out} cannot be written to ({problem.strerror}); name another place."
        raise OutputError(message) from problem
    return str(path.resolve())


@cache
def _read_job(job_file: str) -> Job:
    told: dict[str, Any] = json.loads(Path(job_file).read_text("utf-8"))
    lists = {key: tuple(one) for key, one in told.items() if isinstance(one, list)}
    return Job(**{**told, **lists})


@cache
def _settings(job: Job) -> Settings:
    return job.settings()


def _fingerprint(job: Job, settings: Settings, file: Path) -> str:
    """What the results of a file were made with: nothing else changes them."""
    told = replace(job, files=(), out="", programs="", rulebook=None)
    digest = sha256(json.dumps([asdict(told), version("stepladder")], sort_keys=True).encode())
    digest.update(settings.rulebook.sha256.encode())
    for path in (Path(job.programs), file):
        digest.update(_hash(path))
    return digest.hexdigest()


def _hash(path: Path) -> bytes:
    digest = sha256()
    # What cannot be read is told by whoever reads it; a pipe would be waited for.
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises where a name is too long
        return digest.digest()
    with suppress(OSError), path.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.digest()


def _done_before(target: Path, made_with: str) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads((target / DONE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return told if told.pop("made_with", None) == made_with else None


def _counts(done: Done) -> dict[str, Any]:
    told = done.summary
    return {
        "applicants": told.applicants,
        "errors": told.errors,
        "queries": told.queries,
        "statuses": dict(sorted(told.statuses.items())),
        "tiers": dict(sorted(told.tiers.items())),
    }


def _open_to_the_same_people(hidden: Path, target: Path) -> None:
    """Give results the permissions of the earlier ones that they replace, file by file."""
    for model in (target, *(target / made.name for made in hidden.iterdir())):
        if model.exists():
            copy_permissions(model, hidden if model == target else hidden / model.name)


def _take_place(hidden: Path, target: Path, made_with: str) -> None:
    """Put results where they belong; where another has just put the same, theirs stay."""
    earlier = private_name(target)
    with suppress(FileNotFoundError):
        target.rename(earlier)
    try:
        hidden.rename(target)
    except OSError:
        if _done_before(target, made_with) is None:
            raise
    finally:
        shutil.rmtree(earlier, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Take away what a lost worker left of a part that is done now."""
    for left in list(leftovers(target)):
        remove(left)
