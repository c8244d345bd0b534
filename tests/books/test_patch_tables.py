"""Tables that are wholly ours: any number of rows, and nobody else's cells in danger."""

import datetime as dt
import re
from io import BytesIO
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from openpyxl import load_workbook
from tests.books.packages import (
    SHEET,
    TABLE,
    cells,
    changes,
    outline_of,
    part,
    parts,
    patched,
    row,
    with_part,
    with_rows,
)

from stepladder.books.edits import RowsEdit
from stepladder.books.table import SHEET_ROWS
from stepladder.errors import InputError, OutputError

OLD = [["a", 1, "why"], ["b", 2, None], ["c", 3, "so"]]


def shortlist(*rows: list[Any], last: int = 4) -> bytes:
    """A sheet Shortlist with the table Shortlist at B2: ID, Rank, Why (wrapped, 24 wide).

    Its looks are those of the first row; a note stands beside the header and a sum below, far off.
    """
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Shortlist")
        looks = [
            book.add_format({"num_format": "@"}),
            book.add_format({"num_format": "0", "bold": True}),
            book.add_format({"text_wrap": True}),
        ]
        sheet.set_column(3, 3, 24)
        for number, values in enumerate(rows or OLD, start=2):
            for column, (value, look) in enumerate(zip(values, looks, strict=True), start=1):
                sheet.write(number, column, value, look)
        columns = [{"header": title} for title in ("ID", "Rank", "Why")]
        sheet.add_table(1, 1, last, 3, {"name": "Shortlist", "columns": columns})
        sheet.write(1, 6, "beside the header")
        sheet.write(40, 1, "below")
        sheet.conditional_format("C3:C1048576", {"type": "cell", "criteria": ">", "value": 1})
        sheet.data_validation("D3:D99", {"validate": "length", "criteria": "<", "value": 99})
        sheet.write_comment("B2", "calculated")
        sheet.set_landscape()
    return content.getvalue()


BOOK = shortlist()


def edit(*rows: list[Any], **options: Any) -> RowsEdit:  # noqa: ANN401 - an edit's own fields
    """New rows, the columns in another order than the sheet's."""
    schema = {"id": pl.String, "RANK": pl.Int64, "Why": pl.String}
    frame = pl.DataFrame(rows, schema, orient="row")
    return RowsEdit("Shortlist", frame.select("Why", "id", "RANK"), **options)


@pytest.mark.parametrize("count", [0, 1, 3, 5, 20])
def test_a_table_takes_any_number_of_rows(count: int) -> None:
    """Its range and the part's dimension follow; without rows it keeps a blank one."""
    rows = [[f"00{number}", number, "x"] for number in range(count)]
    new = patched(BOOK, edit(*rows))
    last = 2 + max(count, 1)
    assert cells(new, "Shortlist", f"B3:D{last}") == (rows or [[None] * 3])
    assert outline_of(new).table("Shortlist").area.ref == f"B2:D{last}"
    assert b'<autoFilter ref="B2:D%d"/>' % last in part(new, TABLE)
    if last < 5:
        assert cells(new, "Shortlist", f"B{last + 1}:D5") == [[None] * 3] * (5 - last)


def test_nothing_else_moves() -> None:
    """Rows around, formats, validations, comments, print set-up and every other part stay."""
    new = patched(BOOK, edit(*([["z", 9, "y"]] * 9)))
    assert {name for name in parts(BOOK) if part(BOOK, name) != part(new, name)} == {SHEET, TABLE}
    old_tail, new_tail = (part(content).partition(b"</sheetData>")[2] for content in (BOOK, new))
    assert old_tail == new_tail
    for number in (2, 41):
        assert row(new, number) == row(BOOK, number)


def test_the_dimension_follows_where_nothing_stands_below() -> None:
    """It never cuts off what does."""
    alone = with_rows(BOOK, re.sub(r'<row r="41".*?</row>', "", sheet_rows(BOOK)))
    alone = with_part(alone, SHEET, lambda xml: xml.replace(b"B2:G41", b"B2:G5"))
    assert b'<dimension ref="B2:G8"/>' in part(patched(alone, edit(*([["z", 9, "y"]] * 6))))
    assert b'<dimension ref="B2:G3"/>' in part(patched(alone, edit(["z", 9, "y"])))
    assert b'<dimension ref="B2:G41"/>' in part(patched(BOOK, edit(["z", 9, "y"])))


def sheet_rows(content: bytes) -> str:
    """The rows of the first sheet, as they are spelled."""
    found = re.search(rb"<sheetData>(.*)</sheetData>", part(content), re.DOTALL)
    assert found
    return found[1].decode()


def test_every_row_looks_like_the_first_one() -> None:
    """Styles by column, and the height for the lines that wrapped text takes."""
    new = patched(BOOK, edit(*([["z", 9, "word " * 12]] * 9)))
    sheet = load_workbook(BytesIO(new))["Shortlist"]
    for number in (3, 8, 11):
        assert sheet.cell(number, 2).number_format == "@"
        assert sheet.cell(number, 3).font.bold
        # 60 characters at 26 on a line of 24 digits.
        assert sheet.row_dimensions[number].height == 3 * 15


