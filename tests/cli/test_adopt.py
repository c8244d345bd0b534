"""`stepladder adopt`: our sheets join an office's own workbook, and all else stays."""

import shutil
import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet
from tests.books.made_workbooks import audit, hand_made, zipped
from tests.cli.command import AS_OF, Done, contents, run, sheet_rows, write_book
from tests.cli.office_books import NO_ROSTERS, PROGRAMS, ROSTER, office_book, put
from tests.corpus.standing import Roster, lost, parts_of
from tests.office import recalculated

from stepladder.books.backups import FOLDER
from stepladder.books.edits import CellsEdit
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.sheets import result_tables
from stepladder.books.workbook_patch import patch

OURS = [
    *("Start", "Shortlist", "Plan", "Levers", "Outcomes", "Findings"),
    *("Dashboard", "Brief", "Fit", "Rules", "Log"),
]
PAGES = ("Start", "Dashboard", "Brief")
CALCULATED = [column.title for column in result_tables()["applicants"].columns]
ADVISEES, PLACES = Roster("Advisees", "Our_IMGs"), Roster("Where to apply", "Places.US")


def adopt(book: Path, *options: str) -> Done:
    """Adopt as of one day."""
    return run("adopt", book, "--as-of", AS_OF, *options)


def refresh(book: Path, *options: str) -> Done:
    """Refresh as of the same day."""
    return run("refresh", book, "--as-of", AS_OF, *options)


def table_rows(book: Path, table: str) -> list[dict[str, Any]]:
    """The rows of an Excel table, by title, as calamine reads them."""
    return fastexcel.read_excel(book).load_table(table, dtypes="string").to_polars().to_dicts()


def opened(book: Path, *, data_only: bool = False) -> openpyxl.Workbook:
    """The workbook as openpyxl reads it; it warns of what it would not keep."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(BytesIO(book.read_bytes()), data_only=data_only)


def edited(book: Path, sheet: str, cell: str, value: object) -> None:
    """Type into one cell, as Excel does to our mind: the rest of the file stays."""
    shown = outline(Package(book.read_bytes(), book.name))
    changed = patch(shown, [CellsEdit(sheet, {cell: value})])
    with book.open("wb") as file:
        shown.package.save(file, changed.parts)


TABLES, PLAIN_LISTS = "tables", "plain lists"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Of each kind an office's workbook, before.xlsx, and what adopt made of it, cohort.xlsx."""
    books = {}
    for kind, table in ((TABLES, "Our_IMGs"), (PLAIN_LISTS, None)):
        folder = tmp_path_factory.mktemp("adopt")
        office_book(folder / "before.xlsx", table=table)
        books[kind] = Path(shutil.copyfile(folder / "before.xlsx", folder / "cohort.xlsx"))
        done = adopt(books[kind])
        assert (done.exit_code, done.err) == (0, "")
        (folder / "said.txt").write_text(done.out, "utf-8")
    return books


@pytest.fixture(params=[TABLES, PLAIN_LISTS])
def adopted(request: pytest.FixtureRequest, both: dict[str, Path]) -> Path:
    """An office's workbook with both lists after it was adopted."""
    return both[request.param]


