"""`stepladder new`: a workbook to fill in, empty, with the example, or with an office's tables."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import fastexcel
import openpyxl
import pytest
import xlwings
from openxml_audit import OpenXmlValidator
from tests.cli.command import (
    AS_OF,
    COHORT,
    EXAMPLE_APPLICANTS,
    EXAMPLE_PROGRAMS,
    PROGRAMS,
    contents,
    run,
    sheet_rows,
)

from stepladder import shipped
from stepladder.books.interpreter import Interpreter, running, stored_interpreter, stored_xlwings
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.new import ADDIN, BLANK, new_addin
from stepladder.validate import load_schema

SHEETS = [
    *("Start", "Applicants", "Programs", "Shortlist", "Plan", "Levers", "Outcomes", "Findings"),
    *("Dashboard", "Brief", "Fit", "Rules", "Log"),
]
TABLES = [name for name in SHEETS if name not in {"Start", "Dashboard", "Brief"}]
MESSY = """\
Our roster of 2026
Locker,Step 1,AAMC ID,Student,IMG type,YOG,Step 2 CK,Advisor
12,P,007,Ann Exemplar,US IMG,2024,245*,Ruth
=1+1,229,3401-E5,Bob Exemplar,Non-US,2025,two-forty,+Ruth
"""
"""A title line, aliases, one column for two, a meant-well score, one that cannot be read."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three workbooks that a person may begin with, and the office's tables."""
    top = tmp_path_factory.mktemp("new")
    (top / "cohort.csv").write_text(MESSY, "utf-8")
    (top / "programs.csv").write_text(PROGRAMS, "utf-8")
    assert run("new", top / "blank.xlsm").exit_code == 0
    assert run("new", top / "example.xlsm", "--example", "--as-of", AS_OF).exit_code == 0
    inputs = ("--applicants", top / "cohort.csv", "--programs", top / "programs.csv")
    assert run("new", top / "office.xlsx", *inputs, "--as-of", AS_OF).exit_code == 1
    return top


@pytest.fixture
def office(folder: Path) -> Iterator[openpyxl.Workbook]:
    """The workbook made from the office's own tables."""
    with closing(openpyxl.load_workbook(folder / "office.xlsx")) as book:
        yield book


@pytest.mark.parametrize("name", ["blank.xlsm", "example.xlsm", "office.xlsx"])
def test_every_workbook_has_the_sheets_of_the_design(folder: Path, name: str) -> None:
    """The workbook: sheets in their order, and on each but a page a table with its name."""
    with closing(openpyxl.load_workbook(folder / name)) as book:
        hidden = ["xlwings.conf"] if name.endswith(".xlsm") else []
        assert book.sheetnames == [*SHEETS, *hidden]
        assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == hidden
        assert {sheet.title: [*sheet.tables] for sheet in book if sheet.tables} == {
            table: [table] for table in TABLES
        }


@pytest.mark.parametrize("name", ["blank.xlsm", "example.xlsm", "office.xlsx"])
def test_every_workbook_passes_the_schema_check(folder: Path, name: str) -> None:
    """Office Open XML: every part is as Excel expects it."""
    found = OpenXmlValidator().validate(folder / name)
    assert [f"{error.part_uri}: {error.description}" for error in found.errors] == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", ["blank.xlsm", "example.xlsm", "office.xlsx"])
def test_calamine_and_openpyxl_read_every_table(folder: Path, name: str, table: str) -> None:
    """Two readers find the same titles and the same number of rows."""
    by_calamine = fastexcel.read_excel(folder / name).load_table(table, dtypes="string").to_polars()
    rows = sheet_rows(folder / name, table)
    assert by_calamine.columns == [*rows[0]]
    assert by_calamine.height == len(rows)


@pytest.mark.parametrize("table", ["applicants", "programs"])
def test_every_column_of_the_schema_is_there(folder: Path, table: str) -> None:
    """Whatever the office's tables lacked, there is a column to fill in."""
    schema = load_schema(shipped.schemas() / f"{table}.toml")
    for name in ("blank.xlsm", "office.xlsx"):
        header = [*sheet_rows(folder / name, table.capitalize())[0]]
        assert header[: len(schema.columns)] == [column.title for column in schema.columns]


