"""Whatever an office types, a refreshed workbook shows what a new one of the same rows would."""

import csv
import random
from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.benchmarks.cohort import make_cohort, make_programs
from tests.cli.command import Done, run
from tests.cli.office_edits import parts, typed

from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.refresh import applicants_schema, programs_schema

AS_OF = "2026-09-01"
APPLICANTS, PROGRAMS, EDITS = 12, 15, 40
TYPED = (
    *("", "n/a", "-", "Yes", "no", "x", "Pass", "fail", "J-1", "h1b", "US IMG", "Non-US IMG"),
    *("245", "245*", "1", "0", "2", "12", "300", "999", "2027", "2019", "two-forty", "1,200"),
    *("2026-05-01", "5/1/2026", "13/1/2025", "2030-01-01", "NY; PA", "=1+1", "+1", "@home", "-5"),
    *("#N/A", "007", "Draft", "PM&R-focused", "University", "Advanced", "10%", " 210 ", "é <&> “”"),
)
"""What people type into any cell, fitting or not."""
TELLS_OF_THE_RUN = {"Start", "Log"}
Lines = list[list[str]]


def lines_of(frame: Any) -> Lines:  # noqa: ANN401 - a polars frame
    """A frame of text as lines, header first."""
    return [frame.columns, *([text or "" for text in row] for row in frame.rows())]


def written(folder: Path, name: str, lines: Lines) -> Path:
    """The lines as a CSV file, whose reader strips one apostrophe before what looks computed."""
    text = StringIO()
    csv.writer(text).writerows(lines)
    path = folder / name
    path.write_text(text.getvalue(), "utf-8")
    return path


def new(folder: Path, name: str, cohort: Lines, programs: Lines) -> Path:
    """A new workbook of these rows."""
    book = folder / name
    words = (
        *("--applicants", written(folder, "cohort.csv", cohort)),
        *("--programs", written(folder, "programs.csv", programs)),
    )
    assert run("new", book, *words, "--as-of", AS_OF).exit_code in {0, 1}
    return book


def edited(draw: random.Random, lines: Lines, names: Sequence[str]) -> dict[tuple[int, int], str]:
    """Random texts for random cells of the schema's columns; ids among them, now and then."""
    cells = {}
    for _ in range(EDITS):
        row, column = draw.randrange(1, len(lines)), draw.randrange(len(names))
        text = draw.choice(TYPED)
        cells[row, column] = text
        lines[row][lines[0].index(names[column])] = text
    return cells


def type_in(book: Path, name: str, cells: dict[tuple[int, int], str]) -> None:
    """Type texts into a table, by row and by the position of the schema's column."""
    found = outline(Package(book.read_bytes(), book.name)).table(name)
    letters = openpyxl.utils.get_column_letter
    typed(
        book,
        found.sheet,
        {f"{letters(column + 1)}{row + 1}": text or None for (row, column), text in cells.items()},
    )


def values(book: Path) -> dict[str, list[list[Any]]]:
    """What every sheet shows but those that tell of the run itself."""
    office = openpyxl.load_workbook(BytesIO(book.read_bytes()), data_only=True)
    return {
        sheet.title: [[cell.value for cell in line] for line in sheet.iter_rows()]
        for sheet in office
        if sheet.title not in TELLS_OF_THE_RUN
    }


def refreshed(book: Path) -> Done:
    """Refresh as of the cohort's own day."""
    return run("refresh", book, "--as-of", AS_OF)


@pytest.mark.parametrize("seed", range(3))
def test_refreshed_is_as_new(tmp_path: Path, seed: int) -> None:
    """After random edits of both tables every cell of every sheet is that of a new workbook."""
    draw = random.Random(seed)
    cohort, programs = (
        lines_of(make_cohort(APPLICANTS, seed)),
        lines_of(make_programs(PROGRAMS, seed)),
    )
    book = new(tmp_path, "book.xlsx", cohort, programs)
    for name, lines, schema in (
        ("Applicants", cohort, applicants_schema()),
        ("Programs", programs, programs_schema()),
    ):
        type_in(book, name, edited(draw, lines, [*schema.by_name]))
    anew = values(new(tmp_path, "anew.xlsx", cohort, programs))
    # A new Brief shows the first who has a list, a refreshed one whoever is chosen.
    typed(book, "Brief", {"C3": anew["Brief"][2][2]})
    done = refreshed(book)
    assert done.exit_code in {0, 1}, done.err
    shown = values(book)
    for title, expected in anew.items():
        if title == "Applicants":
            # New lays what it read, a refresh leaves what was typed.
            at = len(applicants_schema().by_name)
            assert [row[at:] for row in shown[title]] == [row[at:] for row in expected]
        elif title != "Programs":
            assert trimmed(shown[title]) == trimmed(expected), title
    before = parts(book)
    assert "nothing was written" in refreshed(book).out
    assert parts(book) == before


def trimmed(lines: list[list[Any]]) -> list[list[Any]]:
    """The lines without blank ones at the end, as a longer table may have left them."""
    while lines and not any(value is not None for value in lines[-1]):
        lines = lines[:-1]
    width = max(
        (n + 1 for line in lines for n, value in enumerate(line) if value is not None), default=0
    )
    return [line[:width] for line in lines]
