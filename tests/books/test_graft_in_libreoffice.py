"""LibreOffice opens a workbook with our sheets and shows theirs and ours."""

import csv
import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from tests.books.made_workbooks import OURS, donor, hand_made, office, package, zipped

from stepladder.books.graft import graft

# Comma, double quote, UTF-8, from line 1, cells as they are shown, each sheet to its own file.
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"


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


def shown(content: bytes, folder: Path, soffice: str) -> dict[str, list[list[str]]]:
    """What LibreOffice shows on each sheet."""
    (folder / "r.xlsx").write_bytes(content)
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            AS_CSV,
            "--outdir",
            str(folder),
            str(folder / "r.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    sheets = {}
    for path in folder.glob("r-*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            sheets[path.stem.removeprefix("r-")] = list(csv.reader(file))
    return sheets


@pytest.mark.parametrize(
    "target",
    [office(), office(is_1904=True), zipped(hand_made())],
    ids=["by openpyxl", "counting from 1904", "without styles"],
)
def test_libreoffice_shows_old_and_new_sheets(target: bytes, tmp_path: Path, soffice: str) -> None:
    """Ours with their days and money, whatever the workbook counts days from; theirs as before."""
    file = BytesIO()
    graft(package(target), package(donor()), OURS).save(package(target), file)
    (tmp_path / "before").mkdir()
    before = shown(target, tmp_path / "before", soffice)
    after = shown(file.getvalue(), tmp_path, soffice)
    assert {name: after[name] for name in before} == before
    assert after["Applicants"] == [
        ["Applicant ID", "Step 2 CK date", "Budget (USD)", "Status"],
        ["007", "2026-11-23", "$1,200", "Fix"],
        ["<b>", "2026-11-23", "", "OK"],
    ]
    assert after["Dashboard"][:4] == [
        ["How the cohort stands", ""],
        ["", "2026-11-23"],
        ["1", "2026-11-24"],
        ["plain and italic", ""],
    ]
