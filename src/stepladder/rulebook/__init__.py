"""The rulebook: a TOML file in; every number and sentence of the policy, with its source, out."""

from stepladder.rulebook.load import (
    Entry,
    Overridden,
    Rulebook,
    load_rulebook,
    overridden,
    rulebook_content,
)
from stepladder.rulebook.policy import Policy
from stepladder.rulebook.seasons import Season, next_season, season

__all__ = [
    "Entry",
    "Overridden",
    "Policy",
    "Rulebook",
    "Season",
    "load_rulebook",
    "next_season",
    "overridden",
    "rulebook_content",
    "season",
]
