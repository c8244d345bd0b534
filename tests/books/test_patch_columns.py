"""Our columns in a table that the office keeps: only their cells change, only where needed."""

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
    WORKBOOK,
    cells,
    changes,
    part,
    parts,
    patched,
    row,
    rows_at,
    with_part,
    with_parts,
    with_rows,
)

from stepladder.books.edits import ColumnEdit
from stepladder.errors import InputError

TITLES = ["ID", "Score", "Tier", "Due", "Note"]
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def roster(*rows: list[Any], options: dict[str, Any] | None = None) -> bytes:
    """A sheet Roster with the table Applicants at A1: ID, Score, Tier, Due (dates), Note."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **(options or {})}) as book:
        sheet = book.add_worksheet("Roster")
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy", "italic": True})
        for number, values in enumerate(rows, start=1):
            for column, value in enumerate(values):
                cell_format = {2: bold, 3: day}.get(column)
                if isinstance(value, str):
                    sheet.write_string(number, column, value, cell_format)
                else:
                    sheet.write(number, column, value, cell_format)
        columns = [{"header": title} for title in TITLES]
        sheet.add_table(0, 0, len(rows), 4, {"name": "Applicants", "columns": columns})
    return content.getvalue()


TWO = roster(
    ["007", 245, "Targeted", dt.date(2026, 5, 1), "=1+1 is text"],
    ["3401-E5", None, "Pending", None, "+1 555"],
)


def edit(**columns: list[Any]) -> ColumnEdit:
    """Values for the rows from 2 on."""
    height = len(next(iter(columns.values())))
    return ColumnEdit("Applicants", rows_at(*range(2, height + 2)), pl.DataFrame(columns))


def values(content: bytes, ref: str = "A2:E3") -> list[list[Any]]:
    """What stands in the table's rows."""
    return cells(content, "Roster", ref)


def test_only_the_cells_of_the_columns_change() -> None:
    """All else in the sheet and every other part keeps its bytes; the cells keep their styles."""
    new = patched(TWO, edit(Score=[246, 230], Tier=["Competitive", "-5"]))
    assert values(new) == [
        ["007", 246, "Competitive", dt.datetime(2026, 5, 1), "=1+1 is text"],  # noqa: DTZ001
        ["3401-E5", 230, "-5", None, "+1 555"],
    ]
    assert {name for name in parts(TWO) if part(TWO, name) != part(new, name)} == {SHEET}
    blank = re.compile(r'<c r="[BC]\d".*?(?:/>|</c>)')
    for number in (2, 3):
        assert blank.sub("", row(TWO, number)) == blank.sub("", row(new, number))
    assert '<c r="C2" s="1" t="inlineStr">' in row(new, 2)


def test_rows_are_taken_as_they_are_numbered() -> None:
    """The caller found them by id: here the second row comes first, and a third is left alone."""
    three = roster(["a", 1, "x"], ["b", 2, "y"], ["c", 3, "z"])
    update = ColumnEdit("Applicants", rows_at(4, 2), pl.DataFrame({"Score": [30, 10]}))
    assert values(patched(three, update), "A2:B4") == [["a", 10], ["b", 2], ["c", 30]]


def test_a_cell_that_shows_its_value_keeps_its_bytes() -> None:
    """However it is stored: shared, inline or rich text, a number in any spelling, a blank."""
    old = with_parts(
        with_rows(
            TWO,
            '<row r="2"><c r="B2"><v>2.45E2</v></c><c r="C2" t="s"><v>1</v></c></row>'
            '<row r="3"><c r="B3" s="3"/><c r="C3" t="inlineStr"><is><r><t>Pen</t></r>'
            "<r><rPr><b/></rPr><t>d&#105;ng_x0021_</t></r><rPh><t>x</t></rPh></is></c></row>",
        ),
        {
            "xl/sharedStrings.xml": f'<sst xmlns="{NS}"><si><t>no</t></si><si><r><t>Tar</t></r>'
            "<r><t>geted</t></r><rPh><t>x</t></rPh></si></sst>".encode()
        },
    )
    same = edit(Score=[245.0, None], Tier=["Targeted", "Pending!"])
    assert changes(old, same).parts == {}
    assert changes(old, edit(Score=[245, None], Tier=["targeted", "Pending!"])).cells == 1