@pytest.fixture(scope="module")
def calculated(
    both: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[Path, openpyxl.Workbook]:
    """What LibreOffice finds in each, in one go."""
    return dict(
        zip(
            both.values(),
            recalculated(tmp_path_factory.mktemp("found"), [*both.values()]),
            strict=True,
        )
    )


def before(book: Path) -> Path:
    """The workbook as the office had it."""
    return book.with_name("before.xlsx")


def test_the_office_loses_nothing(adopted: Path) -> None:
    """Every part stays byte for byte, but for what gains entries; a taken list is added to only."""
    old, new = before(adopted).read_bytes(), adopted.read_bytes()
    assert lost(old, new, [ADVISEES, PLACES]) == []
    assert lost(old, new) != []


def test_only_the_taken_lists_are_touched(adopted: Path) -> None:
    """The four parts that gain entries, and of a list its sheet and its table."""
    old, new = parts_of(before(adopted).read_bytes()), parts_of(adopted.read_bytes())
    sheets = {"xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"}
    had_tables = "xl/tables/table1.xml" in old
    lists = {"xl/worksheets/sheet2.xml", "xl/tables/table1.xml"} if had_tables else sheets
    assert {name for name in old if new[name] != old[name]} == {
        *("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"),
        *("xl/styles.xml", *lists),
    }


def test_our_sheets_stand_behind_theirs(adopted: Path) -> None:
    """In the order of the design, without those whose lists were taken; its own sheet opens."""
    book = opened(adopted)
    assert book.sheetnames == [
        *("Overview", "Advisees", "Where to apply", *NO_ROSTERS),
        *OURS,
    ]
    assert book.active is not None
    assert book.active.title == "Overview"


def test_nothing_is_found_wrong_that_was_not_before(adopted: Path, tmp_path: Path) -> None:
    """Office Open XML: every part is as Excel expects it."""
    old = audit(before(adopted).read_bytes(), tmp_path)
    assert audit(adopted.read_bytes(), tmp_path) - old == {}


def test_it_says_what_was_taken(adopted: Path) -> None:
    """Lists with their place and rows, sheets that came, and where the state before is."""
    said = adopted.with_name("said.txt").read_text("utf-8")
    assert "Applicants: the 3 rows of Advisees!C5:N8 are taken." in said
    assert "Programs: the 3 rows of Where to apply!A3:N6 are taken." in said
    assert f"Added the sheets {', '.join(OURS)}; all else is as it was." in said
    assert f"The state before is kept as {FOLDER}/cohort.0001." in said
    for name in ("Exemplar", "Fennmoor"):
        assert name not in said


def test_our_columns_stand_at_the_lists_right(adopted: Path) -> None:
    """The office's own columns and words stay; the results are those of its rows."""
    had_table = "Our_IMGs" in [*fastexcel.read_excel(adopted).table_names()]
    rows = table_rows(adopted, "Our_IMGs" if had_table else "Applicants")
    assert [*rows[0]] == [*ROSTER[0], *CALCULATED]
    assert [row["AAMC ID"] for row in rows] == ["007", "3401-E5", "A3"]
    assert [row["Step 1"] for row in rows] == ["P", "210", "P"]
    assert [row["Tier"] for row in rows] == ["Competitive", "Targeted", "Challenging"]
    assert [row["Step 2 CK less Step 1"] for row in rows] == [None, "28", None]
    assert [row["Eligible programs"] for row in rows] != [None] * 3


def test_the_results_are_those_of_batch(adopted: Path, tmp_path: Path) -> None:
    """One engine: the columns and lists are what batch finds in the same workbook."""
    inputs = (before(adopted), "--programs", before(adopted), "--out", tmp_path / "out.xlsx")
    done = run("batch", *inputs, "--as-of", AS_OF)
    assert done.exit_code == 0
    for table in ("Shortlist", "Plan", "Findings"):
        assert sheet_rows(adopted, table) == sheet_rows(tmp_path / "out.xlsx", table)
    by_batch = sheet_rows(tmp_path / "out.xlsx", "Applicants")
    book = opened(adopted, data_only=True)
    cells = [[cell.value for cell in row] for row in book["Advisees"]["O6:AE8"]]
    assert cells == [[row[title] for title in CALCULATED] for row in by_batch]


def test_formulas_name_the_offices_own_table_and_titles(adopted: Path) -> None:
    """Drop-downs, Dashboard and Brief follow the list as the office calls it."""
    had_table = "Our_IMGs" in [*fastexcel.read_excel(adopted).table_names()]
    name = "Our_IMGs" if had_table else "Applicants"
    book = opened(adopted)
    assert book.defined_names["Applicant_IDs"].attr_text == f"{name}[AAMC ID]"
    formulas = [cell.value for cell in cells_of(book["Brief"]) if str(cell.value).startswith("=")]
    assert any(f"{name}[Student]" in formula for formula in formulas)
    if had_table:
        assert not any("Applicants[" in formula for formula in formulas)


def cells_of(sheet: Worksheet) -> Sequence[Any]:
    """All cells of a sheet."""
    return [cell for row in sheet.iter_rows() for cell in row]


def test_libreoffice_finds_what_the_file_holds(
    adopted: Path, calculated: dict[Path, openpyxl.Workbook]
) -> None:
    """Every formula of our pages, calculated anew, gives the value that is stored."""
    found = calculated[adopted]
    stored = opened(adopted, data_only=True)
    for page in PAGES:
        for cell in cells_of(stored[page]):
            expected = cell.value if cell.value != "" else None
            anew = found[page][cell.coordinate].value
            assert (anew or None) == (expected or None), f"{page}!{cell.coordinate}"
    for cell in cells_of(stored["Advisees"]):
        assert found["Advisees"][cell.coordinate].value == cell.value


def test_a_refresh_right_after_writes_nothing(adopted: Path) -> None:
    """The results are there already."""
    content = adopted.read_bytes()
    done = refresh(adopted)
    assert (done.exit_code, done.err) == (0, "")
    assert "up to date: nothing was written" in done.out
    assert adopted.read_bytes() == content


def test_an_edit_changes_its_results_and_nothing_else(adopted: Path, tmp_path: Path) -> None:
    """A better score moves the tier; every part that is neither the list nor ours stays."""
    book = tmp_path / "cohort.xlsx"
    shutil.copyfile(adopted, book)
    edited(book, "Advisees", "K8", 251)
    old = parts_of(book.read_bytes())
    assert refresh(book).exit_code == 0
    new = parts_of(book.read_bytes())
    changed = {name for name in old if new[name] != old[name]}
    theirs = [*parts_of(before(adopted).read_bytes())]
    assert [*new] == [*old]
    assert changed & {*theirs} <= {"xl/worksheets/sheet2.xml", "xl/styles.xml"}
    after = opened(book, data_only=True)
    tier = CALCULATED.index("Tier")
    assert after["Advisees"].cell(8, 15 + tier).value == "Highly competitive"
    assert lost(before(adopted).read_bytes(), book.read_bytes(), [ADVISEES, PLACES]) == [
        "xl/worksheets/sheet2.xml: an element is gone or moved: c K8"
    ]


def test_restore_brings_the_offices_workbook_back(adopted: Path, tmp_path: Path) -> None:
    """Byte for byte."""
    book = shutil.copytree(adopted.parent, tmp_path / "copy") / "cohort.xlsx"
    assert book.read_bytes() != before(adopted).read_bytes()
    assert run("restore", book).exit_code == 0
    assert book.read_bytes() == before(adopted).read_bytes()


def test_adopted_twice_it_asks_for_a_refresh(adopted: Path) -> None:
    """Our sheets are there already."""
    content = adopted.read_bytes()
    done = adopt(adopted)
    assert done.exit_code == 3
    assert "has Stepladder's sheets already; run stepladder refresh cohort.xlsx" in done.err
    assert adopted.read_bytes() == content


# ── which list is taken ─────────────────────────────────────────────────────────────────────────


def test_lists_that_are_no_rosters_are_left_alone(tmp_path: Path) -> None:
    """Addresses, money, an inventory with ID, Name and State: empty tables come instead."""
    book = office_book(tmp_path / "book.xlsx", roster=None, programs=None)
    old = book.read_bytes()
    done = adopt(book)
    assert (done.exit_code, done.err) == (0, "")
    assert "are taken" not in done.out
    assert lost(old, book.read_bytes()) == []
    after = opened(book)
    assert after.sheetnames == [
        *("Overview", *NO_ROSTERS),
        *("Start", "Applicants", "Programs", *OURS[1:]),
    ]
    assert [{*row.values()} for row in table_rows(book, "Applicants")] == [{None}]


def test_the_list_that_names_more_is_taken(tmp_path: Path) -> None:
    """Last year's short list is left alone; it need not be the first sheet."""
    short = [row[1:9] for row in ROSTER]
    book = office_book(tmp_path / "book.xlsx", Aaa=short, programs=None)
    assert "Applicants: the 3 rows of Advisees!C5:N8 are taken." in adopt(book).out
    book = office_book(tmp_path / "new.xlsx", roster=short, Zzz=ROSTER, programs=None, table=None)
    assert "Applicants: the 3 rows of Zzz!A1:L4 are taken." in adopt(book).out


def test_the_list_that_is_called_so_is_taken(tmp_path: Path) -> None:
    """A sheet Applicants goes before all others."""
    book = office_book(tmp_path / "book.xlsx", Applicants=[row[1:9] for row in ROSTER])
    assert "Applicants: the 3 rows of Applicants!A1:H4 are taken." in adopt(book).out


def test_of_two_like_lists_none_is_guessed(tmp_path: Path) -> None:
    """Two seasons on two sheets: the sentence names both and says how to choose."""
    book = office_book(tmp_path / "book.xlsx", Fall_2025=ROSTER)
    done = refused(book)
    assert done.exit_code == 3
    assert "Advisees!C5:N8 and Fall 2025!A1:L4" in done.err
    assert "call the one to take Applicants, its table" in done.err


def test_a_roster_with_two_headers_for_one_column_is_refused(tmp_path: Path) -> None:
    """Both are named, as everywhere; it is not passed over for an empty table."""
    doubled = [[*row, row[8]] for row in ROSTER]
    doubled[0][-1] = "USMLE Step 2 CK"
    book = office_book(tmp_path / "book.xlsx", roster=doubled)
    done = refused(book)
    assert done.exit_code == 3
    assert "“Step 2 CK” (K5) and “USMLE Step 2 CK” (O5) both mean Step 2 CK score" in done.err


def test_a_sheet_that_is_called_like_a_table_elsewhere(tmp_path: Path) -> None:
    """The table Advisees stands on another sheet than the sheet Advisees: each is itself."""
    book = office_book(tmp_path / "book.xlsx", table="Money", programs=None)
    assert "Applicants: the 3 rows of Advisees!C5:N8 are taken." in adopt(book).out


def test_a_header_without_rows_is_no_list_yet(tmp_path: Path) -> None:
    """Nothing can be taken of it, so empty tables come."""
    book = office_book(tmp_path / "book.xlsx", roster=ROSTER[:1], programs=None, table=None)
    assert "are taken" not in adopt(book).out


def test_what_stands_apart_is_no_part_of_the_list(tmp_path: Path) -> None:
    """A legend beside the programs, with an empty column between, stays outside the table."""
    book = tmp_path / "book.xlsx"
    write_book(
        book, {"Here": [[*row, None, note] for row, note in zip(PROGRAMS, "abcd", strict=True)]}
    )
    assert "Programs: the 3 rows of Here!A1:N4 are taken." in adopt(book).out
    assert "up to date" in refresh(book).out


def test_a_column_without_a_title_that_touches_the_list_is_refused(tmp_path: Path) -> None:
    """Sorting the table would part its rows from those cells; the cell to fill is named."""
    book = tmp_path / "book.xlsx"
    write_book(
        book, {"Here": [[*row, note] for row, note in zip(PROGRAMS, ["", *"abc"], strict=True)]}
    )
    assert "Here!O1: this column has no title; type one." in refused(book).err


def test_a_refresh_reads_the_list_that_was_taken(tmp_path: Path) -> None:
    """Not a table of the office's that names as many columns and is no roster."""
    with xlsxwriter.Workbook(tmp_path / "made.xlsx") as made:
        put(made, "Sites", SITES, table="Sites")
        put(made, "Advisees", ROSTER, table="Our_IMGs")
        put(made, "Where", [row[:8] for row in PROGRAMS], table="Places")
    book = tmp_path / "made.xlsx"
    assert "Programs: the 3 rows of Where!A1:H4 are taken." in adopt(book).out
    assert "up to date" in refresh(book).out


SITES = (
    ("ID", "Name", "Institution", "City", "State", "Source", "Notes", "Verified"),
    ("S1", "Larkhollow clinic", "Larkhollow", "Larkhollow", "PA", "map", "", ""),
)
"""As many columns of programs as the list below, none of which tells one."""


def test_one_list_alone_is_taken(tmp_path: Path) -> None:
    """Programs are there, applicants are not: an empty sheet of applicants comes."""
    book = office_book(tmp_path / "book.xlsx", roster=None)
    done = adopt(book)
    assert done.exit_code == 0
    assert "Programs: the 3 rows" in done.out
    assert "Added the sheets Start, Applicants, Shortlist" in done.out
    assert refresh(book).exit_code == 0


def test_a_row_to_fix_is_exit_code_1(tmp_path: Path) -> None:
    """The list is taken all the same, and Findings leads to the cell on the office's own sheet."""
    roster = [[*row] for row in ROSTER]
    roster[2][8] = "two-forty"
    book = office_book(tmp_path / "book.xlsx", roster=roster)
    done = adopt(book)
    assert (done.exit_code, done.err) == (1, "")
    after = opened(book)
    finding = next(after["Findings"].iter_rows(min_row=2))
    assert finding[4].value == "K7"
    assert finding[4].hyperlink.location.replace("'", "") == "Advisees!K7"
    assert after["Advisees"]["K7"].value == "two-forty"


@pytest.mark.parametrize("table", ["Programs", "Über_uns.2026", "R", "A\\B", "_x", "Applicants"])
def test_a_table_of_any_other_name_is_taken(tmp_path: Path, table: str) -> None:
    """Formulas follow the name, whatever it is."""
    book = office_book(tmp_path / "book.xlsx", table=None, roster=None)
    made = opened(book)
    sheet = made.create_sheet("Advisees")
    for row in ROSTER:
        sheet.append(row)
    ref = f"A1:L{len(ROSTER)}"
    sheet.add_table(openpyxl.worksheet.table.Table(displayName=table, name=table, ref=ref))
    made.save(book)
    if table in {"R", "A\\B", "Programs"}:
        assert refused(book).exit_code == 3
        return
    assert adopt(book).exit_code == 0
    assert "up to date" in refresh(book).out


# ── what is refused ─────────────────────────────────────────────────────────────────────────────


def refused(book: Path, *options: str) -> Done:
    """Adopt what is refused: one sentence, and the folder is as it was to the last byte."""
    old, stamp = contents(book.parent), book.stat().st_mtime_ns if book.exists() else None
    done = adopt(book, *options)
    assert done.exit_code in {3, 4}
    assert done.out == ""
    assert done.err.startswith("stepladder: ")
    assert len(done.err.splitlines()) == 1
    assert contents(book.parent) == old
    assert (book.stat().st_mtime_ns if book.exists() else None) == stamp
    return done


def with_part(book: Path, name: str, content: bytes = b"<x/>") -> None:
    """Add a part to the package."""
    book.write_bytes(zipped({**parts_of(book.read_bytes()), name: content}))


def respelled(book: Path, part: str, old: bytes, new: bytes) -> None:
    """Change some bytes of a part."""
    parts = parts_of(book.read_bytes())
    assert old in parts[part]
    book.write_bytes(zipped({**parts, part: parts[part].replace(old, new, 1)}))


def encrypted(book: Path) -> None:
    """What a password to open makes of it."""
    name = "EncryptedPackage".encode("utf-16-le")
    book.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + name + bytes(512))


