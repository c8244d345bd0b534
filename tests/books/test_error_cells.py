"""Error cells are found where a reader may take them for blanks."""

from io import BytesIO

import pytest
from openpyxl import Workbook
from tests.books.packages import outline_of, with_rows

from stepladder.books.error_cells import error_cells
from stepladder.books.placed_table import Area

EVERYWHERE = Area(1, 100, 0, 25)


def found(rows: str, area: Area = EVERYWHERE) -> list[tuple[str, str]]:
    """The errors in a sheet with these rows: address and text."""
    content = BytesIO()
    Workbook().save(content)
    plan = outline_of(with_rows(content.getvalue(), rows))
    return [(cell.address, cell.text) for cell in error_cells(plan, plan.sheets[0], area)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="B2" t="e"><v>#N/A</v></c>', [("B2", "#N/A")]),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', [("B2", "#DIV/0!")]),
        ("<c r=\"B2\" s='1' t='e'><v>#REF!</v></c>", [("B2", "#REF!")]),
        ('<c/><c/><c t="e"><v>#NAME?</v></c>', [("C2", "#NAME?")]),
        ('<c r="B2" t="inlineStr"><is><t>t="e" #N/A</t></is></c>', []),
        ('<c r="B2" t="s"><v>0</v></c>', []),
    ],
)
def test_an_error_is_told_with_its_address(cell: str, expected: list[tuple[str, str]]) -> None:
    """Typed, calculated, without a reference; a text that looks like one is none."""
    assert found(f'<row r="2">{cell}</row>') == expected


def test_only_the_area_is_looked_at() -> None:
    """A table's input columns and rows."""
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}" t="e"><v>#N/A</v></c>' for letter in "ABCD")
        + "</row>"
        for row in (1, 2, 3, 4)
    )
    assert [address for address, _ in found(rows, Area(2, 3, 1, 2))] == ["B2", "C2", "B3", "C3"]
