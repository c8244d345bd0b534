"""A saved roster in; the same with new values, saved by openpyxl, out: the peer, as a command."""

import sys

from openpyxl import load_workbook
from tests.benchmarks.roster import OWNED, TABLE, new_values


def main() -> None:
    """BOOK OUT."""
    book, out = sys.argv[1:]
    workbook = load_workbook(book)
    sheet = workbook[TABLE]
    values = new_values(sheet.max_row - 1).values()
    for column, of_column in zip(OWNED, values, strict=True):
        for row, value in enumerate(of_column, start=2):
            sheet.cell(row, column + 1).value = value
    workbook.save(out)


if __name__ == "__main__":
    main()
