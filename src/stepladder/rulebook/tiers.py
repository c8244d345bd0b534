"""The policy in; its values by tier, as expressions, out."""

import polars as pl

from stepladder.rulebook.policy import Policy, Tiers


def tier_keys() -> list[str]:
    """The rulebook's keys of the tiers, best first."""
    return list(Tiers._fields)


def by_tier(policy: Policy, value: str) -> pl.Expr:
    """A value of the rulebook for the row's `tier`; null where it is pending."""
    names = [getattr(policy.tier_names, key) for key in tier_keys()]
    values = [getattr(getattr(policy.tiers, key), value) for key in tier_keys()]
    return pl.col("tier").replace_strict(names, values, default=None)