def test_a_second_patch_changes_nothing() -> None:
    """What we wrote shows what we wrote."""
    update = edit(
        Score=[0.1, None],
        Tier=[" <b>&\r\n_x0041_\x01", None],
        Due=[dt.date(2026, 2, 28), dt.date(1900, 1, 1)],
    )
    assert changes(patched(TWO, update), update).parts == {}


def test_a_blank_keeps_its_style_and_is_not_put_where_no_cell_is() -> None:
    """Null, empty text and NaN alike."""
    old = with_rows(TWO, '<row r="2"><c r="B2" s="1"><v>1</v></c></row><row r="3"/>')
    new = patched(old, edit(Score=[float("nan"), None], Tier=["", None]))
    assert row(new, 2) == '<row r="2"><c r="B2" s="1"/></row>'
    assert row(new, 3) == '<row r="3"/>'


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            '<row r="2" spans="1:2"><c r="A2"><v>7</v></c></row>',
            '<row r="2" spans="1:3"><c r="A2"><v>7</v></c>{C}</row>',
        ),
        (
            '<row r="2" spans="1:5"><c r="A2"/><c r="E2"/></row>',
            '<row r="2" spans="1:5"><c r="A2"/>{C}<c r="E2"/></row>',
        ),
        ('<row r="2"/>', '<row r="2">{C}</row>'),
        ('<row r="2" ht="30"></row>', '<row r="2" ht="30">{C}</row>'),
        ('<row r="1"/><row r="3"/>', '<row r="2">{C}</row>'),
        ("", '<row r="2">{C}</row>'),
        ("<row/><row><c/><c/><c><v>1</v></c><c><v>2</v></c></row>", None),
        ('<row r="2">\n <c  r=\'C2\' s="1" ></c >\n</row>', None),
    ],
    ids=["behind", "between", "closed row", "empty row", "no row", "no rows", "unnumbered", "odd"],
)
def test_a_cell_is_found_or_placed_in_any_spelling(rows: str, expected: str | None) -> None:
    """Cells and rows without a reference count on; a new cell wears its column's style."""
    old = with_rows(TWO, rows)
    new = patched(old, edit(Tier=["x"]))
    assert values(new, "C2:C2") == [["x"]]
    if expected is not None:
        text = '<is><t xml:space="preserve">x</t></is></c>'
        assert row(new, 2) == expected.format(C=f'<c r="C2" t="inlineStr">{text}')


@pytest.mark.parametrize("ending", [b"/>", b" />"])
def test_an_empty_sheet_is_opened(ending: bytes) -> None:
    """<sheetData/> gets a start and an end."""
    old = with_part(with_rows(TWO, ""), SHEET, lambda xml: xml.replace(b"></sheetData>", ending))
    assert values(patched(old, edit(Score=[1])), "B2:B2") == [[1]]


def test_the_dimension_grows_with_the_cells() -> None:
    """A program had written it too small."""
    old = with_part(TWO, SHEET, lambda xml: xml.replace(b'"A1:E3"', b'"A1"'))
    assert b'<dimension ref="A1:C3"/>' in part(patched(old, edit(Tier=["x", "y"])))


def test_names_with_a_prefix_stay_so() -> None:
    """As the Open XML SDK writes them."""

    def prefixed(xml: bytes) -> bytes:
        named = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", xml)
        return named.replace(b' xmlns="', b' xmlns:x="', 1)

    old = with_part(TWO, SHEET, prefixed)
    new = patched(old, edit(Score=[1, 2], Tier=["a", None]))
    assert values(new, "A2:C3") == [["007", 1, "a"], ["3401-E5", 2, None]]
    assert b'<x:c r="C2" s="1" t="inlineStr"><x:is><x:t xml:space="preserve">a</x:t>' in part(new)


