"""A workbook with code, refreshed or adopted as a file: its macros, ribbon, button and settings."""

import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from tests.cli.command import AS_OF, run
from tests.cli.office_books import PROGRAMS, ROSTER, furnish, put
from tests.cli.office_edits import (
    address,
    changed_parts,
    part_of,
    parts,
    refresh,
    typed,
    with_parts,
)
from tests.doctor.made import WINDOWS

from stepladder import shipped
from stepladder.books.interpreter import Interpreter, settings, stored_xlwings
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.program_place import WORKBOOK_SHEET
from stepladder.doctor.repairs import name_python
from stepladder.new import BLANK
from stepladder.template.macros import RIBBON_PART, macros_of, with_ribbon

ANN = Interpreter(r"C:\Users\Ann\python.exe", "/Volumes/Ann/python")
SCORE = "Step 2 CK score"
SIGNED = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Target="vbaProjectSignature.bin" Type="http://schemas.microsoft.com/'
    b'office/2006/relationships/vbaProjectSignature"/></Relationships>'
)
SIGNATURE = (
    b'<Override PartName="/xl/vbaProjectSignature.bin" '
    b'ContentType="application/vnd.ms-office.vbaProjectSignature"/>'
)


def of_the_button(book: Path, page: str) -> dict[str, bytes]:
    """What button, ribbon, code and its signature consist of; the page has the button."""
    held = parts(book)
    start = part_of(book, page)
    relations = f"xl/worksheets/_rels/{Path(start).name}.rels"
    kept = {
        name: part
        for name, part in held.items()
        if name in {RIBBON_PART, "_rels/.rels", relations}
        or name.startswith(("xl/vbaProject", "xl/_rels/vbaProject"))
        or (name.endswith(".vml") and Path(name).name.encode() in held[relations])
    }
    drawn = re.findall(rb"<legacyDrawing [^>]*>|<sheetPr [^>]*>", held[start])
    code_name = re.search(rb"<workbookPr [^>]*>", held["xl/workbook.xml"])
    assert len(drawn) == 2
    assert code_name
    return kept | {
        "settings": held[part_of(book, WORKBOOK_SHEET)],
        "page": b"".join(drawn),
        "workbook": code_name[0],
    }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office's own workbook: code, a button, a tab in the ribbon and settings for xlwings."""
    path = tmp_path_factory.mktemp("office") / "office.xlsm"
    code = macros_of(shipped.workbooks() / BLANK)
    with xlsxwriter.Workbook(path) as book:
        book.add_vba_project(BytesIO(code.project), is_stream=True)
        furnish(book)
        overview = book.get_worksheet_by_name("Overview")
        assert overview
        overview.insert_button("H2", {"macro": "RefreshAll", "caption": "Go"})
        put(book, "Advisees", ROSTER, (4, 2), "Our_IMGs")
        put(book, "Where to apply", PROGRAMS, (2, 0), "Places.US")
        conf = book.add_worksheet(WORKBOOK_SHEET)
        conf.hide()
        for row, pair in enumerate(settings(ANN)):
            conf.write_row(row, 0, pair)
    kind = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    with_parts(
        path,
        {
            "_rels/.rels": with_ribbon,
            RIBBON_PART: code.ribbon,
            "xl/vbaProjectSignature.bin": b"signed by the office",
            "xl/_rels/vbaProject.bin.rels": SIGNED,
            "[Content_Types].xml": lambda part: part.replace(kind, kind + SIGNATURE),
        },
    )
    return path


def test_a_refresh_of_the_file_keeps_all_of_the_button(tmp_path: Path) -> None:
    """Byte for byte, and the workbook still says which xlwings it has."""
    book = Path(shutil.copy(shipped.workbooks() / "stepladder-example.xlsm", tmp_path))
    typed(book, "Applicants", {address(book, SCORE, 1): 221})
    before, button = parts(book), of_the_button(book, "Start")
    assert refresh(book).exit_code == 1
    assert part_of(book, "Start") in changed_parts(before, book)
    assert of_the_button(book, "Start") == button
    assert len(button) == 8
    found = stored_xlwings(outline(Package(book.read_bytes())))
    assert found == macros_of(shipped.workbooks() / BLANK).xlwings


def test_adopt_keeps_all_of_an_offices_own_button(office: Path, tmp_path: Path) -> None:
    """Byte for byte, also in a refresh after it; our sheets bring no code name of their own."""
    book = Path(shutil.copy(office, tmp_path))
    button = of_the_button(book, "Overview")
    assert len(button) == 10
    assert SIGNATURE in parts(book)["[Content_Types].xml"]
    assert run("adopt", book, "--as-of", AS_OF).exit_code == 0
    assert of_the_button(book, "Overview") == button
    typed(book, "Advisees", {"K6": 201})
    before = parts(book)
    assert refresh(book).exit_code == 0
    assert part_of(book, "Advisees") in changed_parts(before, book)
    assert of_the_button(book, "Overview") == button
    assert SIGNATURE in parts(book)["[Content_Types].xml"]
    code_names = [part.count(b" codeName=") for name, part in parts(book).items() if ".xml" in name]
    assert sum(code_names) == sum(part.count(b" codeName=") for part in parts(office).values())


def test_a_fix_keeps_all_but_the_settings(tmp_path: Path) -> None:
    """`stepladder doctor BOOK --fix`: the sheet xlwings.conf alone is another."""
    book = Path(shutil.copy(shipped.workbooks() / BLANK, tmp_path))
    before, button = parts(book), of_the_button(book, "Start")
    name_python(book, WINDOWS)
    assert changed_parts(before, book) == {part_of(book, WORKBOOK_SHEET)}
    after = of_the_button(book, "Start")
    assert {name for name in button if after[name] != button[name]} == {"settings"}