def test_a_column_of_another_kind_gets_a_style_that_shows_it() -> None:
    """A day in a column of whole numbers is no number."""
    frame = pl.DataFrame({"ID": ["a"], "Rank": [dt.date(2026, 5, 1)], "Why": [None]})
    new = patched(BOOK, RowsEdit("Shortlist", frame))
    cell = load_workbook(BytesIO(new))["Shortlist"]["C3"]
    assert (cell.is_date, cell.font.bold) == (True, True)


def test_the_same_rows_change_nothing() -> None:
    """However they are stored; one that differs is written alone."""
    assert changes(BOOK, edit(*OLD)).parts == {}
    other = [OLD[0], ["b", 7, None], OLD[2]]
    new = patched(BOOK, edit(*other))
    assert changes(BOOK, edit(*other)).rows == 1
    assert [row(new, number) == row(BOOK, number) for number in (3, 4, 5)] == [True, False, True]
    assert changes(new, edit(*other)).parts == {}


def test_no_rows_stay_no_rows() -> None:
    """The blank row is not written twice."""
    empty = patched(BOOK, edit())
    assert changes(empty, edit()).parts == {}
    assert cells(patched(empty, edit(*OLD)), "Shortlist", "B3:D5") == OLD


def filtered(content: bytes) -> bytes:
    """The table filtered to Rank 2 and sorted, its first row hidden."""
    criteria = (
        b'<autoFilter ref="B2:D5"><filterColumn colId="0" hiddenButton="1"/>'
        b'<filterColumn colId="1"><filters><filter val="2"/></filters></filterColumn></autoFilter>'
        b'<sortState ref="B3:D5"><sortCondition ref="B3:B5"/></sortState>'
    )
    hidden = with_part(
        content, SHEET, lambda xml: xml.replace(b'<row r="3"', b'<row hidden="1" r="3"')
    )
    return with_part(hidden, TABLE, lambda xml: xml.replace(b'<autoFilter ref="B2:D5"/>', criteria))


def test_a_filter_never_hides_new_rows() -> None:
    """Where rows change, criteria and sort order go and all rows are shown; buttons stay as set."""
    old = filtered(BOOK)
    new = patched(old, edit(*OLD, ["d", 4, "new"]))
    assert b"hidden=" not in part(new)
    assert (
        b'<autoFilter ref="B2:D6"><filterColumn colId="0" hiddenButton="1"/></autoFilter>'
        b"<tableColumns" in part(new, TABLE)
    )
    assert changes(old, edit(*OLD)).parts == {}


LINKS = {"id": ["'Applicants'!A5", None, "'R&D'!A1"]}


def test_links_of_the_rows_are_replaced() -> None:
    """Links elsewhere keep their bytes; without any, all links stay as they are."""
    linked = patched(BOOK, edit(*OLD, links=LINKS))
    sheet = load_workbook(BytesIO(linked))["Shortlist"]
    assert sheet["B3"].hyperlink.location == "'Applicants'!A5"
    assert sheet["B4"].hyperlink is None
    assert sheet["B5"].hyperlink.location == "'R&D'!A1"
    assert changes(linked, edit(*OLD, links=LINKS)).parts == {}
    other = b'<hyperlink ref="G2" location="A1"/>'
    elsewhere = with_part(
        linked, SHEET, lambda xml: xml.replace(b"<hyperlinks>", b"<hyperlinks>" + other)
    )
    shorter = patched(elsewhere, edit(OLD[0], links={"ID": [None]}))
    assert b"<hyperlinks>" + other + b"</hyperlinks>" in part(shorter)
    assert b"<hyperlink" not in part(patched(linked, edit(OLD[0], links={})))
    assert part(patched(linked, edit(*OLD[:2]))).count(b"<hyperlink ") == 2


def test_links_stand_where_the_format_has_them() -> None:
    """Behind validations and before margins (CT_Worksheet)."""
    tail = part(patched(BOOK, edit(*OLD, links=LINKS))).partition(b"</sheetData>")[2]
    order = [b"<conditionalFormatting", b"<dataValidations", b"<hyperlinks", b"<pageMargins"]
    assert sorted(order, key=tail.find) == order


@pytest.mark.parametrize(
    ("cell", "rows", "address"),
    [
        ('<c r="E4" t="inlineStr"><is><t>note</t></is></c>', 3, "E4"),
        ('<c r="H3"><v>1</v></c>', 3, "H3"),
        ('<c r="A5"><f>1+1</f></c>', 3, "A5"),
        ('<c r="C6"><v>1</v></c>', 4, "C6"),
        ('<c r="G7"><v>1</v></c>', 6, "G7"),
        ('<c r="C4"><f>1+1</f><v>2</v></c>', 3, "C4"),
    ],
    ids=["beside", "far beside", "left", "below", "below and beside", "own formula"],
)
def test_what_is_not_ours_is_refused_where_rows_go(cell: str, rows: int, address: str) -> None:
    """With its address."""
    old = with_rows(BOOK, f'<row r="{address[1:]}">{cell}</row>')
    with pytest.raises(InputError, match=rf"Book\.xlsx, Shortlist!{address}: "):
        patched(old, edit(*([["z", 9, "y"]] * rows)))


