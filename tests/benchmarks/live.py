"""Question 6: the Refresh button, from press to last cell, in a workbook open in LibreOffice."""

import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from unittest.mock import patch

import xlwings as xw
from tests.benchmarks.cohort import AS_OF, PROGRAMS, SEED, make_cohort, make_programs
from tests.benchmarks.costs import cost_of_command
from tests.benchmarks.report import Table, seconds
from tests.live import engine, libreoffice

from stepladder.new import new_workbook
from stepladder.refresh import Settings, load_rulebook
from stepladder.refresh_open import refresh_open

_PARTS = ("read", "compute", "write")
_BOOK = "cohort.xlsx"


def the_button(sizes: list[tuple[int, int]]) -> Table:
    """Time a refresh of each size; `sizes` are (applicants, repetitions)."""
    start = median(_start_of_python() for _ in range(3))
    return Table(
        "The Refresh button",
        f"One applicant's score is typed anew, then Refresh, with {PROGRAMS} programs: the open "
        "workbook is read, everyone is planned, and what changed is written. The start is that of "
        "Python with all imports, as a process of its own. LibreOffice, spoken to over a socket, "
        "stands in for Excel: how long Excel takes to read and write is not in these figures.",
        ("Applicants", "Start, s", "Read, s", "Compute, s", "Write, s", "**All, s**"),
        [_row(size, repetitions, start) for size, repetitions in sizes] if _has_office() else [],
    )


def _has_office() -> bool:
    return shutil.which("soffice") is not None


def _start_of_python() -> float:
    return cost_of_command([sys.executable, "-c", "import stepladder.refresh_open"]).wall


def _row(size: int, repetitions: int, start: float) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as name, libreoffice.running() as office:
        engine.registered(office)
        book = _opened(Path(name), size)
        at = book.sheets["Applicants"].range("A1:BZ1").value.index("Step 2 CK score")
        spent: list[dict[str, float]] = []
        with patch.object(sys, "argv", ["refresh", f"--wb={_BOOK}", "--from_xl=1"]):
            refresh_open()
            for n in range(repetitions):
                book.sheets["Applicants"].range((3, at + 1)).value = 251 if n % 2 else 201
                done = refresh_open()
                if not done.spent.seconds.get("write"):
                    raise RuntimeError(done.line)
                spent.append(done.spent.seconds)
        book.impl.close()
    parts = [median(one[part] for one in spent) for part in _PARTS]
    return (f"{size:,}", *map(seconds, [start, *parts, start + sum(parts)]))


def _opened(folder: Path, size: int) -> xw.Book:
    """A workbook of made-up applicants and programs, open."""
    cohort, programs, book = (folder / part for part in ("cohort.csv", "programs.csv", _BOOK))
    make_cohort(size, SEED).write_csv(cohort)
    make_programs(PROGRAMS, SEED).write_csv(programs)
    new_workbook(book, cohort, programs, Settings(load_rulebook(), AS_OF))
    app = xw.apps.active
    if app is None:
        raise RuntimeError("no engine is active")
    return app.books.open(book)
