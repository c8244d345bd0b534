"""A cohort as pandas text in; typed rows and a list of faults, checked by hand, out.

The peer of validation: what a capable office would write for itself, vectorised. It checks the
same limits, choices, ids and rules across cells. It has no meant-well readings, no cell addresses
and no sentences: a fault is a row, a column and a code.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from tests.benchmarks.office_script import PASS_FAIL_FROM, passing_score

from stepladder.validate import TableSchema

Faults = Iterator[tuple[str, str, pd.Series]]
"""A column, a code, and the rows that have the fault."""

_BLANK = ["", "-", "n/a", "N/A"]
_ATTEMPTS = 4
_ERRORS = {
    "unreadable",
    "out_of_limits",
    "missing_cell",
    "doubled_id",
    "step1_numeric_after_pass_fail",
    "result_after_as_of",
    "dates_out_of_order",
    "must_and_never",
}


def check(
    table: pd.DataFrame, schema: TableSchema, season: int, as_of: date, program_ids: set[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Type every column, and list the faults as `row`, `column` and `code`.

    Adds `has_error` to the typed rows. A cell that cannot be read, or lies beyond its limits, is
    blank in them.
    """
    typed = pd.DataFrame(index=table.index)
    found = [fault for name in table.columns for fault in _column(table, typed, schema, name)]
    found += _rules(typed, season, as_of, program_ids)
    findings = pd.concat(
        [
            pd.DataFrame({"row": np.flatnonzero(rows), "column": column, "code": code})
            for column, code, rows in found
        ]
    ).sort_values(["row", "column"])
    errors = findings.loc[findings["code"].isin(_ERRORS), "row"].unique()
    typed["has_error"] = np.isin(np.arange(len(typed)), errors)
    return typed, findings


def _column(table: pd.DataFrame, typed: pd.DataFrame, schema: TableSchema, name: str) -> Faults:
    column, text = schema.by_name[name], table[name].str.strip()
    is_blank = text.isna() | text.isin(_BLANK)
    limits: tuple[Any, Any] | None = None
    match column.type:
        case "integer" | "number" | "money":
            values = pd.to_numeric(text.mask(is_blank), errors="coerce")
            limits = column.minimum, column.maximum
        case "date":
            values = pd.to_datetime(text.mask(is_blank), format="%Y-%m-%d", errors="coerce")
            limits = pd.Timestamp(str(column.minimum)), pd.Timestamp(str(column.maximum))
        case "choice" | "yesno":
            allowed = column.allowed or ("Yes", "No")
            values = text.where(text.isin(allowed))
        case "list":
            items = text.dropna().str.split(";").explode().str.strip()
            unknown = ~items.isin(column.allowed) if column.allowed else items == ""
            has_unknown = unknown.groupby(level=0).any().reindex(text.index, fill_value=False)
            yield name, "unknown_list_item", has_unknown
            values = text.mask(is_blank)
        case _:
            values = text.mask(is_blank)
    yield name, "unreadable", values.isna() & ~is_blank
    if limits:
        beyond = (values < limits[0]) | (values > limits[1])
        yield name, "out_of_limits", beyond
        values = values.mask(beyond)
    if column.required:
        yield name, "missing_cell", is_blank
    if column.unique:
        yield name, "doubled_id", values.duplicated(keep=False) & ~is_blank
    typed[name] = values


def _rules(typed: pd.DataFrame, season: int, as_of: date, program_ids: set[str]) -> Faults:
    today = pd.Timestamp(as_of)
    score1, result = typed["step1_score"], typed["step1_result"]
    days = {step: typed[f"{step}_date"] for step in ("step1", "step2_ck", "step3")}
    failed = {}
    for step, day in days.items():
        tries, score = typed[f"{step}_attempts"], typed[f"{step}_score"]
        failed[step] = score < passing_score(typed, step)
        has_result, has_pass = score.notna(), score.notna() & ~failed[step]
        if step == "step1":
            has_result |= result.isin(["Pass", "Fail"])
            has_pass |= result == "Pass"
        yield f"{step}_score", "score_under_passing", failed[step]
        yield f"{step}_date", "result_after_as_of", has_result & (day > today)
        yield f"{step}_attempts", "four_failed_attempts", (tries == _ATTEMPTS) & ~has_pass
        yield f"{step}_attempts", "result_without_attempt", has_result & (tries == 0)
    unpassed = (result == "Not taken") | ((result == "Fail") & ~failed["step1"])
    yield "step1_score", "step1_score_without_pass", score1.notna() & unpassed
    numeric = score1.notna() & (days["step1"] >= PASS_FAIL_FROM)
    yield "step1_score", "step1_numeric_after_pass_fail", numeric
    alone = typed["step3_score"].notna() & typed["step2_ck_score"].isna()
    yield "step3_score", "step3_without_step2_ck", alone
    latest = pd.concat([days["step1"], days["step2_ck"]], axis=1).max(axis=1)
    yield "step3_date", "dates_out_of_order", days["step3"] <= latest
    yield "step2_ck_date", "step2_before_step1", days["step2_ck"] < days["step1"]
    visa = typed["visa_needed"]
    is_us = typed["img_status"] == "US IMG"
    yield "visa_needed", "us_img_with_visa", is_us & visa.notna() & (visa != "None")
    late = typed["graduation_year"] > typed["season"].fillna(season)
    yield "graduation_year", "graduation_after_season", late
    above = typed["letters_us_physiatrist"] > typed["letters_total"]
    yield "letters_us_physiatrist", "letters_physiatrist_above_total", above
    both = typed["must_program_ids"].notna() & typed["never_program_ids"].notna()
    clash = pd.Series(data=False, index=typed.index)
    clash[both] = [
        bool({*must.split("; ")} & {*never.split("; ")})
        for must, never in zip(
            typed["must_program_ids"][both], typed["never_program_ids"][both], strict=True
        )
    ]
    yield "never_program_ids", "must_and_never", clash
    for name in ("rotated_program_ids", "must_program_ids", "never_program_ids"):
        ids = typed[name].dropna().str.split("; ").explode()
        unknown = (~ids.isin(program_ids)).groupby(level=0).any()
        yield name, "unknown_program_ids", unknown.reindex(typed.index, fill_value=False)
