"""New rows for an Excel table that is wholly ours in; its worksheet with those rows, out.

A row that shows its values already keeps every byte. What stands beside or below the table is
never moved and never overwritten: text, numbers and formulas there are refused with their cell.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

import polars as pl

from stepladder.books.cell_patch import FILLED
from stepladder.books.cells import Kind, Shown, Spelling, frame_values, kind_of
from stepladder.books.edits import FOREIGN, FORMULA, MERGED
from stepladder.books.links import with_links
from stepladder.books.outline import ExcelTable
from stepladder.books.placed_table import Area
from stepladder.books.rows import (
    CellStyles,
    line_characters,
    row_cells,
    row_numbers,
    row_tags,
    rows_at_once,
)
from stepladder.books.stored_cells import CellReader, Stored, formula_in
from stepladder.books.styles import Styles
from stepladder.books.table import column_letters
from stepladder.books.worksheet import (
    Cell,
    Row,
    Worksheet,
    attributes_of,
    column_looks,
    said_in,
    with_dimension,
)

_HIDDEN: Final = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_MERGED: Final = re.compile(rb"<(?:[\w.-]+:)?mergeCell(\s[^>]*)>")
_TABLE: Final = re.compile(rb"<(?:[\w.-]+:)?table\s[^>]*>")
_REF: Final = re.compile(rb"""(\sref\s*=\s*["'])[^"']*(["'])""")
_INSERT_ROW: Final = re.compile(rb"""\sinsertRow\s*=\s*["'][^"']*["']""")
_FILTER: Final = re.compile(
    rb"(?P<tag><(?P<name>(?:[\w.-]+:)?autoFilter)(?:\s[^>]*?)?)"
    rb"(?:/>|>(?P<columns>.*?)</(?:[\w.-]+:)?autoFilter\s*>)",
    re.DOTALL,
)
_BUTTON: Final = re.compile(rb"<(?:[\w.-]+:)?filterColumn\s[^>]*/>")
_SORT: Final = re.compile(
    rb"<(?:[\w.-]+:)?sortState\s[^>]*?(?:/>|>.*?</(?:[\w.-]+:)?sortState\s*>)", re.DOTALL
)
# Excel's own padding of a column, in characters.
_PADDING: Final = 5 / 7


class _NewRow(NamedTuple):
    """One row of the frame: what its cells show, and its XML in two pieces."""

    number: int
    shown: tuple[Shown, ...]
    tag: bytes
    cells: bytes


class _Stored(NamedTuple):
    """A row as it stands: blank cells left of the table, the table's own, blank cells right."""

    left: bytes
    own: Mapping[int, Cell]
    right: bytes


