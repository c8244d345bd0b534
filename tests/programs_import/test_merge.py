"""Several exports and an office's own list become one table."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.programs_import.conftest import cells, imported

from stepladder.programs_import.facts import UNMAPPED, UNREAD, ExportFacts
from stepladder.programs_import.merge import Merged, combine, merge

Export = Callable[..., Path]
Programs = Callable[..., Path]

TWO = """
    ACGME residency program code | 3409998001 | 3409998002
    Residency program name       | Fennmoor   | Gorsedale
    City                         | Fennmoor   | Gorse
    Program setting              | Other      | Military
    Program consider applicants with J-1 visa? | Yes | No
"""


def test_several_exports_are_one_table(export: Export, tmp_path: Path) -> None:
    """Issue 3, item 6: one row per program code, in the order in which the exports are named."""
    other = export(
        "ACGME residency program code | 3409998003 | 3409998001\n"
        "Residency program name | Heathby | Fennmoor",
        "other.xlsx",
    )
    rows, report = imported([export(TWO), other], tmp_path / "programs.csv")
    assert [row["program_id"] for row in rows] == ["3409998001", "3409998002", "3409998003"]
    assert report.superseded.is_empty()


@pytest.mark.parametrize("is_newer_first", [True, False])
def test_of_two_exports_the_newer_counts(
    export: Export, tmp_path: Path, *, is_newer_first: bool
) -> None:
    """The newer value is taken and the other told, however the files are named."""
    older = export(TWO, "older.xlsx", "2025-03-01")
    newer = export(TWO.replace("Military", "Other"), "newer.xlsx", "2026-03-01")
    exports = [newer, older] if is_newer_first else [older, newer]
    rows, report = imported(exports, tmp_path / "programs.csv")
    assert rows[1]["setting"] == "Other"
    assert report.superseded.rows() == [
        ("3409998002", "setting", "Other", "Military", "newer.xlsx", "older.xlsx")
    ]


def test_of_two_exports_of_one_day_the_one_named_last_counts(
    export: Export, tmp_path: Path
) -> None:
    """Neither is newer, so the order of the command decides."""
    first = export(TWO, "first.xlsx")
    last = export(TWO.replace("Military", "Other"), "last.xlsx")
    rows, _ = imported([first, last], tmp_path / "programs.csv")
    assert rows[1]["setting"] == "Other"


def test_an_older_export_fills_what_the_newer_leaves_open(export: Export, tmp_path: Path) -> None:
    """Such a row is from both files, and as old as the older."""
    older = export(TWO, "older.xlsx", "2025-03-01")
    newer = export(TWO.replace("| No", "| Not Available"), "newer.xlsx", "2026-03-01")
    rows, _ = imported([older, newer], tmp_path / "programs.csv")
    origins = [(row["j1_visa"], row["source_url"], row["verified_on"]) for row in rows]
    assert origins == [
        ("Yes", "newer.xlsx", "2026-03-01"),
        ("No", "newer.xlsx; older.xlsx", "2025-03-01"),
    ]


def test_an_office_s_own_entries_win(
    export: Export, programs_csv: Programs, tmp_path: Path
) -> None:
    """Issue 3, item 6: yours stays, and what differs is told cell by cell."""
    programs_csv("""
        program_id | program_name | setting    | j1_visa
        3409998002 | Gorsedale    | University |
    """)
    rows, report = imported([export(TWO)], tmp_path / "programs.csv")
    assert (rows[0]["setting"], rows[0]["j1_visa"]) == ("University", "No")
    assert report.differences.select("program_id", "column", "kept", "other").rows() == [
        ("3409998002", "setting", "University", "Military")
    ]
    assert report.filled.rows() == [
        ("3409998002", "city", "Gorse", "export.xlsx"),
        ("3409998002", "j1_visa", "No", "export.xlsx"),
    ]


def test_spelling_is_no_difference(export: Export, programs_csv: Programs, tmp_path: Path) -> None:
    """What reads as the same value, or differs in case and spaces only, is not told."""
    programs_csv("""
        Program code | Program name | Setting  | J-1 visa
        3409998002   | GORSEDALE    | military | n
    """)
    _, report = imported([export(TWO)], tmp_path / "programs.csv")
    assert report.differences.is_empty()


def test_an_office_s_rows_columns_and_title_lines_stay(
    export: Export, programs_csv: Programs, tmp_path: Path
) -> None:
    """The office's own rows, columns, their order, and lines above the headers; new rows follow."""
    programs_csv("""
        Programs of our office
        Who asks | Program code | Program name | Fax
        Ines     | 3409997777   | Icknield     | 555 0100
        Jo       | 3409998002   | Gorsedale    |
    """)
    imported([export(TWO)], tmp_path / "programs.csv")
    written = (tmp_path / "programs.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbfPrograms of our office\r\nprogram_id,program_name,city")
    rows = [line.split(",") for line in written.decode("utf-8-sig").split("\r\n")[1:-1]]
    assert [row[0] for row in rows] == ["program_id", "3409997777", "3409998002", "3409998001"]
    assert [row[-2:] for row in rows] == [
        ["Who asks", "Fax"],
        ["Ines", "555 0100"],
        ["Jo", ""],
        ["", ""],
    ]


