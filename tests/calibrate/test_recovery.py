"""Issue 9, It must show: calibration on simulated offices of known truth, in its quick form.

The long form is `python -m tests.calibrate.recovery`.
"""

import numpy as np
import pytest
from tests.calibrate.recovery import TRUTHS, tried

WORST = 0.01
"""How much worse than the shipped rates the log loss on fresh applications may become."""


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("outcomes", [50, 500])
def test_it_does_no_worse_than_the_shipped_rates(truth: str, outcomes: int) -> None:
    """Never by more than 1% of log loss out of sample, whatever the truth."""
    offices = [tried(seed, outcomes, TRUTHS[truth]) for seed in range(4)]
    assert max(office.worse for office in offices) <= WORST


def test_fifty_outcomes_are_too_few() -> None:
    """They lie below the stated minimum, under each truth."""
    assert not any(tried(1, 50, truth).is_enough for truth in TRUTHS.values())


def test_it_cannot_tell_shipped_rates_from_shipped_rates() -> None:
    """Where the truth is as shipped, no office of 500 outcomes passes."""
    offices = [tried(seed, 500, TRUTHS["as shipped"]) for seed in range(6)]
    assert all(office.is_enough and not office.passes for office in offices)


@pytest.mark.parametrize("truth", ["far", "far lower"])
def test_five_thousand_outcomes_recover_the_truth(truth: str) -> None:
    """Each value within three of its stated standard errors, and tiers within 0.5 log-odds."""
    for seed in range(2):
        office = tried(seed, 5_000, TRUTHS[truth])
        assert office.passes
        assert office.worse < 0
        assert (office.away <= 3 * office.errors).all()
        assert office.away[:5].max() < 0.5


def test_stated_errors_are_the_size_of_the_actual_ones() -> None:
    """The distances from the truth, in their stated standard errors, are about 1 (root mean)."""
    offices = [tried(seed, 5_000, TRUTHS["far"]) for seed in range(2)]
    sizes = np.concatenate([office.away / office.errors for office in offices])
    assert 0.5 <= np.sqrt(np.square(sizes).mean()) <= 1.6