def test_a_cell_keeps_what_is_said_of_it_but_not_of_its_old_value() -> None:
    """Its style and phonetic hints stay; a picture or a spill that was its value does not."""
    old = with_rows(
        TWO, '<row r="2"><c s="1" ph="1" r="B2" t="e" vm="1" cm="2"><v>#N/A</v></c></row>'
    )
    assert '<c ph="1" r="B2" s="1"><v>3</v></c>' in row(patched(old, edit(Score=[3])), 2)


@pytest.mark.parametrize("options", [{}, {"date_1904": True}], ids=["1900", "1904"])
def test_days_are_counted_as_the_workbook_counts_them(options: dict[str, Any]) -> None:
    """From 1900 or from 1904; what is before the first day stands as text."""
    days = [dt.date(2026, 5, 1), dt.date(1904, 1, 2), dt.date(1899, 12, 31)]
    rows = [["a", 1, "x", dt.date(2000, 1, 1)]] * 3
    old = roster(*rows, options=options)
    new = patched(old, edit(Due=days))
    read = [line[0] for line in values(new, "D2:D4")]
    assert [str(value)[:10] for value in read] == [str(day) for day in days]
    assert isinstance(read[2], str)


def test_a_day_before_march_1900_has_excel_s_number() -> None:
    """Excel counts a 29 February 1900: 1 January is 1, and 1 March is 61."""
    new = patched(TWO, edit(Due=[dt.date(1900, 1, 1), dt.date(1900, 3, 1)]))
    assert re.findall(r'<c r="D\d" s="\d"><v>(\d+)</v>', row(new, 2) + row(new, 3)) == ["1", "61"]


@pytest.mark.parametrize(
    ("column", "value", "number_format"),
    [
        ("Due", 12.5, "General"),
        ("Due", dt.date(2026, 5, 1), "dd/mm/yyyy"),
        ("Due", "soon", "dd/mm/yyyy"),
        ("Score", dt.date(2026, 5, 1), "mm-dd-yy"),
        ("Score", dt.datetime(2026, 5, 1, 12), "m/d/yy h:mm"),  # noqa: DTZ001
        ("Score", 12.5, "General"),
    ],
)
def test_a_style_that_does_not_fit_the_value_is_replaced(
    column: str, value: object, number_format: str
) -> None:
    """By one like it in all but the number format: a number never shows as a day."""
    new = patched(TWO, edit(**{column: [value, None]}))
    cell = load_workbook(BytesIO(new))["Roster"]["D2" if column == "Due" else "B2"]
    assert cell.number_format == number_format
    assert cell.font.italic is (column == "Due")


def test_styles_are_added_behind_the_others() -> None:
    """No cell elsewhere changes its look."""
    new = patched(TWO, edit(Score=[dt.date(2026, 5, 1), dt.date(2026, 5, 2)], Due=[1, 2]))
    old_formats, new_formats = (
        re.search(rb"<cellXfs.*?>(.*)</cellXfs>", part(content, "xl/styles.xml"))
        for content in (TWO, new)
    )
    assert old_formats
    assert new_formats
    assert new_formats[1].startswith(old_formats[1])
    assert new_formats[1].count(b"<xf ") == old_formats[1].count(b"<xf ") + 2
    assert b'<cellXfs count="5">' in part(new, "xl/styles.xml")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-5", "@x", "007", "1e5", "TRUE", "2026-05-01"])
def test_text_stays_text(text: str) -> None:
    """No formula, no number, no day comes of it."""
    new = patched(TWO, edit(Tier=[text, None]))
    cell = load_workbook(BytesIO(new))["Roster"]["C2"]
    assert (cell.value, cell.data_type) == (text, "s" if text[0] != "=" else cell.data_type)
    assert 't="inlineStr"' in row(new, 2)
    assert "<f>" not in row(new, 2)


