"""A table of pairs in; what matching gives, compared with what the table expects, out."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from tests.spec.tables import Row, cells, read, typed

from stepladder import shipped
from stepladder.match import match
from stepladder.match.eligibility import reasons
from stepladder.match.program_fit import PARTS
from stepladder.rulebook import load_rulebook
from stepladder.score import score
from stepladder.validate import load_schema

APPLICANTS = load_schema(shipped.schemas() / "applicants.toml")
PROGRAMS = load_schema(shipped.schemas() / "programs.toml")
POLICY = load_rulebook().policy

NEUTRAL = """
    img_status                   | Non-US IMG
    graduation_year              | 2024
    visa_needed                  | None
    ecfmg_certified              | Yes
    step1_result                 | Pass
    step1_date                   | 2023-03-01
    step1_attempts               | 1
    step2_ck_score               | 245
    step2_ck_date                | 2024-03-01
    step2_ck_attempts            | 1
    step3_score                  | 225
    step3_date                   | 2025-03-01
    step3_attempts               | 1
    usce_months                  | 6
    letters_us_physiatrist       | 3
    prior_gme_months             | 0
    preferred_states             | CA
    rotated_program_ids          | elsewhere
    p.program_id                 | here
    p.setting                    | Community
    p.state                      | NY
    p.track                      | Advanced
    p.considers_img              | Yes
    p.us_img_pct                 | 0
    p.non_us_img_pct             | 7.5
    p.min_step1                  | 188
    p.min_step2_ck               | 203
    p.typical_step2_ck           | 203
    p.max_step1_attempts         | 4
    p.max_step2_ck_attempts      | 4
    p.max_years_since_graduation | 60
    p.j1_visa                    | Yes
    p.h1b_visa                   | Yes
    p.step3_required             | No
    p.ecfmg_required_to_apply    | No
    p.min_usce_months            | 0
    p.min_pmr_letters            | 0
    p.holistic_review            | Yes
"""
"""What a test does not change: a pair that is Eligible, with nothing to ask and nothing unknown.

Its program_fit is 50, where a tier's invite rate holds: record with IMGs 11.25 (7.5 of the 20% that
earn 30), score 25, PM&R fit 3.75 (25 of 100, for the letters), setting 5, holistic review 5.
"""


@pytest.fixture
def match_spec() -> Callable[..., None]:
    """Match a pipe table of pairs and compare the columns right of `||`.

    Left of `||` stand the pair's name as `pair`, then what differs from NEUTRAL: applicant columns
    by schema name, program columns with the prefix `p.`; a blank cell is a blank cell. Right of it
    stand expected outputs: `fails`, `asks` and `unknown` by rulebook name, joined by commas; a
    number to as many decimals as are written; nothing means null or none.
    """
    return check


def check(table: str, *, as_of: str = "2026-09-01") -> None:
    """Fail with every cell that differs, by pair and column; the season is 2027 unless entered."""
    inputs, outputs = read(table)
    found = matched(inputs, date.fromisoformat(as_of))
    wrong = [
        f"  {given['pair']}: {column} is to be {wanted or 'blank'}, and is {shown or 'blank'}"
        for given, expected, pair in zip(inputs, outputs, found, strict=True)
        for column, wanted in expected.items()
        if (shown := written(pair[column], like=wanted)) != wanted
    ]
    if wrong:
        pytest.fail("\n".join([table.rstrip(), "", *wrong]), pytrace=False)


def matched(rows: Sequence[Row], as_of: date) -> list[dict[str, Any]]:
    """Each row's own applicant with its own program, scored and matched."""
    neutral = dict(cells(line) for line in NEUTRAL.strip().splitlines())
    whole = [{**neutral, **row} for row in rows]
    applicants = typed(
        [
            {
                "applicant_id" if name == "pair" else name: cell
                for name, cell in row.items()
                if not name.startswith("p.")
            }
            for row in whole
        ],
        APPLICANTS,
    )
    programs = typed(
        [
            {name.removeprefix("p."): cell for name, cell in row.items() if name.startswith("p.")}
            for row in whole
        ],
        PROGRAMS,
    )
    scored = score(applicants, POLICY, as_of=as_of, chosen_season=None, assumed_season=2027)
    # Applicants come in their order and within them programs: the own pairs are the diagonal.
    pairs = match(scored, programs, POLICY, as_of).gather_every(len(rows) + 1)
    named = {
        "fails": list(POLICY.ineligible_reasons._fields),
        "asks": list(POLICY.verify_questions._fields),
        "unknown_parts": list(PARTS),
    }
    sentences = pairs.with_columns(reasons=reasons(pairs, POLICY))
    return [
        pair
        | {column: unpacked(pair[column], names) for column, names in named.items()}
        | {"unknown": unpacked(pair["unknown_parts"], named["unknown_parts"])}
        for pair in sentences.iter_rows(named=True)
    ]


def unpacked(packed: int, names: Sequence[str]) -> str:
    """The names whose bits are set, joined by commas."""
    return ", ".join(name for place, name in enumerate(names) if packed >> place & 1)


def written(found: object, *, like: str) -> str:
    """A value as the table writes it."""
    if isinstance(found, float) and like:
        return f"{found:.{len(like.partition('.')[2])}f}"
    return "" if found is None else str(found)