def test_what_cannot_be_read_in_a_list_stays_as_written(
    export: Export, programs_csv: Programs, tmp_path: Path
) -> None:
    """Design, the contract in the small: the original text where a cell is not read."""
    programs_csv("""
        program_id | program_name | min_step2_ck | j1_visa
        3409998001 | Fennmoor     | about 230    | ask them
        3409998002 | Gorsedale    | 225*         | n/a
    """)
    rows, report = imported([export(TWO)], tmp_path / "programs.csv")
    assert [row["min_step2_ck"] for row in rows] == ["about 230", "225"]
    assert [row["j1_visa"] for row in rows] == ["ask them", "No"]
    assert report.differences["kept"].to_list() == ["ask them"]


def test_rows_with_a_doubled_code_are_left_alone(
    export: Export, programs_csv: Programs, tmp_path: Path
) -> None:
    """Which of them is meant is not known: nothing is merged, and that is told."""
    programs_csv("""
        program_id | program_name
        3409998001 | Fennmoor
        3409998001 | Fennmoor again
        3409998002 | Gorsedale
    """)
    rows, report = imported([export(TWO)], tmp_path / "programs.csv")
    assert [row["setting"] for row in rows] == [None, None, "Military"]
    assert len(report.left_out) == 1
    assert "3409998001" in report.left_out[0]


def test_rows_without_a_code_stay(export: Export, programs_csv: Programs, tmp_path: Path) -> None:
    """A row that is still to get its code is kept in its place."""
    programs_csv("""
        program_id | program_name
                   | Icknield
                   | Juniper
    """)
    rows, _ = imported([export(TWO)], tmp_path / "programs.csv")
    assert [row["program_name"] for row in rows] == ["Icknield", "Juniper", "Fennmoor", "Gorsedale"]


@pytest.mark.parametrize(
    ("own", "origin"),
    [
        ("setting | source_url | verified_on\nMilitary | |", ("export.xlsx", "2026-03-01")),
        ("setting | source_url | verified_on\nUniversity | |", (None, None)),
        ("setting | source_url | verified_on\n | ours | 2024-05-01", ("ours", "2024-05-01")),
        ("setting | source_url | verified_on\n | ours |", ("ours", None)),
    ],
    ids=["agrees", "differs", "has its own", "has half of its own"],
)
def test_the_export_is_the_source_of_rows_that_it_agrees_with(
    export: Export,
    programs_csv: Programs,
    tmp_path: Path,
    own: str,
    origin: tuple[str | None, str | None],
) -> None:
    """A row that says otherwise somewhere is not dated by the export; an own source stays."""
    header, row = own.split("\n")
    programs_csv(f"program_id | program_name | {header}\n3409998002 | Gorsedale | {row}")
    rows, _ = imported([export(TWO)], tmp_path / "programs.csv")
    assert (rows[0]["source_url"], rows[0]["verified_on"]) == origin


def test_importing_twice_changes_nothing(
    export: Export, programs_csv: Programs, tmp_path: Path
) -> None:
    """The second import writes the same bytes, whatever the list looked like before."""
    programs_csv("""
        Programs of our office
        Code       | Program name | Program setting | Fax
        3409998001 | Fennmoor     | spa             | 555 0100
        3409998001 | Fennmoor     |                 |
        3409998002 | Gorsedale    | Univ            | =1+1
    """)
    out = tmp_path / "programs.csv"
    imported_files = [export(TWO, "a.xlsx"), export(TWO, "b.xlsx", "2025-01-01")]
    imported_once = _bytes_after(imported_files, out)
    assert _bytes_after(imported_files, out) == imported_once


