"""All rows of a table of ours in; the table of an open workbook, with just these, out."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

import xlwings as xw

from stepladder.books.edits import FOREIGN, MERGED, RowsEdit
from stepladder.books.open_cells import (
    cell_area,
    hidden_rows,
    put,
    put_one,
    put_right,
    refuse_formulas,
)
from stepladder.books.open_shift import Shift, is_last_on_sheet, shift_between, shifted
from stepladder.books.open_values import (
    New,
    depends_on_format,
    entered,
    is_long,
    is_there,
    new_values,
)
from stepladder.books.open_workbook import Cell, CellValue, OpenBook, address_of, rows_of
from stepladder.books.patience import patiently
from stepladder.books.placed_table import Area, PlacedTable, column_finder, runs
from stepladder.books.row_identities import id_of, key_position
from stepladder.books.table import SHEET_ROWS
from stepladder.errors import InputError, OutputError

_MOST_LINKS: Final = 65_000
"""Excel keeps no more on a sheet."""
_LONGEST_GAP: Final = 50
"""Rows that are written again rather than left out between two that are written."""


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
class OpenRows:
    """New rows for a table that is wholly ours.

    rows     all that it shall have, with a value for each of its columns, left to right
    written  the first and last of each run of them that is written, counted from 0
    shift    rows that are put in or taken out, so that those below are written no more
    linked   the columns of links, which are written cell by cell
    links    where these cells lead, by row and column
    leaves   rows that the table gives up
    changed  how many rows are written because they show anything else, or are given up
    """

    table: PlacedTable
    area: Area
    rows: Sequence[Sequence[New]]
    written: Sequence[tuple[int, int]]
    shift: Shift | None
    linked: AbstractSet[int]
    links: Mapping[Cell, tuple[New, str | None]]
    leaves: range
    changed: int
    is_hidden: bool
    _typed: dict[int, Mapping[New, New]] = field(default_factory=dict)
    _long: set[int] = field(default_factory=set)

    @property
    def sheet(self) -> str:
        """Where it stands."""
        return self.table.sheet

    @property
    def is_needed(self) -> bool:
        """Whether the table shows anything else than before."""
        return bool(self.changed) or self.area != self.table.area

    @property
    def note(self) -> str | None:
        """What is told besides."""
        if not self.is_hidden:
            return None
        return f"The rows of {self.table.display_name} changed, so its filter was taken off."

    def prepare(self, book: OpenBook) -> None:
        """Find out how each text is typed, for which a column's number format is asked."""
        self._look_at(book, [self.shift.run] if self.shift else self.written)

    def _look_at(self, book: OpenBook, written: Sequence[tuple[int, int]]) -> None:
        stand = rows_of(self.table)
        for at in range(len(self.table.columns)):
            column = self.area.first_column + at
            values = {row[at] for first, last in written for row in self.rows[first : last + 1]}
            if any(is_long(value) for value in values):
                self._long.add(at)
            delicate = [value for value in values if depends_on_format(value)]
            if delicate and column not in self.linked:
                cells = replace(stand, first_column=column, last_column=column)
                shared = book.shared_format(self.sheet, cells)
                self._typed[at] = {value: entered(value, shared) for value in delicate}

    def take(self, book: OpenBook) -> None:
        """Write them."""
        table = book.excel_table(self.table)
        if self.is_hidden:
            if table.show_autofilter:
                patiently(table.autofilter.clear)
            patiently(lambda: setattr(table.range.rows, "hidden", False))
        written = self._fitted(book, table)
        whole, top = range(self.area.first_column, self.area.last_column + 1), self.table.first_row
        columns = [*runs([column for column in whole if column not in self.linked])]
        for first, last in written:
            for left, right in columns:
                self._put(book, Area(top + first, top + last, left, right))
        for cell, (value, target) in self.links.items():
            if target is None:
                put_one(book, self.sheet, cell, value)
                continue
            place = book.range(self.sheet, cell_area(cell))
            words = "" if value is None else str(value)
            patiently(lambda: place.add_hyperlink(f"#{target}", words, ""))  # noqa: B023 - called at once

    def _fitted(self, book: OpenBook, table: xw.main.Table) -> Sequence[tuple[int, int]]:
        """Give the table as many rows as it shall have; the runs of them that are written then."""
        fitted = book.range(self.sheet, self.area)
        if self.shift and shifted(book, self.table, self.shift):
            # Excel's table follows by itself, unless somebody has told it not to.
            if patiently(lambda: table.range.shape) != fitted.shape:
                patiently(lambda: table.resize(fitted))
            self.changed = self.shift.rows
            first, last = self.shift.run
            return [(first, last)] if last >= first else []
        if self.shift:
            self._look_at(book, self.written)
        if self.area.last_row > self.table.area.last_row:
            patiently(lambda: table.resize(fitted))
            lowest = replace(rows_of(self.table), first_row=self.table.last_row)
            grown = replace(lowest, last_row=self.area.last_row)
            patiently(
                lambda: book.range(self.sheet, lowest).autofill(
                    book.range(self.sheet, grown), "fill_formats"
                )
            )
        if self.leaves:
            gone = replace(
                self.table.area, first_row=self.leaves.start, last_row=self.leaves.stop - 1
            )
            patiently(lambda: book.range(self.sheet, gone).clear_contents())
            patiently(lambda: table.resize(fitted))
        return self.written

    def _put(self, book: OpenBook, area: Area) -> None:
        """Write the values of an area of the table, and read them again."""
        first, top = area.first_column - self.area.first_column, self.table.first_row
        columns = range(first, first + area.last_column - area.first_column + 1)
        rows = [
            [*row[columns.start : columns.stop]]
            for row in self.rows[area.first_row - top : area.last_row - top + 1]
        ]
        typed = [[*row] for row in rows]
        alone: dict[Cell, New] = {}
        for at in columns:
            if texts := self._typed.get(at):
                for row in typed:
                    row[at - first] = texts.get(row[at - first], row[at - first])
            if at in self._long:
                for number, row in enumerate(typed, area.first_row):
                    if is_long(row[at - first]):
                        alone[number, self.area.first_column + at] = row[at - first]
                        row[at - first] = None
        put(book, self.sheet, area, typed)
        for cell, value in alone.items():
            put_one(book, self.sheet, cell, value)
        wrong = {
            (number, column): value
            for number, (row, there) in enumerate(
                zip(rows, book.block(self.sheet, area), strict=True), area.first_row
            )
            if not _is_same(row, there)
            for column, (value, shown) in enumerate(zip(row, there, strict=True), area.first_column)
            if not is_there(value, shown)
        }
        put_right(book, self.sheet, wrong)


