"""LibreOffice as an engine of xlwings, so that the product's live code runs on it unchanged.

It behaves as Excel does where that matters: text that looks like a number, a day or a formula is
taken for one, an array put into filtered rows lands in other rows, a busy program rejects calls.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import xlwings as xw
from tests.live import libreoffice
from xlwings import base_classes

from stepladder.books.placed_table import Area
from stepladder.books.table import column_letters

DAY_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's moment has no time zone
DATE, TIME, LOGICAL, TEXT = 2, 4, 1024, 256
"""Kinds of number formats (com.sun.star.util.NumberFormat)."""
NUMBERS_AND_TEXT = 1 | 2 | 4 | 16
"""Contents without formats (com.sun.star.sheet.CellFlags)."""
ERRORS = 4
"""com.sun.star.sheet.FormulaResult."""
ERROR_NAMES = {
    532: "#DIV/0!",
    32767: "#N/A",
    525: "#NAME?",
    521: "#NULL!",
    503: "#NUM!",
    524: "#REF!",
    519: "#VALUE!",
}
LAST_ROW, LAST_COLUMN = 1_048_576, 1_024
CALL_REJECTED = -2147418111

_NUMBER = re.compile(r"[+-]?\$?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?%?", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})([/-]\d{2,4})?|\d{4}-\d{2}-\d{2}")
_A_FORMULA = object()
_SHEET_REFERENCE = re.compile(r"\$?('(?:[^']|'')+'|[^.$'=]+)\.(\$?[A-Z]+\$?\d+)")


class CallRejectedError(Exception):
    """What Excel answers while a cell is being edited, as pywin32 raises it."""

    hresult = CALL_REJECTED


class Error(str):
    """The text of a cell with an error, told apart from a text that reads alike."""

    __slots__ = ()


class Format(NamedTuple):
    """A number format: its code, and its kind without the mark of one that a person made."""

    code: str
    kind: int


class Engine:
    """The engine itself; one LibreOffice is its only app."""

    name, type = "libreoffice", "desktop"

    def __init__(self, office: libreoffice.Office | libreoffice.Attached) -> None:
        self.apps = Apps(self, office)

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:  # noqa: ANN401 - xlwings has no types here
        """An empty cell is written as an empty text."""
        return "" if value is None or value != value else value  # noqa: PLR0124 - NaN

    @staticmethod
    def clean_value_data(
        rows: Any,  # noqa: ANN401 - as above
        datetime_builder: Any,  # noqa: ANN401
        empty_as: Any,  # noqa: ANN401
        number_builder: Any,  # noqa: ANN401
        err_to_str: bool,  # noqa: FBT001 - xlwings gives it by position
    ) -> list[list[Any]]:
        """Values as the caller wants them."""

        def one(value: Any) -> Any:  # noqa: ANN401
            match value:
                case None | "":
                    return empty_as
                case Error():
                    return str(value) if err_to_str else None
                case dt.datetime():
                    return datetime_builder(
                        year=value.year,
                        month=value.month,
                        day=value.day,
                        hour=value.hour,
                        minute=value.minute,
                        second=value.second,
                        microsecond=value.microsecond,
                        tzinfo=None,
                    )
                case float() if number_builder is not None:
                    return number_builder(value)
                case _:
                    return value

        # Calling a function for each of a million cells would take the longest.
        plain = {str} if number_builder else {str, float}
        return [
            [value if type(value) in plain and value != "" else one(value) for value in row]
            for row in rows
        ]


class Apps(base_classes.Apps):
    """The one app."""

    def __init__(self, engine: Engine, office: libreoffice.Office | libreoffice.Attached) -> None:
        self._app = App(engine, office)

    def keys(self) -> list[int]:
        """Its process."""
        return [self._app.pid]

    def __iter__(self) -> Iterator["App"]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> "App":
        return self._app


class App(base_classes.App):
    """LibreOffice; `busy_for` counts the calls that it still rejects.

    Where it `refuses_to_move`, no cells can be put in or taken out.
    """

    version = "16.0"
    visible = True
    # Plain attributes here, properties in the base class.
    engine: Any = None
    api: Any = None
    pid = 0
    status_bar: str | bool = False
    cut_copy_mode: Any = False

    def __init__(self, engine: Engine, office: libreoffice.Office | libreoffice.Attached) -> None:
        self.engine, self.office = engine, office
        self.api = self.desktop = office.desktop
        self.pid = office.pid
        self.status_bar: str | bool = False
        self.said: list[str | bool] = []
        self.busy_for = 0
        self.refuses_to_move = False
        # What was asked of each workbook once; asking LibreOffice for an object is slow.
        self.formats: dict[str, dict[int, Format]] = {}
        self.ranges: dict[str, dict[str, Any]] = {}
        self._is_drawn = True

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401
        if name == "status_bar" and "said" in self.__dict__:
            self.said.append(value)
        super().__setattr__(name, value)

    def listen(self) -> None:
        """Reject the call where the program is busy."""
        if self.busy_for:
            self.busy_for -= 1
            raise CallRejectedError

    @property
    def books(self) -> "Books":
        """The open workbooks."""
        return Books(self)

    @property
    def selection(self) -> "Selection | None":
        """What is selected in the active workbook."""
        document = self.books.active_document()
        selected = document.CurrentSelection if document else None
        if selected is None:
            return None
        addresses = getattr(selected, "RangeAddresses", None) or [selected.RangeAddress]
        return Selection(Book(self, document), addresses)

    @property
    def screen_updating(self) -> bool:
        """Whether it draws."""
        return self._is_drawn

    @screen_updating.setter
    def screen_updating(self, is_drawn: bool) -> None:
        self.listen()
        if is_drawn != self._is_drawn:
            for book in self.books:
                (book.document.unlockControllers if is_drawn else book.document.lockControllers)()
                # Drawn or not, it would measure the height of every row that is written.
                book.document.IsAdjustHeightEnabled = is_drawn
        self._is_drawn = is_drawn

    @property
    def calculation(self) -> str:
        """Automatic or manual; Excel has one mode for all workbooks, so the first one's."""
        self.listen()
        documents = libreoffice.documents(self.desktop)
        is_automatic = not documents or documents[0].isAutomaticCalculationEnabled()
        return "automatic" if is_automatic else "manual"

    @calculation.setter
    def calculation(self, mode: str) -> None:
        self.listen()
        for document in libreoffice.documents(self.desktop):
            document.enableAutomaticCalculation(mode == "automatic")


