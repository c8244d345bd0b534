"""Every column of a schema has a reader: a rule, a message or a sheet (design, input tables)."""

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import pytest

from stepladder import refresh, result
from stepladder.match import eligibility, program_fit
from stepladder.score import exams, fit, flags, season, tier
from stepladder.validate import rules
from stepladder.validate.schema import TableSchema

PLAN = import_module("stepladder.plan")
actions = import_module("stepladder.plan.actions")
shortlist = import_module("stepladder.plan.shortlist")
SHEET = result._input_sheet
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
            "letters_total": rules,
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
            "interviewed_pct": SHEET,
            "source_url": SHEET,
            "verified_on": shortlist,
            "notes": SHEET,
        },
    }
)
BUILT_NAMES = MappingProxyType(
    {"max_step1_attempts": "max_{step}_attempts", "max_step2_ck_attempts": "max_{step}_attempts"}
)
"""Columns whose name the reader builds."""


@pytest.fixture(params=["applicants", "programs"])
def schema(request: pytest.FixtureRequest) -> TableSchema:
    """The schema of either input table."""
    of: Mapping[str, Callable[[], TableSchema]] = {
        "applicants": refresh.applicants_schema,
        "programs": refresh.programs_schema,
    }
    return of[request.param]()


def test_every_column_has_a_reader(schema: TableSchema) -> None:
    """Design, The two input tables: every column of a schema has a reader, named here."""
    assert list(READERS[schema.name]) == list(schema.by_name)


def test_every_reader_reads_its_column(schema: TableSchema) -> None:
    """Design, The two input tables: the reader names the column, or shows all of them."""
    unread = [
        name
        for name, reader in READERS[schema.name].items()
        if reader is not SHEET and BUILT_NAMES.get(name, name) not in _without_docs(reader)
    ]
    assert unread == []


def _without_docs(reader: object) -> str:
    """The reader's source without its first docstring."""
    source = inspect.getsource(reader)  # type: ignore[arg-type]  # a module or a function
    return source.split('"""', 2)[-1]
