"""A folder in; the workbooks and the add-in that are shipped, built from today's sources, out.

Run `make workbooks` to renew those in workbooks/; tests/template/test_shipped.py checks them.
"""

import datetime as dt
from pathlib import Path
from typing import Final

from tests.macros.project import addin_modules, macros, workbook_modules

from stepladder import shipped
from stepladder.books.interpreter import Interpreter
from stepladder.books.program_place import ADDIN_SHEET
from stepladder.new import ADDIN, BLANK, Button, example, example_outcomes, new_workbook
from stepladder.refresh import Settings, load_rulebook
from stepladder.template.configuration import configuration
from stepladder.template.workbook import write_workbook

AS_OF: Final = dt.date(2026, 11, 23)
EXAMPLE: Final = "stepladder-example.xlsm"
SHEETS: Final = 14
"""Of a workbook that `stepladder new` makes, the hidden one included; Excel knows each by name."""


def build(folder: Path) -> None:
    """Write all three in place of those that are there.

    Which Python their buttons start is left open: it is another on each machine.
    """
    settings = Settings(load_rulebook(), AS_OF)
    button = Button(macros(workbook_modules(), SHEETS), Interpreter())
    for name, (applicants, programs, outcomes) in (
        (BLANK, (None, None, None)),
        (EXAMPLE, (*example(), example_outcomes())),
    ):
        book = folder / name
        book.unlink(missing_ok=True)
        new_workbook(book, applicants, programs, settings, outcomes=outcomes, button=button)
    code = macros(addin_modules(), sheets=1)
    page = configuration(ADDIN_SHEET, Interpreter(), code.xlwings, is_hidden=False)
    write_workbook(folder / ADDIN, [page], code)


if __name__ == "__main__":
    build(shipped.workbooks())
