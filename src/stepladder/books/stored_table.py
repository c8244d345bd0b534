"""An Excel table of a saved workbook in; its rows as text, straight from the bytes, out.

The texts are those that `saved_workbook` reads through openpyxl, many times as fast.
"""

from dataclasses import dataclass, field
from typing import Final

import polars as pl
from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import (
    CALENDAR_MAC_1904,
    CALENDAR_WINDOWS_1900,
    from_excel,
    from_ISO8601,
)

from stepladder.books.cell_text import as_seen
from stepladder.books.guard import MOST_CELLS, refuse_size
from stepladder.books.outline import Outline
from stepladder.books.placed_table import PlacedTable
from stepladder.books.saved_workbook import NOT_CALCULATED
from stepladder.books.stored_cells import CellReader, SharedStrings, formula_in, value_in
from stepladder.books.styles import Styles
from stepladder.books.table import assemble, column_letters
from stepladder.books.workbook import StoredTable
from stepladder.books.worksheet import Cell, Row, Worksheet, attributes_of, opened

_ERROR: Final = "#VALUE!"
_MOST_REMEMBERED: Final = 100_000


def stored_table(outline: Outline, table: PlacedTable) -> StoredTable:
    """Read a table as `saved_workbook.read_workbook` does, cells as an advisor sees them.

    Raises InputError for a part that is damaged, and for a table that holds far too much.
    """
    sheet = opened(outline, outline.sheet(table.sheet))
    reader = _RowReader(sheet, table)
    headers = [title.strip() for title in table.columns]
    numbers: list[int] = []
    columns: list[list[str | None]] = [[] for _ in table.columns]
    for block in sheet.blocks():
        for row in sheet.rows(block):
            if not table.area.first_row <= row.number <= table.last_row:
                continue
            texts = reader.texts(block, row)
            if row.number < table.first_row:
                headers = [(text or "").strip() for text in texts]
            elif any(texts):
                numbers.append(row.number)
                for column, text in zip(columns, texts, strict=True):
                    column.append(text)
                if len(numbers) * len(columns) > MOST_CELLS:
                    refuse_size(outline.package.source)
    read = assemble(
        f"{outline.package.source}, sheet {table.sheet}",
        headers,
        pl.DataFrame(
            {str(at): pl.Series(column, dtype=pl.String) for at, column in enumerate(columns)}
        ),
        pl.Series(numbers, dtype=pl.UInt32),
        table.area.first_row,
        table.area.first_column,
    )
    return StoredTable(read, reader.formulas)


@dataclass
class _RowReader:
    """Reads the rows of a table, header and all, and notes where formulas stand under it."""

    sheet: Worksheet
    table: PlacedTable
    formulas: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._cells = TextReader(self.sheet.outline)

    def texts(self, block: bytes, row: Row) -> list[str | None]:
        """The text of each cell of the table in this row."""
        area = self.table.area
        texts: list[str | None] = [None] * len(self.table.columns)
        for cell in self.sheet.cells(block, row):
            if not cell.inner or not area.first_column <= cell.column <= area.last_column:
                continue
            at = cell.column - area.first_column
            try:
                texts[at] = self._cells.text(cell)
            except (ValueError, LookupError):
                self.sheet.refuse_damage(f"{column_letters(cell.column)}{row.number}")
            if (
                self.sheet.has_formulas
                and row.number >= self.table.first_row
                and formula_in(cell.inner) is not None
            ):
                self.formulas.setdefault(at, []).append(row.number)
        return texts


@dataclass
class TextReader:
    """Reads cells as text, as an advisor sees them; what it has read, it knows the next time."""

    outline: Outline
    _known: dict[tuple[bytes, bytes], str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._cells = CellReader(SharedStrings(self.outline))
        self._styles = Styles(self.outline)
        self._epoch = CALENDAR_MAC_1904 if self.outline.is_1904 else CALENDAR_WINDOWS_1900

    def text(self, cell: Cell) -> str | None:
        """A cell's text; None where it is empty. Raises ValueError for no such cell."""
        if not cell.inner:
            return None
        key = cell.attributes, cell.inner
        if key in self._known:
            return self._known[key]
        text = self._made_out(cell.attributes, cell.inner)
        if len(self._known) < _MOST_REMEMBERED:
            self._known[key] = text
        return text

    def _made_out(self, attributes: bytes, inner: bytes) -> str | None:
        said = attributes_of(attributes)
        stored = self._cells.shown(said.kind, inner)
        written = value_in(inner)
        if not written and said.kind not in {b"str", b"inlineStr"}:
            return None if formula_in(inner) is None else NOT_CALCULATED
        match said.kind:
            case b"n":
                return self._number(written, self._styles.number_format(said.style))
            case b"b":
                return as_seen(bool(int(written)))
            case b"d":
                return as_seen(from_ISO8601(written))
            case b"e":
                return written
            case _:
                return stored if isinstance(stored, str) else None

    def _number(self, written: str, number_format: str) -> str | None:
        is_whole = written.lstrip("+-").isdecimal()
        value = int(written) if is_whole else float(written)
        if not is_date_format(number_format):
            return as_seen(value, number_format)
        try:
            is_span = is_timedelta_format(number_format)
            return as_seen(from_excel(value, self._epoch, timedelta=is_span))
        except (OverflowError, ValueError):
            return _ERROR
