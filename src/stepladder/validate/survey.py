"""The parts of a table in; what every part must know of all the others out.

Three things in one row depend on the rows of the whole table: whether its id stands in another row,
in which order its dates have day and month, and whose names no finding may quote.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from stepladder.books.table import TextTable
from stepladder.validate.cells import date_proofs, read_column
from stepladder.validate.dates import Proofs
from stepladder.validate.findings import comparable
from stepladder.validate.headers import map_headers, nameless
from stepladder.validate.judge import doubled_values
from stepladder.validate.place import column_place
from stepladder.validate.schema import TableSchema


@dataclass(frozen=True)
class Survey:
    """What decides in a row and is known of the whole table only.

    rows      how many there are, blank ones included
    doubled   the values that stand in more than one row, by column
    people    every name, as `comparable`
    proofs    of the order of day and month, by column
    blank     the columns without a header that hold nothing
    """

    rows: int
    doubled: Mapping[str, pl.Series]
    people: pl.Series
    proofs: Mapping[str, Proofs]
    blank: frozenset[int]


def columns_surveyed(head: TextTable, schema: TableSchema) -> list[int]:
    """The positions of the columns that a survey reads.

    Raises InputError where two headers mean one column.
    """
    headers = map_headers(head, schema, {}, frozenset())
    named = {headers.columns[name] for name in _surveyed(schema) if name in headers.columns}
    return sorted(named | set(nameless(head)))


def surveyed(parts: Iterable[TextTable], head: TextTable, schema: TableSchema) -> Survey:
    """Survey parts, in order, that hold the columns at `columns_surveyed`."""
    headers = map_headers(head, schema, {}, frozenset())
    unique: defaultdict[str, list[pl.Series]] = defaultdict(list)
    people = [pl.Series([], dtype=pl.String)]
    proofs: dict[str, Proofs] = {}
    blank = set(nameless(head))
    rows = 0
    for part in parts:
        rows += part.cells.height
        blank -= {at for at in blank if part.cells[str(at)].is_not_null().any()}
        for name in [name for name in _surveyed(schema) if name in headers.columns]:
            column, texts = schema.by_name[name], headers.text(name, part)
            place = column_place(part, headers.columns[name])
            if column.type == "date":
                proofs[name] = proofs.get(name, Proofs()).before(date_proofs(column, texts, place))
                continue
            values = read_column(column, texts, place).values.drop_nulls()
            if column.unique:
                unique[name].append(values)
            if name == schema.person:
                people.append(comparable(values))
    return Survey(
        rows=rows,
        doubled={name: doubled_values(pl.concat(values)) for name, values in unique.items()},
        people=pl.concat(people).unique(),
        proofs=proofs,
        blank=frozenset(blank),
    )


def _surveyed(schema: TableSchema) -> list[str]:
    return [
        column.name
        for column in schema.columns
        if column.unique or column.type == "date" or column.name == schema.person
    ]
