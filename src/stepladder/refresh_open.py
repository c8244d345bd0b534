"""A button of the open workbook in; its results brought up to date there, and one line, out.

What goes wrong is told in the workbook and at Excel's lower edge, never in a box that waits.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from stepladder.books.edits import CellsEdit, Edit, RowsEdit
from stepladder.books.open_patch import BEGUN, Written, patch_open, write_line
from stepladder.books.open_rows import Only
from stepladder.books.open_workbook import OpenBook
from stepladder.books.patience import is_busy
from stepladder.books.placed_table import Area
from stepladder.books.row_identities import has_changed
from stepladder.books.sheets import result_tables
from stepladder.books.workbook import Place
from stepladder.changes import Changes
from stepladder.errors import InputError, StepladderError, WorkbookBusyError
from stepladder.office_book import OfficeBook
from stepladder.run_book import Asked, Run, compute, present
from stepladder.template.start import AS_OF, AS_OF_CELL, LINE_CELL
from stepladder.trace import keep_trace, trace_file

ROWS_NEED_FIXING: Final = 1
_UNEXPECTED: Final = 70
_MOST_RUNS: Final = 3
"""Somebody who types all the time gets what was true a moment ago, and is told so."""
_NAME: Final = "Stepladder"
_REFRESH, _CHECK = _BUTTONS = ("Refresh", "Check")
_BUSY: Final = (
    "Excel is busy, so nothing was written; press Esc to leave the cell you are in, close any box, "
    "wait for a calculation to end, and refresh again."
)
_BUSY_LATE: Final = (
    "Excel became busy while results were written, so some may be missing; press Esc to leave the "
    "cell you are in, and refresh again."
)
_CLOSED: Final = "The workbook was closed meanwhile; open it and refresh again."
_STILL_CHANGING: Final = "Rows were changed while this was worked out; refresh again."


@dataclass
class Spent:
    """Seconds by the part of the work that took them."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, part: str) -> Iterator[None]:
        """Count what is done inside."""
        start = time.perf_counter()
        try:
            yield
        finally:
            taken = time.perf_counter() - start
            self.seconds[part] = self.seconds.get(part, 0.0) + taken


@dataclass(frozen=True)
class Done:
    """What one press of a button came to.

    line  the sentence for the advisor
    code  as the command line gives it; 0 or 1 where it was done
    """

    line: str
    code: int
    spent: Spent = field(default_factory=Spent)


def refresh_open(asked: Asked | None = None) -> Done:
    """Bring all results up to date in the workbook whose button was pressed."""
    return _pressed(_REFRESH, lambda book, spent: _refreshed(book, asked or Asked(), spent))


def refresh_selected_open(asked: Asked | None = None) -> Done:
    """Bring the results of the applicants up to date whose rows are selected; others stay."""
    return _pressed(
        _REFRESH,
        lambda book, spent: _refreshed(book, asked or Asked(), spent, is_selected_only=True),
    )


def check_open(asked: Asked | None = None) -> Done:
    """Bring the sheet Findings up to date, and nothing else."""
    return _pressed(_CHECK, lambda book, spent: _checked(book, asked or Asked(), spent))


_Work = Callable[[OpenBook, Spent], tuple[str, int]]


def _pressed(what: str, work: _Work) -> Done:
    """Do the work and tell what came of it; nothing is raised."""
    spent, start = Spent(), time.perf_counter()
    book: OpenBook | None = None
    try:
        book = OpenBook.caller()
        words, code = work(book, spent)
        words = f"{words} {time.perf_counter() - start:.1f} seconds."
    except StepladderError as error:
        words, code = error.message, error.exit_code
    except Exception as problem:  # noqa: BLE001 - whatever it is, an advisor gets a sentence
        words, code = _sentence(problem, book)
    now = datetime.now(tz=UTC).astimezone()
    line = f"{what}, {now:%H:%M}: {words}"
    if book is None:
        sys.stderr.write(f"stepladder: {words}\n")
    else:
        _tell(book, line)
    return Done(line, code, spent)


def _refreshed(
    book: OpenBook, asked: Asked, spent: Spent, *, is_selected_only: bool = False
) -> tuple[str, int]:
    found = _settled(book, asked, spent)
    run, office = found.run, found.office
    only = _selected(found.book, run) if is_selected_only else None
    if only:
        run = _narrowed(run, only)
    _say(book, "writing …")
    with spent.on("write"):
        told = office.told(run.contents)
        if only:
            # Start speaks of all applicants.
            told = [edit for edit in told if not isinstance(edit, CellsEdit)]
        written = patch_open(found.book, found.now, found.edits, told, only)
    return _told(run, run.changed, written, [*found.notes, *office.notes], only), _code(run)


def _checked(book: OpenBook, asked: Asked, spent: Spent) -> tuple[str, int]:
    found = _settled(book, asked, spent)
    title = result_tables()["findings"].title.casefold()
    _say(book, "writing …")
    with spent.on("write"):
        findings = [
            edit
            for edit in found.edits
            if isinstance(edit, RowsEdit) and edit.table.casefold() == title
        ]
        written = patch_open(found.book, found.now, findings)
    summary = found.run.computed.result.summary
    words = (
        f"{summary.applicants} applicants, {summary.programs} programs; {summary.errors} to fix, "
        f"{summary.queries} to look at (sheet Findings); nothing else was written."
    )
    return " ".join([words, *found.notes, *written.notes]), _code(found.run)


