"""A sheet of a fresh workbook of ours in; its parts under free names of another workbook, out.

The donor is written by XlsxWriter and by our own templates, so its sheets are spelled in one way:
no prefixes, attributes in one order. A donor that is spelled otherwise is a fault of ours, told as
a ValueError.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Final

from stepladder.books.content_types import ContentTypes
from stepladder.books.elements import Edits, located, with_attributes
from stepladder.books.graft_styles import StyleGraft
from stepladder.books.new_parts import NewParts
from stepladder.books.outline import Outline
from stepladder.books.package import CONTENT_TYPES, Relation, relations_part
from stepladder.books.relationships import RELATIONS_TYPE

DAYS_TO_1904: Final = 1462
"""A day's number is lower by so many where days are counted from 1904 instead of 1900."""

_ROWS: Final = re.compile(
    rb"(?P<head>.*?)(?:<sheetData/>|<sheetData>(?P<rows>.*)</sheetData>)(?P<tail>.*)", re.DOTALL
)
_WORKSHEET: Final = re.compile(
    rb'(?:<\?xml[^>]*\?>\s*)?<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
)
_VIEW: Final = re.compile(rb"<(?:sheetView|sheetPr)\s[^>]*>")
_COLUMN_STYLE: Final = re.compile(rb'(<col [^>]*? style=")(\d+)"')
_ROW_STYLE: Final = re.compile(rb'(<row [^>]*? s=")(\d+)"')
_CELL: Final = re.compile(
    rb'<c r="(?P<place>[A-Z]+\d+)"(?: s="(?P<style>\d+)")?(?: t="(?P<type>\w+)")?'
    rb"(?:/>|>(?P<inner>.*?)</c>)",
    re.DOTALL,
)
_ANY_CELL: Final = re.compile(rb"<c[\s/>]")
_VALUE: Final = re.compile(rb"<v>([^<]*)</v>")
_DIFFERENTIAL: Final = re.compile(rb'(\s(?:dxfId|\w+DxfId)=")(\d+)"')
_DAY_RULE: Final = re.compile(
    rb'<dataValidation type="date"[^>]*>(?:<formula[12]>[^<]*</formula[12]>)+'
)
_DAY_IN_RULE: Final = re.compile(rb"(<formula[12]>)(\d+(?:\.\d+)?)(?=</formula)")
_FORMULA: Final = re.compile(
    rb"<(?:f|formula|formula[12](?!>[\d.]+<)|c:f|calculatedColumnFormula)(?:\s[^>]*)?>([^<]*)</"
)
_SHAPE: Final = re.compile(rb'(\sid="_x0000_s)(\d+)')
_SHAPE_GROUPS: Final = re.compile(rb'(<o:idmap\s[^>]*?data=")([\d,\s]+)"')
_ANY_GROUPS: Final = re.compile(rb"""idmap\s[^>]*?data\s*=\s*["']([\d,\s]+)["']""")
_SHAPES_OF_A_GROUP: Final = 1024
_KEPT: Final = frozenset({"comments", "drawing", "chart", "image"})


