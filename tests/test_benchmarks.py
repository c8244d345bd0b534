"""What the engine is timed against does the same work."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from tests.benchmarks import office_script, pair_stage
from tests.benchmarks.cohort import SEED, make_programs, make_strict_programs
from tests.benchmarks.inside_batch import inside_batch
from tests.benchmarks.our_pairs import ours
from tests.benchmarks.pairs import facts_of, make_scored

from stepladder import Result, refresh, shipped
from stepladder.rulebook import load_rulebook, next_season
from stepladder.validate import validate

AS_OF = date(2026, 6, 1)
COUNTED = ("eligible_programs", "programs_to_verify")


@dataclass(frozen=True)
class BothWays:
    """The example cohort without its rows to fix: by the engine, and by the office's script."""

    engine: Result
    applicants: pd.DataFrame
    pairs: pd.DataFrame


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> BothWays:
    """Both read the same cleaned rows."""
    settings = refresh.Settings(load_rulebook(), AS_OF, keep_pairs=True)
    folder = tmp_path_factory.mktemp("cleaned")
    for name, table, schema in (
        ("applicants", refresh.read_applicants, refresh.applicants_schema()),
        ("programs", refresh.read_programs, refresh.programs_schema()),
    ):
        text = table(shipped.workbooks() / f"example-{name}-fictional.csv")
        read = validate(text, schema, facts_of(settings.rulebook.policy, AS_OF, ()))
        write_cleaned(read.frame.filter(~pl.col("has_error")), folder / f"{name}.csv")
    applicants, programs = folder / "applicants.csv", folder / "programs.csv"
    season = next_season(settings.rulebook.policy, AS_OF)
    scored = office_script.score(office_script.read(applicants), season, AS_OF)
    return BothWays(
        engine=refresh.refresh(
            refresh.read_applicants(applicants), refresh.read_programs(programs), settings
        ),
        applicants=office_script.plan(
            office_script.read(applicants), office_script.read(programs), season, AS_OF
        )[0],
        pairs=office_script.match(
            scored.assign(row=range(len(scored))), office_script.read(programs), AS_OF
        ),
    )


def write_cleaned(frame: pl.DataFrame, path: Path) -> None:
    """Write typed rows as CSV, lists joined by `; `."""
    frame.select(
        pl.col(name).list.join("; ") if dtype == pl.List(pl.String) else pl.col(name)
        for name, dtype in frame.schema.items()
        if name not in {"row", "sheet_row", "has_error", "has_query"}
    ).write_csv(path)


@pytest.mark.parametrize("name", ["tier", "tier_basis", "trend", "low_score", "red_flags"])
def test_the_office_s_script_gives_the_same_case(both: BothWays, name: str) -> None:
    """Issue 2, make bench: the peer decides the same tiers, trends, cases and flags."""
    assert both.applicants[name].tolist() == both.engine.applicants[name].to_list()


@pytest.mark.parametrize("name", ["pmr_fit", *COUNTED])
def test_the_office_s_script_gives_the_same_numbers(both: BothWays, name: str) -> None:
    """Issue 2, make bench: the peer gives the same PM&R fit and counts of open programs."""
    assert both.applicants[name].tolist() == both.engine.applicants[name].to_list()


def test_the_office_s_script_gives_the_same_rates(both: BothWays) -> None:
    """Issue 2, make bench: the peer's rates of all pairs, by which it lists, are the engine's."""
    assert both.engine.pairs is not None
    pair = ["applicant_id", "program_id"]
    theirs = both.pairs.set_index(pair)["invite_rate"]
    ours = pd.Series(
        both.engine.pairs["invite_rate"].to_list(),
        pd.MultiIndex.from_tuples(both.engine.pairs.select(pair).rows()),
        dtype=float,
    )
    assert (ours.isna() == theirs[ours.index].isna()).all()
    assert (ours - theirs[ours.index]).abs().max() < 2e-6


@pytest.mark.parametrize("programs", [make_programs(60, SEED), make_strict_programs(60, SEED)])
def test_whoever_pairs_gives_the_same_rates(programs: pl.DataFrame) -> None:
    """Issue 7, make bench: kernel, SQL and cross join rate every applicant's best as the engine."""
    paired = make_scored(120, programs)
    best = ours(paired.applicants, paired.programs, paired.policy)
    assert np.count_nonzero(best) > 1_000
    kernel = pair_stage.Kernel(paired).best()
    assert np.abs(np.sort(best, axis=1) - np.sort(kernel, axis=1)).max() < 2e-6
    for rates in (
        pair_stage.Sql(paired).best(),
        pair_stage.by_cross_join(paired)["invite_rate"].to_numpy(),
    ):
        assert np.abs(np.sort(rates) - np.sort(best[best > 0])).max() < 2e-6


def test_strict_programs_shut_out_three_quarters() -> None:
    """Issue 7: the pair stage is measured with about a quarter of the pairs eligible."""
    paired = make_scored(1_000, make_strict_programs(150, SEED))
    eligible = pair_stage.Kernel(paired).eligible / (paired.applicants.height * 150)
    assert 0.2 < eligible < 0.3


def test_every_stage_of_the_batch_command_is_timed() -> None:
    """Issue 7: the CPU time of the command is told stage by stage, and no stage is missed."""
    told = {stage: float(cpu) for _, stage, cpu, _ in inside_batch([100]).rows}
    # Writing is the difference of two runs, and may be lost in the noise of such short ones.
    timed = {stage: cpu for stage, cpu in told.items() if "writing" not in stage}
    assert len(timed) == len(told) - 2
    assert all(cpu > 0 for cpu in timed.values()), timed
