"""Whether the season's calendar still allows a lever: the last day to begin, and the day after."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from tests.levers.test_offered import NO_STEP3, NOT_TAKEN, result

ABROAD = {"img_status": "Non-US IMG", "visa_needed": "J-1"}


@pytest.mark.parametrize(
    ("cells", "words", "takes", "last"),
    [
        (
            {**NOT_TAKEN, "practice_score": "240"},
            "Step 2 CK at",
            (1, 1000),
            date(2026, 7, 12),
        ),
        (
            {**NOT_TAKEN, "practice_score": "240"},
            "Step 2 CK one",
            (3, 1000),
            date(2026, 5, 12),
        ),
        (NO_STEP3, "Step 3", (3, 935), date(2026, 7, 28)),
        ({"letters_us_physiatrist": "1"}, "One more letter", (2, 0), date(2026, 8, 28)),
        ({"letter_pmr_faculty": "No"}, "A letter", (2, 0), date(2026, 8, 28)),
        ({"pmr_rotations_us": "1"}, "One more US", (4, 2000), date(2026, 5, 23)),
        ({"rotation_msk_pain": "No"}, "Experience", (3, 1000), date(2026, 6, 23)),
        ({"posters": "0"}, "Research", (6, 200), date(2026, 3, 23)),
        ({"rehab_experience_months": "4"}, "Rehab", (3, 0), date(2026, 6, 23)),
        ({"personal_statement": "Draft"}, "A PM&R", (1, 0), date(2026, 8, 23)),
        ({"preferred_states": "NY"}, "Preferred", (0, 0), date(2026, 9, 23)),
        (ABROAD, "H-1B accepted", (0, 0), date(2026, 10, 28)),
    ],
)
def test_the_last_day_to_begin(
    cells: Mapping[str, str | None], words: str, takes: tuple[int, int], last: date
) -> None:
    """Season 2027: tested by 2026-08-12, reviewed from 2026-09-23, most invited by 2026-10-28."""
    for day, feasible in ((last, "Yes"), (last + timedelta(days=1), "No")):
        [lever] = [
            row for row in result(cells, as_of=day).to_dicts() if row["lever"].startswith(words)
        ]
        assert (lever["takes_months"], lever["takes_usd"]) == takes
        assert lever["start_by"] == last
        assert lever["feasible"] == feasible
        assert (lever["rank"] is None) == (feasible == "No")
        assert str(last) in lever["takes"]
        assert ("too late" in lever["takes"]) == (feasible == "No")


def test_what_costs_nothing_and_takes_no_time_says_neither() -> None:
    """A decision has a last day only."""
    [lever] = result({"preferred_states": "NY"}).to_dicts()
    assert lever["takes"].endswith("if the applicant would go there; begin by 2026-09-23")


def test_more_applications_take_what_they_cost() -> None:
    """Ten more at $11 each, beyond the budget and the maximum, until most invitations are out."""
    [lever] = result({"budget_usd": "60"}, count=15).to_dicts()
    assert lever["lever"] == "10 more applications"
    assert lever["takes_usd"] == lever["gain_cost_usd"] == 110
    assert lever["start_by"] == date(2026, 10, 28)
