"""Result sheets as CSV, and back."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stepladder.books import Sheet, SheetColumn, read_table, write_folder
from stepladder.books.csv_file import csv_bytes, read_csv

NO_ORIGINALS = pl.DataFrame(schema={"row": pl.UInt32, "column": pl.String, "text": pl.String})


def sheet(frame: pl.DataFrame, originals: pl.DataFrame = NO_ORIGINALS, **kinds: str) -> Sheet:
    """A sheet of all the frame's columns; a column is text unless its kind is named."""
    columns = tuple(
        SheetColumn(name, name.upper(), kinds.get(name, "text"), "input", 10)
        for name in frame.columns
    )
    return Sheet("applicants", "Applicants", frame, columns, originals)


def body(written: bytes) -> list[str]:
    """The lines under the header."""
    return written.decode("utf-8-sig").split("\r\n")[1:-1]


def known(headers: Sequence[str]) -> int:
    """Any title is known."""
    return len(headers)


def test_the_form_is_fixed() -> None:
    """UTF-8 with byte order mark, commas, CRLF, names as headers, quotes where needed."""
    frame = pl.DataFrame({"id": ["007", "3401-E5"], "name": ["Zoë", 'a, "b"']})
    assert csv_bytes(sheet(frame)) == (
        b'\xef\xbb\xbfid,name\r\n007,Zo\xc3\xab\r\n3401-E5,"a, ""b"""\r\n'
    )


@pytest.mark.parametrize(
    ("kind", "values", "texts"),
    [
        (
            "rate",
            [0.1, 1 / 3, 1.0, 0.0, None],
            ["0.100000", "0.333333", "1.000000", "0.000000", ""],
        ),
        ("rate", [2e-7, 1, None], ["0.000000", "1.000000", ""]),
        ("money", [1200.0, 0.4], ["1200", "0"]),
        ("integer", [245, None], ["245", ""]),
        ("number", [45.0, 12.5], ["45", "12.5"]),
        ("number", [-5.5, -3.0], ["-5.5", "-3"]),
        ("date", [date(2026, 9, 1), None], ["2026-09-01", ""]),
        ("list", [["NY", "NJ"], [], None], ["NY; NJ", "", ""]),
        ("yesno", ["Yes", None], ["Yes", ""]),
        ("yesno", [True, False], ["Yes", "No"]),
    ],
)
def test_each_kind_has_one_written_form(kind: str, values: list[object], texts: list[str]) -> None:
    """Rates have six decimals, money none, dates are ISO, lists are joined."""
    frame = pl.DataFrame({"id": ["x"] * len(values), "value": values}, strict=False)
    assert body(csv_bytes(sheet(frame, value=kind))) == [f"x,{text}" for text in texts]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-", "'-"),
        ("-a", "'-a"),
        ("'=x", "''=x"),
        ("'-5", "''-5"),
        ("-5", "-5"),
        ("+3.2", "+3.2"),
        ("-1e-5", "-1e-5"),
        ("+1-2", "'+1-2"),
        ("O'Neil", "O'Neil"),
        ("'tis", "'tis"),
        ("a=b", "a=b"),
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_one_apostrophe(text: str, written: str) -> None:
    """Numbers never do."""
    assert body(csv_bytes(sheet(pl.DataFrame({"id": ["x"], "notes": [text]})))) == [f"x,{written}"]


def test_a_header_of_the_office_is_protected_too() -> None:
    """Their own column may be called anything."""
    frame = pl.DataFrame({"id": ["x"], "=cmd": ["y"]})
    assert csv_bytes(sheet(frame)).decode("utf-8-sig").startswith("id,'=cmd\r\n")


def test_an_own_column_may_be_called_like_a_pattern(tmp_path: Path) -> None:
    """The titles * and ^a$ are names, not a choice of columns."""
    frame = pl.DataFrame({"a": ["1"], "*": ["2"], "^a$": ["3"]})
    write_folder(tmp_path, [sheet(frame)], "csv")
    write_folder(tmp_path, [sheet(frame)], "parquet")
    for path in tmp_path.iterdir():
        table = read_table(path, known)
        assert (table.headers, table.cells.rows()) == (("a", "*", "^a$"), [("1", "2", "3")])