class Books(base_classes.Books):
    """The open workbooks."""

    app: Any = None

    def __init__(self, app: App) -> None:
        self.app = app

    def active_document(self) -> Any:  # noqa: ANN401 - a UNO object
        """The workbook that was opened last, since none is seen."""
        return next(iter(libreoffice.documents(self.app.desktop)), None)

    @property
    def active(self) -> "Book":
        """As above."""
        return Book(self.app, self.active_document())

    def __iter__(self) -> Iterator["Book"]:
        return (Book(self.app, one) for one in libreoffice.documents(self.app.desktop))

    def __len__(self) -> int:
        return len(libreoffice.documents(self.app.desktop))

    def __call__(self, key: int | str) -> "Book":
        """The workbook of this name, or the nth."""
        books = list(self)
        if isinstance(key, int):
            return books[key - 1]
        for book in books:
            if key.lower() in {book.name.lower(), book.fullname.lower()}:
                return book
        raise KeyError(key)

    def open(self, fullname: str | Path, *_more: object) -> "Book":
        """Open a workbook, its macros at rest."""
        document = self.app.desktop.loadComponentFromURL(
            Path(fullname).resolve().as_uri(), "_blank", 0, properties(Hidden=True)
        )
        if document is None:
            raise OSError(f"LibreOffice could not open {fullname}; is a lock file beside it?")
        return Book(self.app, document)


