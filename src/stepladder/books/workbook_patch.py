"""A workbook and what shall stand in it in; the parts that change, ready to be saved, out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from typing import Any

import polars as pl

from stepladder.books.calculation import calculated_on_load, has_formulas
from stepladder.books.cell_patch import CellPatch, RowEdit
from stepladder.books.cells import (
    Kind,
    Shown,
    Spelling,
    cell_values,
    contents_of,
    frame_values,
    kind_of,
)
from stepladder.books.edits import CellsEdit, ColumnEdit, Edit, RowsEdit
from stepladder.books.outline import ExcelTable, Outline, Tab
from stepladder.books.package import Content, Deflated
from stepladder.books.placed_table import Area, column_finder
from stepladder.books.rows import rows_at_once
from stepladder.books.stored_cells import CellReader, SharedStrings
from stepladder.books.styles import Styles
from stepladder.books.table import SHEET_ROWS, column_letters
from stepladder.books.table_patch import TablePatch, resized
from stepladder.books.worksheet import Worksheet, opened
from stepladder.errors import InputError, OutputError


@dataclass(frozen=True)
class Changes:
    """What a save has to change; nothing where the workbook shows all of it already.

    parts  new contents by part name, as `Package.save` takes them
    cells  how many cells outside wholly owned tables got another value
    rows   how many rows of wholly owned tables got other values, came or went
    """

    parts: Mapping[str, Content]
    cells: int
    rows: int


def patch(outline: Outline, edits: Iterable[Edit], told: Iterable[Edit] = ()) -> Changes:
    """Find the parts that change, and what they hold then.

    `told` are edits of other sheets that tell of a change, such as the time of a refresh: where
    nothing else changes, they are left out.

    Cells keep their styles, except where a style would show a number as a day or a day as a
    number: then a style like it in all else is added. Where any cell changes and any sheet has a
    formula, Excel is told to calculate all of them when it opens the file.

    Raises InputError, with the cell, where a formula, a merged cell, a totals row or somebody's
    text stands where we write; for a table, column or sheet that is not there; and for a part
    that is damaged. OutputError for more rows than a worksheet holds. ValueError for an edit
    that contradicts itself.
    """
    patcher = _Patcher(outline, Styles(outline), CellReader(SharedStrings(outline)))
    for tab, of_sheet in _by_sheet(outline, edits).items():
        patcher.take(tab, of_sheet)
    if patcher.parts:
        for tab, of_sheet in _by_sheet(outline, told).items():
            patcher.take(tab, of_sheet)
    return patcher.changes()


_Patch = CellPatch | TablePatch


@dataclass
class _Patcher:
    """One run over the sheets of a workbook."""

    outline: Outline
    styles: Styles
    reader: CellReader
    parts: dict[str, Content] = field(default_factory=dict)
    cells: int = 0
    rows: int = 0
    read: set[str] = field(default_factory=set)
    has_formulas: bool = False

    def take(
        self, tab: Tab, edits: Sequence[Edit], showing: AbstractSet[int] = frozenset()
    ) -> None:
        """Patch one sheet; `showing` are the edits that show hidden rows, by position."""
        patches = self._chain(tab, edits, showing)
        body = Deflated(self.outline.package.checked(patches[-1], tab.part))
        hiding = {
            position
            for position, one in enumerate(patches)
            if isinstance(one, TablePatch) and one.is_changed and one.keeps_hidden
        }
        if hiding:
            # What of a table is hidden is known only once all of it was seen.
            self.take(tab, edits, showing | hiding)
            return
        if any(one.changed for one in patches):
            self.parts[tab.part] = body
        self.read.add(tab.part)
        self.has_formulas = self.has_formulas or any(one.sheet.has_formulas for one in patches)
        for one in patches:
            if isinstance(one, CellPatch):
                self.cells += one.changed
            elif one.is_changed:
                self.rows += one.changed
                self._resize(one)

    def changes(self) -> Changes:
        """All that changes, with what follows from it in the rest of the workbook."""
        if self.parts:
            if self.outline.styles_part and (styles := self.styles.changed):
                self.parts[self.outline.styles_part] = styles
            if self._calculates() and (workbook := calculated_on_load(self.outline)):
                self.parts[self.outline.workbook_part] = workbook
        return Changes(self.parts, self.cells, self.rows)

    def _chain(self, tab: Tab, edits: Sequence[Edit], showing: AbstractSet[int]) -> list[_Patch]:
        """One patch for each edit, each over what the one before it gives."""
        patches: list[_Patch] = []
        for position, edit in enumerate(edits):
            sheet = opened(self.outline, tab, patches[-1] if patches else None)
            match edit:
                case ColumnEdit():
                    patches.append(self._columns(sheet, edit))
                case CellsEdit():
                    patches.append(self._single_cells(sheet, edit))
                case RowsEdit():
                    patches.append(self._table_rows(sheet, edit, shows_hidden=position in showing))
        return patches

    def _columns(self, sheet: Worksheet, edit: ColumnEdit) -> CellPatch:
        table = self.outline.table(edit.table)
        place = column_finder(self.outline.package.source, table)
        titles = dict(sorted((place(title), title) for title in edit.frame.columns))
        order = edit.sheet_rows.arg_sort()
        rows = edit.sheet_rows.gather(order)
        if rows.n_unique() < len(rows) or len(rows) != edit.frame.height:
            raise ValueError("each row of the frame needs a sheet row of its own")
        area = Area(rows[0], rows[-1], min(titles), max(titles))
        if not table.first_row <= area.first_row <= area.last_row <= table.last_row:
            raise ValueError(f"{area.ref} reaches out of the table {table.display_name}")
        edits = _row_edits(rows, edit.frame.select(titles.values())[order], tuple(titles), sheet)
        return CellPatch(sheet, self.styles, self.reader, edits, area)

    def _single_cells(self, sheet: Worksheet, edit: CellsEdit) -> CellPatch:
        cells = {Area.of(address): value for address, value in edit.values.items()}
        area = reduce(Area.joined, cells)
        edits = _cell_edits(cells, sheet)
        return CellPatch(sheet, self.styles, self.reader, edits, area, keeps_formulas=True)

    def _table_rows(self, sheet: Worksheet, edit: RowsEdit, *, shows_hidden: bool) -> TablePatch:
        table = self.outline.table(edit.table)
        place = column_finder(self.outline.package.source, table)
        titles = {place(title): title for title in edit.frame.columns}
        for column, title in enumerate(table.columns, start=table.area.first_column):
            if column not in titles:
                raise InputError(
                    f"{self.outline.package.source}, table {table.display_name}: the column "
                    f"{title} is none of Stepladder's; move it out of the table."
                )
        patch = TablePatch(
            sheet,
            table,
            self.styles,
            self.reader,
            edit.frame.select(titles[column] for column in sorted(titles)),
            None if edit.links is None else _links(table, edit.links, place),
            shows_hidden,
        )
        self._refuse_reach(patch)
        return patch

    def _refuse_reach(self, patch: TablePatch) -> None:
        """Refuse a table that has no room for its rows, before anything is read."""
        table, source = patch.table, self.outline.package.source
        if table.totals_rows:
            raise InputError(
                f"{source}, table {table.display_name}: its rows are replaced, so it can have no "
                "totals row; switch it off (Table Design, Total Row)."
            )
        if patch.area.last_row > SHEET_ROWS:
            raise OutputError(
                f"The table {table.display_name} has {patch.frame.height:,} rows, and an Excel "
                f"worksheet holds {SHEET_ROWS - table.first_row + 1:,} from its first row on. "
                "Write the results to a folder instead."
            )
        beside = [one for one in self.outline.tables if one.sheet_part == table.sheet_part]
        for other in beside:
            if other.part != table.part and other.area.meets(patch.reach):
                raise InputError(
                    f"{source}, {table.sheet}!{other.area.ref}: the table {other.display_name} "
                    f"stands where the rows of the table {table.display_name} go; move it to "
                    "another sheet."
                )

    def _resize(self, patch: TablePatch) -> None:
        part = patch.table.part
        old = self.outline.package.read(part)
        new = resized(old, patch.area)
        if new != old:
            self.parts[part] = new

    def _calculates(self) -> bool:
        """Whether the workbook has a formula that may depend on what changed."""
        return (
            self.outline.calc_chain_part is not None
            or self.has_formulas
            or any(
                has_formulas(self.outline.package.chunks(tab.part))
                for tab in self.outline.sheets
                if tab.kind == "worksheet" and tab.part not in self.read
            )
        )


def _by_sheet(outline: Outline, edits: Iterable[Edit]) -> dict[Tab, list[Edit]]:
    by_sheet: dict[Tab, list[Edit]] = {}
    for edit in edits:
        if not _is_empty(edit):
            by_sheet.setdefault(_tab(outline, edit), []).append(edit)
    return by_sheet


def _is_empty(edit: Edit) -> bool:
    match edit:
        case ColumnEdit():
            return edit.frame.is_empty()
        case CellsEdit():
            return not edit.values
        case RowsEdit():
            return False


def _tab(outline: Outline, edit: Edit) -> Tab:
    name = edit.sheet if isinstance(edit, CellsEdit) else outline.table(edit.table).sheet
    return outline.sheet(name)


def _links(
    table: ExcelTable, links: Mapping[str, Sequence[str | None]], place: Callable[[str], int]
) -> dict[str, str]:
    return {
        f"{column_letters(place(title))}{row}": target
        for title, targets in links.items()
        for row, target in enumerate(targets, start=table.first_row)
        if target is not None
    }


def _row_edits(
    rows: pl.Series, frame: pl.DataFrame, columns: tuple[int, ...], sheet: Worksheet
) -> Iterator[RowEdit]:
    """The values of each row, encoded some thousands at a time."""
    is_1904 = sheet.outline.is_1904
    spelling = Spelling(sheet.prefix.decode(), is_1904)
    kinds = tuple(kind_of(dtype) for dtype in frame.dtypes)
    at_once = rows_at_once(frame.width)
    for start in range(0, frame.height, at_once):
        part = frame.slice(start, at_once)
        values = frame_values(part, is_1904=is_1904)
        numbers = rows.slice(start, at_once).to_list()
        shown = zip(*(column.shown() for column in values), strict=True)
        contents = (told.cast(pl.Binary).to_list() for told in contents_of(values, spelling))
        for number, row_shown, row_contents in zip(
            numbers, shown, zip(*contents, strict=True), strict=True
        ):
            yield RowEdit(number, columns, kinds, row_shown, row_contents)


def _cell_edits(cells: Mapping[Area, Any], sheet: Worksheet) -> Iterator[RowEdit]:
    """The values of single cells, row by row."""
    spelling = Spelling(sheet.prefix.decode(), sheet.outline.is_1904)
    ordered = sorted(cells, key=lambda place: (place.first_row, place.first_column))
    encoded = _encoded([cells[place] for place in ordered], spelling)
    for number, of_row in groupby(
        zip(ordered, encoded, strict=True), key=lambda pair: pair[0].first_row
    ):
        places, values = zip(*of_row, strict=True)
        kinds, shown, contents = zip(*values, strict=True)
        yield RowEdit(number, tuple(one.first_column for one in places), kinds, shown, contents)


def _encoded(values: Sequence[Any], spelling: Spelling) -> list[tuple[Kind, Shown, bytes]]:
    """Values of mixed types as their cells hold them: all those of a type at once."""
    of_type: dict[type, list[int]] = {}
    for position, value in enumerate(values):
        of_type.setdefault(type(value), []).append(position)
    encoded: dict[int, tuple[Kind, Shown, bytes]] = {}
    for positions in of_type.values():
        column = cell_values(
            pl.Series([values[position] for position in positions]), is_1904=spelling.is_1904
        )
        for position, shown, content in zip(
            positions, column.shown(), column.contents(spelling), strict=True
        ):
            encoded[position] = column.kind, shown, content.encode()
    return [encoded[position] for position in range(len(values))]
