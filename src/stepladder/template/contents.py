"""Result tables in; what a workbook shows, in the order of its sheets, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from stepladder.books.packed import AnySheet, PackedSheet
from stepladder.books.sheets import result_sheet, result_tables, workbook_tables
from stepladder.books.table import LINK, SHEET_ROWS, Sheet
from stepladder.rulebook import Rulebook
from stepladder.template.formulas import TableReference, reference

SHEETS: Final = {
    "applicants": "Applicants",
    "programs": "Programs",
    "outcomes": "Outcomes",
    "rules": "Rules",
}
"""In a workbook that we made, the sheet on which the cells of a finding's table stand."""


YES, NOT_VALID = "Yes", "Not valid"


@dataclass(frozen=True)
class Overrides:
    """Values typed into the Rules sheet, by the rule's name.

    taken    the rulebook's own value that is not used
    refused  the typed text that is not used
    """

    taken: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """Everything that a workbook shows.

    tables        applicants, programs and the result tables, as they are written to any medium
    rulebook      whose words for tiers, trends and bands the pages use
    as_of         the day of the plan
    season        the office's season on Start; None where it is the next one
    book          the workbook's file name, for the commands that Start names
    log           one entry for each refresh, by the names of the table Log
    sheet_of      the sheet of each table in which the findings' cells stand, so that they lead
                  there; empty where they are cells of another file
    overrides     what the Rules sheet has in place of the rulebook's own values
    advisor       whose applicants the Dashboard shows; None for all
    applicant_id  whom the Brief shows; None for the first who has a list
    has_button    whether Start has the Refresh button
    outcomes_season  the season whose outcomes the Dashboard counts; None for all
    counts_outcomes  whether the Dashboard has a place where they are counted
    """

    tables: Sequence[AnySheet]
    rulebook: Rulebook
    as_of: date
    season: int | None
    book: str
    log: Sequence[Mapping[str, object]]
    sheet_of: Mapping[str, str] = field(default_factory=dict)
    overrides: Overrides | None = None
    advisor: str | None = None
    applicant_id: str | None = None
    has_button: bool = False
    outcomes_season: int | None = None
    counts_outcomes: bool = True

    @cached_property
    def sheets(self) -> Mapping[str, AnySheet]:
        """The sheets with a table, by name, as the workbook shows them."""
        given = {table.name: table for table in self.tables}
        shown = {name: _beside(sheet, given["applicants"].frame) for name, sheet in given.items()}
        shown["findings"] = _findings(given["findings"], self.sheet_of)
        rules = _rules(self.rulebook, self.overrides or Overrides())
        return {**shown, "rules": rules, "log": _log(self.log)}

    def frame(self, name: str) -> pl.DataFrame:
        """Give the rows of a table."""
        return self.sheets[name].frame

    def rows_of(self, name: str, applicant_id: str | None) -> pl.DataFrame:
        """Give the applicant's rows of a table, in its order, each with its `place` from 1."""
        is_theirs = pl.col("applicant_id") == pl.lit(applicant_id, pl.String)
        found, place = [], 1
        for rows in self.sheets[name].slices(SHEET_ROWS):
            found.append(rows.with_row_index("place", place).filter(is_theirs))
            place += rows.height
        return pl.concat(found) if found else self.frame(name).with_row_index("place")

    def reference(self, name: str) -> TableReference:
        """Give the words by which formulas name a table."""
        return reference(self.sheets[name])

    @property
    def refreshed_on(self) -> date | None:
        """The day of the plan that the tables hold; None before the first refresh."""
        return self.as_of if self.log else None

    @property
    def shown_id(self) -> str | None:
        """Whom the Brief shows: the chosen applicant, else the first who has a list."""
        if self.applicant_id is not None:
            return self.applicant_id
        first = next(self.sheets["shortlist"].slices(1), None)
        return None if first is None else first["applicant_id"][0]


def _beside(sheet: AnySheet, applicants: pl.DataFrame) -> AnySheet:
    """Add the columns that are there for reading and filtering in the workbook."""
    table = result_tables().get(sheet.name)
    if table is None or not table.beside:
        return sheet
    people = applicants.select(
        "applicant_id",
        *(
            (pl.col(column.name) if column.name in applicants.columns else pl.lit(None, pl.String))
            .cast(pl.String)
            .alias(column.name)
            for column in table.beside
        ),
    ).unique("applicant_id", keep="first")

    def with_people(rows: pl.DataFrame) -> pl.DataFrame:
        # A join of the ids alone: one of the table would copy each of its columns.
        ids = rows.select("applicant_id")
        beside = ids.join(people, on="applicant_id", how="left", maintain_order="left")
        return rows.hstack(beside.drop("applicant_id"))

    columns = (*sheet.columns, *table.beside)
    if isinstance(sheet, PackedSheet):
        return replace(sheet, columns=columns, unpacked=with_people)
    return replace(sheet, frame=with_people(sheet.frame), columns=columns)


def _findings(sheet: AnySheet, sheet_of: Mapping[str, str]) -> Sheet:
    """Errors first; each cell of this workbook leads to itself."""
    frame, columns = (
        sheet.frame.sort(
            pl.col("severity") != "Error", pl.col("table"), "sheet_row", maintain_order=True
        ),
        sheet.columns,
    )
    if sheet_of:
        quoted = {
            table: f"'{title.replace(chr(39), 2 * chr(39))}'" for table, title in sheet_of.items()
        }
        title = pl.col("table").replace_strict(quoted, return_dtype=pl.String)
        frame = frame.with_columns((title + pl.lit("!") + pl.col("cell")).alias(LINK))
        columns = tuple(
            replace(column, kind="link") if column.name == "cell" else column for column in columns
        )
    return Sheet(sheet.name, sheet.title, frame, columns, sheet.originals)


def _rules(rulebook: Rulebook, overrides: Overrides) -> Sheet:
    """Every entry with the value that is used, and the one that was typed where it is not."""
    rows = [
        {
            "name": entry.name,
            "label": entry.label,
            "value": overrides.refused.get(entry.name, entry.value),
            "rulebook_value": overrides.taken.get(entry.name, entry.value),
            "override": YES
            if entry.name in overrides.taken
            else NOT_VALID
            if entry.name in overrides.refused
            else None,
            "unit": entry.unit,
            "kind": entry.kind,
            "source": entry.source,
        }
        for entry in rulebook.entries
    ]
    names = [column.name for column in workbook_tables()["rules"].columns]
    return result_sheet("rules", pl.DataFrame(rows, dict.fromkeys(names, pl.String)).select(names))


def _log(entries: Sequence[Mapping[str, object]]) -> Sheet:
    types = {"integer": pl.Int64, "date": pl.Date}
    columns = workbook_tables()["log"].columns
    schema = {column.name: types.get(column.kind, pl.String) for column in columns}
    return result_sheet("log", pl.DataFrame(list(entries), schema))
