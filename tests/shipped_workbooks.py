"""A folder in; the two workbooks that are shipped, built from today's sources into it, out.

Run `make workbooks` to renew those in workbooks/; tests/template/test_shipped.py checks them.
"""

import datetime as dt
from pathlib import Path

from stepladder import shipped
from stepladder.new import example, example_outcomes, new_workbook
from stepladder.refresh import Settings, load_rulebook

AS_OF = dt.date(2026, 11, 23)
BLANK, EXAMPLE = "stepladder.xlsm", "stepladder-example.xlsm"


def build(folder: Path) -> None:
    """Write both workbooks in place of those that are there."""
    settings = Settings(load_rulebook(), AS_OF)
    for name, tables in (
        (BLANK, (None, None, None)),
        (EXAMPLE, (*example(), example_outcomes())),
    ):
        applicants, programs, outcomes = tables
        book = folder / name
        book.unlink(missing_ok=True)
        new_workbook(book, applicants, programs, settings, outcomes=outcomes)


if __name__ == "__main__":
    build(shipped.workbooks())
