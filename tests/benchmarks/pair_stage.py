"""Question 5: every applicant's best programs by rate, against what else could pair them.

All contestants take the same scored applicants and typed programs in memory, leave out what is
ineligible, rate the rest and keep the best for each applicant. The fused kernel is what the machine
could do at best; it, SQL and the plain cross join have the rules written out once more.
"""

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray
from tests.benchmarks.cohort import AS_OF, SEED, make_programs, make_strict_programs
from tests.benchmarks.costs import Cost, cost_of_command, cost_of_work, in_turns
from tests.benchmarks.our_pairs import BEST, ours, write_pairs
from tests.benchmarks.pairs import Scored, make_scored, scored
from tests.benchmarks.report import Table, ratio, seconds

from stepladder.match import match
from stepladder.match.program_fit import WELCOMING_SETTINGS
from stepladder.rulebook.tiers import by_tier

PROGRAMS = 150
AS_PLAIN_AS_FITS = 100_000
"""The plain cross join of more applicants would need more memory than most machines have."""

_OURS, _SCORED, _KERNEL, _SQL, _CROSS = "ours", "with scoring", "kernel", "SQL", "cross join"

Floats = NDArray[np.float64]


def pairing(sizes: list[tuple[int, int]]) -> Table:
    """Time the contestants at each size; `sizes` are (applicants, repetitions)."""
    offers = (make_programs(PROGRAMS, SEED), make_strict_programs(PROGRAMS, SEED))
    rows = [
        _row(make_scored(size, programs), size, repetitions)
        for programs in offers
        for size, repetitions in sizes
    ]
    return Table(
        "Pairing and the best by rate",
        f"{PROGRAMS} programs, the {BEST} best by invite rate of each applicant, frames in memory; "
        "then the same with programs that demand more, which shut most of the applicants out. "
        "The kernel: one fused loop in numba, compiled beforehand, on one thread; the machine's "
        "bound. SQL: DuckDB. The cross join: polars, every pair with a filter, streamed; up to "
        f"{AS_PLAIN_AS_FITS:,} applicants. Ratios are the peer's CPU time over ours, which of the "
        "kernel is below 1: how much of the bound we reach. MiB: the peak of ours alone, as a "
        "process that holds the columns it reads and the rates it finds. Limit: 600.",
        (
            "Applicants",
            "Eligible",
            "Ours, CPU s",
            "M pairs per CPU s",
            "with scoring",
            "MiB",
            "Kernel, CPU s",
            "**Ratio**",
            "DuckDB, CPU s",
            "**Ratio**",
            "Cross join, CPU s",
            "**Ratio**",
        ),
        rows,
    )


def _row(paired: Scored, size: int, repetitions: int) -> tuple[str, ...]:
    kernel, sql = Kernel(paired), Sql(paired)
    contestants: dict[str, Callable[[], Cost]] = {
        _OURS: lambda: cost_of_work(partial(_ours, paired)),
        _SCORED: lambda: cost_of_work(partial(_ours, paired, scoring=True)),
        _KERNEL: lambda: cost_of_work(kernel.best),
        _SQL: lambda: cost_of_work(sql.best),
    }
    if size <= AS_PLAIN_AS_FITS:
        contestants[_CROSS] = lambda: cost_of_work(partial(by_cross_join, paired))
    _same_lists(paired, kernel, sql)
    found = in_turns(contestants, repetitions)
    pairs = paired.applicants.height * PROGRAMS
    cost = found[_OURS].cpu

    def peer(name: str) -> tuple[str, str]:
        if name not in found:
            return "—", "—"
        return seconds(found[name].cpu), ratio(found[name].cpu, cost)

    return (
        f"{size:,}",
        f"{100 * kernel.eligible / pairs:.0f}%",
        seconds(cost),
        f"{pairs / cost / 1e6:.0f}",
        f"{pairs / found[_SCORED].cpu / 1e6:.0f}",
        f"{_peak_mib(paired):,.0f}",
        *peer(_KERNEL),
        *peer(_SQL),
        *peer(_CROSS),
    )


def _ours(paired: Scored, *, scoring: bool = False) -> Floats:
    people = scored(paired.typed, paired.policy) if scoring else paired.applicants
    return ours(people, paired.programs, paired.policy)


def _peak_mib(paired: Scored) -> float:
    with tempfile.TemporaryDirectory() as folder:
        write_pairs(paired.applicants, paired.programs, Path(folder))
        command = [sys.executable, "-m", "tests.benchmarks.our_pairs", folder]
        return cost_of_command(command).peak_mib


