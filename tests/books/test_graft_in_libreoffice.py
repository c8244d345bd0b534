"""LibreOffice opens a workbook with our sheets and shows theirs and ours."""

import csv
from io import BytesIO
from pathlib import Path

import pytest
from tests.books.made_workbooks import OURS, donor, hand_made, office, package, zipped
from tests.office import shown_sheets

from stepladder.books.graft import graft


def shown(content: bytes, folder: Path) -> dict[str, list[list[str]]]:
    """What LibreOffice shows on each sheet."""
    folder.mkdir(exist_ok=True)
    book = folder / "r.xlsx"
    book.write_bytes(content)
    sheets = {}
    for path in shown_sheets(folder, book):
        with path.open(encoding="utf-8", newline="") as file:
            sheets[path.stem.removeprefix("r-")] = list(csv.reader(file))
    return sheets


@pytest.mark.parametrize(
    "target",
    [office(), office(is_1904=True), zipped(hand_made())],
    ids=["by openpyxl", "counting from 1904", "without styles"],
)
def test_libreoffice_shows_old_and_new_sheets(target: bytes, tmp_path: Path) -> None:
    """Ours with their days and money, whatever the workbook counts days from; theirs as before."""
    file = BytesIO()
    graft(package(target), package(donor()), OURS).save(package(target), file)
    before = shown(target, tmp_path / "before")
    after = shown(file.getvalue(), tmp_path / "after")
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
