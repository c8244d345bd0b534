"""Laws of a patch: what was asked for is read back, and nothing else changed."""

from io import BytesIO
from typing import Any
from xml.parsers import expat

import fastexcel
import polars as pl
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from tests.books.packages import SHEET, changes, part, parts, patched, rows_at

from stepladder.books.edits import ColumnEdit, Edit, RowsEdit
from stepladder.books.saved_workbook import read_workbook

TITLES = ["ID", "Tier", "Score", "Note"]
NASTY = ["=1+1", "+1", "-5", "@x", "007", "3401-E5", " a ", "a\r\nb", "<b>&\"'", "]]>", "\x01"]
TEXTS = st.none() | st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(NASTY)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.none() | st.integers(-(2**53), 2**53) | FLOATS
NEW = st.lists(st.tuples(TEXTS | st.just("_x0041_"), NUMBERS), min_size=1, max_size=6)
# openpyxl undoes half of _x005F_ in shared strings, so these hold none.
OLD = st.lists(
    st.tuples(TEXTS.filter(lambda text: "_x" not in (text or "")), NUMBERS), min_size=1, max_size=6
)


def roster(rows: list[tuple[str | None, float | None]]) -> bytes:
    """A sheet with the table Roster, its second and third column as given, and one sheet more."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Roster")
        for number, (text, score) in enumerate(rows, start=1):
            sheet.write_string(number, 0, f"00{number}")
            if text:
                sheet.write_string(number, 1, text)
            if score is not None:
                sheet.write_number(number, 2, score)
            sheet.write_string(number, 3, "=kept")
        columns = [{"header": title} for title in TITLES]
        sheet.add_table(0, 0, len(rows), 3, {"name": "Roster", "columns": columns})
        book.add_worksheet("Other").write("A1", "kept")
    return content.getvalue()


def as_stored(text: str | None) -> str | None:
    """A text as a cell holds it: one kind of line end, and nothing for nothing."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n") or None


def frame(rows: list[tuple[str | None, float | None]]) -> pl.DataFrame:
    """The two columns as an edit takes them."""
    texts, scores = zip(*rows, strict=True)
    numbers = [None if score is None else float(score) for score in scores]
    return pl.DataFrame(
        {"Tier": texts, "Score": numbers}, schema={"Tier": pl.String, "Score": pl.Float64}
    )


def read(content: bytes) -> list[list[Any]]:
    """The second and third column as openpyxl reads them."""
    sheet = load_workbook(BytesIO(content))["Roster"]
    area = sheet.tables["Roster"].ref.replace("A1:D", "B2:C")
    return [
        [unescape(cell.value) if isinstance(cell.value, str) else cell.value for cell in line]
        for line in sheet[area]
    ]


def keeps_all_else(old: bytes, new: bytes, edit: Edit) -> None:
    """Parts that were not to change are the same; the sheet is well-formed; twice is once."""
    expat.ParserCreate().Parse(part(new), True)  # noqa: FBT003 - expat takes no keyword
    changed = set(changes(old, edit).parts)
    before, after = parts(old), parts(new)
    assert {name for name in before if before[name] != after[name]} == changed
    assert changed <= {SHEET, "xl/tables/table1.xml"}
    assert changes(new, edit).parts == {}


@given(old=OLD, new=NEW)
@settings(max_examples=30)
def test_columns_are_read_back_and_nothing_else_changed(
    old: list[tuple[str | None, float | None]], new: list[tuple[str | None, float | None]]
) -> None:
    """patch(x) reads as x, in openpyxl, fastexcel and our own reader."""
    values = [*new, *old][: len(old)]
    edit = ColumnEdit("Roster", rows_at(*range(2, len(old) + 2)), frame(values))
    book = roster(old)
    result = patched(book, edit)
    texts = [as_stored(text) for text, _ in values]
    assert [line[0] for line in read(result)] == texts
    assert [line[1] for line in read(result)] == [score for _, score in values]
    keeps_all_else(book, result, edit)
    ours = read_workbook(result, "Book.xlsx", lambda titles: len({*titles} & {*TITLES}))
    assert ours.cells["3"].to_list() == ["=kept"] * len(old)
    written = pl.Series(texts, dtype=pl.String)
    blank = written.str.strip_chars() == ""
    assert ours.cells["1"].to_list() == written.set(blank, None).to_list()
    theirs = fastexcel.read_excel(result).load_table("Roster", dtypes="string").to_polars()
    assert theirs["ID"].to_list() == [f"00{number}" for number in range(1, len(old) + 1)]


@given(old=OLD, new=NEW)
@settings(max_examples=30)
def test_rows_are_read_back_and_nothing_else_changed(
    old: list[tuple[str | None, float | None]], new: list[tuple[str | None, float | None]]
) -> None:
    """Whatever the table held before."""
    columns = frame(new).with_columns(ID=pl.lit("007"), Note=pl.lit("=1"))
    edit = RowsEdit("Roster", columns)
    book = roster(old)
    result = patched(book, edit)
    assert read(result) == [[as_stored(text), score] for text, score in new]
    keeps_all_else(book, result, edit)
