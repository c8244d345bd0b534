"""Simulated offices of known truth in; what calibration does on them, as a table for the docs, out.

Run `make recovery` to renew the table in docs/calibration.md; it takes some minutes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from stepladder.arrays import Flags, Floats
from stepladder.calibrate.model import (
    SIGNAL,
    SLOPE,
    STEP3,
    TIERS,
    Applications,
    Prior,
    chances,
    fit,
)
from stepladder.calibrate.verdict import judge
from stepladder.rulebook import load_rulebook

PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"
CALIBRATION = load_rulebook().policy.calibration
_RATES = np.array([tier.invite_rate for tier in load_rulebook().policy.tiers])
_LIFTS = load_rulebook().policy.invite_rate
SHIPPED: Floats = np.array(
    [
        *np.log(_RATES / (1 - _RATES)),
        _LIFTS.fit_slope,
        _LIFTS.signal_lift,
        _LIFTS.step3_lift,
    ]
)
PRIOR = Prior(
    SHIPPED,
    np.ones(TIERS + 3, dtype=np.bool_),
    leaving=2,
    correlation=load_rulebook().policy.interviews.correlation,
)
TRUTHS: Mapping[str, Floats] = {
    "as shipped": SHIPPED,
    "near": SHIPPED + np.array([0.3, 0.2, -0.1, -0.2, 0.1, 0.08, -0.2, 0.1]),
    "far": SHIPPED + np.array([0.6, 0.5, 0.2, -0.3, -0.5, 0.15, 0.6, 0.3]),
    "far lower": SHIPPED - np.array([0.9, 0.9, 0.9, 0.9, 0.9, 0.0, 0.0, 0.0]),
}
ALIKE: Mapping[str, tuple[Floats, float]] = {
    **{name: (truth, PRIOR.correlation) for name, truth in TRUTHS.items()},
    "far, more alike": (TRUTHS["far"], 0.3),
}
"""Each truth with the correlation of an applicant's invitations; the last is not the rulebook's."""
SIZES = (50, 500, 5_000)
_OF_AN_APPLICANT = 25
_FRESH = 20_000
TWO = 1.96
"""Standard errors within which 95% of the values are to lie."""
_LEAST = 10
"""Calibrated offices of which a share is told."""


@dataclass(frozen=True)
class Tried:
    """One office: `worse` is the log loss on fresh applications against the shipped rates', less 1.

    away    how far each value that is written lies from the truth, in log-odds; where none is, each
            value that is fitted
    errors  its stated standard error
    """

    outcomes: int
    is_enough: bool
    passes: bool
    worse: float
    away: Floats
    errors: Floats

    @property
    def is_calibrated(self) -> bool:
        """There are enough outcomes, and they pass."""
        return self.is_enough and self.passes

    def within(self, errors: float) -> Flags:
        """Whether each value lies within so many of its stated errors from the truth."""
        return self.away <= errors * self.errors


def office(
    rng: np.random.Generator,
    outcomes: int,
    truth: Floats,
    correlation: float = PRIOR.correlation,
) -> Applications:
    """Applications over three seasons, drawn under a one-factor copula within an applicant."""
    applicants = max(2, outcomes // _OF_AN_APPLICANT)
    group = np.arange(outcomes) % applicants
    tier = rng.choice(TIERS, applicants, p=[0.1, 0.2, 0.35, 0.2, 0.15])
    features = np.zeros((outcomes, TIERS + 3))
    features[np.arange(outcomes), tier[group]] = 1
    features[:, SLOPE] = rng.normal(0.3, 1.5, outcomes) + rng.normal(0, 0.7, applicants)[group]
    features[:, SIGNAL] = rng.random(outcomes) < 0.25
    is_strong = rng.random(applicants) < 0.35
    features[:, STEP3] = is_strong[group] & (tier[group] > 2) & (rng.random(outcomes) < 0.6)
    shared, own = rng.normal(size=applicants)[group], rng.normal(size=outcomes)
    drawn = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    is_invited = drawn < norm.ppf(expit(features @ truth))
    return Applications(features, is_invited, 2025 + (group % 3), group)


def tried(seed: int, outcomes: int, truth: Floats, correlation: float = PRIOR.correlation) -> Tried:
    """Calibrate one office, and foretell fresh applications of the same world."""
    applications = office(np.random.default_rng(seed), outcomes, truth, correlation)
    invited = int(applications.is_invited.sum())
    is_enough = (
        outcomes >= CALIBRATION.outcomes
        and min(invited, outcomes - invited) >= CALIBRATION.invitations
        and len(np.unique(applications.group)) >= CALIBRATION.applicants
    )
    fitted = fit(applications, PRIOR)
    verdict = judge(applications, PRIOR, CALIBRATION.sureness)
    passes = verdict.passes and fitted.spread > 0
    written = fitted.part_of_the_way(PRIOR, verdict.weight if passes else 1.0)
    fresh = office(np.random.default_rng(10**6), _FRESH, truth).features
    kept = written.log_odds if is_enough and passes else SHIPPED
    worse = _expected_loss(fresh, kept, truth) / _expected_loss(fresh, SHIPPED, truth) - 1
    return Tried(
        outcomes,
        is_enough,
        passes,
        worse,
        np.abs(written.log_odds - truth),
        written.errors,
    )


def _expected_loss(features: Floats, log_odds: Floats, truth: Floats) -> float:
    chance, true = chances(features, log_odds), chances(features, truth)
    return float(-(true * np.log(chance) + (1 - true) * np.log(1 - chance)).mean())


def table(repetitions: int) -> Iterator[str]:
    """The table, a row for each truth and size, as Markdown."""
    yield (
        "| Truth | Outcomes | Offices | Refused | Cannot tell | Calibrated | Worst log loss "
        "against shipped | Mean | Mean distance from the truth: tiers | slope | signal | Step 3 "
        "| Within two errors |"
    )
    yield f"|{'---|' * 13}"
    for name, (truth, correlation) in ALIKE.items():
        for size in SIZES:
            offices = [tried(seed, size, truth, correlation) for seed in range(repetitions)]
            yield f"| {name} | {size:,} | {' | '.join(_row(offices))} |"


def _row(offices: Sequence[Tried]) -> Iterator[str]:
    enough = [one for one in offices if one.is_enough]
    passed = [one for one in offices if one.is_calibrated]
    yield str(len(offices))
    yield str(len(offices) - len(enough))
    yield str(len(enough) - len(passed))
    yield str(len(passed))
    yield f"{max(one.worse for one in offices):+.2%}"
    yield f"{np.mean([one.worse for one in offices]):+.2%}"
    away = np.mean([one.away for one in offices], axis=0)
    for part in (away[:TIERS].mean(), *away[TIERS:]):
        yield f"{part:.2f}"
    yield f"{np.mean([one.within(TWO) for one in passed]):.0%}" if len(passed) >= _LEAST else "–"


def main() -> None:
    """Renew the table of the page; `make recovery` runs it."""
    text = PAGE.read_text("utf-8")
    pasted = "\n".join(table(100))
    pattern = re.compile(r"(<!-- table -->\n).*?(<!-- end -->)", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda found: f"{found[1]}{pasted}\n{found[2]}", text), "utf-8")


if __name__ == "__main__":
    main()
