"""Formulas in; what XlsxWriter itself writes of them, out."""

from io import BytesIO
from zipfile import ZipFile

import pytest
import xlsxwriter

from stepladder.template.written_formulas import FormulaWorkbook

FORMULAS = {
    "=SUM(A1:A2)": b"<f>SUM(A1:A2)</f>",
    "SUM(A1:A2)": b"<f>SUM(A1:A2)</f>",
    '=A2&"\n=B2"': b'<f>A2&amp;"\n=B2"</f>',
    "=SORT(A1:A2)": b">_xlfn._xlws.SORT(A1:A2)</f>",
    "=1+XLOOKUP(A2,B1:B2,C1:C2)": b">1+_xlfn.XLOOKUP(A2,B1:B2,C1:C2)</f>",
    "={SUM(A1:A2*B1:B2)}": b"SUM(A1:A2*B1:B2)",
    "=SUM({1,2})": b"<f>SUM({1,2})</f>",
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_written_as_xlsxwriter_writes_it(formula: str) -> None:
    """Functions that Excel learnt late bear their prefix, and all else stands as it is."""
    ours = sheet_with(FormulaWorkbook, formula)
    assert FORMULAS[formula] in ours
    assert ours == sheet_with(xlsxwriter.Workbook, formula)


def sheet_with(kind: type, formula: str) -> bytes:
    """The sheet that this kind of workbook writes with the formula in it."""
    file = BytesIO()
    with kind(file) as book:
        book.add_worksheet().write_formula(0, 0, formula)
    return ZipFile(file).read("xl/worksheets/sheet1.xml")
