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
from stepladder.rulebook.seasons import Season, first_open_season, next_season, season

__all__ = [
    "Entry",
    "Overridden",
    "Policy",
    "Rulebook",
    "Season",
    "first_open_season",
    "load_rulebook",
    "next_season",
    "overridden",
    "rulebook_content",
    "season",
]