def test_an_offices_table_is_laid_out_anew(folder: Path) -> None:
    """Aliases and a shared Step 1 column become the schema's columns; own columns follow."""
    first, second = sheet_rows(folder / "office.xlsx", "Applicants")
    assert (first["Applicant ID"], first["Step 1 result"], first["Step 2 CK score"]) == (
        "007",
        "Pass",
        245,
    )
    assert (second["Applicant ID"], second["Step 1 score"], second["Locker"]) == (
        "3401-E5",
        229,
        "=1+1",
    )
    assert second["Step 2 CK score"] == "two-forty"
    assert (first["Status"], second["Status"]) == ("Check", "Fix")


def test_a_finding_leads_to_its_cell_in_the_new_workbook(office: openpyxl.Workbook) -> None:
    """The link, the address and the text that was found belong together."""
    findings = office["Findings"]
    titles = [cell.value for cell in findings[1]]
    told = {
        (row[titles.index("Code")].value, row[titles.index("Table")].value): row
        for row in findings.iter_rows(min_row=2)
    }
    row = told["unreadable", "applicants"]
    cell = row[titles.index("Cell")]
    assert cell.hyperlink.location == f"'Applicants'!{cell.value}"
    assert office["Applicants"][cell.value].value == "two-forty"
    assert row[titles.index("Found")].value == "two-forty"


def test_errors_stand_first(folder: Path) -> None:
    """Findings: what must be fixed comes before what is to be looked at."""
    severities = [str(row["Severity"]) for row in sheet_rows(folder / "example.xlsm", "Findings")]
    assert severities == sorted(severities)
    assert {*severities} == {"Error", "Query"}


def test_readings_that_are_meant_well_are_told(folder: Path) -> None:
    """245* is written as 245, and Findings says so once."""
    told = [row for row in sheet_rows(folder / "office.xlsx", "Findings") if row["Found"] == "245*"]
    assert [row["Code"] for row in told] == ["read_as_number"]


def test_a_record_with_more_cells_than_headers_stays_an_error(tmp_path: Path) -> None:
    """Its surplus stays in the file, a column says so, and a refresh still asks for the row."""
    lines = COHORT.splitlines()
    (tmp_path / "cohort.csv").write_text("\n".join([*lines[:2], f"{lines[2]},more", lines[3]]))
    book = tmp_path / "book.xlsx"
    run("new", book, "--applicants", tmp_path / "cohort.csv", "--as-of", AS_OF)
    for _ in range(2):
        rows = {row["Applicant ID"]: row for row in sheet_rows(book, "Applicants")}
        assert rows["3401-E5"]["Surplus cells"] == "cohort.csv, line 3"
        assert [row["Status"] for row in rows.values()] == ["OK", "Fix", "OK"]
        assert [row["Code"] for row in sheet_rows(book, "Findings")] == ["surplus_cells"]
        run("refresh", book, "--as-of", AS_OF)


def test_a_shifted_row_tells_no_name(tmp_path: Path) -> None:
    """Privacy: “Last, First” without quotes shifts the cells, so none of the row is quoted."""
    rows = "ID,Student name,IMG status,YOG,Step 2 CK\n1,Exemplarova,Zdenka,US IMG,2022,240\n"
    (tmp_path / "cohort.csv").write_text(rows, "utf-8")
    book = tmp_path / "book.xlsx"
    done = run("new", book, "--applicants", tmp_path / "cohort.csv", "--as-of", AS_OF)
    refreshed = run("refresh", book, "--as-of", "2026-12-01")
    checked = run("check", tmp_path / "cohort.csv")
    told = str([*sheet_rows(book, "Findings")]) + done.out + refreshed.out + checked.out
    assert "Zdenka" not in told
    assert "not shown" in told


