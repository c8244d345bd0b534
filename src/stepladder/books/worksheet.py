"""A worksheet part as a stream of bytes in; its head, its rows and cells where they stand, out.

Nothing is parsed into a tree and nothing is written anew: a reader of this module replaces pieces
of the bytes and passes on the rest. What it cannot place for certain it refuses.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn

from openpyxl.xml.constants import SHEET_MAIN_NS

from stepladder.books.guard import refuse_encoding
from stepladder.books.outline import Outline, Tab
from stepladder.books.placed_table import Area
from stepladder.books.table import SHEET_COLUMNS, SHEET_ROWS, column_letters
from stepladder.errors import InputError

BLOCK: Final = 4 << 20
"""So many bytes of rows are held at a time."""
_LONGEST_HEAD: Final = 64 << 20

_ROOT: Final = re.compile(
    rb"<!--.*?-->|<(?P<prefix>(?:[\w.-]+:)?)worksheet(?P<names>\s[^>]*)?>", re.DOTALL
)
_ROW_NUMBER: Final = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_CELL_REFERENCE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d+)["']""")
_ATTRIBUTE: Final = re.compile(
    rb"""\s(?P<name>[\w.:-]+)\s*=\s*(?:"(?P<one>[^"]*)"|'(?P<other>[^']*)')"""
)
_COLUMN: Final = re.compile(rb"<(?:[\w.-]+:)?col(\s[^>]*)>")
_FILLING: Final = re.compile(
    rb"""<(?:[\w.-]+:)?f\s[^>]*?\bt\s*=\s*["'](?:array|dataTable)["'][^>]*>"""
)
_REFERENCE: Final = re.compile(rb"""\sref\s*=\s*["']([^"']+)["']""")
_ODD: Final = re.compile(rb"<[!?]|<(?:[\w.-]+:)?(?:extLst|AlternateContent)[\s/>]")
_DIMENSION: Final = re.compile(rb"""(<(?:[\w.-]+:)?dimension\s+ref=["'])([^"']*)(["'])""")
_SPANS: Final = re.compile(rb"""(\sspans=["'])(\d+):(\d+)(["'])""")


class Row(NamedTuple):
    """Where a row stands in its block: its start tag, and where the element ends."""

    number: int
    start: int
    tag_end: int
    end: int


class Cell(NamedTuple):
    """One cell as it stands in its block, or the place where one that is not there would stand.

    column      0-based
    lead        its start tag up to and including the reference, `<c r="B2"`; nothing where the
                cell is not there
    attributes  the rest of its start tag
    inner       what it holds; None or nothing where it is blank
    """

    column: int
    start: int
    end: int
    lead: bytes
    attributes: bytes
    inner: bytes | None


class Attributes(NamedTuple):
    """What a cell's start tag says.

    style  its cell format; None where it has none
    kind   ST_CellType: n, s, inlineStr, str, b, e or d
    kept   what a cell that gets another value keeps: all but the style, the type and what is
           said of the old value
    """

    style: int | None
    kind: bytes
    kept: bytes


class ColumnLook(NamedTuple):
    """What is said of a run of whole columns, 0-based, both ends included.

    style  of cells that are not there yet
    width  in characters, with Excel's padding; None where it is not said
    """

    first: int
    last: int
    style: int | None
    width: float | None


