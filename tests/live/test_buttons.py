"""Each button does its own work, and only that."""

import os
import sys

import pytest
import xlwings as xw
from tests.live.cells import SCORE, STATUS, TIER, cell, everything, line, results, rows
from tests.live.conftest import Desk

from stepladder import addin, help_page
from stepladder.refresh_open import refresh_open

LOW = "Steep climb"
TIMES = int(os.environ.get("STEPLADDER_LIVE_TIMES", "10"))
"""How often a refresh is repeated; `make live-long` repeats it 100 times."""
MOST_GROWTH = 80_000_000
"""Bytes that LibreOffice may keep after that many refreshes, for its undo and caches."""


def press(name: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """What the macro starts: python -m stepladder.addin NAME --wb=BOOK --from_xl=1."""
    monkeypatch.setattr(sys, "argv", [sys.argv[0], name, *sys.argv[2:]])
    return addin.main()


def test_selected_rows_alone_are_written(book: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refresh selected: the tier and list of the selected row change, those of others stay."""
    refresh_open()
    ids = [row["Applicant ID"] for row in rows(book, "Applicants")]
    others = [row for row in rows(book, "Shortlist") if row["Applicant ID"] != ids[1]]
    before = results(book)
    for row in (2, 3):
        cell(book, "Applicants", row, SCORE).value = 201
    cell(book, "Applicants", 2, "Applicant ID").impl.select()
    assert press("refresh_selected", monkeypatch) in {0, 1}
    assert results(book) == {**before, ids[1]: LOW}
    after = rows(book, "Shortlist")
    assert [row for row in after if row["Applicant ID"] != ids[1]] == others
    assert f"1 of {len(ids)} applicants" in line(book)


def test_nothing_selected_is_told(book: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """A selection on another sheet names no applicant."""
    book.sheets["Programs"].range("A2").impl.select()
    assert press("refresh_selected", monkeypatch) == 3
    assert "Nothing is selected" in line(book)


def test_check_writes_findings_alone(book: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check: Findings tells of the new trouble; status, lists and Log stay."""
    refresh_open()
    cell(book, "Applicants", 2, "Graduation year").value = "?"
    before = everything(book)
    assert press("check", monkeypatch) == 1
    assert "Graduation year" in str(everything(book)["Findings"])
    assert cell(book, "Applicants", 2, STATUS).value != "Fix"
    changed = {name for name, cells in everything(book).items() if cells != before[name]}
    assert changed <= {"Findings", "Start", "Dashboard", "Brief"}


def test_a_finding_leads_to_its_cell(book: xw.Book) -> None:
    """The cell that a finding names is a link to it."""
    place = cell(book, "Applicants", 2, "Graduation year")
    place.value = "?"
    refresh_open()
    address = place.address.replace("$", "")
    at = next(n for n, row in enumerate(rows(book, "Findings"), 1) if row["Cell"] == address)
    assert cell(book, "Findings", at, "Cell").impl.hyperlink == f"#'Applicants'.{address}"


def test_progress_is_shown_below(desk: Desk, book: xw.Book) -> None:
    """Reading, planning and writing are told at Excel's lower edge, then the line of Start."""
    done = refresh_open()
    said = [str(one).split()[1] for one in desk.excel.said]
    assert [*dict.fromkeys(said)] == ["reading", "planning,", "writing", "Refresh,"]
    assert line(book) == done.line


def test_an_unknown_button_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module names the buttons there are."""
    assert press("reset", monkeypatch) == 2


def test_help_is_a_page_of_this_machine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Help opens the page about the workbook, without a network."""
    shown: list[str] = []

    def show(page: str) -> bool:
        shown.append(page)
        return True

    monkeypatch.setattr("webbrowser.open", show)
    assert press("help_page", monkeypatch) == 0
    assert shown == [(desk.folder / "state" / "stepladder" / "help.html").as_uri()]
    assert "# The workbook" in help_page.written_page().read_text("utf-8")


def test_many_refreshes_leave_nothing_behind(desk: Desk, book: xw.Book) -> None:
    """Again and again, with a tier that changes each time: no memory is kept, no row is doubled."""
    refresh_open()
    height = book.sheets["Findings"].tables["Findings"].range.shape[0]
    start = desk.office.resident_bytes()
    for n in range(TIMES):
        cell(book, "Applicants", 1, SCORE).value = 251 if n % 2 else 201
        assert refresh_open().line.endswith("seconds.")
    assert desk.office.resident_bytes() - start < MOST_GROWTH
    assert book.sheets["Findings"].tables["Findings"].range.shape[0] - height in {-1, 0, 1}
    assert len(rows(book, "Log")) == TIMES + 2
    assert cell(book, "Applicants", 1, TIER).value in {LOW, "Highly competitive"}
