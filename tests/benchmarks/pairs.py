"""A cohort's size in; its scored applicants with every program, as arrays and frames, out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from tests.benchmarks.cohort import AS_OF, SEASON, SEED, make_cohort, make_programs

from stepladder import refresh
from stepladder.books import text_table
from stepladder.match import match, program_fit
from stepladder.match.eligibility import INELIGIBLE
from stepladder.plan.best_list import Candidates
from stepladder.rulebook import Policy, first_open_season, load_rulebook, next_season
from stepladder.score import score
from stepladder.validate import Facts, TableSchema, validate

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Applicants with a tier × programs; every array is [applicant, program]."""

    policy: Policy
    applicants: pl.DataFrame
    programs: pl.DataFrame
    frame: pl.DataFrame
    rates: Floats
    rates_signalled: Floats
    band: NDArray[np.str_]
    candidates: Candidates


@dataclass(frozen=True)
class Scored:
    """Typed applicants with a tier, the same as scored, and typed programs by id."""

    policy: Policy
    typed: pl.DataFrame
    applicants: pl.DataFrame
    programs: pl.DataFrame


def make_scored(size: int, programs: pl.DataFrame) -> Scored:
    """Take a made-up cohort and programs given as text as far as scoring.

    Rows with an error and applicants without a tier are left out.
    """
    policy = load_rulebook().policy
    offered = programs.sort("program_id")
    facts = facts_of(policy, AS_OF, offered["program_id"])
    people = _typed(make_cohort(size, SEED), refresh.applicants_schema(), facts).filter(
        pl.coalesce("step2_ck_score", "practice_score").is_not_null()
    )
    offered = _typed(offered, refresh.programs_schema(), facts)
    return Scored(policy, people, scored(people, policy), offered)


def scored(typed: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Typed applicants, scored for the season that the cohort is made for."""
    return score(typed, policy, as_of=AS_OF, chosen_season=None, assumed_season=SEASON)


def make_pairs(size: int, programs: int) -> Pairs:
    """Take a made-up cohort as far as matching; nothing is required of a list."""
    cohort = make_scored(size, make_programs(programs, SEED))
    policy, offered = cohort.policy, cohort.programs
    frame = match(cohort.applicants, offered, policy, AS_OF).with_columns(
        band=program_fit.band(policy)
    )
    shape = (cohort.applicants.height, offered.height)

    def grid(name: str) -> NDArray[np.float64]:
        return frame[name].to_numpy().reshape(shape)

    rates, rates_signalled = grid("invite_rate"), grid("invite_rate_signalled")
    taken = policy.interviews.match_per_interview
    may_signal = offered["takes_signals"].ne_missing("No").to_numpy()
    home = offered["institution"].rank("dense").cast(pl.Int64).to_numpy()
    return Pairs(
        policy=policy,
        applicants=cohort.applicants,
        programs=offered,
        frame=frame,
        rates=rates,
        rates_signalled=rates_signalled,
        band=frame["band"].to_numpy().reshape(shape).astype(np.str_),
        candidates=Candidates(
            chance=taken * rates,
            chance_signalled=taken * rates_signalled,
            desirability=grid("desirability"),
            is_open=(frame["eligibility"] != INELIGIBLE).to_numpy().reshape(shape),
            is_required=np.zeros(shape, np.bool_),
            may_signal=np.broadcast_to(may_signal, shape),
            institution=np.broadcast_to(home, shape),
        ),
    )


def facts_of(policy: Policy, as_of: date, program_ids: Iterable[str]) -> Facts:
    """What validation needs to know beside the table."""
    exams = policy.exams
    return Facts(
        as_of=as_of,
        season=None,
        season_default=next_season(policy, as_of),
        first_open=first_open_season(policy, as_of),
        pass_fail_from=exams.pass_fail_from,
        passing={
            "step1": exams.step1_passing,
            "step2_ck": exams.step2_ck_passing,
            "step3": exams.step3_passing,
        },
        attempts_allowed=policy.red_flags.attempts_allowed,
        program_ids=frozenset(program_ids),
    )


def _typed(text: pl.DataFrame, schema: TableSchema, facts: Facts) -> pl.DataFrame:
    return validate(text_table(text, schema.name), schema, facts).frame.filter(~pl.col("has_error"))
