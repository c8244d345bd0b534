"""A results workbook is read back by two libraries that did not write it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import fastexcel
import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from stepladder.books.cells import CUT_MARK, LONGEST_TEXT
from stepladder.books.sheets import NO_ORIGINALS
from stepladder.books.staging import staged
from stepladder.books.table import Sheet, SheetColumn
from stepladder.errors import OutputError
from stepladder.template.looks import frozen_columns, table_titles
from stepladder.template.workbook import write_workbook


def reopened(path: Path, sheets: Sequence[Sheet]) -> Workbook:
    """Write, and open with openpyxl."""
    write_workbook(path, sheets)
    return openpyxl.load_workbook(path)


def column(sheet: Worksheet, title: str) -> list[Any]:
    """List the values under a title."""
    for cells in sheet.iter_cols():
        if cells[0].value == title:
            return [cell.value for cell in cells[1:]]
    raise LookupError(title)


def cell(sheet: Worksheet, title: str, row: int = 2) -> Cell:
    """Give the cell under a title in a sheet row."""
    return next(found for found in sheet[row] if sheet.cell(1, found.column).value == title)


def texts(values: Sequence[str | None]) -> Sheet:
    """Give a table of one text column."""
    frame = pl.DataFrame({"text": values}, schema={"text": pl.String})
    columns = (SheetColumn("text", "Text", "text", "own", 10),)
    return Sheet("texts", "Texts", frame, columns, NO_ORIGINALS)


def test_openpyxl_reads_the_same_values(tmp_path: Path, applicants: Sheet) -> None:
    """Every cell reads back as text, number or date, equal to what was written."""
    sheet = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"]
    assert column(sheet, "Applicant ID") == ["007", "0012", "=1+1"]
    assert column(sheet, "Name") == ["Ann & Bob <x>", None, "<r>raw</r>"]
    assert column(sheet, "Step 2 CK score") == [245, None, "two-forty"]
    assert column(sheet, "Step 2 CK date") == [
        dt.datetime(2026, 3, 1),  # noqa: DTZ001 - a cell has no time zone
        dt.datetime(2024, 2, 29),  # noqa: DTZ001 - as above
        None,
    ]
    assert column(sheet, "Preferred states") == ["NY; PA", "OH", None]
    assert column(sheet, "Office note") == ["+1 555", " kept  as is ", "line one\nline two"]
    assert column(sheet, "Program fit") == [12.25, 0.1 + 0.2, None]
    assert column(sheet, "Application cost (USD)") == [1230, 330, None]
    assert column(sheet, "Invite rate") == [0.123456, 1e-7, None]
    assert column(sheet, "Why") == ["@home", "-5", "“quoted” – ρ 🩺"]


def test_calamine_reads_the_same_table(tmp_path: Path, applicants: Sheet) -> None:
    """The Excel table is found by its name and holds the same values."""
    write_workbook(tmp_path / "r.xlsx", [applicants])
    table = fastexcel.read_excel(tmp_path / "r.xlsx").load_table("Applicants").to_polars()
    read = table.select("Applicant ID", "Name", "Office note", "Program fit", "Step 2 CK date")
    assert read.rows() == [
        ("007", "Ann & Bob <x>", "+1 555", 12.25, dt.datetime(2026, 3, 1)),  # noqa: DTZ001 - as above
        ("0012", None, " kept  as is ", 0.1 + 0.2, dt.datetime(2024, 2, 29)),  # noqa: DTZ001 - as above
        ("=1+1", "<r>raw</r>", "line one\nline two", None, None),
    ]


def test_no_cell_is_a_formula(tmp_path: Path, applicants: Sheet) -> None:
    """Text that begins with = + - @ stays text: no sheet part holds a formula element."""
    sheet = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"]
    assert cell(sheet, "Applicant ID", 4).data_type == "s"
    with ZipFile(tmp_path / "r.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_equal_sheets_give_equal_bytes(tmp_path: Path, applicants: Sheet, plan: Sheet) -> None:
    """The file depends on nothing but the tables."""
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, [applicants, plan])
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_the_file_names_no_person_and_no_moment(tmp_path: Path, applicants: Sheet) -> None:
    """The document properties have no author and a fixed day."""
    properties = reopened(tmp_path / "r.xlsx", [applicants]).properties
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created == dt.datetime(2026, 1, 1)  # noqa: DTZ001 - openpyxl drops the zone


def test_sheets_stand_in_the_given_order(tmp_path: Path, applicants: Sheet, plan: Sheet) -> None:
    """Each sheet holds one table; both bear the title."""
    book = reopened(tmp_path / "r.xlsx", [plan, applicants])
    assert [(sheet.title, *sheet.tables) for sheet in book] == [
        ("Plan", "Plan"),
        ("Applicants", "Applicants"),
    ]


def test_the_table_covers_the_rows_and_filters_them(tmp_path: Path, applicants: Sheet) -> None:
    """The table reaches from the header to the last row, with an autofilter, under its titles."""
    table = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"].tables["Applicants"]
    assert (table.ref, table.autoFilter.ref) == ("A1:L4", "A1:L4")
    assert table.column_names == [column.title for column in applicants.columns]


def test_an_empty_table_has_one_blank_row(tmp_path: Path, plan: Sheet) -> None:
    """Excel takes no table without rows."""
    sheet = reopened(tmp_path / "r.xlsx", [plan])["Plan"]
    assert sheet.tables["Plan"].ref == "A1:B2"
    assert list(sheet.values) == [("Applicant ID", "Due"), (None, None)]


def test_rows_beyond_one_batch_keep_their_places(tmp_path: Path) -> None:
    """40,000 rows are written in several batches; each stands in its own row, originals too."""
    count = 40_000
    frame = pl.DataFrame({"n": range(count)})
    originals = pl.DataFrame(
        {"row": [0, 20_000, count - 1], "column": ["n"] * 3, "text": ["a", "b", "c"]},
        schema=NO_ORIGINALS.schema,
    )
    columns = (SheetColumn("n", "N", "integer", "input", 8),)
    write_workbook(tmp_path / "r.xlsx", [Sheet("n", "Numbers", frame, columns, originals)])
    table = fastexcel.read_excel(tmp_path / "r.xlsx").load_table("Numbers", dtypes="string")
    expected = [str(n) for n in range(count)]
    expected[0], expected[20_000], expected[-1] = "a", "b", "c"
    assert table.to_polars()["N"].to_list() == expected


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")),
        min_size=1,
        max_size=8,
    )
)
def test_any_printable_text_reads_back(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    """read(write(text)) = text, whatever its script, quotes, angle brackets or outer spaces."""
    path = tmp_path_factory.mktemp("texts") / "r.xlsx"
    write_workbook(path, [texts([f"<{value}>" for value in values])])
    read = fastexcel.read_excel(path).load_table("Texts", dtypes="string").to_polars()
    assert read["Text"].to_list() == [f"<{value}>" for value in values]


def test_control_characters_keep_the_file_well_formed(tmp_path: Path) -> None:
    """What XML cannot hold is escaped as Excel escapes it, and so is text that looks escaped."""
    write_workbook(tmp_path / "r.xlsx", [texts(["bell\x07", "_x0007_", "a\r\nb\rc"])])
    read = fastexcel.read_excel(tmp_path / "r.xlsx").load_table("Texts", dtypes="string")
    assert read.to_polars()["Text"].to_list() == ["bell\x07", "_x0007_", "a\nb\nc"]


@pytest.mark.parametrize("sign", ["x", "é", "🩺"])
def test_text_over_excels_limit_is_cut_with_a_mark(tmp_path: Path, sign: str) -> None:
    """A cell holds 32,767 UTF-16 units; longer text ends in a mark that can be seen."""
    units = len(sign.encode("utf-16-le")) // 2
    fits = sign * (LONGEST_TEXT // units)
    sheet = reopened(tmp_path / "r.xlsx", [texts([fits, fits + sign])])["Texts"]
    whole, cut = column(sheet, "Text")
    assert whole == fits
    assert cut.endswith(CUT_MARK)
    assert LONGEST_TEXT - 1 <= len(cut.encode("utf-16-le")) // 2 <= LONGEST_TEXT


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_excel_lacks_is_a_blank_cell(tmp_path: Path, value: float) -> None:
    """One such cell would make Excel call the whole file damaged."""
    columns = (SheetColumn("n", "N", "number", "computed", 8),)
    sheet = Sheet("n", "Numbers", pl.DataFrame({"n": [value, 1.5]}), columns, NO_ORIGINALS)
    assert column(reopened(tmp_path / "r.xlsx", [sheet])["Numbers"], "N") == [None, 1.5]


def test_more_rows_than_excel_has_are_refused_before_writing(tmp_path: Path) -> None:
    """One row too many: an OutputError that says what to do, and no file."""
    columns = (SheetColumn("n", "N", "integer", "computed", 8),)
    frame = pl.DataFrame({"n": pl.int_range(1_048_576, eager=True)})
    with pytest.raises(OutputError, match=r"1,048,576 rows.*folder instead"):
        write_workbook(tmp_path / "r.xlsx", [Sheet("n", "Pairs", frame, columns, NO_ORIGINALS)])
    assert not list(tmp_path.iterdir())


def test_more_columns_than_excel_has_are_refused(tmp_path: Path) -> None:
    """16,385 columns do not fit a worksheet."""
    columns = tuple(SheetColumn(f"c{n}", f"C{n}", "text", "own", 8) for n in range(16_385))
    frame = pl.DataFrame({column.name: ["x"] for column in columns})
    with pytest.raises(OutputError, match="16,385 columns"):
        write_workbook(tmp_path / "r.xlsx", [Sheet("n", "Wide", frame, columns, NO_ORIGINALS)])


def test_a_place_that_cannot_be_written_is_told_by_its_own_name(
    tmp_path: Path, applicants: Sheet
) -> None:
    """Staged, a folder that is a file is an OutputError that names the file asked for."""
    (tmp_path / "taken").write_text("a file")
    with (
        pytest.raises(OutputError, match=r"results\.xlsx"),
        staged([tmp_path / "taken" / "results.xlsx"]) as [temporary],
    ):
        write_workbook(temporary, [applicants])
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_cells_wear_the_number_format_of_their_kind(tmp_path: Path, applicants: Sheet) -> None:
    """Blank and filled cells alike; calculated sentences are General, since nobody types them."""
    sheet = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"]
    formats = {
        title: {cell(sheet, title, row).number_format for row in (2, 3, 4)}
        for title in [column.title for column in applicants.columns]
    }
    assert formats == {
        "Applicant ID": {"@"},
        "Name": {"@"},
        "Step 2 CK score": {"0"},
        "Step 2 CK date": {"yyyy-mm-dd"},
        "Preferred states": {"@"},
        "Office note": {"@"},
        "Tier": {"General"},
        "Status": {"General"},
        "Program fit": {"General"},
        "Application cost (USD)": {"$#,##0"},
        "Invite rate": {"0.000"},
        "Why": {"General"},
    }


def test_calculated_columns_are_shaded_and_marked(tmp_path: Path, applicants: Sheet) -> None:
    """Header and cells have fills of their own, and the header's note says "Calculated"."""
    sheet = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"]
    ours, theirs = cell(sheet, "Tier", 1), cell(sheet, "Name", 1)
    assert ours.fill.fgColor.rgb != theirs.fill.fgColor.rgb
    assert cell(sheet, "Why").fill.fill_type == "solid"
    assert cell(sheet, "Name").fill.fill_type is None
    assert ours.comment.text.startswith("Calculated by Stepladder")
    assert "By opportunity." in ours.comment.text
    assert theirs.comment is None


