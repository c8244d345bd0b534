"""The macros of a workbook that is open in LibreOffice: which command they start."""

import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.live.libreoffice import Office, running, uno
from tests.macros.project import OURS, macros, workbook_modules
from tests.shipped_workbooks import AS_OF, SHEETS

from stepladder import shipped
from stepladder.books.interpreter import Interpreter
from stepladder.new import BLANK, Button, new_workbook
from stepladder.refresh import Settings, load_rulebook

BUTTONS = {
    "RefreshAll": "refresh",
    "RefreshSelected": "refresh_selected",
    "CheckOnly": "check",
    "OpenHelp": "help_page",
}
_AT_MOST_S = 20.0
_RUN_MACROS_WITHOUT_ASKING = 4


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that leaves its arguments in the file `said` beside it."""
    program = tmp_path_factory.mktemp("marker") / "marker"
    said = shlex.quote(str(program.with_name("said")))
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" > {said}.new && mv {said}.new {said}\n')
    program.chmod(0o755)
    return program


@pytest.fixture(scope="module")
def marking(marker: Path) -> Iterator[Office]:
    """A LibreOffice of its own, whose macros start the marker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STEPLADDER_COMMAND", str(marker))
        with running() as office:
            yield office


@pytest.fixture(scope="module")
def bench(marking: Office, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - UNO publishes no types
    """The workbook without xlwings' module, beside which LibreOffice runs no macro at all."""
    book = tmp_path_factory.mktemp("bench") / "My Book (1) ü.xlsm"
    ours = {name: source for name, source in workbook_modules().items() if name in OURS}
    button = Button(macros(ours, SHEETS), Interpreter())
    new_workbook(book, None, None, Settings(load_rulebook(), AS_OF), button=button)
    return opened(marking, book)


def opened(office: Office, book: Path) -> Any:  # noqa: ANN401 - as above
    """The workbook, open, with its macros allowed to run."""
    options = []
    for name, value in (("Hidden", True), ("MacroExecutionMode", _RUN_MACROS_WITHOUT_ASKING)):
        option = uno().createUnoStruct("com.sun.star.beans.PropertyValue")
        option.Name, option.Value = name, value
        options.append(option)
    place = uno().systemPathToFileUrl(str(book.resolve()))
    document = office.desktop.loadComponentFromURL(place, "_blank", 0, tuple(options))
    assert document is not None, f"LibreOffice does not open {book.name}"
    return document


def run(document: Any, macro: str) -> None:  # noqa: ANN401 - as above
    """Run a macro by its name; what fails in it, LibreOffice keeps to itself."""
    script = f"vnd.sun.star.script:VBAProject.{macro}?language=Basic&location=document"
    document.getScriptProvider().getScript(script).invoke((), (), ())


def said_to(marker: Path) -> str:
    """What the marker was started with, as soon as it says so."""
    said = marker.with_name("said")
    end = time.monotonic() + _AT_MOST_S
    while not said.exists():
        assert time.monotonic() < end, "the macro started nothing"
        time.sleep(0.05)
    words = said.read_text().strip()
    said.unlink()
    return words


@pytest.mark.parametrize(("macro", "function"), BUTTONS.items())
def test_a_macro_starts_its_function(
    bench: Any,  # noqa: ANN401 - as above
    marker: Path,
    macro: str,
    function: str,
) -> None:
    """Run by its name, as from the list of macros."""
    run(bench, f"Buttons.{macro}")
    assert said_to(marker) == function


def test_the_button_is_there_and_bound_to_its_macro(bench: Any) -> None:  # noqa: ANN401 - as above
    """One form control on Start, labelled Refresh, at the place of the cell that .xlsx has."""
    start = bench.Sheets.getByName("Start")
    page = start.DrawPage
    shapes = [page.getByIndex(n) for n in range(page.Count)]
    (button,) = [one for one in shapes if one.ShapeType == "com.sun.star.drawing.ControlShape"]
    assert button.Control.Label == "Refresh"
    cell = start.getCellRangeByName("B10")
    # In hundredths of a millimetre.
    assert abs(button.Position.X - cell.Position.X) < 100
    assert abs(button.Position.Y - cell.Position.Y) < 100
    assert abs(button.Size.Height - cell.Size.Height) < 100
    form = page.Forms.getByIndex(0)
    events = [event for n in range(form.Count) for event in form.getScriptEvents(n)]
    assert [event.ScriptCode for event in events] == [
        "vnd.sun.star.script:VBAProject.Buttons.RefreshAll?language=Basic&location=document"
    ]


def test_the_shipped_workbook_opens_with_all_of_its_code(marking: Office) -> None:
    """Every module is there; the settings' sheet is hidden."""
    book = opened(marking, shipped.workbooks() / BLANK)
    modules = {*book.BasicLibraries.getByName("VBAProject").ElementNames}
    assert {*workbook_modules(), "ThisWorkbook"} <= modules
    assert not book.Sheets.getByName("xlwings.conf").IsVisible
    assert book.Sheets.getByName("Start").IsVisible
