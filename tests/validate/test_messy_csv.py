"""The cohort that an office really keeps in; every row, and what is to be done about it, out."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from stepladder.books.table import TextTable
from stepladder.validate import Facts, TableSchema, Validated, validate


@pytest.fixture
def messy(
    book: Callable[..., TextTable], schemas: dict[str, TableSchema], facts: Facts
) -> Validated:
    """Six rows under a title line, with headers of the office's own."""
    table = book(
        ["Student ID", "Student name", "IMG", "YOG", "Step 1", "USMLE Step 2 CK", "LORs", "Locker"],
        [
            ["007", "Ann Example", "us-img", "2021", "P", "245*", "3", "12"],
            ["008", "Bob Example", "non us img", "2020", "215", "two-forty", "3", "n/a"],
            ["009", "Cyn Example", "Non-US IMG", "2019", "pass", "999", None, None],
            ["010", "Dan Example", "Non-US IMG", "2022", "F", "231", "2", None],
            ["010", "Eve Example", "Non-US IMG", "2022", "Pass", "228", "2", None],
            ["012", "Fay Example", "Non-US IMG", "2018", None, " 240 ", "n/a", None],
        ],
    )
    table = replace(table, header_row=2, sheet_rows=table.sheet_rows + 1)
    return validate(table, schemas["applicants"], facts)


def test_all_six_rows_are_kept_in_their_order(messy: Validated) -> None:
    """Whatever is wrong with them; leading zeros live."""
    ids = ["007", "008", "009", "010", "010", "012"]
    assert messy.frame["applicant_id"].to_list() == ids
    assert messy.own["Locker"].to_list() == ["12", "n/a", None, None, None, None]


def test_each_finding_has_its_cell(messy: Validated) -> None:
    """The header stands on line 2, the first row on line 3."""
    assert messy.findings.select("cell", "code", "severity", "found").rows() == [
        ("E2", "column_split", "Query", "Step 1"),
        ("E3", "read_as_choice", "Query", "P"),
        ("F3", "read_as_number", "Query", "245*"),
        ("F4", "unreadable", "Error", "two-forty"),
        ("F5", "out_of_limits", "Error", "999"),
        ("A6", "doubled_id", "Error", "010"),
        ("E6", "read_as_choice", "Query", "F"),
        ("A7", "doubled_id", "Error", "010"),
        ("F8", "read_as_number", "Query", " 240 "),
        ("G8", "read_as_blank", "Query", "n/a"),
    ]


def test_what_was_meant_is_read_and_what_was_not_is_not_guessed(messy: Validated) -> None:
    """245* is 245; two-forty is not 240, and 999 is no score."""
    assert messy.frame["step2_ck_score"].to_list() == [245, None, None, 231, 228, 240]
    assert messy.frame["step1_score"].to_list() == [None, 215, None, None, None, None]
    assert messy.frame["step1_result"].to_list() == ["Pass", None, "Pass", "Fail", "Pass", None]
    assert messy.unread.rows() == [
        (1, "step2_ck_score", "two-forty"),
        (2, "step2_ck_score", "999"),
    ]


def test_the_rows_to_be_fixed_are_those_with_an_error(messy: Validated) -> None:
    """Both rows of the doubled id among them."""
    assert messy.frame["has_error"].to_list() == [False, True, True, True, True, False]
    assert messy.frame["has_query"].to_list() == [True, False, False, True, False, True]


def test_a_message_says_where_what_and_what_to_do(messy: Validated) -> None:
    """In an advisor's words."""
    two_forty = messy.findings.filter(pl.col("cell") == "F4").row(0, named=True)
    assert two_forty["message"] == "F4: “two-forty” is not a whole number from 1 to 300."
    assert two_forty["fix"] == "Retype Step 2 CK score, or leave the cell empty."


def test_no_name_is_in_any_finding(messy: Validated) -> None:
    """Findings and header mapping can be printed anywhere."""
    assert "Example" not in messy.findings.write_csv() + messy.headers.write_csv()