@dataclass
class Worksheet:
    """One worksheet part, read once from its start to its end: head, then blocks, then tail.

    head          everything up to the start tag of the rows, that tag included
    prefix        of the element names, with its colon; mostly empty
    has_formulas  whether the blocks given so far hold a formula
    filled        areas of more than one cell that one formula fills (an array, a data table);
                  each is known once the block with its first cell was given

    Raises InputError, with the sheet and where it can the row, for a part that is damaged, not in
    UTF-8, in the Strict variant, or has comments or CDATA among its rows.
    """

    outline: Outline
    tab: Tab
    chunks: Iterator[bytes]
    head: bytes = b""
    prefix: bytes = b""
    has_formulas: bool = False
    filled: list[Area] = field(default_factory=list)
    _rest: bytes = field(default=b"", repr=False)
    _last_row: int = 0

    def __post_init__(self) -> None:
        """Read the head."""
        found = None
        while found is None:
            chunk = next(self.chunks, None)
            if chunk is None or len(self._rest) > _LONGEST_HEAD:
                self.refuse_damage()
            if not self._rest:
                refuse_encoding(chunk, self.outline.package.source, self.tab.part)
            self._rest += chunk
            found = self._start_of_rows()
        self.head, self._rest = self._rest[: found.end()], self._rest[found.end() :]
        if found[0].endswith(b"/>"):
            self.head = self.head[: found.start()] + found[0].removesuffix(b"/>").rstrip() + b">"
            self._rest = self.closing(b"sheetData") + self._rest
        self._row_open = b"<" + self.prefix + b"row"
        self._row_close = self.closing(b"row")
        self._formula = re.compile(rb"<%sf[\s/>]" % self.prefix)
        self._any_cell = re.compile(
            # Most programs put the reference first; then all that follows repeats in many cells.
            rb'\s*(<%sc(?: r="([A-Z]{1,3})(\d+)")?)((?:\s[^>]*?)?)(?:/>|>(.*?)</%sc\s*>)'
            % (self.prefix, self.prefix),
            re.DOTALL,
        )

    def closing(self, name: bytes) -> bytes:
        """The end tag of an element, as this part spells it."""
        return b"</" + self.prefix + name + b">"

    def blocks(self) -> Iterator[bytes]:
        """All rows, some megabytes of whole ones at a time."""
        end_of_rows = b"</" + self.prefix + b"sheetData"
        while (end := self._rest.find(end_of_rows)) < 0:
            cut = self._rest.rfind(self._row_close)
            if cut >= 0 and len(self._rest) >= BLOCK:
                cut += len(self._row_close)
                block, self._rest = self._rest[:cut], self._rest[cut:]
                yield self._plain(block)
            self._rest += self._more()
        block, self._rest = self._rest[:end], self._rest[end:]
        yield self._plain(block)

    def tail(self) -> Iterator[bytes]:
        """Everything from the end tag of the rows on."""
        yield self._rest
        yield from self.chunks

    def rows(self, block: bytes) -> Iterator[Row]:
        """The rows of a block, in order; those without a number count on from the one before."""
        opening = self._row_open
        start = block.find(opening)
        while start >= 0:
            tag_end = block.find(b">", start) + 1
            if not tag_end or block[start + len(opening)] not in b" >/\t\r\n":
                self.refuse_damage()
            is_closed = block[tag_end - 2] == ord("/")
            end = tag_end if is_closed else block.find(self._row_close, tag_end)
            following = block.find(opening, tag_end)
            # A row may not open within a row: then an end tag is spelled as we do not expect.
            if end < 0 or 0 <= following < end:
                self.refuse_damage()
            end += 0 if is_closed else len(self._row_close)
            yield Row(self._number(block, start, tag_end), start, tag_end, end)
            start = following

    def cells(self, block: bytes, row: Row) -> Iterator[Cell]:
        """The cells of a row, in order; those without a reference count on from the one before."""
        column, position = -1, row.tag_end
        number = b"%d" % row.number
        while found := self._any_cell.match(block, position, row.end):
            lead, letters, digits, attributes, inner = found.groups()
            if letters is None and (reference := _CELL_REFERENCE.search(attributes)):
                letters, digits = reference.groups()
            place = column_of(letters) if letters else column + 1
            if not column < place < SHEET_COLUMNS or (letters and digits != number):
                self.refuse_damage(f"{column_letters(place)}{row.number}")
            column, position = place, found.end()
            yield Cell(column, found.start(1), position, lead, attributes, inner)
        if position < row.end and block[position : row.end].strip() != self._row_close:
            self.refuse_damage(f"{column_letters(column + 1)}{row.number}")

    def refuse_damage(self, address: str = "") -> NoReturn:
        """Raise InputError for rows that are not as office programs write them."""
        where = f"from {address} on" if address else "from its start on"
        raise InputError(
            f"{self.outline.package.source}, sheet {self.tab.name}, is damaged {where}; open the "
            "workbook in Excel, save it as .xlsx and use that file."
        )

    def refuse(self, address: str, what: str) -> NoReturn:
        """Raise InputError for a cell that stands in the way; `what` says why and what to do."""
        raise InputError(f"{self.outline.package.source}, {self.tab.name}!{address}: {what}")

    def _start_of_rows(self) -> "re.Match[bytes] | None":
        for root in _ROOT.finditer(self._rest):
            if root["prefix"] is None:
                continue
            self.prefix = root["prefix"]
            name = b"xmlns" + (b":" + self.prefix.removesuffix(b":") if self.prefix else b"")
            names = {
                found["name"]: found["one"] or found["other"]
                for found in _ATTRIBUTE.finditer(root["names"] or b"")
            }
            if names.get(name) != SHEET_MAIN_NS.encode():
                self.refuse_damage()
            pattern = re.compile(
                rb"<!--.*?-->|<%ssheetData(?:\s[^>]*)?/?>" % self.prefix, re.DOTALL
            )
            tags = pattern.finditer(self._rest, root.end())
            return next((tag for tag in tags if not tag[0].startswith(b"<!--")), None)
        return None

    def _more(self) -> bytes:
        chunks: list[bytes] = []
        while sum(map(len, chunks)) < BLOCK and (chunk := next(self.chunks, None)) is not None:
            chunks.append(chunk)
        if not chunks:
            self.refuse_damage()
        return b"".join(chunks)

    def _plain(self, block: bytes) -> bytes:
        # Each of these is rare, and looking for four words is quicker than for one pattern.
        signs = (b"<!", b"<?", b"extLst", b"AlternateContent")
        if any(sign in block for sign in signs) and (odd := _ODD.search(block)):
            self._refuse_odd(block, odd.start())
        if self._formula.search(block):
            self.has_formulas = True
            self.filled += _filled_areas(block)
        return block

    def _refuse_odd(self, block: bytes, at: int) -> NoReturn:
        start = block.rfind(self._row_open, 0, at)
        number = _ROW_NUMBER.search(block, start, at) if start >= 0 else None
        where = f" in or after row {int(number[1])}" if number else ""
        raise InputError(
            f"{self.outline.package.source}, sheet {self.tab.name}, holds comments or extensions "
            f"among its cells{where}, as Excel never writes them; open it in Excel, save it and "
            "use that file."
        )

    def _number(self, block: bytes, start: int, tag_end: int) -> int:
        found = _ROW_NUMBER.search(block, start, tag_end)
        number = int(found[1]) if found else self._last_row + 1
        if not self._last_row < number <= SHEET_ROWS:
            self.refuse_damage(f"A{number}")
        self._last_row = number
        return number


