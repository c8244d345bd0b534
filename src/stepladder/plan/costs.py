"""Numbers of applications in; what they cost by the season's fees out."""

import numpy as np

from stepladder.arrays import Ints
from stepladder.rulebook.policy import Fees


def cost_by_number(fees: Fees, most: int) -> Ints:
    """The cost in USD of 0, 1, … `most` applications in one specialty (domain.md, Season).

    A step with a flat price costs it once, however many of its applications are sent.
    """
    costs = [0]
    for step in fees:
        last = most if step.through is None else min(step.through, most)
        first = len(costs)
        for number in range(first, last + 1):
            added = step.each if step.flat is None else step.flat * (number == first)
            costs.append(costs[-1] + added)
    return np.array(costs)


def affordable(costs: Ints, budget: Ints) -> Ints:
    """The most applications that each budget pays for, [applicant]."""
    return np.searchsorted(costs, budget, side="right") - 1