@dataclass(frozen=True)
class _Settled:
    """What was read and worked out, and the workbook as it stands since: `now`, and `office`."""

    book: OpenBook
    now: OpenBook
    office: OfficeBook
    run: Run
    edits: list[Edit]
    notes: list[str]


def _settled(book: OpenBook, asked: Asked, spent: Spent) -> _Settled:
    """Read and work out, again where somebody typed meanwhile."""
    for left in reversed(range(_MOST_RUNS)):
        _say(book, "reading …")
        with spent.on("read"):
            book = book.anew()
            office = OfficeBook(book)
            for table in office.tables_computed_from():
                # All at once, so that what follows sees one state.
                book.values(table)
        with spent.on("compute"):
            computed = compute(office, asked, book.source, _Planning(book))
        filled_in = (computed.applicants, computed.programs, computed.outcomes)
        tables = [(one.table, [*one.computed.values()]) for one in filled_in if one]
        with spent.on("read"):
            now = book.anew()
            is_settled = not has_changed(book, now, tables)
        if is_settled or not left:
            office = replace(office, book=now)
            with spent.on("write"):
                run = present(office, computed, book.source)
                edits = office.edits(computed.applicants, computed.outcomes, run.contents)
            notes = [] if is_settled else [_STILL_CHANGING]
            return _Settled(book, now, office, run, edits, notes)
    raise AssertionError("a run that never ends")


@dataclass
class _Planning:
    """Shows how many applicants are planned."""

    book: OpenBook
    done: int = 0

    def __call__(self, more: int, of: int) -> None:
        self.done += more
        _say(self.book, f"planning, {self.done:,} of {of:,} applicants …")


def _selected(book: OpenBook, run: Run) -> Only:
    """The applicants whose rows are selected. Raises InputError where there are none."""
    applicants = run.computed.applicants
    areas = book.selected(applicants.table.sheet)
    chosen = {row for row in applicants.text.sheet_rows.to_list() if _is_in(row, areas)}
    if not chosen or applicants.key is None:
        raise InputError(
            f"Nothing is selected: select cells in the rows of the applicants you mean, on the "
            f"sheet {applicants.table.sheet}, and click again."
        )
    is_chosen = applicants.text.sheet_rows.is_in(list(chosen))
    ids = applicants.text.cells[str(applicants.key)].filter(is_chosen).drop_nulls()
    return Only(
        title=result_tables()["shortlist"].titles["applicant_id"],
        ids=frozenset(ids.str.strip_chars().to_list()),
        sheet_rows=frozenset(chosen),
    )


def _is_in(row: int, areas: Sequence[Area]) -> bool:
    return any(area.first_row <= row <= area.last_row for area in areas)


def _narrowed(run: Run, only: Only) -> Run:
    """The run as the Log tells it: of the selected applicants alone."""
    changed = Changes(
        of={one: how for one, how in run.changed.of.items() if one in only.ids},
        new=[one for one in run.changed.new if one in only.ids],
        gone=[],
    )
    entries = list(run.contents.log)
    entries[-1] = {**entries[-1], "changed": f"Selected only. {changed.text()}"}
    return replace(run, changed=changed, contents=replace(run.contents, log=entries))


def _told(
    run: Run, changed: Changes, written: Written, notes: Sequence[str], only: Only | None
) -> str:
    summary = run.computed.result.summary
    whose = f"{len(only.ids)} of {summary.applicants}" if only else f"{summary.applicants}"
    is_unchanged = not written.cells and not written.rows
    what = (
        "all was up to date."
        if is_unchanged
        else f"{changed.line()}; {written.cells:,} cells and {written.rows:,} rows written."
    )
    words = (
        f"{whose} applicants, {summary.programs} programs; {summary.errors} to fix, "
        f"{summary.queries} to look at (sheet Findings); {what}"
    )
    return " ".join([words, *notes, *written.notes])


def _code(run: Run) -> int:
    return ROWS_NEED_FIXING if run.computed.result.summary.errors else 0


def _sentence(problem: Exception, book: OpenBook | None) -> tuple[str, int]:
    """What an advisor is told of a failure that is none of ours."""
    if is_busy(problem):
        has_begun = BEGUN in getattr(problem, "__notes__", ())
        return _BUSY_LATE if has_begun else _BUSY, WorkbookBusyError.exit_code
    if book is not None and not book.is_open():
        return _CLOSED, WorkbookBusyError.exit_code
    try:
        where = f"what happened is kept in {keep_trace(problem)}"
    except OSError:
        where = f"what happened could not be kept in {trace_file()}"
    return (
        "Something failed that should not have; save a copy and refresh again, and if it fails "
        f"again, ask whoever looks after Stepladder: {where}."
    ), _UNEXPECTED


def _say(book: OpenBook, words: str) -> None:
    """Show how far it is, if Excel listens."""
    with suppress(Exception):
        book.say(f"{_NAME}: {words}")


def _tell(book: OpenBook, line: str) -> None:
    """Leave the line at Excel's lower edge and, where there is one, on Start."""
    _say(book, line)
    # The workbook may be gone or Start be protected; then Excel's lower edge has to do.
    with suppress(Exception):
        place = book.place(AS_OF)
        if place is not None and place.address == AS_OF_CELL:
            write_line(book, Place(place.sheet, LINE_CELL), line, [f"{one}, " for one in _BUTTONS])