def test_what_stands_out_of_reach_stays() -> None:
    """A cell just below the last row is nobody's business."""
    old = with_rows(BOOK, '<row r="6"><c r="C6"><v>1</v></c></row>')
    assert '<c r="C6"><v>1</v></c>' in row(patched(old, edit(*OLD)), 6)


def test_formatted_cells_beside_the_table_stay() -> None:
    """Blank cells with a style, left and right, in rows that stay, come and go."""
    rows = (
        f'<row r="{row}"><c r="A{row}" s="1"/><c r="C{row}"><v>1</v></c><c r="F{row}" s="2"/></row>'
        for row in (3, 4, 5)
    )
    old = with_rows(BOOK, "".join(rows))
    new = patched(old, edit(["z", 9, "y"]))
    assert re.fullmatch(r'<row r="3"><c r="A3" s="1"/>.*<c r="F3" s="2"/></row>', row(new, 3))
    assert row(new, 4) == '<row r="4"><c r="A4" s="1"/><c r="F4" s="2"/></row>'


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        ('<mergeCells count="1"><mergeCell ref="A4:B5"/></mergeCells>', "A4:B5: .* merged"),
        ('<mergeCells count="1"><mergeCell ref="A9:B9"/></mergeCells>', ""),
    ],
)
def test_merged_cells_are_refused_in_reach(ending: str, sentence: str) -> None:
    """Elsewhere they are nobody's business."""
    old = with_part(
        BOOK, SHEET, lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + ending.encode())
    )
    if sentence:
        with pytest.raises(InputError, match=sentence):
            patched(old, edit(*OLD, OLD[0]))
    else:
        assert changes(old, edit(*OLD, OLD[0])).rows == 1


def test_an_array_that_reaches_in_is_refused() -> None:
    """Its formula stands above, outside the table."""
    old = with_rows(
        BOOK, '<row r="1"><c r="C1"><f t="array" ref="C1:C3">A1:A3</f><v>1</v></c></row>'
    )
    with pytest.raises(InputError, match=r"Shortlist!C1:C3: .* formula in another cell"):
        patched(old, edit(*OLD))


def test_a_totals_row_is_refused() -> None:
    """Its rows would have to move."""
    old = with_part(
        BOOK, TABLE, lambda xml: xml.replace(b'totalsRowShown="0"', b'totalsRowCount="1"')
    )
    with pytest.raises(InputError, match=r"table Shortlist: .* totals row; switch it off"):
        patched(old, edit(*OLD))


def test_another_table_below_is_refused() -> None:
    """Even where it has no values."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Shortlist")
        for first, name in ((0, "Shortlist"), (9, "Other")):
            columns = [{"header": title} for title in ("ID", "Rank", "Why")]
            sheet.add_table(first, 0, first + 2, 2, {"name": name, "columns": columns})
    assert changes(content.getvalue(), edit(*([OLD[0]] * 8))).rows == 8
    with pytest.raises(InputError, match="Shortlist!A10:C12: the table Other stands where"):
        patched(content.getvalue(), edit(*([OLD[0]] * 9)))


def test_the_columns_must_be_the_same() -> None:
    """One that somebody added is named, and one that is gone too."""
    added = with_part(BOOK, TABLE, lambda xml: xml.replace(b'name="Why"', b'name="Our view"'))
    with pytest.raises(InputError, match="has no column Why"):
        patched(added, edit(*OLD))
    fewer = RowsEdit("Shortlist", pl.DataFrame({"ID": ["a"], "Rank": [1]}))
    with pytest.raises(InputError, match="the column Why is none of Stepladder's"):
        patched(BOOK, fewer)


def test_more_rows_than_a_sheet_has_are_refused() -> None:
    """Before anything is read."""
    frame = pl.DataFrame({"ID": pl.repeat("a", SHEET_ROWS - 1, eager=True)}).with_columns(
        Rank=1, Why=None
    )
    with pytest.raises(OutputError, match="has 1,048,575 rows"):
        patched(BOOK, RowsEdit("Shortlist", frame))


def test_a_table_with_nothing_in_it_yet_is_filled() -> None:
    """Excel marks it with insertRow, and its one row need not be in the part."""
    waiting = b' ref="B2:D3" insertRow="1" '
    old = with_part(
        with_rows(BOOK, ""), TABLE, lambda xml: xml.replace(b' ref="B2:D5" ', waiting, 1)
    )
    new = patched(old, edit(*OLD))
    assert cells(new, "Shortlist", "B3:D5") == OLD
    assert b"insertRow" not in part(new, TABLE)
