"""A sheet whose formulas XlsxWriter takes as they stand."""

from xlsxwriter.worksheet import Worksheet


class PageSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet for formulas of functions that files store under the names people know.

    XlsxWriter looks in every formula for each of 29 newer ones, which files store under longer
    names. Pages use none of them, and for their thousand formulas that look is a tenth of writing
    a small workbook.
    """

    def _prepare_formula(self, formula: str, *_: object) -> str:
        return formula.removeprefix("=")
