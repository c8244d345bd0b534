"""An open workbook and what shall stand in it in; the same workbook, with just that written, out.

All that can be refused is refused before the first cell is written. What was written is read again,
so that a value that Excel took for something else is put right.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

from stepladder.books.edits import CellsEdit, ColumnEdit, Edit, RowsEdit
from stepladder.books.open_cells import OpenCells, hidden_rows, put, refuse_formulas
from stepladder.books.open_rows import Only, OpenRows, rows_step
from stepladder.books.open_values import New, new_values, single_values
from stepladder.books.open_workbook import CellValue, OpenBook, rows_of
from stepladder.books.placed_table import Area, column_finder
from stepladder.books.row_identities import moved_rows
from stepladder.books.table import title_key
from stepladder.books.workbook import Place
from stepladder.errors import WorkbookBusyError

BEGUN: Final = "the writing had begun"
"""The note of a failure that came too late to leave all cells as they were."""
_MOVED: Final = (
    "Rows were added, deleted or changed meanwhile; refresh again to bring all up to date."
)


@dataclass
class Written:
    """What was changed, counted as `workbook_patch.Changes` does, and what is told besides."""

    cells: int = 0
    rows: int = 0
    notes: list[str] = field(default_factory=list)


def patch_open(
    book: OpenBook,
    now: OpenBook,
    edits: Iterable[Edit],
    told: Iterable[Edit] = (),
    only: Only | None = None,
) -> Written:
    """Write what is not there yet; `told` only where anything else changes.

    `book` has read the tables that the edits speak of; their places and ids count as `now` has
    them, the same workbook, read a moment ago.

    Raises InputError and OutputError as `workbook_patch.patch` does, WorkbookBusyError for a sheet
    that is protected; nothing is written then.
    """
    written = Written()
    steps = _steps(book, now, edits, only)
    written.notes += [step.note for step in steps if step.note]
    if not any(step.is_needed for step in steps):
        return written
    steps += _steps(book, now, told, only)
    needed = [step for step in steps if step.is_needed]
    _refuse_protected(now, {step.sheet for step in needed})
    for step in needed:
        step.prepare(now)
    with now.undisturbed():
        try:
            for step in needed:
                step.take(now)
        except Exception as problem:
            problem.add_note(BEGUN)
            raise
    written.cells += sum(step.changed for step in needed if not isinstance(step, OpenRows))
    written.rows += sum(step.changed for step in needed if isinstance(step, OpenRows))
    return written


def write_line(book: OpenBook, place: Place, line: str, ours: Sequence[str]) -> None:
    """Write a line into a cell that is empty or holds a line that begins with one of `ours`."""
    area = Area.of(place.address)
    [[old]] = book.block(place.sheet, area)
    if old is None or (isinstance(old, str) and old.startswith(tuple(ours))):
        put(book, place.sheet, area, [[f"'{line}"]])


_Step = OpenCells | OpenRows


def _steps(book: OpenBook, now: OpenBook, edits: Iterable[Edit], only: Only | None) -> list[_Step]:
    steps: list[_Step] = []
    for edit in edits:
        match edit:
            case ColumnEdit():
                steps.append(_columns(book, now, edit, only))
            case RowsEdit():
                steps.append(rows_step(now, edit, only))
            case CellsEdit():
                steps.append(_single_cells(now, edit))
    return steps


def _columns(book: OpenBook, now: OpenBook, edit: ColumnEdit, only: Only | None) -> OpenCells:
    """The cells of our columns, each in the row where its id stands now."""
    old, new = book.table(edit.table), now.table(edit.table)
    place = column_finder(now.source, new)
    titles = {place(title): title for title in edit.frame.columns}
    values = now.values(new)
    ours = {*map(title_key, edit.frame.columns)}
    moved = moved_rows(book.values(old), old, values, new, edit.key, ours)
    columns = dict(zip(titles, new_values(edit.frame.select(titles.values())), strict=True))
    wanted: dict[int, dict[int, New]] = {}
    lost = 0
    for n, row in enumerate(edit.sheet_rows.to_list()):
        if only and row not in only.sheet_rows:
            continue
        if (target := moved.get(row)) is None:
            lost += 1
            continue
        wanted[target] = {column: of_rows[n] for column, of_rows in columns.items()}
    wanted = dict(sorted(wanted.items()))
    refuse_formulas(now, new.sheet, rows_of(new), sorted(titles), values, {*wanted})
    first = new.area.first_column
    stored = {
        row: {column: values[row - new.first_row][column - first] for column in titles}
        for row in wanted
    }
    area = rows_of(new)
    hidden = hidden_rows(now, new.sheet, area)
    return OpenCells(new.sheet, wanted, stored, area, hidden, _MOVED if lost else None)


def _single_cells(now: OpenBook, edit: CellsEdit) -> OpenCells:
    """Cells of a page; those of formulas Excel finds itself."""
    places = {Area.of(address): value for address, value in edit.values.items()}
    if not places:
        return OpenCells(edit.sheet, {}, {})
    area = reduce(Area.joined, places)
    values, formulas = now.page(edit.sheet, area)
    new: dict[int, dict[int, New]] = {}
    old: dict[int, dict[int, CellValue]] = {}
    for place, value in zip(places, single_values([*places.values()]), strict=True):
        row, column = place.first_row, place.first_column
        stored = values[row - area.first_row][column - area.first_column]
        if (row, column) in formulas:
            continue
        new.setdefault(row, {})[column] = value
        old.setdefault(row, {})[column] = stored
    # One by one: they stand apart, and some are merged.
    return OpenCells(edit.sheet, new, old, hidden=frozenset(new))


def _refuse_protected(now: OpenBook, sheets: AbstractSet[str]) -> None:
    for sheet in sorted(sheets):
        if now.is_protected(sheet):
            raise WorkbookBusyError(
                f"The sheet {sheet} is protected, so nothing was written; unprotect it (Review, "
                "Unprotect Sheet) and refresh again."
            )
