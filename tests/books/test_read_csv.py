"""What an office's CSV says, whatever program wrote it."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.books import read_table
from stepladder.books.csv_file import irregular_records, read_csv, regular_records
from stepladder.books.table import TextTable, assemble, without_blank_texts
from stepladder.errors import InputError

KNOWN = {"ID", "Name", "Step 2 CK", "Notes"}


def known(headers: Sequence[str]) -> int:
    """How many cells are known titles; a title may be wrapped over lines."""
    return sum(" ".join(header.split()) in KNOWN for header in headers)


def read(text: str | bytes) -> TextTable:
    """The text or bytes as a file called cohort.csv."""
    return read_csv(text if isinstance(text, bytes) else text.encode(), "cohort.csv", known)


def rows(table: TextTable) -> list[tuple[object, ...]]:
    """Each row led by its physical line."""
    return [
        (line, *row) for line, row in zip(table.sheet_rows, table.cells.iter_rows(), strict=True)
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_shows_known_titles(delimiter: str) -> None:
    """Commas, semicolons, tabs and bars all read alike."""
    table = read("ID,Name\n007,Ann\n".replace(",", delimiter))
    assert table.headers == ("ID", "Name")
    assert rows(table) == [(2, "007", "Ann")]


@pytest.mark.parametrize(
    "text", ["007", "3401-E5", "0012300", "1E5", "03/04/2020", " 245*", "TRUE"]
)
def test_nothing_is_inferred(text: str) -> None:
    """Leading zeros, codes that look like powers of ten and dates come as they stand."""
    assert rows(read(f"ID,Name\n{text},x\n")) == [(2, text, "x")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_the_encoding_is_found(encoding: str) -> None:
    """With or without byte order mark, UTF-16 and the old Windows code page too."""
    table = read("ID;Name\r\n1;Zoë Núñez\r\n2;Jürg\r\n".encode(encoding))
    assert rows(table) == [(2, "1", "Zoë Núñez"), (3, "2", "Jürg")]


def test_bytes_without_a_meaning_in_cp1252_do_not_stop_the_reading() -> None:
    """Five bytes are undefined there; each becomes the replacement character."""
    assert rows(read(b"ID,Name\n1,\xe9\x81\n")) == [(2, "1", "é\ufffd")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_counts_as_one_line(end: str) -> None:
    """Old Mac, Windows and Unix files have the same line numbers."""
    assert rows(read(f"ID,Name{end}1,a{end}{end}2,b{end}")) == [(2, "1", "a"), (4, "2", "b")]


def test_mixed_line_ends_are_read_like_any_other() -> None:
    """A file pasted together from two programs."""
    assert rows(read("ID,Name\r\n1,a\r2,b\n3,c")) == [(2, "1", "a"), (3, "2", "b"), (4, "3", "c")]


def test_title_lines_are_passed_over() -> None:
    """The header is the line with the most known titles, not the first."""
    table = read('PM&R cohort 2026, for Name\n"as of, today"\n\nID,Name,Step 2 CK\n1,a,245\n')
    assert table.header_row == 4
    assert rows(table) == [(5, "1", "a", "245")]


def test_a_declared_delimiter_is_passed_over() -> None:
    """Excel's sep= line is no header and no row, and may name a delimiter of its own."""
    assert rows(read("sep=;\nID;Name\n1;a,b\n")) == [(3, "1", "a,b")]
    assert rows(read("sep=^\nID^Name\n1^a\n")) == [(3, "1", "a")]


def test_a_header_over_two_lines_is_one_header() -> None:
    """Excel writes a wrapped title as a quoted line break."""
    table = read('ID,"Step 2\nCK",Name\n1,245,a\n')
    assert table.headers == ("ID", "Step 2\nCK", "Name")
    assert rows(table) == [(3, "1", "245", "a")]


def test_titles_may_be_doubled_or_missing() -> None:
    """What a title means is decided elsewhere; here it is kept, stripped."""
    assert read("ID, Name ,Name,\n1,a,b,c\n").headers == ("ID", "Name", "Name", "")


