"""An office's own workbook in; the same workbook with our sheets added, all else untouched, out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from stepladder.books import Sheet, TextTable, change
from stepladder.books.backups import FOLDER
from stepladder.books.changes import Changes
from stepladder.books.edits import ColumnEdit
from stepladder.books.graft import graft
from stepladder.books.guard import damage_told
from stepladder.books.office_table import add_columns, add_table
from stepladder.books.outline import Outline, outline
from stepladder.books.package import Package
from stepladder.books.sheets import as_entered, result_tables, workbook_tables
from stepladder.books.workbook_patch import patch
from stepladder.errors import InputError
from stepladder.new import example
from stepladder.outcomes import outcomes_schema
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
    with_no_outcomes,
)
from stepladder.result import Result
from stepladder.rosters import Roster, rosters
from stepladder.template import SHEETS, Contents
from stepladder.template.pages import PAGES
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import workbook_bytes
from stepladder.validate import empty, laid_out, map_headers
from stepladder.validate.spelling import header_key
from stepladder.workbook_limits import MOST_WITH_LEVERS, refuse_crowd, shortened

_NOT_SHARED: Final = frozenset({"curve", "pairs"})
_LONGEST_SHEET_TITLE: Final = 31
_NO_SHEET_TITLE: Final = frozenset("[]:*?/\\'")
_NO_TABLE: Final = frozenset({"c", "r"})
_INPUTS: Final = frozenset({"applicants", "programs"})
_MADE_BY: Final = "stepladder adopt"


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
        for schema in (applicants_schema(), programs_schema()):
            if all(roster.schema != schema for roster in self.rosters):
                yield (
                    f"No list of {schema.name} was taken: the sheet {schema.title} was added for "
                    "them."
                )
        if outcomes_schema().title not in self.sheets:
            yield "The workbook has Outcomes of its own, so no table of them was added."
        yield f"Added the sheets {', '.join(self.sheets)}; all else is as it was."
        if self.backup:
            yield f"The state before is kept as {FOLDER}/{self.backup.name}."


def adopt_book(
    path: Path,
    settings: Settings,
    *,
    with_example: bool = False,
    most_listed: int | None = None,
    force: bool = False,
    progress: Progress = unheard,
) -> Adopted:
    """Add our sheets to an office's workbook; a roster that it has is taken, and gains our columns.

    Lists are known as `rosters` says. Without one, an empty sheet is added, or the fictional one.
    Only insertions are made: every other byte stays. Of each list of programs the first
    `most_listed` are shown, or all.

    Raises InputError for what is no workbook, cannot be taken safely, or has sheets of ours or
    others of those names; WorkbookBusyError and OutputError as `books.change` does.
    """
    done: list[Adopted] = []

    def transform(content: bytes) -> Callable[[BinaryIO], None]:
        package = Package(content, path.name)
        book = outline(package)
        _refuse_ours(book)
        schemas = applicants_schema(), programs_schema()
        with damage_told(path.name):
            found = () if with_example else rosters(book, schemas)
        taken = {one.schema.name: one for one in found}
        for roster in taken.values():
            _refuse_names(path.name, roster)
        with_levers = replace(settings, with_levers=True, levers_up_to=MOST_WITH_LEVERS)
        result = refresh(*_tables(taken, with_example=with_example), with_levers, progress)
        tables = shortened(
            [sheet for sheet in result.sheets if sheet.name not in _NOT_SHARED], most_listed
        )
        shown = contents(result, path.name, _MADE_BY, tables)
        if not _has_outcomes(book):
            shown = with_no_outcomes(shown, result)
        with damage_told(path.name):
            changes, grown, added = _joined(package, shown, taken)
        done[:] = [Adopted(result, tuple(taken.values()), added, None)]
        return lambda file: changes.save(grown, file)

    changed = change(path, transform, force=force)
    [adopted] = done
    return replace(adopted, backup=changed.backup if changed else None)


def _joined(
    package: Package, shown: Contents, taken: Mapping[str, Roster]
) -> tuple[Changes, Package, tuple[str, ...]]:
    """What joins the package, the package as far as its lists have grown, and our sheets' names."""
    for roster in taken.values():
        if roster.table is None:
            ref = roster.area.ref
            package = add_table(package, roster.sheet, ref, roster.name).applied(package)
    shown = _as_the_office_calls_it(shown, taken, outline(package))
    donor = Package(workbook_bytes(shared_workbook(shown)), package.source)
    if "applicants" in taken:
        package = _with_columns(package, donor, taken["applicants"], shown)
    there = {roster.name for roster in taken.values()}
    added = tuple(tab.name for tab in outline(donor).sheets if tab.name not in there)
    return graft(package, donor, added), package, added