def test_a_workbook_of_batch_keeps_the_error_of_a_shifted_row(tmp_path: Path) -> None:
    """A refresh of it still asks for the row; a folder has the file's own columns only."""
    lines = COHORT.splitlines()
    (tmp_path / "cohort.csv").write_text("\n".join([*lines[:2], f"{lines[2]},more", lines[3]]))
    (tmp_path / "programs.csv").write_text(PROGRAMS)
    inputs = (tmp_path / "cohort.csv", "--programs", tmp_path / "programs.csv", "--as-of", AS_OF)
    run("batch", *inputs, "--out", tmp_path / "book.xlsx")
    run("batch", *inputs, "--out", tmp_path / "folder")
    run("refresh", tmp_path / "book.xlsx", "--as-of", AS_OF)
    rows = sheet_rows(tmp_path / "book.xlsx", "Applicants")
    assert [row["Status"] for row in rows] == ["OK", "Fix", "OK"]
    assert "Surplus" not in (tmp_path / "folder" / "applicants.csv").read_text("utf-8-sig")


def test_a_season_nobody_entered_is_asked_about_once(tmp_path: Path) -> None:
    """The office's season is not in the calendar: one finding at the header, no row to check."""
    (tmp_path / "cohort.csv").write_text(COHORT)
    book = tmp_path / "book.xlsx"
    inputs = ("--applicants", tmp_path / "cohort.csv", "--season", "2031", "--as-of", AS_OF)
    run("new", book, *inputs)
    told = [row for row in sheet_rows(book, "Findings") if row["Code"] == "season_carried_over"]
    assert [row["Cell"] for row in told] == ["D1"]


def test_text_that_looks_like_a_formula_stays_text(office: openpyxl.Workbook) -> None:
    """Values beginning with = + - @ are never formulas."""
    values = [cell for row in office["Applicants"].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in values if cell.value in {"=1+1", "+Ruth"}} == {"s"}


def test_the_plan_can_be_filtered_by_advisor(folder: Path) -> None:
    """Plan and Shortlist name applicant and advisor beside the id."""
    people = {
        row["Applicant ID"]: (row["Name"], row["Advisor"])
        for row in sheet_rows(folder / "example.xlsm", "Applicants")
    }
    for table in ("Plan", "Shortlist"):
        for row in sheet_rows(folder / "example.xlsm", table):
            assert (row["Name"], row["Advisor"]) == people[row["Applicant ID"]]


def test_the_log_begins_with_the_first_results(folder: Path) -> None:
    """Log: when, which rulebook, how many rows and findings; an empty workbook has none yet."""
    (entry,) = sheet_rows(folder / "example.xlsm", "Log")
    assert (entry["When"], entry["Who"]) == (AS_OF, "stepladder new")
    assert (entry["Applicants"], entry["Programs"], entry["Errors"]) == (67, 110, 18)
    assert entry["Changed"] == "First results"
    (nothing,) = sheet_rows(folder / "blank.xlsm", "Log")
    assert {*nothing.values()} == {None}


def test_equal_tables_have_an_equal_fingerprint(folder: Path, tmp_path: Path) -> None:
    """Log: another day, another rulebook or order of columns does not change it; a cell does."""
    cohort = COHORT.replace("Locker,", "").replace(",2024,12,", ",2024,")
    prints = []
    for n, text in enumerate((cohort, cohort.replace("245", "246"), cohort)):
        (tmp_path / "cohort.csv").write_text(
            text.replace(",2025,,", ",2025,").replace(",2022,,", ",2022,"), "utf-8"
        )
        inputs = ("--applicants", tmp_path / "cohort.csv", "--programs", folder / "programs.csv")
        run("new", tmp_path / f"{n}.xlsx", *inputs, "--as-of", f"2026-11-2{n}")
        (entry,) = sheet_rows(tmp_path / f"{n}.xlsx", "Log")
        prints.append(entry["Input fingerprint"])
    assert prints[0] == prints[2] != prints[1]


