"""Results read back as frames: from a workbook, or a folder of CSV or parquet."""

import csv
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from tests.cli.command import write_book

from stepladder.errors import InputError
from stepladder.results_file import Results, read_results

FRAMES = ("applicants", "shortlist", "plan", "fit", "findings")
Rows = list[list[str]]


@pytest.fixture
def folder(cohort: Path, tmp_path: Path) -> Path:
    """The example's results as CSV, to be changed."""
    return Path(shutil.copytree(cohort / "csv", tmp_path / "results"))


def change(path: Path, edit: Callable[[Rows], Rows]) -> None:
    """Change a CSV file's rows, header first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(edit(rows))


def sheets(book: Path) -> dict[str, list[list[object]]]:
    """The cells of each sheet of a workbook."""
    with closing(openpyxl.load_workbook(book, read_only=True)) as opened:
        return {
            sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
            for sheet in opened.worksheets
        }


def same(one: Results, other: Results) -> bool:
    """All frames are equal.

    A workbook alone puts errors first, and says where a record with too many cells came from.
    """
    left, right = (
        {name: getattr(results, name).drop("Surplus cells", strict=False) for name in FRAMES}
        | {"findings": results.findings.sort(results.findings.columns)}
        for results in (one, other)
    )
    return all(left[name].equals(right[name]) for name in FRAMES)


def test_a_workbook_and_a_folder_hold_the_same(cohort: Path) -> None:
    """Every cell of ours, in its type."""
    assert same(read_results(cohort / "results.xlsx"), read_results(cohort / "csv"))


def test_parquet_holds_the_same_but_for_cells_that_were_not_read(cohort: Path) -> None:
    """In parquet a cell that could not be read is blank; a finding quotes it."""
    texts, typed = read_results(cohort / "csv"), read_results(cohort / "parquet")
    assert all(getattr(texts, name).equals(getattr(typed, name)) for name in FRAMES[1:])
    one, other = texts.applicants, typed.applicants
    unread = texts.findings.filter(
        pl.col("table") == "applicants",
        pl.col("message").str.contains("cannot be read|is not a|is not an"),
    )
    differ = {name for name in one.columns if not one[name].equals(other[name])}
    assert differ <= {*unread["column"]}


def test_columns_are_typed(cohort: Path) -> None:
    """Ours by their kind; an applicant's own are the text that an advisor sees."""
    told = read_results(cohort / "csv")
    assert told.plan.schema["due"] == pl.Date
    assert told.shortlist.schema["rank"] == pl.Int64
    assert told.fit.schema["fit_rotations"] == pl.Float64
    assert told.applicants.schema["step2_ck_score"] == pl.String


def test_columns_may_stand_in_any_order_beside_others(small: Path, tmp_path: Path) -> None:
    """A shared workbook has more sheets, and an office moves columns and adds its own."""
    moved = {
        title: [[*row[::-1], "Room" if at == 0 else 12] for at, row in enumerate(rows)]
        for title, rows in sheets(small / "results.xlsx").items()
    }
    book = tmp_path / "shared.xlsx"
    write_book(book, {"Start": [["Read me"]], **moved, "Log": [["Time", "Who"]]})
    assert same(read_results(book), read_results(small / "csv"))


def test_an_applicant_s_columns_are_found_by_their_aliases(folder: Path) -> None:
    """As in any roster."""
    before = read_results(folder)
    names = {"applicant_id": "AAMC ID", "step2_ck_score": "Step 2", "name": "Student"}
    change(
        folder / "applicants.csv",
        lambda rows: [[names.get(name, name) for name in rows[0]], *rows[1:]],
    )
    assert same(read_results(folder), before)


def test_text_that_was_protected_is_as_it_was(folder: Path) -> None:
    """CSV puts an apostrophe before what a spreadsheet would run."""

    def rename(rows: Rows) -> Rows:
        rows[1][rows[0].index("name")] = "'=1+1"
        return rows

    change(folder / "applicants.csv", rename)
    assert read_results(folder).applicants["name"][0] == "=1+1"


