"""Formulas in; the same in a sheet, without thirty searches in each of them, out.

XlsxWriter puts a prefix before each function that Excel learnt late, and looks for one after the
other. The pages have a thousand formulas, and none of these functions.
"""

import re
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet, re_dynamic_function

_PLAIN: Final = re.compile(r"=(?!.*[{}])(.*)", re.DOTALL)


class FormulaWorksheet(Worksheet):  # type: ignore[misc]  # it tells no types
    """A worksheet that searches a formula once, and only where there is something, once more."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: FBT001, FBT002 - as XlsxWriter calls it
        plain = _PLAIN.fullmatch(formula)
        is_known = self.use_future_functions or expand_future_functions
        if plain is None or is_known or re_dynamic_function.search(formula):
            prepared: str = super()._prepare_formula(formula, expand_future_functions)
            return prepared
        return plain[1]


class FormulaWorkbook(Workbook):  # type: ignore[misc]  # likewise
    """A workbook of such worksheets."""

    worksheet_class = FormulaWorksheet
