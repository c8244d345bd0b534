"""The documents say what is there."""

import re
from pathlib import Path

import click
import pytest
from tests.readme_examples import README, renewed

from stepladder.cli import main
from stepladder.rulebook import load_rulebook

ROOT = README.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def test_the_readme_shows_what_the_demo_prints_and_writes() -> None:
    """README: pasted output is true; `python -m tests.readme_examples` renews it."""
    text = README.read_text("utf-8")
    assert renewed(text) == text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """A link to a file of the project leads to a file."""
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("name", sorted(main.commands))
def test_the_readme_names_every_command(name: str) -> None:
    """README: every command is named, and every command has help with an example."""
    command = main.commands[name]
    assert f"stepladder {name}" in README.read_text("utf-8")
    if not isinstance(command, click.Group):
        assert "Example:" in (command.help or "")


def test_the_method_names_the_shipped_numbers() -> None:
    """docs/method.md: the numbers in brackets are the rulebook's."""
    policy = load_rulebook().policy
    text = (ROOT / "docs" / "method.md").read_text("utf-8")
    rates = [f"{100 * tier.invite_rate:g}" for tier in policy.tiers]
    ranges = [f"{tier.applications_low}–{tier.applications_high}" for tier in policy.tiers]
    assert f"({', '.join(rates)}%)" in text
    assert ", ".join(ranges) in text
    assert f"`match_per_interview` ({policy.interviews.match_per_interview:g})" in text


def test_the_changelog_names_the_shipped_rulebook() -> None:
    """CHANGELOG: the version of the shipped rulebook is named, as results move with it."""
    assert load_rulebook().version in (ROOT / "CHANGELOG.md").read_text("utf-8")
