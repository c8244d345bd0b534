"""Rounds in; in each, eight processes at work in one folder; whatever went wrong, out.

They start together, as on the morning before a deadline: two refresh the same workbook, two write
the results of the same cohort to the same place, one makes briefs from results that are being
replaced, one checks, one restores, and one computes many cohorts into a folder.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from tests.cli.command import AS_OF, COHORT, PROGRAMS, contents, run
from tests.cli.office_edits import address, typed

from stepladder.books.backups import FOLDER

_ON = ("--as-of", AS_OF)
_INPUTS = ("cohort.csv", "--programs", "programs.csv")
WORK = (
    ("refresh", "book.xlsx", *_ON),
    ("refresh", "book.xlsx", *_ON),
    ("batch", *_INPUTS, "--out", "results", *_ON),
    ("batch", *_INPUTS, "--out", "results", *_ON),
    ("brief", "results", "--out", "briefs", *_ON),
    ("check", "cohort.csv", "programs.csv", "--out", "findings.xlsx"),
    ("restore", "book.xlsx"),
    ("batch", "cohorts", "--programs", "programs.csv", "--out", "each", *_ON),
)
_MAY_END_WITH = {
    "refresh": {0, 4},
    "restore": {0, 3, 4},
}
"""Done or busy; a restore may find that nothing has been kept so far."""


@dataclass
class Crowded:
    """How often processes ended with which exit code, and every fault."""

    ended: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How much must not be."""
        return len(self.faults)

    def __str__(self) -> str:
        ended = ", ".join(f"{number} × {what}" for what, number in sorted(self.ended.items()))
        return f"{self.ended.total()} processes in one folder ({ended}): {self.wrong} faults"


def crowded(rounds: int) -> Crowded:
    """Let them work at the same time, so many times, each time in a folder of its own."""
    done = Crowded()
    with TemporaryDirectory() as name:
        model = _made(Path(name) / "model")
        for number in range(rounds):
            office = Path(shutil.copytree(model, Path(name) / f"round {number}"))
            _round(office, model, done)
    return done


def _made(office: Path) -> Path:
    """A folder with a workbook whose results are out of date, tables, and earlier results."""
    (office / "cohorts").mkdir(parents=True)
    (office / "programs.csv").write_text(PROGRAMS, "utf-8")
    for path in ("cohort.csv", "cohorts/spring.csv", "cohorts/fall.csv"):
        (office / path).write_text(COHORT, "utf-8")
    inputs = (office / "cohort.csv", "--programs", office / "programs.csv")
    run("new", office / "book.xlsx", "--applicants", *inputs, *_ON)
    typed(
        office / "book.xlsx",
        "Applicants",
        {address(office / "book.xlsx", "Step 2 CK score", 1): 252},
    )
    run("batch", *inputs, "--out", office / "results", *_ON)
    return office


def _round(office: Path, model: Path, done: Crowded) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "stepladder", *words],
            cwd=office,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in WORK
    ]
    for words, process in zip(WORK, processes, strict=True):
        _, err = process.communicate(timeout=300)
        done.ended[f"{words[0]} {process.returncode}"] += 1
        sentence = err.startswith("stepladder: ") and err.count("\n") == 1
        if process.returncode not in _MAY_END_WITH.get(words[0], {0}) or (err and not sentence):
            done.faults.append(f"{words[0]}: {process.returncode} {err}")
    done.faults += _faults(office, model)


def _faults(office: Path, model: Path) -> list[str]:
    """What is wrong in the folder when all have ended."""
    faults = []
    before, now = contents(model), contents(office)
    for name, content in before.items():
        if not name.startswith("book") and now.get(name) != content:
            faults.append(f"{name} is not as it was")
    whole = {"applicants.csv", "shortlist.csv", "findings.csv", "done.json"}
    faults += [
        f"the results of {cohort} are not whole"
        for cohort in ("spring", "fall")
        if not whole <= {path.name for path in (office / "each" / cohort).iterdir()}
    ]
    for book in (office / "book.xlsx", office / "findings.xlsx", *(office / FOLDER).glob("*")):
        openpyxl.load_workbook(book, read_only=True).close()
    again = run("refresh", office / "book.xlsx", *_ON)
    if again.exit_code:
        faults.append(f"the next refresh: {again.err}")
    if left := [path.name for path in office.rglob(".*")]:
        faults.append(f"not swept: {left}")
    return faults
