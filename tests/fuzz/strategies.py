"""What offices, their tools and somebody with bad intentions may hand in."""

import csv
import datetime as dt
from collections.abc import Sequence
from io import BytesIO, StringIO
from random import Random

import xlsxwriter
from hypothesis import strategies as st
from tests.corpus.mutants import VALUES, mutant

from stepladder.books.cells import LONGEST_TEXT
from stepladder.refresh import applicants_schema, programs_schema

Rows = list[list[object]]

_TITLES = sorted(
    {
        spelling
        for schema in (applicants_schema(), programs_schema())
        for column in schema.columns
        for spelling in (column.name, column.title, *column.aliases)
    }
)
_ODD_TEXTS = (
    *("", " ", "\u00a0", "007", "245*", "1e5", "-0", "1e999", "NaN", "٣٤٥", "½", "9" * 400),
    *("n/a", "#N/A", "Pass", "US IMG", "J-1", "Yes", "x", "2026-05-10", "5/10/2026", "13/13/2026"),
    *("31.02.2026", "0000-00-00", "99999-01-01", "45413", "-1", "1900-02-29", "today"),
    *(
        "=1+1",
        "=cmd|' /C calc'!A0",
        "'=1",
        "@SUM(A1)",
        '"',
        '""',
        'a"b',
        "a;b",
        "a,b",
        "a|b",
        "a\tb",
    ),
    *("two\nlines", "two\r\nlines", "\r", "\x0b", "\x1f", "\x7f", "\ufeff", "\u202eabc", "\u2028"),
    *("Zoë", "王小明", "\U0001f600", "e\u0301" * 40, "_x0041_", "a" * 40_000, "sep=;", "^a$"),
    *("a\tb", "*"),
    *("P1; P2", "P1;;", ";", "NY, TX", "{name}", "%s", "../../etc", "<b>", "&lt;", "\\", "\\N"),
)

TEXTS = st.sampled_from(_ODD_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
"""Cells of text."""

HEADERS = st.lists(st.sampled_from(_TITLES) | TEXTS, min_size=1, max_size=9) | st.permutations(
    ["applicant_id", "name", "img_status", "graduation_year", "step2_ck_score"]
)
"""Titles of ours, others, and some of them twice."""

ENCODINGS = st.sampled_from(
    [
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"),
        *("cp437", "mac-roman", "shift-jis", "utf-7", "cp1140"),
    ]
)

SEEDS = st.integers(0, 2**32)
"""Of damage, which is the same for the same number."""


@st.composite
def cohorts(draw: st.DrawFn, cells: st.SearchStrategy[object] = TEXTS) -> Rows:
    """A header and its rows, of uneven lengths, at times with lines above."""
    above: Rows = draw(st.lists(st.lists(cells, max_size=3), max_size=2))
    header: Sequence[object] = draw(HEADERS)
    rows: Rows = draw(st.lists(st.lists(cells, max_size=len(header) + 2), max_size=5))
    return [*above, [*header], *rows]


@st.composite
def csv_files(draw: st.DrawFn) -> bytes:
    """A cohort as some program writes CSV, at times with its bytes damaged."""
    text = StringIO()
    writer = csv.writer(
        text,
        delimiter=draw(st.sampled_from(",;\t|")),
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        doublequote=draw(st.booleans()),
        escapechar="\\",
    )
    for row in draw(cohorts()):
        writer.writerow(row)
    content = text.getvalue().encode(draw(ENCODINGS), "replace")
    return damaged(content, draw(SEEDS)) if draw(st.booleans()) else content


def damaged(content: bytes, seed: int) -> bytes:
    """Bytes with some of them changed, cut out, put twice or put in."""
    chance = Random(seed)
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0:
                changed[at : at + 1] = chance.randbytes(1)
            case 1:
                del changed[at : at + chance.randint(1, 9)]
            case 2:
                changed[at:at] = changed[at : at + chance.randint(1, 40)]
            case _:
                changed[at:at] = chance.choice([b"\0", b'"', b"\n", b"\r", *VALUES])
    return bytes(changed)


_VALUES: st.SearchStrategy[object] = (
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates(dt.date(1900, 1, 1), dt.date(9999, 12, 31))
    | st.sampled_from(["=1/0", "=A1", '=IF(TRUE,"","")', "=NA()"])
)


@st.composite
def workbooks(draw: st.DrawFn) -> bytes:
    """A cohort as a sheet or an Excel table, at times with the package damaged."""
    made = BytesIO()
    rows = draw(cohorts(_VALUES))
    with xlsxwriter.Workbook(made, {"date_1904": draw(st.booleans())}) as book:
        sheet = book.add_worksheet("Applicants")
        day = book.add_format({"num_format": draw(st.sampled_from(["yyyy-mm-dd", "0%", "@"]))})
        top, left = draw(st.integers(0, 3)), draw(st.integers(0, 2))
        for row, cells in enumerate(rows, start=top):
            for column, cell in enumerate(cells, start=left):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), day)
                elif cell is not None and len(str(cell)) <= LONGEST_TEXT:
                    sheet.write(row, column, cell)
        if draw(st.booleans()):
            sheet.add_table(top, left, top + max(len(rows) - 1, 1), left + len(rows[0] or [1]) - 1)
    content = made.getvalue()
    return mutant(content, Random(draw(SEEDS)))[1] if draw(st.booleans()) else content


def spoiled(text: str, seed: int) -> bytes:
    """A TOML text with some lines changed as a tired or a clever person might."""
    chance = Random(seed)
    lines = text.splitlines()
    values = (
        *(
            '""',
            "0",
            "-1",
            "1e400",
            "nan",
            "inf",
            "true",
            "[]",
            "{}",
            "[1, 'a']",
            "'x'",
            "2026-13-01",
        ),
        *(
            "1979-05-27",
            "99999999999999999999",
            "9" * 5_000,
            "[" * 2_000,
            '"{nothing}"',
            '"{0}"',
            "[[]]",
            "{a = 1}",
            '"\\u0000"',
        ),
    )
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        key, is_set, _ = lines[at].partition("=")
        match chance.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2 | 3 if is_set:
                lines[at] = f"{key}= {chance.choice(values)}"
            case 4:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                return damaged("\n".join(lines).encode(), seed)
    return "\n".join(lines).encode()
