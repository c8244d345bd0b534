"""What people do in the workbook while results are worked out is never overwritten or misread."""

import pytest
import xlwings as xw
from tests.live.cells import SCORE, STATUS, TIER, cell, line, results, rows, swap, table
from tests.live.meanwhile import meanwhile

from stepladder.refresh_open import refresh_open

TOP, LOW = "Highly competitive", "Steep climb"


def test_a_cell_typed_meanwhile_stays_and_counts(
    book: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A score typed between reading and writing stays, and the tier is that of the new score."""
    score = cell(book, "Applicants", 1, SCORE)
    score.value = 251
    meanwhile(monkeypatch, lambda: setattr(score, "value", 201))
    refresh_open()
    assert score.value == 201
    assert cell(book, "Applicants", 1, TIER).value == LOW


def test_rows_sorted_meanwhile_keep_their_results(
    book: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a sort between reading and writing each result stands beside its own id."""
    cell(book, "Applicants", 1, SCORE).value = 251
    cell(book, "Applicants", 2, SCORE).value = 201
    first, second = (row["Applicant ID"] for row in rows(book, "Applicants")[:2])
    meanwhile(monkeypatch, lambda: swap(book, 1, 2))
    refresh_open()
    assert results(book)[first] == TOP
    assert results(book)[second] == LOW
    assert cell(book, "Applicants", 1, "Applicant ID").value == second


def test_rows_that_never_rest_are_still_matched_by_id(
    book: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorted anew after every run, each result still stands beside its id, and the line says so."""
    cell(book, "Applicants", 1, SCORE).value = 251
    cell(book, "Applicants", 2, SCORE).value = 201
    first, second = (row["Applicant ID"] for row in rows(book, "Applicants")[:2])
    meanwhile(monkeypatch, lambda: swap(book, 1, 2), every_time=True)
    refresh_open()
    assert (results(book)[first], results(book)[second]) == (TOP, LOW)
    assert "refresh again" in line(book)


def test_a_row_added_meanwhile_gets_its_results(
    book: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An applicant who is added between reading and writing is planned too."""

    def add() -> None:
        found = table(book, "Applicants")
        whole = found.range
        found.resize(whole.resize(whole.shape[0] + 1, whole.shape[1]))
        for title, value in (
            ("Applicant ID", "'00777"),
            ("IMG status", "Non-US IMG"),
            ("Graduation year", 2024),
            (SCORE, 251),
        ):
            cell(book, "Applicants", whole.shape[0], title).value = value

    meanwhile(monkeypatch, add)
    refresh_open()
    assert results(book)["00777"] == TOP


def test_a_row_deleted_meanwhile_is_gone(book: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """The results of the others stand beside their ids, those of the deleted one nowhere."""
    cell(book, "Applicants", 3, SCORE).value = 251
    gone, _, third = (row["Applicant ID"] for row in rows(book, "Applicants")[:3])

    def delete() -> None:
        found = table(book, "Applicants")
        whole = found.range
        sheet = found.parent
        below = sheet.range(
            (whole.row + 2, whole.column),
            (whole.row + whole.shape[0] - 1, whole.column + whole.shape[1] - 1),
        )
        below.impl.uno.getSpreadsheet().moveRange(
            sheet.range((whole.row + 1, whole.column)).impl.uno.getCellByPosition(0, 0).CellAddress,
            below.impl.uno.RangeAddress,
        )
        found.resize(whole.resize(whole.shape[0] - 1, whole.shape[1]))

    meanwhile(monkeypatch, delete)
    refresh_open()
    assert results(book)[third] == TOP
    assert gone not in results(book)
    assert gone not in {row["Applicant ID"] for row in rows(book, "Shortlist")}


def test_a_row_without_an_id_is_told(book: xw.Book) -> None:
    """A row whose id is missing is to be fixed, beside itself."""
    cell(book, "Applicants", 2, "Applicant ID").value = None
    refresh_open()
    assert cell(book, "Applicants", 2, STATUS).value == "Fix"
