"""The macros of a workbook that is open in LibreOffice: what they start, and what comes of it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.live.conftest import FEW, fictional
from tests.live.libreoffice import Office, running
from tests.live.run_python import STARTS, Started, button, opened, press, run, workbook
from tests.macros.project import workbook_modules

from stepladder import shipped
from stepladder.new import BLANK

BUTTONS = {
    "RefreshAll": "refresh",
    "RefreshSelected": "refresh_selected",
    "CheckOnly": "check",
    "OpenHelp": "help_page",
}
NAME = "My Book (1) ü.xlsm"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Started:
    """What the macros start."""
    return Started(tmp_path_factory.mktemp("started"))


@pytest.fixture(scope="module")
def own(started: Started) -> Iterator[Office]:
    """A LibreOffice of its own, whose macros start that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STARTS, str(started.program))
        with running() as office:
            yield office


@pytest.fixture(scope="module")
def bench(own: Office, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - UNO publishes no types
    """A workbook of eight applicants, open."""
    folder = tmp_path_factory.mktemp("bench")
    return opened(own, workbook(folder / NAME, *fictional(folder, FEW, FEW)))


def lines_of(function: str) -> list[str]:
    """What RunPython is told: the interpreter of the hidden sheet, Python, and which workbook."""
    return [sys.executable, f"import stepladder.addin; stepladder.addin.{function}()", NAME]


@pytest.mark.parametrize(("macro", "function"), BUTTONS.items())
def test_a_macro_starts_its_function(
    bench: Any,  # noqa: ANN401 - as above
    started: Started,
    macro: str,
    function: str,
) -> None:
    """Run by its name, as from the list of macros."""
    run(bench, f"Buttons.{macro}")
    assert started.said() == lines_of(function)


def test_the_button_starts_a_refresh(bench: Any, started: Started) -> None:  # noqa: ANN401 - as above
    """Pressed on Start."""
    press(bench)
    assert started.said() == lines_of("refresh")


def test_the_button_brings_new_values_into_the_open_workbook(
    own: Office,
    bench: Any,  # noqa: ANN401 - as above
    started: Started,
) -> None:
    """From the press to the tier of a score that was typed a moment ago; nothing is saved."""
    sheet = bench.Sheets.getByName("Applicants")
    titles = sheet.getCellRangeByName("A1:CZ1").getDataArray()[0]
    score, tier = (titles.index(title) for title in ("Step 2 CK score", "Tier"))
    sheet.getCellByPosition(score, 1).Value = 201
    before = sheet.getCellByPosition(tier, 1).String
    saved = Path(bench.URL.removeprefix("file://").replace("%20", " ").replace("%C3%BC", "ü"))
    bytes_before = saved.read_bytes()
    started.listens_at(own.port)
    press(bench)
    said = started.said()
    started.listens_at(None)
    assert said == lines_of("refresh")
    assert before != sheet.getCellByPosition(tier, 1).String == "Steep climb"
    assert saved.read_bytes() == bytes_before


def test_the_button_is_there_and_bound_to_its_macro(bench: Any) -> None:  # noqa: ANN401 - as above
    """One form control on Start, labelled Refresh, at the place of the cell that .xlsx has."""
    found = button(bench)
    assert found.Control.Label == "Refresh"
    start = bench.Sheets.getByName("Start")
    cell = start.getCellRangeByName("B10")
    # In hundredths of a millimetre.
    assert abs(found.Position.X - cell.Position.X) < 100
    assert abs(found.Position.Y - cell.Position.Y) < 100
    assert abs(found.Size.Height - cell.Size.Height) < 100
    form = start.DrawPage.Forms.getByIndex(0)
    events = [event for n in range(form.Count) for event in form.getScriptEvents(n)]
    assert [event.ScriptCode for event in events] == [
        "vnd.sun.star.script:VBAProject.Buttons.RefreshAll?language=Basic&location=document"
    ]


def test_the_shipped_workbook_opens_with_all_of_its_code(own: Office) -> None:
    """Every module is there; the settings' sheet is hidden."""
    book = opened(own, shipped.workbooks() / BLANK)
    modules = {*book.BasicLibraries.getByName("VBAProject").ElementNames}
    assert {*workbook_modules(), "ThisWorkbook"} <= modules
    assert not book.Sheets.getByName("xlwings.conf").IsVisible
    assert book.Sheets.getByName("Start").IsVisible