def by_cross_join(paired: Scored) -> pl.DataFrame:
    """Every pair in a row, the ineligible filtered out, sorted and cut for each applicant."""
    pairs = match(paired.applicants, paired.programs, paired.policy, AS_OF)
    return (
        pairs.lazy()
        .filter(pl.col("fails") == 0)
        .sort("row", "invite_rate", "program_id", descending=[False, True, False])
        .group_by("row", maintain_order=True)
        .head(BEST)
        .select("row", "program_id", "invite_rate")
        .collect(engine="streaming")
    )


class Sql:
    """The same as one statement, on tables that DuckDB holds beforehand."""

    def __init__(self, paired: Scored) -> None:
        self.policy = paired.policy
        people = paired.applicants.select(
            "row",
            "img_status",
            "visa_needed",
            "ecfmg_certified",
            "step1_score",
            "step1_is_failed",
            "step2_ck_score",
            "step1_attempts",
            "step2_ck_attempts",
            "years_since_graduation",
            "usce_months",
            "letters_us_physiatrist",
            "prior_gme_months",
            "tier_score",
            "pmr_fit",
            "is_low_score",
            "rotated_program_ids",
            "preferred_states",
            base=by_tier(self.policy, "invite_rate"),
            university=by_tier(self.policy, "university_points"),
            lift=pl.col("is_step3_strong") & pl.col("is_low_for_lift"),
        )
        self.database = duckdb.connect()
        with tempfile.TemporaryDirectory() as folder:
            for name, frame in (("a", people), ("p", paired.programs)):
                path = Path(folder) / f"{name}.parquet"
                frame.write_parquet(path)
                self.database.execute(f"CREATE TABLE {name} AS FROM read_parquet('{path}')")

    def best(self) -> Floats:
        """The rates of each applicant's best programs, one after another."""
        rate, points = self.policy.invite_rate, self.policy.program_fit
        found = self.database.execute(
            f"""
            WITH paired AS (
              SELECT a.row, p.program_id, a.base,
                a.lift AND coalesce(p.setting IN {WELCOMING_SETTINGS}, false) AS lifted,
                coalesce({points.img_record} * least(
                  CASE WHEN a.img_status = 'Non-US IMG' THEN p.non_us_img_pct
                       WHEN p.us_img_pct IS NOT NULL OR p.non_us_img_pct IS NOT NULL
                       THEN coalesce(p.us_img_pct, 0) + coalesce(p.non_us_img_pct, 0) END
                  / {points.img_record_full_pct}, 1.0)
                  -- least passes over NULL, so a share that is not on file is put back.
                  + 0 * CASE WHEN a.img_status = 'Non-US IMG' THEN p.non_us_img_pct
                       ELSE coalesce(p.us_img_pct, p.non_us_img_pct) END,
                  {points.img_record * points.unknown_share})
                + coalesce({points.score_floor} * (a.tier_score >= p.min_step2_ck)::DOUBLE,
                    {points.score_floor * points.unknown_share})
                + coalesce({points.score_typical} * least(greatest(
                    (a.tier_score - p.typical_step2_ck)::DOUBLE / {points.score_typical_span} + 1,
                    0), 1) + 0 * p.typical_step2_ck,
                    {points.score_typical * points.unknown_share})
                + {points.pmr_fit} * a.pmr_fit / 100
                + coalesce({points.rotated}
                    * list_contains(a.rotated_program_ids, p.program_id)::DOUBLE,
                    {points.rotated * points.unknown_share})
                + CASE WHEN p.setting IN {WELCOMING_SETTINGS} THEN {points.setting}
                       WHEN p.setting = 'University' THEN a.university
                       WHEN p.setting IS NOT NULL THEN {points.other_setting}
                       ELSE {points.setting * points.unknown_share} END
                + {points.holistic} * CASE WHEN a.is_low_score
                    THEN coalesce((p.holistic_review = 'Yes')::DOUBLE, {points.unknown_share})
                    ELSE 1 END
                + CASE WHEN p.state IS NULL THEN {points.preferred_state * points.unknown_share}
                    ELSE coalesce({points.preferred_state}
                      * list_contains(a.preferred_states, p.state)::DOUBLE,
                      {points.preferred_state * points.unknown_share}) END AS fit
              FROM a, p WHERE NOT (
                coalesce(p.considers_img = 'No', false)
                OR coalesce(a.step1_score < p.min_step1, false)
                OR (p.min_step1 IS NOT NULL AND a.step1_is_failed)
                OR coalesce(a.step2_ck_score < p.min_step2_ck, false)
                OR coalesce(a.step1_attempts > p.max_step1_attempts, false)
                OR coalesce(a.step2_ck_attempts > p.max_step2_ck_attempts, false)
                OR coalesce(a.years_since_graduation > p.max_years_since_graduation, false)
                OR (coalesce(a.visa_needed IN ('J-1', 'J-1 or H-1B', 'H-1B'), false)
                  AND NOT (a.visa_needed IN ('J-1', 'J-1 or H-1B')
                    AND coalesce(p.j1_visa != 'No', true))
                  AND NOT (a.visa_needed IN ('H-1B', 'J-1 or H-1B')
                    AND coalesce(p.h1b_visa != 'No', true)))
                OR coalesce(p.ecfmg_required_to_apply = 'Yes' AND a.ecfmg_certified = 'No', false)
                OR coalesce(a.usce_months < p.min_usce_months, false)
                OR coalesce(a.letters_us_physiatrist < p.min_pmr_letters, false)
                OR coalesce(p.track = 'Physician-only' AND a.prior_gme_months = 0, false)))
            SELECT row, program_id, rate FROM (
              SELECT row, program_id, 1 / (1 + exp(-(ln(base / (1 - base))
                + {rate.fit_slope} * (fit - {rate.fit_center}) / 10
                + {rate.step3_lift} * lifted::DOUBLE))) AS rate FROM paired)
            QUALIFY row_number() OVER (PARTITION BY row ORDER BY rate DESC, program_id) <= {BEST}
            """
        ).fetchnumpy()
        return np.asarray(found["rate"])


