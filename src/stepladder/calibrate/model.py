"""Applications and what came of them in; the log-odds of an invitation, pulled to a prior, out.

A logistic regression whose coefficients are penalised for their distance from the rulebook's own.
scipy does the optimising: scikit-learn's penalty pulls to zero and knows no offset, and neither it
nor statsmodels holds tiers in their order.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import norm

from stepladder.arrays import Flags, Floats, Ints

TIERS: Final = 5
SLOPE, SIGNAL, STEP3 = TIERS, TIERS + 1, TIERS + 2
"""Where the slope of program fit and the two lifts stand after the log-odds of the tiers."""
_COEFFICIENTS: Final = TIERS + 3
_SPREADS: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Standard deviations of the prior, in log-odds, among which the outcomes choose."""
_LEAST_CHANCE: Final = 1e-9


@dataclass(frozen=True)
class Applications:
    """Applications whose outcome is known, one a row.

    features    [row, coefficient]: 1 in the tier's column, tens of program fit above the center,
                1 with a signal, 1 where a strong Step 3 lifts the rate
    is_invited  what came of each
    season      of each
    group       the applicant in that season: their outcomes rise and fall together
    """

    features: Floats
    is_invited: Flags
    season: Ints
    group: Ints

    def __len__(self) -> int:
        return len(self.is_invited)

    def where(self, kept: Flags) -> "Applications":
        """Some of them."""
        return Applications(
            self.features[kept], self.is_invited[kept], self.season[kept], self.group[kept]
        )


@dataclass(frozen=True)
class Prior:
    """The rulebook's coefficients, what may be fitted, and the order that must hold.

    log_odds  the tiers' at the center of program fit, best first, then slope and lifts
    is_free   which of them the outcomes may move; the others stay
    correlation  of the decisions on one applicant in the rulebook's model of interviews: records
              of few applicants may look less alike than they are
    leaving   the number of the tier at and above which Step 2 CK is not low, or None: it must gain
              over the next one what a strong Step 3 lifts
    """

    log_odds: Floats
    is_free: Flags
    leaving: int | None
    correlation: float

    def order(self) -> Floats:
        """Rows whose product with the coefficients may not be negative.

        No tier is under a lower one, and leaving the low scores loses nothing: together with a
        slope that does not fall, a higher Step 2 CK lowers no invite rate.
        """
        rows = np.zeros((TIERS - 1 + 3, _COEFFICIENTS))
        for better in range(TIERS - 1):
            rows[better, better], rows[better, better + 1] = 1, -1
        if self.leaving is not None:
            rows[self.leaving, STEP3] = -1
        for row, at in enumerate((SLOPE, SIGNAL, STEP3), TIERS - 1):
            rows[row, at] = 1
        return rows


@dataclass(frozen=True)
class Fit:
    """Coefficients with their standard errors; `spread` is the prior's that the outcomes chose.

    A spread of 0 keeps the prior. `dispersion` is for how many outcomes one counts, since those
    of an applicant are alike.
    """

    log_odds: Floats
    errors: Floats
    spread: float
    dispersion: float

    def part_of_the_way(self, prior: Prior, weight: float) -> "Fit":
        """Coefficients that go only part of the way from the prior's to these.

        The rest of the way is an error of theirs too, beside that of chance.
        """
        way = self.log_odds - prior.log_odds
        return replace(
            self,
            log_odds=prior.log_odds + weight * way,
            errors=np.hypot(self.errors, (1 - weight) * way),
        )


