"""What an import did in; lines for an advisor out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Imported:
    """What an import wrote, and what it left for a person to decide.

    out          the file that was written; `programs` is the number of its rows
    exports      of each its file's name, the day it is taken to be of, its number of programs
    added        codes that are new in the list
    filled       empty cells of the list that got a value: program_id, column, value, source
    differences  the office's entry was kept and the export says otherwise: as merge.CELLS
    superseded   two exports differ and the newer was taken: as merge.CELLS
    unread       cells under a known label that gave no value: as facts.UNREAD
    unmapped     labels that we have no column for: label, programs
    left_out     columns of an export or rows of the list that were not merged, a sentence each
    titles       each column's title by its name
    """

    out: Path
    exports: tuple[tuple[str, date, int], ...]
    programs: int
    added: tuple[str, ...]
    filled: pl.DataFrame
    differences: pl.DataFrame
    superseded: pl.DataFrame
    unread: pl.DataFrame
    unmapped: pl.DataFrame
    left_out: tuple[str, ...]
    titles: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        """The whole report, cell by cell."""
        yield (
            f"{self.out}: {_count(self.programs, 'program')}, {len(self.added)} of them new; "
            f"{_count(self.filled.height, 'empty cell')} filled."
        )
        for source, day, programs in self.exports:
            yield f"  from {source}, taken to be of {day}: {_count(programs, 'program')}"
        yield from _section("Not merged:", self.left_out)
        yield from _section(
            f"Your entry was kept where an export differs ({self.differences.height}):",
            (
                f"{cell['program_id']}, {self.titles[cell['column']]}: yours “{cell['kept']}”, "
                f"export “{cell['other']}” ({cell['other_from']})"
                for cell in self.differences.iter_rows(named=True)
            ),
        )
        yield from _section(
            f"Two exports differ and the newer was taken ({self.superseded.height}):",
            (
                f"{cell['program_id']}, {self.titles[cell['column']]}: “{cell['kept']}” "
                f"({cell['kept_from']}), not “{cell['other']}” ({cell['other_from']})"
                for cell in self.superseded.iter_rows(named=True)
            ),
        )
        yield from _section(
            f"Cells that gave no value, so the fact stays unknown ({self.unread.height}):",
            (
                f"{cell['source']}, {cell['cell']}: {cell['program_id']}, {cell['label']}: "
                f"“{cell['text']}”"
                for cell in self.unread.iter_rows(named=True)
            ),
        )
        yield from _section(
            f"Lines of the exports that have no column here ({self.unmapped.height}):",
            (
                f"{label} ({_count(programs, 'program')} with a value)"
                for label, programs in self.unmapped.select("label", "programs").iter_rows()
            ),
        )


def _section(title: str, lines: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    """A title and its lines, or nothing without lines."""
    for number, line in enumerate(lines):
        if number == 0:
            yield title
        yield f"  {line}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
