"""The policy in; its values by tier, as expressions, out."""

import polars as pl

from stepladder.rulebook.policy import Policy, Tiers


def tier_keys() -> list[str]:
    """The rulebook's keys of the tiers, best first."""
    return list(Tiers._fields)


def by_tier(policy: Policy, value: str) -> pl.Expr:
    """A value of the rulebook for the row's `tier`; null where it is pending."""
    of_tiers = {
        getattr(policy.tier_names, key): getattr(getattr(policy.tiers, key), value)
        for key in tier_keys()
    }
    # For a few tiers, one comparison each is several times as quick as polars' replace_strict.
    found = pl.lit(None, pl.Series([*of_tiers.values()]).dtype)
    for name, of_tier in of_tiers.items():
        found = pl.when(pl.col("tier") == name).then(of_tier).otherwise(found)
    return found
