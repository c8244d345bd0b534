"""The suggested number: ranges by tier, the target, limits, must, and the sentence with it."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from stepladder import Result
from stepladder.plan.count import NO_LIMIT, Limits, suggest
from stepladder.rulebook import Policy

Planned = Callable[..., Result]
Rows = list[dict[str, str | None]]
ManyPrograms = Callable[..., Rows]
Spec = Callable[..., None]

WELCOMING = {"typical_step2_ck": "200"}
"""Facts of programs with which every tier meets the target at the bottom of its range."""
HOPELESS = {
    "us_img_pct": "0",
    "non_us_img_pct": "0",
    "typical_step2_ck": "290",
    "setting": "Military",
    "holistic_review": "No",
}
"""Facts of programs so unlikely to invite that no list reaches the target."""
MIDDLING = {"us_img_pct": "7", "non_us_img_pct": "7", "typical_step2_ck": "260"}
"""Facts of programs with which the target is met inside the range."""


def suggested(
    chance: list[float],
    *,
    low: int = 2,
    high: int = 4,
    affordable: int = NO_LIMIT,
    maximum: int = NO_LIMIT,
    required: int = 0,
) -> tuple[int, int]:
    """The number and the unbounded number of one applicant with a chance for each size of list."""
    limits = Limits(
        *(np.array([n]) for n in (low, high, len(chance), affordable, maximum, required, 0))
    )
    found = suggest(limits, np.array([chance]), 0.8)
    return int(found.number[0]), int(found.unbounded[0])


def basis(plan: Result) -> str:
    """The sentence of one applicant."""
    sentence: str = plan.applicants["suggestion_basis"].item()
    return sentence


# ── The range ────────────────────────────────────────────────────────────────────────────────────


def test_the_top_of_each_tier_s_range(spec: Spec, many_programs: ManyPrograms) -> None:
    """The plan, suggested_applications: the top where no number reaches the target."""
    spec(
        """
        applicant | step2_ck_score || tier               | suggested_applications
        ann       | 250            || Highly competitive | 40
        bob       | 249            || Competitive        | 55
        cyn       | 240            || Competitive        | 55
        dee       | 239            || Targeted           | 65
        eve       | 230            || Targeted           | 65
        fay       | 229            || Challenging        | 80
        guy       | 220            || Challenging        | 80
        hal       | 219            || Steep climb        | 110
        """,
        programs=many_programs(120, **HOPELESS),
    )


def test_the_bottom_of_each_tier_s_range(spec: Spec, many_programs: ManyPrograms) -> None:
    """The plan, suggested_applications: the bottom where it reaches the target."""
    spec(
        """
        applicant | step2_ck_score || tier               | suggested_applications
        ann       | 250            || Highly competitive | 25
        bob       | 240            || Competitive        | 35
        cyn       | 230            || Targeted           | 45
        dee       | 220            || Challenging        | 60
        eve       | 219            || Steep climb        | 80
        """,
        programs=many_programs(120, **WELCOMING),
    )


def test_a_low_score_case_has_at_least_the_guide_s_range(
    spec: Spec, many_programs: ManyPrograms
) -> None:
    """The plan, suggested_applications: 60–80 with repeated attempts; a steep climb keeps 110."""
    spec(
        """
        applicant | step2_ck_score | step2_ck_attempts || suggested_applications
        ann       | 250            | 1                 || 40
        bob       | 250            | 2                 || 80
        cyn       | 235            | 2                 || 80
        dee       | 219            | 2                 || 110
        """,
        programs=many_programs(120, **HOPELESS),
    )


def test_the_bottom_of_a_low_score_case(spec: Spec, many_programs: ManyPrograms) -> None:
    """The plan, suggested_applications: 60 where 60 reach the target; a steep climb keeps 80."""
    spec(
        """
        applicant | step2_ck_score | step2_ck_attempts || suggested_applications
        ann       | 250            | 2                 || 60
        bob       | 219            | 2                 || 80
        """,
        programs=many_programs(120, **WELCOMING),
    )


def test_a_practice_score_is_no_low_score_case(spec: Spec, many_programs: ManyPrograms) -> None:
    """Scores, low_score: from a real Step 2 CK only; the practice score gives the range."""
    spec(
        """
        applicant | step2_ck_score | step2_ck_attempts | practice_score || suggested_applications
        ann       |                |                   | 235            || 65
        bob       |                |                   | 215            || 110
        """,
        programs=many_programs(120, **HOPELESS),
    )


# ── The target within the range ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("chance", "number"),
    [
        ([0.9, 0.9, 0.9, 0.9, 0.9], 2),
        ([0.1, 0.8, 0.9, 0.9, 0.9], 2),
        ([0.1, 0.7999, 0.8, 0.9, 0.9], 3),
        ([0.1, 0.2, 0.7999, 0.8, 0.9], 4),
        ([0.1, 0.2, 0.3, 0.7999, 0.9], 4),
        ([0.1, 0.8, 0.7, 0.7, 0.7], 2),
    ],
)
def test_the_smallest_number_of_the_range_that_meets_the_target(
    chance: list[float], number: int
) -> None:
    """The plan, suggested_applications: scanned upward from 2 to 4, the top if none does."""
    assert suggested(chance) == (number, number)


def test_the_number_is_the_smallest_under_the_model(
    planned: Planned, many_programs: ManyPrograms, at_least: Callable[..., float], policy: Policy
) -> None:
    """The plan, suggested_applications: it meets 5 interviews with 80%, one less does not."""
    plan = planned("applicant | step2_ck_score\nann | 240", many_programs(80, **MIDDLING))
    number = plan.applicants["suggested_applications"].item()
    rates = plan.shortlist.sort("signal", nulls_last=True)["invite_rate"].to_list()
    model = policy.interviews
    assert 35 < number < 55
    assert at_least(model.target, rates, model.correlation) >= model.target_chance
    assert at_least(model.target, rates[:-1], model.correlation) < model.target_chance


def test_a_size_without_a_list_meets_no_target() -> None:
    """The plan, suggested_applications: no list is shorter than the musts, so none is counted."""
    none = float("nan")
    assert suggested([none, none, 0.9, 0.95], low=1, required=3) == (3, 3)
    assert suggested([none, none, 0.1, 0.2], low=1, required=3) == (4, 4)


# ── The limits ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("limits", "number"),
    [
        ({}, 4),
        ({"affordable": 3}, 3),
        ({"maximum": 2}, 2),
        ({"affordable": 3, "maximum": 2}, 2),
        ({"affordable": 2, "maximum": 3}, 2),
        ({"affordable": 0}, 0),
        ({"maximum": 0}, 0),
        ({"affordable": 5, "maximum": 5}, 4),
        ({"required": 3}, 4),
        ({"required": 5}, 5),
        ({"required": 3, "affordable": 2}, 3),
        ({"required": 3, "maximum": 0}, 3),
    ],
)
def test_limits_lower_the_number_and_must_raises_it(limits: dict[str, int], number: int) -> None:
    """The plan, suggested_applications: budget, maximum, both, and must above them all."""
    assert suggested([0.1] * 5, **limits) == (number, 4)


@pytest.mark.parametrize(
    ("chance", "number", "unbounded"),
    [([0.1], 1, 4), ([0.1] * 3, 3, 4), ([0.9], 1, 2), ([0.1, 0.1, 0.9], 3, 3)],
)
def test_no_more_than_the_open_programs(chance: list[float], number: int, unbounded: int) -> None:
    """The plan, suggested_applications: fewer open programs than the range are all of them."""
    assert suggested(chance) == (number, unbounded)


@pytest.mark.parametrize(("chance", "unbounded"), [([0.1, 0.8], 3), ([0.8, 0.7999], 4)])
def test_fewer_open_programs_than_the_range_meet_the_target_all_together(
    chance: list[float], unbounded: int
) -> None:
    """The plan, suggested_applications: the chance that counts is that of the whole of them."""
    assert suggested(chance, low=3) == (2, unbounded)


def test_no_open_program() -> None:
    """The plan, suggested_applications: none open, none suggested."""
    assert suggested([])[0] == 0


def test_eligible_and_to_verify_count_as_open(planned: Planned) -> None:
    """The plan, suggested_applications: both kinds, and no others."""
    plan = planned(
        "applicant | visa_needed | img_status\nann | J-1 | Non-US IMG",
        "program | j1_visa\nP1 | Yes\nP2 |\nP3 | No",
    )
    counts = plan.applicants.select(
        "eligible_programs", "programs_to_verify", "suggested_applications"
    )
    assert counts.row(0) == (1, 1, 2)


def test_a_smaller_maximum_and_a_smaller_budget(spec: Spec, many_programs: ManyPrograms) -> None:
    """The plan, suggested_applications: the smaller of both; a blank one limits nothing."""
    spec(
        """
        applicant | budget_usd | max_applications || suggested_applications | application_cost_usd
        ann       |            |                  || 35                     | 480
        bob       | 330        |                  || 30                     | 330
        cyn       |            | 20               || 20                     | 220
        dee       | 330        | 20               || 20                     | 220
        eve       | 110        | 20               || 10                     | 110
        fay       | 0          |                  || 0                      | 0
        guy       |            | 0                || 0                      | 0
        """,
        programs=many_programs(60),
    )


# ── The sentence ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cells", "count", "facts", "sentence"),
    [
        ({}, 60, {}, "Fewest of 35–55 for which 5 interviews have a chance "),
        ({}, 60, HOPELESS, "Top of 35–55: the chance of 5 interviews stays under "),
        ({}, 30, HOPELESS, "All 30 programs open to this applicant; without that limit 55; "),
        ({"budget_usd": "330"}, 60, {}, "What a budget of $330 pays for; without that limit 35; "),
        (
            {"max_applications": "9"},
            60,
            {},
            "The applicant's maximum of 9; without that limit 35; ",
        ),
        (
            {"must_program_ids": "P001; P002; P003", "max_applications": "2"},
            60,
            {},
            "All 3 programs the applicant must have; without that limit 35; ",
        ),
        (
            {"budget_usd": "330", "max_applications": "9"},
            60,
            {},
            "The applicant's maximum of 9; without that limit 35; ",
        ),
        (
            {"budget_usd": "99", "max_applications": "20"},
            60,
            {},
            "What a budget of $99 pays for; without that limit 35; ",
        ),
    ],
)
def test_the_basis_says_what_decided(
    planned: Planned,
    many_programs: ManyPrograms,
    cells: dict[str, str],
    count: int,
    facts: dict[str, str],
    sentence: str,
) -> None:
    """The plan, suggestion_basis: which limit decided, and the number without it."""
    table = "\n".join(
        " | ".join(line) for line in (["applicant", *cells], ["ann", *cells.values()])
    )
    assert basis(planned(table, many_programs(count, **facts))).startswith(sentence)


def test_what_does_not_bind_is_not_named(planned: Planned, many_programs: ManyPrograms) -> None:
    """The plan, suggestion_basis: a budget and a maximum beyond the number stay unsaid."""
    person = "applicant | budget_usd | max_applications\nann | 5000 | 100"
    said = basis(planned(person, many_programs(60)))
    assert said.startswith("Fewest of 35–55")
    assert "budget" not in said
    assert "without that limit" not in said


def test_the_basis_names_transcript_and_token(
    planned: Planned, many_programs: ManyPrograms
) -> None:
    """The plan, application_cost_usd: what comes beside the fees is named."""
    said = basis(planned("applicant | step2_ck_score\nann | 245", many_programs(60)))
    assert said.endswith("beside the fees: USMLE transcript $80, ECFMG token $185.")


def test_the_basis_has_the_stress_range(
    planned: Planned,
    many_programs: ManyPrograms,
    at_least: Callable[..., float],
    policy: Policy,
) -> None:
    """Issue 3, Deliver 4: the range of the suggested list at ρ = 0.3."""
    plan = planned("applicant | max_applications\nann | 30", many_programs(60, **MIDDLING))
    rates = plan.shortlist["invite_rate"].to_list()
    stress = policy.interviews.stress_correlation
    low, high = (
        next(n for n in range(31) if 1 - at_least(n + 1, rates, stress) >= chance)
        for chance in (0.10, 0.90)
    )
    assert f"(stress): {low}–{high} interviews" in basis(plan)


def test_pending_is_blank_with_a_reason(planned: Planned, many_programs: ManyPrograms) -> None:
    """The contract in the small: no score and no practice score, no list, count or cost."""
    plan = planned(
        "applicant | step2_ck_score | step2_ck_attempts\nann | |",
        many_programs(60),
    )
    blank = plan.applicants.select(
        "suggested_applications",
        "application_cost_usd",
        "prelim_cost_usd",
        "expected_interviews_low",
        "expected_interviews_high",
    )
    assert blank.row(0) == (None,) * 5
    assert plan.shortlist.height == 0
    assert plan.curve.height == 0
    assert basis(plan).startswith("No Step 2 CK and no practice score on file")


def test_a_practice_score_is_enough_for_a_plan(spec: Spec, many_programs: ManyPrograms) -> None:
    """The contract in the small: the near twin with a practice score has a number."""
    spec(
        """
        applicant | step2_ck_score | step2_ck_attempts | practice_score || suggested_applications
        ann       |                |                   | 245            || 35
        """,
        programs=many_programs(60),
    )


def test_no_open_program_gives_none_and_says_why(
    planned: Planned, many_programs: ManyPrograms
) -> None:
    """The plan, suggestion_basis: every program is closed to this applicant."""
    plan = planned("applicant | step2_ck_score\nann | 245", many_programs(60, considers_img="No"))
    counts = plan.applicants.select(
        "suggested_applications",
        "application_cost_usd",
        "prelim_cost_usd",
        "expected_interviews_low",
        "expected_interviews_high",
    )
    assert counts.row(0) == (0, 0, 0, 0, 0)
    assert basis(plan).startswith("No program in the table Programs is open to this applicant")


def test_a_row_with_an_error_has_no_plan(planned: Planned, many_programs: ManyPrograms) -> None:
    """Output columns: status Fix and blanks, and the others are planned."""
    plan = planned(
        "applicant | step2_ck_score\nann | two-forty\nbob | 245", many_programs(60)
    ).applicants.select("status", "suggested_applications", "suggestion_basis")
    assert plan.row(0) == ("Fix", None, None)
    assert plan["suggested_applications"].to_list() == [None, 35]


def test_a_cohort_of_errors_has_no_plan(planned: Planned, many_programs: ManyPrograms) -> None:
    """Output columns: nobody to plan is no failure."""
    plan = planned("applicant | step2_ck_score\nann | two-forty", many_programs(60))
    assert plan.applicants["status"].to_list() == ["Fix"]
    assert (plan.shortlist.height, plan.curve.height) == (0, 0)


# ── The curve ────────────────────────────────────────────────────────────────────────────────────


def test_the_curve_goes_to_the_top_of_the_range(
    planned: Planned, many_programs: ManyPrograms
) -> None:
    """Issue 3, Deliver 3: at each n up to 55, whatever the budget."""
    person = "applicant | budget_usd\nann | 330"
    curve = planned(person, many_programs(60)).curve
    assert curve["applications"].to_list() == list(range(1, 56))


def test_the_curve_agrees_with_the_plan(planned: Planned, many_programs: ManyPrograms) -> None:
    """Issue 3, Deliver 3: at the suggested number it shows that cost and those interviews."""
    plan = planned(
        "applicant | step2_ck_score\nann | 245\nbob | 225", many_programs(100, **MIDDLING)
    )
    both = plan.applicants.join(
        plan.curve,
        left_on=["applicant_id", "suggested_applications"],
        right_on=["applicant_id", "applications"],
    )
    assert both.height == 2
    assert both["application_cost_usd"].equals(both["cost_usd"])
    assert both["expected_interviews_low"].equals(both["interviews_low"])
    assert both["expected_interviews_high"].equals(both["interviews_high"])


def test_the_chance_of_the_target_is_a_range(example: Result) -> None:
    """domain.md, Honesty about odds: every chance that is shown is a range, low to high."""
    curve = example.curve
    assert (curve["target_chance_low"] <= curve["target_chance_high"]).all()
    assert (curve["target_chance_low"] < curve["target_chance_high"]).mean() > 0.9  # type: ignore[operator]


def test_the_shown_interviews_are_a_range(example: Result) -> None:
    """The plan, expected_interviews: the low end never passes the high end."""
    shown = example.applicants.filter(pl.col("suggested_applications") > 0)
    assert (shown["expected_interviews_low"] <= shown["expected_interviews_high"]).all()


def test_a_list_that_wishes_alone_empty_says_so(
    planned: Planned, many_programs: ManyPrograms
) -> None:
    """The plan, suggestion_basis: never on every open program is named, not blamed on programs."""
    plan = planned("applicant | never_program_ids\nann | P001; P002", many_programs(2))
    assert plan.applicants["eligible_programs"].item() == 2
    assert plan.applicants["suggested_applications"].item() == 0
    assert "never want" in basis(plan)