class Kernel:
    """The same as one loop over all pairs, on numbers prepared beforehand."""

    def __init__(self, paired: Scored) -> None:
        policy, people, offered = paired.policy, paired.applicants, paired.programs
        points, rate = policy.program_fit, policy.invite_rate
        states = {name: at for at, name in enumerate(offered["state"].drop_nulls().unique())}
        places = {name: at for at, name in enumerate(offered["program_id"])}
        self.people = np.column_stack(
            [
                _numbers(people, name)
                for name in (
                    "step1_score",
                    "step2_ck_score",
                    "step1_attempts",
                    "step2_ck_attempts",
                    "years_since_graduation",
                    "usce_months",
                    "letters_us_physiatrist",
                    "prior_gme_months",
                    "tier_score",
                    "pmr_fit",
                )
            ]
            + [
                _held(people, pl.col("step1_is_failed")),
                _held(people, pl.col("img_status") == "Non-US IMG"),
                _held(people, pl.col("visa_needed").is_in(["J-1", "J-1 or H-1B"])),
                _held(people, pl.col("visa_needed").is_in(["H-1B", "J-1 or H-1B"])),
                _held(people, pl.col("ecfmg_certified") == "No"),
                _held(people, pl.col("is_low_score")),
                _held(people, pl.col("is_step3_strong") & pl.col("is_low_for_lift")),
                people.select(by_tier(policy, "invite_rate")).to_series().to_numpy(),
                people.select(by_tier(policy, "university_points")).to_series().to_numpy(),
                _held(people, pl.col("rotated_program_ids").is_null()),
                _held(people, pl.col("preferred_states").is_null()),
            ]
        )
        self.rotated = _masks(people["rotated_program_ids"], places)
        self.preferred = _masks(people["preferred_states"], states)
        welcomes = pl.col("setting").is_in(WELCOMING_SETTINGS)
        self.programs = np.column_stack(
            [
                _numbers(offered, name)
                for name in (
                    "min_step1",
                    "min_step2_ck",
                    "max_step1_attempts",
                    "max_step2_ck_attempts",
                    "max_years_since_graduation",
                    "min_usce_months",
                    "min_pmr_letters",
                    "typical_step2_ck",
                    "us_img_pct",
                    "non_us_img_pct",
                )
            ]
            + [
                _held(offered, pl.col("considers_img") == "No"),
                _held(offered, pl.col("j1_visa") == "No"),
                _held(offered, pl.col("h1b_visa") == "No"),
                _held(offered, pl.col("ecfmg_required_to_apply") == "Yes"),
                _held(offered, pl.col("track") == "Physician-only"),
                _held(offered, welcomes),
                _held(offered, pl.col("setting") == "University"),
                _held(offered, pl.col("setting").is_null()),
                offered.select(
                    (pl.col("holistic_review") == "Yes")
                    .cast(pl.Float64)
                    .fill_null(points.unknown_share)
                )
                .to_series()
                .to_numpy(),
                np.array([states.get(name, -1) for name in offered["state"]], np.float64),
            ]
        )
        self.weights = np.array(
            [
                points.img_record,
                points.img_record_full_pct,
                points.score_floor,
                points.score_typical,
                points.score_typical_span,
                points.pmr_fit,
                points.rotated,
                points.setting,
                points.other_setting,
                points.holistic,
                points.preferred_state,
                points.unknown_share,
                rate.fit_slope,
                rate.fit_center,
                rate.step3_lift,
            ],
            np.float64,
        )
        self.eligible = 0
        self.best()

    def best(self) -> Floats:
        """The rates of each applicant's best programs."""
        found, self.eligible = _fused(
            self.people, self.rotated, self.preferred, self.programs, self.weights, BEST
        )
        return np.asarray(found)


