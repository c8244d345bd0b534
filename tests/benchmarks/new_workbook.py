"""Question 5: `stepladder new` with an office's tables, against writing the same cells plainly."""

import datetime as dt
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import polars as pl
from tests.benchmarks.cells import filled_cells
from tests.benchmarks.cohort import AS_OF, PROGRAMS, SEED, make_cohort, make_programs
from tests.benchmarks.costs import Cost, cost_of_command, in_turns
from tests.benchmarks.report import Table, ratio, seconds

from stepladder.books.packed import AnySheet
from stepladder.books.table import as_text
from stepladder.new import new_workbook
from stepladder.refresh import Settings, contents, load_rulebook

LIMIT = 3
_OURS, _PLAIN = "ours", "plain"
_ROWS_NEED_FIXING = 1
_DAY_ZERO = dt.date(1899, 12, 30)


def a_new_workbook(sizes: list[tuple[int, int]]) -> Table:
    """Time both at each size; `sizes` are (applicants, repetitions)."""
    return Table(
        "A new workbook",
        f"The command `stepladder new` with {PROGRAMS} programs: CSV in, everyone planned, the "
        "workbook with its tables, drop-downs, help, charts and pages out. The peer: XlsxWriter, "
        "row by row in constant memory, writes the same cells of the same tables from ready rows "
        "(reading them back from a pickle is in its time): no CSV, no planning, no looks, no "
        "formulas, no pages. Each a process of its own. Ratios are our cost over the peer's; those "
        f"of time and CPU are to stay under {LIMIT}×.",
        (
            "Applicants",
            "Filled cells, ours",
            "Plain",
            "Ours, s",
            "CPU s",
            "MiB",
            "Plain, s",
            "CPU s",
            "MiB",
            "**Times plain, time**",
            "**CPU**",
            "**Memory**",
        ),
        [_row(size, repetitions) for size, repetitions in sizes],
    )


def _row(size: int, repetitions: int) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cohort, programs, rows = (folder / part for part in ("cohort.csv", "programs.csv", "rows"))
        make_cohort(size, SEED).write_csv(cohort)
        make_programs(PROGRAMS, SEED).write_csv(programs)
        _keep_rows(cohort, programs, rows)
        ours, plain = folder / "ours.xlsx", folder / "plain.xlsx"
        contestants: dict[str, Callable[[], Cost]] = {
            _OURS: partial(_new, cohort, programs, ours),
            _PLAIN: partial(_plain, rows, plain),
        }
        found = in_turns(contestants, repetitions)
        cells = [filled_cells(book) for book in (ours, plain)]
    costs = (found[_OURS], found[_PLAIN])
    return (
        f"{size:,}",
        *(f"{count:,}" for count in cells),
        *(part for cost in costs for part in _shown(cost)),
        ratio(costs[0].wall, costs[1].wall),
        ratio(costs[0].cpu, costs[1].cpu),
        ratio(costs[0].peak_mib, costs[1].peak_mib),
    )


def _shown(cost: Cost) -> tuple[str, str, str]:
    return seconds(cost.wall), seconds(cost.cpu), f"{cost.peak_mib:,.0f}"


def _keep_rows(cohort: Path, programs: Path, rows: Path) -> None:
    """Keep the rows of every table of our workbook as the peer reads them."""
    settings = Settings(load_rulebook(), AS_OF)
    result = new_workbook(rows.with_name("first.xlsx"), cohort, programs, settings)
    tables = tuple(sheet for sheet in result.sheets if sheet.name != "curve")
    shown = contents(result, "ours.xlsx", "stepladder new", tables)
    with rows.open("wb") as file:
        for sheet in shown.sheets.values():
            for part in (sheet.title, *_rows(sheet), None):
                pickle.dump(part, file)


def _rows(sheet: AnySheet) -> Iterator[list[str | float | None]]:
    """Give the header and the rows, with a cell that could not be read as its text."""
    yield [column.title for column in sheet.columns]
    unread = {(row, name): text for row, name, text in sheet.originals.iter_rows()}
    names = [column.name for column in sheet.columns]
    for number, row in enumerate(sheet.frame.select(map(_plainly, *_named(sheet))).iter_rows()):
        yield [unread.get((number, name), value) for name, value in zip(names, row, strict=True)]


def _named(sheet: AnySheet) -> tuple[list[str], list[pl.DataType]]:
    names = [column.name for column in sheet.columns]
    return names, [sheet.frame.schema[name] for name in names]


def _plainly(name: str, dtype: pl.DataType) -> pl.Expr:
    """Give numbers as they are, days as Excel counts them, everything else as text."""
    if dtype == pl.Date:
        return (pl.col(name) - pl.lit(_DAY_ZERO)).dt.total_days().alias(name)
    return pl.col(name) if dtype.is_numeric() else as_text(pl.col(name), dtype).alias(name)


def _new(cohort: Path, programs: Path, book: Path) -> Cost:
    book.unlink(missing_ok=True)
    command = [sys.executable, "-m", "stepladder", "new", str(book), "--quiet"]
    given = ["--applicants", str(cohort), "--programs", str(programs), "--as-of", str(AS_OF)]
    cost = cost_of_command([*command, *given], accepted=(0, _ROWS_NEED_FIXING))
    # A traceback ends with the same code as rows to fix do.
    if not book.exists():
        raise RuntimeError("stepladder new ended without a workbook")
    return cost


def _plain(rows: Path, book: Path) -> Cost:
    command = [sys.executable, "-m", "tests.benchmarks.plain_workbook", str(rows), str(book)]
    return cost_of_command(command)
