"""What applications cost: every season's fee table, its kinks, and what a budget pays for."""

from collections.abc import Callable

import numpy as np
import pytest

from stepladder import Result
from stepladder.plan.costs import affordable, cost_by_number
from stepladder.rulebook import Policy, season

Rows = list[dict[str, str | None]]

FLAT_THEN_TENS = {
    0: 0,
    1: 99,
    10: 99,
    11: 118,  # 99 + 19
    20: 289,  # 99 + 10·19
    21: 312,  # 289 + 23
    30: 519,  # 289 + 10·23
    31: 546,  # 519 + 27
    40: 789,  # 519 + 10·27
    60: 1329,  # 519 + 30·27
    80: 1869,  # 519 + 50·27
}
THIRTY_THEN_THIRTY = {
    0: 0,
    1: 11,
    29: 319,  # 29·11
    30: 330,  # 30·11
    31: 360,  # 330 + 30
    32: 390,  # 330 + 2·30
    60: 1230,  # 330 + 30·30
    80: 1830,  # 330 + 50·30
    110: 2730,  # 330 + 80·30
}


@pytest.mark.parametrize(
    ("year", "costs"),
    [
        (2024, FLAT_THEN_TENS),
        (2025, THIRTY_THEN_THIRTY),
        (2026, THIRTY_THEN_THIRTY),
        (2027, THIRTY_THEN_THIRTY),
        (2028, THIRTY_THEN_THIRTY),
    ],
)
def test_the_fee_table_of_each_season(policy: Policy, year: int, costs: dict[int, int]) -> None:
    """domain.md, Season: fees in USD of that many applications in one specialty."""
    found = cost_by_number(season(policy, year).fees, 110)
    assert {number: int(found[number]) for number in costs} == costs


def test_every_season_of_the_rulebook_has_its_case(policy: Policy) -> None:
    """domain.md, Season: a fee table that is added gets a line in the test above."""
    assert sorted(policy.costs.fees) == [2024, 2025, 2026, 2027, 2028]


@pytest.mark.parametrize(("year", "nearest"), [(2020, 2024), (2023, 2024), (2029, 2028)])
def test_a_season_without_fees_takes_the_nearest(policy: Policy, year: int, nearest: int) -> None:
    """design, Commands: a season that is not in the table carries over the nearest one's fees."""
    assert season(policy, year).fees == season(policy, nearest).fees


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027, 2028])
@pytest.mark.parametrize("most", [0, 1, 5, 10, 11, 30, 31])
def test_the_costs_go_as_far_as_is_asked(policy: Policy, year: int, most: int) -> None:
    """domain.md, Season: one cost for each number from 0, those of the longer table."""
    fees = season(policy, year).fees
    assert cost_by_number(fees, most).tolist() == cost_by_number(fees, 110)[: most + 1].tolist()


@pytest.mark.parametrize("year", [2024, 2027])
def test_costs_never_fall(policy: Policy, year: int) -> None:
    """domain.md, Season: one more application costs no less."""
    assert (np.diff(cost_by_number(season(policy, year).fees, 200)) >= 0).all()


@pytest.mark.parametrize(
    ("year", "budget", "number"),
    [
        (2027, 0, 0),
        (2027, 10, 0),
        (2027, 11, 1),
        (2027, 329, 29),
        (2027, 330, 30),
        (2027, 331, 30),
        (2027, 359, 30),
        (2027, 360, 31),
        (2027, 361, 31),
        (2027, 1229, 59),
        (2027, 1230, 60),
        (2027, 1_000_000, 110),
        (2024, 98, 0),
        (2024, 99, 10),
        (2024, 117, 10),
        (2024, 118, 11),
        (2024, 288, 19),
        (2024, 289, 20),
    ],
)
def test_what_a_budget_pays_for(policy: Policy, year: int, budget: int, number: int) -> None:
    """The plan, suggested_applications: the most applications whose fees are within the budget."""
    costs = cost_by_number(season(policy, year).fees, 110)
    assert affordable(costs, np.array([budget])).tolist() == [number]


def test_the_budget_pays_the_program_fees(
    spec: Callable[..., None], many_programs: Callable[..., Rows]
) -> None:
    """The plan, application_cost_usd: just under, on and over the price of 30 and of 31."""
    spec(
        """
        applicant | season | budget_usd || suggested_applications | application_cost_usd
        ann       | 2027   |          0 || 0                      | 0
        bob       | 2027   |        329 || 29                     | 319
        cyn       | 2027   |        330 || 30                     | 330
        dee       | 2027   |        359 || 30                     | 330
        eve       | 2027   |        360 || 31                     | 360
        fay       | 2024   |         99 || 10                     | 99
        guy       | 2024   |        118 || 11                     | 118
        """,
        programs=many_programs(60),
    )


@pytest.mark.parametrize(
    ("track", "season_year", "cost"),
    [
        ("Advanced", 2027, 165),  # 15·11
        ("Categorical and Advanced", 2027, 165),
        ("Advanced", 2024, 194),  # 99 + 5·19
        ("Categorical", 2027, 0),
        (None, 2027, 0),
    ],
)
def test_preliminary_applications_are_costed_beside(
    planned: Callable[..., Result],
    many_programs: Callable[..., Rows],
    track: str | None,
    season_year: int,
    cost: int,
) -> None:
    """The plan, prelim_cost_usd: 15 programs where the list holds an advanced position."""
    plan = planned(
        "applicant | max_applications\nann | 3", many_programs(5, track=track), season=season_year
    )
    assert plan.applicants["prelim_cost_usd"].to_list() == [cost]


def test_an_advanced_program_that_is_not_listed_costs_nothing(spec: Callable[..., None]) -> None:
    """The plan, prelim_cost_usd: only what the list holds counts."""
    spec(
        """
        applicant | never_program_ids || prelim_cost_usd
        ann       | P2                || 0
        bob       |                   || 165
        """,
        programs="program | track\nP1 | Categorical\nP2 | Advanced",
    )


def test_the_budget_does_not_pay_the_preliminary_fees(spec: Callable[..., None]) -> None:
    """The plan, application_cost_usd: $22 pay for two advanced programs, the $165 come beside."""
    spec(
        """
        applicant | budget_usd || suggested_applications | application_cost_usd | prelim_cost_usd
        ann       | 22         || 2                      | 22                   | 165
        """,
        programs="program | track\nP1 | Advanced\nP2 | Advanced\nP3 | Advanced",
    )


def test_the_curve_costs_what_the_fees_say(
    planned: Callable[..., Result], many_programs: Callable[..., Rows]
) -> None:
    """Issue 3, Deliver 3: the kink at program 31 is in the curve: +11 up to 30, +30 from 31."""
    curve = planned("applicant | step2_ck_score\nann | 245", many_programs(40)).curve
    steps = dict(zip(curve["applications"], curve["cost_usd"].diff(), strict=True))
    assert (steps[29], steps[30], steps[31], steps[32]) == (11, 11, 30, 30)
