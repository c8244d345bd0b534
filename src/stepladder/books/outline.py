"""A package in; what stands where in its workbook, out: sheets, Excel tables, names, settings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from openpyxl.packaging.workbook import WorkbookPackage
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.table import Table
from openpyxl.xml.constants import SHEET_MAIN_NS

from stepladder.books.guard import DAMAGE, damage_sentence
from stepladder.books.package import Package, Relation
from stepladder.books.placed_table import Area, PlacedTable
from stepladder.errors import InputError

_PROTECTION: Final = re.compile(rb"<(?:[\w.-]+:)?sheetProtection\s([^>]*)>")
_IS_ON: Final = re.compile(rb"""(?:^|\s)sheet\s*=\s*["'](?:1|true|on)["']""")


@dataclass(frozen=True)
class Tab:
    """One sheet of the workbook.

    kind         worksheet, chartsheet, dialogsheet or xlMacrosheet
    state        visible, hidden or veryHidden
    relation_id  by which the workbook part leads to the sheet's part
    """

    name: str
    part: str
    kind: str
    state: str
    sheet_id: int
    relation_id: str


@dataclass(frozen=True)
class ExcelTable(PlacedTable):
    """One Excel table of a saved workbook; header cells show the titles of the table's own part."""

    name: str
    id: int
    part: str
    sheet_part: str


@dataclass(frozen=True)
class DefinedName:
    """A name with what it stands for: a reference, a formula or a constant.

    tab  the 0-based position of the sheet that alone knows the name; None for the whole workbook
    """

    name: str
    text: str
    tab: int | None


@dataclass(frozen=True)
class Outline:
    """What stands where in the workbook of a package; parts that it lacks are None.

    names         every defined name, hidden ones included
    is_1904       whether days are counted from 1904 instead of 1900
    is_structure_locked  whether sheets may be added only after the protection is taken off
    """

    package: Package
    workbook_part: str
    sheets: tuple[Tab, ...]
    names: tuple[DefinedName, ...]
    styles_part: str | None
    strings_part: str | None
    calc_chain_part: str | None
    is_1904: bool
    is_structure_locked: bool

    @cached_property
    def tables(self) -> tuple[ExcelTable, ...]:
        """Every Excel table, in the order of the tabs."""
        return tuple(
            table
            for tab in self.sheets
            if tab.kind == "worksheet"
            for table in _tables(self.package, tab)
        )

    def sheet(self, name: str) -> Tab:
        """The worksheet of this name, in any case. Raises InputError, with the names there are."""
        for tab in self.sheets:
            if tab.name.casefold() == name.casefold() and tab.kind == "worksheet":
                return tab
        raise _missing(self.package.source, "sheet", name, [tab.name for tab in self.sheets])

    def table(self, name: str) -> ExcelTable:
        """The Excel table of this name, in any case. Raises InputError, as `sheet` does."""
        for table in self.tables:
            if name.casefold() in {table.display_name.casefold(), table.name.casefold()}:
                return table
        there = [table.display_name for table in self.tables]
        raise _missing(self.package.source, "table", name, there)

    def is_protected(self, tab: Tab) -> bool:
        """Whether a worksheet is protected against changes by hand; reads its whole part."""
        carried = b""
        for chunk in self.package.chunks(tab.part):
            if found := _PROTECTION.search(carried + chunk):
                return _IS_ON.search(found[1]) is not None
            carried = chunk[-2048:]
        return False


def outline(package: Package) -> Outline:
    """Read the outline of a workbook.

    Raises InputError if it is damaged or in the Strict variant of the format (ISO/IEC 29500-1),
    whose names differ.
    """
    try:
        part = next(
            relation.target for relation in package.relations() if _is(relation, "officeDocument")
        )
        root = package.xml(part)
        if not str(root.tag).startswith(f"{{{SHEET_MAIN_NS}}}"):
            raise InputError(
                f"{package.source} is a Strict Open XML workbook; save it as Excel Workbook "
                "(.xlsx) and use that file."
            )
        book = WorkbookPackage.from_tree(root)
        related = package.relations(part)
        return Outline(
            package=package,
            workbook_part=part,
            sheets=tuple(_tabs(package, book, related)),
            names=tuple(_names(book)),
            styles_part=_target(package, related, "styles"),
            strings_part=_target(package, related, "sharedStrings"),
            calc_chain_part=_target(package, related, "calcChain"),
            is_1904=bool(book.workbookPr and book.workbookPr.date1904),
            is_structure_locked=bool(
                book.workbookProtection and book.workbookProtection.lockStructure
            ),
        )
    except DAMAGE as problem:
        raise InputError(damage_sentence(package.source)) from problem


def _tabs(package: Package, book: WorkbookPackage, related: Sequence[Relation]) -> Iterator[Tab]:
    by_id = {relation.id: relation for relation in related}
    for sheet in book.sheets:
        if not sheet.id:
            # An Excel 95 macro module has a tab and no part.
            continue
        relation = by_id.get(sheet.id)
        if relation is None or relation.target not in package:
            # A sheet of ours that joined would take its place.
            raise InputError(damage_sentence(package.source))
        yield Tab(
            name=sheet.name,
            part=relation.target,
            kind=relation.kind,
            state=sheet.state or "visible",
            sheet_id=int(sheet.sheetId),
            relation_id=sheet.id,
        )


def _names(book: WorkbookPackage) -> Iterator[DefinedName]:
    for defined in book.definedNames.definedName if book.definedNames else ():
        yield DefinedName(defined.name, defined.attr_text or "", defined.localSheetId)


def _tables(package: Package, tab: Tab) -> Iterator[ExcelTable]:
    for relation in package.relations(tab.part):
        if not _is(relation, "table"):
            continue
        try:
            table = Table.from_tree(package.xml(relation.target))
            yield ExcelTable(
                name=table.name or table.displayName,
                display_name=table.displayName,
                id=int(table.id),
                part=relation.target,
                sheet=tab.name,
                sheet_part=tab.part,
                area=Area.of(table.ref),
                header_rows=1 if table.headerRowCount is None else table.headerRowCount,
                totals_rows=table.totalsRowCount or 0,
                columns=tuple(unescape(column.name) for column in table.tableColumns),
            )
        except DAMAGE as problem:
            raise InputError(damage_sentence(package.source)) from problem


def _target(package: Package, related: Sequence[Relation], kind: str) -> str | None:
    targets = (relation.target for relation in related if _is(relation, kind))
    return next((target for target in targets if target in package), None)


def _is(relation: Relation, kind: str) -> bool:
    return relation.kind == kind and not relation.is_external


def _missing(source: str, what: str, name: str, there: Sequence[str]) -> InputError:
    listed = f"those it has are {', '.join(there)}" if there else "it has none"
    return InputError(f"{source} has no {what} {name}; {listed}.")
