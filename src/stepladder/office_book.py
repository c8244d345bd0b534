"""An office's workbook in, saved or open; its tables and choices, and what shall stand in it, out.

Everything is found by what it is, not by where it stands: a table by its name or its headers, a
column by its header, a page's cell by the workbook's name for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import polars as pl

from stepladder.books.edits import CellsEdit, ColumnEdit, Edit, RowsEdit
from stepladder.books.packed import AnySheet
from stepladder.books.placed_table import Area, PlacedTable
from stepladder.books.program_place import WORKBOOK_SHEET
from stepladder.books.sheets import ResultTable, result_tables, workbook_tables
from stepladder.books.table import (
    LINK,
    TextTable,
    column_letters,
    title_key,
    without_mark,
)
from stepladder.books.workbook import SHEET_ROW, Place, StoredTable, Workbook
from stepladder.changes import SHOWN, Standing
from stepladder.errors import InputError
from stepladder.outcomes import outcomes_schema, outcomes_titles
from stepladder.template import Contents
from stepladder.template.brief import APPLICANT
from stepladder.template.dashboard import ADVISOR, EVERYONE
from stepladder.template.pages import PAGES, NamedPage
from stepladder.template.season_outcomes import OUTCOMES
from stepladder.template.start import SEASON, SEASON_CELL
from stepladder.template.start import TITLE as START
from stepladder.validate import TableSchema, is_roster, map_headers, recognise
from stepladder.validate.spelling import header_key

_RESULTS: Final = ("shortlist", "plan", "findings", "fit", "curve", "levers", "pairs")
_OWN_TABLES: Final = (*_RESULTS, "rules")
_EVERY_BOOK: Final = ("shortlist", "plan", "findings", "fit", "rules", "log")
"""Those of them that a workbook has when it is made."""
_KNOWN_HEADERS: Final = 3
_STATUS: Final = "status"
_WORDS: Final = frozenset({"label", "figure"})
"""Looks of cells whose words name the cells beside them."""


@dataclass(frozen=True)
class InputTable:
    """One of the two tables that people fill in.

    text      its rows as text, without those that hold nothing but results of ours
    left      the sheet rows of those: whoever was there was deleted
    key       the position of the column of ids; None where there is none
    computed  the titles of our columns there, by our name for them
    """

    table: PlacedTable
    text: TextTable
    left: tuple[int, ...]
    key: int | None
    computed: Mapping[str, str]


@dataclass(frozen=True)
class OfficeBook:
    """What Stepladder finds in a workbook, and what it puts there."""

    book: Workbook
    notes: list[str] = field(default_factory=list)

    def input_table(
        self,
        schema: TableSchema,
        computed: Mapping[str, str],
        *,
        unlike: TableSchema | None = None,
    ) -> InputTable:
        """Find and read a table by its name, else by its headers; `computed` are ours, by name.

        A table that has more headers of the schema `unlike` is another one. Raises InputError where
        there is none, or where two could be meant.
        """
        return self._read(self._find(schema, computed, unlike), schema, computed)

    def outcomes_table(self) -> InputTable | None:
        """Read the table of outcomes, if the workbook has one."""
        table = self._outcomes()
        return self._read(table, outcomes_schema(), outcomes_titles()) if table else None

    def _outcomes(self) -> PlacedTable | None:
        """The table that is called Outcomes, and names an application and what came of it."""
        schema = outcomes_schema()
        known = recognise(schema)
        called_so = (
            table
            for table in self.book.tables
            if table.display_name.casefold() == schema.title.casefold()
            and known(table.columns) > _KNOWN_HEADERS
        )
        return next(called_so, None)

    def _read(
        self, table: PlacedTable, schema: TableSchema, computed: Mapping[str, str]
    ) -> InputTable:
        read = self.book.read(table)
        text = read.text
        ours = dict(_ours(text.headers, computed))
        if deleted := [title for name, title in computed.items() if name not in ours]:
            self.notes.append(
                f"The table {table.display_name} has no column {', '.join(deleted)}: what it would "
                "show was not written."
            )
        columns = map_headers(text, schema, computed).columns
        is_filled = filled_rows(read, {*columns.values()}, {*ours.values()})
        filled = replace(
            text,
            cells=text.cells.filter(is_filled),
            sheet_rows=text.sheet_rows.filter(is_filled),
            overlong=text.overlong.filter(is_filled),
        )
        left = tuple(text.sheet_rows.filter(~is_filled).to_list())
        return InputTable(table, filled, left, columns.get(schema.key), ours)

    def has(self, name: str) -> bool:
        """Whether the workbook has this table of ours."""
        return self._table(name) is not None

    def tables_computed_from(self) -> list[PlacedTable]:
        """Every table but those of ours that are results."""
        results = [self._table(name) for name in (*_RESULTS, "log")]
        return [table for table in self.book.tables if table not in results]

    def sheet_of(self, name: str) -> str:
        """The sheet on which a table of ours stands, or that it had when it was made."""
        table = self._table(name)
        return table.sheet if table else _described(name).title

    def office_season(self) -> str | None:
        """The season typed on Start, as text."""
        text = self._named(SEASON)
        return text.strip() or None if text else None

    def season_place(self) -> Place:
        """Where the office's season is typed, or was when Start was made."""
        return self.book.place(SEASON) or Place(START, SEASON_CELL)

    def has_button(self) -> bool:
        """Whether Start has the Refresh button: its settings' sheet is there."""
        return self.book.has_sheet(WORKBOOK_SHEET)

    def advisor(self) -> str | None:
        """Whose applicants the Dashboard shows, as it was chosen; None for everyone's."""
        chosen = self._named(ADVISOR)
        if self.book.place(ADVISOR) is None:
            return None
        # An emptied cell shows whoever has no advisor, as the formulas have it.
        return None if (chosen or "").casefold() == EVERYONE.casefold() else chosen or ""

    def counts_outcomes(self) -> bool:
        """Whether the Dashboard has the place where outcomes are counted."""
        return self.book.place(OUTCOMES) is not None

    def outcomes_season(self) -> int | None:
        """The season whose outcomes the Dashboard counts; None for all, or what is no season."""
        chosen = (self._named(OUTCOMES) or "").strip()
        return int(chosen) if chosen.isdecimal() else None

    def applicant_id(self) -> str:
        """Whom the Brief shows; empty for nobody."""
        return (self._named(APPLICANT) or "").strip()

    def typed_rules(self) -> dict[str, str]:
        """The values of the Rules sheet that differ from the rulebook's own beside them."""
        table = self._table("rules")
        if table is None:
            return {}
        titles = _described("rules").titles
        name, value, own = (titles[key] for key in ("name", "value", "rulebook_value"))
        rows = self.book.columns(table, [name, value, own])
        return {
            rule.strip(): typed.strip()
            for rule, typed, unchanged in rows.select(name, value, own).iter_rows()
            if rule and typed and typed.strip() != (unchanged or "").strip()
        }

    def rule_row(self, position: int) -> int:
        """The sheet row in which the rule at this 0-based position of the rulebook stands."""
        table = self._table("rules")
        return position + (table.first_row if table else 0)

    def rule_address(self, row: int) -> str:
        """The cell of the Rules sheet that holds the value of the rule in this row."""
        table = self._table("rules")
        title = title_key(_described("rules").titles["value"])
        titles = [title_key(column) for column in table.columns] if table else []
        at = titles.index(title) if title in titles else 0
        return f"{column_letters((table.area.first_column if table else 0) + at)}{row}"

    def log(self) -> list[dict[str, Any]]:
        """The entries of the Log, oldest first."""
        table = self._table("log")
        if table is None:
            return []
        columns = _described("log").columns
        rows = self.book.columns(table, [column.title for column in columns])
        typed = rows.select(
            _typed(pl.col(column.title), column.kind, is_1904=self.book.is_1904).alias(column.name)
            for column in columns
        )
        return [row for row in typed.iter_rows(named=True) if any(row.values())]

    def standing(self, applicants: InputTable) -> dict[str, Standing]:
        """What the workbook says of each applicant now, to be compared with what it will say.

        Fit tells whom the results beside an id are of: the id may have been typed over another.
        """
        listed: dict[str, set[str]] = {}
        for applicant, program in self._texts("shortlist", "applicant_id", "program_id"):
            if applicant and program:
                listed.setdefault(applicant, set()).add(program)
        fitted = {applicant for (applicant,) in self._texts("fit", "applicant_id") if applicant}
        beside = {
            applicant: shown
            for applicant, shown in _shown(applicants)
            if applicant in fitted or not shown["pmr_fit"] or not self.has("fit")
        }
        gone = [applicant for applicant in (*fitted, *listed) if applicant not in beside]
        return {
            applicant: Standing(shown, frozenset(listed.get(applicant, ())))
            for applicant, shown in (beside | {key: {} for key in sorted(gone)}).items()
        }

    def _texts(self, name: str, *columns: str) -> Iterator[tuple[str | None, ...]]:
        """The texts of some columns of a table of ours, row by row; none where it is gone."""
        if table := self._table(name):
            titles = [_described(name).titles[column] for column in columns]
            yield from self.book.columns(table, titles).select(titles).iter_rows()

    def edits(
        self, applicants: InputTable, outcomes: InputTable | None, contents: Contents
    ) -> list[Edit]:
        """What shall stand in our columns, our tables and on our pages."""
        if lost := [_described(name).title for name in _EVERY_BOOK if not self.has(name)]:
            self.notes.append(
                f"The workbook has no table {', '.join(lost)}: what it would show was not written."
            )
        return [
            self._columns(applicants, contents.sheets["applicants"]),
            *([self._columns(outcomes, contents.sheets["outcomes"])] if outcomes else []),
            *(
                self._rows(contents.sheets[name])
                for name in _OWN_TABLES
                if name in contents.sheets and self.has(name)
            ),
            *(self._page(page, contents) for page in PAGES if page.follows),
        ]

    def titles(self, applicants: InputTable, contents: Contents) -> dict[str, dict[str, str]]:
        """Titles of ours that are to gain or lose the word illustrative: the new ones, by table."""
        found = {}
        placed = {name: self._table(name) for name in _OWN_TABLES}
        for name, table in {"applicants": applicants.table, **placed}.items():
            if table is None or name not in contents.sheets:
                continue
            ours = (one.title for one in contents.sheets[name].columns if one.owner == "computed")
            wanted = {without_mark(title): title for title in ours}
            there = {
                title: wanted[without_mark(title)]
                for title in table.columns
                if wanted.get(without_mark(title), title) not in table.columns
            }
            if there:
                found[table.display_name] = there
        return found

    def told(self, contents: Contents) -> list[Edit]:
        """What tells of the refresh itself: the Log and Start."""
        log = [self._rows(contents.sheets["log"])] if self.has("log") else []
        return [*log, *(self._page(page, contents) for page in PAGES if not page.follows)]

    def _find(
        self, schema: TableSchema, computed: Mapping[str, str], unlike: TableSchema | None
    ) -> PlacedTable:
        """The table that has our columns, is called like the schema, or has a roster's headers."""
        known = recognise(schema)
        other = recognise(unlike) if unlike else lambda _headers: 0
        ours = [self._table(name) for name in (*_OWN_TABLES, "log")]
        ours.append(self._outcomes())
        tables = {
            table: count
            for table in self.book.tables
            if (count := known(table.columns)) > other(table.columns) and table not in ours
        }
        likely: Sequence[Callable[[PlacedTable], bool]] = (
            lambda table: 2 * len(dict(_ours(table.columns, computed))) > max(len(computed), 1),
            lambda table: table.display_name.casefold() == schema.title.casefold(),
            lambda table: is_roster(schema, table.columns),
            lambda table: tables[table] == max(tables.values()),
        )
        best = list(tables)
        for is_likely in likely:
            best = [table for table in best if is_likely(table)] or best
        if not any(is_likely(table) for table in best for is_likely in likely[:3]):
            best = [table for table in best if tables[table] >= _KNOWN_HEADERS]
        if not best:
            raise InputError(
                f"{self.book.source} has no Excel table of {schema.name}; add Stepladder's sheets "
                f"to it with stepladder adopt {self.book.source}, or make a workbook with "
                "stepladder new."
            )
        if len(best) > 1:
            both = " and ".join(f"{table.display_name} ({table.sheet})" for table in best)
            raise InputError(
                f"{self.book.source} has more than one table of {schema.name}: {both}; name the "
                f"one to be read {schema.title} (Table Design, Table Name)."
            )
        return best[0]

    def _table(self, name: str) -> PlacedTable | None:
        """A table of ours: by its name where it is like ours, else by all of its titles."""
        described = _described(name)
        titles = {title_key(title) for title in described.titles.values()}
        like = [
            (len(titles.intersection(map(title_key, table.columns))), table)
            for table in self.book.tables
        ]
        title = described.title.casefold()
        named = [
            table
            for count, table in like
            if table.display_name.casefold() == title and 2 * count > len(titles)
        ]
        return next(iter([*named, *(table for count, table in like if count == len(titles))]), None)

    def _named(self, name: str) -> str | None:
        """The text of a named cell, as it was typed."""
        place = self.book.place(name)
        if place is None:
            return None
        return self.book.cells(place.sheet, [place.address])[place.address].text

    def _columns(self, filled_in: InputTable, sheet: AnySheet) -> ColumnEdit:
        computed = sheet.frame.select(
            pl.col(name).alias(title) for name, title in filled_in.computed.items()
        )
        left = pl.Series(filled_in.left, dtype=pl.UInt32)
        blank = computed.clear(len(left))
        return ColumnEdit(
            filled_in.table.display_name,
            pl.concat([filled_in.text.sheet_rows.rename("row"), left.rename("row")]),
            pl.concat([computed, blank]),
            None if filled_in.key is None else filled_in.text.headers[filled_in.key],
        )

    def _rows(self, sheet: AnySheet) -> RowsEdit:
        table = self._table(sheet.name)
        there = {title_key(title) for title in table.columns} if table else set()
        columns = [column for column in sheet.columns if title_key(column.title) in there]
        links = {
            column.title: sheet.frame[LINK].to_list() for column in columns if column.kind == "link"
        } or None
        frame = sheet.frame.select(pl.col(column.name).alias(column.title) for column in columns)
        return RowsEdit(table.display_name if table else sheet.title, frame, links)

    def _page(self, page: NamedPage, contents: Contents) -> CellsEdit:
        """The values of a page's cells, wherever it was moved; none where it was rebuilt."""
        place = self.book.place(page.named)
        if place is None:
            return CellsEdit(page.title, {})
        at = _moved(page.address, place.address)
        made = page.make(contents)
        cells = {at(cell.at): cell for cell in made.cells if cell.formula or cell.is_told}
        words = {
            at(cell.at): cell.value
            for cell in made.cells
            if cell.look in _WORDS and not cell.formula and not cell.is_told
        }
        stored = self.book.cells(place.sheet, [*cells, *words])
        is_ours = all(stored[at].text == word for at, word in words.items()) and all(
            stored[at].is_formula == bool(cell.formula) for at, cell in cells.items()
        )
        if not is_ours:
            self.notes.append(
                f"The sheet {place.sheet} was rebuilt by hand, or its words are not this "
                "rulebook's, so nothing was written there."
            )
            return CellsEdit(place.sheet, {})
        return CellsEdit(
            place.sheet,
            {at: None if cell.value == "" else cell.value for at, cell in cells.items()},
        )


