"""Which levers are open to whom: what is had, or is not on file, is not offered."""

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest
from tests.levers.conftest import engine
from tests.plan.conftest import PLAIN_APPLICANT, PLAIN_PROGRAM

from stepladder import Result

AS_OF = date(2026, 3, 1)
Cells = Mapping[str, str | None]

HAS_ALL: Cells = {
    **PLAIN_APPLICANT,
    "applicant_id": "A1",
    "season": "2027",
    "pmr_rotations_us": "2",
    "pmr_observerships_us": "0",
    "letter_pmr_faculty": "Yes",
    "rotation_inpatient_rehab": "Yes",
    "rotation_brain_spinal": "Yes",
    "rotation_msk_pain": "Yes",
    "case_reports": "1",
    "posters": "1",
    "qi_projects": "1",
    "publications": "0",
    "rehab_experience_months": "6",
    "personal_statement": "PM&R-focused",
    "preferred_states": None,
    "max_applications": "5",
    "budget_usd": "5000",
}
"""Nobody could do more, unless they sent more applications."""
MORE = "10 more applications"


def offered(count: int = 12, **facts: str | None) -> pl.DataFrame:
    """Plain programs."""
    return pl.DataFrame(
        [
            {**PLAIN_PROGRAM, **facts, "program_id": f"P{n:02}", "program_name": f"P{n:02}"}
            for n in range(count)
        ],
        infer_schema_length=None,
    )


def levers(
    cells: Mapping[str, str | None], *, count: int = 12, as_of: date = AS_OF, **facts: str | None
) -> list[str]:
    """The levers that are offered to somebody who has all but these cells."""
    return result(cells, count=count, as_of=as_of, **facts)["lever"].to_list()


def result(
    cells: Mapping[str, str | None], *, count: int = 12, as_of: date = AS_OF, **facts: str | None
) -> pl.DataFrame:
    """The table Levers of somebody who has all but these cells."""
    done: Result = engine(
        pl.DataFrame([{**HAS_ALL, **cells}], infer_schema_length=None),
        offered(count, **facts),
        as_of=as_of,
        with_levers=True,
    )
    assert done.levers is not None
    assert done.summary.errors == 0, done.findings["message"].to_list()
    return done.levers


def test_who_has_everything_has_no_lever_left() -> None:
    """Issue 9: nothing is offered that is had."""
    assert levers({}) == []


NOT_TAKEN: Cells = {
    **dict.fromkeys(("step2_ck_score", "step2_ck_date", "step3_score", "step3_date")),
    "step2_ck_attempts": "0",
    "step3_attempts": "0",
}
NO_STEP3: Cells = {"step3_score": None, "step3_date": None, "step3_attempts": "0"}
LETTER = "One more letter from a US physiatrist, {} of 2"
ROTATION = "One more US PM&R rotation, {} of 2"
TIER = "Step 2 CK one tier above the practice score of {}: {}"
PRACTICE = "Step 2 CK at the practice score of {}"


