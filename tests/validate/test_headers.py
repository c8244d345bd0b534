"""Headers as offices write them in; the columns they are read as out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from stepladder.books.sheets import result_tables
from stepladder.books.table import TextTable
from stepladder.errors import InputError
from stepladder.validate import Facts, TableSchema, Validated, recognise, validate

Read = Callable[..., Validated]


def present(read: Read, headers: str) -> tuple[str, ...]:
    """The schema columns that one line of headers brings."""
    return read(f"{headers}\n{' | '.join('x' for _ in headers.split('|'))}").present


def test_headers_are_found_by_name_title_and_alias(read: Read) -> None:
    """Whatever their case, spaces and punctuation."""
    assert present(read, "APPLICANT-ID | Step 2 CK score | yog | u.s. pm&r rotations | LORs") == (
        "applicant_id",
        "step2_ck_score",
        "graduation_year",
        "pmr_rotations_us",
        "letters_total",
    )


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Step 2", "step2_ck_score"),
        ("USMLE Step 2 CK", "step2_ck_score"),
        ("S2CK", "step2_ck_score"),
        ("2CK", "step2_ck_score"),
        ("YOG", "graduation_year"),
        ("Grad year", "graduation_year"),
        ("LORs", "letters_total"),
        ("AAMC ID", "applicant_id"),
        ("Student ID", "applicant_id"),
    ],
)
def test_the_spellings_that_offices_use_are_known(read: Read, header: str, column: str) -> None:
    """The list of the project's brief."""
    assert present(read, header) == (column,)


def test_acgme_code_is_the_program_s_id(read: Read) -> None:
    """Programs have headers of their own."""
    assert read("ACGME code | Program\nP1 | x", schema="programs").present == (
        "program_id",
        "program_name",
    )


def test_two_headers_for_one_column_stop_the_run(read: Read) -> None:
    """The message names both headers with their cells, and the column."""
    with pytest.raises(InputError) as refusal:
        present(read, "id | Step 2 | YOG | S2CK")
    assert str(refusal.value) == (
        "cohort.csv: the headers “Step 2” (B1) and “S2CK” (D1) both mean Step 2 CK score. "
        "Rename or delete one of the two columns."
    )


def test_other_columns_are_the_office_s_own(read: Read) -> None:
    """They are kept as text under their headers, doubled and empty headers told apart."""
    own = read("""
        id | Shoe size | Shoe size |   |   | Pet
        a  | 009       | n/a       | x |   |
    """).own
    assert own.rows(named=True) == [
        {"Shoe size": "009", "Shoe size (2)": "n/a", "Column D": "x", "Pet": None}
    ]


def test_our_own_computed_columns_are_left_out(read: Read) -> None:
    """By name or title, since they are computed anew."""
    result = read(
        "id | tier | Low score case\na | x | y", computed={"tier": "Tier", "low": "Low score case"}
    )
    assert result.own.columns == []
    assert result.headers["read_as"].to_list() == [
        "Applicant ID",
        "ours, recomputed",
        "ours, recomputed",
    ]


def test_the_mapping_of_every_header_is_shown(read: Read) -> None:
    """Where it stands, what it is read as, and the column's name."""
    assert read("Student ID | Step 1 | Pet\na | P | cat").headers.rows() == [
        ("Student ID", "A1", "Applicant ID", "applicant_id"),
        ("Step 1", "B1", "Step 1 result and Step 1 score", "step1_result; step1_score"),
        ("Pet", "C1", "your own column", None),
    ]


def test_a_mixed_step_1_column_is_split(read: Read) -> None:
    """Whole numbers are scores, all else is a result; told once, at the header."""
    result = read("""
        id | img | yog  | Step 1
        a  | US IMG | 2020 | 215
        b  | US IMG | 2020 | Pass
        c  | US IMG | 2020 | 210*
        d  | US IMG | 2020 | not sure
        e  | US IMG | 2020 |
    """)
    assert result.frame.select("step1_result", "step1_score").rows() == [
        (None, 215),
        ("Pass", None),
        (None, 210),
        (None, None),
        (None, None),
    ]
    assert result.findings.select("code", "cell").rows() == [
        ("column_split", "D1"),
        ("read_as_number", "D4"),
        ("unreadable", "D5"),
    ]
    assert result.unread.rows() == [(3, "step1_result", "not sure")]


def test_a_mixed_column_feeds_only_what_has_no_header_of_its_own(read: Read) -> None:
    """Beside Step 1 score, a column Step 1 holds results."""
    result = read("""
        id | img    | yog  | Step 1 | Step 1 score
        a  | US IMG | 2020 | Pass   | 215
    """)
    assert result.frame.select("step1_result", "step1_score").row(0) == ("Pass", 215)
    assert result.findings.is_empty()


def test_a_mixed_column_beside_both_of_its_columns_stops_the_run(read: Read) -> None:
    """Then there are two headers for one column."""
    with pytest.raises(InputError, match="Step 1 result"):
        present(read, "id | Step 1 | Step 1 result | Step 1 score")


def test_addresses_count_from_where_the_table_stands(
    book: Callable[..., TextTable], schemas: dict[str, TableSchema], facts: Facts
) -> None:
    """A table from column AA, row 5 on has its findings there."""
    table = replace(
        book(["id", "img", "yog"], [["a", "US IMG", "old"]]), first_column=26, header_row=5
    )
    table = replace(table, sheet_rows=table.sheet_rows + 7)
    assert validate(table, schemas["applicants"], facts).findings["cell"].to_list() == ["AC9"]


def test_recognise_counts_columns_not_headers(schemas: dict[str, TableSchema]) -> None:
    """A title line that says one thing twice is not taken for the header row."""
    count = recognise(schemas["applicants"])
    assert count(["Student ID", "Step 2", "S2CK", "", "Pet", "Step 1"]) == 3
    assert count(["Residents of 2026", ""]) == 0


def test_no_column_of_ours_is_headed_like_an_input(schemas: dict[str, TableSchema]) -> None:
    """Results that are read again give the same inputs, and nothing computed is taken for one."""
    ours = result_tables()["applicants"].titles
    count = recognise(schemas["applicants"])
    assert count([*ours.keys(), *ours.values()]) == 0
