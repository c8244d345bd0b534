"""A small table with one column of every kind, as the writers take it."""

import datetime as dt

import polars as pl
import pytest

from stepladder.books.sheets import NO_ORIGINALS
from stepladder.books.table import Sheet, SheetColumn

COLUMNS = (
    SheetColumn("applicant_id", "Applicant ID", "id", "input", 12, "A code."),
    SheetColumn("name", "Name", "text", "input", 22),
    SheetColumn("step2_ck_score", "Step 2 CK score", "integer", "input", 10),
    SheetColumn("step2_ck_date", "Step 2 CK date", "date", "input", 12),
    SheetColumn("preferred_states", "Preferred states", "list", "input", 20),
    SheetColumn("Office note", "Office note", "text", "own", 24),
    SheetColumn("tier", "Tier", "choice", "computed", 18, "By opportunity."),
    SheetColumn("status", "Status", "choice", "computed", 8),
    SheetColumn("program_fit", "Program fit", "number", "computed", 10),
    SheetColumn("application_cost_usd", "Application cost (USD)", "money", "computed", 12),
    SheetColumn("invite_rate", "Invite rate", "rate", "computed", 12),
    SheetColumn("why", "Why", "text", "computed", 40),
)

FRAME = pl.DataFrame(
    {
        "applicant_id": ["007", "0012", "=1+1"],
        "name": ["Ann & Bob <x>", None, "<r>raw</r>"],
        "step2_ck_score": [245, None, None],
        "step2_ck_date": [dt.date(2026, 3, 1), dt.date(2024, 2, 29), None],
        "preferred_states": [["NY", "PA"], ["OH"], None],
        "Office note": ["+1 555", " kept  as is ", "line one\nline two"],
        "tier": ["Competitive", "Pending", "Steep climb"],
        "status": ["OK", "Check", "Fix"],
        "program_fit": [12.25, 0.1 + 0.2, None],
        "application_cost_usd": [1230, 330, None],
        "invite_rate": [0.123456, 1e-7, None],
        "why": ["@home", "-5", "“quoted” – ρ 🩺"],
    },
    schema_overrides={"step2_ck_score": pl.Int64, "preferred_states": pl.List(pl.String)},
)


@pytest.fixture
def applicants() -> Sheet:
    """Three applicants; the score of the third reads "two-forty"."""
    originals = pl.DataFrame(
        {"row": [2], "column": ["step2_ck_score"], "text": ["two-forty"]},
        schema=NO_ORIGINALS.schema,
    )
    return Sheet("applicants", "Applicants", FRAME, COLUMNS, originals)


@pytest.fixture
def plan() -> Sheet:
    """A table without rows."""
    columns = (
        SheetColumn("applicant_id", "Applicant ID", "id", "computed", 12),
        SheetColumn("due", "Due", "date", "computed", 11),
    )
    frame = pl.DataFrame(schema={"applicant_id": pl.String, "due": pl.Date})
    return Sheet("plan", "Plan", frame, columns, NO_ORIGINALS)
