"""All rows of a table of ours in; the table of an open workbook, with just these, out."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

from stepladder.books.edits import FOREIGN, MERGED, RowsEdit
from stepladder.books.open_cells import OpenCells, hidden_rows, put, refuse_formulas
from stepladder.books.open_values import New, is_there, new_values
from stepladder.books.open_workbook import CellValue, OpenBook, address_of, rows_of
from stepladder.books.patience import patiently
from stepladder.books.placed_table import Area, PlacedTable, column_finder
from stepladder.books.row_identities import id_of, key_position
from stepladder.books.table import SHEET_ROWS
from stepladder.errors import InputError, OutputError

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
class OpenRows:
    """New rows for a table that is wholly ours.

    cells   the values of its rows, without those of links
    links   where the cells of links lead, by row and column
    leaves  rows that the table gives up
    """

    table: PlacedTable
    area: Area
    cells: OpenCells
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

    @property
    def note(self) -> str | None:
        """What is told besides."""
        if not self.is_hidden:
            return None
        return f"The rows of {self.table.display_name} changed, so its filter was taken off."

    def prepare(self, book: OpenBook) -> None:
        """Ask what must be known before anything is written."""
        self.cells.prepare(book)

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
                put(book, self.sheet, place, [[value]])
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
    columns = [new_values(edit.frame[titles[column]]) for column in sorted(titles)]
    rows: list[Sequence[New]] = [list(row) for row in zip(*columns, strict=True)]
    targets = {place(title): [*places] for title, places in (edit.links or {}).items()}
    # A table of links is written whole: where the links of its old rows lead is not asked.
    if only and not targets and (at := key_position(table, only.title)) is not None:
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
    refuse_formulas(
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
    is_hidden = bool(changed) and bool(hidden_rows(now, table.sheet, rows_of(table)))
    cells = OpenCells(table.sheet, new, old, rows_of(table))
    return OpenRows(table, area, cells, links, leaves, changed, is_hidden)


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
