"""A workbook that is open in Excel in; its tables, texts, names and cells out, through xlwings.

Nothing here writes; open_patch.py does.
"""

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, reduce
from typing import Any, Final, TypeAlias

import polars as pl
import xlwings as xw

from stepladder.books.cell_text import as_seen, cell_text
from stepladder.books.patience import LONG_WAITS, patiently
from stepladder.books.placed_table import Area, PlacedTable, runs
from stepladder.books.table import assemble, column_letters, title_key
from stepladder.books.workbook import SHEET_ROW, Place, StoredCell, StoredTable, place_of
from stepladder.errors import InputError

CellValue: TypeAlias = Any
"""None, str, float, bool or datetime; money may come as a Decimal."""
Cell: TypeAlias = tuple[int, int]
"""Where a cell stands: 1-based row, 0-based column."""

_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's moment has no time zone
_ERRORS: Final = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"}
)
_SECONDS_OF_A_DAY: Final = 86_400


class OpenBook:
    """A workbook that is open in Excel, as `Workbook` reads it.

    What was read once is remembered, so that all of a run sees one state; `anew` forgets it.
    Any failure of Excel's comes through as xlwings raises it.
    """

    def __init__(self, book: xw.Book) -> None:
        self.book = book
        self._sheets: dict[str, xw.Sheet] = {}
        self._values: dict[str, list[list[CellValue]]] = {}
        self._pages: dict[tuple[str, Area], tuple[list[list[CellValue]], AbstractSet[Cell]]] = {}

    @classmethod
    def caller(cls) -> "OpenBook":
        """The workbook whose button was pressed."""
        windows = sys.modules.get("xlwings._xlwindows")
        if windows is not None:
            # xlwings would ask a busy Excel for ever; `patiently` asks a few times.
            windows.N_COM_ATTEMPTS = 1  # type: ignore[attr-defined]  # of a module
        return cls(patiently(xw.Book.caller))

    def anew(self) -> "OpenBook":
        """The same workbook, to be read again."""
        return OpenBook(self.book)

    is_1904: Final = False
    """Excel gives days, which `columns` counts from 1900 whatever the workbook does."""

    @cached_property
    def source(self) -> str:
        """Its file name."""
        return patiently(lambda: str(self.book.name))

    @cached_property
    def tables(self) -> Sequence[PlacedTable]:
        """Every Excel table, in the order of the tabs."""
        return patiently(
            lambda: tuple(
                _placed(title, table) for title, sheet in self._tabs for table in sheet.tables
            )
        )

    def table(self, name: str) -> PlacedTable:
        """The Excel table of this name, in any case. Raises InputError where there is none."""
        for table in self.tables:
            if table.display_name.casefold() == name.casefold():
                return table
        raise InputError(f"{self.source} has no table {name} any more; refresh again.")

    def excel_table(self, table: PlacedTable) -> xw.main.Table:
        """The table, to be written to."""
        return self._sheet(table.sheet).tables[table.display_name]

    def read(self, table: PlacedTable) -> StoredTable:
        """The rows of a table."""
        values = self.values(table)
        formats, unasked = self._formats(table, values), [""] * len(values)
        texts = [
            [
                cell_text(row[at], shown)
                for row, shown in zip(values, formats.get(at, unasked), strict=True)
            ]
            for at in range(len(table.columns))
        ]
        cells = pl.DataFrame(
            {str(at): column for at, column in enumerate(texts)},
            schema_overrides={str(at): pl.String for at in range(len(texts))},
        )
        text = assemble(
            f"{self.source}, sheet {table.sheet}",
            [title.strip() for title in table.columns],
            cells,
            pl.Series(range(table.first_row, table.first_row + len(values)), dtype=pl.UInt32),
            table.area.first_row,
            table.area.first_column,
        )
        formulas: dict[int, list[int]] = {}
        for row, column in sorted(self.formula_cells(table.sheet, rows_of(table), values)):
            formulas.setdefault(column - table.area.first_column, []).append(row)
        return StoredTable(text, formulas)

    def columns(self, table: PlacedTable, titles: Sequence[str]) -> pl.DataFrame:
        """The texts of the titled columns, and `sheet_row`."""
        values = self.values(table)
        at = {title_key(title): n for n, title in enumerate(table.columns)}
        texts = {
            title: pl.Series(
                [
                    stored_text(row[at[title_key(title)]]) if title_key(title) in at else None
                    for row in values
                ],
                dtype=pl.String,
            )
            for title in titles
        }
        numbers = range(table.first_row, table.first_row + len(values))
        return pl.DataFrame({SHEET_ROW: pl.Series(numbers, dtype=pl.UInt32), **texts})

    def cells(self, sheet: str, addresses: Collection[str]) -> dict[str, StoredCell]:
        """What single cells of a sheet hold, by address."""
        places = {address: Area.of(address) for address in addresses}
        if not places:
            return {}
        area = reduce(Area.joined, places.values())
        values, formulas = self.page(sheet, area)
        found = {}
        for address, place in places.items():
            row, column = place.first_row - area.first_row, place.first_column - area.first_column
            is_formula = (place.first_row, place.first_column) in formulas
            found[address] = StoredCell(stored_text(values[row][column]), is_formula=is_formula)
        return found

    def has_sheet(self, title: str) -> bool:
        """Whether there is a sheet of this title, in any case."""
        return any(name.casefold() == title.casefold() for name, _ in self._tabs)

    def place(self, name: str) -> Place | None:
        """The one cell that a name of the whole workbook stands for."""
        return place_of(self._names.get(name.casefold(), ""))

    def values(self, table: PlacedTable) -> list[list[CellValue]]:
        """The rows of a table as Excel gives them: one reading of all its cells."""
        if table.display_name not in self._values:
            self._values[table.display_name] = self.block(table.sheet, rows_of(table))
        return self._values[table.display_name]

    def page(self, sheet: str, area: Area) -> tuple[list[list[CellValue]], AbstractSet[Cell]]:
        """What an area of a page holds, row by row, and its cells of formulas: one reading."""
        if (sheet, area) not in self._pages:
            values = self.block(sheet, area)
            self._pages[sheet, area] = values, self.formula_cells(sheet, area, values)
        return self._pages[sheet, area]

    def block(self, sheet: str, area: Area) -> list[list[CellValue]]:
        """What an area holds, row by row; an error is its text."""
        asked = self.range(sheet, area).options(ndim=2, err_to_str=True)
        rows: list[list[CellValue]] = patiently(lambda: asked.value)
        return rows

    def formula_cells(
        self, sheet: str, area: Area, values: Iterable[Sequence[CellValue]]
    ) -> AbstractSet[Cell]:
        """The cells of an area, which has these values, that hold formulas.

        A text that looks like a formula is none.
        """
        asked = self.range(sheet, area)
        is_mac = sys.platform == "darwin"
        # Excel finds out quicker whether there is any than it tells them.
        if (
            patiently(asked.api.has_formula.get if is_mac else lambda: asked.api.HasFormula)
            is False
        ):
            return frozenset()
        # One cell gives its formula alone, a block a tuple of tuples; xlwings names the first only.
        given: Any = patiently(lambda: asked.formula)
        if isinstance(given, str) or not isinstance(given, Sequence):
            given = [[given]]
        first = area.first_column
        return frozenset(
            (row, column)
            for row, (shown, written) in enumerate(zip(values, given, strict=True), area.first_row)
            for column, (value, one) in enumerate(zip(shown, written, strict=True), first)
            if str(one)[:1] == "=" and one != value
        )

    def range(self, sheet: str, area: Area) -> xw.Range:
        """The cells of an area; by its address Excel is asked once, by its corners three times."""
        return patiently(lambda: self._sheet(sheet).range(area.ref))

    def formats(self, sheet: str, area: Area) -> list[list[str]]:
        """The number format of each cell, column by column, asked as seldom as it can be."""
        shared = self.shared_format(sheet, area)
        rows = area.last_row - area.first_row + 1
        columns = area.last_column - area.first_column + 1
        if shared or rows == columns == 1:
            return [[shared] * rows for _ in range(columns)]
        if columns > 1:
            middle = area.first_column + columns // 2
            left, right = replace(area, last_column=middle - 1), replace(area, first_column=middle)
            return [*self.formats(sheet, left), *self.formats(sheet, right)]
        middle = area.first_row + rows // 2
        [upper] = self.formats(sheet, replace(area, last_row=middle - 1))
        [lower] = self.formats(sheet, replace(area, first_row=middle))
        return [[*upper, *lower]]

    def shared_format(self, sheet: str, area: Area) -> str:
        """The number format of some cells; empty where they differ."""
        return str(patiently(lambda: self.range(sheet, area).number_format) or "")

    def _formats(
        self, table: PlacedTable, values: Sequence[Sequence[CellValue]]
    ) -> dict[int, list[str]]:
        """The formats of the columns of a table that hold a number: only there do they matter."""
        numbers = [
            at
            for at in range(len(table.columns))
            if any(isinstance(row[at], float) for row in values)
        ]
        whole, first = rows_of(table), table.area.first_column
        found: dict[int, list[str]] = {}
        for left, right in runs(numbers):
            area = replace(whole, first_column=first + left, last_column=first + right)
            found |= zip(range(left, right + 1), self.formats(table.sheet, area), strict=True)
        return found

    def last_row(self, sheet: str) -> int:
        """The last row of a sheet in which anything stands, or stood."""
        used = patiently(lambda: self._sheet(sheet).used_range)
        return patiently(lambda: int(used.row + used.shape[0] - 1))

    def is_protected(self, sheet: str) -> bool:
        """Whether a sheet is protected against changes by hand."""
        api = self._sheet(sheet).api
        if sys.platform == "darwin":
            return bool(patiently(api.protect_contents.get))
        return bool(patiently(lambda: api.ProtectContents))

    def is_open(self) -> bool:
        """Whether the workbook still is there."""
        try:
            return any(book.name == self.source for book in self.book.app.books)
        except Exception:  # noqa: BLE001 - Excel itself may be gone, and says so in many ways
            return False

    def selected(self, sheet: str) -> list[Area]:
        """The areas that are selected on a sheet; none where another sheet is looked at."""
        selection = patiently(lambda: self.book.app.selection)
        if selection is None or selection.sheet.name.casefold() != sheet.casefold():
            return []
        address = patiently(lambda: str(selection.address))
        return [_area(part, self.range_limit) for part in address.replace("$", "").split(",")]

    range_limit: Final = Area(1, 1_048_576, 0, 16_383)

    def say(self, words: str) -> None:
        """Show a line at Excel's lower edge."""
        self.book.app.status_bar = words

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Let Excel neither calculate nor draw in between; afterwards it does as it did before."""
        app = self.book.app
        calculation, is_drawn = patiently(lambda: (app.calculation, app.screen_updating))
        try:
            app.screen_updating = False
            app.calculation = "manual"
            yield
        finally:
            # Excel refuses both where its last workbook was closed meanwhile; nothing is lost then.
            with suppress(Exception):
                patiently(lambda: setattr(app, "calculation", calculation), LONG_WAITS)
            with suppress(Exception):
                patiently(lambda: setattr(app, "screen_updating", is_drawn), LONG_WAITS)

    def _sheet(self, name: str) -> xw.Sheet:
        """The sheet by its name: counted, it would be another one where tabs are moved (Mac)."""
        if name not in self._sheets:
            self._sheets[name] = self.book.sheets[name]
        return self._sheets[name]

    @cached_property
    def _tabs(self) -> Sequence[tuple[str, xw.Sheet]]:
        return patiently(lambda: tuple((sheet.name, sheet) for sheet in self.book.sheets))

    @cached_property
    def _names(self) -> dict[str, str]:
        return patiently(
            lambda: {name.name.casefold(): name.refers_to or "" for name in self.book.names}
        )


def rows_of(table: PlacedTable) -> Area:
    """The rows of a table, without its header and totals."""
    area = table.area
    return Area(table.first_row, table.last_row, area.first_column, area.last_column)


def stored_text(value: CellValue) -> str | None:
    """A value as a saved workbook stores it: a day is the number of its days, an error nothing."""
    match value:
        case str():
            return None if value in _ERRORS else value or None
        case None | bool():
            return None
        case datetime():
            return as_seen((value - _DAY_ZERO).total_seconds() / _SECONDS_OF_A_DAY)
        case date():
            return as_seen((value - _DAY_ZERO.date()).days)
        case _:
            return as_seen(float(value))


def _placed(sheet: str, table: xw.main.Table) -> PlacedTable:
    whole = table.range
    area = Area(
        whole.row,
        whole.row + whole.shape[0] - 1,
        whole.column - 1,
        whole.column + whole.shape[1] - 2,
    )
    header_rows = int(bool(table.show_headers))
    titles: list[CellValue] = [None] * whole.shape[1]
    if header_rows:
        titles = whole[0, :].options(ndim=1, err_to_str=True).value
    return PlacedTable(
        display_name=table.display_name,
        sheet=sheet,
        area=area,
        header_rows=header_rows,
        totals_rows=int(bool(table.show_totals)),
        columns=tuple(cell_text(title, "") or "" for title in titles),
    )


def _area(ref: str, whole: Area) -> Area:
    """The area of B2:D9, of whole rows (2:9) or of whole columns (B:D)."""
    first, _, last = ref.rpartition("!")[2].partition(":")
    last = last or first
    if first.isdigit():
        return Area(int(first), int(last), whole.first_column, whole.last_column)
    if first.isalpha():
        columns = Area.of(f"{first}1:{last}1")
        return Area(whole.first_row, whole.last_row, columns.first_column, columns.last_column)
    return Area.of(f"{first}:{last}")


def address_of(row: int, column: int) -> str:
    """The address of a cell: 1-based row, 0-based column."""
    return f"{column_letters(column)}{row}"
