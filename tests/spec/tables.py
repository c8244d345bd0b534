"""A pipe table in; its inputs, as validation types them, and what it expects, out."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from stepladder.validate import TableSchema

Row = Mapping[str, str]


def read(table: str) -> tuple[Sequence[Row], Sequence[Row]]:
    """Split a pipe table at `||` into inputs and expected outputs, a mapping for each row."""
    lines = [line for line in table.splitlines() if line.strip()]
    left, right = zip(*(line.split("||") for line in lines), strict=True)
    inputs, outputs = (
        [dict(zip(cells(half[0]), cells(row), strict=True)) for row in half[1:]]
        for half in (left, right)
    )
    assert inputs, "the table has no row"
    return inputs, outputs


def cells(line: str) -> list[str]:
    """The cells of a line, without the spaces around them."""
    return [cell.strip() for cell in line.split("|")]


def typed(rows: Sequence[Row], schema: TableSchema) -> pl.DataFrame:
    """The typed frame that validation would give; a blank cell or an unnamed column is null."""
    for row in rows:
        assert row.keys() <= schema.by_name.keys(), "a column is not in the schema"
    values = [
        {name: value(schema, name, row[name]) if row.get(name) else None for name in schema.by_name}
        for row in rows
    ]
    return pl.DataFrame(values, schema=schema.dtypes).with_row_index("row")


def value(schema: TableSchema, name: str, text: str) -> object:
    """A cell as the schema's type has it; yes and no may be written small."""
    column = schema.by_name[name]
    match column.type:
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "date":
            return date.fromisoformat(text)
        case "list":
            return text.split("; ")
        case "yesno":
            return {"yes": "Yes", "no": "No"}[text.lower()]
        case _:
            assert not column.allowed or text in column.allowed, f"{name} cannot be {text}"
            return text
