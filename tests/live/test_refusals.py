"""Where a refresh cannot be right, it says so in one sentence and writes nothing."""

import pytest
import xlwings as xw
from tests.live.cells import LINE, SCORE, TIER, Cells, cell, everything, line, table
from tests.live.conftest import Desk
from tests.live.meanwhile import meanwhile

from stepladder.books import open_cells, open_workbook, patience
from stepladder.refresh_open import refresh_open


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted here, not waited for."""
    monkeypatch.setattr(patience, "WAITS", (0.0,) * len(patience.WAITS))
    monkeypatch.setattr(open_workbook, "LONG_WAITS", (0.0,) * len(patience.LONG_WAITS))


@pytest.fixture
def due(book: xw.Book) -> xw.Book:
    """A workbook in which a refresh would change a tier."""
    cell(book, "Applicants", 1, SCORE).value = 201
    return book


def untold(book: xw.Book) -> Cells:
    """Every cell but the one with the line."""
    cells = everything(book)
    cells[LINE[0]] = [
        ["" if row == 10 else value for value in values]
        for row, values in enumerate(cells[LINE[0]])
    ]
    return cells


def test_a_protected_sheet_is_refused(due: xw.Book) -> None:
    """The sheet is named, and what to do."""
    due.sheets["Shortlist"].impl.uno.protect("")
    before = untold(due)
    done = refresh_open()
    assert done.code == 4
    assert "The sheet Shortlist is protected, so nothing was written" in line(due)
    assert untold(due) == before


def test_a_formula_in_our_column_is_refused(due: xw.Book) -> None:
    """Somebody's formula is not overwritten; its cell is named."""
    place = cell(due, "Applicants", 1, TIER)
    place.value = "=1+1"
    before = untold(due)
    assert refresh_open().code == 3
    assert f"Applicants!{place.address.replace('$', '')}: this cell is Stepladder's" in line(due)
    assert untold(due) == before


def test_what_stands_under_a_growing_table_is_refused(due: xw.Book) -> None:
    """A note under Findings is not overwritten when Findings grows; its cell is named."""
    below = growing(due)
    below.value = "my note"
    before = untold(due)
    assert refresh_open().code == 3
    assert f"Findings!A{below.row}: this cell is not Stepladder's" in line(due)
    assert untold(due) == before


def growing(book: xw.Book) -> xw.Range:
    """Let a refresh need more rows in Findings; the first cell below them as they are."""
    for row in range(1, 9):
        cell(book, "Applicants", row, "Graduation year").value = "?"
    whole = table(book, "Findings").range
    return book.sheets["Findings"].range((whole.row + whole.shape[0], 1))


def test_merged_cells_under_a_growing_table_are_refused(due: xw.Book) -> None:
    """They would swallow values; the area is named."""
    below = growing(due)
    below.resize(2, 2).impl.uno.merge(True)  # noqa: FBT003 - UNO takes no names
    before = untold(due)
    assert refresh_open().code == 3
    assert "these cells are merged; unmerge them, so that the table Findings" in line(due)
    assert untold(due) == before


def test_another_table_under_a_growing_one_is_refused(due: xw.Book) -> None:
    """An office's table is not overwritten; its name and place are told."""
    below = growing(due)
    theirs = below.resize(2, 2)
    ranges = due.impl.document.DatabaseRanges
    ranges.addNewByName("OfficeNotes", theirs.impl.uno.RangeAddress)
    before = untold(due)
    assert refresh_open().code == 3
    place = theirs.address.replace("$", "")
    assert f"Findings!{place}: the table OfficeNotes stands where the rows" in line(due)
    assert untold(due) == before


def test_a_totals_row_under_a_table_of_ours_is_refused(due: xw.Book) -> None:
    """Its rows are replaced, so it can have none; where to switch it off is told."""
    table(due, "Shortlist").impl.api.TotalsRow = True
    before = untold(due)
    assert refresh_open().code == 3
    assert "table Shortlist: its rows are replaced, so it can have no totals row" in line(due)
    assert untold(due) == before