def locked(book: Path) -> None:
    """The structure is protected."""
    lock = b'<workbookProtection lockStructure="1"/><bookViews>'
    respelled(book, "xl/workbook.xml", b"<bookViews>", lock)


def titled(sheet: str) -> Callable[[Path], None]:
    """A sheet of another name among the office's own."""
    old, new = b'name="Money"', f'name="{sheet}"'.encode()
    return lambda book: respelled(book, "xl/workbook.xml", old, new)


def named(name: str) -> Callable[[Path], None]:
    """A defined name of another spelling."""
    old, new = b'name="Ceiling"', f'name="{name}"'.encode()
    return lambda book: respelled(book, "xl/workbook.xml", old, new)


def open_in_excel(book: Path) -> None:
    """Excel's marker beside it."""
    owner = book.with_name(f"~${book.name}")
    owner.write_bytes(bytes([4]) + b"Ruth" + bytes(50) + bytes([4, 0]) + "Ruth".encode("utf-16-le"))


def totals(book: Path) -> None:
    """The list has a totals row."""
    respelled(book, "xl/tables/table1.xml", b'totalsRowShown="0"', b'totalsRowCount="1"')


@pytest.mark.parametrize(
    ("change", "exit_code", "told"),
    [
        (encrypted, 3, "protected by a password to open"),
        (lambda book: with_part(book, "_xmlsignatures/sig1.xml"), 3, "is digitally signed"),
        (lambda book: with_part(book, "xl/revisions/r.xml"), 3, "is a legacy shared workbook"),
        (locked, 3, "is protected so that no sheet can be added"),
        (titled("findings"), 3, "would add already: the sheet findings".casefold()),
        (named("As_Of"), 3, "would add already: the name as_of"),
        (open_in_excel, 4, "is open in Excel by Ruth"),
        (totals, 3, "the table Our_IMGs has a totals row"),
        (lambda book: book.write_bytes(b"PK\x03\x04 cut short"), 3, "is damaged or no Excel"),
        (lambda book: book.write_bytes(b"Name,Step 2\r\nAnn,245\r\n"), 3, "no Excel workbook"),
        (lambda book: book.write_bytes(b""), 3, "is damaged or no Excel"),
        (lambda book: book.unlink(), 3, "is not there; check the name"),
    ],
    ids=[
        *("encrypted", "signed", "shared", "locked", "sheet", "name", "open", "totals"),
        *("damaged", "csv", "empty", "missing"),
    ],
)
def test_it_refuses_and_leaves_the_file_alone(
    tmp_path: Path, change: Callable[[Path], None], exit_code: int, told: str
) -> None:
    """One sentence says what is in the way and what to do."""
    book = office_book(tmp_path / "book.xlsx")
    change(book)
    done = refused(book)
    assert done.exit_code == exit_code
    assert told.casefold() in done.err.casefold()


