"""A workbook whose macros run in LibreOffice, and what they start.

It is the built one, but for xlwings' module, beside which LibreOffice runs no macro at all:
RunPython.bas stands in for it, and hands what it is told to a program that is made here, which
hands it to office_python.py.
"""

import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any, Final

from tests.live import engine, libreoffice
from tests.macros.project import OURS, XLWINGS, macros, workbook_modules
from tests.shipped_workbooks import AS_OF, SHEETS

import stepladder
from stepladder.books.interpreter import Interpreter
from stepladder.new import Button, new_workbook
from stepladder.refresh import Settings, load_rulebook

STARTS: Final = "STEPLADDER_STARTS"
"""What RunPython.bas reads: the program that it hands everything to."""
PYTHON: Final = Interpreter(windows=sys.executable)
_AT_MOST_S: Final = 60.0
_RUN_MACROS_WITHOUT_ASKING: Final = 4
_ROOT: Final = Path(__file__).parents[2]


class Started:
    """The program that the macros start, in a folder of its own.

    It writes down what it is told, and does it where it knows the port of LibreOffice.
    """

    def __init__(self, folder: Path) -> None:
        self.program = folder / "started"
        self._said = folder / "said"
        self.listens_at(None)

    def listens_at(self, port: int | None) -> None:
        """Let it do what it is told, in the LibreOffice that listens there."""
        said, unfinished = (shlex.quote(str(self._said) + end) for end in ("", ".unfinished"))
        work = ":" if port is None else f'"$1" -m tests.live.office_python {port} "$@"'
        folders = os.pathsep.join([str(_ROOT), str(Path(stepladder.__path__[0]).parent)])
        self.program.write_text(
            f"#!/bin/sh\ncd {shlex.quote(str(_ROOT))}\nexport PYTHONPATH={shlex.quote(folders)}\n"
            f'{{ printf "%s\\n" "$@"; {work}; }} > {unfinished} 2>&1\nmv {unfinished} {said}\n',
            "utf-8",
        )
        self.program.chmod(0o755)

    def said(self) -> list[str]:
        """What it was told, and what it printed, as soon as it has ended."""
        end = time.monotonic() + _AT_MOST_S
        while not self._said.exists():
            assert time.monotonic() < end, "the macro started nothing"
            time.sleep(0.01)
        lines = self._said.read_text("utf-8").splitlines()
        self._said.unlink()
        return lines


def workbook(book: Path, applicants: Path | None = None, programs: Path | None = None) -> Path:
    """Make a workbook with our modules and the stand-in."""
    modules = {name: source for name, source in workbook_modules().items() if name in OURS}
    stand_in = Path(__file__).with_name("RunPython.bas").read_text("utf-8")
    modules[XLWINGS] = stand_in.replace("\n", "\r\n")
    button = Button(macros(modules, SHEETS), PYTHON)
    settings = Settings(load_rulebook(), AS_OF)
    new_workbook(book, applicants, programs, settings, button=button)
    return book


def opened(office: libreoffice.Office, book: Path) -> Any:  # noqa: ANN401 - UNO publishes no types
    """The workbook, open, with its macros allowed to run."""
    allowed = engine.properties(Hidden=True, MacroExecutionMode=_RUN_MACROS_WITHOUT_ASKING)
    place = libreoffice.uno().systemPathToFileUrl(str(book.resolve()))
    document = office.desktop.loadComponentFromURL(place, "_blank", 0, allowed)
    assert document is not None, f"LibreOffice does not open {book.name}"
    return document


def run(document: Any, macro: str) -> None:  # noqa: ANN401 - as above
    """Run a macro by its name; what fails in it, LibreOffice keeps to itself."""
    script = f"vnd.sun.star.script:VBAProject.{macro}?language=Basic&location=document"
    document.getScriptProvider().getScript(script).invoke((), (), ())


def button(document: Any) -> Any:  # noqa: ANN401 - as above
    """The one form control on Start."""
    page = document.Sheets.getByName("Start").DrawPage
    shapes = [page.getByIndex(n) for n in range(page.Count)]
    (found,) = [one for one in shapes if one.ShapeType == "com.sun.star.drawing.ControlShape"]
    return found


def press(document: Any) -> None:  # noqa: ANN401 - as above
    """Press the button as an aid for blind people does: with what a click of the mouse sets off."""
    controller = document.CurrentController
    controller.setActiveSheet(document.Sheets.getByName("Start"))
    controller.setFormDesignMode(False)
    control = controller.getControl(button(document).Control)
    assert control.getAccessibleContext().doAccessibleAction(0)