@dataclass
class TablePatch:
    """The worksheet of one table on its way through; iterated once, it gives the patched bytes.

    frame         one column for each of the table's, in the table's order
    links         where in the workbook a cell leads, by its address; they replace all links of
                  the table's rows. None leaves all links as they are
    shows_hidden  whether rows that are hidden are shown
    changed       how many rows got other cells, once all bytes are out; the links count as one
    keeps_hidden  whether rows that stay are hidden, once all bytes are out
    """

    sheet: Worksheet
    table: ExcelTable
    styles: Styles
    reader: CellReader
    frame: pl.DataFrame
    links: Mapping[str, str] | None = None
    shows_hidden: bool = False
    changed: int = 0
    keeps_hidden: bool = False
    _looks: list[CellStyles] = field(default_factory=list)

    @cached_property
    def _kinds(self) -> tuple[Kind, ...]:
        return tuple(kind_of(dtype) for dtype in self.frame.dtypes)

    @property
    def area(self) -> Area:
        """The table with its new rows; one without rows keeps one blank row, as Excel needs it."""
        last_row = self.table.first_row + max(self.frame.height, 1) - 1
        return replace(self.table.area, last_row=last_row)

    @property
    def is_changed(self) -> bool:
        """Whether the table shows anything else than before, once all bytes are out."""
        return bool(self.changed) or self.area != self.table.area

    @property
    def reach(self) -> Area:
        """The cells under the header that the table had or will have."""
        old, new = self.table.area, self.area
        return replace(
            old, first_row=self.table.first_row, last_row=max(old.last_row, new.last_row)
        )

    def __iter__(self) -> Iterator[bytes]:
        sheet = self.sheet
        reach = self.reach
        rows = self._rows()
        new: _NewRow | None = None
        is_under_way = False
        yield with_dimension(sheet.head, self._extent)
        for block in sheet.blocks():
            self._refuse_filled()
            pieces: list[bytes] = []
            position = 0
            for row in sheet.rows(block):
                if row.number < reach.first_row:
                    continue
                if not is_under_way:
                    self._learn(block, row)
                    new, is_under_way = next(rows, None), True
                pieces.append(block[position : row.start])
                position = row.start
                while new is not None and new.number < row.number:
                    pieces.append(self._inserted(new))
                    new = next(rows, None)
                if row.number > reach.last_row:
                    continue
                if new is None:
                    pieces.append(self._emptied(block, row))
                else:
                    pieces.append(self._replaced(block, row, new))
                    new = next(rows, None)
                position = row.end
            pieces.append(block[position:])
            yield b"".join(pieces)
        if not is_under_way:
            self._learn(b"", None)
            new = next(rows, None)
        while new is not None:
            yield self._inserted(new)
            new = next(rows, None)
        yield self._tail(b"".join(sheet.tail()))

    def _rows(self) -> Iterator[_NewRow]:
        """The rows of the frame, encoded some thousands at a time."""
        spelling = Spelling(self.sheet.prefix.decode(), self.sheet.outline.is_1904)
        frame = self.frame if self.frame.height else self.frame.clear(1)
        at_once = rows_at_once(frame.width)
        for start in range(0, frame.height, at_once):
            part = frame.slice(start, at_once)
            values = frame_values(part, is_1904=spelling.is_1904)
            number = row_numbers(self.table.first_row + start, part.height)
            yield from map(
                _NewRow,
                number.cast(pl.Int64).to_list(),
                zip(*(column.shown() for column in values), strict=True),
                _as_bytes(row_tags(values, number, self._looks, spelling)),
                _as_bytes(row_cells(values, number, self._looks, spelling)),
            )

    def _learn(self, block: bytes, row: Row | None) -> None:
        """Learn how the columns look: from the first row's cells, else from the columns."""
        styles: dict[int, int | None] = {}
        widths: dict[int, float | None] = {}
        area = self.table.area
        for look in column_looks(self.sheet.head):
            for column in range(max(look.first, area.first_column), look.last + 1):
                if column > area.last_column:
                    break
                styles[column], widths[column] = look.style, look.width
        if row is not None and row.number == self.table.first_row:
            for cell in self.sheet.cells(block, row):
                styles[cell.column] = attributes_of(cell.attributes).style
        for column, kind in enumerate(self._kinds, start=area.first_column):
            style = self.styles.suiting(styles.get(column), kind)
            width = widths.get(column)
            line = None
            if width is not None and self.styles.wraps(styles.get(column)):
                line = line_characters(width - _PADDING)
            self._looks.append(CellStyles(column_letters(column), style, style, line))

    def _replaced(self, block: bytes, row: Row, new: _NewRow) -> bytes:
        """The new row in the place of an old one, or the old one where it shows the same."""
        written = block[row.start : row.end]
        if written == self._assembled(new.tag, new.cells):
            # As we wrote it, most likely; no need to look at each cell.
            return written
        stored = self._stored(block, row)
        tag = block[row.start : row.tag_end]
        is_hidden = _HIDDEN.search(tag) is not None
        if self._shows(stored, new) and not (is_hidden and self.shows_hidden):
            self.keeps_hidden = self.keeps_hidden or is_hidden
            return block[row.start : row.end]
        self.changed += 1
        return self._assembled(new.tag, stored.left, new.cells, stored.right)

    def _emptied(self, block: bytes, row: Row) -> bytes:
        """An old row behind the last new one; it goes, unless formatted cells stand beside it."""
        stored = self._stored(block, row)
        self.changed += 1
        if not stored.left and not stored.right:
            return b""
        tag = block[row.start : row.tag_end]
        return self._assembled(tag, stored.left, stored.right)

    def _inserted(self, new: _NewRow) -> bytes:
        """A new row where there was none; one without values need not be there."""
        if all(shown is None for shown in new.shown):
            return b""
        self.changed += 1
        return self._assembled(new.tag, new.cells)

    def _assembled(self, *pieces: bytes) -> bytes:
        return b"".join(pieces) + self.sheet.closing(b"row")

    def _stored(self, block: bytes, row: Row) -> _Stored:
        """The cells of a row in reach; InputError for one that holds what is not ours."""
        area = self.table.area
        own: dict[int, Cell] = {}
        left: list[bytes] = []
        right: list[bytes] = []
        for cell in self.sheet.cells(block, row):
            is_own = area.first_column <= cell.column <= area.last_column
            # Where no formula was seen on the sheet, no cell needs to be searched for one.
            has_formula = self.sheet.has_formulas and formula_in(cell.inner) is not None
            if is_own and row.number <= area.last_row:
                if has_formula:
                    self.sheet.refuse(_address(cell, row), FORMULA)
                own[cell.column] = cell
                continue
            if has_formula or self._value(cell, row.number) is not None:
                self.sheet.refuse(_address(cell, row), FOREIGN.format(self.table.display_name))
            if not is_own:
                beside = left if cell.column < area.first_column else right
                beside.append(block[cell.start : cell.end])
        return _Stored(b"".join(left), own, b"".join(right))

    def _shows(self, stored: _Stored, new: _NewRow) -> bool:
        """Whether the old row shows what the new one would."""
        first = self.table.area.first_column
        for column, (kind, shown) in enumerate(zip(self._kinds, new.shown, strict=True), first):
            cell = stored.own.get(column)
            if cell is None:
                if shown is not None:
                    return False
                continue
            if self._value(cell, new.number) != shown:
                return False
            style = attributes_of(cell.attributes).style
            if shown is not None and not self.styles.suits(style, kind):
                return False
        return True

    def _value(self, cell: Cell, number: int) -> Stored:
        try:
            return self.reader.shown(attributes_of(cell.attributes).kind, cell.inner)
        except ValueError:
            self.sheet.refuse_damage(f"{column_letters(cell.column)}{number}")

    def _extent(self, old: Area) -> Area:
        """The part's dimension: it follows the table where nothing stands below it."""
        new = self.area
        follows = old.last_row <= self.table.area.last_row
        joined = old.joined(new)
        return replace(joined, last_row=new.last_row) if follows else joined

    def _refuse_filled(self) -> None:
        for area in self.sheet.filled:
            if area.meets(self.reach):
                self.sheet.refuse(area.ref, FILLED)

    def _tail(self, tail: bytes) -> bytes:
        for merged in _MERGED.finditer(tail):
            ref = said_in(merged[1]).get(b"ref", b"").decode()
            if ref and Area.of(ref).meets(self.reach):
                self.sheet.refuse(ref, MERGED.format(self.table.display_name))
        if self.links is None:
            return tail
        linked = with_links(tail, self.sheet.prefix, self.reach, self.links)
        self.changed += linked != tail
        return linked


def _address(cell: Cell, row: Row) -> str:
    return f"{column_letters(cell.column)}{row.number}"


def resized(content: bytes, area: Area) -> bytes:
    """The part of a table that now covers another area.

    Its filter lets all rows through and its sort order is forgotten: both spoke of the old rows,
    and a criterion would go on hiding new ones. Buttons that are hidden stay hidden.
    """
    ref = area.ref.encode()
    content = _TABLE.sub(lambda tag: _with_ref(_INSERT_ROW.sub(b"", tag[0]), ref), content, count=1)
    content = _SORT.sub(b"", content)
    return _FILTER.sub(lambda found: _without_criteria(found, ref), content, count=1)


def _with_ref(tag: bytes, ref: bytes) -> bytes:
    return _REF.sub(rb"\g<1>" + ref + rb"\g<2>", tag, count=1)


def _without_criteria(found: "re.Match[bytes]", ref: bytes) -> bytes:
    kept = b"".join(_BUTTON.findall(found["columns"] or b""))
    tag = _with_ref(found["tag"], ref)
    return tag + b">" + kept + b"</" + found["name"] + b">" if kept else tag + b"/>"


def _as_bytes(texts: pl.Series) -> list[bytes]:
    return texts.cast(pl.Binary).to_list()
