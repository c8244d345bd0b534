"""What the guard lets no parser see."""

import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from tests.books.packages import SHEET, WORKBOOK, with_part, with_parts, with_rows

from stepladder.books import guard, read_table
from stepladder.books.guard import damage_told, guarded
from stepladder.books.package import Package
from stepladder.books.placed_table import PlacedTable
from stepladder.books.saved_book import SavedBook
from stepladder.books.saved_workbook import read_workbook
from stepladder.errors import InputError

_TABLE_REF = "A1:B3"


def book() -> bytes:
    """A workbook with one sheet that holds a table of one title and two rows."""
    made = BytesIO()
    with xlsxwriter.Workbook(made) as new:
        sheet = new.add_worksheet("Applicants")
        rows = [["007", "Ann"], ["008", "Bob"]]
        sheet.add_table(
            _TABLE_REF, {"data": rows, "columns": [{"header": "ID"}, {"header": "Name"}]}
        )
    return made.getvalue()


def known(headers: object) -> int:
    """Whether ID is among the headers."""
    return int("ID" in headers)  # type: ignore[operator]


def read(content: bytes) -> list[tuple[object, ...]]:
    """The rows, by the reader of batch and check."""
    return read_workbook(content, "Book.xlsx", known).cells.rows()


def refusal(reader: Callable[[bytes], object], content: bytes) -> str:
    """With what sentence a reader refuses these bytes."""
    with pytest.raises(InputError) as refused:
        reader(content)
    assert refused.value.message.startswith("Book.xlsx ")
    assert refused.value.message.endswith(".")
    assert refused.value.exit_code == 3
    return refused.value.message


def package(content: bytes) -> Package:
    """The bytes, by the reader of refresh and adopt."""
    return Package(content, "Book.xlsx")


def bomb(size: int) -> bytes:
    """The workbook with a picture that unpacks to so many bytes."""
    return with_compressed(book(), {"xl/media/image1.emf": bytes(size)})


