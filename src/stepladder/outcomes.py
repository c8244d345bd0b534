"""The office's table Outcomes and a run's result in; its sheet, with whose they are, out.

The table is the office's: rows are checked and counted. Ours are only the columns beside it.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from stepladder import shipped
from stepladder.books import Sheet, TextTable
from stepladder.books.sheets import as_entered, workbook_tables
from stepladder.result import Result, entered_sheet
from stepladder.validate import (
    Facts,
    TableSchema,
    Validated,
    load_schema,
    map_headers,
    validate,
)

if TYPE_CHECKING:
    from stepladder.template import Contents


@cache
def outcomes_schema() -> TableSchema:
    """The schema of outcomes."""
    return load_schema(shipped.schemas() / "outcomes.toml")


def outcomes_titles() -> dict[str, str]:
    """Our columns beside the outcomes, name → title."""
    return dict(workbook_tables()["outcomes"].titles)


def read_outcomes_of(table: TextTable, facts: Facts) -> Validated:
    """Check the rows of a table."""
    return validate(table, outcomes_schema(), facts, outcomes_titles())


def outcomes_sheet(read: Validated, table: TextTable, result: Result) -> Sheet:
    """The rows as they were entered, each with whose it is: name, program, advisor, tier, band."""
    # Drawing workbooks takes a while to import, and only workbooks need it.
    from stepladder.template.season_outcomes import NOT_LISTED  # noqa: PLC0415 - as above

    people = _known(result.applicants, "applicant_id", ("name", "advisor", "tier"))
    programs = _known(result.programs, "program_id", ("program_name",))
    listed = result.shortlist.select("applicant_id", "program_id", "band")
    frame = (
        read.frame.select(read.present)
        .with_columns(
            pl.lit(None, pl.String).alias(name)
            for name in ("applicant_id", "program_id")
            if name not in read.present
        )
        .join(people, on="applicant_id", how="left", maintain_order="left")
        .join(programs, on="program_id", how="left", maintain_order="left")
        .join(listed, on=["applicant_id", "program_id"], how="left", maintain_order="left")
        # Whoever has no tier has no list either: nothing is said of where the program stands.
        .with_columns(
            band=pl.when(pl.col("tier").is_not_null()).then(
                pl.col("band").fill_null(pl.lit(NOT_LISTED))
            )
        )
    )
    parts = [frame, read.own] if read.own.width else [frame]
    sheet = entered_sheet(pl.concat(parts, how="horizontal"), read, outcomes_schema())
    return as_entered(
        sheet, table, map_headers(table, outcomes_schema(), outcomes_titles()).columns
    )


def with_outcomes(
    shown: "Contents", result: Result, read: Validated, table: TextTable
) -> "Contents":
    """What a workbook shows, and the outcomes."""
    return replace(shown, tables=[*shown.tables, outcomes_sheet(read, table, result)])


def _known(frame: pl.DataFrame, key: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """What is known of each id; of two rows with one id the first."""
    given: Mapping[str, pl.Expr] = {
        name: pl.col(name) if name in frame.columns else pl.lit(None, pl.String)
        for name in (key, *columns)
    }
    return (
        frame.select(**given)
        .filter(pl.col(key).is_not_null())
        .unique(key, keep="first", maintain_order=True)
    )
