"""A table as an advisor would type it in; what validation makes of it, out."""

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl
import pytest

from stepladder import shipped
from stepladder.books.table import TextTable
from stepladder.validate import Facts, TableSchema, Validated, load_schema, validate

SCHEMAS = {
    name: load_schema(shipped.schemas() / f"{name}.toml")
    for name in ("applicants", "programs", "outcomes")
}
WELL_FORMED = {
    "applicants": {"img_status": "Non-US IMG", "graduation_year": "2020"},
    "programs": {"program_name": "Example PM&R"},
    "outcomes": {"program_id": "P1", "season": "2027"},
}

# Dates and scores of domain.md, Exams, as far as these tests lean on them.
FACTS = Facts(
    as_of=date(2026, 9, 1),
    season=None,
    season_default=2027,
    first_open=2027,
    pass_fail_from=date(2022, 1, 26),
    passing={
        "step1": ((None, 188), (date(2014, 1, 1), 192), (date(2018, 1, 1), 194)),
        "step2_ck": ((date(2013, 7, 1), 203), (date(2014, 7, 1), 209), (date(2025, 7, 1), 218)),
        "step3": ((None, 190), (date(2016, 1, 1), 196), (date(2020, 1, 1), 198)),
    },
    attempts_allowed=4,
    program_ids=None,
)


@pytest.fixture
def schemas() -> dict[str, TableSchema]:
    """The shipped schemas by table."""
    return SCHEMAS


@pytest.fixture
def facts() -> Facts:
    """As of 2026-09-01, for season 2027, with no programs given."""
    return FACTS


@pytest.fixture
def book() -> Callable[..., TextTable]:
    """Build a text table from header cells and rows of cells; no cell is None or empty."""
    return text_table


@pytest.fixture
def read() -> Callable[..., Validated]:
    """Validate a pipe table: a line of headers, then one line per row.

    `␠` stands for an outer space and `⏎` for a line break. The header stands on row 1, column A.
    """
    return validated


@pytest.fixture
def spec() -> Callable[..., None]:
    """Validate what stands left of `||` and compare what stands right of it, row by row.

    Left stand headers; required columns that are not named are well-formed. Right of it,
    `finding` stands for the codes of the row's findings, `severity`, `cell`, `found` and so on for
    what else its findings say, joined by commas, and every other name for that column's value.
    """
    return check


def text_table(headers: Sequence[str], rows: Sequence[Sequence[str | None]]) -> TextTable:
    """A text table as a reader gives it."""
    cells = {
        str(at): pl.Series([row[at] or None for row in rows], dtype=pl.String)
        for at in range(len(headers))
    }
    return TextTable(
        source="cohort.csv",
        headers=tuple(headers),
        cells=pl.DataFrame(cells),
        sheet_rows=pl.Series(range(2, len(rows) + 2), dtype=pl.UInt32),
        header_row=1,
        first_column=0,
        overlong=pl.Series([False] * len(rows), dtype=pl.Boolean),
    )


def validated(
    table: str,
    schema: str = "applicants",
    facts: Facts = FACTS,
    computed: dict[str, str] | None = None,
) -> Validated:
    """What validation makes of a pipe table."""
    headers, *rows = cells_of(table.strip().splitlines())
    return validate(text_table(headers, rows), SCHEMAS[schema], facts, computed or {})


def check(table: str, schema: str = "applicants", facts: Facts = FACTS) -> None:
    """Fail with every cell right of `||` that differs."""
    lines = [line.split("||") for line in table.strip().splitlines()]
    headers, *rows = cells_of([left for left, _ in lines])
    names, *wanted = cells_of([right for _, right in lines])
    key = SCHEMAS[schema].key
    extra = {key: "row {}", **WELL_FORMED[schema]}
    unnamed = [name for name in extra if name not in headers]
    whole = [
        [*row, *(extra[name].format(number) for name in unnamed)]
        for number, row in enumerate(rows, start=2)
    ]
    result = validate(text_table([*headers, *unnamed], whole), SCHEMAS[schema], facts)
    found = [[shown(result, row, name) for name in names] for row in range(len(rows))]
    wrong = [
        f"  row {row + 2}: {name} is to be {expected or 'blank'}, and is {value or 'blank'}"
        for row, (values, wants) in enumerate(zip(found, wanted, strict=True))
        for name, value, expected in zip(names, values, wants, strict=True)
        if value != expected
    ]
    if wrong:
        pytest.fail("\n".join([table.rstrip(), "", *wrong]), pytrace=False)


def cells_of(lines: Sequence[str]) -> list[list[str]]:
    """The cells of a pipe table, line by line."""
    return [
        [cell.strip().replace("␠", " ").replace("⏎", "\n") for cell in line.split("|")]
        for line in lines
    ]


def shown(result: Validated, row: int, name: str) -> str:
    """A value of a row, or something of its findings, as text."""
    of_row = result.findings.filter(pl.col("sheet_row") == row + 2)
    if name == "finding":
        return ", ".join(of_row["code"].to_list())
    if name in of_row.columns and name not in result.frame.columns:
        return ", ".join(of_row[name].to_list())
    value = result.frame.select(name).row(row)[0]
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
