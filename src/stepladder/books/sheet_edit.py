"""A worksheet part in; its rows and what stands around them, to be added to, and the part, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from stepladder.books.elements import Edits, Element, located, with_prefix
from stepladder.books.outline import Outline, Tab
from stepladder.books.placed_table import Area
from stepladder.books.relationships import relation_id
from stepladder.books.stored_cells import CellReader, SharedStrings, Stored, formula_in
from stepladder.books.table import column_letters
from stepladder.books.worksheet import (
    Cell,
    Row,
    attributes_of,
    opened,
    with_dimension,
    with_spans,
)

TAKEN: Final = (
    "this cell is not empty, but Stepladder's columns go there; move what stands right of the "
    "list farther away."
)
# CT_Worksheet, ECMA-376 part 1, 18.3.1.99.
_ORDER: Final = (
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)


@dataclass(frozen=True)
class NewCell:
    """A cell to be written where none is, or only a blank one.

    style    its cell format; a blank cell that is there keeps its own
    content  what follows its attributes: `/>` for a blank, ` t="inlineStr">…</c>` for a text
    """

    style: int
    content: bytes = b"/>"


NO_CELLS: Final[Mapping[int, Mapping[int, NewCell]]] = MappingProxyType({})


class SheetEdit:
    """One worksheet part, held whole, and what is added to it.

    sheet  the part as it is read; its refusals name the sheet and the cell
    frame  all but the rows, to be added to like any part
    """

    def __init__(self, book: Outline, tab: Tab, grown: Area | None = None) -> None:
        """Read the part; `grown` is where cells will be added."""
        package = book.package
        self.sheet = opened(book, tab, package.checked(package.chunks(tab.part), tab.part))
        self._blocks = [(block, list(self.sheet.rows(block))) for block in self.sheet.blocks()]
        head = with_dimension(self.sheet.head, grown.joined) if grown else self.sheet.head
        self.frame = Edits(head + b"".join(self.sheet.tail()))
        self._reader = CellReader(SharedStrings(book))

    @property
    def root(self) -> Element:
        """The worksheet element, without its rows."""
        return self.frame.root

    def row(self, number: int) -> list[Cell]:
        """The cells of a row; none where the part does not have it."""
        for block, rows in self._blocks:
            for row in rows:
                if row.number == number:
                    return list(self.sheet.cells(block, row))
        return []

    def text(self, number: int, cell: Cell) -> str | None:
        """The text that a cell holds by itself; None for a number, a formula or nothing."""
        if formula_in(cell.inner) is not None:
            return None
        shown = self._shown(number, cell)
        return shown if isinstance(shown, str) else None

    def is_blank(self, number: int, cell: Cell) -> bool:
        """Whether a cell holds neither a value nor a formula."""
        return formula_in(cell.inner) is None and self._shown(number, cell) is None

    def add_child(self, name: str, element: bytes) -> None:
        """Add an element, spelled without a prefix, where the order of a worksheet has it."""
        self.frame.add_child(name, with_prefix(element, self.sheet.prefix), _ORDER)

    def append(self, name: str, elements: Sequence[bytes]) -> None:
        """Add elements to a list of the worksheet, which is made where it lacks it."""
        listed = self.root.child(name)
        if listed is None:
            tag = name.encode()
            inner = b"".join(elements)
            self.add_child(name, b'<%s count="%d">%s</%s>' % (tag, len(elements), inner, tag))
            return
        self.frame.append(listed, [with_prefix(element, self.sheet.prefix) for element in elements])
        if "count" in listed.attributes:
            count = len(listed.children) + len(elements)
            self.frame.set_attribute(listed, b"count", b"%d" % count)

    def add_before(self, other: Element | None, parent: Element, element: bytes) -> None:
        """Add an element of a list before another one, or as the last."""
        spelled = with_prefix(element, self.sheet.prefix)
        if other is None:
            self.frame.append(parent, [spelled])
        else:
            self.frame.insert(other.start, spelled)

    def add_table_part(self, relation: str) -> None:
        """Lead to the part of a table by its relationship."""
        self.append("tableParts", [b"<tablePart" + relation_id([self.root], relation) + b"/>"])

    def result(self, new: Mapping[int, Mapping[int, NewCell]] = NO_CELLS) -> bytes:
        """The part's bytes with all that was added.

        new  by row number, the cells to be written by 0-based column; a row that the part lacks
             gets none. Raises InputError, with its address, for a cell that is not blank.
        """
        frame = self.frame.result()
        rows = located(frame, depth=1).child("sheetData")
        if rows is None:
            self.sheet.refuse_damage()
        blocks = (self._with_cells(block, rows, new) for block, rows in self._blocks)
        return frame[: rows.inner_end] + b"".join(blocks) + frame[rows.inner_end :]

    def _with_cells(
        self, block: bytes, rows: Sequence[Row], new: Mapping[int, Mapping[int, NewCell]]
    ) -> bytes:
        pieces: list[bytes] = []
        position = 0
        for row in rows:
            cells = new.get(row.number)
            if cells and row.end > row.tag_end:
                pieces += [block[position : row.start], self._wider_row(block, row, cells)]
                position = row.end
        return b"".join([*pieces, block[position:]])

    def _wider_row(self, block: bytes, row: Row, cells: Mapping[int, NewCell]) -> bytes:
        tag = with_spans(block[row.start : row.tag_end], sorted(cells))
        pieces, position = [tag], row.tag_end
        left = dict(sorted(cells.items()))
        for cell in self.sheet.cells(block, row):
            for column in [column for column in left if column < cell.column]:
                pieces += [
                    block[position : cell.start],
                    self._new_cell(row, column, left.pop(column)),
                ]
                position = cell.start
            if filled := left.pop(cell.column, None):
                pieces += [block[position : cell.start], self._filled(row, cell, filled)]
                position = cell.end
        end = row.end - len(self.sheet.closing(b"row"))
        added = (self._new_cell(row, column, cell) for column, cell in left.items())
        return b"".join([*pieces, block[position:end], *added, block[end : row.end]])

    def _new_cell(self, row: Row, column: int, cell: NewCell) -> bytes:
        address = f"{column_letters(column)}{row.number}".encode()
        opening = b'<%sc r="%s"' % (self.sheet.prefix, address)
        return opening + _style(cell.style) + with_prefix(cell.content, self.sheet.prefix)

    def _filled(self, row: Row, blank: Cell, cell: NewCell) -> bytes:
        """A blank cell that is there, holding what it shall; its own look stays."""
        if not self.is_blank(row.number, blank):
            address = f"{column_letters(blank.column)}{row.number}"
            self.sheet.refuse(address, TAKEN)
        said = attributes_of(blank.attributes)
        style = _style(said.style or 0)
        return blank.lead + said.kept + style + with_prefix(cell.content, self.sheet.prefix)

    def _shown(self, number: int, cell: Cell) -> Stored:
        try:
            return self._reader.shown(attributes_of(cell.attributes).kind, cell.inner)
        except ValueError:
            self.sheet.refuse_damage(f"{column_letters(cell.column)}{number}")


def _style(style: int) -> bytes:
    return b' s="%d"' % style if style else b""
