"""Text tables of applicants and programs in; their plan, compared with the table, out.

Cells that a table does not name are those of a plain applicant and a plain program, who fit each
other, leave nothing to ask and differ in nothing but their names; an empty cell is blank.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import stepladder
from stepladder import Result, refresh, shipped
from stepladder.rulebook import Policy, load_rulebook
from stepladder.validate import validate

Cells = Mapping[str, str | None]
Rows = list[dict[str, str | None]]

AS_OF = date(2026, 6, 1)

PLAIN_APPLICANT: Cells = {
    "img_status": "US IMG",
    "graduation_year": "2025",
    "visa_needed": "None",
    "ecfmg_certified": "Yes",
    "step1_result": "Pass",
    "step1_date": "2023-03-01",
    "step1_attempts": "1",
    "step2_ck_score": "245",
    "step2_ck_date": "2024-03-01",
    "step2_ck_attempts": "1",
    "step3_score": "225",
    "step3_date": "2025-10-01",
    "step3_attempts": "1",
    "usce_months": "6",
    "letters_total": "4",
    "letters_us_physiatrist": "2",
    "prelim_planned": "Yes",
}
PLAIN_PROGRAM: Cells = {
    "institution": None,
    "state": "NY",
    "setting": "Community",
    "track": "Categorical",
    "considers_img": "Yes",
    "us_img_pct": "10",
    "non_us_img_pct": "10",
    "min_step1": "180",
    "min_step2_ck": "190",
    "typical_step2_ck": "235",
    "max_step1_attempts": "4",
    "max_step2_ck_attempts": "4",
    "max_years_since_graduation": "20",
    "j1_visa": "Yes",
    "h1b_visa": "Yes",
    "step3_required": "No",
    "ecfmg_required_to_apply": "No",
    "min_usce_months": "0",
    "min_pmr_letters": "0",
    "holistic_review": "Yes",
    "takes_signals": "Yes",
    "verified_on": "2026-05-01",
}


def cells_of(line: str) -> list[str]:
    """The cells of one line of a text table."""
    return [cell.strip() for cell in line.split("|")]


def rows_of(table: str, key: str, plain: Cells) -> Rows:
    """The rows of a text table, whose first column is the key."""
    lines = [line for line in table.strip().splitlines() if line.strip()]
    headers = [key, *cells_of(lines[0])[1:]]
    return [
        {**plain, **{name: cell or None for name, cell in zip(headers, cells, strict=True)}}
        for cells in map(cells_of, lines[1:])
    ]


def plan_of(
    applicants: str | Rows,
    programs: str | Rows,
    *,
    as_of: date = AS_OF,
    season: int | None = None,
) -> Result:
    """Plan the applicants of a table over the programs of another."""
    people = (
        rows_of(applicants, "applicant_id", PLAIN_APPLICANT)
        if isinstance(applicants, str)
        else applicants
    )
    offered = (
        rows_of(programs, "program_id", PLAIN_PROGRAM) if isinstance(programs, str) else programs
    )
    named = [{"program_name": row["program_id"], **row} for row in offered]
    return stepladder.run(
        pl.DataFrame(people, infer_schema_length=None),
        pl.DataFrame(named, infer_schema_length=None),
        as_of=as_of,
        season=season,
    )


@pytest.fixture
def planned() -> Callable[..., Result]:
    """`planned(applicants, programs, as_of=…, season=…)`, each a text table or rows."""
    return plan_of


@pytest.fixture
def many_programs() -> Callable[..., Rows]:
    """`many_programs(count, setting=…, …)`: plain programs P001, P002, … with these cells."""

    def alike(count: int, **cells: str | None) -> Rows:
        return [
            {**PLAIN_PROGRAM, **cells, "program_id": f"P{number:03}"}
            for number in range(1, count + 1)
        ]

    return alike


@pytest.fixture
def spec() -> Callable[..., None]:
    """`spec(table, programs)`: applicants' cells go in left of `||`, results stand right of it."""

    def compare(table: str, programs: str | Rows) -> None:
        given, expected = halves(table)
        result = plan_of(given, programs)
        assert_shown(expected, result.applicants.rows_by_key("applicant_id", named=True))

    return compare


