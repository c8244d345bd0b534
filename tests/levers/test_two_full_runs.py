"""Every gain on the example cohort, against two full runs: as things stand, and as typed anew."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from tests.levers.conftest import AS_OF, engine

from stepladder import Result, refresh
from stepladder.rulebook import Rulebook, load_rulebook

Row = Mapping[str, Any]
Pulled = tuple[Row, Row, Mapping[tuple[str, int], Mapping[str, float]]]
"""A lever, the row of the run in which it is pulled, and that run's curve."""
Typed = Callable[[Row, re.Match[str]], Row]

RESULTS = {
    "gain_interviews_low": "expected_interviews_low",
    "gain_interviews_high": "expected_interviews_high",
    "gain_pmr_fit": "pmr_fit",
    "gain_eligible_programs": "eligible_programs",
    "gain_programs_to_verify": "programs_to_verify",
    "gain_applications": "suggested_applications",
    "gain_cost_usd": "application_cost_usd",
}
MIDDLE_ATLANTIC = {"NJ", "NY", "PA"}
SETTINGS = {
    "inpatient rehab": "rotation_inpatient_rehab",
    "brain or spinal cord injury": "rotation_brain_spinal",
    "MSK, sports or pain": "rotation_msk_pain",
}


def sat(step: str, row: Row, score: int) -> Row:
    """A step as it is typed on the day its score is out."""
    attempts = (row[f"{step}_attempts"] or 0) + 1
    return {f"{step}_score": score, f"{step}_date": AS_OF, f"{step}_attempts": attempts}


def one_more(row: Row, name: str) -> int:
    """One more of what is on file."""
    return int(row[name]) + 1


TYPED: Mapping[str, Typed] = {
    r"Step 2 CK at the practice score of (\d+)": lambda row, said: sat(
        "step2_ck", row, int(said[1])
    ),
    r"Step 2 CK one tier above the practice score of \d+: (\d+)": lambda row, said: sat(
        "step2_ck", row, int(said[1])
    ),
    r"Step 3 at (230)": lambda row, said: sat("step3", row, int(said[1])),
    r"One more letter from a US physiatrist, (\d) of 2": lambda row, said: {
        "letters_us_physiatrist": int(said[1]),
        "letters_total": row["letters_total"] and max(row["letters_total"], int(said[1])),
    },
    r"A letter from PM&R residency faculty": lambda _row, _said: {"letter_pmr_faculty": "Yes"},
    r"One more US PM&R rotation, (\d) of 2": lambda row, said: {
        "pmr_rotations_us": int(said[1]),
        "usce_months": row["usce_months"] if row["usce_months"] is None else row["usce_months"] + 1,
    },
    r"Experience in one more setting: (.+)": lambda _row, said: {SETTINGS[said[1]]: "Yes"},
    r"Research experiences up to 3": lambda row, _said: {
        "publications": 3 - row["case_reports"] - row["posters"] - row["qi_projects"]
    },
    r"Rehab experience of (6) months": lambda _row, said: {"rehab_experience_months": int(said[1])},
    r"A PM&R-focused personal statement": lambda _row, _said: {
        "personal_statement": "PM&R-focused"
    },
    r"A budget that does not hold the number down": lambda _row, _said: {"budget_usd": None},
    r"J-1 accepted beside H-1B": lambda _row, _said: {"visa_needed": "J-1 or H-1B"},
    r"H-1B accepted beside J-1": lambda _row, _said: {"visa_needed": "J-1 or H-1B"},
}
"""What an advisor would type for each lever, by its words."""
NUMBER = re.compile(r"(\d+) more applications")
DIVISIONS = "Preferred states widened to whole divisions"
DECIMALS = 6
NTH = 4
"""Of the numbers of applications that are asked for, each of which needs a rulebook of its own."""


def rows_of(result: Result) -> dict[str, dict[str, Any]]:
    """The rows of applicants by id; of an id that two bear, none has a lever."""
    return {row["applicant_id"]: row for row in result.applicants.iter_rows(named=True)}


def curves(result: Result) -> dict[tuple[str, int], dict[str, float]]:
    """What each number of applications brings, by applicant and number."""
    return {
        (row["applicant_id"], row["applications"]): row
        for row in result.curve.iter_rows(named=True)
    }


def asked(number: int) -> Rulebook:
    """The shipped rulebook, which suggests this number to everyone."""
    rulebook = load_rulebook()
    policy = rulebook.policy
    tiers = {
        name: tier._replace(applications_low=number, applications_high=number)
        for name, tier in policy.tiers._asdict().items()
    }
    suggestion = policy.suggestion._replace(low_score_low=number, low_score_high=number)
    changed = policy._replace(tiers=policy.tiers._replace(**tiers), suggestion=suggestion)
    return replace(rulebook, policy=changed)


def states(text: list[str]) -> list[str]:
    """The preferred states, with all of each one's census division in the rulebook."""
    divisions = [{*text.split(", ")} for text in load_rulebook().policy.divisions]
    return sorted({*text}.union(*(division for division in divisions if division & {*text})))


def typed_anew(lever: Row, row: Row) -> Row:
    """The cells that are typed where a lever is pulled."""
    if NUMBER.fullmatch(lever["lever"]):
        return {"budget_usd": None, "max_applications": None}
    if lever["lever"] == DIVISIONS:
        return {"preferred_states": states(row["preferred_states"])}
    [(said, typed)] = [
        (said, typed)
        for words, typed in TYPED.items()
        if (said := re.fullmatch(words, lever["lever"]))
    ]
    return typed(row, said)


