"""Where results are to go; refused before any work where they cannot go there."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from stepladder.books.sheets import result_tables
from stepladder.books.table import SHEET_ROWS
from stepladder.errors import OutputError, UsageError

WORKBOOK = ".xlsx"
_FILES_OF_ONE_TABLE = (".csv", ".tsv", ".txt", ".parquet", ".xls", ".xlsm", ".xlsb")


def is_workbook(out: Path) -> bool:
    """Results go into one workbook; otherwise into a folder."""
    return out.suffix.lower() == WORKBOOK


def check_destination(
    out: Path,
    medium: str | None,
    inputs: Sequence[Path | None],
    tables: Iterable[str] | None = None,
) -> None:
    """Refuse a destination that cannot take the results, all tables unless some are named.

    Raises UsageError where the options do not fit together, OutputError where the place is not ours
    to write.
    """
    try:
        out.exists()
    except OSError as problem:
        message = f"{out.name[:40]}… cannot be a file's name; choose a shorter one."
        raise OutputError(message) from problem
    if out.suffix.lower() in _FILES_OF_ONE_TABLE:
        message = (
            f"--out {out.name} cannot hold all tables: name a .xlsx file, or a folder for "
            "CSV or parquet files."
        )
        raise UsageError(message)
    if is_workbook(out) and medium is not None:
        message = f"--format is for a folder, and --out {out.name} is a workbook; leave one out."
        raise UsageError(message)
    for target in _targets(out, medium or "csv", tables):
        if any(
            path and path.exists() and target.exists() and path.samefile(target) for path in inputs
        ):
            message = f"{target} is an input and would be replaced; name another place with --out."
            raise UsageError(message)
    if is_workbook(out) and out.is_dir():
        message = f"{out} is a folder with a workbook's name; name another file."
        raise OutputError(message)
    if not is_workbook(out) and out.is_file():
        message = f"{out} is a file, and results without .xlsx go into a folder; name another."
        raise OutputError(message)
    parent = out.parent if is_workbook(out) else next(p for p in (out, *out.parents) if p.exists())
    if not parent.is_dir():
        fault = "is no folder;" if parent.exists() else "is not there; make the folder, or"
        message = f"{parent} {fault} name another place."
        raise OutputError(message)
    if not os.access(parent, os.W_OK):
        message = f"{parent} cannot be written to; ask for permission, or name another place."
        raise OutputError(message)


def _targets(out: Path, medium: str, tables: Iterable[str] | None) -> list[Path]:
    """The files that results may replace."""
    if is_workbook(out):
        return [out]
    return [out / f"{name}.{medium}" for name in tables or result_tables()]


def check_pairs_fit(out: Path, applicants: int, programs: int) -> None:
    """Refuse, before computing, more pairs than a worksheet has rows (design: Commands)."""
    pairs = applicants * programs
    if is_workbook(out) and pairs >= SHEET_ROWS:
        message = (
            f"--pairs gives up to {pairs:,} rows, one for each applicant and program, and an Excel "
            f"worksheet holds {SHEET_ROWS - 1:,}; "
            "name a folder with --out instead."
        )
        raise UsageError(message)


def check_rows_fit(rows: Mapping[str, int], planned: int, applicants: int) -> None:
    """Refuse, while computing, a table with more rows than a worksheet has.

    `rows` are those of each table so far, with as many of the applicants planned.
    Raises OutputError.
    """
    for name, so_far in rows.items():
        if so_far >= SHEET_ROWS:
            message = (
                f"The table {result_tables()[name].title} has {so_far:,} rows with {planned:,} of "
                f"{applicants:,} applicants, and an Excel worksheet holds {SHEET_ROWS - 1:,} under "
                "its header. Write the results to a folder instead: give --out a name without "
                ".xlsx."
            )
            raise OutputError(message)
