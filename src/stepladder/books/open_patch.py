"""An open workbook and what shall stand in it in; the same workbook, with just that written, out.

All that can be refused is refused before the first cell is written. What was written is read again,
so that a value that Excel took for something else is put right.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any, Final

import polars as pl

from stepladder.books.cell_patch import FORMULA
from stepladder.books.open_values import (
    LONGEST_IN_BLOCK,
    TEXT_FORMAT,
    New,
    entered,
    is_there,
    new_values,
)
from stepladder.books.open_workbook import CellValue, OpenBook, address_of, holds, rows_of
from stepladder.books.outline import Area, PlacedTable
from stepladder.books.patience import is_busy, patiently
from stepladder.books.table import SHEET_ROWS, title_key
from stepladder.books.table_patch import FOREIGN, MERGED
from stepladder.books.workbook import Place
from stepladder.books.workbook_patch import CellsEdit, ColumnEdit, Edit, RowsEdit
from stepladder.errors import InputError, OutputError, WorkbookBusyError

BEGUN: Final = "the writing had begun"
"""The note of a failure that came too late to leave all cells as they were."""
_DAY_FORMAT: Final = "yyyy-mm-dd"
_MOST_LINKS: Final = 65_000
"""Excel keeps no more on a sheet."""


@dataclass(frozen=True)
class Only:
    """Whose rows are written; those of all others stay as they are.

    title       of the column of ids, in every table that has one
    ids         of those who are written
    sheet_rows  where they stand in the table that people fill in
    """

    title: str
    ids: AbstractSet[str]
    sheet_rows: AbstractSet[int]


@dataclass
class Written:
    """What was changed, counted as `workbook_patch.Changes` does, and what is told besides."""

    cells: int = 0
    rows: int = 0
    notes: list[str] = field(default_factory=list)


def patch_open(
    book: OpenBook, edits: Iterable[Edit], told: Iterable[Edit] = (), only: Only | None = None
) -> Written:
    """Write what is not there yet; `told` only where anything else changes.

    `book` has read the tables that the edits speak of; their places and ids are read once more.

    Raises InputError and OutputError as `workbook_patch.patch` does, WorkbookBusyError for a sheet
    that is protected; nothing is written then.
    """
    now = book.anew()
    written = Written()
    steps = _steps(book, now, edits, only, written)
    if not any(step.is_needed for step in steps):
        return written
    steps += _steps(book, now, told, only, Written())
    needed = [step for step in steps if step.is_needed]
    _refuse_protected(now, {step.sheet for step in needed})
    with now.undisturbed():
        try:
            for step in needed:
                step.take(now)
        except Exception as problem:
            problem.add_note(BEGUN)
            raise
    written.cells += sum(step.changed for step in needed if not isinstance(step, _Rows))
    written.rows += sum(step.changed for step in needed if isinstance(step, _Rows))
    return written


def has_changed(book: OpenBook, tables: Iterable[PlacedTable], computed: Iterable[str]) -> bool:
    """Whether anybody typed in these tables, or moved their rows, since the book read them.

    `computed` are the titles of our own columns there.
    """
    now, ours = book.anew(), {*map(title_key, computed)}
    for old in tables:
        new = now.table(old.display_name)
        titles = [
            [title for title in map(title_key, table.columns) if title not in ours]
            for table in (old, new)
        ]
        if titles[0] != titles[1]:
            return True
        before, after = (
            _entered_cells(state.values(table), table, ours)
            for state, table in ((book, old), (now, new))
        )
        if before != after or old.area.first_row != new.area.first_row:
            return True
    return False


def write_line(book: OpenBook, place: Place, line: str, ours: Sequence[str]) -> None:
    """Write a line into a cell that is empty or holds a line that begins with one of `ours`."""
    area = Area.of(place.address)
    [[old]] = book.block(place.sheet, area)
    if old is None or (isinstance(old, str) and old.startswith(tuple(ours))):
        _put(book, place.sheet, area, [[f"'{line}"]])


@dataclass
class _Cells:
    """Cells of one sheet that get other values: blocks where they can, one by one elsewhere.

    new      by row and column (1-based and 0-based), all that shall stand there
    old      what stands there
    formats  the number format of each column
    hidden   the rows that are hidden, by a filter or by hand
    """

    sheet: str
    new: Mapping[int, Mapping[int, New]]
    old: Mapping[int, Mapping[int, CellValue]]
    formats: Mapping[int, str]
    hidden: AbstractSet[int] = frozenset()

    @cached_property
    def differing(self) -> list[tuple[int, int]]:
        """The cells that show something else."""
        nothing: Mapping[int, CellValue] = {}
        return [
            (row, column)
            for row, values in self.new.items()
            for stored in (self.old.get(row, nothing),)
            for column, value in values.items()
            if not is_there(value, stored.get(column))
        ]

    @property
    def changed(self) -> int:
        """How many cells get another value."""
        return len(self.differing)

    @property
    def is_needed(self) -> bool:
        """Whether any does."""
        return bool(self.differing)

    def take(self, book: OpenBook) -> None:
        """Write them."""
        cells = self.differing
        single = {cell for cell in cells if cell[0] in self.hidden or self._is_long(cell)}
        # An array put into rows of which a filter hides some lands in other rows (xlwings 2619).
        for area in _areas([cell for cell in cells if cell not in single], self._is_writable):
            rows = [
                [
                    None if self._is_long((row, column)) else self._entered(row, column)
                    for column in range(area.first_column, area.last_column + 1)
                ]
                for row in range(area.first_row, area.last_row + 1)
            ]
            single |= {
                (row, column)
                for row in range(area.first_row, area.last_row + 1)
                for column in range(area.first_column, area.last_column + 1)
                if self._is_long((row, column))
            }
            _put(book, self.sheet, area, rows)
        for row, column in sorted(single):
            self._put_one(book, row, column, self._entered(row, column))
        self._put_right(book, cells)

    def _put_right(self, book: OpenBook, cells: Sequence[tuple[int, int]]) -> None:
        """Read again what was written; what Excel took for something else is written once more."""
        for row, column in _other(book, self.sheet, cells, self.new):
            value = self.new[row][column]
            place = book.range(self.sheet, Area(row, row, column, column))
            if isinstance(value, str):
                patiently(lambda: setattr(place, "number_format", TEXT_FORMAT))  # noqa: B023 - called at once
            elif value is not None:
                shown = "General" if isinstance(value, float) else _DAY_FORMAT
                patiently(lambda: setattr(place, "number_format", shown))  # noqa: B023 - called at once
            self._put_one(book, row, column, value)
        if wrong := _other(book, self.sheet, cells, self.new):
            raise OutputError(
                f"{book.source}, {self.sheet}!{address_of(*wrong[0])}: Excel did not take the "
                "value of this cell; undo nothing, and refresh again."
            )

    def _entered(self, row: int, column: int) -> New:
        return entered(self.new[row][column], self.formats.get(column, ""))

    def _is_long(self, cell: tuple[int, int]) -> bool:
        value = self.new[cell[0]][cell[1]]
        return isinstance(value, str) and len(value) > LONGEST_IN_BLOCK

    def _is_writable(self, row: int) -> bool:
        return row in self.new and row not in self.hidden

    def _put_one(self, book: OpenBook, row: int, column: int, value: New) -> None:
        _put(book, self.sheet, Area(row, row, column, column), [[value]])


@dataclass
class _Rows:
    """New rows for a table that is wholly ours.

    cells   the values of its rows, without those of links
    links   where the cells of links lead, by row and column
    leaves  rows that the table gives up
    """

    table: PlacedTable
    area: Area
    cells: _Cells
    links: Mapping[tuple[int, int], tuple[New, str | None]]
    leaves: range
    changed: int
    is_hidden: bool

    @property
    def sheet(self) -> str:
        """Where it stands."""
        return self.table.sheet

    @property
    def is_needed(self) -> bool:
        """Whether the table shows anything else than before."""
        return bool(self.changed) or self.area != self.table.area

    def take(self, book: OpenBook) -> None:
        """Write them."""
        table = book.excel_table(self.table)
        if self.is_hidden:
            if table.show_autofilter:
                patiently(table.autofilter.clear)
            patiently(lambda: setattr(table.range.rows, "hidden", False))
        if self.area.last_row > self.table.area.last_row:
            patiently(lambda: table.resize(book.range(self.sheet, self.area)))
            last = replace(rows_of(self.table), first_row=self.table.last_row)
            grown = replace(last, last_row=self.area.last_row)
            patiently(
                lambda: book.range(self.sheet, last).autofill(
                    book.range(self.sheet, grown), "fill_formats"
                )
            )
        self.cells.take(book)
        for (row, column), (value, target) in self.links.items():
            place = Area(row, row, column, column)
            if target is None:
                _put(book, self.sheet, place, [[value]])
                continue
            cell = book.range(self.sheet, place)
            words = "" if value is None else str(value)
            patiently(lambda: cell.add_hyperlink(f"#{target}", words, ""))  # noqa: B023 - called at once
        if self.leaves:
            gone = replace(
                self.table.area, first_row=self.leaves.start, last_row=self.leaves.stop - 1
            )
            patiently(lambda: book.range(self.sheet, gone).clear_contents())
            patiently(lambda: table.resize(book.range(self.sheet, self.area)))


_Step = _Cells | _Rows


def _steps(
    book: OpenBook, now: OpenBook, edits: Iterable[Edit], only: Only | None, written: Written
) -> list[_Step]:
    steps: list[_Step] = []
    for edit in edits:
        match edit:
            case ColumnEdit():
                steps.append(_columns(book, now, edit, only, written))
            case RowsEdit():
                steps.append(_table_rows(now, edit, only, written))
            case CellsEdit():
                steps.append(_single_cells(now, edit))
    return steps


def _columns(
    book: OpenBook, now: OpenBook, edit: ColumnEdit, only: Only | None, written: Written
) -> _Cells:
    """The cells of our columns, each in the row where its id stands now."""
    old, new = book.table(edit.table), now.table(edit.table)
    place = _finder(now, new)
    titles = {place(title): title for title in edit.frame.columns}
    values = now.values(new)
    ours = {*map(title_key, edit.frame.columns)}
    moved = _moved(book.values(old), old, values, new, edit.key, ours)
    columns = {column: new_values(edit.frame[title]) for column, title in titles.items()}
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
    _refuse_formulas(now, new.sheet, rows_of(new), sorted(titles), values, {*wanted})
    if lost:
        written.notes.append(
            "Rows were added, deleted or changed meanwhile; refresh again to bring all up to date."
        )
    first = new.area.first_column
    stored = {
        row: {column: values[row - new.first_row][column - first] for column in titles}
        for row in wanted
    }
    return _Cells(
        new.sheet, wanted, stored, _formats(now, new, titles), _hidden(now, new.sheet, rows_of(new))
    )


def _table_rows(now: OpenBook, edit: RowsEdit, only: Only | None, written: Written) -> _Rows:
    """The rows of a table of ours, and what follows from their number."""
    table = now.table(edit.table)
    place = _finder(now, table)
    titles = {place(title): title for title in edit.frame.columns}
    first = table.area.first_column
    for column, title in enumerate(table.columns, start=first):
        if column not in titles:
            raise InputError(
                f"{now.source}, table {table.display_name}: the column {title} is none of "
                "Stepladder's; move it out of the table."
            )
    stored = now.values(table)
    columns = [new_values(edit.frame[titles[column]]) for column in sorted(titles)]
    rows: list[Sequence[New]] = [list(row) for row in zip(*columns, strict=True)]
    targets = {place(title): [*places] for title, places in (edit.links or {}).items()}
    # A table of links is written whole: where the links of its old rows lead is not asked.
    if only and not targets and (at := _key_position(table, only.title)) is not None:
        rows = _merged(rows, stored, at, only)
    blank: Sequence[New] = [None] * len(titles)
    shown = rows or [blank]
    area = replace(table.area, last_row=table.first_row + len(shown) - 1)
    _refuse_reach(now, table, area)
    kept = dict(enumerate(stored))
    differing = [
        n
        for n, row in enumerate(shown)
        if n not in kept
        or not all(is_there(value, old) for value, old in zip(row, kept[n], strict=True))
    ]
    leaves = range(table.first_row + len(shown), table.last_row + 1)
    changed = len(differing) + len(leaves)
    _refuse_formulas(
        now,
        table.sheet,
        rows_of(table),
        sorted(titles),
        stored,
        {table.first_row + n for n in differing} | {*leaves},
    )
    links = {
        (table.first_row + n, column): (
            shown[n][column - first],
            places[n] if n < min(len(places), _MOST_LINKS) else None,
        )
        for n in differing
        for column, places in targets.items()
    }
    new = {
        table.first_row + n: {
            first + at: value for at, value in enumerate(shown[n]) if first + at not in targets
        }
        for n in range(len(shown))
    }
    old = {
        table.first_row + n: {first + at: value for at, value in enumerate(row)}
        for n, row in kept.items()
    }
    is_hidden = bool(changed) and bool(_hidden(now, table.sheet, rows_of(table)))
    if is_hidden:
        written.notes.append(
            f"The rows of {table.display_name} changed, so its filter was taken off."
        )
    cells = _Cells(table.sheet, new, old, _formats(now, table, {*titles}))
    return _Rows(table, area, cells, links, leaves, changed, is_hidden)


def _single_cells(now: OpenBook, edit: CellsEdit) -> _Cells:
    """Cells of a page; those of formulas Excel finds itself."""
    places = {Area.of(address): value for address, value in edit.values.items()}
    if not places:
        return _Cells(edit.sheet, {}, {}, {})
    area = next(iter(places))
    for place in places:
        area = area.joined(place)
    values, formulas = now.block(edit.sheet, area), now.formulas(edit.sheet, area)
    new: dict[int, dict[int, New]] = {}
    old: dict[int, dict[int, CellValue]] = {}
    for place, value in places.items():
        row, column = place.first_row, place.first_column
        stored = values[row - area.first_row][column - area.first_column]
        formula = formulas[row - area.first_row][column - area.first_column]
        if holds(formula, stored):
            continue
        [shown] = new_values(pl.Series([value]))
        new.setdefault(row, {})[column] = shown
        old.setdefault(row, {})[column] = stored
    # One by one: they stand apart, and some are merged.
    return _Cells(edit.sheet, new, old, {}, frozenset(new))


def _moved(
    before: Sequence[Sequence[CellValue]],
    old: PlacedTable,
    after: Sequence[Sequence[CellValue]],
    new: PlacedTable,
    key: str | None,
    ours: AbstractSet[str],
) -> dict[int, int]:
    """Where each row of a table stands now, by the row where it stood; gone ones are left out.

    A row is known by its id where no other has it, else by all that people typed in it.
    """
    where = [
        _identities(values, table, key, ours) for values, table in ((before, old), (after, new))
    ]
    if where[0] == where[1]:
        shift = new.first_row - old.first_row
        return {old.first_row + n: old.first_row + n + shift for n in range(len(before))}
    stands = {identity: new.first_row + n for n, identity in enumerate(where[1])}
    return {
        old.first_row + n: stands[identity]
        for n, identity in enumerate(where[0])
        if identity in stands
    }


def _identities(
    values: Sequence[Sequence[CellValue]],
    table: PlacedTable,
    key: str | None,
    ours: AbstractSet[str],
) -> list[tuple[object, ...]]:
    at = None if key is None else _key_position(table, key)
    ids = [_id(row[at]) if at is not None else None for row in values]
    counts: dict[object, int] = {}
    for one in ids:
        counts[one] = counts.get(one, 0) + 1
    seen: dict[tuple[object, ...], int] = {}
    identities = []
    for one, typed in zip(ids, _entered_cells(values, table, ours), strict=True):
        identity: tuple[object, ...] = ("id", one)
        if one is None or counts[one] > 1:
            seen[typed] = seen.get(typed, 0) + 1
            identity = ("row", *typed, seen[typed])
        identities.append(identity)
    return identities


def _id(value: CellValue) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    return text or None


def _entered_cells(
    values: Sequence[Sequence[CellValue]], table: PlacedTable, ours: AbstractSet[str]
) -> list[tuple[object, ...]]:
    """What people typed, row by row."""
    at = [n for n, title in enumerate(table.columns) if title_key(title) not in ours]
    return [tuple(row[n] for n in at) for row in values]


def _key_position(table: PlacedTable, title: str) -> int | None:
    keys = [title_key(one) for one in table.columns]
    return keys.index(title_key(title)) if title_key(title) in keys else None


def _merged(
    rows: Sequence[Sequence[New]],
    stored: Sequence[Sequence[CellValue]],
    at: int,
    only: Only,
) -> list[Sequence[New]]:
    """The new rows of those who are written in the place of their old ones; all others stay."""
    new: dict[str | None, list[Sequence[New]]] = {}
    for row in rows:
        if row[at] in only.ids:
            new.setdefault(_id(row[at]), []).append(row)
    merged: list[Sequence[New]] = []
    for row in stored:
        one = _id(row[at])
        if one in only.ids:
            merged += new.pop(one, [])
        elif any(value is not None for value in row):
            merged.append(list(row))
    return [*merged, *(row for others in new.values() for row in others)]


def _refuse_protected(now: OpenBook, sheets: AbstractSet[str]) -> None:
    for sheet in sorted(sheets):
        if now.is_protected(sheet):
            raise WorkbookBusyError(
                f"The sheet {sheet} is protected, so nothing was written; unprotect it (Review, "
                "Unprotect Sheet) and refresh again."
            )


def _refuse_formulas(
    now: OpenBook,
    sheet: str,
    area: Area,
    columns: Sequence[int],
    values: Sequence[Sequence[CellValue]],
    rows: AbstractSet[int],
) -> None:
    """Refuse a formula of somebody's in a cell that is ours."""
    if not rows:
        return
    for first, last in _runs(columns):
        part = Area(area.first_row, area.last_row, first, last)
        for n, formulas in enumerate(now.formulas(sheet, part)):
            if area.first_row + n not in rows:
                continue
            for column, formula in enumerate(formulas, start=first):
                value = values[n][column - area.first_column]
                if holds(formula, value):
                    where = address_of(area.first_row + n, column)
                    raise InputError(f"{now.source}, {sheet}!{where}: {FORMULA}")


