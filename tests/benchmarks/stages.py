"""Question 2: validation and scoring of large cohorts, against checks written by hand in pandas."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
from tests.benchmarks import hand_checks, office_script
from tests.benchmarks.cohort import AS_OF, PROGRAMS, SEASON, SEED, make_cohort, make_programs
from tests.benchmarks.costs import Cost, cost_of_work, in_turns
from tests.benchmarks.pairs import facts_of
from tests.benchmarks.report import Table, ratio, seconds

from stepladder import refresh
from stepladder.books import text_table
from stepladder.rulebook import Policy, load_rulebook
from stepladder.score import score
from stepladder.validate import Validated, validate

_VALIDATE, _SCORE, _PEER_CHECK, _PEER_SCORE = "validate", "score", "peer validate", "peer score"
_HALF, _PEER_HALF = "validate, half bad", "peer validate, half bad"


def stages(sizes: list[tuple[int, int]]) -> Table:
    """Time both stages at each size; `sizes` are (applicants, repetitions)."""
    rows = [row for size, repetitions in sizes for row in _rows(size, repetitions)]
    return Table(
        "Validation and scoring",
        "Frames in memory, every column of the schema, 1% bad rows, or half of them. The peer: the "
        "same checks and scores written by hand in pandas, vectorised; without meant-well "
        "readings, cell addresses and sentences. Ratios are the peer's cost over "
        "ours: above 1, ours is cheaper.",
        (
            "Applicants",
            "Stage",
            "Ours, s",
            "Ours, CPU s",
            "Rows per CPU s",
            "pandas, s",
            "pandas, CPU s",
            "**Ratio, time**",
            "**Ratio, CPU**",
        ),
        rows,
    )


def _rows(size: int, repetitions: int) -> Iterator[tuple[str, ...]]:
    cohort, peer = _both_frames(size)
    bad, bad_peer = _both_frames(size, one_bad_in=2)
    policy, schema = load_rulebook().policy, refresh.applicants_schema()
    ids = set(make_programs(PROGRAMS, SEED)["program_id"].to_list())
    facts = facts_of(policy, AS_OF, ids)
    # What a stage leaves behind is what the next one takes; kept here, so that each is timed alone.
    read: list[Validated] = []
    checked: list[pd.DataFrame] = []

    def validated(frame: pl.DataFrame) -> Validated:
        table = text_table(frame, "applicants")
        return validate(table, schema, facts, refresh.computed_titles())

    def checked_by_hand(frame: pd.DataFrame) -> pd.DataFrame:
        return hand_checks.check(frame, schema, SEASON, AS_OF, ids)[0]

    def validate_ours() -> None:
        read[:] = [validated(cohort)]

    def check_by_hand() -> None:
        checked[:] = [checked_by_hand(peer)]

    found = in_turns(
        {
            _HALF: lambda: cost_of_work(lambda: validated(bad)),
            _PEER_HALF: lambda: cost_of_work(lambda: checked_by_hand(bad_peer)),
            _VALIDATE: lambda: cost_of_work(validate_ours),
            _PEER_CHECK: lambda: cost_of_work(check_by_hand),
            _SCORE: lambda: cost_of_work(lambda: _score(read[0].frame, policy)),
            _PEER_SCORE: lambda: cost_of_work(lambda: _score_by_hand(checked[0])),
        },
        repetitions,
    )
    yield _row(size, "validate, half bad", found[_HALF], found[_PEER_HALF])
    yield _row(size, "validate", found[_VALIDATE], found[_PEER_CHECK])
    yield _row(size, "score", found[_SCORE], found[_PEER_SCORE])
    yield _row(
        size,
        "both",
        _sum(found[_VALIDATE], found[_SCORE]),
        _sum(found[_PEER_CHECK], found[_PEER_SCORE]),
    )


def _row(size: int, stage: str, ours: Cost, peer: Cost) -> tuple[str, ...]:
    return (
        f"{size:,}",
        stage,
        seconds(ours.wall),
        seconds(ours.cpu),
        f"{size / ours.cpu:,.0f}",
        seconds(peer.wall),
        seconds(peer.cpu),
        ratio(peer.wall, ours.wall),
        ratio(peer.cpu, ours.cpu),
    )


def _sum(one: Cost, other: Cost) -> Cost:
    return Cost(one.wall + other.wall, one.cpu + other.cpu)


def _both_frames(size: int, one_bad_in: int = 100) -> tuple[pl.DataFrame, pd.DataFrame]:
    """The cohort as polars text, and as pandas text as its own CSV reader gives it."""
    cohort = make_cohort(size, SEED, one_bad_in)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cohort.csv"
        cohort.write_csv(path)
        return cohort, pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def _score(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    return score(
        frame.filter(~pl.col("has_error")),
        policy,
        as_of=AS_OF,
        chosen_season=None,
        assumed_season=SEASON,
    )


def _score_by_hand(typed: pd.DataFrame) -> pd.DataFrame:
    return office_script.score(typed[~typed["has_error"]], SEASON, AS_OF)
