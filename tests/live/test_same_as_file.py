"""The same book refreshed live and refreshed as a file holds the same cells."""

import math
import shutil
from pathlib import Path

import pytest
from tests.live.cells import LINE, everything
from tests.live.conftest import Desk

from stepladder.books.edits import CellsEdit
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.placed_table import Area
from stepladder.books.workbook_patch import patch
from stepladder.refresh_book import refresh_book
from stepladder.refresh_open import refresh_open
from stepladder.run_book import Asked

TIME_OF_REFRESH = {("Start", "D16"), ("Start", "D24"), LINE}
"""When it was; D24 tells of the changes, and is compared without its time."""


@pytest.fixture(scope="module")
def edited(large: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with other scores, an applicant less, and a rule that is overridden."""
    path = tmp_path_factory.mktemp("edited") / "edited.xlsx"
    package = Package(large.read_bytes(), "edited.xlsx")
    edits = [CellsEdit("Applicants", {"N2": 215, "N3": 252, "N4": None, "A5": "00123"})]
    patched = patch(outline(package), edits)
    with path.open("wb") as file:
        package.save(file, patched.parts)
    return path


def test_live_and_file_give_the_same_cells(desk: Desk, edited: Path) -> None:
    """Issue 6: the same book refreshed live and refreshed as a file gives the same cells."""
    # Under one name, which Start shows.
    as_file = desk.folder / "file" / "live.xlsx"
    as_file.parent.mkdir()
    shutil.copyfile(edited, as_file)
    refresh_book(as_file, Asked())
    open_book = desk.open(edited, "live.xlsx")
    assert refresh_open().code == 1
    live = everything(open_book)
    open_book.close()
    saved = everything(desk.open(as_file, "live.xlsx"))
    assert [*live] == [*saved]
    assert [one for name in saved for one in difference(name, live[name], saved[name])] == []


def difference(sheet: str, live: list[list[object]], saved: list[list[object]]) -> list[str]:
    """The cells that differ, in the area of both."""
    height, width = max(len(live), len(saved)), max(len(live[0]), len(saved[0]))
    return [
        f"{sheet}!{address}: {one!r} {other!r}"
        for row in range(height)
        for column in range(width)
        for one, other in [(at(live, row, column), at(saved, row, column))]
        for address in [Area(row + 1, row + 1, column, column).ref]
        if not same(one, other)
        and (sheet, address) not in TIME_OF_REFRESH
        and not (sheet == "Log" and address.startswith("A"))
    ]


def at(rows: list[list[object]], row: int, column: int) -> object:
    """A cell; one beyond the used area is empty."""
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def same(one: object, other: object) -> bool:
    """Equal, or numbers that differ by less than a program's own arithmetic."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other
