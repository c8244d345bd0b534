"""A cell's text is the same from the open workbook as from the saved one."""

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from tests.live.conftest import Desk

from stepladder.books.open_workbook import OpenBook
from stepladder.books.saved_book import SavedBook
from stepladder.books.workbook import Workbook

CELLS = [
    (245, "General", "245"),
    (245.0, "0", "245"),
    (0.1, "General", "0.1"),
    (1e15, "General", "1000000000000000"),
    (0.455, "0.0%", "45.5%"),
    (2500, "$#,##0", "2500"),
    (True, "General", "Yes"),
    (False, "General", "No"),
    (date(2024, 5, 1), "yyyy-mm-dd", "2024-05-01"),
    (datetime(2024, 5, 1, 8, 30), "yyyy-mm-dd hh:mm", "2024-05-01 08:30:00"),  # noqa: DTZ001 - of a cell
    (time(8, 30), "hh:mm", "08:30:00"),
    ("00123", "@", "00123"),
    ("1/2", "@", "1/2"),
    ("=1+1", "@", "=1+1"),
    (" 245* ", "General", " 245* "),
    ("two\nlines", "General", "two\nlines"),
    ("#N/A", "General", "#N/A"),
    (None, "General", None),
]


@pytest.fixture
def texts_of(tmp_path: Path, desk: Desk) -> dict[str, list[str | None]]:
    """The texts of these cells in one column of a table, from both media."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["id", "value"])
    for row, (value, number_format, _) in enumerate(CELLS, start=2):
        sheet.cell(row, 1, f"r{row}")
        cell = sheet.cell(row, 2)
        cell.value, cell.number_format = value, number_format
        if isinstance(value, str):
            cell.data_type = "e" if value == "#N/A" else "s"
    sheet.add_table(Table(displayName="Roster", ref=f"A1:B{len(CELLS) + 1}"))
    path = tmp_path / "values.xlsx"
    made.save(path)
    media: dict[str, Workbook] = {
        "saved": SavedBook(path.read_bytes(), path.name),
        "open": OpenBook(desk.open(path, path.name)),
    }
    return {
        name: book.read(book.tables[0]).text.cells["1"].to_list() for name, book in media.items()
    }


@pytest.mark.parametrize("medium", ["saved", "open"])
def test_a_cell_has_the_same_text(texts_of: dict[str, list[str | None]], medium: str) -> None:
    """Days by their type, Yes and No, numbers without .0, percent by its format, text as it is."""
    assert texts_of[medium] == [text for _, _, text in CELLS]