class Book(base_classes.Book):
    """A workbook."""

    app: Any = None

    def __init__(self, app: App, document: Any) -> None:  # noqa: ANN401 - a UNO object
        self.app, self.document = app, document

    @property
    def api(self) -> Any:  # noqa: ANN401 - a UNO object
        """The document."""
        return self.document

    @cached_property
    def fullname(self) -> str:
        """Its path; here nobody saves it as another file."""
        return str(libreoffice.uno().fileUrlToSystemPath(self.document.URL))

    @property
    def name(self) -> str:
        """Its file name."""
        self.app.listen()
        return Path(self.fullname).name

    @cached_property
    def uid(self) -> str:
        """What LibreOffice knows it by as long as it is open."""
        return str(self.document.RuntimeUID)

    def ask(self, macro: str, *given: object) -> Any:  # noqa: ANN401 - as above
        """What a macro of Cells.bas answers of this workbook."""
        return self.app.office.macros.run(macro, self.uid, *given)

    @cached_property
    def sheets(self) -> "Sheets":
        """Its sheets."""
        return Sheets(self)

    @cached_property
    def database_ranges(self) -> Any:  # noqa: ANN401 - a UNO object
        """What LibreOffice calls tables."""
        return self.document.DatabaseRanges

    @property
    def names(self) -> "Names":
        """Its names."""
        return Names(self)

    def close(self) -> None:
        """Close it without saving."""
        self.document.close(True)  # noqa: FBT003 - UNO takes no names

    def format(self, key: int) -> "Format":
        """What LibreOffice has under a number."""
        if key not in self._formats:
            found = self.document.NumberFormats.getByKey(key)
            self._formats[key] = Format(str(found.FormatString), found.Type & ~1)
        return self._formats[key]

    @cached_property
    def _formats(self) -> dict[int, Format]:
        known: dict[int, Format] = self.app.formats.setdefault(self.uid, {})
        return known

    def format_key(self, code: str) -> int:
        """LibreOffice's number for a number format."""
        english = libreoffice.uno().createUnoStruct("com.sun.star.lang.Locale", "en", "US", "")
        formats = self.document.NumberFormats
        key = formats.queryKey(code, english, False)  # noqa: FBT003 - UNO takes no names
        return int(formats.addNew(code, english) if key == -1 else key)


class Sheets(base_classes.Sheets):
    """The sheets of a workbook."""

    api: Any = None

    def __init__(self, book: Book) -> None:
        self.book, self.api = book, book.document.Sheets
        self.known: dict[str, Any] = {}

    @property
    def names(self) -> Sequence[str]:
        """Their tabs, in order; of a closed workbook LibreOffice would say that it has none."""
        assert self.book.document.URL
        return tuple(self.api.ElementNames)

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator["Sheet"]:
        return (Sheet(self.book, name) for name in self.names)

    def __call__(self, key: int | str) -> "Sheet":
        """The sheet of this name, or the nth."""
        if isinstance(key, int):
            return Sheet(self.book, self.names[key - 1])
        for name in self.names:
            if name.lower() == key.lower():
                return Sheet(self.book, name)
        raise KeyError(key)

    def __contains__(self, key: str) -> bool:
        return key.lower() in {name.lower() for name in self.names}

    @property
    def active(self) -> "Sheet":
        """The one that is seen."""
        return Sheet(self.book, self.book.document.CurrentController.ActiveSheet.Name)


class SheetApi:
    """What the product asks of Excel's own object."""

    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - a UNO object
        self._sheet = sheet

    @property
    def ProtectContents(self) -> bool:  # noqa: N802 - Excel's name
        """Whether the sheet is protected."""
        return bool(self._sheet.isProtected())


