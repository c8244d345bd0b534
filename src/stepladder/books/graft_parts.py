"""A sheet of a fresh workbook of ours in; its parts under free names of another workbook, out."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Final

from stepladder.books.content_types import ContentTypes
from stepladder.books.elements import Edits
from stepladder.books.graft_sheet import SheetGraft
from stepladder.books.graft_styles import StyleGraft
from stepladder.books.guard import CONTENT_TYPES
from stepladder.books.new_parts import NewParts
from stepladder.books.outline import Outline
from stepladder.books.package import Relation, relations_part
from stepladder.books.relationships import RELATIONS_TYPE

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
        self._sheets = SheetGraft(self.target, self.donor, self.styles)

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
            "worksheet": self._sheets.worksheet,
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
        edits = Edits(self._sheets.differentials(content))
        edits.set_attribute(edits.root, b"id", b"%d" % next(self._ids))
        return edits.result()

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


def new_table_ids(book: Outline) -> Iterator[int]:
    """Numbers that no table of the workbook has."""
    return count(1 + max((table.id for table in book.tables), default=0))
