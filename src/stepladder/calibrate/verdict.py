"""Applications of several seasons in; what calibration gains on seasons it has not seen, out."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from stepladder.arrays import Flags, Floats
from stepladder.calibrate.model import (
    Applications,
    Prior,
    chances,
    dispersion_of,
    fit,
    losses,
)

_BINS: Final = 8
_OUTCOMES_OF_A_BIN: Final = 25
_SURE: Final = 1.96
"""Standard errors on either side of the bars of the calibration curve: 95%."""


@dataclass(frozen=True)
class Measure:
    """How well rates foretold outcomes: both are better the lower they are."""

    log_loss: float
    brier: float


@dataclass(frozen=True)
class SeasonMeasures:
    """One season, foretold by the others."""

    season: int
    outcomes: int
    invitations: int
    own: Measure
    calibrated: Measure


@dataclass(frozen=True)
class Bin:
    """Applications of like rates: what was foretold on average, and the share that came true."""

    foretold: float
    invited: float
    low: float
    high: float
    outcomes: int


@dataclass(frozen=True)
class Verdict:
    """What calibration gains on held-out seasons, in log loss for each outcome.

    `error` is the gain's standard error, applicants taken as one each; `own` and the curve `of_own`
    are those of the rulebook that was calibrated.
    """

    gain: float
    error: float
    sureness: float
    own: Measure
    calibrated: Measure
    seasons: tuple[SeasonMeasures, ...]
    of_own: tuple[Bin, ...]
    of_calibrated: tuple[Bin, ...]

    @property
    def passes(self) -> bool:
        """The gain lies above nothing by more than chance brings."""
        return self.gain > self.sureness * self.error and self.gain > 0

    @property
    def weight(self) -> float:
        """How far of the way to the fitted values is gone; 0 where it does not pass.

        The nearer the gain is to what chance brings, the less far: records of few applicants that
        pass by luck would else lead astray.
        """
        return 1 - (self.sureness * self.error / self.gain) ** 2 if self.passes else 0.0


def judge(applications: Applications, prior: Prior, sureness: float) -> Verdict:
    """Hold each season out, fit on the others, and compare on it with the prior."""
    own = chances(applications.features, prior.log_odds)
    calibrated = own.copy()
    seasons = []
    for season in np.unique(applications.season):
        held = applications.season == season
        fitted = fit(applications.where(~held), prior)
        calibrated[held] = chances(applications.features[held], fitted.log_odds)
        invited = applications.is_invited[held]
        seasons.append(
            SeasonMeasures(
                int(season),
                int(held.sum()),
                int(invited.sum()),
                measure(invited, own[held]),
                measure(invited, calibrated[held]),
            )
        )
    invited = applications.is_invited
    gains = losses(invited, own) - losses(invited, calibrated)
    return Verdict(
        gain=float(gains.mean()),
        error=_error(gains, applications, prior),
        sureness=sureness,
        own=measure(invited, own),
        calibrated=measure(invited, calibrated),
        seasons=tuple(seasons),
        of_own=curve(invited, own),
        of_calibrated=curve(invited, calibrated),
    )


def measure(is_invited: Flags, chance: Floats) -> Measure:
    """The mean log loss and the Brier score."""
    return Measure(
        float(losses(is_invited, chance).mean()), float(((chance - is_invited) ** 2).mean())
    )


def curve(is_invited: Flags, chance: Floats) -> tuple[Bin, ...]:
    """The calibration curve: as many applications in each bin, with Wilson's interval."""
    bins = max(1, min(_BINS, len(chance) // _OUTCOMES_OF_A_BIN))
    order = np.argsort(chance, kind="stable")
    return tuple(_bin(is_invited[part], chance[part]) for part in np.array_split(order, bins))


def _bin(is_invited: Flags, chance: Floats) -> Bin:
    number, share = len(chance), float(is_invited.mean())
    square = _SURE**2 / number
    middle = (share + square / 2) / (1 + square)
    half = _SURE * sqrt(share * (1 - share) / number + square / (4 * number)) / (1 + square)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Bin(float(chance.mean()), share, low, high, number)


def _error(gains: Floats, applications: Applications, prior: Prior) -> float:
    """The standard error of a mean gain, as if each applicant of a season were one draw.

    Of few applicants the sums are a doubtful measure, so it is no less than if each outcome were
    one draw of the dispersion that the fit reckons with.
    """
    away = gains - gains.mean()
    _, member = np.unique(applications.group, return_inverse=True)
    by_applicant = np.square(np.bincount(member, away)).sum()
    by_outcome = dispersion_of(applications, prior) * np.square(away).sum()
    return float(np.sqrt(max(by_applicant, by_outcome)) / len(gains))
