"""Values typed into the Rules sheet are read and checked like those of the file."""

import tomllib
from importlib.resources import files

import pytest

from stepladder.rulebook import load_rulebook, overridden
from stepladder.rulebook.overrides import with_value

OWN = {entry.name: entry.value for entry in load_rulebook().entries}


def test_every_entry_can_be_typed_as_it_is_shown() -> None:
    """The text of the sheet reads as the value that the file holds, for each of them."""
    tables = tomllib.loads((files("stepladder.rulebook") / "pmr.toml").read_text("utf-8"))
    assert [name for name, text in OWN.items() if with_value(tables, name, text) != tables] == []


def test_a_value_takes_the_place_of_the_rulebooks_own() -> None:
    """The policy and the shown entry change, and what stood there is told."""
    typed = overridden(None, {"interviews.target": "6", "interviews.floor": "4"})
    assert typed.rulebook.policy.interviews.target == 6
    assert typed.rulebook.policy.interviews.floor == 4
    assert typed.taken == {"interviews.target": "5", "interviews.floor": "3"}
    entries = {entry.name: entry.value for entry in typed.rulebook.entries}
    assert entries["interviews.target"] == "6"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("tiers.targeted.minimum", "two-thirty", "is not a number, without a unit or a percent"),
        ("tiers.targeted.minimum", "230.5", "is to be a whole number"),
        ("tiers.targeted.minimum", "900", "is to lie between 1 and 300 score"),
        ("tiers.targeted.invite_rate", "10%", "is not a number, without a unit or a percent sign"),
        ("exams.pass_fail_from", "26 January 2022", "is not a date such as 2027-09-23"),
        ("costs.fees.2027", "11 each", "is not fees such as 1–30: $11 each; 31+: $30 each"),
        ("actions.take_step3.due", "soon", "is not a day such as submit − 6 months"),
        ("actions.take_step3.action", "Sit {exam}", "uses {exam}"),
        ("tiers.unheard_of.minimum", "230", "belongs to no rule of the rulebook"),
        ("nothing", "1", "belongs to no rule of the rulebook"),
    ],
)
def test_a_wrong_value_is_told_and_the_rulebooks_own_is_used(
    name: str, text: str, reason: str
) -> None:
    """Rules sheet: each value is checked as in the file."""
    typed = overridden(None, {name: text})
    assert typed.refused[name].startswith(reason)
    assert typed.rulebook.policy == load_rulebook().policy


def test_a_value_that_contradicts_another_is_refused_alone() -> None:
    """The tiers stay in order: the second value is refused, the first and third are taken."""
    typed = overridden(
        None,
        {
            "tiers.competitive.minimum": "242",
            "tiers.targeted.minimum": "245",
            "interviews.floor": "2",
        },
    )
    assert {*typed.refused} == {"tiers.targeted.minimum"}
    assert typed.rulebook.policy.tiers.competitive.minimum == 242
    assert typed.rulebook.policy.interviews.floor == 2
