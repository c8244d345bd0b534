"""LibreOffice opens a results workbook and shows what was written."""

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from stepladder.books.table import Sheet
from stepladder.template import write_workbook


@pytest.fixture
def soffice() -> str:
    """Give LibreOffice's command; without it the test is skipped, in CI it fails."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is not None:
        return found
    reason = "LibreOffice (soffice) is not installed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def test_libreoffice_shows_what_was_written(
    tmp_path: Path, applicants: Sheet, soffice: str
) -> None:
    """Exported as CSV, ids keep their zeros, dates and rates their look, text its first sign."""
    write_workbook(tmp_path / "r.xlsx", [applicants])
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            # Comma, double quote, UTF-8, from line 1, cells as they are shown.
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "r.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
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
