"""Result tables in; as much of them as a workbook that people share can hold, or a refusal, out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from stepladder.books import Sheet
from stepladder.books.table import SHEET_ROWS
from stepladder.errors import InputError, OutputError

MOST_APPLICANTS: Final = 20_000
"""More than an advisor's office follows, and as many as Excel still filters at once (issue 5)."""
MOST_WITH_LEVERS: Final = 200
"""Each applicant has some seven levers, and each is planned: more would hold a refresh up."""


def refuse_crowd(applicants: int, source: str) -> None:
    """Raise InputError for more applicants than a workbook is for."""
    if applicants > MOST_APPLICANTS:
        raise InputError(
            f"{source} has {applicants:,} applicants, and a workbook is for {MOST_APPLICANTS:,}; "
            "run stepladder batch on a CSV of them, with a folder for --out."
        )


def shortened(tables: Sequence[Sheet], most_listed: int | None) -> tuple[Sheet, ...]:
    """The tables, Shortlist with the first programs of each list only; None is all of them.

    Raises OutputError where a worksheet has no room for Shortlist: it says what there is to choose.
    """
    shown = tuple(
        replace(table, frame=table.frame.filter(pl.col("rank") <= most_listed))
        if most_listed and table.name == "shortlist"
        else table
        for table in tables
    )
    rows = max(table.frame.height for table in shown if table.name == "shortlist")
    if rows >= SHEET_ROWS:
        raise OutputError(
            f"Shortlist would have {rows:,} rows, and an Excel worksheet holds {SHEET_ROWS - 1:,} "
            "under its header; show fewer programs of each list with --most-listed, or run "
            "stepladder batch with a folder for --out."
        )
    return shown
