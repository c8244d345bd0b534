"""A saved workbook in; the same workbook with its results brought up to date, in its place, out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from stepladder.books import change
from stepladder.books.backups import FOLDER
from stepladder.books.guard import damage_told, whole_file
from stepladder.books.outline import Outline
from stepladder.books.saved_book import SavedBook
from stepladder.books.titles import retitled, under_pivot
from stepladder.books.workbook_patch import Changes as Patched
from stepladder.books.workbook_patch import patch
from stepladder.changes import Changes
from stepladder.office_book import OfficeBook
from stepladder.refresh import (
    Progress,
    unheard,
)
from stepladder.result import Result
from stepladder.run_book import Asked, Run, compute, present

_TOLD: Final = 20
"""Applicants whose change is told on the screen."""


@dataclass(frozen=True)
class Refreshed:
    """What a refresh found and wrote.

    changed  whose results changed, against those that the workbook held
    cells    how many cells of Applicants and of the pages got another value
    rows     how many rows of our own tables did, came or went
    backup   the state before, beside the workbook; None where nothing was written
    notes    what a person is told besides
    """

    result: Result
    overrides: Mapping[str, str]
    changed: Changes
    cells: int
    rows: int
    backup: Path | None
    notes: tuple[str, ...]

    @property
    def is_unchanged(self) -> bool:
        """The workbook held these results already."""
        return not self.cells and not self.rows

    def lines(self, *, is_dry_run: bool) -> Iterator[str]:
        """What changed, or would change, in words; ids only."""
        yield from self.notes
        if self.is_unchanged:
            yield "The workbook is up to date: nothing was written."
            return
        verb = "would change" if is_dry_run else "changed"
        yield self.changed.line() + "."
        lines = list(self.changed.lines())
        yield from (f"  {line}" for line in lines[:_TOLD])
        if len(lines) > _TOLD:
            yield f"  and {len(lines) - _TOLD} more (see the Log)"
        cells = f"{self.cells:,} {'cell' if self.cells == 1 else 'cells'}"
        rows = f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}"
        yield f"{cells} and {rows} of our own sheets {verb}."
        for name, own in self.overrides.items():
            yield f"Rules: {name} is overridden (the rulebook says {own})."
        if self.backup:
            yield f"The state before is kept as {FOLDER}/{self.backup.name}."


def refresh_book(
    path: Path,
    asked: Asked,
    *,
    dry_run: bool = False,
    force: bool = False,
    progress: Progress = unheard,
) -> Refreshed:
    """Read both tables of a saved workbook, and write our columns, sheets and pages in it.

    Everything else in the file stays byte for byte. Results that are there already write nothing.

    Raises InputError for what is no workbook of ours or cannot be taken safely, WorkbookBusyError
    for one that is open or changes meanwhile, OutputError where it cannot be written, PolicyError
    for the rulebook.
    """
    done: list[Refreshed] = []

    def transform(content: bytes) -> Callable[[BinaryIO], None] | None:
        saved = SavedBook(content, path.name)
        book = OfficeBook(saved)
        run = present(book, compute(book, asked, path.name, progress), path.name)
        edits = book.edits(run.computed.applicants, run.computed.outcomes, run.contents)
        told = book.told(run.contents)
        with damage_told(path.name):
            patched = patch(saved.outline, edits, told)
        titles = _titles_to_write(saved.outline, book, run)
        headers = sum(map(len, titles.values()))
        patched = replace(patched, cells=patched.cells + headers)
        done[:] = [_refreshed(run, patched, tuple(book.notes))]
        if not patched.parts and not titles:
            return None

        def save(file: BinaryIO) -> None:
            if not titles:
                saved.outline.package.save(file, patched.parts)
                return
            written = BytesIO()
            saved.outline.package.save(written, patched.parts)
            file.write(retitled(SavedBook(written.getvalue(), path.name).outline, titles))

        return save

    if dry_run:
        # A look needs no turn and no right to write, and leaves nothing beside the workbook.
        transform(whole_file(path))
        return done[0]
    changed = change(path, transform, force=force)
    [refreshed] = done
    return replace(refreshed, backup=changed.backup) if changed else refreshed


def _titles_to_write(stored: Outline, book: OfficeBook, run: Run) -> dict[str, dict[str, str]]:
    """The titles that are to gain or lose the word illustrative and that no pivot table needs."""
    titles = book.titles(run.computed.applicants, run.contents)
    kept = [name for name in titles if under_pivot(stored, stored.table(name))]
    if kept:
        book.notes.append(
            f"A pivot table needs the titles of {', '.join(kept)}, so they were left as they are."
        )
    written = {name: new for name, new in titles.items() if name not in kept}
    if written:
        is_calibrated = run.computed.rules.rulebook.is_calibrated
        book.notes.append(
            f"Titles of {', '.join(written)} {'no longer say' if is_calibrated else 'say'} "
            f"illustrative{'' if is_calibrated else ' again'}; formulas that name them follow."
        )
    return written


def _refreshed(run: Run, patched: Patched, notes: tuple[str, ...]) -> Refreshed:
    return Refreshed(
        run.computed.result,
        run.computed.rules.taken,
        run.changed,
        patched.cells,
        patched.rows,
        None,
        notes,
    )
