"""Two workbooks' styles in; the first one's with what the second one's cells wear, out.

A cell format names its font, fill, border and number format by their positions in lists of the
workbook's own. Entries are added behind those that are there, which keep their positions; where an
equal entry is there already, it is taken.
"""

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import quoteattr, unescape

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_datetime

from stepladder.books.changes import stored
from stepladder.books.elements import Edits, Element, located, with_attributes, with_prefix
from stepladder.books.new_parts import NewParts
from stepladder.books.outline import Outline
from stepladder.books.relationships import Relationships
from stepladder.errors import InputError

MOST_CELL_FORMATS: Final = 64_000
"""Beyond about as many Excel calls a file damaged (its specification has 65,490)."""

# CT_Stylesheet, ECMA-376 part 1, 18.8.39.
_ORDER: Final = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
_STYLES_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_FIRST_OWN_NUMBER_FORMAT: Final = 164
_OWN_NUMBER_FORMAT: Final = re.compile(
    rb'(<(?:[\w.-]+:)?numFmt numFmtId=")\d+(" formatCode="([^"]*)")'
)
_QUOTE: Final = {"&quot;": '"'}
_PARTS_OF_A_FORMAT: Final = MappingProxyType(
    {b"fontId": "fonts", b"fillId": "fills", b"borderId": "borders"}
)
# What must stand at the start of a list, where it has fewer entries: cells without a style show
# the first ones, and Excel draws the first two fills like this whatever they say.
_FIRST: Final[Mapping[str, Sequence[bytes]]] = MappingProxyType(
    {
        "fonts": (
            b'<font><sz val="11"/><color theme="1"/><name val="Calibri"/><family val="2"/></font>',
        ),
        "fills": (
            b'<fill><patternFill patternType="none"/></fill>',
            b'<fill><patternFill patternType="gray125"/></fill>',
        ),
        "borders": (b"<border><left/><right/><top/><bottom/><diagonal/></border>",),
        "cellXfs": (b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
    }
)

NO_STYLES: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><color theme="1"/><name val="Calibri"/>'
    b'<family val="2"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    b"</styleSheet>"
)
"""The styles part for a workbook that has none: what Excel shows such a workbook in."""