def test_a_cell_that_could_not_be_read_stands_out(tmp_path: Path, applicants: Sheet) -> None:
    """Its original text is bold on a fill that its neighbours do not have."""
    sheet = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"]
    unread = cell(sheet, "Step 2 CK score", 4)
    assert unread.font.bold
    assert unread.fill.fgColor.rgb != cell(sheet, "Step 2 CK score", 3).fill.fgColor.rgb


def test_tiers_and_statuses_are_coloured_by_rule(tmp_path: Path, applicants: Sheet) -> None:
    """One rule per word, down to the last row of the sheet, so that added rows wear them too."""
    rules = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"].conditional_formatting
    assert {(str(area.sqref), len(area.rules)) for area in rules} == {
        ("G2:G1048576", 6),
        ("H2:H1048576", 3),
    }


def test_header_and_ids_stay_in_view_and_on_every_page(tmp_path: Path, applicants: Sheet) -> None:
    """The header row, the ids that lead and the name beside them are frozen."""
    sheet = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"]
    assert sheet.freeze_panes == "C2"
    assert sheet.print_title_rows == "$1:$1"


def test_sheets_print_landscape_with_page_numbers(tmp_path: Path, applicants: Sheet) -> None:
    """A narrow sheet is one page wide, as high as it takes."""
    sheet = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"]
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.right.text == "Page &P of &N"