@dataclass
class PartGraft:
    """Parts of the donor on their way into the target, each with all that it leads to.

    parts     those so far
    formulas  all formulas so far, as the parts spell them; plain limits of validations are none
    """

    target: Outline
    donor: Outline
    parts: NewParts
    styles: StyleGraft
    formulas: list[bytes] = field(default_factory=list)
    _new_names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = new_table_ids(self.target)

    def place(self, part: str, kind: str) -> str:
        """Add a part and all that it leads to; its new name.

        kind  worksheet, table, … : the last word of the relationship that leads to it
        """
        if part in self._new_names:
            return self._new_names[part]
        name = self._new_names[part] = self.parts.name(self._moved(part))
        self.parts.add(name, self._transformed(part, kind), self._type_of(part))
        if relations := self.donor.package.relations(part):
            content = self._relations(part, relations)
            self.parts.add(relations_part(name), content, RELATIONS_TYPE)
        return name

    def _moved(self, part: str) -> str:
        """The part beside the target's workbook part as it stands beside the donor's."""
        inner = posixpath.relpath(part, posixpath.dirname(self.donor.workbook_part) or ".")
        return posixpath.normpath(
            posixpath.join(posixpath.dirname(self.target.workbook_part), inner)
        )

    def _type_of(self, part: str) -> str:
        content_type = self._donor_types.of(part)
        if content_type is None:
            raise ValueError(f"the donor does not say what {part} is")
        return content_type

    def _transformed(self, part: str, kind: str) -> bytes:
        content = self.donor.package.read(part)
        transformed: Mapping[str, Callable[[bytes], bytes]] = {
            "worksheet": lambda content: self._worksheet(content, part),
            "table": self._table,
            "vmlDrawing": self._shapes,
        }
        if kind in transformed:
            content = transformed[kind](content)
        elif kind not in _KEPT:
            raise ValueError(f"{part}: parts of the kind {kind} are not grafted")
        self.formulas += _FORMULA.findall(content) if kind != "image" else []
        return content

    def _relations(self, part: str, relations: Iterable[Relation]) -> bytes:
        """The part's relationships with the new names of the parts they lead to."""
        new = {
            relation.id: self._target_of(relation, part)
            for relation in relations
            if not relation.is_external and relation.target in self.donor.package
        }
        content = self.donor.package.read(relations_part(part))
        edits = Edits(content)
        for element in edits.root.children:
            if target := new.get(element.attributes["Id"]):
                edits.set_attribute(element, b"Target", target.encode())
        return edits.result()

    def _target_of(self, relation: Relation, part: str) -> str:
        name = self.place(relation.target, relation.kind)
        return posixpath.relpath(name, posixpath.dirname(self._new_names[part]))

    def _table(self, content: bytes) -> bytes:
        edits = Edits(self._differentials(content))
        edits.set_attribute(edits.root, b"id", b"%d" % next(self._ids))
        return edits.result()

    def _worksheet(self, content: bytes, part: str) -> bytes:
        split = _ROWS.fullmatch(content)
        if split is None or not _WORKSHEET.match(content):
            raise ValueError(f"{part} is not spelled as XlsxWriter spells a worksheet")
        head = _VIEW.sub(_unselected, split["head"])
        head = _COLUMN_STYLE.sub(self._restyled, head)
        rows = _ROW_STYLE.sub(self._restyled, split["rows"] or b"")
        rows, cells = _CELL.subn(self._cell, rows)
        if cells != len(_ANY_CELL.findall(rows)):
            raise ValueError(f"{part} has cells that are not spelled as XlsxWriter spells them")
        tail = self._differentials(split["tail"])
        if self.target.is_1904:
            tail = _DAY_RULE.sub(_moved_days, tail)
        return head + b"<sheetData>" + rows + b"</sheetData>" + tail

    def _cell(self, found: "re.Match[bytes]") -> bytes:
        """One cell in the target's style, its text inline, its day in the target's calendar."""
        style, kind, inner = int(found["style"] or 0), found["type"] or b"n", found["inner"] or b""
        if kind == b"s":
            kind, inner = b"inlineStr", self._inline(inner)
        elif kind == b"n" and self.target.is_1904 and inner and self.styles.shows_day(style):
            inner = _VALUE.sub(_moved_day, inner)
        style = self.styles.cell_format(style)
        return b'<c r="%s"%s%s%s' % (
            found["place"],
            b' s="%d"' % style if style else b"",
            b' t="%s"' % kind if kind != b"n" else b"",
            b">%s</c>" % inner if inner else b"/>",
        )

    def _inline(self, inner: bytes) -> bytes:
        value = _VALUE.fullmatch(inner)
        if value is None:
            raise ValueError(f"no shared string: {inner!r}")
        return b"<is>" + self._strings[int(value[1])] + b"</is>"

    def _restyled(self, found: "re.Match[bytes]") -> bytes:
        return b'%s%d"' % (found[1], self.styles.cell_format(int(found[2])))

    def _differentials(self, content: bytes) -> bytes:
        def placed(found: "re.Match[bytes]") -> bytes:
            return b'%s%d"' % (found[1], self.styles.differential(int(found[2])))

        return _DIFFERENTIAL.sub(placed, content)

    def _shapes(self, content: bytes) -> bytes:
        """Shapes whose numbers, which Excel gives by the thousand, no sheet of the target has."""
        past = self._last_shape_group

        def moved_groups(found: "re.Match[bytes]") -> bytes:
            groups = [b"%d" % (int(group) + past) for group in found[2].split(b",")]
            return found[1] + b",".join(groups) + b'"'

        def moved_shape(found: "re.Match[bytes]") -> bytes:
            return b"%s%d" % (found[1], int(found[2]) + past * _SHAPES_OF_A_GROUP)

        return _SHAPE.sub(moved_shape, _SHAPE_GROUPS.sub(moved_groups, content))

    @cached_property
    def _last_shape_group(self) -> int:
        package = self.target.package
        drawings = (package.read(name) for name in package.names if name.lower().endswith(".vml"))
        groups = (listed for drawing in drawings for listed in _ANY_GROUPS.findall(drawing))
        numbers = (number for listed in groups for number in re.findall(rb"\d+", listed))
        return max(map(int, numbers), default=0)

    @cached_property
    def _donor_types(self) -> ContentTypes:
        return ContentTypes(self.donor.package.read(CONTENT_TYPES))

    @cached_property
    def _strings(self) -> list[bytes]:
        """What each shared string of the donor holds, which an inline string holds as well."""
        part = self.donor.strings_part
        if part is None:
            return []
        content = self.donor.package.read(part)
        return [
            content[item.tag_end : item.inner_end] for item in located(content, depth=1).children
        ]


def new_table_ids(book: Outline) -> Iterator[int]:
    """Numbers that no table of the workbook has."""
    return count(1 + max((table.id for table in book.tables), default=0))


def _unselected(tag: "re.Match[bytes]") -> bytes:
    """The sheet is neither the one shown first nor known to a macro project."""
    return with_attributes(tag[0], {b"tabSelected": None, b"codeName": None})


def _moved_days(rule: "re.Match[bytes]") -> bytes:
    return _DAY_IN_RULE.sub(lambda found: b"%s%s" % (found[1], _day_1904(found[2])), rule[0])


def _moved_day(found: "re.Match[bytes]") -> bytes:
    return b"<v>%s</v>" % _day_1904(found[1]) if found[1] else found[0]


def _day_1904(number: bytes) -> bytes:
    """A day counted from 1900 as it is counted from 1904."""
    day = float(number) - DAYS_TO_1904
    if day < 0:
        raise ValueError(f"day {number!r} is before 1904")
    return b"%d" % day if day.is_integer() else repr(day).encode()