@dataclass
class StyleGraft:
    """Both workbooks' styles parts; each style of the donor gets its position in the target.

    Positions are asked for one by one; `result` is the target's part with all that was asked for.
    """

    source: str
    target: bytes
    donor: bytes
    _lists: dict[str, "_StyleList"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._root = located(self.target)
        self._donor_root = located(self.donor)
        self.cell_format = cache(self._cell_format)
        self.differential = cache(self._differential)
        self.shows_day = cache(self._shows_day)

    @property
    def is_changed(self) -> bool:
        """Whether anything was asked for that the target does not have."""
        return any(styles.added for styles in self._lists.values())

    def result(self) -> bytes:
        """The target's styles part with the entries that were added.

        Raises InputError where Excel cannot hold as many cell formats.
        """
        edits = Edits(self.target)
        for name in _ORDER:
            styles = self._lists.get(name)
            if styles is None or not styles.added:
                continue
            total = b"%d" % styles.count
            if name == "cellXfs" and styles.count > MOST_CELL_FORMATS:
                raise InputError(
                    f"{self.source} has so many cell formats that Excel would not open it with "
                    "Stepladder's added; copy its sheets into a new workbook and use that."
                )
            if styles.element is None:
                tag = self._root.prefix + name.encode()
                listed = b"".join(styles.added)
                edits.add_child(name, b'<%s count="%s">%s</%s>' % (tag, total, listed, tag), _ORDER)
                continue
            edits.append(styles.element, styles.added)
            if "count" in styles.element.attributes:
                edits.set_attribute(styles.element, b"count", total)
        return edits.result()

    def _cell_format(self, position: int) -> int:
        """Where the target has the donor's cell format; the first is each workbook's Normal."""
        if position == 0:
            return 0
        donated = self._donated("cellXfs", position)
        wanted: dict[bytes, bytes | None] = {
            name: b"%d" % self._entry(entries, int(donated.attributes.get(name.decode(), "0")))
            for name, entries in _PARTS_OF_A_FORMAT.items()
        }
        wanted[b"numFmtId"] = b"%d" % self._number_format(self._number_format_of(donated))
        wanted[b"xfId"] = self._parent_style
        return self._list("cellXfs").place(self._with(donated, wanted))

    def _differential(self, position: int) -> int:
        """Where the target has the donor's differential format, which holds its parts itself."""
        donated = self._with(self._donated("dxfs", position), {})
        numbered = _OWN_NUMBER_FORMAT.sub(self._renumbered, donated)
        return self._list("dxfs").place(numbered)

    def _renumbered(self, found: "re.Match[bytes]") -> bytes:
        return found[1] + b"%d" % self._coded(unescape(found[3].decode(), _QUOTE)) + found[2]

    def _shows_day(self, position: int) -> bool:
        """Whether the donor's cell format makes a day of a number."""
        number = self._number_format_of(self._donated("cellXfs", position))
        code = self._donor_codes.get(number) or BUILTIN_FORMATS.get(number, "General")
        return is_datetime(code) in {"date", "datetime"}

    def _entry(self, name: str, position: int) -> int:
        return self._list(name).place(self._with(self._donated(name, position), {}))

    def _number_format(self, number: int) -> int:
        code = self._donor_codes.get(number)
        return number if code is None else self._coded(code)

    def _coded(self, code: str) -> int:
        """The number by which the target knows a number format; a new one gets the next free."""
        taken = self._target_codes
        if code not in taken:
            numbers = set(taken.values())
            taken[code] = next(
                free for free in count(_FIRST_OWN_NUMBER_FORMAT) if free not in numbers
            )
            tag = self._root.prefix + b"numFmt"
            self._list("numFmts").place(
                b'<%s numFmtId="%d" formatCode=%s/>' % (tag, taken[code], quoteattr(code).encode())
            )
        return taken[code]

    def _number_format_of(self, cell_format: Element) -> int:
        return int(cell_format.attributes.get("numFmtId", "0"))

    def _donated(self, name: str, position: int) -> Element:
        listed = self._donor_root.child(name)
        if listed is None or not 0 <= position < len(listed.children):
            raise ValueError(f"the donor has no entry {position} of {name}")
        return listed.children[position]

    def _with(self, element: Element, values: Mapping[bytes, bytes | None]) -> bytes:
        """The donor's element as the target spells it, with these attributes."""
        tag = with_attributes(self.donor[element.start : element.tag_end], values)
        whole = tag + self.donor[element.tag_end : element.end]
        return with_prefix(whole, self._root.prefix)

    def _list(self, name: str) -> "_StyleList":
        if name not in self._lists:
            element = self._root.child(name)
            first = [with_prefix(entry, self._root.prefix) for entry in _FIRST.get(name, ())]
            self._lists[name] = _StyleList(element, _entries(self.target, element), first)
        return self._lists[name]

    @cached_property
    def _parent_style(self) -> bytes | None:
        """The style behind the target's Normal, to which ours belong too; None without any."""
        formats = self._root.child("cellXfs")
        if self._root.child("cellStyleXfs") is None or not (formats and formats.children):
            return None
        return formats.children[0].attributes.get("xfId", "0").encode()

    @cached_property
    def _donor_codes(self) -> dict[int, str]:
        return {number: code for code, number in _codes(self._donor_root)}

    @cached_property
    def _target_codes(self) -> dict[str, int]:
        return dict(_codes(self._root))


def style_graft(target: Outline, donor: Outline) -> StyleGraft:
    """The styles of two workbooks, of which each may have none."""
    return StyleGraft(target.package.source, _stored(target), _stored(donor))


def place_styles(
    styles: StyleGraft, target: Outline, parts: NewParts, links: Relationships
) -> dict[str, bytes]:
    """The target's styles part as it shall be; one that it lacks becomes a new part instead.

    links  the workbook part's
    """
    if target.styles_part is not None:
        return {target.styles_part: styles.result()} if styles.is_changed else {}
    part = parts.name(posixpath.join(posixpath.dirname(target.workbook_part), "styles.xml"))
    parts.add(part, styles.result(), _STYLES_TYPE)
    links.add("styles", part)
    return {}


def _stored(book: Outline) -> bytes:
    return NO_STYLES if book.styles_part is None else stored(book.package, book.styles_part)


class _StyleList:
    """One list of the target's styles: its entries, and those that are added behind them."""

    def __init__(
        self, element: Element | None, stored: Sequence[bytes], first: Sequence[bytes]
    ) -> None:
        self.element = element
        self.added: list[bytes] = []
        self._places: dict[bytes, int] = {}
        for place, entry in enumerate(stored):
            self._places.setdefault(entry, place)
        self.count = len(stored)
        for entry in first[len(stored) :]:
            self._add(entry)

    def place(self, entry: bytes) -> int:
        """The position of an entry; one that is not there is added."""
        if entry not in self._places:
            self._add(entry)
        return self._places[entry]

    def _add(self, entry: bytes) -> None:
        self._places.setdefault(entry, self.count)
        self.added.append(entry)
        self.count += 1


def _entries(content: bytes, element: Element | None) -> list[bytes]:
    if element is None:
        return []
    return [content[child.start : child.end] for child in element.children]


def _codes(root: Element) -> list[tuple[str, int]]:
    """The number formats by code; what is none is left out, as no cell can show in it."""
    listed = root.child("numFmts")
    said = [
        (entry.attributes.get("formatCode"), entry.attributes.get("numFmtId", ""))
        for entry in (listed.children if listed else ())
    ]
    return [(code, int(number)) for code, number in said if code and number.isdecimal()]
