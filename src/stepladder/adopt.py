"""An office's own workbook in; the same workbook with our sheets added, all else untouched, out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from stepladder.books import Sheet, TextTable, change
from stepladder.books.backups import FOLDER
from stepladder.books.changes import Changes
from stepladder.books.graft import graft
from stepladder.books.office_table import add_columns, add_table
from stepladder.books.outline import Area, ExcelTable, Outline, Tab, outline
from stepladder.books.package import Package
from stepladder.books.saved_workbook import read_workbook
from stepladder.books.sheets import result_tables
from stepladder.books.workbook_patch import ColumnEdit, patch
from stepladder.errors import InputError
from stepladder.new import example
from stepladder.refresh import (
    Progress,
    Settings,
    applicants_schema,
    computed_titles,
    contents,
    programs_schema,
    read_applicants,
    read_programs,
    refresh,
    unheard,
)
from stepladder.result import Result
from stepladder.template import SHEETS, Contents, shared_workbook, workbook_bytes
from stepladder.template.pages import PAGES
from stepladder.validate import TableSchema, empty, laid_out, map_headers, recognise
from stepladder.validate.spelling import header_key

_TELLING: Final = 2
"""Columns that no other list has, such as a score, by which a roster is known for one."""
_NOT_TELLING: Final = frozenset({"id", "text", "list"})
_MANY: Final = 20
"""Choices of a column that any list may have, such as a state."""
_NOT_SHARED: Final = frozenset({"curve", "pairs"})
_LONGEST_SHEET_TITLE: Final = 31
_MADE_BY: Final = "stepladder adopt"


@dataclass(frozen=True)
class Roster:
    """A list of the office's that holds our applicants or programs.

    sheet  its title; ref  from the header row to the last row
    table  the Excel table that it is already, or None
    """

    schema: TableSchema
    text: TextTable
    sheet: str
    ref: str
    table: ExcelTable | None

    @property
    def name(self) -> str:
        """What the Excel table is, or will be, called."""
        return self.table.display_name if self.table else self.schema.title

    def line(self) -> str:
        """What a person is told of it."""
        rows = len(self.text.sheet_rows)
        return f"{self.schema.title}: the {rows:,} rows of {self.sheet}!{self.ref} are taken."


@dataclass(frozen=True)
class Adopted:
    """What was added to the workbook, and from which lists of its own the results come."""

    result: Result
    rosters: tuple[Roster, ...]
    sheets: tuple[str, ...]
    backup: Path | None

    def lines(self) -> Iterator[str]:
        """What was taken and added, in words."""
        for roster in self.rosters:
            yield roster.line()
        yield f"Added the sheets {', '.join(self.sheets)}; all else is as it was."
        if self.backup:
            yield f"The state before is kept as {FOLDER}/{self.backup.name}."


def adopt_book(
    path: Path,
    settings: Settings,
    *,
    with_example: bool = False,
    force: bool = False,
    progress: Progress = unheard,
) -> Adopted:
    """Add our sheets to an office's workbook; a roster that it has is taken, and gains our columns.

    A list is recognised by its headers: ids, and columns that only a roster has. Without one, an
    empty sheet is added, or the fictional one. Only insertions are made: every other byte stays.

    Raises InputError for what is no workbook, cannot be taken safely, or has sheets of ours or
    others of those names; WorkbookBusyError and OutputError as `books.change` does.
    """
    done: list[Adopted] = []

    def transform(content: bytes) -> Callable[[BinaryIO], None]:
        adopted, joined, grown = _adopted(
            content, path.name, settings, progress, with_example=with_example
        )
        done[:] = [adopted]
        return lambda file: joined.save(grown, file)

    changed = change(path, transform, force=force)
    [adopted] = done
    return replace(adopted, backup=changed.backup if changed else None)


def _adopted(
    content: bytes, name: str, settings: Settings, progress: Progress, *, with_example: bool
) -> tuple[Adopted, Changes, Package]:
    """The package as far as the office's own lists have grown, and what joins it."""
    package = Package(content, name)
    book = outline(package)
    _refuse_ours(book)
    rosters = {} if with_example else {one.schema.name: one for one in _rosters(book, content)}
    result = refresh(*_tables(rosters, with_example=with_example), settings, progress)
    for roster in rosters.values():
        if roster.table is None:
            package = add_table(package, roster.sheet, roster.ref, roster.name).applied(package)
    shown = _shown(result, name, rosters, outline(package))
    donor = Package(workbook_bytes(shared_workbook(shown)), name)
    if "applicants" in rosters:
        package = _with_columns(package, donor, rosters["applicants"], shown)
    taken = {roster.name for roster in rosters.values()}
    added = [tab.name for tab in outline(donor).sheets if tab.name not in taken]
    adopted = Adopted(result, tuple(rosters.values()), tuple(added), None)
    return adopted, graft(package, donor, added), package


def _refuse_ours(book: Outline) -> None:
    there = {table.display_name.casefold() for table in book.tables}
    if {"shortlist", "log"} <= there:
        raise InputError(
            f"{book.package.source} has Stepladder's sheets already; run stepladder refresh "
            f"{book.package.source}."
        )


