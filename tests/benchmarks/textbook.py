"""One applicant's rates and desirabilities in; the best list of every size and its range out.

The peer of the plan: the same recursions as they stand in a textbook, in numpy, one applicant after
another; without the rule that an institution is signalled once.
"""

import numpy as np
from numpy.typing import NDArray

from stepladder.plan.interviews import conditional_chances, factor
from stepladder.rulebook.policy import Interviews

Floats = NDArray[np.float64]
Choices = NDArray[np.uint8]

_TIE = 1e-12
_NODES = 16
_APPLIED, _SIGNALLED = 1, 2


def best_lists_of_one(
    chance: Floats, chance_signalled: Floats, desirability: Floats, sizes: int, signals: int
) -> tuple[Choices, Floats]:
    """Choices [size − 1, program] and values [size − 1] of one applicant, all programs open."""
    order = np.lexsort((chance, desirability))
    value = np.full((sizes + 1, signals + 1), -np.inf)
    value[0] = 0
    decided = np.zeros((len(order), sizes + 1, signals + 1), np.uint8)
    for place, program in enumerate(order.tolist()):
        q, signalled_q, u = chance[program], chance_signalled[program], desirability[program]
        applied = q * u + (1 - q) * value[:-1]
        signalled = np.full_like(applied, -np.inf)
        signalled[:, 1:] = signalled_q * u + (1 - signalled_q) * value[:-1, :-1]
        kind = np.where(signalled > applied + _TIE, _SIGNALLED, _APPLIED)
        found = np.maximum(applied, signalled)
        decided[place, 1:] = np.where(found > value[1:] + _TIE, kind, 0)
        value[1:] = np.maximum(found, value[1:])
    choices = np.zeros((sizes, len(order)), np.uint8)
    for size in range(1, sizes + 1):
        left, signals_left = size, signals
        for place in range(len(order) - 1, -1, -1):
            choice = decided[place, left, signals_left]
            choices[size - 1, order[place]] = choice
            left -= choice > 0
            signals_left -= choice == _SIGNALLED
    return choices, value[1:, signals]


def ranges_of_one(
    choices: Choices, rates: Floats, rates_signalled: Floats, model: Interviews
) -> tuple[list[int], list[int]]:
    """Both ends of the range of interviews of each list, each list from the beginning."""
    points, weights = factor(model.correlation, _NODES)
    low, high = [], []
    for chosen in choices:
        listed = np.where(chosen == _SIGNALLED, rates_signalled, rates)[chosen > 0]
        mass = np.zeros((len(points), len(listed) + 1))
        mass[:, 0] = 1
        for chance in conditional_chances(listed, model.correlation, points).T:
            mass[:, 1:] = mass[:, 1:] * (1 - chance[:, None]) + mass[:, :-1] * chance[:, None]
            mass[:, 0] *= 1 - chance
        cumulative = np.cumsum(weights @ mass)
        low.append(int(np.argmax(cumulative >= model.low_quantile - _TIE)))
        high.append(int(np.argmax(cumulative >= model.high_quantile - _TIE)))
    return low, high