class Sheet(base_classes.Sheet):
    """A sheet."""

    book: Any = None

    def __init__(self, book: Book, name: str) -> None:
        self.book, self._name = book, str(name)

    @cached_property
    def uno(self) -> Any:  # noqa: ANN401 - a UNO object
        """LibreOffice's sheet."""
        known = self.book.sheets.known
        if self._name not in known:
            known[self._name] = self.book.sheets.api.getByName(self._name)
        return known[self._name]

    @property
    def api(self) -> SheetApi:
        """As Excel's object."""
        return SheetApi(self.uno)

    @property
    def name(self) -> str:
        """Its tab."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self.uno.Name = self._name = name

    @property
    def index(self) -> int:
        """Its place among the tabs, from 1."""
        names: Sequence[str] = self.book.sheets.names
        return names.index(self._name) + 1

    @property
    def tables(self) -> "Tables":
        """Its tables."""
        return Tables(self)

    @property
    def used_range(self) -> "Range":
        """From its first cell to the last row and column in which anything stands."""
        cursor = self.uno.createCursor()
        cursor.gotoEndOfUsedArea(False)  # noqa: FBT003 - UNO takes no names
        last = cursor.RangeAddress
        return Range(self, 1, 1, last.EndRow + 1, last.EndColumn + 1)

    @property
    def cells(self) -> "Range":
        """All of its cells."""
        return Range(self, 1, 1, LAST_ROW, LAST_COLUMN)

    def range(self, first: Any, last: Any = None) -> "Range":  # noqa: ANN401 - an address, a tuple or a range
        """The cells from one corner to the other, or from a corner on, so many rows and columns."""
        if isinstance(first, tuple) and last is None and len(first) > 2:
            return Range(self, *first)
        if isinstance(first, str):
            first, last = _corners_of(first)
        corners = [
            corner
            for one in (first, last if last is not None else first)
            for corner in (_corners(one) if isinstance(one, Range) else [one])
        ]
        rows, columns = ([corner[at] for corner in corners] for at in (0, 1))
        return Range(
            self,
            min(rows),
            min(columns),
            max(rows) - min(rows) + 1,
            min(max(columns), LAST_COLUMN) - min(columns) + 1,
        )


class RangeApi:
    """What the product asks of Excel's own object."""

    def __init__(self, cells: "Range") -> None:
        self._cells = cells

    @property
    def HasFormula(self) -> bool | None:  # noqa: N802 - Excel's name
        """False where none holds a formula; else None, though Excel says True where all do."""
        return None if self._cells.ask("HasFormula") else False