def _numbers(frame: pl.DataFrame, name: str) -> Floats:
    return frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _held(frame: pl.DataFrame, holds: pl.Expr) -> Floats:
    return frame.select(holds.fill_null(value=False).cast(pl.Float64)).to_series().to_numpy()


def _masks(lists: pl.Series, places: dict[str, int]) -> NDArray[np.uint64]:
    """Which names each list holds, as bits of a few words."""
    masks = np.zeros((len(lists), max(places.values()) // 64 + 1), np.uint64)
    named = pl.DataFrame({"name": lists}).with_row_index("who").explode("name").drop_nulls()
    for who, name in named.iter_rows():
        if name in places:
            masks[who, places[name] // 64] |= np.uint64(1 << places[name] % 64)
    return masks


@numba.njit(cache=False)
def _fused(people, rotated, preferred, programs, weights, most):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, C901, PLR0912 - one loop on purpose
    (record, full, floor, typical, span, fit, been, setting, other, holistic, state, unknown) = (
        weights[:12]
    )
    slope, center, lift = weights[12:]
    best = np.zeros((people.shape[0], most))
    eligible = 0
    for who in range(people.shape[0]):
        a, kept = people[who], best[who]
        for place in range(programs.shape[0]):
            p = programs[place]
            if p[10] or a[0] < p[0] or (a[10] and p[0] == p[0]) or a[1] < p[1] or a[2] > p[2]:
                continue
            if a[3] > p[3] or a[4] > p[4] or a[5] < p[5] or a[6] < p[6] or (p[14] and a[7] == 0):
                continue
            if p[13] and a[14]:
                continue
            if (a[12] or a[13]) and not (a[12] and not p[11]) and not (a[13] and not p[12]):
                continue
            eligible += 1
            if a[11]:
                share = p[9]
            elif p[8] == p[8]:
                share = p[8] + (p[9] if p[9] == p[9] else 0.0)
            else:
                share = p[9]
            total = record * min(share / full, 1.0) if share == share else record * unknown
            total += floor * (a[8] >= p[1]) if p[1] == p[1] else floor * unknown
            above = (a[8] - p[7]) / span + 1
            total += typical * min(max(above, 0.0), 1.0) if above == above else typical * unknown
            total += fit * a[9] / 100
            is_there = rotated[who, place // 64] >> np.uint64(place % 64) & np.uint64(1)
            total += been * unknown if a[19] else been * is_there
            if p[15]:
                total += setting
            elif p[16]:
                total += a[18]
            else:
                total += setting * unknown if p[17] else other
            total += holistic * p[18] if a[15] else holistic
            if a[20] or p[19] < 0:
                total += state * unknown
            else:
                at = int(p[19])
                is_wanted = preferred[who, at // 64] >> np.uint64(at % 64) & np.uint64(1)
                total += state * is_wanted
            odds = np.log(a[17] / (1 - a[17])) + slope * (total - center) / 10
            odds += lift * (a[16] and p[15])
            rate = 1 / (1 + np.exp(-odds))
            if rate > kept[most - 1]:
                at = most - 1
                while at and kept[at - 1] < rate:
                    kept[at] = kept[at - 1]
                    at -= 1
                kept[at] = rate
    return best, eligible


def _same_lists(paired: Scored, kernel: Kernel, sql: Sql) -> None:
    """Refuse to compare times of answers that differ."""
    expected = _ours(paired).sum()
    answers = {_KERNEL: kernel.best().sum(), _SQL: sql.best().sum()}
    if paired.applicants.height <= AS_PLAIN_AS_FITS:
        answers[_CROSS] = by_cross_join(paired)["invite_rate"].sum()
    for name, answer in answers.items():
        if abs(answer - expected) > 1e-4 * expected:
            raise RuntimeError(f"{name} gives other rates: {answer} for {expected}")
