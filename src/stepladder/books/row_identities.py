"""A table at two moments in; which row is which, and whether anything was typed, out."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from stepladder.books.open_workbook import CellValue, OpenBook
from stepladder.books.placed_table import PlacedTable
from stepladder.books.table import title_key


def has_changed(
    book: OpenBook, now: OpenBook, tables: Iterable[tuple[PlacedTable, Iterable[str]]]
) -> bool:
    """Whether anybody typed in these tables, or moved their rows, since the book read them.

    `now` is the same workbook, read anew. With each table the titles of our own columns there.
    """
    for old, computed in tables:
        ours = {*map(title_key, computed)}
        new = now.table(old.display_name)
        titles = [
            [title for title in map(title_key, table.columns) if title not in ours]
            for table in (old, new)
        ]
        if titles[0] != titles[1]:
            return True
        before, after = (
            _entered_cells(state.values(table), table, ours)
            for state, table in ((book, old), (now, new))
        )
        if before != after or old.area.first_row != new.area.first_row:
            return True
    return False


def moved_rows(
    before: Sequence[Sequence[CellValue]],
    old: PlacedTable,
    after: Sequence[Sequence[CellValue]],
    new: PlacedTable,
    key: str | None,
    ours: AbstractSet[str],
) -> dict[int, int]:
    """Where each row of a table stands now, by the row where it stood; gone ones are left out.

    A row is known by its id where no other has it, else by all that people typed in it.
    """
    where = [
        _identities(values, table, key, ours) for values, table in ((before, old), (after, new))
    ]
    if where[0] == where[1]:
        shift = new.first_row - old.first_row
        return {old.first_row + n: old.first_row + n + shift for n in range(len(before))}
    stands = {identity: new.first_row + n for n, identity in enumerate(where[1])}
    return {
        old.first_row + n: stands[identity]
        for n, identity in enumerate(where[0])
        if identity in stands
    }


def _identities(
    values: Sequence[Sequence[CellValue]],
    table: PlacedTable,
    key: str | None,
    ours: AbstractSet[str],
) -> list[tuple[object, ...]]:
    at = None if key is None else key_position(table, key)
    ids = [id_of(row[at]) if at is not None else None for row in values]
    counts: dict[object, int] = {}
    for one in ids:
        counts[one] = counts.get(one, 0) + 1
    seen: dict[tuple[object, ...], int] = {}
    identities = []
    for one, typed in zip(ids, _entered_cells(values, table, ours), strict=True):
        identity: tuple[object, ...] = ("id", one)
        if one is None or counts[one] > 1:
            seen[typed] = seen.get(typed, 0) + 1
            identity = ("row", *typed, seen[typed])
        identities.append(identity)
    return identities


def id_of(value: CellValue) -> str | None:
    """The id that a cell holds, as text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    return text or None


def _entered_cells(
    values: Sequence[Sequence[CellValue]], table: PlacedTable, ours: AbstractSet[str]
) -> list[tuple[object, ...]]:
    """What people typed, row by row."""
    at = [n for n, title in enumerate(table.columns) if title_key(title) not in ours]
    return [tuple(row[n] for n in at) for row in values]


def key_position(table: PlacedTable, title: str) -> int | None:
    """Where the column of ids stands in a table, from 0."""
    keys = [title_key(one) for one in table.columns]
    return keys.index(title_key(title)) if title_key(title) in keys else None
