"""Every column of a schema has a reader: blanking it moves a result, a finding or a cell shown."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from importlib import import_module
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest

from stepladder import Result, refresh, result, shipped
from stepladder.books import TextTable
from stepladder.match import eligibility, program_fit
from stepladder.rulebook import load_rulebook
from stepladder.score import exams, fit, flags, season, tier
from stepladder.validate import TableSchema, rules

PLAN = import_module("stepladder.plan")
actions = import_module("stepladder.plan.actions")
shortlist = import_module("stepladder.plan.shortlist")
SHEET = result.entered_sheet
"""The sheets Applicants and Programs show every column that the input has."""

READERS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "applicants": {
            "applicant_id": shortlist,
            "name": SHEET,
            "advisor": SHEET,
            "season": season,
            "img_status": program_fit,
            "medical_school_country": SHEET,
            "graduation_year": flags,
            "visa_needed": eligibility,
            "ecfmg_certified": eligibility,
            "step1_result": exams,
            "step1_score": eligibility,
            "step1_date": eligibility,
            "step1_attempts": actions,
            "step2_ck_score": tier,
            "step2_ck_date": eligibility,
            "step2_ck_attempts": actions,
            "practice_score": tier,
            "step3_score": flags,
            "step3_date": actions,
            "step3_attempts": actions,
            "usce_months": flags,
            "pmr_rotations_us": fit,
            "pmr_observerships_us": fit,
            "rotation_inpatient_rehab": fit,
            "rotation_brain_spinal": fit,
            "rotation_msk_pain": fit,
            "letters_total": actions,
            "letters_us_physiatrist": fit,
            "letter_pmr_faculty": fit,
            "case_reports": fit,
            "posters": fit,
            "qi_projects": fit,
            "publications": fit,
            "rehab_experience_months": fit,
            "pmr_meetings": actions,
            "prior_gme_months": eligibility,
            "personal_statement": fit,
            "gap_months": flags,
            "budget_usd": PLAN,
            "max_applications": PLAN,
            "preferred_states": program_fit,
            "rotated_program_ids": program_fit,
            "must_program_ids": PLAN,
            "never_program_ids": PLAN,
            "prelim_planned": shortlist,
            "notes": SHEET,
        },
        "programs": {
            "program_id": refresh,
            "program_name": shortlist,
            "institution": PLAN,
            "city": SHEET,
            "state": program_fit,
            "setting": program_fit,
            "track": eligibility,
            "positions": SHEET,
            "considers_img": eligibility,
            "us_img_pct": program_fit,
            "non_us_img_pct": program_fit,
            "min_step1": eligibility,
            "min_step2_ck": eligibility,
            "typical_step1": rules,
            "typical_step2_ck": program_fit,
            "max_step1_attempts": eligibility,
            "max_step2_ck_attempts": eligibility,
            "max_years_since_graduation": eligibility,
            "j1_visa": eligibility,
            "h1b_visa": eligibility,
            "step3_required": eligibility,
            "ecfmg_required_to_apply": eligibility,
            "min_usce_months": eligibility,
            "min_pmr_letters": eligibility,
            "holistic_review": program_fit,
            "takes_signals": PLAN,
            "applications_received": SHEET,
            "interviewed_pct": rules,
            "source_url": SHEET,
            "verified_on": shortlist,
            "notes": SHEET,
        },
    }
)
SHOWN_ONLY, FINDINGS_ONLY = (
    {
        table: {name for name, reader in readers.items() if reader is only}
        for table, readers in READERS.items()
    }
    for only in (SHEET, rules)
)
"""Columns that nothing is computed from: the sheets show them all, the rules judge some."""

RESULTS = ("shortlist", "plan", "fit", "curve")
SETTINGS = refresh.Settings(load_rulebook(), date(2026, 11, 23))

Frames = list[pl.DataFrame]
"""What is computed from both tables, and last what their rules found."""


@pytest.mark.parametrize("schema", [refresh.applicants_schema(), refresh.programs_schema()])
def test_every_column_has_a_reader(schema: TableSchema) -> None:
    """Design, The two input tables: every column of a schema has a reader, named here."""
    assert list(READERS[schema.name]) == list(schema.by_name)


def test_every_column_of_applicants_has_the_effect_of_its_reader() -> None:
    """Design, The two input tables: blanking a column of the example moves what reads it."""
    people = refresh.read_applicants(shipped.workbooks() / "example-applicants-fictional.csv")
    assert_read(refresh.applicants_schema(), applicants_blanked(people, every(2, offered())))


def test_every_column_of_programs_has_the_effect_of_its_reader() -> None:
    """Design, The two input tables: blanking a column of the example moves what reads it."""
    people = refresh.read_applicants(shipped.workbooks() / "example-applicants-fictional.csv")
    assert_read(refresh.programs_schema(), programs_blanked(every(3, people), offered()))


def assert_read(schema: TableSchema, blanked: Iterator[tuple[str, Frames]]) -> None:
    """The first frames are those of the whole table; the others lack the column of their name."""
    _, before = next(blanked)
    effects = {name: effect(before, after) for name, after in blanked}
    assert list(effects) == list(schema.by_name)
    found = {
        only: {name for name, moved in effects.items() if moved == only}
        for only in ("nothing", "findings")
    }
    assert found == {
        "nothing": SHOWN_ONLY[schema.name],
        "findings": FINDINGS_ONLY[schema.name],
    }


def effect(before: Frames, after: Frames) -> str:
    """What differs."""
    *same, same_findings = (one.equals(other) for one, other in zip(before, after, strict=True))
    if not all(same):
        return "results"
    return "nothing" if same_findings else "findings"


def applicants_blanked(people: TextTable, programs: TextTable) -> Iterator[tuple[str, Frames]]:
    """The frames of a cohort, then those of the same without each column.

    One run plans them all, as nobody's plan depends on company: ids tell the cohorts apart, and so
    do sheet rows, thousands apart.
    """
    schema = refresh.applicants_schema()
    key = column_of(people, schema, schema.key)
    names = ["whole", *schema.by_name]
    cohorts = [people, *(blanked(people, schema, name) for name in schema.by_name)]
    together = replace(
        people,
        cells=pl.concat(
            cohort.cells.with_columns(pl.concat_str(pl.lit(f"{name} "), key).alias(key)).select(
                people.cells.columns
            )
            for name, cohort in zip(names, cohorts, strict=True)
        ),
        sheet_rows=pl.concat(people.sheet_rows + 1000 * at for at in range(len(names))),
        overlong=pl.concat([people.overlong] * len(names)),
    )
    every_one = refresh.refresh(together, programs, SETTINGS)
    for at, name in enumerate(names):
        mine = pl.col("applicant_id").str.starts_with(f"{name} ")
        bare = pl.col("applicant_id").str.strip_prefix(f"{name} ")
        rows = (pl.col("table") == schema.name) & (pl.col("sheet_row") // 1000 == at)
        yield (
            name,
            frames_of(
                replace(
                    every_one,
                    applicants=every_one.applicants.slice(
                        at * people.cells.height, people.cells.height
                    ),
                    findings=every_one.findings.filter(rows).with_columns(
                        pl.col("sheet_row") % 1000
                    ),
                    **{
                        table: getattr(every_one, table).filter(mine).with_columns(bare)
                        for table in RESULTS
                    },
                )
            ),
        )


def programs_blanked(people: TextTable, programs: TextTable) -> Iterator[tuple[str, Frames]]:
    """The frames of a cohort, then those of the same when the programs lack each column."""
    yield "whole", frames_of(refresh.refresh(people, programs, SETTINGS))
    schema = refresh.programs_schema()
    for name in schema.by_name:
        lacking = blanked(programs, schema, name)
        yield name, frames_of(refresh.refresh(people, lacking, SETTINGS))


def frames_of(planned: Result) -> Frames:
    """What is computed, without the columns that only echo the input.

    A cell that cannot be read is told in any column; a rule's finding says that somebody reads it.
    """
    schemas = (refresh.applicants_schema(), refresh.programs_schema())
    echoed = set(refresh.programs_schema().by_name) - {"program_id"}
    judged = [rule.name for schema in schemas for rule in schema.rules]
    return [
        planned.applicants.select(*refresh.computed_titles()),
        *(getattr(planned, name).drop(echoed, strict=False) for name in RESULTS),
        planned.findings.filter(pl.col("code").is_in(judged)).select("code", "table", "sheet_row"),
    ]


def blanked(table: TextTable, schema: TableSchema, name: str) -> TextTable:
    """The table with every cell of a column blank."""
    lost = pl.lit(None, pl.String).alias(column_of(table, schema, name))
    return replace(table, cells=table.cells.with_columns(lost))


def column_of(table: TextTable, schema: TableSchema, name: str) -> str:
    """The column of cells under a schema column's title."""
    return table.cells.columns[table.headers.index(schema.by_name[name].title)]


def every(step: int, table: TextTable) -> TextTable:
    """Each second, third, … row."""
    return replace(
        table,
        cells=table.cells.gather_every(step),
        sheet_rows=table.sheet_rows.gather_every(step),
        overlong=table.overlong.gather_every(step),
    )


def offered() -> TextTable:
    """The programs of the example."""
    return refresh.read_programs(shipped.workbooks() / "example-programs-fictional.csv")
