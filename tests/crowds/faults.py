"""A fault of the system and a command in; what the command left behind, out.

The law: exit code 6, or another that says what is wrong, one sentence, and every file byte for byte
as it was, be it an input, a workbook or an earlier result; or else the whole new result.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.command import AS_OF, COHORT, PROGRAMS, Done, contents, run, write_book
from tests.cli.office_edits import address, typed
from tests.crowds.processes import crowd, ended
from tests.crowds.runs import lose_folder_at_line

_ON = ("--as-of", AS_OF)
_INPUTS = ("cohort.csv", "--programs", "programs.csv")
COMMANDS: dict[str, tuple[str, ...]] = {
    "refresh": ("refresh", "book.xlsx", *_ON),
    "restore": ("restore", "kept.xlsx"),
    "adopt": ("adopt", "roster.xlsx", *_ON),
    "new": ("new", "anew.xlsx", "--applicants", *_INPUTS, *_ON),
    "batch into a workbook": ("batch", *_INPUTS, "--out", "results.xlsx", *_ON),
    "batch into CSV": ("batch", *_INPUTS, "--out", "results", "--pairs", *_ON),
    "batch into parquet": ("batch", *_INPUTS, "--out", "p", "--format", "parquet", *_ON),
    "batch of many": ("batch", "cohorts", "--programs", "programs.csv", "--out", "each", *_ON),
    "brief": ("brief", "results", "--out", "briefs", *_ON),
    "check": ("check", "cohort.csv", "programs.csv", "--out", "findings.xlsx"),
    "compare": ("compare", "results", "results", "--out", "compared.csv"),
}
FREE_KILOBYTES = (0, 32, 96)
"""Room on the full disk: for nothing, for some tables, for half of a workbook."""
_DISK = "size=4m"
_PIECE = 4096
_CLOSED_WITHIN = 5.0


@dataclass
class Faulty:
    """How often commands ended with which exit code under a fault, and every loss."""

    fault: str
    ended: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How much must not be."""
        return len(self.faults)

    def __str__(self) -> str:
        codes = ", ".join(f"{number} × exit {code}" for code, number in sorted(self.ended.items()))
        return f"{self.fault}: {self.ended.total()} commands ({codes}), {self.wrong} faults"

    def add(self, name: str, before: dict[str, bytes], after: dict[str, bytes], done: Done) -> None:
        """Count how a command ended, and look at what it left."""
        self.ended[done.exit_code] += 1
        if done.exit_code > 1 or done.err:
            lines = done.err.splitlines()
            # Of many cohorts each that failed has its own.
            is_told = lines and all(line.startswith("stepladder: ") for line in lines)
            self.faults += [] if is_told else [f"{name}: no sentence: {done.err}"]
            changed = sorted(
                file for file in {*before, *after} if before.get(file) != after.get(file)
            )
            self.faults += [f"{name}: {file} is not as it was" for file in changed]
        self.faults += [f"{name}: not swept: {file}" for file in after if "/." in f"/{file}"]


def small_disks(commands: tuple[str, ...] = (*COMMANDS,)) -> Faulty:
    """Run commands on a disk that is full, or nearly so. Raises where no disk can be made."""
    done = Faulty("a full disk")
    for name in commands:
        for free in FREE_KILOBYTES:
            with _disk() as disk:
                _made(disk)
                _fill(disk, free)
                _run_on(disk, name, done, f"{name}, {free} KB free")
    return done


