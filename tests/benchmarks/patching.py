"""Question 6: some columns of a saved workbook brought up to date, against openpyxl's way."""

import datetime as dt
import random
import sys
import tempfile
from functools import partial
from pathlib import Path

import xlsxwriter
from tests.benchmarks.cohort import SEED
from tests.benchmarks.costs import Cost, cost_of_command, in_turns
from tests.benchmarks.report import Table, ratio, seconds
from tests.benchmarks.roster import COLUMNS, OWNED, TABLE, title

# The module of each contestant; it imports no more than its way needs.
_OURS, _OPENPYXL = "patched", "loaded_and_saved"
_WORDS = ("Highly competitive", "Competitive", "Targeted", "Challenging", "Steep climb", "Pending")


def in_place(sizes: list[tuple[int, int]]) -> Table:
    """Time both at each size; `sizes` are (rows, repetitions)."""
    rows = [_row(size, repetitions) for size, repetitions in sizes]
    return Table(
        "Refreshing a saved workbook",
        f"{len(OWNED)} of {COLUMNS} columns of one Excel table get new values, text and numbers by "
        "turns; from the file's bytes to the new file, each a process of its own, its start "
        "included. The peer: openpyxl, which loads the workbook, sets the cells and saves it, and "
        "loses what it does not know. Ratios are the peer's cost over ours: above 1, ours is "
        "cheaper.",
        (
            "Rows",
            "Ours, s",
            "CPU s",
            "MiB",
            "openpyxl, s",
            "CPU s",
            "MiB",
            "**Ratio, time**",
            "**CPU**",
            "**Memory**",
        ),
        rows,
    )


def make_book(path: Path, rows: int) -> None:
    """A roster as an office keeps one: ids, numbers, words and days, in one Excel table."""
    chance = random.Random(SEED)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(TABLE)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row in range(1, rows + 1):
            sheet.write_string(row, 0, f"{row:06d}")
            for column in range(1, COLUMNS):
                if column % 3 == 0:
                    sheet.write_number(row, column, chance.randint(1, 300))
                elif column % 3 == 1:
                    sheet.write_string(row, column, chance.choice(_WORDS))
                else:
                    moment = dt.date(2026, 1, 1) + dt.timedelta(chance.randrange(300))
                    sheet.write_datetime(row, column, moment, day)
        columns = [{"header": title(column)} for column in range(COLUMNS)]
        sheet.add_table(0, 0, rows, COLUMNS - 1, {"name": TABLE, "columns": columns})


def _row(size: int, repetitions: int) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = folder / "roster.xlsx"
        make_book(book, size)
        ways = (_OURS, _OPENPYXL)
        contestants = {way: partial(_cost, way, book, folder / f"{way}.xlsx") for way in ways}
        found = in_turns(contestants, repetitions)
    ours, peer = found[_OURS], found[_OPENPYXL]
    return (
        f"{size:,}",
        *_shown(ours),
        *_shown(peer),
        ratio(peer.wall, ours.wall),
        ratio(peer.cpu, ours.cpu),
        ratio(peer.peak_mib, ours.peak_mib),
    )


def _cost(way: str, book: Path, out: Path) -> Cost:
    command = [sys.executable, "-m", f"tests.benchmarks.{way}", str(book), str(out)]
    return cost_of_command(command)


def _shown(cost: Cost) -> tuple[str, str, str]:
    return seconds(cost.wall), seconds(cost.cpu), f"{cost.peak_mib:,.0f}"
