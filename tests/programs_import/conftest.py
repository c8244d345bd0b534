"""Made-up Residency Explorer exports and lists of programs, written as pipe tables."""

import csv
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from stepladder.programs_import import Imported, import_programs

PMR = "Specialty: Physical Medicine and Rehabilitation"
CODE, NAME = "ACGME residency program code", "Residency program name"


def cells(table: str) -> list[list[str]]:
    """The cells of a pipe table."""
    lines = [line for line in table.splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Write an export: labels left, a program a column; nothing between bars is an empty cell."""

    def write(
        table: str, name: str = "export.xlsx", day: str = "2026-03-01", top: str = PMR
    ) -> Path:
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = "WorkSheet"
        sheet.append([top])
        for row in cells(table):
            sheet.append(row)
        path = tmp_path / name
        book.save(path)
        dated(path, day)
        return path

    return write


@pytest.fixture
def programs_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write an office's own list of programs from a pipe table."""

    def write(table: str, name: str = "programs.csv") -> Path:
        path = tmp_path / name
        path.write_text("".join(",".join(row) + "\n" for row in cells(table)), "utf-8")
        return path

    return write


@pytest.fixture
def spec(export: Callable[..., Path], tmp_path: Path) -> Callable[[str], None]:
    """Import an export of one program for each row of a table, and compare what it gives.

    Left of `||` stand one line of the export, label and cell, or two joined by ` & `. Right of it
    stand a column of programs and its value; no value means that the fact stays unknown.
    """

    def check(table: str) -> None:
        wrong = []
        for number, line in enumerate(filter(str.strip, table.splitlines()[1:])):
            given, expected = line.split("||")
            column, wanted = (cell.strip() for cell in expected.split("|"))
            lines = f"{CODE} | 3409998001\n{NAME} | Fennmoor\n" + given.replace(" & ", "\n")
            found = imported([export(lines)], tmp_path / f"{number}.csv")[0][0]
            if found[column] != (wanted or None):
                wrong.append(f"{line.strip()}: found {found[column]}")
        assert wrong == []

    return check


def dated(path: Path, day: str) -> None:
    """Give a file this day as that of its last change."""
    seconds = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def imported(exports: list[Path], out: Path) -> tuple[list[dict[str, str | None]], Imported]:
    """Import exports: the rows of the file by column name, empty cells as None, and the report."""
    report = import_programs(exports, out)
    lines = report.out.read_text("utf-8-sig").splitlines()
    header = next(at for at, line in enumerate(lines) if "program_id" in line)
    rows = csv.DictReader(lines[header:])
    return [{name: text or None for name, text in row.items()} for row in rows], report