def _bytes_after(exports: list[Path], out: Path) -> bytes:
    imported(exports, out)
    return out.read_bytes()


def test_one_program_twice_in_a_file_is_one_row(export: Export, tmp_path: Path) -> None:
    """The later column counts, and what differs is told."""
    doubled = export("""
        ACGME residency program code | 3409998001 | 3409998001
        Residency program name       | Fennmoor   | Fennmoor
        City                         | Fennmoor   | Fenn Bay
    """)
    rows, report = imported([doubled], tmp_path / "programs.csv")
    assert [row["city"] for row in rows] == ["Fenn Bay"]
    assert report.superseded["other"].to_list() == ["Fennmoor"]


def frame(table: str) -> pl.DataFrame:
    """A pipe table as text columns."""
    names, *rows = cells(table)
    return pl.DataFrame(
        [[cell or None for cell in row] for row in rows],
        schema=dict.fromkeys(names, pl.String),
        orient="row",
    )


def of(programs: pl.DataFrame, source: str, day: int) -> ExportFacts:
    """What an export of this day of March said."""
    nothing = (UNREAD.to_frame(), UNMAPPED.to_frame(), ())
    return ExportFacts(source, date(2026, 3, day), programs, *nothing)


_VALUES = st.sampled_from([None, "a", "A ", "b"])
_ROWS = st.lists(
    st.fixed_dictionaries({"setting": _VALUES, "city": _VALUES}), min_size=3, max_size=3
)


@st.composite
def lists(draw: st.DrawFn, least: int = 1) -> pl.DataFrame:
    """Some of three programs, each with some facts."""
    rows = draw(_ROWS)
    codes = draw(st.lists(st.sampled_from("123"), min_size=least, max_size=3, unique=True))
    schema = dict.fromkeys(("program_id", "setting", "city"), pl.String)
    return pl.DataFrame(
        [{"program_id": code, **row} for code, row in zip(codes, rows, strict=False)], schema
    )


def merged(own: pl.DataFrame, *exports: pl.DataFrame) -> Merged:
    """An own list with exports of following days."""
    facts = [of(export, f"{day}.xlsx", day) for day, export in enumerate(exports, 1)]
    return merge(own, combine(facts).programs)


@settings(max_examples=60)
@given(lists(0), lists(), lists())
def test_merging_again_changes_nothing(
    own: pl.DataFrame, older: pl.DataFrame, newer: pl.DataFrame
) -> None:
    """Law: the same exports, merged into what they gave, give the same."""
    once = merged(own, older, newer).programs
    twice = merged(once, older, newer)
    assert twice.programs.select(once.columns).equals(once)
    assert (twice.added, twice.filled.height) == ((), 0)


@settings(max_examples=60)
@given(lists(0), lists())
def test_no_entry_of_an_own_list_is_changed(own: pl.DataFrame, export: pl.DataFrame) -> None:
    """Law: rows and entries stay as they were; every program of the export is there."""
    found = merged(own, export).programs
    for before, after in zip(own.rows(), found.select(own.columns).rows(), strict=False):
        kept = zip(before, after, strict=True)
        assert all(entry in {None, now} for entry, now in kept)
    assert set(found["program_id"]) == {*own["program_id"], *export["program_id"]}


@settings(max_examples=60)
@given(lists(), lists())
def test_the_order_of_naming_gives_no_other_facts(older: pl.DataFrame, newer: pl.DataFrame) -> None:
    """Law: exports of different days give the same facts however they are named."""
    facts = [of(older, "older.xlsx", 1), of(newer, "newer.xlsx", 2)]
    one, other = (combine(named).programs for named in (facts, facts[::-1]))
    assert other.select(one.columns).sort("program_id").equals(one.sort("program_id"))


def test_a_program_of_which_only_the_code_is_known_stays() -> None:
    """A row with nothing but a code is a row all the same."""
    found = merged(frame("program_id | city"), frame("program_id | city\n7 |"))
    assert found.added == ("7",)
