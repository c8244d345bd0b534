"""Filters, hidden rows and moved columns change where values are seen, not what they are."""

from pathlib import Path

import pytest
import xlwings as xw
from tests.live.cells import (
    SCORE,
    TIER,
    cell,
    everything,
    line,
    results,
    rows,
    swap,
    table,
    titles,
)
from tests.live.conftest import Desk

from stepladder.refresh_open import refresh_open

TOP, LOW = "Highly competitive", "Steep climb"


@pytest.fixture
def scores(book: xw.Book) -> dict[str, str]:
    """Three scores, and the tier that each applicant should have."""
    for row, score in ((1, 251), (2, 201), (3, 252)):
        cell(book, "Applicants", row, SCORE).value = score
    ids = [row["Applicant ID"] for row in rows(book, "Applicants")[:3]]
    return dict(zip(ids, (TOP, LOW, TOP), strict=True))


def tiers(book: xw.Book, ids: dict[str, str]) -> dict[str, str]:
    """What stands beside these ids."""
    return {one: results(book)[one] for one in ids}


def test_filtered_rows_get_their_own_results(book: xw.Book, scores: dict[str, str]) -> None:
    """With a filter on, every applicant has the right tier, and the filter is still on."""
    wanted = [*scores][1]
    table(book, "Applicants").impl.autofilter.apply_values(1, [wanted])
    refresh_open()
    assert tiers(book, scores) == scores
    hidden = [cell(book, "Applicants", row, TIER).rows.hidden for row in (1, 2, 3)]
    assert hidden == [True, False, True]


def test_the_bed_scrambles_filtered_rows_as_excel_does(book: xw.Book) -> None:
    """Xlwings 2619: a block put into filtered rows lands in other rows; so the test above tells."""
    first = cell(book, "Applicants", 1, TIER)
    second = rows(book, "Applicants")[1]["Applicant ID"]
    table(book, "Applicants").impl.autofilter.apply_values(1, [second])
    first.resize(2, 1).value = [["one"], ["two"]]
    assert cell(book, "Applicants", 2, TIER).value == "one"


def test_rows_hidden_by_hand_get_their_results(book: xw.Book, scores: dict[str, str]) -> None:
    """Hidden rows are brought up to date and stay hidden."""
    cell(book, "Applicants", 2, TIER).rows.hidden = True
    refresh_open()
    assert tiers(book, scores) == scores
    assert cell(book, "Applicants", 2, TIER).rows.hidden is True


def test_a_sorted_table_stays_sorted(book: xw.Book, scores: dict[str, str]) -> None:
    """Rows stay where the advisor's order put them, each with its own result."""
    swap(book, 1, 3)
    order = [row["Applicant ID"] for row in rows(book, "Applicants")]
    refresh_open()
    assert [row["Applicant ID"] for row in rows(book, "Applicants")] == order
    assert tiers(book, scores) == scores


def test_the_filter_of_a_table_of_ours_is_taken_off(book: xw.Book, scores: dict[str, str]) -> None:
    """New rows of Shortlist would hide behind an old filter; it is taken off, and that is told."""
    table(book, "Shortlist").impl.autofilter.apply_values(1, [*scores][:1])
    refresh_open()
    listed = {row["Applicant ID"] for row in rows(book, "Shortlist")}
    assert {*scores} <= listed
    assert table(book, "Shortlist").range.rows.hidden is False
    assert "its filter was taken off" in line(book)


def test_columns_are_found_wherever_they_are_moved(book: xw.Book, scores: dict[str, str]) -> None:
    """Our columns and the office's may stand in any order, and the input may be renamed."""
    whole = table(book, "Applicants").range
    at = titles(book, "Applicants").index(TIER)
    names = (whole.column + at, whole.column + 1)
    sheet = table(book, "Applicants").parent
    one, other = (
        sheet.range((whole.row, column), (whole.row + whole.shape[0] - 1, column))
        for column in names
    )
    a, b = one.options(ndim=2).value, other.options(ndim=2).value
    one.value, other.value = b, a
    cell(book, "Applicants", 0, SCORE).value = "Step 2 CK"
    refresh_open()
    assert tiers(book, scores) == scores


@pytest.mark.parametrize("name", ["My Book (1) ü.xlsm", "a & b, c.xlsx"])
def test_any_file_name_is_found(desk: Desk, small: Path, name: str) -> None:
    """The workbook is found by its name, with spaces, brackets and letters of any alphabet."""
    book = desk.open(small, name)
    assert refresh_open().line.startswith("Refresh, ")
    assert line(book).endswith("seconds.")


def test_a_second_refresh_changes_nothing(book: xw.Book) -> None:
    """What is there already is not written again: neither results nor the Log."""
    refresh_open()
    before = everything(book)
    done = refresh_open()
    after = everything(book)
    assert "all was up to date" in done.line
    assert {name: cells for name, cells in after.items() if name != "Start"} == {
        name: cells for name, cells in before.items() if name != "Start"
    }


@pytest.mark.parametrize("one", ["00123", "1/2", "=1+1", "TRUE", "1E5"])
def test_ids_stay_text(book: xw.Book, one: str) -> None:
    """Excel would make numbers, days and formulas of such ids."""
    cell(book, "Applicants", 1, "Applicant ID").value = f"'{one}"
    cell(book, "Applicants", 1, SCORE).value = 251
    refresh_open()
    assert one in {row["Applicant ID"] for row in rows(book, "Shortlist")}
    assert one in {row["Applicant ID"] for row in rows(book, "Plan")}