def _refuse_ours(book: Outline) -> None:
    there = {table.display_name.casefold() for table in book.tables}
    if {"shortlist", "log"} <= there:
        raise InputError(
            f"{book.package.source} has Stepladder's sheets already; run stepladder refresh "
            f"{book.package.source}."
        )


def _has_outcomes(book: Outline) -> bool:
    """Whether the office calls something of its own Outcomes: then ours is left out."""
    names = (
        *(tab.name for tab in book.sheets),
        *(table.display_name for table in book.tables),
        *(name.name for name in book.names),
    )
    title = outcomes_schema().title.casefold()
    return any(name.casefold() == title for name in names)


def _tables(taken: Mapping[str, Roster], *, with_example: bool) -> tuple[TextTable, TextTable]:
    """Applicants and programs: the office's lists, the fictional ones, or empty ones."""
    paths = example()
    given = []
    for schema, path, read, computed in (
        (applicants_schema(), paths[0], read_applicants, computed_titles()),
        (programs_schema(), paths[1], read_programs, {}),
    ):
        if schema.name in taken:
            given.append(taken[schema.name].text)
        elif with_example:
            given.append(laid_out(read(path), schema, computed))
        else:
            given.append(empty(schema))
    applicants, programs = given
    refuse_crowd(len(applicants.sheet_rows), applicants.source)
    return applicants, programs


def _refuse_names(source: str, roster: Roster) -> None:
    """Refuse a table whose name one of our sheets has or none could have, and columns like ours."""
    titles = [table.title for table in (*result_tables().values(), *workbook_tables().values())]
    ours = {title.casefold() for title in [*titles, *(page.title for page in PAGES)]}
    name = roster.name.casefold()
    is_free = name == roster.schema.title.casefold() or name not in {*ours, *_INPUTS, *_NO_TABLE}
    if not is_free or len(name) > _LONGEST_SHEET_TITLE or _NO_SHEET_TITLE & set(name):
        raise InputError(
            f"{source}, {roster.sheet}!{roster.area.ref}: the table is called {roster.name}; call "
            f"it {roster.schema.title} (Table Design, Table Name), then run again."
        )
    computed = computed_titles() if roster.schema == applicants_schema() else {}
    for at, title in enumerate(roster.text.headers):
        if header_key(title) in {header_key(word) for pair in computed.items() for word in pair}:
            cell = roster.text.address(at, roster.text.header_row)
            raise InputError(
                f"{source}, {roster.sheet}!{cell}: the column {title} is called like one that "
                "Stepladder calculates; rename it, then run again."
            )


def _as_the_office_calls_it(
    shown: Contents, taken: Mapping[str, Roster], book: Outline
) -> Contents:
    """The same under the names of the office's own tables, sheets and columns."""
    tables = [
        _titled(sheet, taken[sheet.name], book)
        if isinstance(sheet, Sheet) and sheet.name in taken
        else sheet
        for sheet in shown.tables
    ]
    sheet_of = {name: roster.sheet for name, roster in taken.items()}
    return replace(shown, tables=tables, sheet_of={**SHEETS, **sheet_of})


def _titled(sheet: Sheet, roster: Roster, book: Outline) -> Sheet:
    computed = computed_titles() if sheet.name == "applicants" else {}
    places = map_headers(roster.text, roster.schema, computed).columns
    titles = book.table(roster.name).columns
    columns = (
        replace(column, title=titles[places[column.name]]) if column.name in places else column
        for column in sheet.columns
    )
    titled = replace(sheet, title=roster.name, columns=tuple(columns))
    return as_entered(titled, roster.text, places)


def _with_columns(package: Package, donor: Package, roster: Roster, shown: Contents) -> Package:
    """The office's applicants with our columns at their right, filled."""
    sheet = shown.sheets["applicants"]
    computed = {one.name: one.title for one in sheet.columns if one.owner == "computed"}
    titles = list(computed.values())
    package = add_columns(package, roster.name, titles, donor, roster.name).applied(package)
    frame = sheet.frame.select(pl.col(name).alias(title) for name, title in computed.items())
    edit = ColumnEdit(roster.name, roster.text.sheet_rows, frame)
    return Changes(patch(outline(package), [edit]).parts).applied(package)
