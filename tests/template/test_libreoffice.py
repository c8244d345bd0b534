"""LibreOffice opens a results workbook and shows what was written."""

import csv
from pathlib import Path

from tests.office import shown_sheets

from stepladder.books.table import Sheet
from stepladder.template.workbook import write_workbook


def test_libreoffice_shows_what_was_written(tmp_path: Path, applicants: Sheet) -> None:
    """Exported as CSV, ids keep their zeros, dates and rates their look, text its first sign."""
    write_workbook(tmp_path / "r.xlsx", [applicants])
    (sheet,) = shown_sheets(tmp_path, tmp_path / "r.xlsx")
    with sheet.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [column.title for column in applicants.columns]
    assert rows == [
        [
            *("007", "Ann & Bob <x>", "245", "2026-03-01", "NY; PA", "+1 555"),
            *("Competitive", "OK", "12.25", "$1,230", "0.123", "@home"),
        ],
        [
            *("0012", "", "", "2024-02-29", "OH", " kept  as is "),
            *("Pending", "Check", "0.3", "$330", "0.000", "-5"),
        ],
        [
            *("=1+1", "<r>raw</r>", "two-forty", "", "", "line one\nline two"),
            *("Steep climb", "Fix", "", "", "", "“quoted” – ρ 🩺"),
        ],
    ]