def test_a_cell_that_could_not_be_read_keeps_its_text() -> None:
    """The advisor finds what was typed, not a blank; its typed neighbours are untouched."""
    frame = pl.DataFrame({"id": ["a", "b", "c"], "score": [240, None, None]})
    originals = pl.DataFrame(
        {"row": [1, 2], "column": ["score", "score"], "text": ["two-forty", "=240"]},
        schema=NO_ORIGINALS.schema,
    )
    written = csv_bytes(sheet(frame, originals, score="integer"))
    assert body(written) == ["a,240", "b,two-forty", "c,'=240"]


def test_only_the_sheets_columns_are_written_in_its_order() -> None:
    """The frame may hold more than the sheet shows."""
    whole = sheet(pl.DataFrame({"a": ["1"], "b": ["2"], "c": ["3"]}))
    part = Sheet("x", "X", whole.frame, (whole.columns[2], whole.columns[0]), NO_ORIGINALS)
    assert csv_bytes(part).decode("utf-8-sig") == "c,a\r\n3,1\r\n"


def test_no_rows_is_a_header() -> None:
    """An empty table can still be opened and read."""
    assert csv_bytes(sheet(pl.DataFrame({"a": [], "b": []}))) == b"\xef\xbb\xbfa,b\r\n"


TEXT = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"])
    | st.sampled_from("'=+-@\"\r\n,;\t| \ufeff"),
    max_size=12,
)
TITLES = st.lists(
    TEXT.map(str.strip).filter(lambda text: text and text != "id"), unique=True, max_size=4
)


def is_blank(text: str) -> bool:
    """Nothing but spaces of any kind."""
    return not pl.Series([text]).str.strip_chars().item()


@given(TITLES, st.data())
def test_reading_gives_what_was_written(titles: list[str], drawn: st.DataObject) -> None:
    """read(write(x)) = x for any text but spaces, which read as blank."""
    headers = ("id", *titles)
    cells = drawn.draw(
        st.lists(st.tuples(st.just("007"), *(st.none() | TEXT for _ in titles)), max_size=5)
    )
    frame = pl.DataFrame(cells, schema=dict.fromkeys(headers, pl.String), orient="row")
    known_titles = {title.strip() for title in headers}
    table = read_csv(
        csv_bytes(sheet(frame)),
        "x.csv",
        lambda found: sum(title in known_titles for title in found),
    )
    assert table.headers == headers
    assert table.cells.rows() == [
        tuple(None if text is None or is_blank(text) else text for text in row) for row in cells
    ]
    assert not table.overlong.any()


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
@example([("", "|,|"), ("|,,", "")])
def test_writing_what_was_read_gives_the_same_bytes(cells: list[tuple[str, str]]) -> None:
    """A second pass through CSV changes nothing.

    Where every cell counts as a known title, a line of many marks would be taken for the header.
    """
    titles = ("id", "b", "c")

    def known_titles(found: Sequence[str]) -> int:
        return sum(cell in titles for cell in found)

    frame = pl.DataFrame([("x", *row) for row in cells], schema=titles, orient="row")
    once = read_csv(csv_bytes(sheet(frame)), "x.csv", known_titles)
    again = once.cells.rename(dict(zip(once.cells.columns, once.headers, strict=True)))
    twice = read_csv(csv_bytes(sheet(again)), "x.csv", known_titles)
    assert csv_bytes(sheet(again)) == csv_bytes(
        sheet(twice.cells.rename(dict(zip(twice.cells.columns, twice.headers, strict=True))))
    )


def test_a_folder_holds_one_file_per_sheet(tmp_path: Path) -> None:
    """The folder is made, CSV or parquet, and what else is in it stays."""
    out = tmp_path / "a" / "results"
    result = sheet(pl.DataFrame({"id": ["007"], "program": ["3401-E5"]}))
    write_folder(out, [result], "csv")
    write_folder(out, [result], "parquet")
    assert sorted(path.name for path in out.iterdir()) == ["applicants.csv", "applicants.parquet"]
    for path in out.iterdir():
        assert read_table(path, known).cells.rows() == [("007", "3401-E5")]
