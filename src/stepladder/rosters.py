"""An office's workbook in; its own lists of applicants and of programs out, known by headers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from stepladder.books.outline import ExcelTable, Outline, Tab
from stepladder.books.placed_table import Area
from stepladder.books.stored_list import StoredList, header_of, header_rows, stored_list
from stepladder.books.stored_table import TextReader, stored_table
from stepladder.books.table import TextTable
from stepladder.books.workbook import StoredTable
from stepladder.errors import InputError
from stepladder.office_book import filled_rows
from stepladder.validate import TableSchema, is_roster, map_headers, recognise


@dataclass(frozen=True)
class Roster:
    """A list of the office's that holds our applicants or programs.

    text   its rows, without those in which nobody entered anything
    sheet  its title
    area   from the header row to the last row
    table  the Excel table that it is already, or None
    """

    schema: TableSchema
    text: TextTable
    sheet: str
    area: Area
    table: ExcelTable | None

    @property
    def name(self) -> str:
        """What the Excel table is, or will be, called."""
        return self.table.display_name if self.table else self.schema.title

    def line(self) -> str:
        """What a person is told of it."""
        rows = len(self.text.sheet_rows)
        counted = f"{rows:,} {'row' if rows == 1 else 'rows'}"
        verb = "is" if rows == 1 else "are"
        return f"{self.schema.title}: the {counted} of {self.sheet}!{self.area.ref} {verb} taken."


@dataclass(frozen=True)
class _Candidate:
    """Where a list may stand, by its headers alone."""

    tab: Tab
    header: Area
    headers: Sequence[str]
    table: ExcelTable | None


class _Read(NamedTuple):
    """A list that was read, and what makes it likelier than another."""

    rank: tuple[bool, int]
    roster: Roster


def rosters(book: Outline, schemas: tuple[TableSchema, TableSchema]) -> Iterator[Roster]:
    """The lists of the two schemas that the workbook has, at most one of each.

    A list has the schema's ids, columns that only such a list has, and more of the schema's titles
    than of the other's. One that is called like the schema goes first, then what names most.

    Raises InputError where two are as good, or two headers of a list mean one column.
    """
    tops = list(_tops(book))
    for schema, other in (schemas, schemas[::-1]):
        count, of_other = recognise(schema), recognise(other)
        found = [
            ((_is_called_so(one, schema), count(one.headers)), one)
            for one in _candidates(book, tops, count)
            if is_roster(schema, one.headers) and count(one.headers) > of_other(one.headers)
        ]
        read = [_Read(rank, roster) for rank, one in found if (roster := _read(book, one, schema))]
        if not read:
            continue
        best, *rest = sorted(read, key=lambda one: one.rank, reverse=True)
        if rest and rest[0].rank == best.rank:
            raise InputError(_two_alike(book.package.source, best.roster, rest[0].roster))
        # Raises where two headers mean one column.
        map_headers(best.roster.text, schema, {})
        yield best.roster


_Rows: TypeAlias = dict[int, dict[int, str]]


def _tops(book: Outline) -> Iterator[tuple[Tab, _Rows]]:
    """Each worksheet with the texts of its first rows."""
    reader = TextReader(book)
    for tab in book.sheets:
        if tab.kind == "worksheet" and tab.part in book.package:
            # A sheet that cannot be read safely is left alone, with all that is on it.
            with suppress(InputError):
                yield tab, header_rows(book, tab, reader)


def _candidates(
    book: Outline, tops: Sequence[tuple[Tab, _Rows]], count: Callable[[Sequence[str]], int]
) -> Iterator[_Candidate]:
    for tab, rows in tops:
        tables = [table for table in book.tables if table.sheet_part == tab.part]
        for table in tables:
            if table.header_rows:
                yield _Candidate(tab, table.area, table.columns, table)
        header = header_of(rows, count)
        if header and not any(table.area.meets(header) for table in tables):
            columns = range(header.first_column, header.last_column + 1)
            titles = [rows[header.first_row].get(column, "") for column in columns]
            yield _Candidate(tab, header, titles, None)


def _is_called_so(one: _Candidate, schema: TableSchema) -> bool:
    """Whether it has the schema's title, or its sheet has and it is to get it."""
    name = one.table.display_name if one.table else one.tab.name
    return name.casefold() == schema.title.casefold()


def _read(book: Outline, one: _Candidate, schema: TableSchema) -> Roster | None:
    listed: StoredList | None
    if one.table:
        listed = StoredList(one.table.area, stored_table(book, one.table))
    else:
        listed = stored_list(book, one.tab, one.header)
    if listed is None:
        return None
    text = _entered(listed.read, schema)
    if text.sheet_rows.is_empty():
        return None
    return Roster(schema, text, one.tab.name, listed.area, one.table)


def _entered(read: StoredTable, schema: TableSchema) -> TextTable:
    """The rows in which anybody entered anything, as refresh reads them."""
    named = recognise(schema)
    known = {at for at, header in enumerate(read.text.headers) if named([header])}
    kept = filled_rows(read, known, set())
    return replace(
        read.text,
        cells=read.text.cells.filter(kept),
        sheet_rows=read.text.sheet_rows.filter(kept),
        overlong=read.text.overlong.filter(kept),
    )


def _two_alike(source: str, one: Roster, other: Roster) -> str:
    title = one.schema.title
    return (
        f"{source} has more than one list of {one.schema.name}: {one.sheet}!{one.area.ref} and "
        f"{other.sheet}!{other.area.ref}; call the one to take {title}, its table (Table Design, "
        "Table Name) or, where it is none, its sheet, and run again."
    )
