"""A worksheet that holds a plain list in; where the list stands, and its rows as text, out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from stepladder.books.outline import Outline, Tab
from stepladder.books.placed_table import Area, PlacedTable
from stepladder.books.saved_workbook import BESIDE_HEADER, HEADER_WITHIN
from stepladder.books.stored_table import TextReader, stored_table
from stepladder.books.table import SHEET_COLUMNS, SHEET_ROWS
from stepladder.books.workbook import StoredTable
from stepladder.books.worksheet import opened


@dataclass(frozen=True)
class StoredList:
    """A list that is no Excel table: from its header row to the last row with anything in it."""

    area: Area
    read: StoredTable


def header_rows(outline: Outline, tab: Tab, reader: TextReader) -> dict[int, dict[int, str]]:
    """The texts of a worksheet's first rows, by row number and 0-based column.

    Raises InputError for a part that is damaged or cannot be read safely.
    """
    sheet = opened(outline, tab)
    rows: dict[int, dict[int, str]] = {}
    for block in sheet.blocks():
        for row in sheet.rows(block):
            if row.number > HEADER_WITHIN:
                return rows
            for cell in sheet.cells(block, row):
                try:
                    text = (reader.text(cell) or "").strip()
                except (LookupError, ValueError):
                    sheet.refuse_damage(f"row {row.number}")
                if text:
                    rows.setdefault(row.number, {})[cell.column] = text
    return rows


def header_of(
    rows: dict[int, dict[int, str]], count: Callable[[Sequence[str]], int]
) -> Area | None:
    """The row with the most known titles, from its first to its last title; None without any.

    Titles that stand apart, with an empty cell between, belong to it only if some are known.
    """
    best = max(rows, key=lambda number: (count([*rows[number].values()]), -number), default=0)
    if not best or not count([*rows[best].values()]):
        return None
    runs: list[list[int]] = []
    for column in sorted(rows[best]):
        if runs and column == runs[-1][-1] + 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    known = [run for run in runs if count([rows[best][column] for column in run])]
    return Area(best, best, known[0][0], known[-1][-1])


def stored_list(outline: Outline, tab: Tab, header: Area) -> StoredList | None:
    """The rows under a header row; None where there are none.

    Columns without a title belong to the list where they touch it and hold text. Raises InputError
    as `stored_table` does.
    """
    first = max(header.first_column - BESIDE_HEADER, 0)
    last = min(header.last_column + BESIDE_HEADER, SHEET_COLUMNS - 1)
    reach = Area(header.first_row, SHEET_ROWS, first, last)
    read = stored_table(outline, _as_table(tab, reach)).text
    has_text = [column.is_not_null().any() for column in read.cells]
    left, right = header.first_column - first, header.last_column - first
    while left and has_text[left - 1]:
        left -= 1
    while right < len(has_text) - 1 and has_text[right + 1]:
        right += 1
    used = read.cells.select(
        pl.any_horizontal(pl.col(str(at)).is_not_null() for at in range(left, right + 1)).alias("")
    ).to_series()
    rows = read.sheet_rows.filter(used)
    if rows.is_empty():
        return None
    area = Area(header.first_row, int(rows[-1]), first + left, first + right)
    return StoredList(area, stored_table(outline, _as_table(tab, area)))


def _as_table(tab: Tab, area: Area) -> PlacedTable:
    """The table that the list would be."""
    titles = ("",) * (area.last_column - area.first_column + 1)
    return PlacedTable("", tab.name, area, header_rows=1, totals_rows=0, columns=titles)