class Range(base_classes.Range):
    """A rectangle of cells; `row` and `column` count from 1."""

    row = column = 0
    shape = (0, 0)

    def __init__(self, sheet: Sheet, row: int, column: int, rows: int, columns: int) -> None:
        self.sheet, self.row, self.column = sheet, row, column
        self.shape = (rows, columns)
        self.options: dict[str, object] = {}

    @cached_property
    def uno(self) -> Any:  # noqa: ANN401 - a UNO object
        """LibreOffice's range."""
        return self.sheet.uno.getCellRangeByPosition(*self._ends)

    @property
    def _ends(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom, counted from 0."""
        rows, columns = self.shape
        return (self.column - 1, self.row - 1, self.column + columns - 2, self.row + rows - 2)

    def ask(self, macro: str, *given: object) -> Any:  # noqa: ANN401 - as above
        """What a macro of Cells.bas answers of these cells."""
        return self.sheet.book.ask(macro, self.sheet.name, *self._ends, *given)

    @property
    def api(self) -> RangeApi:
        """As Excel's object."""
        return RangeApi(self)

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        """Where it is."""
        return (self.sheet.name, self.row, self.column, *self.shape)

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> "Range":
        """The cell in this row and column, counted from the first."""
        if column is None:
            row, column = (at + 1 for at in divmod(row - 1, self.shape[1]))
        return Range(self.sheet, self.row + row - 1, self.column + column - 1, 1, 1)

    @property
    def address(self) -> str:
        """A1 style, absolute."""
        return _address(self.row, self.column, *self.shape)

    def get_address(self, *_how: object) -> str:
        """As above."""
        return self.address

    @property
    def raw_value(self) -> Any:  # noqa: ANN401 - one value, or rows of them
        """The values; days by the format, errors as such."""
        self.sheet.book.app.listen()
        rows: list[list[Any]] = [list(row) for row in self.uno.getDataArray()]
        if any(isinstance(value, float) for row in rows for value in row):
            self._mark_days_and_truths(rows)
        if any(None in row for row in rows):
            self._mark_errors(rows)
        return rows[0][0] if self.shape == (1, 1) else rows

    @raw_value.setter
    def raw_value(self, value: Any) -> None:  # noqa: ANN401 - as above
        self.sheet.book.app.listen()
        if not isinstance(value, list | tuple):
            value = [[value] * self.shape[1]] * self.shape[0]
        elif not isinstance(value[0], list | tuple):
            value = [value]
        # Python's list of one more level is what Excel takes as rows.
        rows = [list(row) for row in value]
        if self.shape[0] > 1 and self._is_filtered():
            self._put_as_excel_does(rows)
        else:
            self._put(rows)

    def _mark_days_and_truths(self, rows: list[list[Any]]) -> None:
        """LibreOffice stores days and TRUE as numbers; the format tells them apart."""
        for kinds, marked in ((DATE | TIME, _moment), (LOGICAL, bool)):
            for row, at in self._formatted(kinds):
                if isinstance(rows[row][at], float):
                    rows[row][at] = marked(rows[row][at])

    def _mark_errors(self, rows: list[list[Any]]) -> None:
        for found in self.uno.queryFormulaCells(ERRORS).RangeAddresses:
            for row, at in self._within(_area_of(found)):
                number = self(row + 1, at + 1).uno.getCellByPosition(0, 0).getError()
                rows[row][at] = Error(ERROR_NAMES.get(number, "#VALUE!"))

    def column_at(self, column: int) -> "Range":
        """One of its columns; `column` counts from 0 on the sheet."""
        return Range(self.sheet, self.row, column + 1, self.shape[0], 1)

    def _put_as_excel_does(self, rows: Sequence[Sequence[Any]]) -> None:
        """Fill the rows that a filter lets through, from the first one on (xlwings 679, 2619)."""
        for row, values in zip(sorted(self._seen()), rows, strict=False):
            Range(self.sheet, row, self.column, 1, self.shape[1])._put([values])

    def _put(self, rows: Sequence[Sequence[Any]]) -> None:
        texts = {value for row in rows for value in row if isinstance(value, str)}
        as_text = {*self._formatted(TEXT)} if any(map(_may_be_taken, texts)) else set()
        read_as = {text: _taken(text, is_text=False) for text in texts}
        days: list[tuple[int, int]] = []
        formulas: dict[tuple[int, int], str] = {}
        taken = []
        for at_row, given in enumerate(rows):
            values: list[str | float] = []
            for at, value in enumerate(given):
                place = (at_row, at)
                if isinstance(value, str) and place not in as_text:
                    taken_as = read_as[value]
                else:
                    taken_as = _taken(value, is_text=True)
                if isinstance(taken_as, dt.datetime):
                    days.append(place)
                    taken_as = _serial(taken_as)
                elif taken_as is _A_FORMULA:
                    formulas[place] = value
                    taken_as = ""
                values.append(taken_as)
            taken.append(tuple(values))
        self.uno.setDataArray(tuple(taken))
        self._show_days(days)
        for (row, at), formula in formulas.items():
            self(row + 1, at + 1).formula = formula

    def _show_days(self, places: Sequence[tuple[int, int]]) -> None:
        """Give days the look of a day, as Excel does in a cell without a format of its own."""
        for at in {at for _, at in places}:
            rows = [row for row, column in places if column == at]
            for row in self.column_at(self.column + at - 1).undated(rows):
                cell = self(row + 1, at + 1).uno
                cell.NumberFormat = self.sheet.book.format_key("m/d/yyyy")

    def undated(self, rows: Sequence[int]) -> set[int]:
        """Which rows of a column have no format of a day."""
        return {*rows} - {row for row, _ in self._formatted(DATE | TIME)}

    def _within(self, area: Area) -> Iterator[tuple[int, int]]:
        """The cells of an area that is part of this one, counted from its first."""
        for row in range(area.first_row - self.row, area.last_row - self.row + 1):
            for at in range(
                area.first_column - self.column + 1, area.last_column - self.column + 2
            ):
                yield row, at

    def _is_filtered(self) -> bool:
        seen = self._seen()
        rows = self.uno.Rows
        hidden = (at for at in range(self.shape[0]) if self.row + at not in seen)
        return any(rows.getByIndex(at).IsFiltered for at in hidden)

    def _seen(self) -> set[int]:
        return {
            row
            for area in self.uno.queryVisibleCells().RangeAddresses
            for row in range(area.StartRow + 1, area.EndRow + 2)
        }

    def _formatted(self, kinds: int) -> Iterator[tuple[int, int]]:
        """The cells, counted from the first, that have a format of one of these kinds."""
        for key, places in self._formats:
            if self.sheet.book.format(key).kind & kinds:
                for place in places.split(","):
                    yield from self._within(Area.of(place))

    @cached_property
    def _formats(self) -> list[tuple[int, str]]:
        """LibreOffice's number of each format, and the areas that have it."""
        groups = self.ask("Formats")
        name = self.sheet.name
        spelled = (f"{name}.", "'" + name.replace("'", "''") + "'.")
        return [
            (key, places.replace(spelled[places.startswith("'")], "")) for key, places in groups
        ]

    @property
    def formula(self) -> Any:  # noqa: ANN401 - one text, or rows of them
        """The formulas, as LibreOffice spells them; a value where there is none."""
        self.sheet.book.app.listen()
        rows = tuple(tuple(row) for row in self.uno.getFormulaArray())
        return rows[0][0] if self.shape == (1, 1) else rows

    @formula.setter
    def formula(self, formula: str) -> None:
        self.uno.getCellByPosition(0, 0).Formula = formula.replace(",", ";")

    @property
    def number_format(self) -> str | None:
        """The format; None where the cells differ."""
        key = int(self.ask("SharedFormat"))
        return None if key == -1 else self.sheet.book.format(key).code

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.uno.NumberFormat = self.sheet.book.format_key(code)

    @property
    def row_hidden(self) -> bool | None:
        """Whether its rows are hidden; None where some are."""
        seen = {self.uno.Rows.getByIndex(at).IsVisible for at in range(self.shape[0])}
        return None if len(seen) > 1 else not seen.pop()

    @row_hidden.setter
    def row_hidden(self, is_hidden: bool) -> None:
        self.uno.Rows.IsVisible = not is_hidden

    def get_special_cells(self, cell_type: str, _value_type: str | None) -> list["Range"]:
        """The areas that are seen."""
        assert cell_type == "visible"
        return [_range_of(self.sheet, one) for one in self.uno.queryVisibleCells().RangeAddresses]

    @property
    def merge_cells(self) -> bool:
        """Whether any of its cells is merged."""
        return bool(self.uno.getIsMerged())

    def autofill(self, destination: xw.Range, type_: str) -> None:
        """Give the cells below the formats of these."""
        assert type_ == "fill_formats"
        down = libreoffice.uno().Enum("com.sun.star.sheet.FillDirection", "TO_BOTTOM")
        rows = self.shape[0]
        destination.impl.uno.fillAuto(down, rows)
        below = Range(
            self.sheet,
            self.row + rows,
            self.column,
            destination.shape[0] - rows,
            self.shape[1],
        )
        below.clear_contents()

    def insert(self, shift: str = "down", copy_origin: str = "") -> None:
        """Put cells in, which look like those above; what was copied stands in them."""
        assert (shift, copy_origin) == ("down", "format_from_left_or_above")
        app = self.sheet.book.app
        if app.refuses_to_move:
            raise OSError
        down = libreoffice.uno().Enum("com.sun.star.sheet.CellInsertMode", "DOWN")
        self.sheet.uno.insertCells(self.uno.RangeAddress, down)
        if app.cut_copy_mode:
            self.raw_value = "copied"

    def delete(self, shift: str | None = None) -> None:
        """Take the cells out."""
        assert shift == "up"
        if self.sheet.book.app.refuses_to_move:
            raise OSError
        up = libreoffice.uno().Enum("com.sun.star.sheet.CellDeleteMode", "UP")
        self.sheet.uno.removeRange(self.uno.RangeAddress, up)

    def clear_contents(self) -> None:
        """Empty the cells; their formats stay."""
        self.uno.clearContents(NUMBERS_AND_TEXT)

    def add_hyperlink(self, address: str, text_to_display: str = "", screen_tip: str = "") -> None:
        """Let a cell lead to another one, named as Excel names it."""
        assert not screen_tip
        self.ask("LinkCell", re.sub(r"^#(.*)!", r"#\1.", address), text_to_display)

    @property
    def hyperlink(self) -> str:
        """Where a cell leads, as LibreOffice spells it."""
        fields = self.uno.getCellByPosition(0, 0).getTextFields().createEnumeration()
        return str(fields.nextElement().URL) if fields.hasMoreElements() else ""

    def select(self) -> None:
        """Select it, on its sheet."""
        controller = self.sheet.book.document.CurrentController
        controller.setActiveSheet(self.sheet.uno)
        controller.select(self.uno)


class Selection(Range):
    """Several rectangles of one sheet."""

    def __init__(self, book: Book, areas: Sequence[Any]) -> None:
        sheet = Sheet(book, book.sheets.names[areas[0].Sheet])
        self._areas = [_range_of(sheet, area) for area in areas]
        first = self._areas[0]
        super().__init__(sheet, first.row, first.column, *first.shape)

    @property
    def address(self) -> str:
        """All of them."""
        return ",".join(area.address for area in self._areas)


class Names(base_classes.Names):
    """The names of a workbook."""

    api: Any = None

    def __init__(self, book: Book) -> None:
        self._book, self.api = book, book.document.NamedRanges

    def __len__(self) -> int:
        return int(self.api.Count)

    def __call__(self, key: int | str) -> "Name":
        """The name, or the nth."""
        found = self.api.getByIndex(key - 1) if isinstance(key, int) else self.api.getByName(key)
        return Name(found.Name, found.Content)

    def contains(self, key: str) -> bool:
        """Whether there is such a name."""
        return bool(self.api.hasByName(key))

    def snapshot(self) -> list[tuple[str, "Name"]]:
        """All of them, by their names."""
        return [(name, Name(name, content)) for name, content in self._book.ask("Names")]


class Name(base_classes.Name):
    """A name."""

    name = ""

    def __init__(self, name: str, content: str) -> None:
        self.name, self._content = name, content

    @property  # type: ignore[misc]  # the product only reads it
    def refers_to(self) -> str:
        """What it stands for, as Excel spells it."""
        return "=" + _SHEET_REFERENCE.sub(r"\1!\2", self._content)


class Tables(base_classes.Tables):
    """The tables of a sheet: LibreOffice calls them database ranges."""

    api: Any = None
    parent: Any = None

    def __init__(self, sheet: Sheet) -> None:
        self.parent, self.api = sheet, sheet.book.database_ranges

    def _all(self) -> list["Table"]:
        book, at = self.parent.book, self.parent.index - 1
        known = book.app.ranges.setdefault(book.uid, {})
        sheets = book.ask("SheetsOfTables")
        placed = zip(self.api.ElementNames, sheets, strict=True)
        names = [name for name, sheet in placed if sheet == at]
        for name in names:
            if name not in known:
                known[name] = self.api.getByName(name)
        return [Table(self.parent, known[name]) for name in names]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator["Table"]:
        return iter(self._all())

    def __contains__(self, key: str) -> bool:
        return any(table.name.lower() == key.lower() for table in self._all())

    def __call__(self, key: int | str) -> "Table":
        """The table of this name, or the nth."""
        tables = self._all()
        if isinstance(key, int):
            return tables[key - 1]
        for table in tables:
            if table.name.lower() == key.lower():
                return table
        raise KeyError(key)


class Table(base_classes.Table):
    """A table."""

    api: Any = None
    parent: Any = None

    def __init__(self, sheet: Sheet, found: Any) -> None:  # noqa: ANN401 - a UNO object
        self.parent, self.api = sheet, found

    @property  # type: ignore[misc]  # the product only reads it
    def name(self) -> str:
        """Its name."""
        return str(self.api.Name)

    @property  # type: ignore[misc]  # the product only reads it
    def display_name(self) -> str:
        """As above."""
        return self.name

    @property
    def range(self) -> Range:
        """Header, rows and totals."""
        return _range_of(self.parent, self.api.DataArea)

    @property  # type: ignore[misc]  # the product only reads it
    def show_headers(self) -> bool:
        """Whether it has a header."""
        return bool(self.api.ContainsHeader)

    @property  # type: ignore[misc]  # the product only reads it
    def show_totals(self) -> bool:
        """Whether it has a totals row."""
        return bool(self.api.TotalsRow)

    @property  # type: ignore[misc]  # the product only reads it
    def show_autofilter(self) -> bool:
        """Whether it has filter buttons."""
        return bool(self.api.AutoFilter)

    @property
    def autofilter(self) -> "AutoFilter":
        """Its filter."""
        return AutoFilter(self)

    def resize(self, area: xw.Range) -> None:
        """Let it cover other cells."""
        self.api.setDataArea(area.impl.uno.RangeAddress)


class AutoFilter(base_classes.AutoFilter):
    """The filter of a table."""

    def __init__(self, table: Table) -> None:
        self._rows = table.range.uno

    def apply_values(self, field: int, values: Iterable[str]) -> None:
        """Let through the rows with one of these texts in a column, which counts from 1."""
        uno = libreoffice.uno()
        chosen = []
        for at, value in enumerate(values):
            one = uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
            one.Field, one.IsNumeric, one.StringValue = field - 1, False, value
            one.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
            connection = "OR" if at else "AND"
            one.Connection = uno.Enum("com.sun.star.sheet.FilterConnection", connection)
            chosen.append(one)
        self._filter(chosen)

    def clear(self, _field: int | None = None) -> None:
        """Let all rows through."""
        self._filter([])

    def _filter(self, chosen: Sequence[Any]) -> None:
        descriptor = self._rows.createFilterDescriptor(True)  # noqa: FBT003 - UNO takes no names
        descriptor.ContainsHeader = True
        descriptor.setFilterFields(tuple(chosen))
        self._rows.filter(descriptor)


def properties(**values: object) -> tuple[Any, ...]:
    """Values as UNO takes them."""
    uno = libreoffice.uno()
    made = []
    for name, value in values.items():
        one = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


def _taken(value: Any, *, is_text: bool) -> Any:  # noqa: ANN401 - what Excel makes of a value
    match value:
        case None | "":
            return ""
        case bool() | int() | float():
            return float(value)
        case str() if value[:1] == "'":
            return value[1:]
        case str():
            return value if is_text else _read(value)
        case dt.date() if not isinstance(value, dt.datetime):
            return dt.datetime.combine(value, dt.time())
        case _:
            return value


def _read(text: str) -> str | float | dt.datetime | object:
    """What Excel takes a text for in a cell without a format."""
    if text[0] == "=":
        return _A_FORMULA
    if _NUMBER.fullmatch(text):
        bare = text.replace("$", "").removesuffix("%")
        return float(bare) / (100 if text.endswith("%") else 1)
    if found := _DAY.fullmatch(text):
        # Which day matters less than that it is one.
        month, day = int(found[1] or 1), int(found[2] or 1)
        if 1 <= month <= 12 and 1 <= day <= 28:
            return dt.datetime(2026, month, day)  # noqa: DTZ001 - a cell's moment has no time zone
    return text


def _may_be_taken(value: str) -> bool:
    """Whether Excel may take a text for something else."""
    return value[:1] == "=" or bool(_NUMBER.fullmatch(value) or _DAY.fullmatch(value))


def _serial(moment: dt.datetime) -> float:
    return (moment - DAY_ZERO).total_seconds() / 86_400


def _moment(serial: float) -> dt.datetime:
    return DAY_ZERO + dt.timedelta(seconds=round(serial * 86_400, 3))


def _corners(cells: Range) -> list[tuple[int, int]]:
    last = (cells.row + cells.shape[0] - 1, cells.column + cells.shape[1] - 1)
    return [(cells.row, cells.column), last]


def _corners_of(address: str) -> list[tuple[int, int]]:
    area = Area.of(address.replace("$", ""))
    return [
        (area.first_row, area.first_column + 1),
        (area.last_row, area.last_column + 1),
    ]


def _area_of(area: Any) -> Area:  # noqa: ANN401 - a UNO structure
    return Area(area.StartRow + 1, area.EndRow + 1, area.StartColumn, area.EndColumn)


def _range_of(sheet: Sheet, area: Any) -> Range:  # noqa: ANN401 - a UNO structure
    return Range(
        sheet,
        area.StartRow + 1,
        area.StartColumn + 1,
        area.EndRow - area.StartRow + 1,
        area.EndColumn - area.StartColumn + 1,
    )


def _address(row: int, column: int, rows: int, columns: int) -> str:
    first = f"${column_letters(column - 1)}${row}"
    if (rows, columns) == (1, 1):
        return first
    return f"{first}:${column_letters(column + columns - 2)}${row + rows - 1}"


def registered(office: libreoffice.Office | libreoffice.Attached) -> xw.main.Engine:
    """Make LibreOffice the engine that xlwings uses."""
    engine = xw.main.Engine(impl=Engine(office))
    xw.engines.add(engine)
    engine.activate()
    return engine
