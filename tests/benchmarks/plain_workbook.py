"""Ready rows in; a plain workbook of them out: what the question “a new workbook” is timed against.

Run as a process of its own: `python -m tests.benchmarks.plain_workbook ROWS OUT.xlsx`. ROWS holds
pickles: the title of a sheet, then its rows, each a list, then None; the next title, and so on.
XlsxWriter writes them in its leanest way, row by row: no looks, no tables, no formulas.
"""

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from xlsxwriter import Workbook

_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def main(rows: Path, out: Path) -> None:
    """Write every sheet of the file."""
    with rows.open("rb") as file, Workbook(out, _OPTIONS) as book:
        while (title := next(_pickles(file), None)) is not None:
            sheet = book.add_worksheet(title)
            for number, row in enumerate(_pickles(file)):
                for place, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, place, value)
                    elif value is not None:
                        sheet.write_number(number, place, value)


def _pickles(file: IO[bytes]) -> Iterator[Any]:
    """Give what stands in the file up to the next None or the file's end."""
    while file.peek(1):  # type: ignore[attr-defined]  # a file that is opened to be read has it
        found = pickle.load(file)  # noqa: S301 - this run wrote it
        if found is None:
            return
        yield found


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