def _described(name: str) -> ResultTable:
    return result_tables().get(name) or workbook_tables()[name]


def _ours(headers: Sequence[str], computed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Our columns among the headers, by our name: of two alike, the one spelled as ours."""
    for name, title in computed.items():
        alike = [
            header
            for header in headers
            if header_key(header) in {header_key(name), header_key(title)}
        ]
        if alike:
            yield name, min(alike, key=lambda header: title_key(header) != title_key(title))


def filled_rows(read: StoredTable, known: AbstractSet[int], ours: AbstractSet[str]) -> pl.Series:
    """Whether anybody entered anything in a row: our results do not count.

    Nor do formulas in columns of the office's own, which Excel puts in each row by itself.
    """
    text = read.text
    entered = []
    for at, header in enumerate(text.headers):
        if header in ours:
            continue
        is_entered = pl.col(str(at)).is_not_null()
        if at not in known and at in read.formulas:
            is_entered &= ~pl.col(SHEET_ROW).is_in(read.formulas[at])
        entered.append(is_entered)
    rows = text.cells.with_columns(text.sheet_rows.alias(SHEET_ROW))
    return rows.select(pl.any_horizontal(entered).alias("filled")).to_series()


def _moved(made: str, found: str) -> Callable[[str], str]:
    """How a page's addresses moved with its named cell; what would leave the sheet stays."""
    old, new = Area.of(made), Area.of(found)
    down, right = new.first_row - old.first_row, new.first_column - old.first_column

    def moved(address: str) -> str:
        place = Area.of(address)
        row, column = place.first_row + down, place.first_column + right
        return f"{column_letters(column)}{row}" if row > 0 and column >= 0 else address

    return moved


def _shown(applicants: InputTable) -> Iterator[tuple[str, dict[str, str]]]:
    """Each applicant's id, and what our columns say of them."""
    if applicants.key is None:
        return
    text = applicants.text
    at_of = {
        name: str(text.headers.index(title))
        for name, title in applicants.computed.items()
        if name in {*SHOWN, _STATUS}
    }
    key = str(applicants.key)
    for row in text.cells.select(key, *at_of.values()).iter_rows(named=True):
        shown = {name: row[at] or "" for name, at in at_of.items()}
        # Whoever was never refreshed has no results, not even a status.
        if row[key] and any(shown.values()):
            yield row[key].strip(), {name: shown.get(name, "") for name in SHOWN}


def _typed(text: pl.Expr, kind: str, *, is_1904: bool) -> pl.Expr:
    if kind == "integer":
        return text.cast(pl.Int64, strict=False)
    if kind == "date":
        zero = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
        days = text.cast(pl.Float64, strict=False).cast(pl.Int64)
        written = text.str.to_date("%Y-%m-%d", strict=False)
        return pl.coalesce(pl.lit(zero) + pl.duration(days=days), written)
    return text
