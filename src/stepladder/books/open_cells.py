"""Values for cells of an open workbook in; the cells that differ, written and read again, out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from stepladder.books.edits import FORMULA
from stepladder.books.open_values import (
    TEXT_FORMAT,
    New,
    depends_on_format,
    entered,
    is_long,
    is_there,
)
from stepladder.books.open_workbook import Cell, CellValue, OpenBook, address_of
from stepladder.books.patience import is_busy, patiently
from stepladder.books.placed_table import Area, runs
from stepladder.errors import InputError, OutputError

_DAY_FORMAT: Final = "yyyy-mm-dd"


@dataclass
class OpenCells:
    """Cells of one sheet that get other values: blocks where they can, one by one elsewhere.

    new     by row and column (1-based and 0-based), all that shall stand there
    old     what stands there
    area    the rows of the table that they stand in; None on a page
    hidden  the rows that are hidden, by a filter or by hand
    note    what is told besides
    """

    sheet: str
    new: Mapping[int, Mapping[int, New]]
    old: Mapping[int, Mapping[int, CellValue]]
    area: Area | None = None
    hidden: AbstractSet[int] = frozenset()
    note: str | None = None
    _formats: dict[int, str] = field(default_factory=dict)

    @cached_property
    def differing(self) -> list[Cell]:
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

    def prepare(self, book: OpenBook) -> None:
        """Ask for the number formats on which it depends how a text is written."""
        asked = {
            column for row, column in self.differing if depends_on_format(self.new[row][column])
        }
        if self.area is None:
            return
        for column in sorted(asked):
            cells = replace(self.area, first_column=column, last_column=column)
            self._formats[column] = book.shared_format(self.sheet, cells)

    def take(self, book: OpenBook) -> None:
        """Write them."""
        cells = self.differing
        single = {cell for cell in cells if cell[0] in self.hidden or self._is_long(cell)}
        # An array put into rows of which a filter hides some lands in other rows (xlwings 2619).
        for area in _blocks([cell for cell in cells if cell not in single], self._is_writable):
            rows: list[list[New]] = []
            for row in range(area.first_row, area.last_row + 1):
                rows.append([])
                for column in range(area.first_column, area.last_column + 1):
                    is_alone = self._is_long((row, column))
                    rows[-1].append(None if is_alone else self._entered(row, column))
                    if is_alone:
                        single.add((row, column))
            put(book, self.sheet, area, rows)
        for row, column in sorted(single):
            put_one(book, self.sheet, (row, column), self._entered(row, column))
        put_right(book, self.sheet, _other(book, self.sheet, self._values_of(cells)))

    def _values_of(self, cells: Sequence[Cell]) -> dict[Cell, New]:
        return {(row, column): self.new[row][column] for row, column in cells}

    def _entered(self, row: int, column: int) -> New:
        return entered(self.new[row][column], self._formats.get(column, ""))

    def _is_long(self, cell: Cell) -> bool:
        return is_long(self.new[cell[0]][cell[1]])

    def _is_writable(self, row: int) -> bool:
        return row in self.new and row not in self.hidden


def refuse_formulas(
    now: OpenBook,
    sheet: str,
    area: Area,
    columns: Sequence[int],
    values: Sequence[Sequence[CellValue]],
    rows: AbstractSet[int],
) -> None:
    """Refuse a formula of somebody's in a cell that is ours."""
    stand = {row for row in rows if row <= area.last_row}
    if not stand:
        return
    top = min(stand)
    for first, last in runs(columns):
        part = Area(top, max(stand), first, last)
        # Most tables have no formula, and then nothing of this is looked at.
        shown = (
            row[first - area.first_column : last - area.first_column + 1]
            for row in values[top - area.first_row : part.last_row - area.first_row + 1]
        )
        found = sorted(cell for cell in now.formula_cells(sheet, part, shown) if cell[0] in stand)
        if found:
            raise InputError(f"{now.source}, {sheet}!{address_of(*found[0])}: {FORMULA}")


def hidden_rows(now: OpenBook, sheet: str, area: Area) -> frozenset[int]:
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


def put(book: OpenBook, sheet: str, area: Area, rows: Sequence[Sequence[New]]) -> None:
    """Write rows of values into an area."""
    cells = book.range(sheet, area)
    patiently(lambda: setattr(cells, "value", rows))


def put_one(book: OpenBook, sheet: str, cell: Cell, value: New) -> None:
    """Write a value into a cell."""
    put(book, sheet, cell_area(cell), [[value]])


def cell_area(cell: Cell) -> Area:
    """The area of one cell."""
    row, column = cell
    return Area(row, row, column, column)


def put_right(book: OpenBook, sheet: str, wrong: Mapping[Cell, New]) -> None:
    """Write once more, with a format that suits it, what Excel took for something else.

    Raises OutputError where it does so again.
    """
    for cell, value in wrong.items():
        place = book.range(sheet, cell_area(cell))
        if isinstance(value, str):
            patiently(lambda: setattr(place, "number_format", TEXT_FORMAT))  # noqa: B023 - called at once
        elif value is not None:
            shown = "General" if isinstance(value, float) else _DAY_FORMAT
            patiently(lambda: setattr(place, "number_format", shown))  # noqa: B023 - called at once
        put_one(book, sheet, cell, value)
    for cell in _other(book, sheet, wrong):
        raise OutputError(
            f"{book.source}, {sheet}!{address_of(*cell)}: Excel did not take the value of this "
            "cell; undo nothing, and refresh again."
        )


def _other(book: OpenBook, sheet: str, written: Mapping[Cell, New]) -> dict[Cell, New]:
    """Which of the cells do not show what was written there."""
    if not written:
        return {}
    rows, columns = zip(*written, strict=True)
    area = Area(min(rows), max(rows), min(columns), max(columns))
    values = book.block(sheet, area)
    return {
        (row, column): value
        for (row, column), value in written.items()
        if not is_there(value, values[row - area.first_row][column - area.first_column])
    }


def _blocks(cells: Sequence[Cell], is_writable: Callable[[int], bool]) -> Iterator[Area]:
    """Blocks that hold all of the cells, and none that is not ours or is hidden."""
    by_column: dict[int, list[int]] = {}
    for row, column in cells:
        by_column.setdefault(column, []).append(row)
    for first, last in runs(sorted(by_column)):
        rows = sorted({row for column in range(first, last + 1) for row in by_column[column]})
        for top, bottom in runs(
            rows, lambda one, following: all(map(is_writable, range(one + 1, following)))
        ):
            yield Area(top, bottom, first, last)