def test_a_text_that_no_cell_holds_is_cut() -> None:
    """At 32,767 UTF-16 units, with a mark."""
    [[value]] = cells(patched(TWO, edit(Tier=["🩺" * 20_000, None])), "Roster", "C2:C2")
    assert len(value.encode("utf-16-le")) <= 2 * 32_767
    assert value.endswith("[cut here: a cell holds no more]")


FORMULAS = {
    "plain": '<c r="C2"><f>1+1</f><v>2</v></c>',
    "shared": '<c r="C2"><f t="shared" ref="C2:C3" si="0">A2</f><v>2</v></c>',
    "shared, not the first": '<c r="C2"><f t="shared" si="0"/><v>2</v></c>',
    "array": '<c r="C2"><f t="array" ref="C2:C3">A2:A3</f><v>2</v></c>',
}


@pytest.mark.parametrize("cell", FORMULAS.values(), ids=FORMULAS)
def test_a_formula_in_an_owned_cell_is_refused(cell: str) -> None:
    """With its address: somebody wrote it."""
    with pytest.raises(InputError, match=r"Book\.xlsx, Roster!C2: .* holds a formula"):
        patched(with_rows(TWO, f'<row r="2">{cell}</row>'), edit(Tier=["x", "y"]))


@pytest.mark.parametrize("kind", ["array", "dataTable"])
def test_a_cell_that_another_cell_s_formula_fills_is_refused(kind: str) -> None:
    """Excel would not let anyone change a part of it."""
    rows = (
        f'<row r="2"><c r="B2"><f t="{kind}" ref="B2:C3">A2:A3</f><v>1</v></c>'
        '<c r="C2"><v>2</v></c></row><row r="3"><c r="C3"><v>2</v></c></row>'
    )
    third = ColumnEdit("Applicants", rows_at(3), pl.DataFrame({"Tier": ["x"]}))
    with pytest.raises(InputError, match=r"Roster!C3: .* formula in another cell fills it"):
        patched(with_rows(TWO, rows), third)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><!-- a --><c r="C2"/></row>',
        '<row r="2"><c r="C2" t="inlineStr"><is><t><![CDATA[x]]></t></is></c></row>',
        '<row r="2"><?a b?><c r="C2"/></row>',
        '<row r="2"><c r="C2"><extLst/></c></row>',
    ],
    ids=["comment", "CDATA", "instruction", "extension"],
)
def test_what_cannot_be_placed_for_certain_is_refused(rows: str) -> None:
    """With the row."""
    with pytest.raises(InputError, match=r"sheet Roster, holds comments .* row 2"):
        patched(with_rows(TWO, rows), edit(Tier=["x"]))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="3"/><row r="2"/>',
        '<row r="2"><c r="C2"/><c r="B2"/></row>',
        '<row r="2"><c r="C3"/></row>',
        '<row r="2"><c r="C2"><w>1</w></c></row>',
        '<row r="2"><c r="C2" t="s"><v>999</v></c></row>',
        '<row r="2"><c r="C2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="C2"><v>many</v></c></row>',
    ],
    ids=["rows", "cells", "address", "content", "string", "no string", "number"],
)
def test_rows_that_are_out_of_order_are_damage(rows: str) -> None:
    """Told with where it begins."""
    with pytest.raises(InputError, match=r"sheet Roster, is damaged from [A-Z]+\d+ on"):
        patched(with_rows(TWO, rows), edit(Score=[1], Tier=["x"]))


def test_shared_strings_that_hide_a_text_are_refused() -> None:
    """Where they are needed at all: a cell seems blank that is not."""
    strings = f'<sst xmlns="{NS}"><si><t><![CDATA[x]]></t></si></sst>'.encode()
    old = with_parts(
        with_rows(TWO, '<row r="2"><c r="C2" t="s"><v>0</v></c></row>'),
        {"xl/sharedStrings.xml": strings},
    )
    assert changes(old, edit(Score=[1])).cells == 1
    with pytest.raises(InputError, match="damaged"):
        changes(old, edit(Tier=[None]))


