"""A list that grows or shrinks moves the rows below it; they are not written again."""

import re
from pathlib import Path

import pytest
import xlwings as xw
from tests.live.cells import SCORE, cell, line, rows, table
from tests.live.conftest import Desk, fictional, made

from stepladder.refresh_open import refresh_open

MANY = 500
"""Shortlist has more rows than this below the second applicant's."""


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of sixteen applicants and all programs."""
    folder = tmp_path_factory.mktemp("lists")
    return made(folder / "lists.xlsx", *fictional(folder, 17))


@pytest.fixture
def example(desk: Desk, lists: Path) -> xw.Book:
    """It is open and brought up to date."""
    book = desk.open(lists)
    refresh_open()
    return book


def changed(book: xw.Book, score: int) -> list[dict[str, object]]:
    """The Shortlist after the second applicant's score was typed anew and all was refreshed."""
    cell(book, "Applicants", 2, SCORE).value = score
    refresh_open()
    return rows(book, "Shortlist")


def written(book: xw.Book) -> int:
    """How many rows the line on Start says were written."""
    found = re.search(r"([\d,]+) rows written", line(book))
    assert found is not None, line(book)
    return int(found[1].replace(",", ""))


@pytest.fixture
def all_written(desk: Desk, example: xw.Book) -> dict[int, list[dict[str, object]]]:
    """The Shortlist for a low and a high score, where Excel moves no rows."""
    desk.excel.refuses_to_move = True
    lists = {score: changed(example, score) for score in (201, 251)}
    assert written(example) > MANY
    desk.excel.refuses_to_move = False
    return lists


def test_moved_rows_are_those_that_would_be_written(
    desk: Desk, example: xw.Book, all_written: dict[int, list[dict[str, object]]]
) -> None:
    """The same lists, of which few rows are written; nothing that was copied comes in."""
    desk.excel.cut_copy_mode = "copy"
    for score, expected in all_written.items():
        assert changed(example, score) == expected
        assert written(example) < MANY
    # A row that was put in looks like its neighbours.
    places = table(example, "Shortlist").range
    looks = [places[1:, at].number_format for at in range(places.shape[1])]
    assert None not in looks


def test_what_stands_below_does_not_move(example: xw.Book) -> None:
    """A note under the table, out of the way of its growth: all rows are written again."""
    whole = table(example, "Shortlist").range
    note = whole.sheet.range((whole.row + whole.shape[0] + MANY, whole.column))
    note.value = "my note"
    changed(example, 201)
    assert written(example) > MANY
    assert note.value == "my note"
