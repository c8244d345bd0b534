"""An office's list in its own workbook in; the list as an Excel table, or with more columns, out.

What is there stays byte for byte, but for the numbers that say how far a list reaches.
"""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from xml.sax.saxutils import quoteattr

import polars as pl
from openpyxl.utils.cell import range_boundaries
from openpyxl.xml.constants import SHEET_MAIN_NS

from stepladder.books.cells import cell_values
from stepladder.books.changes import Changes, stored
from stepladder.books.donated_columns import DonatedColumn, donated_columns, draw_columns
from stepladder.books.elements import Edits, located, with_prefix
from stepladder.books.graft_parts import new_table_ids
from stepladder.books.graft_styles import place_styles, style_graft
from stepladder.books.new_parts import NewParts
from stepladder.books.outline import ExcelTable, Outline, Tab, outline
from stepladder.books.package import Package
from stepladder.books.placed_table import Area
from stepladder.books.relationships import Relationships
from stepladder.books.sheet_edit import NewCell, SheetEdit
from stepladder.books.table import SHEET_COLUMNS, SHEET_ROWS, column_letters
from stepladder.errors import InputError

_TABLE_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
_LONGEST_TITLE: Final = 255
_ESCAPED: Final = re.compile(r"[\x00-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def add_table(target: Package, sheet: str, ref: str, name: str) -> Changes:
    """Make an Excel table of a plain list; its cells stay as they are and look as they did.

    Args:
        target: The office's workbook.
        sheet: The title of the worksheet.
        ref: The list, from its header row to its last row: B3:K40.
        name: What the table shall be called.

    Raises:
        InputError: The workbook has a table or name called so; a header cell is empty, no plain
            text, or like another; a table, a filter, merged cells, a pivot table or a formula that
            fills several cells stand in the list. The cell is named.
        ValueError: The list has no row under its header.
    """
    book = outline(target)
    tab, area = book.sheet(sheet), Area.of(ref)
    if area.first_row == area.last_row:
        raise ValueError(f"{ref} has no rows under its header")
    _refuse_taken(book, name)
    edit = SheetEdit(book, tab)
    _refuse_overlaps(edit, book, tab, area)
    titles = _titles(edit, area)
    parts, links = NewParts(target), Relationships(target, tab.part)
    folder = posixpath.dirname(book.workbook_part)
    part = parts.name(posixpath.join(folder, "tables/table1.xml"))
    parts.add(part, _table_part(next(new_table_ids(book)), name, area, titles), _TABLE_TYPE)
    edit.add_table_part(links.add("table", part))
    parts.relate(links)
    return parts.changes({tab.part: edit.result()})


def add_columns(
    target: Package, table: str, titles: Sequence[str], donor: Package, like: str
) -> Changes:
    """Add columns of ours, empty, at the right of an office's Excel table.

    Each looks as the donor's column of the same title does: header, cells, width, the colours of
    its words, its help. A blank cell that is there keeps its own look.

    Args:
        target: The office's workbook.
        table: The name of its table.
        titles: Of the columns, left to right; none that the table has.
        donor: A workbook by our template.
        like: The name of the donor's table that has columns of these titles.

    Raises:
        InputError: The table has a totals row or no header row, is filled from elsewhere, or ends
            at the sheet's last column; right of it a cell is not empty, or another table, a filter,
            merged cells, a pivot table or a formula that fills several cells stand. The cell is
            named.
        ValueError: The table has such a title already, or the donor lacks it.
    """
    book, ours = outline(target), outline(donor)
    old = book.table(table)
    tab = book.sheet(old.sheet)
    new = _right_of(book, old, len(titles))
    if {title.casefold() for title in titles} & {title.casefold() for title in old.columns}:
        raise ValueError(f"{table} has one of these columns already: {titles}")
    edit = SheetEdit(book, tab, grown=new)
    _refuse_overlaps(edit, book, tab, new)
    styles = style_graft(book, ours)
    columns = donated_columns(ours, ours.table(like), titles, styles)
    draw_columns(edit, columns, replace(new, first_row=old.first_row))
    content = edit.result(_new_cells(new, old.first_row, titles, columns))
    parts, links = NewParts(target), Relationships(target, book.workbook_part)
    changed = place_styles(styles, book, parts, links)
    parts.relate(links)
    return parts.changes(
        {**changed, tab.part: content, old.part: _grown_table(book, old, new, titles)}
    )


def _refuse_taken(book: Outline, name: str) -> None:
    words = {word.casefold() for table in book.tables for word in (table.name, table.display_name)}
    if name.casefold() in words | {defined.name.casefold() for defined in book.names}:
        raise InputError(
            f"{book.package.source} has a table or name {name} already; rename it there "
            "(Formulas, Name Manager) and run again."
        )


def _refuse_overlaps(edit: SheetEdit, book: Outline, tab: Tab, area: Area) -> None:
    """Refuse an area in which Excel lets no table stand."""
    for told, areas in {
        "another table is in the way; move it farther away.": [
            table.area for table in book.tables if table.sheet == tab.name
        ],
        "a filter is in the way; switch it off (Data, Filter).": _areas(edit, "autoFilter"),
        "merged cells are in the way; unmerge them.": _areas(edit, "mergeCells"),
        "a formula that fills several cells is in the way; move it.": edit.sheet.filled,
        "a pivot table is in the way; move it to another sheet.": _pivot_tables(edit, book, tab),
    }.items():
        for taken in areas:
            if taken.meets(area):
                edit.sheet.refuse(taken.ref, told)


def _areas(edit: SheetEdit, name: str) -> list[Area]:
    """The areas of an element of the worksheet, or of those that it lists."""
    element = edit.root.child(name)
    if element is None:
        return []
    listed = element.children if name == "mergeCells" else [element]
    return [_area(edit, entry.attributes["ref"]) for entry in listed if "ref" in entry.attributes]


def _pivot_tables(edit: SheetEdit, book: Outline, tab: Tab) -> list[Area]:
    return [
        _area(edit, place.attributes["ref"])
        for relation in book.package.relations(tab.part)
        if relation.kind == "pivotTable"
        for place in located(stored(book.package, relation.target)).all("location")
    ]


def _area(edit: SheetEdit, ref: str) -> Area:
    """The area of a reference, which may be one of whole rows or columns."""
    try:
        first_column, first_row, last_column, last_row = range_boundaries(ref)
    except ValueError:
        edit.sheet.refuse_damage()
    return Area(
        first_row or 1,
        last_row or SHEET_ROWS,
        (first_column or 1) - 1,
        (last_column or SHEET_COLUMNS) - 1,
    )


def _titles(edit: SheetEdit, area: Area) -> list[str]:
    """What the header cells hold, which a table's columns must be called."""
    cells = {cell.column: cell for cell in edit.row(area.first_row)}
    titles: list[str] = []
    for column in range(area.first_column, area.last_column + 1):
        address = f"{column_letters(column)}{area.first_row}"
        cell = cells.get(column)
        if cell is None or edit.is_blank(area.first_row, cell):
            edit.sheet.refuse(address, "this column has no title; type one.")
        title = edit.text(area.first_row, cell)
        if title is None or not title.strip() or len(title) > _LONGEST_TITLE:
            edit.sheet.refuse(address, "this title is no plain, short text; type it as text.")
        if title.casefold() in {other.casefold() for other in titles}:
            edit.sheet.refuse(address, "another column has this title, too; give each its own.")
        titles.append(title)
    return titles


def _right_of(book: Outline, table: ExcelTable, count: int) -> Area:
    """Where so many columns go; InputError where the table cannot grow."""
    source, name = book.package.source, table.display_name
    if table.totals_rows:
        raise InputError(
            f"{source}: the table {name} has a totals row; take it off (Table Design, Total Row) "
            "and run again."
        )
    if not table.header_rows:
        raise InputError(
            f"{source}: the table {name} has no header row; show it (Table Design, Header Row) "
            "and run again."
        )
    area = table.area
    new = replace(area, first_column=area.last_column + 1, last_column=area.last_column + count)
    if new.last_column >= SHEET_COLUMNS:
        raise InputError(
            f"{source}: the table {name} has no room for {count} columns at its right; move it "
            "to the left and run again."
        )
    return new


def _new_cells(
    area: Area, first_row: int, titles: Sequence[str], columns: Sequence[DonatedColumn]
) -> dict[int, dict[int, NewCell]]:
    """By row and column: the titles in the area's first row, blanks from `first_row` on."""
    places = range(area.first_column, area.last_column + 1)
    texts = cell_values(pl.Series(titles)).contents().to_list()
    headers = {
        place: NewCell(column.header, text.encode())
        for place, column, text in zip(places, columns, texts, strict=True)
    }
    blanks = {place: NewCell(column.cell) for place, column in zip(places, columns, strict=True)}
    return {area.first_row: headers} | dict.fromkeys(range(first_row, area.last_row + 1), blanks)


def _table_part(number: int, name: str, area: Area, titles: Sequence[str]) -> bytes:
    """The part of a table that looks as its cells do."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<table xmlns="{SHEET_MAIN_NS}" id="{number}" name="{name}" displayName="{name}" '
        f'ref="{area.ref}" totalsRowShown="0"><autoFilter ref="{area.ref}"/>'
        f'<tableColumns count="{len(titles)}">'
        + "".join(_table_columns(titles, 1))
        + '</tableColumns><tableStyleInfo showFirstColumn="0" showLastColumn="0" '
        'showRowStripes="1" showColumnStripes="0"/></table>'
    ).encode()


def _table_columns(titles: Sequence[str], first_id: int) -> list[str]:
    return [
        f'<tableColumn id="{number}" name={quoteattr(_ESCAPED.sub(_escape, title))}/>'
        for number, title in enumerate(titles, first_id)
    ]


def _escape(found: "re.Match[str]") -> str:
    """A sign that ST_Xstring spells by its number (ECMA-376 part 1, 22.9.2.19)."""
    return f"_x{ord(found[0]):04x}_"


def _grown_table(book: Outline, table: ExcelTable, new: Area, titles: Sequence[str]) -> bytes:
    """The table's part, reaching over the new columns."""
    edits = Edits(stored(book.package, table.part))
    root = edits.root
    columns, filtered = root.child("tableColumns"), root.child("autoFilter")
    is_from_elsewhere = root.attributes.get("tableType", "worksheet") != "worksheet"
    if columns is None or is_from_elsewhere:
        raise InputError(
            f"{book.package.source}: the table {table.display_name} is filled from elsewhere, so "
            "Stepladder cannot add columns to it; copy its rows into a table of their own."
        )
    ref = table.area.joined(new).ref.encode()
    edits.set_attribute(root, b"ref", ref)
    if filtered is not None:
        edits.set_attribute(filtered, b"ref", ref)
    ids = [int(column.attributes["id"]) for column in columns.children]
    added = _table_columns(titles, 1 + max(ids, default=0))
    edits.append(columns, [with_prefix(element.encode(), root.prefix) for element in added])
    if "count" in columns.attributes:
        edits.set_attribute(columns, b"count", b"%d" % (len(ids) + len(added)))
    return edits.result()
