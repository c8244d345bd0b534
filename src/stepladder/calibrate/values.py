"""A fit in; each value of the invite rate, as the rulebook writes it, with its error, out."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stepladder.calibrate.applications import Gathered, bearing
from stepladder.calibrate.model import STEP3, TIERS, Fit, Prior
from stepladder.rulebook import Policy
from stepladder.rulebook.calibrated import rate_entries
from stepladder.rulebook.tiers import tier_keys

_LEAST, _MOST = 0.001, 0.999
_RATE_DECIMALS, _LIFT_DECIMALS = 4, 3


@dataclass(frozen=True)
class FittedValue:
    """One value of the invite rate.

    own        the rulebook's
    value      the outcomes', in the same unit; `low` to `high` is one standard error either way
    outcomes   how many bear on it
    is_fitted  they were enough
    source     where it comes from, in a sentence
    """

    name: str
    label: str
    own: float
    value: float
    low: float
    high: float
    outcomes: int
    is_fitted: bool
    source: str

    @property
    def is_rate(self) -> bool:
        """It is a tier's rate, and otherwise log-odds that are added."""
        return self.name.startswith("tiers.")


def fitted_values(
    gathered: Gathered, prior: Prior, fit: Fit, policy: Policy, as_of: date
) -> tuple[FittedValue, ...]:
    """The eight values in the rulebook's units, rounded so that their order still holds."""
    rows = gathered.rows
    labels = [getattr(policy.tier_names, key) for key in tier_keys()]
    labels += ["Ten points of program fit", "A signal", "A strong Step 3 in a low-score case"]
    counted = (
        f"{rows.height:,} outcomes ({int(rows['is_invited'].sum()):,} invitations) of the seasons "
        f"{', '.join(map(str, rows['season'].unique().sort()))}"
    )
    values = list(_rounded(prior, fit))
    return tuple(
        FittedValue(
            name=name,
            label=label,
            own=own,
            value=value if prior.is_free[at] else own,
            low=_in_units(fit.log_odds[at] - fit.errors[at], at),
            high=_in_units(fit.log_odds[at] + fit.errors[at], at),
            outcomes=number,
            is_fitted=bool(prior.is_free[at]),
            source=f"Calibrated on {as_of} on {counted}; {number:,} bear on it; before "
            f"{own:.4g}; standard error {fit.errors[at]:.2f} log-odds",
        )
        for at, (name, label, value, number) in enumerate(
            zip(rate_entries(), labels, values, bearing(rows), strict=True)
        )
        for own in [_in_units(prior.log_odds[at], at)]
    )


def _rounded(prior: Prior, fit: Fit) -> Iterator[float]:
    """Rates and lifts with few decimals; the lift of Step 3 is what the rounded tiers leave it."""
    rates = [_in_units(fit.log_odds[at], at) for at in range(TIERS)]
    rates = [
        round(min(max(rate, _LEAST), _MOST), _RATE_DECIMALS) if is_free else rate
        for rate, is_free in zip(rates, prior.is_free, strict=False)
    ]
    yield from rates
    lifts = [round(float(lift), _LIFT_DECIMALS) for lift in fit.log_odds[TIERS:]]
    if prior.leaving is not None and prior.is_free[STEP3]:
        above, under = (_log_odds(rate) for rate in rates[prior.leaving : prior.leaving + 2])
        scale = 10**_LIFT_DECIMALS
        lifts[-1] = max(0.0, min(lifts[-1], math.floor((above - under) * scale) / scale))
    yield from lifts


def _in_units(log_odds: float, at: int) -> float:
    """A tier's rate, or the log-odds as they are."""
    return float(1 / (1 + math.exp(-log_odds)) if at < TIERS else log_odds)


def _log_odds(rate: float) -> float:
    return math.log(rate / (1 - rate))
