"""What an import writes is a table of programs as any other."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import xlsxwriter
from tests.programs_import.conftest import PMR, dated, imported

from stepladder import refresh, shipped
from stepladder.books import text_table
from stepladder.books.residency_explorer import day_of
from stepladder.validate import load_schema

Export = Callable[..., Path]

EVERYTHING = """
    ACGME residency program code | 3409998001          | 3409998002         | 0340999803
    Residency program name       | Fennmoor            | Gorsedale          | Heathby
    City                         | Fennmoor            | Gorse              | Not Available
    State                        | OH                  | New York           | PR
    Zip                          | 45001            | 10001-1234      |
    Program setting              | University Hospital | Community Hospital | Not Available
    Total # Residents on Duty    | 18                  | 9                  |
    # of categorical positions offered by this program in the 2025 NRMP Main Match | 2 | 0 |
    # of advanced positions offered by this program in the 2025 NRMP Main Match    | 4 | 3 |
    # of applications submitted to this program in 2025      | 612     | 498              |
    % of applicants interviewed by the program in 2024       | 10.6    | 0                |
    Range of average USMLE Step 1 score of current residents | 226-235 | Greater than 245 |
    Program consider applicants with J-1 visa?               | Yes     | No               |
    Program consider applicants with H-1B visa?              | No      | No               |
    Percentage of residents who were US-citizen IMGs         | 8       | 0                |
    Percentage of residents who were non-US-citizen IMGs     | 4       | 100              |
"""


def test_the_result_has_no_error(export: Export, tmp_path: Path) -> None:
    """An import gives rows that validation takes without an error or a query."""
    out = tmp_path / "programs.csv"
    imported([export(EVERYTHING)], out)
    checked = refresh.check([out], refresh.Settings(refresh.load_rulebook(None), date(2026, 9, 1)))
    assert checked.findings.to_dicts() == []


def test_the_result_is_a_list_that_a_cohort_is_planned_with(export: Export, tmp_path: Path) -> None:
    """`batch --programs` reads it, and shortlists its programs."""
    out = tmp_path / "programs.csv"
    imported([export(EVERYTHING)], out)
    applicants = pl.DataFrame(
        {
            "applicant_id": "A1",
            "img_status": "US IMG",
            "graduation_year": 2025,
            "step2_ck_score": 250,
        }
    )
    settings = refresh.Settings(refresh.load_rulebook(None), date(2026, 9, 1))
    table = text_table(applicants, "applicants")
    result = refresh.refresh(table, refresh.read_programs(out), settings)
    assert set(result.shortlist["program_id"]) == {"3409998001", "3409998002", "0340999803"}


def test_a_new_list_has_every_column_in_the_schema_s_order(export: Export, tmp_path: Path) -> None:
    """Design, the contract in the small: names as headers, UTF-8 with its mark, CRLF."""
    out = tmp_path / "programs.csv"
    imported([export(EVERYTHING)], out)
    names = load_schema(shipped.schemas() / "programs.toml").by_name
    assert out.read_bytes().startswith(f"\ufeff{','.join(names)}\r\n3409998001,".encode())


def test_the_report_says_all_that_was_not_taken(export: Export, tmp_path: Path) -> None:
    """In words: counts, files with their days, cells not read, lines without a column."""
    out = tmp_path / "programs.csv"
    out.write_text("program_id,program_name,state\n3409998001,Fennmoor,PA\n", "utf-8")
    older = export(EVERYTHING.replace("| Yes ", "| No "), "older.xlsx", "2025-03-01")
    _, report = imported([older, export(EVERYTHING)], out)
    step1 = "Range of average USMLE Step 1 score of current residents"
    assert list(report.lines()) == [
        f"{out}: 3 programs, 2 of them new; 11 empty cells filled.",
        "  from older.xlsx, taken to be of 2025-03-01: 3 programs",
        "  from export.xlsx, taken to be of 2026-03-01: 3 programs",
        "Your entry was kept where an export differs (1):",
        "  3409998001, State: yours “PA”, export “OH” (export.xlsx)",
        "Two exports differ and the newer was taken (1):",
        "  3409998001, J-1 visa: “Yes” (export.xlsx), not “No” (older.xlsx)",
        "Cells that gave no value, so the fact stays unknown (2):",
        f"  older.xlsx, C13: 3409998002, {step1}: “Greater than 245”",
        f"  export.xlsx, C13: 3409998002, {step1}: “Greater than 245”",
        "Lines of the exports that have no column here (2):",
        "  Zip (2 programs with a value)",
        "  Total # Residents on Duty (2 programs with a value)",
    ]


def test_an_export_written_by_another_library_reads_alike(tmp_path: Path) -> None:
    """Numbers as numbers, percentages as percentages, tabs and odd spaces, any sheet name."""
    path = tmp_path / "numbers.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Compare")
    sheet.write(0, 0, PMR)
    sheet.write_row(1, 0, ["ACGME residency program code", 3409998001])
    sheet.write_row(2, 0, ["Residency\u00a0program  name ", "\tFennmoor "])
    sheet.write_row(3, 0, ["# of applications submitted to this program in 2025", 612])
    sheet.write(4, 0, "% of applicants interviewed by the program in 2024")
    sheet.write(4, 1, 0.106, book.add_format({"num_format": "0.0%"}))
    book.close()
    rows, _ = imported([path], tmp_path / "programs.csv")
    names = ("program_id", "program_name", "applications_received", "interviewed_pct")
    assert [rows[0][name] for name in names] == ["3409998001", "Fennmoor", "612", "10.6"]


def test_a_copy_is_as_old_as_its_workbook_says(export: Export) -> None:
    """The day of an export is the earliest that the file bears: copying makes it later."""
    path = export(EVERYTHING)
    assert day_of(path) == date(2026, 3, 1)
    _set_day_of_parts(path, (2025, 7, 18))
    dated(path, "2026-08-01")
    assert day_of(path) == date(2025, 7, 18)


def test_the_default_days_of_programs_are_no_day(export: Export) -> None:
    """1980 is what many programs write into a workbook's parts."""
    path = export(EVERYTHING)
    _set_day_of_parts(path, (1980, 1, 1))
    dated(path, "2026-08-01")
    assert day_of(path) == date(2026, 8, 1)


def _set_day_of_parts(path: Path, day: tuple[int, int, int]) -> None:
    """Write the workbook again as a downloaded one: parts of one day, no properties."""
    book = openpyxl.load_workbook(path)
    book.save(path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            if name != "docProps/core.xml":
                package.writestr(zipfile.ZipInfo(name, (*day, 9, 30, 0)), content)