def rows_step(now: OpenBook, edit: RowsEdit, only: Only | None) -> OpenRows:
    """The rows of a table of ours, and what follows from their number."""
    table = now.table(edit.table)
    place = column_finder(now.source, table)
    titles = {place(title): title for title in edit.frame.columns}
    first = table.area.first_column
    for column, title in enumerate(table.columns, start=first):
        if column not in titles:
            raise InputError(
                f"{now.source}, table {table.display_name}: the column {title} is none of "
                "Stepladder's; move it out of the table."
            )
    stored = now.values(table)
    columns = new_values(edit.frame.select(titles[column] for column in sorted(titles)))
    rows: list[Sequence[New]] = [list(row) for row in zip(*columns, strict=True)]
    targets = {place(title): [*places] for title, places in (edit.links or {}).items()}
    # A table of links is written whole: where the links of its old rows lead is not asked.
    if only and not targets and (at := key_position(table, only.title)) is not None:
        rows = _merged(rows, stored, at, only)
    blank: Sequence[New] = [None] * len(titles)
    shown = rows or [blank]
    area = replace(table.area, last_row=table.first_row + len(shown) - 1)
    _refuse_reach(now, table, area)
    shift = None
    if len(stored) != len(shown) and not targets and is_last_on_sheet(now, table):
        shift = shift_between(stored, shown, _is_same)
    if shift:
        # All from there on, should Excel not move them.
        differing: Sequence[int] = range(shift.run[0], len(shown))
    else:
        differing = [
            n for n, row in enumerate(shown) if n >= len(stored) or not _is_same(row, stored[n])
        ]
    # Short gaps are written along: a call costs more than they.
    written = [*runs(differing, lambda row, following: following - row <= _LONGEST_GAP)]
    leaves = range(table.first_row + len(shown), table.last_row + 1)
    changed = len(differing) + len(leaves)
    refuse_formulas(
        now,
        table.sheet,
        rows_of(table),
        sorted(titles),
        stored,
        {table.first_row + n for run in written for n in range(run[0], run[1] + 1)} | {*leaves},
    )
    links = {
        (table.first_row + n, column): (
            shown[n][column - first],
            places[n] if n < min(len(places), _MOST_LINKS) else None,
        )
        for n in differing
        for column, places in targets.items()
    }
    is_hidden = bool(changed) and bool(hidden_rows(now, table.sheet, rows_of(table)))
    return OpenRows(
        table, area, shown, written, shift, frozenset(targets), links, leaves, changed, is_hidden
    )


def _is_same(new: Sequence[New], old: Sequence[CellValue]) -> bool:
    """Whether a row shows the values already."""
    # Python takes True for 1.
    is_plain = bool not in map(type, old)
    return (is_plain and new == old) or all(
        is_there(value, there) for value, there in zip(new, old, strict=True)
    )


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
            new.setdefault(id_of(row[at]), []).append(row)
    merged: list[Sequence[New]] = []
    for row in stored:
        one = id_of(row[at])
        if one in only.ids:
            merged += new.pop(one, [])
        elif any(value is not None for value in row):
            merged.append(list(row))
    return [*merged, *(row for others in new.values() for row in others)]


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