def test_rules_hold_every_value_with_its_source(folder: Path) -> None:
    """Rules: what `stepladder rules` prints stands there, the value open to change."""
    rows = sheet_rows(folder / "blank.xlsm", "Rules")
    printed = run("rules").out
    for row in rows:
        assert f"{row['Rule']} = {row['Value']}" in printed
        assert str(row["Source"]) in printed
    assert len(rows) > 400


def test_the_offices_season_is_taken_where_a_row_has_none(folder: Path, tmp_path: Path) -> None:
    """Start holds it, Log says it, and the plan's days are that season's."""
    inputs = ("--applicants", folder / "cohort.csv", "--programs", folder / "programs.csv")
    book = tmp_path / "book.xlsx"
    done = run("new", book, *inputs, "--season", "2027", "--as-of", "2026-06-01")
    assert "Season 2027 was assumed where none is entered (the office's)." in done.out
    with closing(openpyxl.load_workbook(book)) as opened:
        assert opened["Start"]["D13"].value == 2027
    (entry,) = sheet_rows(book, "Log")
    assert entry["Season"] == 2027


def test_equal_tables_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    """The example of today is the example of tomorrow."""
    book = tmp_path / "example.xlsm"
    run("new", book, "--example", "--as-of", AS_OF)
    assert book.read_bytes() == (folder / "example.xlsm").read_bytes()


def test_a_macro_workbook_says_so_in_its_package(folder: Path) -> None:
    """Excel opens a .xlsm only if its content type is that of one."""
    for name, is_macro in (("blank.xlsm", True), ("office.xlsx", False)):
        with ZipFile(folder / name) as package:
            types = package.read("[Content_Types].xml")
        assert (b"ms-excel.sheet.macroEnabled.main+xml" in types) is is_macro


@pytest.mark.parametrize("name", ["blank.xlsm", "example.xlsm"])
def test_a_macro_workbook_has_the_code_of_the_shipped_one(folder: Path, name: str) -> None:
    """The finished project, the ribbon and the button, byte for byte; nothing is built anew."""
    with ZipFile(folder / name) as made, ZipFile(shipped.workbooks() / BLANK) as given:
        for part in ("xl/vbaProject.bin", "customUI/customUI.xml", "xl/drawings/vmlDrawing1.vml"):
            assert made.read(part) == given.read(part)
        relations = made.read("_rels/.rels") + made.read("xl/_rels/workbook.xml.rels")
    for target in (b"customUI/customUI.xml", b"vbaProject.bin"):
        assert relations.count(target) == 1


def test_a_macro_workbook_names_the_python_that_made_it(folder: Path) -> None:
    """The button starts this very Python, wherever the workbook goes; xlwings' version is told."""
    package = Package((folder / "blank.xlsm").read_bytes())
    assert stored_interpreter(outline(package)) == running()
    assert stored_xlwings(outline(package)) == xlwings.__version__


def test_an_addin_is_the_shipped_one_with_this_python(tmp_path: Path) -> None:
    """Only its settings differ; nothing is replaced."""
    path = tmp_path / "our tab.xlam"
    assert run("new", path).out.startswith(f"{path} is ready. In Excel for Windows: File,")
    assert stored_interpreter(outline(Package(path.read_bytes()))) == running()
    with ZipFile(path) as made, ZipFile(shipped.workbooks() / ADDIN) as given:
        assert made.namelist() == given.namelist()
        others = [name for name in given.namelist() if name != "xl/worksheets/sheet1.xml"]
        assert [name for name in others if made.read(name) != given.read(name)] == []
    before = contents(tmp_path)
    assert run("new", path).exit_code == 6
    assert contents(tmp_path) == before