def test_quoted_line_breaks_keep_the_line_numbers_true() -> None:
    """A row is named by the line on which it starts."""
    table = read('ID,Notes\r\n1,"two\r\nlines"\r\n2,"a\rb\nc"\r\n3,x\r\n')
    assert rows(table) == [(2, "1", "two\r\nlines"), (4, "2", "a\rb\nc"), (7, "3", "x")]


@pytest.mark.parametrize("blank", ["", ",", " , ", '""', "\u00a0,"])
def test_blank_lines_are_no_rows(blank: str) -> None:
    """Empty lines, lines of commas and lines of spaces: skipped, and counted."""
    text = f"ID,Name\n{blank}\n{blank}\n1,a\n{blank}\n2,b\n{blank}\n"
    assert rows(read(text)) == [(4, "1", "a"), (6, "2", "b")]


def test_blank_cells_are_null_and_other_text_is_verbatim() -> None:
    """Spaces around text stay; only spaces are nothing."""
    assert rows(read('ID,Name\n 1 ,"  "\n')) == [(2, " 1 ", None)]


def test_short_rows_end_in_blanks() -> None:
    """A row may stop early."""
    assert rows(read("ID,Name,Notes\n1\n2,b\n")) == [(2, "1", None, None), (3, "2", "b", None)]


def test_long_rows_are_flagged_only_for_text_beyond_the_header() -> None:
    """Trailing delimiters are harmless; text beyond the last title is not."""
    table = read("ID,Name\n1,a,,\n2,b,x\n3,c,,,,y\n4,d\n")
    assert table.overlong.to_list() == [False, True, True, False]
    assert rows(table)[1] == (3, "2", "b")


def test_an_absurdly_long_row_is_one_row() -> None:
    """A thousand cells under two titles: flagged, the others untouched."""
    table = read("ID,Name\n1,a" + ",x" * 1000 + '\n2,"b"\n')
    assert table.overlong.to_list() == [True, False]
    assert rows(table) == [(2, "1", "a"), (3, "2", "b")]


def test_a_stray_quotation_mark_is_text() -> None:
    """Inches within a cell do not swallow the row."""
    assert rows(read('ID,Notes\n1,5" tall\n2,"ok, then"\n')) == [
        (2, "1", '5" tall'),
        (3, "2", "ok, then"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('ID,Notes\n1,a\n2,"open', 3),
        ('ID,Notes\n1,a\n2,"open\n3,b\n4,c\n', 3),
        ('ID,Notes\n1,"open\n2,"b"\n3,c\n', 2),
        ('ID,Notes\n1,"a\nb"\n2,5" tall\n3,"open\n4,c\n', 5),
    ],
)
def test_a_quotation_mark_left_open_is_refused_with_its_line(text: str, line: int) -> None:
    """It would take the rows after it into one cell in silence."""
    with pytest.raises(InputError, match=f"cohort.csv, line {line}: a quotation mark is opened"):
        read(text)


def test_one_protecting_apostrophe_is_taken_off() -> None:
    """Text like '=x was protected from spreadsheets; plain apostrophes are text."""
    table = read("ID,Name\n'=1,'-\n''@b,'tis\n'+3,O'Neil\n")
    assert rows(table) == [(2, "=1", "-"), (3, "'@b", "'tis"), (4, "+3", "O'Neil")]


def test_a_header_alone_is_an_empty_table() -> None:
    """No rows is an answer, not a failure."""
    table = read("ID,Name\n")
    assert (table.headers, table.cells.shape) == (("ID", "Name"), (0, 2))


