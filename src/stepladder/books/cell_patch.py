"""Values for some cells of a worksheet part in; its bytes with those cells changed, out.

A cell keeps its style; a cell that shows its value already keeps every byte.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from stepladder.books.cells import Kind, Shown
from stepladder.books.edits import FORMULA
from stepladder.books.placed_table import Area
from stepladder.books.stored_cells import CellReader, formula_in, result
from stepladder.books.styles import Styles
from stepladder.books.table import column_letters
from stepladder.books.worksheet import (
    Cell,
    Row,
    Worksheet,
    attributes_of,
    column_looks,
    with_dimension,
    with_spans,
)

FILLED: Final = (
    "this cell is Stepladder's to fill, but a formula in another cell fills it (an array or a "
    "data table); move that formula."
)
_BLANK: Final = b"/>"


class RowEdit(NamedTuple):
    """The values for one row; columns are 0-based and ascending, and all else goes with them.

    contents  what each cell shall hold, as `CellValues.contents` gives it
    """

    number: int
    columns: tuple[int, ...]
    kinds: tuple[Kind, ...]
    shown: Sequence[Shown]
    contents: Sequence[bytes]


@dataclass
class CellPatch:
    """One worksheet part on its way through; iterated once, it gives the patched bytes.

    edits           ascending by row number; `area` holds all their cells
    keeps_formulas  a formula cell keeps its formula and gets the value as its stored result;
                    otherwise it is refused with an InputError that names it
    changed         how many cells were given another value, once all bytes are out
    """

    sheet: Worksheet
    styles: Styles
    reader: CellReader
    edits: Iterable[RowEdit]
    area: Area
    keeps_formulas: bool = False
    changed: int = 0
    _worn: dict[int, int | None] = field(default_factory=dict)
    _patterns: dict[tuple[int, ...], "re.Pattern[bytes]"] = field(default_factory=dict)
    _suiting: dict[tuple[int | None, Kind], int | None] = field(default_factory=dict)

    def __iter__(self) -> Iterator[bytes]:
        sheet, edits = self.sheet, iter(self.edits)
        edit = next(edits, None)
        yield with_dimension(sheet.head, self.area.joined)
        for block in sheet.blocks():
            pieces: list[bytes] = []
            position = 0
            for row in sheet.rows(block):
                while edit is not None and edit.number < row.number:
                    pieces += [block[position : row.start], self._new_row(edit)]
                    position = row.start
                    edit = next(edits, None)
                if edit is not None and edit.number == row.number:
                    if patched := self._patched_row(block, row, edit):
                        pieces += [block[position : row.start], *patched]
                        position = row.end
                    edit = next(edits, None)
            pieces.append(block[position:])
            yield b"".join(pieces)
        while edit is not None:
            yield self._new_row(edit)
            edit = next(edits, None)
        yield from sheet.tail()

    def _patched_row(self, block: bytes, row: Row, edit: RowEdit) -> list[bytes]:
        """The pieces of the row anew; none where every cell shows its value already."""
        pieces: list[bytes] = []
        position = row.tag_end
        inserted: list[int] = []
        for at, cell in enumerate(self._find(block, row, edit.columns)):
            if cell.lead:
                new = self._changed_cell(cell, edit, at)
            else:
                new = self._new_cell(edit, at)
                inserted += [cell.column] if new else []
            if new:
                pieces += [block[position : cell.start], new]
                position = cell.end
        if not pieces:
            return []
        tag = block[row.start : row.tag_end]
        if inserted:
            tag = with_spans(tag, inserted)
        if row.end == row.tag_end:
            return [tag.removesuffix(b"/>").rstrip(), b">", *pieces, self.sheet.closing(b"row")]
        return [tag, *pieces, block[position : row.end]]

    def _find(self, block: bytes, row: Row, columns: tuple[int, ...]) -> Iterable[Cell]:
        """Find the cells of these columns: at once where all are there and written plainly."""
        if columns not in self._patterns:
            self._patterns[columns] = _plain_cells(self.sheet.prefix, columns)
        matches = list(self._patterns[columns].finditer(block, row.tag_end, row.end))
        if len(matches) != len(columns):
            return self._search(block, row, columns)
        number = b"%d" % row.number
        found = [
            Cell(column, *match.span(), lead, attributes, inner)
            for column, match in zip(columns, matches, strict=True)
            for lead, letters, digits, attributes, inner in [match.groups()]
            if digits == number and letters == _letters(column)
        ]
        return found if len(found) == len(columns) else self._search(block, row, columns)

    def _search(self, block: bytes, row: Row, columns: tuple[int, ...]) -> Iterator[Cell]:
        """Find the cells of these columns one after the other."""
        # All of them, so that one out of order is refused wherever it stands.
        cells = iter(list(self.sheet.cells(block, row)))
        cell = next(cells, None)
        place = row.tag_end
        for column in columns:
            while cell is not None and cell.column < column:
                place = cell.end
                cell = next(cells, None)
            if cell is not None and cell.column == column:
                yield cell
            else:
                yield Cell(column, place, place, b"", b"", None)

    def _changed_cell(self, cell: Cell, edit: RowEdit, at: int) -> bytes | None:
        """The cell with its value of the edit; None where it shows that already."""
        said = attributes_of(cell.attributes)
        shown = edit.shown[at]
        self._worn.setdefault(cell.column, said.style)
        formula = self._formula(cell, edit.number)
        style = said.style if formula or shown is None else self._suits(said.style, edit.kinds[at])
        try:
            stored = self.reader.shown(said.kind, cell.inner)
        except ValueError:
            self.sheet.refuse_damage(_address(edit.number, cell.column))
        if stored == shown and style == said.style:
            return None
        if self.sheet.filled and formula is None:
            self._refuse_filled(edit.number, cell.column)
        self.changed += 1
        if formula is not None:
            return cell.lead + result(cell.attributes, formula, shown, self.sheet.prefix)
        return cell.lead + said.kept + _style(style) + edit.contents[at]

    def _new_cell(self, edit: RowEdit, at: int) -> bytes | None:
        """A cell where there was none; a blank one need not be there."""
        if edit.contents[at] == _BLANK:
            return None
        column = edit.columns[at]
        self._refuse_filled(edit.number, column)
        self.changed += 1
        style = self._suits(self._style_of(column), edit.kinds[at])
        opening = b'<%sc r="%s%d"' % (self.sheet.prefix, _letters(column), edit.number)
        return opening + _style(style) + edit.contents[at]

    def _new_row(self, edit: RowEdit) -> bytes:
        """A row for the cells that are not blank; nothing if all of them are."""
        cells = [cell for at in range(len(edit.columns)) if (cell := self._new_cell(edit, at))]
        if not cells:
            return b""
        opening = b'<%srow r="%d">' % (self.sheet.prefix, edit.number)
        return opening + b"".join(cells) + self.sheet.closing(b"row")

    def _formula(self, cell: Cell, number: int) -> bytes | None:
        # No text in XML holds a bare <, so most cells are done with here.
        if cell.inner is None or b"<" + self.sheet.prefix + b"f" not in cell.inner:
            return None
        formula = formula_in(cell.inner)
        if formula is not None and not self.keeps_formulas:
            self.sheet.refuse(_address(number, cell.column), FORMULA)
        return formula

    def _refuse_filled(self, number: int, column: int) -> None:
        here = Area(number, number, column, column)
        if any(area.meets(here) for area in self.sheet.filled):
            self.sheet.refuse(_address(number, column), FILLED)

    def _suits(self, style: int | None, kind: Kind) -> int | None:
        if (style, kind) not in self._suiting:
            self._suiting[style, kind] = self.styles.suiting(style, kind)
        return self._suiting[style, kind]

    def _style_of(self, column: int) -> int | None:
        """What a cell that is not there yet wears: the first one seen, else the column's own."""
        if column not in self._worn:
            looks = column_looks(self.sheet.head)
            styles = (look.style for look in looks if look.first <= column <= look.last)
            self._worn[column] = next(styles, None)
        return self._worn[column]


def _plain_cells(prefix: bytes, columns: tuple[int, ...]) -> "re.Pattern[bytes]":
    """A pattern for cells of these columns that start with their reference."""
    letters = b"|".join(_letters(column) for column in columns)
    return re.compile(
        rb'(<%sc r="(%s)(\d+)")([^>]*?)(?:/>|>(.*?)</%sc\s*>)' % (prefix, letters, prefix),
        re.DOTALL,
    )


@cache
def _letters(column: int) -> bytes:
    return column_letters(column).encode()


def _address(number: int, column: int) -> str:
    return f"{column_letters(column)}{number}"


def _style(style: int | None) -> bytes:
    return b"" if style is None else b' s="%d"' % style