def with_compressed(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The same package, compressed, with more parts."""
    changed = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return changed.getvalue()


def overlapping() -> bytes:
    """The workbook with two entries of its directory that lead to the same bytes."""
    content = bytearray(book())
    with zipfile.ZipFile(BytesIO(bytes(content))) as opened:
        offset = opened.infolist()[0].header_offset
    second = content.find(b"PK\1\2", content.find(b"PK\1\2") + 4)
    content[second + 42 : second + 46] = offset.to_bytes(4, "little")
    return bytes(content)


DTD = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'


def with_dtd(old: bytes) -> bytes:
    """A part with entities of its own, behind its declaration."""
    declaration, _, rest = old.partition(b"?>")
    return declaration + b"?>" + DTD + rest


@pytest.mark.parametrize("reader", [read, package])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (bomb(64 << 20), "unpacks to far more"),
        (with_parts(book(), {f"xl/a{at}.bin": b"" for at in range(10_001)}), "unpacks to far"),
        (with_parts(book(), {"xl/../../evil.xml": b"<a/>"}), "not packed as office programs"),
        (with_parts(book(), {"XL/WORKBOOK.XML": b"<a/>"}), "not packed as office programs"),
        (with_part(book(), SHEET, with_dtd), "declares its own XML entities"),
        (with_part(book(), WORKBOOK, with_dtd), "declares its own XML entities"),
        (with_part(book(), SHEET, lambda old: old.decode().encode("utf-16")), "not UTF-8"),
        (
            with_part(book(), SHEET, lambda old: old.replace(b"UTF-8", b"UTF-7", 1)),
            "not UTF-8",
        ),
        (overlapping(), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel format"),
        (
            with_parts(book(), {"xl/styles.xml": b"<styleSheet>" + b" " * (33 << 20)}),
            "unpacks to far more",
        ),
    ],
)
def test_both_readers_refuse_what_no_office_program_saves(
    reader: Callable[[bytes], object], content: bytes, sentence: str
) -> None:
    """One guard stands before them, so that batch, check, adopt and refresh say the same."""
    assert sentence in refusal(reader, content)


CELL = '<c r="A1" t="inlineStr"><is><t>ID</t></is></c>'


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="999999999"/>',
        '<row r="1048577"/>',
        '<row spans=">" r="999999999"/>',
        '<row r="&#57;99999999"/>',
        '<row r=" 999999999 "/>',
        '<row r="1"><c r="XFE1"/></row>',
        '<row r="1"><c r="AAAA1"/></row>',
        '<row r="1">' + "<c/>" * 16_385 + "</row>",
        "<row/>" * 1_048_577,
    ],
    ids=lambda rows: rows[:30],
)
def test_a_cell_that_no_sheet_has_is_refused_before_a_reader_counts_to_it(rows: str) -> None:
    """A false row number would keep openpyxl busy for hours."""
    content = with_rows(book(), rows)
    message = refusal(read, with_compressed(content, {}))
    assert "Excel" in message


@pytest.mark.parametrize("row", ["1048576", "0000002"])
@pytest.mark.parametrize("column", ["A", "XFD"])
def test_the_last_cell_of_a_sheet_is_one(row: str, column: str) -> None:
    """The limits are Excel's own."""
    rows = f'<row r="1">{CELL}</row><row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'
    assert guarded(with_rows(book(), rows), "Book.xlsx").refuse_beyond() is None  # type: ignore[func-returns-value]


def test_a_table_beyond_the_sheet_is_damage() -> None:
    """Its reference is where the reader would go."""
    content = with_part(
        book(), "xl/tables/table1.xml", lambda old: old.replace(b"A1:B3", b"A1:B999999999")
    )
    assert "damaged" in refusal(read, content)


def test_more_shared_texts_than_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read whole before the first cell is."""
    monkeypatch.setattr(guard, "MOST_STRINGS", 3)
    assert "unpacks to far more" in refusal(read, book())
    monkeypatch.setattr(guard, "MOST_STRINGS", 6)
    assert read(book()) == [("007", "Ann"), ("008", "Bob")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"{\\rtf1\\ansi", "a text document"),
        (b"\x1f\x8b\x08\0", "an archive"),
        (b"\x09\x04\x06\x00\x00\x00", "a very old Excel format"),
        (b"\xef\xbb\xbf<html><table><tr><td>ID", "a web page"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "Excel 2003",
        ),
    ],
)
def test_a_file_is_known_by_what_it_holds(tmp_path: Path, content: bytes, what: str) -> None:
    """Many systems save such a file as .xls, .xlsx or .csv."""
    for suffix in (".xlsx", ".csv"):
        path = tmp_path / f"list{suffix}"
        path.write_bytes(content)
        with pytest.raises(InputError, match=f"^list{suffix} is .*{what}.*save the list as .xlsx"):
            read_table(path, known)


def test_an_open_document_is_called_by_its_name(tmp_path: Path) -> None:
    """It is a package, too."""
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<a/>")
    with pytest.raises(InputError, match="an OpenDocument file"):
        read_table(path, known)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    """A folder may hold one; a reader of it would wait for a writer."""
    path = tmp_path / "list.csv"
    os.mkfifo(path)
    with pytest.raises(InputError, match="a pipe or a device"):
        read_table(path, known)


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    """Its size is asked first; this one takes no room on the disk."""
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(guard.LARGEST_FILE + 1)
    with pytest.raises(InputError, match="larger than 2 GB"):
        read_table(path, known)


def test_each_of_many_tables_has_its_own_header() -> None:
    """Though one pass over the sheet looks for all of them."""
    made = BytesIO()
    with xlsxwriter.Workbook(made) as new:
        sheet = new.add_worksheet("Applicants")
        for place, name in (("A1:B2", "One"), ("D60:E61", "Two")):
            columns = [{"header": "ID"}, {"header": name}]
            sheet.add_table(place, {"name": name, "data": [[name, "x"]], "columns": columns})
    for name in ("One", "Two"):
        table = read_workbook(made.getvalue(), "Book.xlsx", known, name=name)
        assert (table.headers, table.cells.rows()) == (("ID", name), [(name, "x")])


@pytest.mark.parametrize(
    "ask",
    [
        lambda saved, table: saved.columns(table, ["Name"]),
        lambda saved, table: saved.cells(table.sheet, ["B2"]),
        lambda saved, table: saved.read(table),
    ],
)
@pytest.mark.parametrize("cell", ["<v> </v>", "<v>--</v>", "<v>1</v><v>2</v>"])
def test_a_cell_that_holds_no_number_is_damage_with_its_address(
    cell: str, ask: Callable[[SavedBook, PlacedTable], object]
) -> None:
    """Whoever asks for it in a refresh; found by `make mutations`."""
    rows = f'<row r="1">{CELL}</row><row r="2"><c r="A2"/><c r="B2">{cell}</c></row>'
    saved = SavedBook(with_rows(book(), rows), "Book.xlsx")
    [table] = saved.tables
    with pytest.raises(InputError, match=r"^Book\.xlsx, sheet Applicants, is damaged from B2 on"):
        ask(saved, table)


def test_what_a_part_stumbles_over_is_told_as_damage() -> None:
    """A reader of parts cannot foresee all that they may say; what was raised is the cause."""
    with (
        pytest.raises(InputError, match=r"^Book\.xlsx is damaged") as refused,
        damage_told("Book.xlsx"),
    ):
        int("x")
    assert isinstance(refused.value.__cause__, ValueError)