def test_a_wide_sheet_prints_on_as_many_pages_as_stay_readable(tmp_path: Path) -> None:
    """60 columns of 12 characters take three pages; the id is repeated on each."""
    columns = tuple(
        SheetColumn(f"c{n}", f"Column {n}", "text" if n else "id", "own", 12) for n in range(60)
    )
    frame = pl.DataFrame({column.name: ["x"] for column in columns})
    sheet = reopened(tmp_path / "r.xlsx", [Sheet("w", "Wide", frame, columns, NO_ORIGINALS)])[
        "Wide"
    ]
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (3, 0)
    assert sheet.print_title_cols == "$A:$A"


def test_long_text_wraps_and_its_row_is_high_enough(tmp_path: Path, applicants: Sheet) -> None:
    """100 characters in a column of 40 take three lines of 15 points."""
    long = replace(
        applicants, frame=applicants.frame.with_columns(why=pl.lit("word " * 20)).head(1)
    )
    sheet = reopened(tmp_path / "r.xlsx", [long])["Applicants"]
    assert cell(sheet, "Why").alignment.wrap_text
    assert sheet.row_dimensions[2].height == 45


def test_widths_are_those_of_the_columns(tmp_path: Path, applicants: Sheet) -> None:
    """In characters, to which the file format adds a cell's padding."""
    sheet = reopened(tmp_path / "r.xlsx", [applicants])["Applicants"]
    assert round(sheet.column_dimensions["B"].width - 0.71, 2) == 22


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["Tier", "TIER", "tier"], ["Tier", "TIER (2)", "tier (3)"]),
        (["", "  "], ["Column A", "Column B"]),
        (["Two\nlines", "Tab\there"], ["Two lines", "Tab here"]),
        (["A (2)", "a", "A"], ["A (2)", "a", "A (3)"]),
    ],
)
def test_titles_become_what_excel_takes(titles: list[str], expected: list[str]) -> None:
    """No title is empty, on two lines, or like another in any case."""
    assert table_titles(titles) == expected