def test_a_stale_marker_can_be_overridden(tmp_path: Path) -> None:
    """As in refresh and restore: --force."""
    book = office_book(tmp_path / "book.xlsx")
    open_in_excel(book)
    assert adopt(book, "--force").exit_code == 0


@pytest.mark.parametrize("name", ["book.xls", "book.csv"])
def test_what_is_no_xlsx_is_refused(tmp_path: Path, name: str) -> None:
    """The old format and text: save as .xlsx first."""
    book = tmp_path / name
    if name.endswith("csv"):
        book.write_text("AAMC ID,YOG,Step 2 CK\n007,2024,245\n", "utf-8")
    else:
        book.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    done = refused(book)
    assert done.exit_code == 3
    assert "as .xlsx" in done.err


@pytest.mark.parametrize("title", ["Tier", "red flags", "next_step", "Status"])
def test_a_column_called_like_a_calculated_one_is_refused(tmp_path: Path, title: str) -> None:
    """By title or name, in any spelling; the cell is named."""
    roster = [[*row] for row in ROSTER]
    roster[0][0] = title
    done = refused(office_book(tmp_path / "book.xlsx", roster=roster))
    assert done.exit_code == 3
    assert f"Advisees!C5: the column {title} is called like one that Stepladder" in done.err


@pytest.mark.parametrize("table", ["Our_IMGs", None])
def test_cells_at_the_right_of_the_list_are_in_the_way(tmp_path: Path, table: str | None) -> None:
    """Within the list's rows and the columns that come; the cell is named."""
    book = office_book(tmp_path / "book.xlsx", table=table)
    made = opened(book)
    made["Advisees"]["R7"] = "ask Ruth"
    made["Advisees"]["R9"] = "below the list"
    made.save(book)
    done = refused(book)
    assert done.exit_code == 3
    assert "Advisees!R7: this cell is not empty" in done.err


