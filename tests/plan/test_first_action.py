"""With the table Plan, every action; without it, everybody's first, found without the others."""

from datetime import date
from itertools import pairwise

import polars as pl
from polars.testing import assert_frame_equal

from stepladder.match import classes
from stepladder.plan import Wanted, lists, with_steps
from stepladder.plan.actions import actions
from stepladder.plan.offer import ranges
from stepladder.rulebook import Policy
from stepladder.rulebook.policy import Day

AS_OF = date(2026, 6, 1)


def test_the_plan_has_every_action_where_it_is_wanted(
    staged: tuple[pl.DataFrame, pl.DataFrame], policy: Policy
) -> None:
    """Plan: all that applies; elsewhere the first alone, and the next step is the same."""
    scored, _ = staged
    planned = lists(*staged, classes(*staged, policy, AS_OF), policy, AS_OF)
    whole = with_steps(planned, scored, policy, AS_OF)
    few = with_steps(planned, scored, policy, AS_OF, Wanted(tables=frozenset({"curve"})))
    assert whole.actions.height > 5 * scored.height
    assert_frame_equal(few.actions, whole.actions.group_by("row", maintain_order=True).head(1))
    assert_frame_equal(few.suggestions, whole.suggestions)


def test_the_first_is_the_same_by_value_then_day_then_name(
    staged: tuple[pl.DataFrame, pl.DataFrame], policy: Policy
) -> None:
    """Plan, actions: as the rulebook values them; all alike; and due on two days in a row."""
    scored, _ = staged
    suggestions = lists(*staged, classes(*staged, policy, AS_OF), policy, AS_OF).suggestions
    advised = (
        scored.with_columns(**ranges(policy))
        .join(suggestions, on="row", how="left", maintain_order="left")
        .with_columns(eve=date(2026, 7, 1), day=date(2026, 7, 2))
    )
    every = policy.actions._asdict()
    alike = {name: action._replace(value=1) for name, action in every.items()}
    last = sorted(every)[-15:]
    due = {
        name: action._replace(due=Day("eve" if name in last else "day", 0, 0))
        for name, action in alike.items()
    }
    firsts = []
    for valued in (every, alike, due):
        rules = policy._replace(actions=policy.actions._replace(**valued))
        first = actions(advised, rules, AS_OF).group_by("row", maintain_order=True).head(1)
        assert_frame_equal(actions(advised, rules, AS_OF, first_only=True), first)
        firsts.append(first["action"].to_list())
    assert all(one != other for one, other in pairwise(firsts))
