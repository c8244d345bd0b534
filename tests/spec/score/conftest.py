"""A table of applicants in; what scoring gives, compared with what the table expects, out."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

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
        typed(inputs),
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


def read(table: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Split a pipe table into inputs and expected outputs, a dict for each row."""
    lines = [line for line in table.splitlines() if line.strip()]
    left, right = zip(*(line.split("||") for line in lines), strict=True)
    halves = []
    for half in (left, right):
        names, *rows = ([cell.strip() for cell in part.split("|")] for part in half)
        halves.append([dict(zip(names, row, strict=True)) for row in rows])
    inputs, outputs = halves
    assert inputs, "the table has no applicant"
    return inputs, outputs


def typed(rows: list[dict[str, str]]) -> pl.DataFrame:
    """The typed frame that validation would give; a blank cell or an unnamed column is null."""
    columns = [{**row, "applicant_id": row["applicant"]} for row in rows]
    for row in columns:
        del row["applicant"]
        assert row.keys() <= SCHEMA.by_name.keys(), "a column is not in the schema"
    cells = [{name: value(name, row.get(name, "")) for name in SCHEMA.by_name} for row in columns]
    return pl.DataFrame(cells, schema=SCHEMA.dtypes).with_row_index("row")


def value(name: str, text: str) -> object:
    """A cell as the schema's type has it."""
    column = SCHEMA.by_name[name]
    if not text:
        return None
    if column.type == "integer":
        return int(text)
    if column.type == "date":
        return date.fromisoformat(text)
    if column.type == "yesno":
        return {"yes": "Yes", "no": "No"}[text]
    assert not column.allowed or text in column.allowed, f"{name} cannot be {text}"
    return text


def shown(found: object, *, like: str = "") -> str:
    """A value as the table writes it."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, float) and "." in like:
        return f"{found:.{len(like.partition('.')[2])}f}"
    return "" if found is None else str(found)
