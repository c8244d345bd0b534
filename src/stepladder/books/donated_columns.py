"""Columns of a donor's table in; how they look and what is said of them, for another table, out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stepladder.books.elements import Element, with_attributes
from stepladder.books.graft_styles import StyleGraft
from stepladder.books.outline import ExcelTable, Outline
from stepladder.books.placed_table import Area
from stepladder.books.sheet_edit import SheetEdit
from stepladder.books.table import SHEET_ROWS
from stepladder.books.worksheet import Cell, attributes_of, column_looks

_DIFFERENTIAL: Final = re.compile(rb'(\sdxfId=")(\d+)"')
_PRIORITY: Final = re.compile(rb'(\spriority=")(\d+)"')
_SPEAKS_OF_CELLS: Final = re.compile(rb'<formula\d?>(?!"|&quot;|[\d.]+<)')


@dataclass(frozen=True)
class DonatedColumn:
    """One column in the target's styles.

    header, cell, column  the styles of the header cell, the cells under it, those yet to come
    width                 in characters, with Excel's padding; None for the sheet's usual one
    formats               its conditional formats, as elements of the donor's
    validations           its validations, likewise
    """

    header: int
    cell: int
    column: int
    width: float | None
    formats: tuple[bytes, ...]
    validations: tuple[bytes, ...]


def donated_columns(
    donor: Outline, table: ExcelTable, titles: Sequence[str], styles: StyleGraft
) -> list[DonatedColumn]:
    """The donor's columns of these titles.

    Raises ValueError if one is not there, or has a rule that speaks of other cells.
    """
    if missing := set(titles) - set(table.columns):
        raise ValueError(f"the donor's table {table.display_name} lacks {sorted(missing)}")
    edit = SheetEdit(donor, donor.sheet(table.sheet))
    header, first = edit.row(table.area.first_row), edit.row(table.first_row)
    looks = list(column_looks(edit.sheet.head))
    formats = list(edit.root.all("conditionalFormatting"))
    validations = _validations(edit.root)
    columns = []
    for title in titles:
        place = table.area.first_column + table.columns.index(title)
        look = next((look for look in looks if look.first <= place <= look.last), None)
        columns.append(
            DonatedColumn(
                header=styles.cell_format(_style(header, place)),
                cell=styles.cell_format(_style(first, place)),
                column=styles.cell_format(look.style or 0 if look else 0),
                width=look.width if look else None,
                formats=tuple(_donated(edit, formats, place, styles)),
                validations=tuple(_donated(edit, validations, place, styles)),
            )
        )
    return columns


def draw_columns(edit: SheetEdit, columns: Sequence[DonatedColumn], area: Area) -> None:
    """Say of an area's columns in the target what is said of them in the donor; cells aside.

    area  the rows under the header; what is said holds for those that are added below
    """
    _draw_widths(edit, columns, area.first_column)
    last = max(map(int, _priorities(edit.root)), default=0)

    def lower(found: "re.Match[bytes]") -> bytes:
        """The office's own formats go before ours."""
        return b'%s%d"' % (found[1], int(found[2]) + last)

    validations = []
    for place, column in enumerate(columns, area.first_column):
        below = Area(area.first_row, SHEET_ROWS, place, place).ref.encode()
        for element in column.formats:
            moved = _PRIORITY.sub(lower, element)
            edit.add_child("conditionalFormatting", with_attributes(moved, {b"sqref": below}))
        validations += [
            with_attributes(element, {b"sqref": below}) for element in column.validations
        ]
    if validations:
        edit.append("dataValidations", validations)


def _draw_widths(edit: SheetEdit, columns: Sequence[DonatedColumn], first: int) -> None:
    """Give a width to each column of which the target says nothing yet."""
    taken = list(column_looks(edit.sheet.head))
    drawn = [
        (place, _column(place, column))
        for place, column in enumerate(columns, first)
        if column.width is not None and not any(look.first <= place <= look.last for look in taken)
    ]
    listed = edit.root.child("cols")
    if listed is None:
        if drawn:
            elements = b"".join(element for _, element in drawn)
            edit.add_child("cols", b"<cols>" + elements + b"</cols>")
        return
    for place, element in drawn:
        later = (
            other for other in listed.children if int(other.attributes.get("min", "0")) - 1 > place
        )
        edit.add_before(next(later, None), listed, element)


def _column(place: int, column: DonatedColumn) -> bytes:
    style = b' style="%d"' % column.column if column.column else b""
    width = repr(column.width).encode()
    return b'<col min="%d" max="%d" width="%s"%s customWidth="1"/>' % (
        *(place + 1, place + 1, width, style),
    )


def _style(cells: Sequence[Cell], column: int) -> int:
    for cell in cells:
        if cell.column == column:
            return attributes_of(cell.attributes).style or 0
    return 0


def _validations(root: Element) -> list[Element]:
    listed = root.child("dataValidations")
    return listed.children if listed else []


def _donated(
    edit: SheetEdit, elements: Sequence[Element], column: int, styles: StyleGraft
) -> Iterator[bytes]:
    """The elements that speak of this one column, in the target's differential formats."""

    def placed(found: "re.Match[bytes]") -> bytes:
        return b'%s%d"' % (found[1], styles.differential(int(found[2])))

    for element in elements:
        area = Area.of(element.attributes["sqref"].split(" ")[0])
        if not area.first_column == area.last_column == column:
            continue
        content = edit.frame.content[element.start : element.end]
        if _SPEAKS_OF_CELLS.search(content):
            raise ValueError(f"a rule of the donor's speaks of other cells: {content!r}")
        yield _DIFFERENTIAL.sub(placed, content)


def _priorities(root: Element) -> Iterator[str]:
    for formats in root.all("conditionalFormatting"):
        for rule in formats.all("cfRule"):
            yield rule.attributes.get("priority", "0")