def _filled_areas(block: bytes) -> Iterator[Area]:
    if b"array" not in block and b"dataTable" not in block:
        return
    for formula in _FILLING.finditer(block):
        if area := _REFERENCE.search(formula[0]):
            filled = Area.of(area[1].decode())
            if ":" in filled.ref:
                yield filled


def opened(outline: Outline, tab: Tab, chunks: Iterable[bytes] | None = None) -> Worksheet:
    """A worksheet part at its start: as the package holds it, or from chunks that stand for it."""
    stored = outline.package.chunks(tab.part) if chunks is None else chunks
    return Worksheet(outline, tab, iter(stored))


@lru_cache(maxsize=1024)
def column_of(letters: bytes) -> int:
    """The 0-based position of a sheet column by its letters, in any case."""
    position = 0
    for letter in letters.upper():
        position = position * 26 + letter - ord("A") + 1
    return position - 1


@lru_cache(maxsize=4096)
def attributes_of(written: bytes) -> Attributes:
    """The attributes of a cell's start tag made out."""
    style, kind, kept = None, b"n", b""
    for found in _ATTRIBUTE.finditer(written):
        match found["name"]:
            case b"s":
                style = int(_value(found))
            case b"t":
                kind = _value(found)
            case b"vm" | b"cm":
                # Metadata of the old value, such as the picture or the spill that it stands for.
                pass
            case _:
                kept += found[0]
    return Attributes(style, kind, kept)


def said_in(tag: bytes) -> dict[bytes, bytes]:
    """The attributes in a start tag, by name with prefix, as they are written."""
    return {found["name"]: _value(found) for found in _ATTRIBUTE.finditer(tag)}


def _value(attribute: "re.Match[bytes]") -> bytes:
    return attribute["one"] if attribute["other"] is None else attribute["other"]


def with_dimension(head: bytes, changed: Callable[[Area], Area]) -> bytes:
    """The head of a part with another dimension; one without, or with no readable one, stays."""

    def respelled(found: "re.Match[bytes]") -> bytes:
        try:
            old = Area.of(found[2].decode())
        except ValueError:
            return found[0]
        new = changed(old)
        return found[0] if new == old else found[1] + new.ref.encode() + found[3]

    return _DIMENSION.sub(respelled, head, count=1)


def with_spans(tag: bytes, columns: Sequence[int]) -> bytes:
    """A row's start tag with its hint on used columns, if it has one, grown to hold these."""

    def grown(found: "re.Match[bytes]") -> bytes:
        first = min(int(found[2]), columns[0] + 1)
        last = max(int(found[3]), columns[-1] + 1)
        return b"%s%d:%d%s" % (found[1], first, last, found[4])

    return _SPANS.sub(grown, tag, count=1)


def column_looks(head: bytes) -> Iterator[ColumnLook]:
    """What the head of a part says of whole columns, left to right."""
    for element in _COLUMN.finditer(head):
        said = {
            found["name"]: found["one"] or found["other"] or b""
            for found in _ATTRIBUTE.finditer(element[1])
        }
        try:
            yield ColumnLook(
                first=int(said[b"min"]) - 1,
                last=int(said[b"max"]) - 1,
                style=int(said[b"style"]) if b"style" in said else None,
                width=float(said[b"width"]) if b"width" in said else None,
            )
        except (KeyError, ValueError):
            # Not as the format has it; the cells then say themselves how they look.
            continue