@pytest.fixture(scope="module")
def pulled(example: Result) -> list[Pulled]:
    """Each lever of the example with the row and the curve of a full run in which it is pulled."""
    assert example.levers is not None
    people = rows_of(example)
    inputs = [name for name in refresh.applicants_schema().by_name if name in example.applicants]
    groups: dict[int | None, list[Row]] = {}
    for lever in example.levers.iter_rows(named=True):
        more = NUMBER.fullmatch(lever["lever"])
        before = people[lever["applicant_id"]]["suggested_applications"]
        groups.setdefault(before + int(more[1]) if more else None, []).append(lever)
    numbers = sorted(number for number in groups if number is not None)
    found: list[Pulled] = []
    for number in (None, *numbers[::NTH]):
        levers = groups[number]
        cohort = pl.DataFrame(
            [
                {
                    **{name: people[lever["applicant_id"]][name] for name in inputs},
                    **typed_anew(lever, people[lever["applicant_id"]]),
                    "applicant_id": f"{lever['applicant_id']}/{lever['lever']}",
                }
                for lever in levers
            ],
            {name: example.applicants.schema[name] for name in inputs},
        )
        result = engine(cohort, rulebook=None if number is None else asked(number))
        after, curve = rows_of(result), curves(result)
        found += [
            (lever, after[f"{lever['applicant_id']}/{lever['lever']}"], curve) for lever in levers
        ]
    return found


def test_every_lever_is_offered_to_somebody(example: Result) -> None:
    """Issue 9, 1: all that the issue lists, and what else the guide names."""
    assert example.levers is not None
    words = example.levers["lever"].unique().to_list()
    known = [*TYPED, NUMBER.pattern, DIVISIONS]
    assert {known for known in known for said in words if re.fullmatch(known, said)} == {*known}
    assert {said for said in words if NUMBER.fullmatch(said)} == {
        "10 more applications",
        "20 more applications",
    }


def test_a_gain_is_the_difference_of_two_full_runs(example: Result, pulled: list[Pulled]) -> None:
    """Issue 9: of every lever and every result, whatever number of applications is suggested."""
    people = rows_of(example)
    for lever, after, _ in pulled:
        before = people[lever["applicant_id"]]
        gained = {
            gain: None
            if after[result] is None or before[result] is None
            else after[result] - before[result]
            for gain, result in RESULTS.items()
        }
        assert {gain: lever[gain] for gain in RESULTS} == gained, (lever, after)


def test_each_lever_gains_something_for_somebody(pulled: list[Pulled]) -> None:
    """Each of them could fail the comparison above, also both on the number of applications."""
    gains = ("gain_list_value", "gain_target_chance_low", *RESULTS)
    moved = {lever["lever"] for lever, _, _ in pulled if any(lever[gain] for gain in gains)}
    words = (*TYPED, DIVISIONS, "10 more applications", "20 more applications")
    assert [one for one in words if not any(re.fullmatch(one, said) for said in moved)] == []


def at(curve: Mapping[tuple[str, int], Mapping[str, float]], who: str, number: int) -> Row:
    """What a number of applications brings; none brings nothing."""
    nothing = {"list_value": 0.0, "target_chance_low": 0.0, "target_chance_high": 0.0}
    return curve[who, number] if number else nothing


def test_the_gain_in_list_value_is_the_difference_of_two_lists(
    example: Result, pulled: list[Pulled]
) -> None:
    """Issue 9: each list has as many programs as its own run suggests; without one, no gain."""
    people, curve_before = rows_of(example), curves(example)
    for lever, after, curve in pulled:
        who = lever["applicant_id"]
        number = people[who]["suggested_applications"]
        if number is None or after["suggested_applications"] is None:
            assert lever["gain_list_value"] is None
            continue
        value = at(curve, after["applicant_id"], after["suggested_applications"])["list_value"]
        gained = value - at(curve_before, who, number)["list_value"]
        assert lever["gain_list_value"] == round(gained, DECIMALS), lever


def test_what_ranks_is_the_chance_of_the_target_with_no_fewer_applications(
    example: Result, pulled: list[Pulled]
) -> None:
    """docs/levers.md: where fewer meet the target, the number of now is held."""
    people, curve_before = rows_of(example), curves(example)
    fewer = 0
    for lever, after, curve in pulled:
        who, number = lever["applicant_id"], people[lever["applicant_id"]]["suggested_applications"]
        if number is None or after["suggested_applications"] is None:
            continue
        fewer += after["suggested_applications"] < number
        reach = max((size for one, size in curve if one == after["applicant_id"]), default=0)
        held = min(max(number, after["suggested_applications"]), reach)
        for end in ("low", "high"):
            name = f"target_chance_{end}"
            gained = (
                at(curve, after["applicant_id"], held)[name] - at(curve_before, who, number)[name]
            )
            assert lever[f"gain_{name}"] == round(gained, DECIMALS), lever
    assert fewer > 10


def test_a_strong_lever_ranks_although_it_saves_applications(example: Result) -> None:
    """docs/levers.md: A018 meets the target with fewer applications one tier higher."""
    assert example.levers is not None
    [best] = example.levers.filter(pl.col("applicant_id") == "A018", pl.col("rank") == 1).to_dicts()
    assert best["lever"].startswith("Step 2 CK one tier above")
    assert best["gain_applications"] < 0
    assert best["gain_list_value"] < 0 < best["gain_target_chance_low"]