def _refuse_reach(now: OpenBook, table: PlacedTable, area: Area) -> None:
    """Refuse a table that has no room for its rows."""
    name = table.display_name
    if table.totals_rows:
        raise InputError(
            f"{now.source}, table {name}: its rows are replaced, so it can have no totals row; "
            "switch it off (Table Design, Total Row)."
        )
    if area.last_row > SHEET_ROWS:
        raise OutputError(
            f"The table {name} has {area.last_row - table.first_row + 1:,} rows, and an Excel "
            f"worksheet holds {SHEET_ROWS - table.first_row + 1:,} from its first row on. Write "
            "the results to a folder instead."
        )
    if area.last_row <= table.area.last_row:
        return
    grown = replace(area, first_row=table.area.last_row + 1)
    for other in now.tables:
        if other.sheet == table.sheet and other != table and other.area.meets(grown):
            raise InputError(
                f"{now.source}, {table.sheet}!{other.area.ref}: the table {other.display_name} "
                f"stands where the rows of the table {name} go; move it to another sheet."
            )
    for n, row in enumerate(now.block(table.sheet, grown)):
        for at, value in enumerate(row):
            if value is not None:
                where = address_of(grown.first_row + n, grown.first_column + at)
                raise InputError(f"{now.source}, {table.sheet}!{where}: {FOREIGN.format(name)}")
    cells = now.range(table.sheet, grown)
    if patiently(lambda: cells.merge_cells) is not False:
        raise InputError(f"{now.source}, {table.sheet}!{grown.ref}: {MERGED.format(name)}")