def test_a_title_of_any_length_fits(tmp_path: Path) -> None:
    """Excel's limit is 255 UTF-16 units; two long ones that begin alike stay apart."""
    columns = tuple(SheetColumn(f"c{n}", "🩺" * 300 + str(n), "text", "own", 8) for n in range(2))
    frame = pl.DataFrame({"c0": ["x"], "c1": ["y"]})
    sheet = Sheet("t", "Titles", frame, columns, NO_ORIGINALS)
    headers = next(reopened(tmp_path / "r.xlsx", [sheet])["Titles"].values)
    assert len(set(headers)) == 2
    assert max(len(header.encode("utf-16-le")) // 2 for header in headers) <= 255


def test_a_title_that_looks_like_xml_is_text(tmp_path: Path) -> None:
    """XlsxWriter would take such a header for ready-made XML."""
    columns = (SheetColumn("c", "<r>x</r>", "text", "own", 8),)
    sheet = Sheet("t", "Titles", pl.DataFrame({"c": ["y"]}), columns, NO_ORIGINALS)
    assert list(reopened(tmp_path / "r.xlsx", [sheet])["Titles"].values) == [("<r >x</r>",), ("y",)]


def test_without_a_leading_id_only_the_header_is_frozen() -> None:
    """A findings table begins with its code."""
    columns = [
        SheetColumn("code", "Code", "text", "computed", 8),
        SheetColumn("applicant_id", "Applicant ID", "id", "computed", 8),
    ]
    assert frozen_columns(columns) == 0


def test_excel_marks_no_id_as_a_mistake(tmp_path: Path, applicants: Sheet) -> None:
    """Ids that are digits get no green corner."""
    write_workbook(tmp_path / "r.xlsx", [applicants])
    with ZipFile(tmp_path / "r.xlsx") as book:
        part = book.read("xl/worksheets/sheet1.xml")
    assert b'<ignoredError sqref="A2:A1048576" numberStoredAsText="1"/>' in part
