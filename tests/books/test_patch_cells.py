"""Single cells by address, and the stored results of formulas."""

import datetime as dt
import re
from io import BytesIO

import polars as pl
import pytest
import xlsxwriter
from tests.books.packages import SHEET, cells, changes, part, patched, row, rows_at, with_rows

from stepladder.books.edits import CellsEdit, ColumnEdit, Edit, RowsEdit


def dashboard() -> bytes:
    """A sheet Dashboard with a title, a number and a formula; a sheet with the table Curve."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Dashboard")
        sheet.write("A1", "As of", book.add_format({"bold": True}))
        sheet.write("B1", dt.date(2026, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula("B3", "=COUNTA(A:A)", None, 1)
        curve = book.add_worksheet("Curve")
        curve.write_row("A2", ["a", 1])
        columns = [{"header": title} for title in ("ID", "Cost")]
        curve.add_table("A1:B2", {"name": "Curve", "columns": columns})
    return content.getvalue()


BOOK = dashboard()


def test_cells_are_set_by_address() -> None:
    """In any order, where there was a cell or none; days and words in the cell's own style."""
    values = {"D9": "x", "B1": dt.date(2026, 5, 1), "A1": None, "A2": 12.5, "C2": True, "A9": "y"}
    new = patched(BOOK, CellsEdit("dashboard", values))
    assert cells(new, "Dashboard", "A1:B1") == [[None, dt.datetime(2026, 5, 1)]]  # noqa: DTZ001
    assert cells(new, "Dashboard", "A2:C2") == [[12.5, None, "Yes"]]
    assert cells(new, "Dashboard", "A9:D9") == [["y", None, None, "x"]]
    assert '<c r="A1" s="1"/>' in row(new, 1)
    assert b'<dimension ref="A1:D9"/>' in part(new)
    assert changes(new, CellsEdit("Dashboard", values)).parts == {}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (7, '<c r="B3"><f>COUNTA(A:A)</f><v>7</v></c>'),
        (0.5, '<c r="B3"><f>COUNTA(A:A)</f><v>0.5</v></c>'),
        ("a < b", '<c r="B3" t="str"><f>COUNTA(A:A)</f><v>a &lt; b</v></c>'),
        (None, '<c r="B3" t="str"><f>COUNTA(A:A)</f><v></v></c>'),
    ],
)
def test_a_formula_stays_and_stores_its_result(value: object, cell: str) -> None:
    """For viewers that do not calculate."""
    new = patched(BOOK, CellsEdit("Dashboard", {"B3": value}))
    assert cell in row(new, 3)
    assert changes(new, CellsEdit("Dashboard", {"B3": value})).parts == {}


@pytest.mark.parametrize(
    ("formula", "kept"),
    [
        ('<f t="shared" si="0"/>', '<c r="B3"><f t="shared" si="0"/><v>7</v></c>'),
        (
            '<f t="array" ref="B3:B4">A1:A2</f>',
            '<c r="B3" cm="1"><f t="array" ref="B3:B4">A1:A2</f><v>7</v></c>',
        ),
    ],
)
def test_a_formula_keeps_what_it_says(formula: str, kept: str) -> None:
    """Whether it is shared, spilled or an array; its old result's metadata goes."""
    said = 'cm="1" ' if "array" in formula else ""
    rows = f'<row r="3"><c r="B3" {said}t="e" vm="2">{formula}<v>#N/A</v></c></row>'
    new = patched(with_rows(BOOK, rows), CellsEdit("Dashboard", {"B3": 7}))
    assert kept in row(new, 3)


def test_a_formula_that_has_the_result_already_keeps_its_bytes() -> None:
    """Nothing is written."""
    assert changes(BOOK, CellsEdit("Dashboard", {"B3": 1, "A1": "As of"})).parts == {}


def test_edits_of_one_sheet_go_together() -> None:
    """Columns, rows and single cells, in one save."""
    new = patched(
        BOOK,
        ColumnEdit("Curve", rows_at(2), pl.DataFrame({"Cost": [9]})),
        CellsEdit("Dashboard", {"A1": "Stand"}),
        CellsEdit("Curve", {"D1": "beside the header"}),
        RowsEdit("Curve", pl.DataFrame({"ID": ["a", "b"], "Cost": [9, 8]})),
    )
    assert cells(new, "Curve", "A2:B3") == [["a", 9], ["b", 8]]
    assert cells(new, "Curve", "D1:D1") == [["beside the header"]]
    assert cells(new, "Dashboard", "A1:A1") == [["Stand"]]


def test_empty_edits_change_nothing() -> None:
    """No rows, no columns, no cells."""
    nothing = pl.DataFrame({"Cost": []}, schema={"Cost": pl.Int64})
    edits: list[Edit] = [ColumnEdit("Curve", rows_at(), nothing), CellsEdit("Dashboard", {})]
    assert changes(BOOK, *edits).parts == {}


def test_the_same_edits_give_the_same_bytes() -> None:
    """Whenever they are made."""
    edits = [CellsEdit("Dashboard", {"A1": "x"}), CellsEdit("Curve", {"A9": dt.date(2026, 1, 2)})]
    assert patched(BOOK, *edits) == patched(BOOK, *edits)
    assert re.search(rb"</worksheet>\s*$", part(patched(BOOK, *edits), SHEET))