def _tables(rosters: Mapping[str, Roster], *, with_example: bool) -> tuple[TextTable, TextTable]:
    """Applicants and programs: the office's lists, the fictional ones, or empty ones."""
    paths = example()
    given = []
    for schema, path, read, computed in (
        (applicants_schema(), paths[0], read_applicants, computed_titles()),
        (programs_schema(), paths[1], read_programs, {}),
    ):
        if schema.name in rosters:
            given.append(rosters[schema.name].text)
        elif with_example:
            given.append(laid_out(read(path), schema, computed))
        else:
            given.append(empty(schema))
    applicants, programs = given
    return applicants, programs


def _rosters(book: Outline, content: bytes) -> Iterator[Roster]:
    """The office's lists of applicants and of programs, at most one of each."""
    found: dict[str, tuple[int, Roster]] = {}
    for tab in book.sheets:
        if tab.kind != "worksheet":
            continue
        for schema in (applicants_schema(), programs_schema()):
            roster = _roster(book, tab, content, schema)
            if roster is None:
                continue
            known = recognise(schema)(roster.text.headers)
            other = applicants_schema() if schema == programs_schema() else programs_schema()
            if known > max(
                recognise(other)(roster.text.headers), found.get(schema.name, (0, None))[0]
            ):
                found[schema.name] = known, roster
    for _, roster in found.values():
        _refuse_name(book, roster)
        yield roster


def _roster(book: Outline, tab: Tab, content: bytes, schema: TableSchema) -> Roster | None:
    source = book.package.source
    try:
        text = read_workbook(content, source, recognise(schema), name=tab.name)
        headers = map_headers(text, schema, {}).columns
    except InputError:
        # A sheet without a known title, or with two of one kind, is no roster of ours.
        return None
    telling = [
        name
        for name in headers
        if schema.by_name[name].type not in _NOT_TELLING
        and len(schema.by_name[name].allowed) < _MANY
    ]
    if schema.key not in headers or len(telling) < _TELLING or text.sheet_rows.is_empty():
        return None
    area = Area(
        text.header_row,
        int(text.sheet_rows[-1]),
        text.first_column,
        text.first_column + len(text.headers) - 1,
    )
    table = next(
        (
            one
            for one in book.tables
            if one.sheet == tab.name
            and one.area.first_row == area.first_row
            and one.area.first_column == area.first_column
        ),
        None,
    )
    return Roster(schema, text, tab.name, table.area.ref if table else area.ref, table)


def _refuse_name(book: Outline, roster: Roster) -> None:
    """Refuse a table whose name one of our own sheets has, or no sheet of ours could have."""
    titles = [table.title for table in result_tables().values()] + [page.title for page in PAGES]
    ours = {title.casefold() for title in titles}
    is_ours = (
        roster.name.casefold() in ours and roster.name.casefold() != roster.schema.title.casefold()
    )
    if is_ours or len(roster.name) > _LONGEST_SHEET_TITLE:
        raise InputError(
            f"{book.package.source}, {roster.sheet}!{roster.ref}: the table is called "
            f"{roster.name}; call it {roster.schema.title} (Table Design, Table Name), then adopt."
        )


def _shown(result: Result, name: str, rosters: Mapping[str, Roster], book: Outline) -> Contents:
    """What our sheets show; formulas name the office's tables and columns as it calls them."""
    tables = []
    for sheet in result.sheets:
        if sheet.name in _NOT_SHARED:
            continue
        roster = rosters.get(sheet.name)
        tables.append(_as_the_office_calls_it(sheet, roster, book) if roster else sheet)
    shown = contents(result, name, _MADE_BY, tables)
    sheet_of = {name: roster.sheet for name, roster in rosters.items()}
    return replace(shown, sheet_of={**SHEETS, **sheet_of})


def _as_the_office_calls_it(sheet: Sheet, roster: Roster, book: Outline) -> Sheet:
    computed = computed_titles() if sheet.name == "applicants" else {}
    places = map_headers(roster.text, roster.schema, computed).columns
    titles = book.table(roster.name).columns
    columns = (
        replace(column, title=titles[places[column.name]]) if column.name in places else column
        for column in sheet.columns
    )
    return replace(sheet, title=roster.name, columns=tuple(columns))


def _with_columns(package: Package, donor: Package, roster: Roster, shown: Contents) -> Package:
    """The office's applicants with our columns at their right, filled."""
    computed = computed_titles()
    for at, title in enumerate(roster.text.headers):
        if header_key(title) in {header_key(word) for pair in computed.items() for word in pair}:
            cell = roster.text.address(at, roster.text.header_row)
            raise InputError(
                f"{package.source}, {roster.sheet}!{cell}: the column {title} is called like one "
                "that Stepladder calculates; rename it, then adopt."
            )
    titles = list(computed.values())
    package = add_columns(package, roster.name, titles, donor, roster.name).applied(package)
    frame = shown.frame("applicants").select(
        pl.col(name).alias(title) for name, title in computed.items()
    )
    edit = ColumnEdit(roster.name, roster.text.sheet_rows, frame)
    return Changes(patch(outline(package), [edit]).parts).applied(package)