def chances(features: Floats, log_odds: Floats) -> Floats:
    """The chance of an invitation of each application."""
    chance: Floats = np.clip(expit(features @ log_odds), _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    return chance


def losses(is_invited: Flags, chance: Floats) -> Floats:
    """The log loss of each outcome."""
    return -np.log(np.where(is_invited, chance, 1 - chance))


def fit(applications: Applications, prior: Prior) -> Fit:
    """The coefficients that the outcomes make likeliest, as far as they speak against the prior.

    How strongly the prior holds is what makes the outcomes likeliest (empirical Bayes, by Laplace's
    approximation); the likelihood is divided by the dispersion of the applicants' outcomes.
    """
    free = np.flatnonzero(prior.is_free)
    dispersion = dispersion_of(applications, prior)
    best = Fit(prior.log_odds, np.zeros(_COEFFICIENTS), 0.0, dispersion)
    if not len(free):
        return best
    likeliest = -_loss(applications, prior.log_odds) / dispersion
    for spread in _SPREADS:
        precision = np.linalg.inv(_covariance(free) * spread**2).astype(np.float64)
        moved = _moved(applications, prior, precision, dispersion)
        curvature = _curvature(applications, moved)[np.ix_(free, free)] / dispersion + precision
        away = (moved - prior.log_odds)[free]
        evidence = (
            -_loss(applications, moved) / dispersion
            - away @ precision @ away / 2
            + (np.linalg.slogdet(precision)[1] - np.linalg.slogdet(curvature)[1]) / 2
        )
        if evidence > likeliest:
            errors = np.zeros(_COEFFICIENTS)
            errors[free] = np.sqrt(np.diag(np.linalg.inv(curvature)))
            best, likeliest = Fit(moved, errors, spread, dispersion), evidence
    return best


def _loss(applications: Applications, log_odds: Floats) -> float:
    chance = chances(applications.features, log_odds)
    return float(losses(applications.is_invited, chance).sum())


def dispersion_of(applications: Applications, prior: Prior) -> float:
    """How much more an applicant's invitations vary than if each came by itself; at least 1.

    As the records say, and at least what the rulebook's correlation makes of them: under a Gaussian
    factor two invitations of chances p and q covary by about ρ·φ(Φ⁻¹(p))·φ(Φ⁻¹(q)).
    """
    chance = chances(applications.features, prior.log_odds)
    # The rulebook's level may be wrong for everyone; that is no likeness within an applicant.
    scale = applications.is_invited.sum() / max(chance.sum(), _LEAST_CHANCE)
    chance = np.clip(chance * scale, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    _, member = np.unique(applications.group, return_inverse=True)
    surplus = np.bincount(member, applications.is_invited - chance)
    expected = (chance * (1 - chance)).sum()
    density = norm.pdf(norm.ppf(chance))
    shared = np.bincount(member, density) ** 2 - np.bincount(member, density**2)
    implied = 1 + prior.correlation * shared.sum() / expected
    return float(max(implied, (surplus**2).sum() / expected))


def _covariance(free: Ints) -> Floats:
    """The prior's, for a spread of 1: tiers share a level, from which each departs alike."""
    covariance = np.eye(_COEFFICIENTS)
    covariance[:TIERS, :TIERS] += 1
    # Two tens of program fit are a usual distance between programs: their effect has the spread.
    covariance[SLOPE, SLOPE] = 1 / 4
    part: Floats = covariance[np.ix_(free, free)]
    return part


def _moved(
    applications: Applications, prior: Prior, precision: Floats, dispersion: float
) -> Floats:
    """The coefficients at the least penalised loss that keep their order."""
    free, order = np.flatnonzero(prior.is_free), prior.order()
    features = applications.features[:, free]
    offset = applications.features @ prior.log_odds
    invited = applications.is_invited.astype(np.float64)
    # The optimiser's tolerance is absolute, so it is given the loss of one outcome.
    number = len(applications)

    def penalised(away: Floats) -> tuple[float, Floats]:
        odds = offset + features @ away
        loss = np.logaddexp(0, odds) - invited * odds
        pull = precision @ away
        slope = features.T @ (expit(odds) - invited) / dispersion + pull
        height = float(loss.sum()) / dispersion + float(away @ pull) / 2
        return height / number, slope / number

    kept = {
        "type": "ineq",
        "fun": lambda away: order @ prior.log_odds + order[:, free] @ away,
        "jac": lambda _away: order[:, free],
    }
    found = minimize(
        penalised,
        np.zeros(len(free)),
        jac=True,
        method="SLSQP",
        constraints=[kept],
        options={"ftol": 1e-12, "maxiter": 200},
    )
    if not found.success:
        raise ArithmeticError(f"the fit found no end: {found.message}")
    log_odds = prior.log_odds.copy()
    log_odds[free] += found.x
    return log_odds


def _curvature(applications: Applications, log_odds: Floats) -> Floats:
    chance = chances(applications.features, log_odds)
    weighted = applications.features * (chance * (1 - chance))[:, None]
    curvature: Floats = weighted.T @ applications.features
    return curvature