def test_a_table_called_like_another_of_ours_is_refused(tmp_path: Path) -> None:
    """The office is told to call it Applicants."""
    done = refused(office_book(tmp_path / "book.xlsx", table="Plan"))
    assert done.exit_code == 3
    assert "the table is called Plan; call it Applicants" in done.err


# ── the example, macros ─────────────────────────────────────────────────────────────────────────


def test_the_example_takes_no_list(tmp_path: Path) -> None:
    """The fictional cohort stands beside the office's own lists, which are not read."""
    book = office_book(tmp_path / "book.xlsx")
    old = book.read_bytes()
    done = adopt(book, "--example")
    assert (done.exit_code, done.err) == (0, "")
    assert "are taken" not in done.out
    assert lost(old, book.read_bytes()) == []
    rows = table_rows(book, "Applicants")
    assert len(rows) == 67
    assert {"Exemplar"} & {str(row["Name"]).split()[-1] for row in rows} == set()
    assert refresh(book).exit_code == 1
    assert "up to date" in refresh(book).out


def test_a_vba_project_stays_byte_for_byte(tmp_path: Path) -> None:
    """An .xlsm stays one, and its macros are those of the office."""
    parts = hand_made()
    sheet_type = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = str(parts["[Content_Types].xml"]).encode()
    assert sheet_type in types
    types = types.replace(sheet_type, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    types = types.replace(
        b"</Types>",
        b'<Override PartName="/xl/vbaProject.bin" '
        b'ContentType="application/vnd.ms-office.vbaProject"/></Types>',
    )
    links = str(parts["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        '<Relationship Id="vba" Type="http://schemas.microsoft.com/office/2006/relationships/'
        'vbaProject" Target="vbaProject.bin"/></Relationships>',
    )
    book = tmp_path / "book.xlsm"
    content = {
        **parts,
        "[Content_Types].xml": types,
        "xl/_rels/workbook.xml.rels": links,
        "xl/vbaProject.bin": bytes(range(256)),
    }
    book.write_bytes(zipped(content))
    assert adopt(book).exit_code == 0
    after = parts_of(book.read_bytes())
    assert after["xl/vbaProject.bin"] == bytes(range(256))
    assert b"macroEnabled" in after["[Content_Types].xml"]
    assert [name for name in after if "vba" in name] == ["xl/vbaProject.bin"]


def test_a_workbook_by_openpyxl_is_taken_too(tmp_path: Path) -> None:
    """Shared strings, no table, the list alone from A1 on: as most offices have it."""
    book = tmp_path / "plain.xlsx"
    write_book(book, {"Sheet1": ROSTER, "Sheet2": PROGRAMS})
    old = book.read_bytes()
    assert adopt(book).exit_code == 0
    assert lost(old, book.read_bytes(), [Roster("Sheet1", None), Roster("Sheet2", None)]) == []
    assert "up to date" in refresh(book).out


def test_quiet_is_quiet(tmp_path: Path) -> None:
    """Nothing but errors."""
    done = adopt(office_book(tmp_path / "book.xlsx"), "--quiet")
    assert (done.exit_code, done.out, done.err) == (0, "", "")
