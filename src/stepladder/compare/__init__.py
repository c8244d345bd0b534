"""Two results of one cohort in; who moves between them, by how much and why, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stepladder.books import Sheet, staged
from stepladder.books.csv_file import csv_bytes
from stepladder.books.sheets import NO_ORIGINALS, compared_table
from stepladder.compare.behind import Behind, behind
from stepladder.compare.moves import moves
from stepladder.compare.told import told
from stepladder.errors import UsageError
from stepladder.results_file import is_marked, read_background, read_results


@dataclass(frozen=True)
class Comparison:
    """What differs between two results.

    behind      what differs of the runs: rulebook, day, season, programs
    moves       one row for each applicant who moved, is new or is gone: the table Moves
    applicants  how many are in both
    is_calibrated  the numbers of both are the office's own, not illustrative
    """

    sources: tuple[str, str]
    behind: Behind
    moves: pl.DataFrame
    applicants: int
    is_calibrated: bool

    def lines(self) -> Iterator[str]:
        """What a person reads on the screen; ids only, never a name."""
        return told(
            self.sources,
            self.behind,
            self.moves,
            self.applicants,
            is_calibrated=self.is_calibrated,
        )


def compare(before: Path, after: Path) -> Comparison:
    """Compare the results in two workbooks or folders, by applicant_id.

    Rulebook, day and programs are known of workbooks only. Raises InputError for what are no
    results.
    """
    first, second = read_results(before), read_results(after)
    runs = behind(read_background(before), read_background(after))
    ids = [set(results.applicants["applicant_id"].drop_nulls()) for results in (first, second)]
    return Comparison(
        (first.source, second.source),
        runs,
        moves(first, second, runs),
        len(ids[0] & ids[1]),
        is_calibrated=not any(is_marked(results) for results in (first, second)),
    )


def check_out(out: Path) -> None:
    """Refuse a name that is no CSV file's. Raises UsageError."""
    if out.suffix.lower() != ".csv":
        raise UsageError(f"--out {out.name} is no .csv file; name a .csv file.")


def write_moves(comparison: Comparison, out: Path) -> None:
    """Write the table Moves to a CSV file. Raises OutputError."""
    table = compared_table()
    sheet = Sheet(table.name, table.title, comparison.moves, table.columns, NO_ORIGINALS)
    with staged([out]) as (temporary,):
        temporary.write_bytes(csv_bytes(sheet))
