"""Drop-downs and limits refuse what validation refuses and take what it takes, by the schemas."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from tests.office import recalculated
from xlsxwriter import Workbook

from stepladder import shipped
from stepladder.books import SheetColumn, text_table
from stepladder.new import new_workbook
from stepladder.refresh import Settings, facts_of, load_rulebook
from stepladder.template.limits import validation
from stepladder.validate import TableSchema, load_schema, validate
from stepladder.validate.schema import Column

AS_OF = dt.date(2026, 11, 23)
SCHEMAS = {
    name: load_schema(shipped.schemas() / f"{name}.toml") for name in ("applicants", "programs")
}
COLUMNS = [(schema, column) for schema in SCHEMAS.values() for column in schema.columns]
LIMITED = [
    (schema, column)
    for schema, column in COLUMNS
    # Several states stand in one cell of a list, which no drop-down can hold.
    if column.type != "list" and (column.allowed or column.minimum is not None)
]
FACTS = facts_of(Settings(load_rulebook(), AS_OF))
ENTRIES = ("007", "7", "a1", "A1", " 007 ", "-", "n/a", "x*", "x1", "3401-E5", "3401e5")
"""Ids as somebody enters them, one below the other."""


@dataclass(frozen=True)
class Sheets:
    """The input sheets of a blank workbook."""

    sheets: dict[str, Worksheet]

    def rule(self, schema: TableSchema, column: Column) -> DataValidation:
        """The one validation of a column's cells."""
        sheet = self.sheets[schema.name]
        letter = next(cell.column_letter for cell in sheet[1] if cell.value == column.title)
        (found,) = (
            rule for rule in sheet.data_validations.dataValidation if f"{letter}2" in rule.sqref
        )
        return found


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sheets]:
    """The workbook as Excel reads it."""
    path = tmp_path_factory.mktemp("blank") / "blank.xlsm"
    new_workbook(path, None, None, Settings(load_rulebook(), AS_OF))
    with closing(openpyxl.load_workbook(path)) as book:
        yield Sheets({name: book[name.capitalize()] for name in SCHEMAS})


def entries(column: Column) -> list[str | float | dt.date]:
    """What somebody may type: both sides of every limit, each choice, and what is none."""
    if column.allowed:
        return [*column.allowed, "Perhaps", "12"]
    low, high = column.minimum, column.maximum
    if isinstance(low, dt.date) and isinstance(high, dt.date):
        day = dt.timedelta(days=1)
        return [low - day, low, high, high + day]
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    half = [low + 0.5] if column.type == "number" else []
    return [low - 1, low, *half, high, high + 1]


def lets_in(rule: DataValidation, entry: str | float | dt.date) -> bool:
    """Excel's answer to an entry (ECMA-376 part 1, 18.3.1.32)."""
    if rule.type == "list":
        return str(entry) in rule.formula1.strip('"').split(",")
    assert rule.operator in {None, "between"}
    low, high = float(rule.formula1), float(rule.formula2)
    if isinstance(entry, dt.date):
        entry = (entry - dt.date(1899, 12, 30)).days
    entry = float(entry)
    is_whole = rule.type != "whole" or entry.is_integer()
    return is_whole and low <= entry <= high


def is_taken(schema: TableSchema, column: Column, entry: object) -> bool:
    """Validation has nothing to say of the entry alone."""
    table = text_table(pl.DataFrame({column.title: [str(entry)]}), schema.name)
    codes = validate(table, schema, FACTS).findings.filter(pl.col("column") == column.name)["code"]
    return not {"unreadable", "out_of_limits", "read_as_choice"} & {*codes}


@pytest.mark.parametrize(("schema", "column"), LIMITED, ids=lambda part: part.name)
def test_a_cell_lets_in_what_validation_takes(
    blank: Sheets, schema: TableSchema, column: Column
) -> None:
    """Both sides of a limit, every choice and what is none: one answer from both."""
    rule = blank.rule(schema, column)
    answers = {str(entry): lets_in(rule, entry) for entry in entries(column)}
    assert answers == {str(entry): is_taken(schema, column, entry) for entry in entries(column)}
    assert {True, False} <= {*answers.values()}


@pytest.mark.parametrize(("schema", "column"), COLUMNS, ids=lambda part: part.name)
def test_a_cell_says_what_belongs_there(blank: Sheets, schema: TableSchema, column: Column) -> None:
    """A chosen cell shows the schema's help under the column's title."""
    rule = blank.rule(schema, column)
    assert rule.showInputMessage
    title = column.title if len(column.title) <= 32 else f"{column.title[:31]}…"
    assert rule.promptTitle == title
    assert rule.prompt == column.help


@pytest.mark.parametrize(("schema", "column"), LIMITED, ids=lambda part: part.name)
def test_a_refusal_is_as_severe_as_the_finding(
    blank: Sheets, schema: TableSchema, column: Column
) -> None:
    """What would be an error is stopped and said what is expected; a query may be kept."""
    rule = blank.rule(schema, column)
    assert (rule.errorStyle or "stop") == ("stop" if column.severity == "error" else "warning")
    assert rule.error.startswith(f"Enter {column.expected}, or leave the cell empty.")
    assert rule.allow_blank


@pytest.mark.parametrize("table", SCHEMAS)
def test_calculated_cells_say_that_they_are_written_anew(blank: Sheets, table: str) -> None:
    """Whoever chooses a calculated cell is told before typing; its header says so too."""
    sheet = blank.sheets["applicants"] if table == "applicants" else blank.sheets["programs"]
    ours = [cell for cell in sheet[1] if cell.number_format == '@" (calculated)"']
    assert len(ours) == (17 if table == "applicants" else 0)
    for cell in ours:
        (rule,) = (
            rule
            for rule in sheet.data_validations.dataValidation
            if f"{cell.column_letter}2" in rule.sqref
        )
        assert rule.type is None
        assert rule.prompt.startswith("Calculated by Stepladder: what is typed here is overwritten")


def test_an_id_is_let_in_once(blank: Sheets, tmp_path: Path) -> None:
    """LibreOffice's answer to the id's formula: 007 is not 7, a1 not A1, and - is no id."""
    rule = blank.rule(SCHEMAS["applicants"], SCHEMAS["applicants"].columns[0])
    path = tmp_path / "ids.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, entry in enumerate(ENTRIES, 1):
            sheet.write_string(row, 0, entry)
            sheet.write_formula(row, 1, "=" + rule.formula1.replace("A2", f"A{row + 1}"))
    (found,) = recalculated(tmp_path, [path])
    with closing(found):
        answers = [bool(cell.value) for (cell,) in found.active["B2" : f"B{len(ENTRIES) + 1}"]]
    table = text_table(pl.DataFrame({"Applicant ID": ENTRIES}), "cohort")
    told = validate(table, SCHEMAS["applicants"], FACTS).findings
    refused = told.filter(pl.col("code").is_in(["doubled_id", "missing_id"]))["sheet_row"].to_list()
    assert answers == [row not in refused for row in range(2, 2 + len(ENTRIES))]
    assert answers.count(False) == 4


def test_an_offices_own_column_is_free() -> None:
    """Nothing is said of, or kept from, a column that is the office's own."""
    assert validation(SheetColumn("Locker", "Locker", "text", "own", 10), 0, "") is None
