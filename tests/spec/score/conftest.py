"""A table of applicants in; what scoring gives, compared with what the table expects, out."""

from collections.abc import Callable
from datetime import date

import pytest
from tests.spec.tables import Row, read, typed

from stepladder import shipped
from stepladder.rulebook import load_rulebook
from stepladder.score import score
from stepladder.validate import load_schema

SCHEMA = load_schema(shipped.schemas() / "applicants.toml")
POLICY = load_rulebook().policy


@pytest.fixture
def spec() -> Callable[..., None]:
    """Score a pipe table of applicants and compare the columns right of `||`.

    Left of `||` stand inputs by schema name, first the id as `applicant`; columns that are not
    named are blank. Right of it stand expected outputs: nothing means null or an empty text, yes
    and no a boolean; a decimal number is compared to as many decimals as are written. `season` is
    the season asked for, `assumed` that of rows without their own.
    """
    return check


def check(
    table: str, *, as_of: str = "2026-09-01", season: int | None = None, assumed: int = 2027
) -> None:
    """Fail with every cell that differs, by applicant and column."""
    inputs, outputs = read(table)
    scored = score(
        typed([renamed(row) for row in inputs], SCHEMA),
        POLICY,
        as_of=date.fromisoformat(as_of),
        chosen_season=season,
        assumed_season=assumed,
    )
    wrong = [
        f"  {given['applicant']}: {column} is to be {wanted or 'blank'!s}, "
        f"and is {shown(found[column]) or 'blank'!s}"
        for given, expected, found in zip(inputs, outputs, scored.to_dicts(), strict=True)
        for column, wanted in expected.items()
        if shown(found[column], like=wanted) != wanted
    ]
    if wrong:
        pytest.fail("\n".join([table.rstrip(), "", *wrong]), pytrace=False)


def renamed(row: Row) -> Row:
    """The row with its id under the schema's name."""
    return {"applicant_id" if name == "applicant" else name: cell for name, cell in row.items()}


def shown(found: object, *, like: str = "") -> str:
    """A value as the table writes it."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, float) and "." in like:
        return f"{found:.{len(like.partition('.')[2])}f}"
    return "" if found is None else str(found)