@pytest.fixture
def shortlist_spec() -> Callable[..., None]:
    """`shortlist_spec(table, …)`: programs' cells go in, the shortlist's come out.

    `applicant` has cells of the one applicant, `alike` cells of all programs. The column `listed`
    says yes where a program is on the shortlist; elsewhere its cells are blank.
    """

    def compare(
        table: str,
        *,
        applicant: Cells | None = None,
        alike: Cells | None = None,
        as_of: date = AS_OF,
    ) -> None:
        given, expected = halves(table)
        people = [{**PLAIN_APPLICANT, "applicant_id": "ann", **(applicant or {})}]
        offered = rows_of(given, "program_id", {**PLAIN_PROGRAM, **(alike or {})})
        listed = plan_of(people, offered, as_of=as_of).shortlist.with_columns(listed=pl.lit("yes"))
        assert_shown(expected, listed.rows_by_key("program_id", named=True))

    return compare


def halves(table: str) -> tuple[str, Rows]:
    """The table left of `||`, and the rows right of it, each with its `key`."""
    lines = [line for line in table.strip().splitlines() if line.strip()]
    given = "\n".join(line.split("||")[0] for line in lines)
    titles, *expected = (cells_of(line.split("||")[1]) for line in lines)
    keys = (cells_of(line)[0] for line in lines[1:])
    return given, [
        {"key": key, **dict(zip(titles, cells, strict=True))}
        for key, cells in zip(keys, expected, strict=True)
    ]


def assert_shown(expected: Rows, found: Mapping[object, list[dict[str, object]]]) -> None:
    """Each key has at most one row, whose cells read as expected; a null one is blank."""
    shown = []
    for row in expected:
        (result,) = found.get(row["key"], [{}])
        cells = {title: result.get(title) for title in row if title != "key"}
        texts = {title: "" if cell is None else str(cell) for title, cell in cells.items()}
        shown.append({"key": row["key"], **texts})
    assert shown == expected


@pytest.fixture(scope="session")
def example() -> Result:
    """The plan of the shipped example cohort."""
    return refresh.refresh(
        refresh.read_applicants(shipped.workbooks() / "example-applicants-fictional.csv"),
        refresh.read_programs(shipped.workbooks() / "example-programs-fictional.csv"),
        refresh.Settings(load_rulebook(), AS_OF, keep_pairs=True),
    )


@pytest.fixture(scope="session")
def staged() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Half of that cohort, scored, a third of it for season 2028; and its programs."""
    settings = refresh.Settings(load_rulebook(), AS_OF)
    typed = (
        validate(
            read(shipped.workbooks() / f"example-{name}-fictional.csv"),
            schema(),
            refresh.facts_of(settings),
        ).frame.filter(~pl.col("has_error"))
        for name, read, schema in (
            ("applicants", refresh.read_applicants, refresh.applicants_schema),
            ("programs", refresh.read_programs, refresh.programs_schema),
        )
    )
    people, offered = next(typed)[::2], next(typed).sort("program_id")
    later = pl.when(pl.int_range(pl.len()) % 3 == 0).then(2028).otherwise("season").alias("season")
    return refresh.scored_rows(people.with_columns(later), settings), offered


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The shipped rulebook's values."""
    return load_rulebook(None).policy


@pytest.fixture(scope="session")
def at_least() -> Callable[..., float]:
    """`at_least(target, rates, correlation)`: the chance of that many interviews.

    The one-factor model of design.md once more, by another road: the trapezoid rule over 801 values
    of the factor, exact normal quantiles, no table.
    """
    normal = NormalDist()
    factor = np.linspace(-8, 8, 801)
    weights = np.exp(-(factor**2) / 2)
    weights /= weights.sum()

    @cache
    def given(rate: float, correlation: float) -> NDArray[np.float64]:
        inner = (normal.inv_cdf(rate) - correlation**0.5 * factor) / (1 - correlation) ** 0.5
        return np.array([normal.cdf(value) for value in inner.tolist()])

    def chance(target: int, rates: list[float], correlation: float) -> float:
        fewer = np.zeros((target, len(factor)))
        fewer[0] = 1
        for rate in rates:
            invited = given(rate, correlation)
            fewer[1:] = fewer[1:] * (1 - invited) + fewer[:-1] * invited
            fewer[0] *= 1 - invited
        return 1 - float((fewer.sum(axis=0) * weights).sum())

    return chance
