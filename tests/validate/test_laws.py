"""Any text in any cell in; what holds of validation whatever it is, out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from stepladder.books.table import TextTable
from stepladder.validate import Facts, TableSchema, Validated, pandera_schema, validate
from stepladder.validate.judge import doubled_values

Rows = list[list[str]]

HEADERS = {
    "applicants": [
        "applicant_id",
        "name",
        "season",
        "img_status",
        "graduation_year",
        "visa_needed",
        "Step 1",
        "step1_date",
        "step1_attempts",
        "step2_ck_score",
        "step3_date",
        "rotation_msk_pain",
        "budget_usd",
        "preferred_states",
        "must_program_ids",
        "never_program_ids",
        "Locker",
    ],
    "programs": [
        "program_id",
        "program_name",
        "state",
        "track",
        "us_img_pct",
        "non_us_img_pct",
        "j1_visa",
        "verified_on",
    ],
}
LIKELY = re.findall(
    r"\S+",
    """
    a b 007 245 245* 0 4 5 999 -1 two-forty n/a - None P Pass Fail Yes no x US-IMG J1 H1B 2020 2030
    2019-05-01 4/5/2019 13/4/2019 4/13/2019 31/12/99 43586 45% 0.5 $1,200 NY;Narnia P1;P2 #REF!
    {found} {cell} \\1 $1 “ ” ; , C
    """,
)

cells = st.one_of(st.sampled_from(["", *LIKELY]), st.text(max_size=12))
relaxed = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows_of(table: str) -> st.SearchStrategy[Rows]:
    """Up to six rows of any text."""
    width = len(HEADERS[table])
    return st.lists(st.lists(cells, min_size=width, max_size=width), max_size=6)


@pytest.fixture
def check(
    book: Callable[..., TextTable], schemas: dict[str, TableSchema], facts: Facts
) -> Callable[..., Validated]:
    """Validate rows of a table; an all-space cell is blank, as readers give it."""

    def checked(table: str, rows: Rows, order: Sequence[int] = ()) -> Validated:
        typed = [[cell if cell.strip() else "" for cell in row] for row in rows]
        whole = book(HEADERS[table], typed)
        if order:
            shuffled, at = whole.cells[list(order)], whole.sheet_rows[list(order)]
            whole = replace(whole, cells=shuffled, sheet_rows=at)
        return validate(whole, schemas[table], facts)

    return checked


@pytest.fixture
def accept(schemas: dict[str, TableSchema]) -> Callable[[str, pl.DataFrame], None]:
    """Have pandera judge typed rows of a table; it raises for what is not well-formed."""

    def accepted(table: str, frame: pl.DataFrame) -> None:
        pandera_schema(schemas[table]).validate(frame.select(*schemas[table].by_name))

    return accepted


@relaxed
@given(applicants=rows_of("applicants"), programs=rows_of("programs"))
def test_rows_in_are_rows_out(
    check: Callable[..., Validated], applicants: Rows, programs: Rows
) -> None:
    """Validation never raises, drops or adds a row, whatever the cells hold."""
    for table, rows in (("applicants", applicants), ("programs", programs)):
        assert check(table, rows).frame["row"].to_list() == list(range(len(rows)))


@relaxed
@given(rows=rows_of("applicants"), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_finding(
    check: Callable[..., Validated], rows: Rows, random: Random
) -> None:
    """Each row is judged alike wherever it stands, columns of dates included."""
    order = random.sample(range(len(rows)), len(rows))
    straight, shuffled = check("applicants", rows), check("applicants", rows, order)
    assert_frame_equal(shuffled.findings, straight.findings, check_row_order=False)
    assert_frame_equal(shuffled.frame.drop("row"), straight.frame.drop("row")[order])


@relaxed
@given(applicants=rows_of("applicants"), programs=rows_of("programs"))
def test_rows_without_an_error_are_well_formed(
    check: Callable[..., Validated],
    accept: Callable[[str, pl.DataFrame], None],
    applicants: Rows,
    programs: Rows,
) -> None:
    """They satisfy the pandera schema as they stand."""
    for table, rows in (("applicants", applicants), ("programs", programs)):
        accept(table, check(table, rows).frame.filter(~pl.col("has_error")))


@relaxed
@given(rows=rows_of("applicants"))
def test_every_text_is_read_or_kept(check: Callable[..., Validated], rows: Rows) -> None:
    """A cell that is not blank has a value, or its text is kept for writing back."""
    result = check("applicants", rows)
    kept = {*result.unread.select("row", "column").rows()}
    lost = [
        (row, name)
        for row, texts in enumerate(rows)
        for name, text in zip(HEADERS["applicants"], texts, strict=True)
        if name in result.present
        and result.frame[name][row] is None
        and re.sub(r"[\s;,]", "", text.lower()) not in {"", "-", "n/a"}
    ]
    assert {*lost} <= kept


@relaxed
@given(rows=rows_of("applicants"))
def test_a_row_is_marked_exactly_if_it_has_a_finding(
    check: Callable[..., Validated], rows: Rows
) -> None:
    """Marks and findings tell one story; the header row is row 1."""
    result = check("applicants", rows)
    for severity, mark in (("Error", "has_error"), ("Query", "has_query")):
        told = result.findings.filter(severity=severity)["sheet_row"]
        marked = result.frame.filter(pl.col(mark))["sheet_row"]
        assert {*told} - {1} == {*marked}


@given(st.lists(st.text("ab", max_size=2)))
def test_doubled_values_are_those_met_again(values: list[str]) -> None:
    """Each value that stands more than once, once."""
    found = doubled_values(pl.Series(values, dtype=pl.String)).to_list()
    assert sorted(found) == sorted({value for value in values if values.count(value) > 1})
