"""An office's workbook and a fresh one of ours in; the office's with sheets of ours added, out.

Each sheet comes with all it leads to (tables, charts, comments) as new parts, and with what the
workbook knows of it: its styles, its names, its tab. Four old parts gain entries for that and keep
every one they had, in its order: the content types, the workbook, its relationships, its styles.
All other parts stay byte for byte.
"""

import html
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from stepladder.books.changes import Changes
from stepladder.books.graft_parts import PartGraft
from stepladder.books.graft_styles import place_styles, style_graft
from stepladder.books.graft_workbook import WorkbookGraft
from stepladder.books.new_parts import NewParts
from stepladder.books.outline import DefinedName, Outline, Tab, outline
from stepladder.books.package import Package
from stepladder.books.relationships import Relationships
from stepladder.errors import InputError

# The days of the years 2000 to 2099, counted from 1900.
_DAYS: Final = range(36_526, 73_051)
_NUMBER: Final = re.compile(r"(?<![\w.$!:'])\d{5}(?![\w.(!:'])")
_TEXT: Final = re.compile(r'"[^"]*"')


def graft(target: Package, donor: Package, sheets: Collection[str]) -> Changes:
    """Add sheets of the donor behind the target's own, in the donor's order.

    The donor is written by our template. Its names for the whole workbook come along, except those
    that speak of what does not. A table that grafted formulas speak of may stand in the target
    instead, under the same name and titles. Excel will calculate the whole workbook when it opens
    it. Where the target counts days from 1904, our days are counted so, too.

    Raises:
        InputError: The target is protected against new sheets, is a Strict or damaged workbook,
            has a sheet, table or name that is called like one of ours, cannot hold so many cell
            formats, or counts days from 1904 while a formula of ours holds a fixed day.
        ValueError: The donor has no such sheet or holds what our template never writes, or a
            grafted formula speaks of a sheet or table that will not be there.
    """
    old, new = outline(target), outline(donor)
    tabs = _chosen(new, sheets)
    absent = _Absent.of(old, new, tabs)
    names = [name for name in new.names if _comes_along(name, new, tabs, absent)]
    book = WorkbookGraft(old)
    _refuse_locked(old)
    _refuse_taken(old, book.titles, new, tabs, names)

    links = Relationships(target, old.workbook_part)
    parts, styles = NewParts(target), style_graft(old, new)
    joining = PartGraft(old, new, parts, styles)
    placed = [(tab, links.add("worksheet", joining.place(tab.part, "worksheet"))) for tab in tabs]
    formulas = [html.unescape(formula.decode()) for formula in joining.formulas]
    absent.with_names(name for name in new.names if name not in names).check(formulas)
    _refuse_fixed_days(old, formulas)

    book.add_tabs(placed)
    book.add_names(new, names, tabs)
    changed = place_styles(styles, old, parts, links)
    parts.relate(links)
    return parts.changes({**changed, old.workbook_part: book.result()})


def _chosen(donor: Outline, sheets: Collection[str]) -> list[Tab]:
    tabs = [tab for tab in donor.sheets if tab.name in sheets]
    if unknown := set(sheets) - {tab.name for tab in tabs}:
        raise ValueError(f"the donor has no sheets {sorted(unknown)}")
    return tabs


@dataclass(frozen=True)
class _Absent:
    """What formulas may not speak of, since it will not be there."""

    sheets: Collection[str]
    words: Collection[str]

    @classmethod
    def of(cls, target: Outline, donor: Outline, tabs: Collection[Tab]) -> "_Absent":
        """The donor's sheets and tables that are not grafted.

        A sheet of the target with the same title is no stand-in, since its cells are other ones;
        a table is, since formulas name its columns by their titles.
        """
        grafted = {tab.name for tab in tabs}
        there = {table.display_name.casefold() for table in target.tables}
        return cls(
            sheets=[tab.name for tab in donor.sheets if tab.name not in grafted],
            words=[
                table.display_name
                for table in donor.tables
                if table.sheet not in grafted and table.display_name.casefold() not in there
            ],
        )

    def with_names(self, names: Iterable[DefinedName]) -> "_Absent":
        """The same and these names."""
        return _Absent(self.sheets, [*self.words, *(name.name for name in names)])

    def is_spoken_of(self, formula: str) -> bool:
        """Whether a formula speaks of any of it."""
        return self._pattern.search(_TEXT.sub("", formula)) is not None

    def check(self, formulas: Iterable[str]) -> None:
        """Raise ValueError for a formula that speaks of any of it; Excel would call it damaged."""
        for formula in formulas:
            if self.is_spoken_of(formula):
                raise ValueError(f"speaks of what is not grafted: {formula}")

    @cached_property
    def _pattern(self) -> "re.Pattern[str]":
        spoken = [*map(_sheet_spoken_of, self.sheets), *map(_word_spoken_of, self.words)]
        return re.compile("|".join(spoken) or "(?!)")


def _sheet_spoken_of(title: str) -> str:
    quoted = title.replace("'", "''")
    return rf"(?<![\w.']){re.escape(title)}!|'{re.escape(quoted)}'!"


def _word_spoken_of(word: str) -> str:
    return rf"(?<![\w.!']){re.escape(word)}(?![\w.!'(])"


def _comes_along(name: DefinedName, donor: Outline, tabs: Collection[Tab], absent: _Absent) -> bool:
    if name.tab is not None:
        return donor.sheets[name.tab] in tabs
    return not absent.is_spoken_of(name.text)


def _refuse_locked(target: Outline) -> None:
    if target.is_structure_locked:
        raise InputError(
            f"{target.package.source} is protected so that no sheet can be added; take that off "
            "(Review, Protect Workbook), save it and run again."
        )


def _refuse_taken(
    target: Outline,
    titles: Iterable[str],
    donor: Outline,
    tabs: Sequence[Tab],
    names: Sequence[DefinedName],
) -> None:
    """Refuse a target that calls something of its own like a sheet, table or name of ours.

    Excel tells no two apart by case, and a table from a name not at all.
    """
    grafted = {tab.name for tab in tabs}
    sheets = {title.casefold() for title in titles}
    tables = {
        spelling.casefold()
        for table in target.tables
        for spelling in (table.name, table.display_name)
    }
    words = tables | {name.name.casefold() for name in target.names}
    taken = [
        *(f"the sheet {tab.name}" for tab in tabs if tab.name.casefold() in sheets),
        *(
            f"the table {table.display_name}"
            for table in donor.tables
            if table.sheet in grafted and table.display_name.casefold() in words
        ),
        *(
            f"the name {name.name}"
            for name in names
            if name.tab is None and name.name.casefold() in words
        ),
    ]
    if taken:
        raise InputError(
            f"{target.package.source} has what Stepladder would add already: {', '.join(taken)}; "
            "rename it there (Formulas, Name Manager for tables and names) and run again."
        )


def _refuse_fixed_days(target: Outline, formulas: Iterable[str]) -> None:
    if target.is_1904 and any(_holds_a_day(formula) for formula in formulas):
        raise InputError(
            f"{target.package.source} counts days from 1904, which Stepladder's formulas do not; "
            "make a new workbook (stepladder new) and enter the list there."
        )


def _holds_a_day(formula: str) -> bool:
    return any(int(found) in _DAYS for found in _NUMBER.findall(_TEXT.sub("", formula)))
