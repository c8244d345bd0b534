"""Scored applicants and programs in; the rates of each applicant's best programs, our way, out.

It is a process of its own where its peak memory is asked for: one that has nothing else to hold.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from tests.benchmarks.cohort import AS_OF

from stepladder.match import classes
from stepladder.match.columns import APPLICANT_COLUMNS
from stepladder.plan import rate_list
from stepladder.plan.best_list import Candidates
from stepladder.rulebook import Policy, load_rulebook

BEST = 20
AT_ONCE = 2048
_READ = {
    *("row", "applicant_id", *APPLICANT_COLUMNS),
    *("step1_is_passed", "step1_date", "step2_ck_date", "review_day"),
}

Floats = NDArray[np.float64]


def ours(applicants: pl.DataFrame, programs: pl.DataFrame, policy: Policy) -> Floats:
    """The rates of each applicant's best programs, by classes and packed sort keys."""
    every = classes(applicants, programs, policy, AS_OF)
    best = np.zeros((applicants.height, BEST))
    for start in range(0, applicants.height, AT_ONCE):
        some = every.of_some(slice(start, start + AT_ONCE))
        is_open, nobody = ~some.is_ineligible, np.zeros(some.rates.shape, np.bool_)
        candidates = Candidates(
            chance=some.rates,
            chance_signalled=some.rates,
            desirability=some.rates,
            is_open=is_open,
            is_required=nobody,
            may_signal=nobody,
            institution=np.zeros(some.rates.shape, np.int64),
        )
        most = np.minimum(is_open.sum(axis=1), BEST)
        listed = rate_list.rate_lists(candidates, some.rates, some.rates, most, 0)
        best[start : start + AT_ONCE, : listed.rates.shape[1]] = listed.rates
    return best


def write_pairs(applicants: pl.DataFrame, programs: pl.DataFrame, folder: Path) -> None:
    """Write what `python -m tests.benchmarks.our_pairs FOLDER` reads."""
    applicants.select(name for name in applicants.columns if name in _READ).write_parquet(
        folder / "applicants.parquet"
    )
    programs.write_parquet(folder / "programs.parquet")


def main() -> None:
    """Pair what the folder that is named holds."""
    folder = Path(sys.argv[1])
    ours(
        pl.read_parquet(folder / "applicants.parquet"),
        pl.read_parquet(folder / "programs.parquet"),
        load_rulebook().policy,
    )


if __name__ == "__main__":
    main()