def _finder(now: OpenBook, table: PlacedTable) -> Callable[[str], int]:
    """A function from a title, in any case and spacing, to its 0-based sheet column."""
    first = table.area.first_column
    columns = {title_key(title): column for column, title in enumerate(table.columns, start=first)}

    def place(title: str) -> int:
        if title_key(title) not in columns:
            raise InputError(
                f"{now.source}, table {table.display_name}, has no column {title}; put it back, "
                "with its title in the header row."
            )
        return columns[title_key(title)]

    return place


def _formats(now: OpenBook, table: PlacedTable, columns: Iterable[int]) -> dict[int, str]:
    """The number format of each column; none is taken for sure where its cells differ."""
    area = rows_of(table)
    formats = {}
    for column in columns:
        cells = now.range(table.sheet, replace(area, first_column=column, last_column=column))
        formats[column] = str(patiently(lambda: cells.number_format) or "")  # noqa: B023 - called at once
    return formats


def _hidden(now: OpenBook, sheet: str, area: Area) -> frozenset[int]:
    """The rows of an area that are not seen."""
    rows = now.range(sheet, area)
    every = range(area.first_row, area.last_row + 1)
    try:
        seen: Any = patiently(lambda: rows.get_special_cells("visible"))
    except Exception as problem:
        if is_busy(problem):
            raise
        # Excel says "no cells were found" in its own language; each is written alone then.
        return frozenset(every)
    visible = {row for part in seen for row in range(part.row, part.row + part.shape[0])}
    return frozenset(row for row in every if row not in visible)