CASES: tuple[tuple[Cells, list[str]], ...] = (
    ({**NOT_TAKEN, "practice_score": "249"}, [PRACTICE.format(249), TIER.format(249, 250)]),
    ({**NOT_TAKEN, "practice_score": "250"}, [PRACTICE.format(250)]),
    ({**NOT_TAKEN, "practice_score": "218"}, [PRACTICE.format(218), TIER.format(218, 220)]),
    ({**NOT_TAKEN, "practice_score": "217"}, [TIER.format(217, 220)]),
    ({**NOT_TAKEN, "practice_score": None}, []),
    ({**NOT_TAKEN, "practice_score": "240", "step2_ck_attempts": "4"}, []),
    ({**NOT_TAKEN, "practice_score": "240", "step2_ck_date": "2026-02-20"}, []),
    ({"practice_score": "255"}, []),
    (NO_STEP3, ["Step 3 at 230"]),
    ({**NO_STEP3, "step3_date": "2026-02-20"}, []),
    ({**NO_STEP3, "step2_ck_score": "205"}, []),
    ({"letters_us_physiatrist": "0"}, [LETTER.format(1)]),
    ({"letters_us_physiatrist": "1"}, [LETTER.format(2)]),
    ({"letters_us_physiatrist": None}, []),
    ({"letter_pmr_faculty": "No"}, ["A letter from PM&R residency faculty"]),
    ({"letter_pmr_faculty": None}, []),
    ({"letter_pmr_faculty": "No", "pmr_rotations_us": "0"}, [ROTATION.format(1)]),
    ({"pmr_rotations_us": "1"}, [ROTATION.format(2)]),
    ({"pmr_rotations_us": None}, []),
    (
        {"rotation_msk_pain": "No"},
        ["Experience in one more setting: MSK, sports or pain"],
    ),
    (
        {"rotation_brain_spinal": "No", "rotation_msk_pain": "No"},
        ["Experience in one more setting: brain or spinal cord injury"],
    ),
    ({"rotation_msk_pain": None}, []),
    ({"posters": "0"}, ["Research experiences up to 3"]),
    ({"posters": "0", "publications": None}, []),
    ({"posters": "0", "publications": "1"}, []),
    ({"rehab_experience_months": "5"}, ["Rehab experience of 6 months"]),
    ({"rehab_experience_months": None}, []),
    ({"personal_statement": "Draft"}, ["A PM&R-focused personal statement"]),
    ({"personal_statement": "Not started"}, ["A PM&R-focused personal statement"]),
    ({"personal_statement": None}, []),
    ({"preferred_states": "NY"}, ["Preferred states widened to whole divisions"]),
    ({"preferred_states": "NY; NJ; PA"}, []),
    ({"img_status": "Non-US IMG", "visa_needed": "H-1B"}, ["J-1 accepted beside H-1B"]),
    ({"img_status": "Non-US IMG", "visa_needed": "J-1"}, ["H-1B accepted beside J-1"]),
    ({"img_status": "Non-US IMG", "visa_needed": "J-1 or H-1B"}, []),
)
"""Cells beside HAS_ALL, and the levers they leave open."""


@pytest.fixture(scope="module")
def open_levers() -> list[list[str]]:
    """The levers of each case, from one run over all of them."""
    people = [
        {**HAS_ALL, **cells, "applicant_id": f"A{number}"}
        for number, (cells, _) in enumerate(CASES)
    ]
    done = engine(
        pl.DataFrame(people, infer_schema_length=None), offered(), as_of=AS_OF, with_levers=True
    )
    assert done.levers is not None
    assert done.summary.errors == 0, done.findings["message"].to_list()
    return [
        done.levers.filter(pl.col("applicant_id") == one["applicant_id"])["lever"].to_list()
        for one in people
    ]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_a_lever_is_open_where_something_on_file_lacks(
    open_levers: list[list[str]], case: int
) -> None:
    """Issue 9: a score that can still be taken, a number under the full one, a No; no blank."""
    assert sorted(open_levers[case]) == sorted(CASES[case][1])


@pytest.mark.parametrize(
    ("count", "words"),
    [(14, []), (15, [MORE]), (24, [MORE]), (25, [MORE, "20 more applications"])],
)
def test_more_applications_go_as_far_as_programs_do(count: int, words: list[str]) -> None:
    """Issue 9: 5 are sent, and 10 or 20 more need as many open programs."""
    assert sorted(levers({}, count=count)) == sorted(words)


@pytest.mark.parametrize(("budget", "is_offered"), [("131", True), ("132", False), (None, False)])
def test_a_budget_is_a_lever_where_it_holds_the_number_down(
    budget: str | None, *, is_offered: bool
) -> None:
    """Twelve programs are open, at $11 each."""
    told = result({"max_applications": None, "budget_usd": budget})
    words = "A budget that does not hold the number down"
    assert (words in told["lever"].to_list()) == is_offered
    if is_offered:
        assert told.filter(pl.col("lever") == words)["takes_usd"].item() == 11


def test_a_pending_applicant_has_levers_without_a_list() -> None:
    """No score, no list: the gain in fit is told, the others are blank."""
    cells = {**NOT_TAKEN, "practice_score": None, "personal_statement": "Draft"}
    [lever] = result(cells).to_dicts()
    assert lever["gain_pmr_fit"] == 10
    assert lever["gain_list_value"] is lever["gain_interviews_low"] is None
    assert lever["rank"] == 1
