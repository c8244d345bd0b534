"""An office's workbook in, saved or open; its tables and choices, and what shall stand in it, out.

Everything is found by what it is, not by where it stands: a table by its name or its headers, a
column by its header, a page's cell by the workbook's name for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from stepladder.books.outline import PlacedTable
from stepladder.books.sheets import result_tables, workbook_tables
from stepladder.books.table import LINK, Sheet, TextTable, column_letters
from stepladder.books.workbook import SHEET_ROW, Workbook
from stepladder.books.workbook_patch import CellsEdit, ColumnEdit, Edit, RowsEdit
from stepladder.changes import SHOWN, Standing
from stepladder.errors import InputError
from stepladder.template import Contents
from stepladder.template.pages import PAGES, NamedPage
from stepladder.validate import TableSchema, map_headers, recognise
from stepladder.validate.spelling import header_key

MOST_APPLICANTS: Final = 20_000
"""More than an advisor's office follows, and as many as Excel still filters at once (issue 5)."""

_OWN_TABLES: Final = ("shortlist", "plan", "findings", "fit", "curve", "pairs", "rules")
_KNOWN_HEADERS: Final = 3


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

    def input_table(self, schema: TableSchema, computed: Mapping[str, str]) -> InputTable:
        """Find and read a table by its name, else by its headers; `computed` are ours, by name.

        Raises InputError where there is none.
        """
        table = self._find(schema)
        known = recognise(schema)
        text = self.book.read(table, known)
        ours = {
            name: title
            for name, spelling in computed.items()
            for title in text.headers
            if header_key(title) in {header_key(name), header_key(spelling)}
        }
        entered = [str(at) for at, title in enumerate(text.headers) if title not in ours.values()]
        is_filled = text.cells.select(
            pl.any_horizontal(pl.col(entered).is_not_null()).alias("filled")
        ).to_series()
        left = text.sheet_rows.filter(~is_filled)
        filled = replace(
            text,
            cells=text.cells.filter(is_filled),
            sheet_rows=text.sheet_rows.filter(is_filled),
            overlong=text.overlong.filter(is_filled),
        )
        key = map_headers(text, schema, computed).columns.get(schema.key)
        return InputTable(table, filled, tuple(left.to_list()), key, ours)

    def has(self, name: str) -> bool:
        """Whether the workbook has this table of ours."""
        return self._table(name) is not None

    def office_season(self) -> str | None:
        """The season typed on Start, as text."""
        return self._named("Office_season")

    def advisor(self) -> str | None:
        """Whose applicants the Dashboard shows; None for everyone's."""
        chosen = self._named("Shown_advisor")
        return None if chosen in {None, "", "All advisors"} else chosen

    def applicant_id(self) -> str:
        """Whom the Brief shows; empty for nobody."""
        return self._named("Shown_applicant") or ""

    def typed_rules(self) -> dict[str, tuple[str, int]]:
        """The values of the Rules sheet that are not the rulebook's own: text and sheet row."""
        table = self._table("rules")
        if table is None:
            return {}
        name, value, own = (
            workbook_tables()["rules"].titles[key] for key in ("name", "value", "rulebook_value")
        )
        rows = self.book.columns(table, [name, value, own])
        return {
            rule: (typed.strip(), row)
            for rule, typed, unchanged, row in rows.select(name, value, own, SHEET_ROW).iter_rows()
            if rule and typed and typed.strip() != (unchanged or "")
        }

    def rule_address(self, row: int) -> str:
        """The cell of the Rules sheet that holds the value of the rule in this row."""
        table = self._table("rules")
        title = workbook_tables()["rules"].titles["value"]
        at = table.columns.index(title) if table and title in table.columns else 0
        first = table.area.first_column if table else 0
        return f"{column_letters(first + at)}{row}"

    def log(self) -> list[dict[str, Any]]:
        """The entries of the Log, oldest first."""
        table = self._table("log")
        if table is None:
            return []
        columns = workbook_tables()["log"].columns
        rows = self.book.columns(table, [column.title for column in columns])
        typed = rows.select(
            _typed(pl.col(column.title), column.kind).alias(column.name) for column in columns
        )
        return [row for row in typed.iter_rows(named=True) if any(row.values())]

    def standing(self, applicants: InputTable) -> dict[str, Standing]:
        """What the workbook says of each applicant now, to be compared with what it will say."""
        listed: dict[str, set[str]] = {}
        if table := self._table("shortlist"):
            titles = result_tables()["shortlist"].titles
            wanted = [titles["applicant_id"], titles["program_id"]]
            for applicant, program in self.book.columns(table, wanted).select(wanted).iter_rows():
                if applicant and program:
                    listed.setdefault(applicant, set()).add(program)
        return {
            applicant: Standing(shown, frozenset(listed.get(applicant, ())))
            for applicant, shown in _shown(applicants)
        }

    def edits(self, applicants: InputTable, contents: Contents) -> list[Edit]:
        """What shall stand in our columns, our tables and on our pages."""
        return [
            self._columns(applicants, contents),
            *(
                self._rows(contents.sheets[name])
                for name in _OWN_TABLES
                if name in contents.sheets and self.has(name)
            ),
            *(self._page(page, contents) for page in PAGES if page.follows),
        ]

    def told(self, contents: Contents) -> list[Edit]:
        """What tells of the refresh itself: the Log and Start."""
        log = [self._rows(contents.sheets["log"])] if self.has("log") else []
        return [*log, *(self._page(page, contents) for page in PAGES if not page.follows)]

    def _find(self, schema: TableSchema) -> PlacedTable:
        known = recognise(schema)
        ours = {
            table.title.casefold()
            for table in result_tables().values()
            if table.name != schema.name
        }
        tables = [
            (known(table.columns), table)
            for table in self.book.tables
            if table.display_name.casefold() not in ours
        ]
        for count, table in tables:
            if table.display_name.casefold() == schema.title.casefold() and count:
                return table
        count, best = max(tables, key=lambda pair: pair[0], default=(0, None))
        if best is None or count < _KNOWN_HEADERS:
            raise InputError(
                f"{self.book.source} has no Excel table of {schema.name}; add Stepladder's sheets "
                f"to it with stepladder adopt {self.book.source}, or make a workbook with "
                "stepladder new."
            )
        return best

    def _table(self, name: str) -> PlacedTable | None:
        title = (result_tables().get(name) or workbook_tables()[name]).title.casefold()
        tables = self.book.tables
        return next((table for table in tables if table.display_name.casefold() == title), None)

    def _named(self, name: str) -> str | None:
        place = self.book.place(name)
        if place is None:
            return None
        text = self.book.cells(place.sheet, [place.address])[place.address].text
        return text.strip() if text else None

    def _columns(self, applicants: InputTable, contents: Contents) -> ColumnEdit:
        sheet = contents.sheets["applicants"]
        computed = sheet.frame.select(
            pl.col(name).alias(title) for name, title in applicants.computed.items()
        )
        left = pl.Series(applicants.left, dtype=pl.UInt32)
        blank = computed.clear(len(left))
        return ColumnEdit(
            applicants.table.display_name,
            pl.concat([applicants.text.sheet_rows.rename("row"), left.rename("row")]),
            pl.concat([computed, blank]),
            None if applicants.key is None else applicants.text.headers[applicants.key],
        )

    def _rows(self, sheet: Sheet) -> RowsEdit:
        table = self._table(sheet.name)
        there = {" ".join(title.split()).casefold() for title in table.columns} if table else set()
        columns = [column for column in sheet.columns if column.title.casefold() in there]
        links = {
            column.title: sheet.frame[LINK].to_list() for column in columns if column.kind == "link"
        } or None
        frame = sheet.frame.select(pl.col(column.name).alias(column.title) for column in columns)
        return RowsEdit(table.display_name if table else sheet.title, frame, links)

    def _page(self, page: NamedPage, contents: Contents) -> CellsEdit:
        """The values of a page's cells; none where somebody rebuilt the page by hand."""
        place = self.book.place(page.named)
        if place is None:
            return CellsEdit(page.title, {})
        made = page.make(contents)
        cells = {cell.at: cell for cell in made.cells if cell.formula or cell.is_told}
        stored = self.book.cells(place.sheet, [*cells])
        is_ours = place.address == page.address and all(
            stored[at].is_formula == bool(cell.formula) for at, cell in cells.items()
        )
        if not is_ours:
            self.notes.append(
                f"The sheet {place.sheet} was rebuilt by hand, so nothing was written there."
            )
            return CellsEdit(place.sheet, {})
        return CellsEdit(
            place.sheet,
            {at: None if cell.value == "" else cell.value for at, cell in cells.items()},
        )


def _shown(applicants: InputTable) -> Iterator[tuple[str, dict[str, str]]]:
    """Each applicant's id, and what our columns say of them."""
    if applicants.key is None:
        return
    text = applicants.text
    at_of = {
        name: str(text.headers.index(title))
        for name, title in applicants.computed.items()
        if name in SHOWN
    }
    key = str(applicants.key)
    for row in text.cells.select(key, *at_of.values()).iter_rows(named=True):
        if row[key]:
            yield row[key].strip(), {name: row[at] or "" for name, at in at_of.items()}


def _typed(text: pl.Expr, kind: str) -> pl.Expr:
    if kind == "integer":
        return text.cast(pl.Int64, strict=False)
    if kind == "date":
        days = text.cast(pl.Float64, strict=False).cast(pl.Int64)
        return pl.date(1899, 12, 30) + pl.duration(days=days)
    return text