@pytest.mark.parametrize(
    ("update", "sentence"),
    [
        (ColumnEdit("Plan", rows_at(2), pl.DataFrame({"Tier": ["x"]})), "has no table Plan"),
        (edit(Levels=["x"]), "has no column Levels"),
    ],
)
def test_what_is_not_there_is_refused(update: ColumnEdit, sentence: str) -> None:
    """With a name an advisor knows."""
    with pytest.raises(InputError, match=sentence):
        patched(TWO, update)


@pytest.mark.parametrize("numbers", [(2, 2), (1, 2), (3, 4)], ids=["twice", "header", "below"])
def test_a_row_outside_the_table_is_the_caller_s_mistake(numbers: tuple[int, int]) -> None:
    """So is one that comes twice."""
    with pytest.raises(ValueError, match=r"sheet row|reaches out"):
        changes(
            TWO, ColumnEdit("Applicants", rows_at(*numbers), pl.DataFrame({"Tier": ["x", "y"]}))
        )


def test_titles_are_matched_in_any_case_and_spacing() -> None:
    """As the header cell shows them."""
    old = with_part(TWO, TABLE, lambda xml: xml.replace(b'"Tier"', b'"Our_x000a_ TIER"'))
    update = ColumnEdit("applicants", rows_at(2), pl.DataFrame({"our tier": ["x"]}))
    assert changes(old, update).cells == 1


CALCULATION = [
    (b'<calcPr calcId="124519"/>', b'<calcPr fullCalcOnLoad="1" calcId="124519"/>'),
    (
        b"<calcPr fullCalcOnLoad='0' calcId='1'></calcPr>",
        b"<calcPr fullCalcOnLoad='1' calcId='1'></calcPr>",
    ),
    (b"", b'<calcPr fullCalcOnLoad="1"/>'),
    (b"<extLst/>", b'<calcPr fullCalcOnLoad="1"/><extLst/>'),
]


@pytest.mark.parametrize(("before", "after"), CALCULATION)
def test_excel_is_told_to_calculate_when_it_opens_the_file(before: bytes, after: bytes) -> None:
    """Where there is a formula anywhere; the rest of the part stays."""
    formula = with_rows(TWO, '<row r="2"><c r="H2"><f>C2</f><v>0</v></c></row>')
    stored = re.compile(rb"<calcPr.*?/>")
    old = with_part(formula, WORKBOOK, lambda xml: stored.sub(before, xml))
    new = patched(old, edit(Tier=["x", "y"]))
    assert part(new, WORKBOOK) == stored.sub(after, part(TWO, WORKBOOK))
    assert WORKBOOK not in changes(new, edit(Tier=["y", "x"])).parts


def test_without_formulas_or_changes_nothing_is_to_be_calculated() -> None:
    """The workbook's part is left alone."""
    quiet = with_part(TWO, WORKBOOK, lambda xml: xml.replace(b' fullCalcOnLoad="1"', b""))
    formula = with_rows(quiet, '<row r="2"><c r="H2"><f>C2</f><v>0</v></c></row>')
    assert list(changes(quiet, edit(Tier=["x", "y"])).parts) == [SHEET]
    assert changes(formula, edit(Tier=[None, None])).parts == {}


def test_without_any_styles_no_day_can_be_written() -> None:
    """It would show as a number."""
    bare = with_parts(
        TWO,
        {
            name: content.replace(b"relationships/styles", b"relationships/nothing")
            for name, content in parts(TWO).items()
            if name.endswith(".rels")
        },
    )
    assert changes(bare, edit(Score=[1, 2])).cells == 2
    with pytest.raises(InputError, match="has no cell styles"):
        patched(bare, edit(Score=[dt.date(2026, 5, 1), None]))
