"""Where a part leads in; the same with more, out."""

import posixpath
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from openpyxl.xml.constants import PKG_REL_NS, REL_NS

from stepladder.books.changes import stored
from stepladder.books.elements import Edits, Element
from stepladder.books.package import Package, relations_part

RELATIONS_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"
_NONE: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Relationships xmlns="{PKG_REL_NS}"/>'
).encode()


class Relationships:
    """The relationships of one part (ECMA-376 part 2, 9.3).

    name        of the part that holds them
    is_new      whether the package lacks that part
    is_changed  whether any was added
    """

    def __init__(self, package: Package, part: str) -> None:
        self.name = relations_part(part)
        self.is_new = self.name not in package
        self.is_changed = False
        self._folder = posixpath.dirname(part)
        self._edits = Edits(_NONE if self.is_new else stored(package, self.name))
        self._ids = {element.attributes.get("Id") for element in self._edits.root.children}

    def add(self, kind: str, part: str) -> str:
        """Lead to a part; the id of the new relationship.

        kind  worksheet, table, styles, … : the last word of the relationship's type
        """
        number = len(self._ids) + 1
        while f"rId{number}" in self._ids:
            number += 1
        added = f"rId{number}"
        self.is_changed = True
        self._ids.add(added)
        root = self._edits.root
        element = (
            f'Relationship Id="{added}" Type="{REL_NS}/{kind}" '
            f"Target={quoteattr(posixpath.relpath(part, self._folder or '.'))}/>"
        )
        self._edits.append(root, [b"<" + root.prefix + element.encode()])
        return added

    def result(self) -> bytes:
        """The part's bytes with the relationships that were added."""
        return self._edits.result()


def relation_id(scope: Sequence[Element], relation: str, prefer: str = "r") -> bytes:
    """The attribute by which an element names a relationship, with all it needs to be understood.

    scope   the elements around it, the root first
    prefer  the prefix of the attribute; it is declared here where it means something else there
    """
    declared = (
        element.prefixes[prefer] for element in reversed(scope) if prefer in element.prefixes
    )
    declaration = "" if next(declared, None) == REL_NS else f' xmlns:{prefer}="{REL_NS}"'
    return f'{declaration} {prefer}:id="{relation}"'.encode()