def test_a_cell_that_is_being_edited_is_waited_for(desk: Desk, due: xw.Book) -> None:
    """Excel that is busy for a moment is asked again."""
    desk.excel.busy_for = len(patience.WAITS)
    assert refresh_open().line.endswith("seconds.")
    assert cell(due, "Applicants", 1, TIER).value == "Steep climb"


def test_excel_that_stays_busy_is_told(desk: Desk, due: xw.Book) -> None:
    """After some tries the sentence says what to press, and nothing was written."""
    before = untold(due)
    meanwhile(desk.patch, lambda: setattr(desk.excel, "busy_for", 1_000))
    done = refresh_open()
    desk.excel.busy_for = 0
    assert done.code == 4
    assert "Excel is busy, so nothing was written; press Esc" in done.line
    assert untold(due) == before


def test_excel_that_becomes_busy_while_writing_is_told(desk: Desk, due: xw.Book) -> None:
    """Some cells are written by then: the sentence does not say that nothing was."""
    put = open_cells.put

    def put_once(*arguments: object) -> None:
        put(*arguments)  # type: ignore[arg-type]  # handed on as they came
        # Longer than a write is tried, shorter than the settings are put back.
        desk.excel.busy_for = len(patience.WAITS) + 10

    desk.patch.setattr(open_cells, "put", put_once)
    due.app.calculation = "automatic"
    done = refresh_open()
    desk.excel.busy_for = 0
    assert (due.app.calculation, due.app.screen_updating) == ("automatic", True)
    assert done.code == 4
    assert "some may be missing" in done.line
    # Excel does as before once it listens again: the next refresh puts all of it right.
    desk.patch.setattr(open_cells, "put", put)
    assert refresh_open().line.endswith("seconds.")
    assert cell(due, "Applicants", 1, TIER).value == "Steep climb"


def test_a_workbook_that_is_closed_meanwhile_is_told(desk: Desk, due: xw.Book) -> None:
    """The run ends with a sentence, and Excel is left as it was."""
    meanwhile(desk.patch, due.close)
    done = refresh_open()
    assert done.code == 4
    assert "The workbook was closed meanwhile" in done.line
    assert desk.excel.screen_updating is True
    assert desk.excel.said[-1] == f"Stepladder: {done.line}"


def test_no_workbook_is_told_without_a_box(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A button whose workbook is not there ends with a sentence on stderr."""
    monkeypatch.setattr("sys.argv", ["stepladder.addin", "refresh"])
    assert refresh_open().code
    assert capsys.readouterr().err.startswith("stepladder: ")
    assert desk.excel.said == []


def test_a_failure_of_ours_keeps_a_trace_without_values(
    desk: Desk, due: xw.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names the file with the trace, which holds kinds and places, never a message."""

    def fail(*_: object) -> None:
        raise RuntimeError("Ananya Veltharao")

    monkeypatch.setattr("stepladder.refresh_open.patch_open", fail)
    refresh_open()
    log = desk.folder / "state" / "stepladder" / "refresh.log"
    assert str(log) in line(due)
    trace = log.read_text("utf-8")
    assert "builtins.RuntimeError" in trace
    assert "Veltharao" not in trace


@pytest.mark.parametrize("mode", ["automatic", "manual"])
def test_excel_does_afterwards_as_before(desk: Desk, due: xw.Book, mode: str) -> None:
    """Calculation, drawing and selection are as they were, after success and after a failure."""
    due.app.calculation = mode
    due.sheets["Programs"].range("C4:D6").impl.select()

    def state() -> tuple[object, ...]:
        selection = due.app.selection
        assert selection is not None
        return (
            due.app.calculation,
            due.app.screen_updating,
            selection.sheet.name,
            selection.address,
        )

    before = state()
    refresh_open()
    assert state() == before
    cell(due, "Applicants", 1, SCORE).value = 251
    desk.patch.setattr("stepladder.books.open_cells.put", _broken)
    assert refresh_open().code == 70
    assert state() == before


def _broken(*_: object) -> None:
    raise RuntimeError