def _put(book: OpenBook, sheet: str, area: Area, rows: Sequence[Sequence[New]]) -> None:
    cells = book.range(sheet, area)
    patiently(lambda: setattr(cells, "value", rows))


def _other(
    book: OpenBook,
    sheet: str,
    cells: Sequence[tuple[int, int]],
    new: Mapping[int, Mapping[int, New]],
) -> list[tuple[int, int]]:
    """Which of the cells do not show what was written there."""
    if not cells:
        return []
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    area = Area(min(rows), max(rows), min(columns), max(columns))
    values = book.block(sheet, area)
    return [
        (row, column)
        for row, column in cells
        if not is_there(new[row][column], values[row - area.first_row][column - area.first_column])
    ]


def _areas(cells: Sequence[tuple[int, int]], is_writable: Callable[[int], bool]) -> Iterator[Area]:
    """Blocks that hold all of the cells, and none that is not ours or is hidden."""
    by_column: dict[int, list[int]] = {}
    for row, column in cells:
        by_column.setdefault(column, []).append(row)
    for first, last in _runs(sorted(by_column)):
        rows = sorted({row for column in range(first, last + 1) for row in by_column[column]})
        start = previous = None
        for row in rows:
            if start is None or previous is None:
                start = row
            elif not all(map(is_writable, range(previous + 1, row))):
                yield Area(start, previous, first, last)
                start = row
            previous = row
        if start is not None and previous is not None:
            yield Area(start, previous, first, last)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run of neighbours in ascending numbers."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]
