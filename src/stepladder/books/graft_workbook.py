"""A workbook part in; the same with more tabs and names, calculated anew on opening, out."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from openpyxl.xml.constants import REL_NS

from stepladder.books.calculation import WORKBOOK_ORDER, calculated_on_load
from stepladder.books.changes import stored
from stepladder.books.elements import Edits, Element, located, with_attributes, with_prefix
from stepladder.books.guard import damage_sentence
from stepladder.books.outline import DefinedName, Outline, Tab
from stepladder.books.relationships import relation_id
from stepladder.errors import InputError


class WorkbookGraft:
    """The target's workbook part on its way; `result` is the part with all that was added.

    What is added stands behind what is there: the target's tabs keep their positions, by which
    names that belong to one sheet know it, and the tab that it opens with. Excel will calculate
    every formula when it opens the workbook.
    """

    def __init__(self, target: Outline) -> None:
        self._source = target.package.source
        content = stored(target.package, target.workbook_part)
        self._edits = Edits(calculated_on_load(target) or content)
        sheets = self._edits.root.child("sheets")
        if sheets is None or not sheets.children:
            raise InputError(damage_sentence(self._source))
        self._sheets = sheets
        self._tabs = [element.attributes for element in sheets.all("sheet")]
        if any(name.tab is not None and name.tab >= len(self._tabs) for name in target.names):
            raise InputError(
                f"{self._source} holds names for a sheet that is not there; open it in Excel, "
                "save it and use that file."
            )

    @property
    def titles(self) -> list[str]:
        """What the target's tabs are called, whatever kind of sheet they lead to."""
        return [attributes["name"] for attributes in self._tabs]

    def add_tabs(self, relation_ids: Sequence[tuple[Tab, str]]) -> None:
        """Add tabs of the donor's, each with the id of the relationship that leads to its part."""
        first = 1 + max(int(attributes["sheetId"]) for attributes in self._tabs)
        scope, prefix = [self._edits.root, self._sheets], self._relation_prefix
        for sheet_id, (tab, relation) in enumerate(relation_ids, first):
            state = "" if tab.state == "visible" else f' state="{tab.state}"'
            opening = f'sheet name={quoteattr(tab.name)} sheetId="{sheet_id}"{state}'
            element = opening.encode() + relation_id(scope, relation, prefix) + b"/>"
            self._edits.append(self._sheets, [b"<" + self._edits.root.prefix + element])
        # A sheet says how it is viewed in the workbook's first window, so there must be one.
        if self._edits.root.child("bookViews") is None:
            self._add_child("bookViews", b"<bookViews><workbookView/></bookViews>")

    def add_names(self, donor: Outline, names: Sequence[DefinedName], tabs: Sequence[Tab]) -> None:
        """Add names of the donor's; those of one sheet follow it to its new position.

        tabs  the donor's tabs that were added, in their order
        """
        places = {donor.sheets.index(tab): len(self._tabs) + at for at, tab in enumerate(tabs)}
        content = stored(donor.package, donor.workbook_part)
        elements = located(content).child("definedNames")
        added = [
            _name(content, element, places)
            for element, name in zip(
                elements.children if elements else (), donor.names, strict=True
            )
            if name in names
        ]
        prefix = self._edits.root.prefix
        there = self._edits.root.child("definedNames")
        if there is not None:
            self._edits.append(there, [with_prefix(element, prefix) for element in added])
        elif added:
            self._add_child(
                "definedNames", b"<definedNames>" + b"".join(added) + b"</definedNames>"
            )

    def result(self) -> bytes:
        """The part's bytes with all that was added."""
        return self._edits.result()

    def _add_child(self, name: str, element: bytes) -> None:
        self._edits.add_child(name, with_prefix(element, self._edits.root.prefix), WORKBOOK_ORDER)

    @property
    def _relation_prefix(self) -> str:
        """By which prefix the target's tabs name their relationships.

        Some readers look for the prefix, not for what it stands for.
        """
        ids = (name.split(" ") for tab in self._tabs for name in tab if name.startswith(REL_NS))
        return next((prefix for _, _, prefix in ids), "r")


def _name(content: bytes, element: Element, places: Mapping[int, int]) -> bytes:
    tag = content[element.start : element.tag_end]
    place = element.attributes.get("localSheetId")
    if place is not None:
        tag = with_attributes(tag, {b"localSheetId": b"%d" % places[int(place)]})
    return tag + content[element.tag_end : element.end]
