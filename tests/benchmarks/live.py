"""Question 6: the Refresh button, from press to last cell, in a workbook open in LibreOffice."""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from unittest.mock import patch

import xlwings as xw
from tests.benchmarks.cohort import AS_OF, PROGRAMS, SEED, make_cohort, make_programs
from tests.benchmarks.costs import cost_of_command
from tests.benchmarks.report import Table, seconds
from tests.cli.office_edits import address, typed
from tests.live import engine, libreoffice, run_python

from stepladder.collector import seldom_searched
from stepladder.refresh_open import refresh_open

_PARTS = ("read", "compute", "write")
_BOOK = "cohort.xlsm"
_SCORE = "Step 2 CK score"


def the_button(sizes: list[tuple[int, int]]) -> Table:
    """Time a refresh of each size; `sizes` are (applicants, repetitions)."""
    return Table(
        "The Refresh button",
        "One applicant's score is typed anew, then the button is pressed, with "
        f"{PROGRAMS} programs: Python starts, the open workbook is read, everyone is planned, and "
        "what changed is written. The press counts until the last cell is written; the parts are "
        "of the same work in a Python that runs already. The start is that of Python with all "
        "imports of an office, which has no pandas. Ratio: stepladder refresh of the same "
        "workbook, saved, over the press; above 1, the button is quicker. LibreOffice, spoken to "
        "over a socket, stands in for Excel: how long Excel takes is not in these figures.",
        (
            *("Applicants", "Start, s", "Read, s", "Compute, s", "Write, s"),
            *("**Press to last cell, s**", "File, s", "**Ratio, time**"),
        ),
        [_row(size, repetitions) for size, repetitions in sizes] if _has_office() else [],
    )


def _has_office() -> bool:
    return shutil.which("soffice") is not None


def _row(size: int, repetitions: int) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = run_python.Started(folder)
        with (
            patch.dict("os.environ", {run_python.STARTS: str(started.program)}),
            libreoffice.running() as office,
        ):
            engine.registered(office)
            document, book = _opened(office, folder, size)
            parts = _parts(book, repetitions)
            started.listens_at(office.port)
            pressed = [_pressed(document, book, started, n) for n in range(repetitions)]
        begun = [cost_of_command([sys.executable, "-c", _IMPORTS]).wall for _ in range(repetitions)]
        saved = [_of_file(folder / _BOOK, n) for n in range(repetitions)]
    press, file = median(pressed), median(saved)
    figures = [median(begun), *parts, press, file]
    return (f"{size:,}", *map(seconds, figures), f"{file / press:.2g}×")


_IMPORTS = (
    "import sys; from tests.live.office_python import Absent; "
    "sys.meta_path.insert(0, Absent); import stepladder.refresh_open"
)


def _parts(book: xw.Book, repetitions: int) -> list[float]:
    """Seconds of each part, in a Python that runs already."""
    spent: list[dict[str, float]] = []
    arguments = ["refresh", f"--wb={_BOOK}", "--from_xl=1"]
    with patch.object(sys, "argv", arguments), seldom_searched():
        refresh_open()
        for n in range(repetitions):
            _type(book, n)
            done = refresh_open()
            if not done.spent.seconds.get("write"):
                raise RuntimeError(done.line)
            spent.append(done.spent.seconds)
    return [median(one[part] for one in spent) for part in _PARTS]


def _pressed(document: object, book: xw.Book, started: run_python.Started, n: int) -> float:
    """Seconds from the press of the button until Python has ended."""
    _type(book, n)
    start = time.perf_counter()
    run_python.press(document)
    said = started.said()
    taken = time.perf_counter() - start
    if len(said) > len(("interpreter", "lines", "book")):
        raise RuntimeError("\n".join(said))
    return taken


def _of_file(book: Path, n: int) -> float:
    """Seconds of the command on the saved workbook, in which a score was typed."""
    refreshed = [sys.executable, "-m", "stepladder", "refresh", str(book), "--as-of", str(AS_OF)]
    typed(book, "Applicants", {address(book, _SCORE, 2): 201 if n % 2 else 251})
    return cost_of_command(refreshed, (0, 1)).wall


def _type(book: xw.Book, n: int) -> None:
    sheet = book.sheets["Applicants"]
    at = sheet.range("A1:BZ1").value.index(_SCORE)
    sheet.range((3, at + 1)).value = 251 if n % 2 else 201


def _opened(office: libreoffice.Office, folder: Path, size: int) -> tuple[object, xw.Book]:
    """A workbook of made-up applicants and programs with its button, open."""
    cohort, programs = folder / "cohort.csv", folder / "programs.csv"
    make_cohort(size, SEED).write_csv(cohort)
    make_programs(PROGRAMS, SEED).write_csv(programs)
    document = run_python.opened(office, run_python.workbook(folder / _BOOK, cohort, programs))
    app = xw.apps.active
    if app is None:
        raise RuntimeError("no engine is active")
    return document, app.books[_BOOK]
