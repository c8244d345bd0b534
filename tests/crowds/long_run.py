"""A number of refreshes in; what differed from a computation from scratch after any of them, out.

One small office works in one workbook for a long time. What was typed is kept here besides, so
that a lost edit is seen as well as a wrong result. Its clock is set back and forth meanwhile.
"""

import csv
import os
import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.cohort import make_cohort, make_programs
from tests.cli.command import Done, run
from tests.cli.command import rows as csv_rows
from tests.cli.office_edits import address, rows, typed

from stepladder.books.backups import FOLDER, KEPT, backups
from stepladder.books.sheets import result_tables
from stepladder.refresh import applicants_schema, programs_schema

AS_OF = ("--as-of", "2026-09-01")
APPLICANTS, PROGRAMS, MOST_EDITS = 8, 10, 6
TYPED = (
    *("", "n/a", "Yes", "no", "x", "Pass", "fail", "J-1", "US IMG", "Non-US IMG", "245", "245*"),
    *("1", "0", "12", "300", "2027", "2019", "two-forty", "2026-05-01", "13/1/2025", "2030-01-01"),
    *("NY; PA", "=1+1", "@home", "-5", "#N/A", "007", "Draft", "University", "10%", "é <&> “”"),
)
"""What people type into any cell, fitting or not."""

_FAR = 400 * 86_400
_OF_RESULTS = ("shortlist", "plan", "findings")
Lines = list[dict[str, str]]


@dataclass
class LongRun:
    """How many refreshes there were, how many wrote something, and every fault."""

    refreshes: int = 0
    written: int = 0
    edits: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How much must not be."""
        return len(self.faults)

    def __str__(self) -> str:
        return (
            f"{self.refreshes} refreshes of one workbook, {self.written} wrote, {self.edits} cells "
            f"typed between: {self.wrong} faults"
        )


def long_run(refreshes: int, folder: Path, seed: int) -> LongRun:
    """Type, refresh and compare, so many times."""
    done = LongRun()
    draw = random.Random(seed)
    tables = {
        "Applicants": _lines(make_cohort(APPLICANTS, seed)),
        "Programs": _lines(make_programs(PROGRAMS, seed)),
    }
    book = folder / "office.xlsx"
    files = {name: _written(folder, name, lines) for name, lines in tables.items()}
    inputs = ("--applicants", files["Applicants"], "--programs", files["Programs"])
    run("new", book, *inputs, *AS_OF)
    for number in range(refreshes):
        for name, lines in tables.items():
            done.edits += _type(draw, book, name, lines)
            _written(folder, name, lines)
        _move_clock(draw, book)
        before = book.read_bytes()
        told = run("refresh", book, *AS_OF)
        done.refreshes += 1
        done.written += book.read_bytes() != before
        faults = _faults(folder, book, tables, told, is_tenth=number % 10 == 0)
        done.faults += [f"refresh {number}: {one}" for one in faults]
    return done


def _lines(frame: Any) -> Lines:  # noqa: ANN401 - a polars frame
    """The rows of a frame of text."""
    return [{name: text or "" for name, text in row.items()} for row in frame.iter_rows(named=True)]


def _written(folder: Path, name: str, lines: Lines) -> Path:
    """The lines as a CSV file."""
    path = folder / f"{name.lower()}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*lines[0]])
        writer.writeheader()
        writer.writerows(lines)
    return path


def _type(draw: random.Random, book: Path, name: str, lines: Lines) -> int:
    """Type some cells of a table, in the workbook and here."""
    titles = _titles(name)
    cells = {}
    for _ in range(draw.randrange(MOST_EDITS)):
        line, column = draw.randrange(len(lines)), draw.choice([*titles])
        lines[line][column] = text = draw.choice(TYPED)
        cells[address(book, titles[column], line + 1, name)] = text or None
    if cells:
        typed(book, "Applicants" if name == "Applicants" else "Programs", cells)
    return len(cells)


def _titles(name: str) -> dict[str, str]:
    schema = applicants_schema() if name == "Applicants" else programs_schema()
    return {column.name: column.title for column in schema.columns}


def _move_clock(draw: random.Random, book: Path) -> None:
    """Let the last state be of a clock that was far ahead or far behind, now and then."""
    if draw.random() < 0.2:
        moment = time.time() + draw.choice([-_FAR, _FAR])
        os.utime(book, (moment, moment))
        kept = backups(book)
        if kept:
            stamp = time.strftime("%Y-%m-%dT%H%M%S", time.localtime(moment))
            newest = kept[-1].path
            newest.rename(newest.with_name(f"{book.stem}.{kept[-1].number:04}.{stamp}.xlsx"))


def _faults(
    folder: Path, book: Path, tables: dict[str, Lines], told: Done, *, is_tenth: bool
) -> list[str]:
    """What is wrong after a refresh: results, edits that are lost, and what is left about."""
    if told.exit_code not in {0, 1}:
        return [f"exit code {told.exit_code}: {told.err.strip()}"]
    out = folder / "scratch"
    shutil.rmtree(out, ignore_errors=True)
    words = (folder / "applicants.csv", "--programs", folder / "programs.csv", "--out", out)
    run("batch", *words, *AS_OF)
    faults = [f"{name} differs" for name in _OF_RESULTS if not _same(book, out, name)]
    faults += [] if _same(book, out, "applicants") else ["a column of applicants differs"]
    faults += [
        f"an edit of {name} is lost"
        for name, lines in tables.items()
        if not _kept(book, name, lines)
    ]
    numbers = [backup.number for backup in backups(book)]
    if len(numbers) > KEPT or numbers != sorted(numbers):
        faults.append(f"backups {numbers}")
    if left := [path.name for path in folder.rglob(".*")]:
        faults.append(f"not swept: {left}")
    if is_tenth and "nothing was written" not in run("refresh", book, *AS_OF).out:
        faults.append("a second refresh writes again")
    ours = {book.name, FOLDER, "scratch", "applicants.csv", "programs.csv"}
    if unknown := {path.name for path in folder.iterdir()} - ours:
        faults.append(f"unknown files: {unknown}")
    return faults


def _same(book: Path, out: Path, name: str) -> bool:
    """Whether the workbook's table holds the lines of the one from scratch, in whatever order."""
    table = result_tables()[name]
    titles = table.titles
    shown = [
        tuple(_text(line[title]) for title in titles.values())
        for line in rows(book, table.title)
        if any(value is not None for value in line.values())
    ]
    scratch = [
        tuple(_text(line[column]) for column in titles) for line in csv_rows(out / f"{name}.csv")
    ]
    return Counter(shown) == Counter(scratch)


def _kept(book: Path, name: str, lines: Lines) -> bool:
    """Whether every cell that people fill in still holds what was typed last."""
    titles = _titles(name)
    shown = rows(book, name)
    return all(
        _text(shown[at][titles[column]]) == _text(text)
        for at, line in enumerate(lines)
        for column, text in line.items()
    )


def _text(value: object) -> str:
    """A value as its own text, numbers to twelve digits, without the apostrophe of a CSV file."""
    text = (
        f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str("" if value is None else value)
    )
    text = text.removeprefix("'")
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return text
