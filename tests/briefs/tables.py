"""Rows as a result holds them in, every other column filled in; the results of a run out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from stepladder.books.sheets import result_tables
from stepladder.briefs.page import Brief, Day, briefs
from stepladder.results_file import Results, _schema, computed_types
from stepladder.rulebook import load_rulebook

POLICY = load_rulebook().policy
TODAY = Day(date(2026, 11, 23), None)

PERSON: Mapping[str, Any] = {
    "applicant_id": "A1",
    "name": "Ann Exemplar",
    "advisor": "Bo Exemplar",
    "season": "2028",
    "img_status": "Non-US IMG",
    "medical_school_country": "Freedonia",
    "graduation_year": "2024",
    "visa_needed": "J-1",
    "ecfmg_certified": "Yes",
    "step1_result": "Pass",
    "step2_ck_score": "238",
    "step2_ck_attempts": "1",
    "status": "OK",
    "tier": "Targeted",
    "tier_basis": "Step 2 CK",
    "step_delta": 28,
    "trend": "Strong rise",
    "low_score": "No",
    "pmr_fit": 40,
    "eligible_programs": 3,
    "programs_to_verify": 2,
    "suggested_applications": 2,
    "suggestion_basis": "All 2 programs open to this applicant.",
    "application_cost_usd": 22,
    "prelim_cost_usd": 165,
    "expected_interviews_low": 0,
    "expected_interviews_high": 2,
}
"""An applicant who is scored."""


def listed(rank: int, **given: object) -> dict[str, object]:
    """A row of the shortlist of A1."""
    name = f"Fennmoor {rank} (fictional)"
    row: dict[str, object] = {"applicant_id": "A1", "rank": rank, "program_name": name}
    return row | {"state": "NY", "eligibility": "Eligible", "band": "Target", **given}


def planned(number: int, **given: object) -> dict[str, object]:
    """A row of the plan of A1."""
    row: dict[str, object] = {"applicant_id": "A1", "due": date(2027, 3, 2)}
    return row | {"action": f"Do thing {number}", "why": f"Reason {number}", **given}


def fit(**given: object) -> dict[str, object]:
    """A row of the parts of PM&R fit of A1, without any point."""
    parts = {f"fit_{part}": 0.0 for part in POLICY.pmr_fit_names._fields}
    return {"applicant_id": "A1", **parts, **given}


def results(
    applicants: Sequence[Mapping[str, object]] = (PERSON,),
    shortlist: Sequence[Mapping[str, object]] = (),
    plan: Sequence[Mapping[str, object]] = (),
    parts: Sequence[Mapping[str, object]] = (),
    findings: Sequence[Mapping[str, object]] = (),
    levers: Sequence[Mapping[str, object]] = (),
) -> Results:
    """The results of a run, blank where a row does not say."""
    tables = result_tables()
    texts = dict.fromkeys(_schema().by_name, pl.String())
    titles = dict(tables["fit"].titles)
    titles |= {column.name: column.title for column in _schema().columns}
    rows = {
        "shortlist": shortlist,
        "plan": plan,
        "fit": parts,
        "findings": findings,
        "levers": levers,
    }
    return Results(
        source="results",
        titles=titles | dict(tables["applicants"].titles),
        applicants=pl.DataFrame(
            list(applicants), schema={**texts, **computed_types(tables["applicants"])}
        ),
        **{
            name: pl.DataFrame(list(of), schema=computed_types(tables[name]))
            for name, of in rows.items()
        },
    )


def brief_of(told: Results, day: Day = TODAY) -> Brief:
    """What the page of the first applicant shows."""
    return next(briefs(told, told.applicants.head(1), POLICY, day))


def stress() -> Results:
    """The fullest page there can be: 120 programs, 30 actions and names that are long."""
    bands = ["Best fit"] * 20 + ["Target"] * 60 + ["Reach"] * 40
    long_name = (
        "Upperthorn and Lower Fennmoor University Institute of Physical Medicine (fictional)"
    )
    words = "Find out and enter what is not on file: attempts at Step 2 CK; visa needed; letters"
    person = {
        **PERSON,
        "name": "Maximiliana-Theodora Wolkenstein-Rodenegg y Fernández de Córdoba Exemplar",
        "advisor": "Professor Bartholomew Featherstonehaugh-Exemplar",
        "status": "Check",
        "medical_school_country": "Saint Vincent and the Grenadines",
        "low_score": "Yes: Step 2 CK below 230; sharp drop from Step 1 to Step 2 CK; more than one "
        "attempt at Step 1; more than one attempt at Step 2 CK",
        "red_flags": "Step 2 CK below 220; Step 1 failed or repeated; sharp drop from Step 1 to "
        "Step 2 CK; graduated more than 5 years before the season; gap of more than 12 months; "
        "all 4 attempts at one exam used",
        "suggested_applications": 120,
        "suggestion_basis": "All 120 programs the applicant must have; without that limit 110; if "
        "programs decide more alike (stress): 0–16 interviews (illustrative); beside the fees: "
        "USMLE transcript $80, ECFMG token $185.",
        "application_cost_usd": 3030,
        "practice_score": "231",
    }
    return results(
        [person],
        [
            listed(rank, band=band, program_name=f"{rank} {long_name}", signal="Yes")
            | {"eligibility": "Verify"}
            for rank, band in enumerate(bands, start=1)
        ],
        [planned(n, action=f"{n}. {words}", due=date(2027, 1 + n % 12, n)) for n in range(1, 28)]
        + [planned(n, due=date(2026, 9, n)) for n in range(1, 4)],
        [fit(fit_rotations=18.75, fit_not_on_file="; ".join(POLICY.pmr_fit_names))],
        [{"applicant_id": "A1", "table": "applicants", "severity": "Query", "sheet_row": 2}],
    )
