"""A saved roster in; the same with new values in its own bytes, out: our way, as a command."""

import sys
from pathlib import Path

import polars as pl
from tests.benchmarks.roster import TABLE, new_values

from stepladder.books.edits import ColumnEdit
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.workbook_patch import patch


def main() -> None:
    """BOOK OUT."""
    book, out = map(Path, sys.argv[1:])
    package = Package(book.read_bytes(), book.name)
    plan = outline(package)
    table = plan.table(TABLE)
    sheet_rows = pl.int_range(table.first_row, table.last_row + 1, eager=True)
    values = pl.DataFrame(new_values(len(sheet_rows)))
    changes = patch(plan, [ColumnEdit(TABLE, sheet_rows, values)])
    with out.open("wb") as file:
        package.save(file, changes.parts)


if __name__ == "__main__":
    main()