def small_files(
    commands: tuple[str, ...] = (*COMMANDS,), kilobytes: tuple[int, ...] = (1,)
) -> Faulty:
    """Run commands that may write no file beyond a size, as under a quota; anybody can."""
    done = Faulty("no room for a file")
    with TemporaryDirectory() as top:
        for name in commands:
            for most in kilobytes:
                office = Path(top) / f"{name} {most}"
                office.mkdir()
                _made(office)
                before = contents(office)
                limit = f'ulimit -f {2 * most}; exec "$@"'
                command = ["sh", "-c", limit, "sh", sys.executable, "-m", "stepladder"]
                ran = subprocess.run(
                    [*command, *COMMANDS[name]],
                    cwd=office,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                told = Done(ran.returncode, ran.stdout, ran.stderr)
                done.add(f"{name}, {most} KB", before, contents(office), told)
    return done


def read_only_disks(commands: tuple[str, ...] = (*COMMANDS,)) -> Faulty:
    """Run commands on a disk that can only be read. Raises where no disk can be made."""
    done = Faulty("a read-only disk")
    for name in commands:
        with _disk() as disk:
            _made(disk)
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            _run_on(disk, name, done, name)
    return done


def lost_permissions(every: int = 1, first: int = 0) -> Faulty:
    """Take the right to write to the folder away before each line of a change of a file."""
    done = Faulty("permission lost in the middle")
    line = first
    while True:
        with TemporaryDirectory() as top:
            folder = Path(top)
            folder.chmod(0o777)
            process = crowd().Process(target=lose_folder_at_line, args=(folder, line))
            process.start()
            code = ended(process)
            told = (folder / "told").read_text("utf-8") if (folder / "told").exists() else ""
            after = contents(folder / "own")
            before = {"cohort.xlsm": b"old"}
            if code == 0 and not told:
                return done
            _look(done, f"line {line}", before, after, Done(code, "", told))
        line += every


def _look(
    done: Faulty, name: str, before: dict[str, bytes], after: dict[str, bytes], told: Done
) -> None:
    """The old file with its sentence, or the new one; what is hidden may be stuck."""
    done.ended[told.exit_code] += 1
    seen = {
        file: read for file, read in after.items() if not file.rpartition("/")[2].startswith(".")
    }
    new = [read for file, read in seen.items() if file == "cohort.xlsm"] == [b"new"]
    if told.exit_code and not told.err.endswith("."):
        done.faults.append(f"{name}: no sentence: {told.err}")
    if not new and seen.get("cohort.xlsm") != before["cohort.xlsm"]:
        done.faults.append(f"{name}: the file is {seen.get('cohort.xlsm')!r}")
    if not {*seen.values()} <= {b"old", b"new"}:
        done.faults.append(f"{name}: a broken file among {sorted(seen)}")


@contextmanager
def _disk() -> Iterator[Path]:
    """A small disk of its own."""
    with TemporaryDirectory() as top:
        mount = ["mount", "-t", "tmpfs", "-o", _DISK, "none", top]
        subprocess.run(mount, check=True, capture_output=True)
        try:
            yield Path(top)
        finally:
            subprocess.run(["umount", "--lazy", top], check=True)


def _made(office: Path) -> None:
    """Inputs, a workbook that is out of date, one with a backup, a roster, and earlier results."""
    model = _model()
    for name, content in model.items():
        (office / name).parent.mkdir(parents=True, exist_ok=True)
        (office / name).write_bytes(content)


def _model() -> dict[str, bytes]:
    if not _MODEL:
        with TemporaryDirectory() as top:
            office = Path(top)
            (office / "cohorts").mkdir()
            (office / "programs.csv").write_text(PROGRAMS, "utf-8")
            for path in ("cohort.csv", "cohorts/spring.csv", "cohorts/fall.csv"):
                (office / path).write_text(COHORT, "utf-8")
            inputs = (office / "cohort.csv", "--programs", office / "programs.csv")
            for book in ("book.xlsx", "kept.xlsx"):
                run("new", office / book, "--applicants", *inputs, *_ON)
                score = {address(office / book, "Step 2 CK score", 1): 252}
                typed(office / book, "Applicants", score)
            run("refresh", office / "kept.xlsx", *_ON)
            lines = [line.split(",") for line in COHORT.replace("tier", "ours").splitlines()]
            write_book(office / "roster.xlsx", {"Fall": lines})
            run("batch", *inputs, "--out", office / "results.xlsx", "--as-of", "2026-01-01")
            run("batch", *inputs, "--out", office / "results", "--pairs", "--as-of", "2026-01-01")
            _MODEL.update(contents(office))
    return _MODEL


_MODEL: dict[str, bytes] = {}


def _fill(disk: Path, free_kilobytes: int) -> None:
    """Leave so much room."""
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - free_kilobytes * 1024
    (disk / "filler").write_bytes(b"\0" * (size // _PIECE * _PIECE))


def _hidden_and_open(disk: Path) -> list[str]:
    return [file for file in _open_below(disk) if file.startswith(".")]


def _run_on(disk: Path, name: str, done: Faulty, what: str) -> None:
    here = Path.cwd()
    before = contents(disk)
    os.chdir(disk)
    try:
        told = run(*COMMANDS[name])
    finally:
        os.chdir(here)
    done.add(what, before, contents(disk), told)
    # Windows removes no file that is still open, so it would stay there. polars closes its own a
    # moment after it has told of a failure.
    end = time.monotonic() + _CLOSED_WITHIN
    while (still := _hidden_and_open(disk)) and time.monotonic() < end:
        time.sleep(0.05)
    done.faults += [f"{what}: still open: {file}" for file in still]


def _open_below(folder: Path) -> Iterator[str]:
    """The names of the files of a folder that this process has open."""
    for handle in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            if (file := handle.readlink()).is_relative_to(folder):
                yield file.name