def test_an_addin_of_windows_starts_the_python_of_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a login, as in a workbook; on Linux its place stays empty, as no Excel is there."""
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("sys.executable", r"C:\Users\Ann\py\python.exe")
    monkeypatch.setenv("USERPROFILE", r"C:\Users\Ann")
    new_addin(tmp_path / "tab.xlam")
    stored = stored_interpreter(outline(Package((tmp_path / "tab.xlam").read_bytes())))
    assert stored == Interpreter(windows=r"%USERPROFILE%\py\python.exe")


def test_a_plain_workbook_has_no_code(folder: Path) -> None:
    """.xlsx: no project, ribbon, button or settings; Start says what to do instead."""
    with ZipFile(folder / "office.xlsx") as package:
        names = [name.lower() for name in package.namelist()]
        drawn = [package.read(name) for name in package.namelist() if name.endswith(".vml")]
    assert [name for name in names if "vba" in name or "customui" in name] == []
    assert [shapes for shapes in drawn if b'ObjectType="Button"' in shapes] == []
    with closing(openpyxl.load_workbook(folder / "office.xlsx")) as book:
        assert book["Start"]["B10"].value == "Refresh"
        assert book["Start"]["D10"].value.startswith("Save and close this workbook, then run:")


def test_making_a_workbook_needs_no_builder(tmp_path: Path) -> None:
    """Neither pyOpenVBA nor oletools: they are there to build and to test."""
    script = (
        "import sys\n"
        "sys.modules.update(pyopenvba=None, oletools=None)\n"
        "from stepladder.cli import main\n"
        "main(['new', sys.argv[1]])\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "book.xlsm")]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "book.xlsm").exists()


def test_a_workbook_that_is_there_stays(folder: Path) -> None:
    """Exit 6: it may hold an office's data."""
    before = contents(folder)
    done = run("new", folder / "blank.xlsm")
    assert done.exit_code == 6
    assert "is there already and stays as it is" in done.err
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("book.csv",), "names no workbook"),
        (("book.xlsm", "--example", "--programs", "p.csv"), "brings its own tables"),
        (("tab.xlam", "--example"), "An add-in holds no tables"),
        (("tab.xlam", "--as-of", AS_OF), "An add-in holds no tables"),
    ],
)
def test_wrong_usage_is_told(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """Exit 2: options that do not fit together."""
    done = run("new", *(tmp_path / word if "." in word else word for word in words))
    assert (done.exit_code, said in done.err) == (2, True)
    assert contents(tmp_path) == {}


def test_a_table_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    """Exit 3, and no workbook."""
    (tmp_path / "cohort.csv").write_text("nothing,known\n1,2\n", "utf-8")
    done = run("new", tmp_path / "book.xlsm", "--applicants", tmp_path / "cohort.csv")
    assert done.exit_code == 3
    assert {*contents(tmp_path)} == {"cohort.csv"}


def test_one_table_alone_is_enough(tmp_path: Path) -> None:
    """Programs first, applicants later, or the other way round."""
    for option, path in (("--programs", EXAMPLE_PROGRAMS), ("--applicants", EXAMPLE_APPLICANTS)):
        book = tmp_path / f"book{option}.xlsx"
        run("new", book, option, path, "--as-of", AS_OF)
        filled = option.removeprefix("--").capitalize()
        assert len(sheet_rows(book, filled)) > 60


def test_the_first_programs_of_each_list_may_be_enough(folder: Path, tmp_path: Path) -> None:
    """--most-listed: Shortlist shows so many of each list; the suggested number stays."""
    book = tmp_path / "book.xlsx"
    run("new", book, "--example", "--as-of", AS_OF, "--most-listed", "3")
    assert {row["Rank"] for row in sheet_rows(book, "Shortlist")} == {1, 2, 3}
    everything = sheet_rows(folder / "example.xlsm", "Applicants")
    assert sheet_rows(book, "Applicants") == everything


def test_a_crowd_is_sent_to_batch(tmp_path: Path) -> None:
    """Exit 3: a workbook is for 20,000 applicants; nothing is computed or written."""
    lines = [
        "applicant_id,img_status,graduation_year",
        *(f"a{n},US IMG,2024" for n in range(20_001)),
    ]
    (tmp_path / "cohort.csv").write_text("\n".join(lines), "utf-8")
    done = run("new", tmp_path / "book.xlsx", "--applicants", tmp_path / "cohort.csv")
    assert (done.exit_code, "20,001 applicants" in done.err) == (3, True)
    assert {*contents(tmp_path)} == {"cohort.csv"}
