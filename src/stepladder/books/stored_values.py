"""A saved workbook in; the texts of some columns of a table, or of single cells, out."""

from collections.abc import Collection, Sequence

import polars as pl

from stepladder.books.outline import Outline, Tab
from stepladder.books.placed_table import Area, PlacedTable
from stepladder.books.stored_cells import CellReader, SharedStrings, Stored, formula_in
from stepladder.books.table import column_letters, title_key
from stepladder.books.workbook import SHEET_ROW, Place, StoredCell, place_of
from stepladder.books.worksheet import Cell, Row, Worksheet, attributes_of, opened


def stored_columns(outline: Outline, table: PlacedTable, titles: Sequence[str]) -> pl.DataFrame:
    """The texts of the titled columns, a row for each of the table, and `sheet_row` (UInt32).

    Numbers come as `245` or `0.5`; what no value of ours looks like (an error) is null. Titles are
    found in any case and spacing; one that the table lacks gives nulls. Raises InputError for a
    part that is damaged.
    """
    at = {title_key(title): table.area.first_column + n for n, title in enumerate(table.columns)}
    wanted = {at[key]: title for title in titles if (key := title_key(title)) in at}
    last = max(wanted, default=-1)
    sheet = opened(outline, outline.sheet(table.sheet))
    reader = CellReader(SharedStrings(outline))
    rows: dict[int, dict[str, str | None]] = {}
    for block in sheet.blocks():
        for row in sheet.rows(block):
            if not table.first_row <= row.number <= table.last_row:
                continue
            texts = rows.setdefault(row.number, {})
            for cell in sheet.cells(block, row):
                if cell.column in wanted:
                    texts[wanted[cell.column]] = _text(reader, sheet, row, cell)
                if cell.column >= last:
                    break
    columns = {
        title: pl.Series([row.get(title) for row in rows.values()], dtype=pl.String)
        for title in titles
    }
    numbers = pl.Series([*rows], dtype=pl.UInt32)
    return pl.DataFrame({SHEET_ROW: numbers, **columns})


def stored_cells(outline: Outline, tab: Tab, addresses: Collection[str]) -> dict[str, StoredCell]:
    """What single cells of a sheet hold, by address; a cell that is not there holds nothing."""
    found = dict.fromkeys(addresses, StoredCell(None, is_formula=False))
    last = max((Area.of(address).last_row for address in addresses), default=0)
    sheet = opened(outline, tab)
    reader = CellReader(SharedStrings(outline))
    for block in sheet.blocks():
        for row in sheet.rows(block):
            if row.number > last:
                break
            for cell in sheet.cells(block, row):
                address = f"{column_letters(cell.column)}{row.number}"
                if address in found:
                    is_formula = formula_in(cell.inner) is not None
                    found[address] = StoredCell(_text(reader, sheet, row, cell), is_formula)
    return found


def named_cell(outline: Outline, name: str) -> Place | None:
    """The one cell that a name of the whole workbook stands for; None if it is none or gone."""
    for defined in outline.names:
        if defined.name.casefold() == name.casefold() and defined.tab is None:
            place = place_of(defined.text)
            # Some programs keep the names of a sheet that was deleted.
            sheets = {tab.name.casefold() for tab in outline.sheets}
            return place if place and place.sheet.casefold() in sheets else None
    return None


def _text(reader: CellReader, sheet: Worksheet, row: Row, cell: Cell) -> str | None:
    try:
        shown: Stored = reader.shown(attributes_of(cell.attributes).kind, cell.inner)
    except (ValueError, LookupError):
        sheet.refuse_damage(f"{column_letters(cell.column)}{row.number}")
    match shown:
        case str():
            return shown
        case float() if shown.is_integer():
            return str(int(shown))
        case float():
            return str(shown)
        case _:
            return None
