"""The office's table Outcomes and a run's result in; its sheet, with whose they are, out.

The table is the office's: rows are checked and counted. Ours are only the columns beside it.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from stepladder import shipped
from stepladder.books import Sheet, TextTable
from stepladder.books.sheets import as_entered, workbook_tables
from stepladder.books.table import title_key
from stepladder.result import Result, entered_sheet
from stepladder.rulebook import first_open_season
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


_OF_THE_SEASON: Final = ("tier", "band")
"""What is told of an application as things stood then."""


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


def outcomes_sheet(
    read: Validated, table: TextTable, result: Result, stood: TextTable | None = None
) -> Sheet:
    """The rows as they were entered, each with whose it is: name, program, advisor, tier, band.

    Where the season is over, what stands there stays: the cohort and its tiers go on. `stood` are
    the same rows with what an earlier run said of them, where `table` has not that.
    """
    # Drawing workbooks takes a while to import, and only workbooks need it.
    from stepladder.template.season_outcomes import NOT_LISTED  # noqa: PLC0415 - as above

    people = _known(result.applicants, "applicant_id", ("name", "advisor", "tier"))
    programs = _known(result.programs, "program_id", ("program_name",))
    entered = read.frame.select(read.present).with_columns(
        pl.lit(None, pl.String).alias(name)
        for name in ("applicant_id", "program_id")
        if name not in read.present
    )
    # Outcomes are few beside the lists of a large cohort.
    has_outcomes = pl.col("applicant_id").is_in(entered["applicant_id"].drop_nulls().implode())
    listed = result.shortlist.select("applicant_id", "program_id", "band").filter(has_outcomes)
    frame = (
        entered.join(people, on="applicant_id", how="left", maintain_order="left")
        .join(programs, on="program_id", how="left", maintain_order="left")
        .join(listed, on=["applicant_id", "program_id"], how="left", maintain_order="left")
        # Whoever has no tier has no list either: nothing is said of where the program stands.
        .with_columns(
            band=pl.when(pl.col("tier").is_not_null()).then(
                pl.col("band").fill_null(pl.lit(NOT_LISTED))
            )
        )
    )
    frame = _with_what_stood(frame, stood or table, _first_open(result))
    parts = [frame, read.own] if read.own.width else [frame]
    sheet = entered_sheet(pl.concat(parts, how="horizontal"), read, outcomes_schema())
    return as_entered(
        sheet, table, map_headers(table, outcomes_schema(), outcomes_titles()).columns
    )


def with_outcomes(
    shown: "Contents",
    result: Result,
    read: Validated,
    table: TextTable,
    stood: TextTable | None = None,
) -> "Contents":
    """What a workbook shows, and the outcomes; as `outcomes_sheet`."""
    return replace(shown, tables=[*shown.tables, outcomes_sheet(read, table, result, stood)])


def _first_open(result: Result) -> int:
    told = result.summary
    return told.office_season or first_open_season(result.rulebook.policy, told.as_of)


def _with_what_stood(frame: pl.DataFrame, table: TextTable, first_open: int) -> pl.DataFrame:
    """Rows of seasons that are over, with what an earlier run said of them, if any did.

    A row that is another one's by now, as its id or code was retyped, is told anew.
    """
    titles = {title_key(title): name for name, title in outcomes_titles().items()}
    stood = {
        titles[title_key(header)]: table.cells[str(at)]
        for at, header in enumerate(table.headers)
        if title_key(header) in titles
    }
    said = [name for name in _OF_THE_SEASON if name in stood]
    if not said or "season" not in frame.columns:
        return frame
    before = pl.DataFrame(stood)
    is_told = before.select(pl.any_horizontal(pl.col(said).is_not_null())).to_series()
    keeps = is_told & (frame["season"] < first_open).fill_null(value=False)
    for name in {"name", "program_name"} & {*stood}:
        keeps &= frame[name].is_null() | frame[name].eq_missing(before[name])
    return frame.with_columns(
        pl.when(keeps).then(before[name]).otherwise(pl.col(name)).alias(name) for name in stood
    )


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