def test_a_cell_address_is_letter_and_line() -> None:
    """A finding names the cell as a spreadsheet would show it."""
    table = read("title\nID,Name\n1,a\n")
    assert table.address(1, 3) == "B3"
    assert table.address(26, 3) == "AA3"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"ID,Name\n1,\x00a\n", "is not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not a text file"),
        ("ID,Name\n1,a\n".encode("utf-16") + b"\x00", "is damaged"),
        (b"colour,shape\nred,round\n", "has no known column title"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    """The advisor reads which file, what is wrong and what to do."""
    with pytest.raises(InputError, match=rf"^cohort\.csv {sentence}[^\n]*; [^\n]*\.$"):
        read(content)


def test_a_missing_file_a_folder_and_a_name_in_a_csv_are_refused(tmp_path: Path) -> None:
    """Each is one sentence, before anything is read."""
    with pytest.raises(InputError, match=r"gone\.csv is not there"):
        read_table(tmp_path / "gone.csv", known)
    with pytest.raises(InputError, match="is a folder"):
        read_table(tmp_path, known)
    (tmp_path / "a.csv").write_text("ID,Name\n")
    with pytest.raises(InputError, match=r"^a\.csv is no Excel workbook"):
        read_table(tmp_path / "a.csv", known, name="Applicants")


def test_a_csv_is_known_by_its_content(tmp_path: Path) -> None:
    """The ending of the name decides nothing."""
    path = tmp_path / "export.xlsx"
    path.write_text("ID,Name\n1,a\n")
    assert read_table(path, known).source == "export.xlsx"


CELL = st.text(alphabet="ab ,;\"'\n\r=\u00a0é\ufeff\x1c\x85\u2028", max_size=6)
PIECES = st.lists(
    st.sampled_from(["a", "b ", '"', '""', ",", ",", "\n", "\r\n", "\r", "é", "\ufeff"])
)


def outcome(body: bytes, width: int, *, fast: bool) -> object:
    """The table by one of the two ways of reading, or why there is none."""
    if fast:
        records = regular_records(body, ",", width, 2)
        if records is None:
            return None
    else:
        try:
            records = irregular_records(body, ",", width, 2, "x")
        except InputError as problem:
            return str(problem)
    table = assemble("x", ["h"] * width, records.cells, records.lines)
    return rows(table), table.overlong.to_list()


@given(
    st.lists(st.lists(CELL, max_size=5)), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 3)
)
def test_both_ways_of_reading_agree_on_well_formed_records(
    records: list[list[str]], end: str, width: int
) -> None:
    """The fast reading takes every properly quoted file, and reads what csv reads."""
    quoted = [
        ",".join(
            '"' + cell.replace('"', '""') + '"' if cell.strip("ab é") else cell for cell in row
        )
        for row in records
    ]
    body = end.join(quoted).encode()
    slow = outcome(body, width, fast=False)
    fast = outcome(body, width, fast=True)
    assert fast == slow or (fast is None and body.startswith("\ufeff".encode()))


@given(PIECES, st.integers(1, 3))
def test_both_ways_of_reading_agree_wherever_the_fast_one_answers(
    pieces: list[str], width: int
) -> None:
    """On any text the fast reading gives the same rows, lines and flags, or declines."""
    body = "".join(pieces).encode()
    fast = outcome(body, width, fast=True)
    assert fast in (None, outcome(body, width, fast=False))


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=3), min_size=1))
def test_text_that_is_all_space_in_any_alphabet_is_blank(texts: list[str]) -> None:
    """Whatever column it stands in, a cell without a letter is null and any other is verbatim."""
    cells = without_blank_texts(pl.DataFrame({"0": texts, "1": ["x"] * len(texts)}))
    stripped = pl.Series(texts).str.strip_chars()
    expected = [text if left else None for text, left in zip(texts, stripped, strict=True)]
    assert cells["0"].to_list() == expected


def test_many_rows_with_line_breaks_keep_their_lines() -> None:
    """What the fast reading splits among threads has the lines that counting gives."""
    text = StringIO()
    text.write("ID,Notes,Name\r\n")
    expected = []
    line = 2
    for row in range(60_000):
        breaks = row % 4
        text.write(f'{row:06},"' + "a, b\r\n" * breaks + '""end""",n\r\n\r\n')
        expected.append(line)
        line += breaks + 2
    table = read(text.getvalue())
    assert table.sheet_rows.to_list() == expected
    assert table.cells["0"].to_list() == [f"{row:06}" for row in range(60_000)]
    assert table.cells["1"].str.ends_with('"end"').all()
    assert table.cells.filter(pl.col("2") != "n").is_empty()