def test_dates_that_excel_rewrote_are_read(folder: Path) -> None:
    """An advisor opens plan.csv and saves it."""
    before = read_results(folder)

    def as_excel(rows: Rows) -> Rows:
        at = rows[0].index("due")
        for row in rows[1:]:
            year, month, day = row[at].split("-")
            row[at] = f"{int(month)}/{int(day)}/{year}"
        return rows

    change(folder / "plan.csv", as_excel)
    assert same(read_results(folder), before)


@pytest.mark.parametrize("text", ["4.2e-05", "0.0042%", "0.000042"])
def test_small_numbers_are_read_as_a_cell_has_them(folder: Path, text: str) -> None:
    """However a spreadsheet writes them."""

    def shrink(rows: Rows) -> Rows:
        rows[1][rows[0].index("marginal_value")] = text
        return rows

    change(folder / "shortlist.csv", shrink)
    assert read_results(folder).shortlist["marginal_value"][0] == pytest.approx(0.000042)


def test_findings_may_be_missing(folder: Path) -> None:
    """They are empty then."""
    (folder / "findings.csv").unlink()
    findings = read_results(folder).findings
    assert findings.is_empty()
    assert "message" in findings.columns


# ── refusals ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["applicants", "shortlist", "plan", "fit"])
def test_a_missing_table_says_what_to_run(folder: Path, name: str) -> None:
    """Exit 3."""
    (folder / f"{name}.csv").unlink()
    with pytest.raises(
        InputError, match=rf"no {name}\.csv or {name}\.parquet; run stepladder batch"
    ):
        read_results(folder)


def test_a_workbook_that_is_no_result_says_what_to_run(tmp_path: Path) -> None:
    """An office's roster has not been through `batch`."""
    write_book(tmp_path / "roster.xlsx", {"Fall": [["AAMC ID", "YOG"], ["A1", 2024]]})
    with pytest.raises(
        InputError, match=r"roster\.xlsx has no table Applicants.*run stepladder batch"
    ):
        read_results(tmp_path / "roster.xlsx")


def test_one_table_is_no_result(folder: Path) -> None:
    """The folder is to be named, not a file in it."""
    with pytest.raises(InputError, match=r"plan\.csv has no table Applicants"):
        read_results(folder / "plan.csv")


def test_results_of_two_runs_are_refused(cohort: Path, folder: Path) -> None:
    """Nobody can say which of them is meant."""
    shutil.copy(cohort / "parquet" / "plan.parquet", folder)
    with pytest.raises(InputError, match="results of two runs"):
        read_results(folder)


def test_a_column_of_ours_that_is_missing_is_named(folder: Path) -> None:
    """By its title."""
    change(folder / "plan.csv", lambda rows: [row[:2] + row[3:] for row in rows])
    with pytest.raises(InputError, match=r"plan\.csv has no table Plan with the column Due"):
        read_results(folder)


def test_two_headers_for_one_column_of_ours_are_refused(folder: Path) -> None:
    """With both cells."""
    change(folder / "plan.csv", lambda rows: [[*row, row[2]] for row in rows])
    with pytest.raises(InputError, match="C1 and G1 both mean Due"):
        read_results(folder)


@pytest.mark.parametrize("quoted", ["#REF!", "n/a", "?"])
def test_what_a_finding_quotes_is_no_fault_of_the_results(folder: Path, quoted: str) -> None:
    """An office's cell held it; the results say so, and are read."""

    def quote(rows: Rows) -> Rows:
        rows[1][rows[0].index("found")] = quoted
        return rows

    change(folder / "findings.csv", quote)
    assert read_results(folder).findings["found"][0] == quoted


def test_what_cannot_be_read_is_told_by_its_cell(folder: Path) -> None:
    """The cell, not what it holds."""

    def spoil(rows: Rows) -> Rows:
        rows[2][rows[0].index("due")] = "soon, Ann"
        return rows

    change(folder / "plan.csv", spoil)
    with pytest.raises(InputError, match="C3: what stands under Due cannot be read") as refused:
        read_results(folder)
    assert "Ann" not in refused.value.message


def test_a_source_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Also under a name that no system takes."""
    for name in ("nothing.xlsx", "x" * 300):
        with pytest.raises(InputError):
            read_results(tmp_path / name)
