"""The headers of a table in; which of its columns is which column of the schema out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from stepladder.books.table import TextTable, column_letters
from stepladder.errors import InputError
from stepladder.validate.cells import is_whole_number
from stepladder.validate.schema import Column, Split, TableSchema
from stepladder.validate.spelling import header_key

OURS = "ours, recomputed"
OWN = "your own column"
WHERE_FROM = "where a row with too many cells came from"
SURPLUS = "Surplus cells"
"""A column of a workbook that we made: which line of a file had more cells than headers."""

_TELLING = 2
_NOT_TELLING = frozenset({"id", "text", "list"})
_MANY = 20

LISTING = pl.Schema(
    {"header": pl.String(), "cell": pl.String(), "read_as": pl.String(), "column": pl.String()}
)
"""One row per header: as written, where it stands, what it is read as, and the schema's name."""


@dataclass(frozen=True)
class HeaderMap:
    """Where each column of a schema stands in a table; positions count from 0 within the table."""

    columns: Mapping[str, int]
    splits: Mapping[int, Split]
    own: Mapping[str, int]
    listing: pl.DataFrame

    @property
    def surplus(self) -> int | None:
        """Where the column SURPLUS stands, if the table has it."""
        return self.own.get(SURPLUS)

    def shifted(self, table: TextTable) -> pl.Series:
        """Whether each row has, or had in its file, more cells than there are headers."""
        if self.surplus is None:
            return table.overlong
        return table.overlong | table.cells[str(self.surplus)].is_not_null()

    def texts(self, table: TextTable) -> dict[str, pl.Series]:
        """The cells of each schema column that is there, as written, in the table's order."""
        cells = table.cells.select(self._text(name).alias(name) for name in self.columns)
        return {name: cells[name] for name in self.columns}

    def own_columns(self, table: TextTable) -> pl.DataFrame:
        """The office's own columns as text, each under its header."""
        return table.cells.select(pl.col(str(at)).alias(header) for header, at in self.own.items())

    def text(self, name: str, table: TextTable) -> pl.Series:
        """The cells of one schema column that is there."""
        return table.cells.select(self._text(name).alias(name)).to_series()

    def _text(self, name: str) -> pl.Expr:
        at = self.columns[name]
        cell = pl.col(str(at))
        if at in self.splits:
            is_score = is_whole_number(cell)
            cell = pl.when(is_score if name == self.splits[at].into[1] else ~is_score).then(cell)
        return cell


def named_columns(schema: TableSchema) -> Callable[[Sequence[str]], set[str]]:
    """A finder of the columns of the schema, and its splits, that a row of header cells names."""
    known = {key: owner.name for key, owner in _owners(schema)}

    def named(headers: Sequence[str]) -> set[str]:
        return {known[key] for key in map(header_key, headers) if key in known}

    return named


def came_from(table: TextTable) -> pl.Series | None:
    """The file and line of each row with more cells than headers; None where there is none."""
    if not table.overlong.any():
        return None
    place = pl.format("{}, line {}", pl.lit(table.source), pl.lit(table.sheet_rows))
    return pl.select(pl.when(table.overlong).then(place)).to_series()


def recognise(schema: TableSchema) -> Callable[[Sequence[str]], int]:
    """A counter of how many columns of the schema a row of header cells names."""
    named = named_columns(schema)

    def count(headers: Sequence[str]) -> int:
        return len(named(headers))

    return count


def is_roster(schema: TableSchema, headers: Sequence[str]) -> bool:
    """Whether a row of header cells is that of a list of the schema's: ids, and what tells it.

    What tells it is a column that hardly another list has, such as a score: neither text nor a
    choice among many, such as a state.
    """
    named = named_columns(schema)(headers)
    telling = [
        name
        for name in named
        if name not in schema.by_name
        or (
            schema.by_name[name].type not in _NOT_TELLING
            and len(schema.by_name[name].allowed) < _MANY
        )
    ]
    return schema.key in named and len(telling) >= _TELLING


def map_headers(
    table: TextTable,
    schema: TableSchema,
    computed: Mapping[str, str],
    blank: frozenset[int] | None = None,
) -> HeaderMap:
    """Find each column of the schema by name, title or alias; `computed` are ours, name → title.

    `blank` are the columns without a header that hold nothing, where `table` is a part of one.

    Raises InputError, with both headers and their cells, where two of them mean one column.
    """
    owners = dict(_owners(schema))
    ours = {header_key(name) for pair in computed.items() for name in pair}
    claims: dict[str, int] = {}
    mixed: dict[int, Split] = {}
    for at, header in enumerate(table.headers):
        owner = owners.get(header_key(header))
        if isinstance(owner, Column):
            _claim(claims, owner, at, table)
        elif owner is not None:
            mixed[at] = owner
    splits = {at: split for at, split in mixed.items() if not set(split.into) & set(claims)}
    for at, split in mixed.items():
        free = [name for name in split.into if name not in claims]
        for name in free or split.into:
            _claim(claims, schema.by_name[name], at, table)
    if blank is None:
        blank = frozenset(at for at in nameless(table) if table.cells[str(at)].is_null().all())
    own = _own_headers(table, schema, {*claims.values()}, ours, blank)
    order = list(schema.by_name)
    columns = dict(sorted(claims.items(), key=lambda claim: (claim[1], order.index(claim[0]))))
    return HeaderMap(columns, splits, own, _listing(table, schema, columns, own, ours))


def _owners(schema: TableSchema) -> Iterator[tuple[str, Column | Split]]:
    for column in schema.columns:
        for header in (column.name, column.title, *column.aliases):
            yield header_key(header), column
    for split in schema.splits:
        for header in (split.title, *split.aliases):
            yield header_key(header), split


def _claim(claims: dict[str, int], column: Column, at: int, table: TextTable) -> None:
    first = claims.setdefault(column.name, at)
    if first != at:
        both = " and ".join(
            f"“{table.headers[i]}” ({table.address(i, table.header_row)})" for i in (first, at)
        )
        message = (
            f"{table.source}: the headers {both} both mean {column.title}. "
            "Rename or delete one of the two columns."
        )
        raise InputError(message)


def nameless(table: TextTable) -> list[int]:
    """The positions without a header."""
    return [at for at, header in enumerate(table.headers) if not header]


def _own_headers(
    table: TextTable, schema: TableSchema, read: set[int], ours: set[str], blank: frozenset[int]
) -> dict[str, int]:
    own: dict[str, int] = {}
    for at, header in enumerate(table.headers):
        if at in read or header_key(header) in ours or at in blank:
            continue
        wanted = header or f"Column {column_letters(table.first_column + at)}"
        name, times = wanted, 1
        while name in own or name in schema.by_name:
            times += 1
            name = f"{wanted} ({times})"
        own[name] = at
    return own


def _listing(
    table: TextTable,
    schema: TableSchema,
    columns: Mapping[str, int],
    own: Mapping[str, int],
    ours: set[str],
) -> pl.DataFrame:
    rows = []
    own_positions = set(own.values())
    for at, header in enumerate(table.headers):
        names = [name for name, position in columns.items() if position == at]
        if names:
            read_as = " and ".join(schema.by_name[name].title for name in names)
        elif at in own_positions:
            read_as = WHERE_FROM if header == SURPLUS else OWN
        elif header_key(header) in ours:
            read_as = OURS
        else:
            continue
        rows.append(
            (header, table.address(at, table.header_row), read_as, "; ".join(names) or None)
        )
    return pl.DataFrame(rows, schema=LISTING, orient="row")
