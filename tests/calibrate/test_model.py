"""The fit's laws: what the prior holds, what the order holds, and what outcomes move."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.calibrate.recovery import PRIOR, SHIPPED, TRUTHS, office

from stepladder.calibrate.model import SIGNAL, SLOPE, STEP3, TIERS, Applications, chances, fit
from stepladder.calibrate.verdict import curve, judge, measure

ORDER = 1e-6
"""The optimiser keeps an order to within this."""


def reversed_tiers(seed: int, outcomes: int = 2_000) -> Applications:
    """Records that put the tiers the wrong way round."""
    truth = np.array([*SHIPPED[:TIERS][::-1], 0.3, 0.7, 0.2])
    return office(np.random.default_rng(seed), outcomes, truth)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(-3, 1), min_size=5, max_size=5))
def test_a_higher_score_lowers_no_rate_whatever_the_records_say(
    seed: int, tiers: list[float]
) -> None:
    """Design, invite_rate: fitted tiers fall, and leaving the low scores gains Step 3's lift."""
    truth = np.array([*tiers, -0.2, -0.3, 1.0])
    fitted = fit(office(np.random.default_rng(seed), 600, truth), PRIOR).log_odds
    assert (np.diff(fitted[:TIERS]) <= ORDER).all()
    assert fitted[2] - fitted[3] >= fitted[STEP3] - ORDER
    assert (fitted[[SLOPE, SIGNAL, STEP3]] >= -ORDER).all()


def test_tiers_that_the_records_reverse_come_out_equal() -> None:
    """They are pooled: the better one is held at the lower one's."""
    fitted = fit(reversed_tiers(1), PRIOR).log_odds
    assert fitted[0] - fitted[1] == pytest.approx(0, abs=0.05)


def test_a_value_that_is_not_free_stays() -> None:
    """Too few outcomes bear on it: the rulebook's stands, to the last bit."""
    is_free = np.ones(TIERS + 3, dtype=np.bool_)
    is_free[[0, STEP3]] = False
    far = office(np.random.default_rng(2), 2_000, TRUTHS["far"])
    fitted = fit(far, replace(PRIOR, is_free=is_free))
    assert fitted.log_odds[0] == SHIPPED[0]
    assert fitted.log_odds[STEP3] == SHIPPED[STEP3]
    assert fitted.errors[0] == 0
    assert fitted.log_odds[1] != SHIPPED[1]


def test_what_is_left_of_the_way_is_an_error_too() -> None:
    """All of the way is the fit itself, none of it the prior, which is off by the whole way."""
    fitted = fit(office(np.random.default_rng(2), 2_000, TRUTHS["far"]), PRIOR)
    whole, half, none = (fitted.part_of_the_way(PRIOR, weight) for weight in (1.0, 0.5, 0.0))
    way = fitted.log_odds - SHIPPED
    assert whole.log_odds == pytest.approx(fitted.log_odds)
    assert whole.errors == pytest.approx(fitted.errors)
    assert half.log_odds == pytest.approx(SHIPPED + way / 2)
    assert half.errors == pytest.approx(np.sqrt(fitted.errors**2 + way**2 / 4))
    assert (none.log_odds == SHIPPED).all()


def test_records_that_say_what_the_prior_says_move_nothing() -> None:
    """The spread that the outcomes choose is 0, and the rulebook's values stand."""
    fitted = fit(office(np.random.default_rng(3), 2_000, SHIPPED), PRIOR)
    assert np.abs(fitted.log_odds - SHIPPED).max() < 0.1


def test_more_outcomes_pull_further() -> None:
    """The same records twice over lie no nearer the prior."""
    one = office(np.random.default_rng(4), 1_000, TRUTHS["far lower"])
    twice = Applications(
        np.concatenate([one.features, one.features]),
        np.concatenate([one.is_invited, one.is_invited]),
        np.concatenate([one.season, one.season]),
        np.concatenate([one.group, one.group + 10_000]),
    )
    away = [np.abs(fit(each, PRIOR).log_odds - SHIPPED).sum() for each in (one, twice)]
    assert away[1] >= away[0]


def test_the_order_of_rows_changes_nothing() -> None:
    """Outcomes may be sorted in any way."""
    one = office(np.random.default_rng(5), 800, TRUTHS["far"])
    order = np.random.default_rng(0).permutation(len(one))
    mixed = Applications(*(part[order] for part in vars(one).values()))
    assert fit(mixed, PRIOR).log_odds == pytest.approx(fit(one, PRIOR).log_odds, abs=1e-4)


def test_a_season_is_foretold_by_the_others_only() -> None:
    """Held out: turning the outcomes of a season round leaves what is foretold for it alone."""
    one = office(np.random.default_rng(6), 900, TRUTHS["far"])
    last = one.season == 2027
    turned = replace(one, is_invited=one.is_invited ^ last)
    foretold = [
        chances(each.features[last], fit(each.where(~last), PRIOR).log_odds)
        for each in (one, turned)
    ]
    assert (foretold[0] == foretold[1]).all()
    seasons = judge(one, PRIOR, 2.0).seasons
    [held] = [each for each in seasons if each.season == 2027]
    assert held.calibrated == measure(one.is_invited[last], foretold[0])


def test_the_measures() -> None:
    """Two outcomes by hand: log loss −(ln 0.8 + ln 0.6)/2, Brier (0.2² + 0.4²)/2."""
    both = measure(np.array([True, False]), np.array([0.8, 0.4]))
    assert both.log_loss == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)
    assert both.brier == pytest.approx((0.04 + 0.16) / 2)


def test_the_calibration_curve_counts_every_outcome_once() -> None:
    """Bins of like rates, from the lowest; each share lies within its interval."""
    rng = np.random.default_rng(7)
    chance = rng.random(230)
    bins = curve(rng.random(230) < chance, chance)
    assert sum(one.outcomes for one in bins) == 230
    assert [one.foretold for one in bins] == sorted(one.foretold for one in bins)
    assert all(one.low <= one.invited <= one.high for one in bins)
