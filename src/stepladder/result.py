"""The frames of a run in; one result with its sheets and counts out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from stepladder.books import Sheet, SheetColumn
from stepladder.books.sheets import (
    InputColumns,
    calibrated,
    input_sheet,
    result_sheet,
    result_tables,
)
from stepladder.books.table import Limits, with_texts
from stepladder.plan import Planned
from stepladder.rulebook import Rulebook
from stepladder.validate import SURPLUS, TableSchema, Validated

CAME_FROM = "came_from"
"""The name, in a sheet, of the column that says which line of a file was too long."""
_CAME_FROM_WIDTH = 28
FIX, CHECK, OK = "Fix", "Check", "OK"


@dataclass(frozen=True)
class Summary:
    """Counts of a run, without any personal value.

    `tiers` and `statuses` count applicants by name; `assumed_season` is the season taken for
    applicants without one of their own, None where nobody needed it, and `office_season` the one
    that the office chose for that; `chosen_season` is the one that was chosen for everyone;
    `headers` says how each header was read.
    """

    applicants: int
    programs: int
    programs_left_out: int
    errors: int
    queries: int
    tiers: Mapping[str, int]
    statuses: Mapping[str, int]
    as_of: date
    assumed_season: int | None
    office_season: int | None
    chosen_season: int | None
    rulebook: str
    headers: pl.DataFrame


@dataclass(frozen=True)
class Result:
    """The frames of a run; design.md, Output columns, names the columns of each.

    `applicants`: one row for each applicant in input order: input columns in their types (null
    where a cell was not read; its text is in `originals`), the office's own as text, then ours.
    `programs`: the programs as they were read. `fit` has the parts of pmr_fit, `curve` what each
    number of applications brings; `pairs` holds every applicant × program and `levers` what each
    improvement would gain, or None where it was not asked for. `sheets` are the same, ready to be
    written, `rulebook` is the one that decided.
    """

    applicants: pl.DataFrame
    programs: pl.DataFrame
    shortlist: pl.DataFrame
    plan: pl.DataFrame
    findings: pl.DataFrame
    fit: pl.DataFrame
    curve: pl.DataFrame
    pairs: pl.DataFrame | None
    levers: pl.DataFrame | None
    originals: pl.DataFrame
    sheets: tuple[Sheet, ...]
    summary: Summary
    rulebook: Rulebook

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that are written."""
        return tuple(sheet.name for sheet in self.sheets)


@dataclass(frozen=True)
class Stages:
    """What the stages of one run left behind."""

    applicants_schema: TableSchema
    programs_schema: TableSchema
    read: Validated
    offered: Validated
    scored: pl.DataFrame
    planned: Planned
    pairs: pl.DataFrame | None
    levers: pl.DataFrame | None
    findings: pl.DataFrame
    as_of: date
    assumed_season: int
    chosen_season: int | None
    office_season: int | None
    rulebook: Rulebook


def gather(stages: Stages) -> Result:
    """Put the stages' frames together, every applicant of the input in its place."""
    read = stages.read
    frames = {
        "applicants": _applicants(stages),
        "shortlist": with_texts(columns_of("shortlist", stages.planned.shortlist)),
        "plan": columns_of("plan", stages.planned.actions),
        "findings": stages.findings,
        "fit": columns_of("fit", stages.scored).with_columns(pl.col(pl.Float64).round(2)),
        "curve": columns_of("curve", stages.planned.curve),
    }
    levers = None if stages.levers is None else columns_of("levers", stages.levers)
    pairs = None if stages.pairs is None else columns_of("pairs", stages.pairs)
    programs = _joined([stages.offered.frame.select(stages.offered.present), stages.offered.own])
    sheets = [
        entered_sheet(frames["applicants"], read, stages.applicants_schema),
        entered_sheet(programs, stages.offered, stages.programs_schema),
        *(result_sheet(name, frame) for name, frame in frames.items() if name != "applicants"),
    ]
    asked = (("levers", levers), ("pairs", pairs))
    sheets += [result_sheet(name, frame) for name, frame in asked if frame is not None]
    if stages.rulebook.is_calibrated:
        sheets = [calibrated(sheet) for sheet in sheets]
    return Result(
        **frames,
        programs=programs,
        pairs=pairs,
        levers=levers,
        originals=read.unread,
        sheets=tuple(sheets),
        summary=_summary(stages, frames["applicants"]),
        rulebook=stages.rulebook,
    )


def entered_sheet(frame: pl.DataFrame, read: Validated, schema: TableSchema) -> Sheet:
    """An input table; one with records that were too long says where they came from."""
    inputs = [
        SheetColumn(
            column.name,
            column.title,
            column.type,
            "input",
            column.width,
            column.help,
            Limits(
                column.minimum,
                column.maximum,
                column.allowed,
                column.unique,
                column.severity == "error",
                column.expected,
            ),
        )
        for column in (schema.by_name[name] for name in read.present)
    ]
    columns = InputColumns(inputs, read.own.columns)
    sheet = input_sheet(schema.name, schema.title, frame, columns, read.unread)
    if read.came_from is None or SURPLUS in read.own.columns:
        return sheet
    said = SheetColumn(CAME_FROM, SURPLUS, "text", "own", _CAME_FROM_WIDTH)
    at = len(inputs) + read.own.width
    return replace(
        sheet,
        frame=frame.with_columns(read.came_from.alias(CAME_FROM)),
        columns=(*sheet.columns[:at], said, *sheet.columns[at:]),
    )


def _applicants(stages: Stages) -> pl.DataFrame:
    """Input columns, the office's own, then ours; rows with an error have blanks and status Fix."""
    read = stages.read
    queried = stages.findings.filter(pl.col("table") == "applicants")["sheet_row"].unique()
    status = (
        pl.when("has_error")
        .then(pl.lit(FIX))
        .when(pl.col("sheet_row").is_in(queried.implode()))
        .then(pl.lit(CHECK))
        .otherwise(pl.lit(OK))
    )
    computed = (
        read.frame.select("row", status=status)
        .join(stages.scored, on="row", how="left", maintain_order="left")
        .join(stages.planned.suggestions, on="row", how="left", maintain_order="left")
    )
    return _joined([read.frame.select(read.present), read.own, columns_of("applicants", computed)])


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([part for part in parts if part.width], how="horizontal")


def _summary(stages: Stages, applicants: pl.DataFrame) -> Summary:
    severities = stages.findings["severity"]
    is_assumed = stages.chosen_season is None and stages.scored["season"].has_nulls()
    return Summary(
        applicants=applicants.height,
        programs=stages.offered.frame.height,
        programs_left_out=int(stages.offered.frame["has_error"].sum()),
        errors=int((severities == "Error").sum()),
        queries=int((severities == "Query").sum()),
        tiers=dict(applicants["tier"].drop_nulls().value_counts().iter_rows()),
        statuses=dict(applicants["status"].value_counts().iter_rows()),
        as_of=stages.as_of,
        assumed_season=stages.assumed_season if is_assumed else None,
        office_season=stages.office_season,
        chosen_season=stages.chosen_season,
        rulebook=f"{stages.rulebook.version} ({stages.rulebook.sha256[:12]})",
        headers=pl.concat(
            validated.headers.with_columns(table=pl.lit(name))
            for name, validated in (("applicants", stages.read), ("programs", stages.offered))
        ),
    )


def columns_of(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of a result table, in its order."""
    return frame.select(_names(name))


def _names(name: str) -> list[str]:
    return [column.name for column in result_tables()[name].columns]
