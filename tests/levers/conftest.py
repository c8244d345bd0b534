"""The example cohort in; its results with levers out, once for all tests."""

from datetime import date
from functools import cache

import polars as pl
import pytest

from stepladder import Result, refresh, shipped
from stepladder.books import text_table
from stepladder.rulebook import Rulebook, load_rulebook

AS_OF = date(2026, 11, 23)
PROGRAMS = shipped.workbooks() / "example-programs-fictional.csv"


@cache
def programs() -> pl.DataFrame:
    """The example programs as text."""
    table = refresh.read_programs(PROGRAMS)
    return pl.DataFrame({name: table.cells[str(at)] for at, name in enumerate(table.headers)})


def engine(
    applicants: pl.DataFrame,
    offered: pl.DataFrame | None = None,
    *,
    as_of: date = AS_OF,
    rulebook: Rulebook | None = None,
    with_levers: bool = False,
    levers_up_to: int | None = None,
) -> Result:
    """A full run over these programs, or those of the example."""
    settings = refresh.Settings(
        rulebook or load_rulebook(),
        as_of,
        with_levers=with_levers,
        levers_up_to=levers_up_to,
    )
    return refresh.refresh(
        text_table(applicants, "applicants"),
        text_table(programs() if offered is None else offered, "programs"),
        settings,
    )


@pytest.fixture(scope="session")
def example() -> Result:
    """The example cohort and its levers."""
    cohort = refresh.read_applicants(shipped.workbooks() / "example-applicants-fictional.csv")
    settings = refresh.Settings(load_rulebook(), AS_OF, with_levers=True)
    return refresh.refresh(cohort, refresh.read_programs(PROGRAMS), settings)
