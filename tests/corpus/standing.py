"""A workbook before and after in; what of the old one no longer stands in the new one, out.

Looked at with means of its own: the standard library's zipfile and expat's positions, none of the
code that wrote the file but `located`, which finds elements.
"""

import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from xml.etree import ElementTree as ET

from stepladder.books.elements import Element, located

CONTENT_TYPES: Final = "[Content_Types].xml"
_LINKS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_COUNTED: Final = frozenset({"count", "uniqueCount", "fullCalcOnLoad"})
_REACHING: Final = frozenset({"ref", "count", "spans"})
"""What says how far a taken list reaches."""


@dataclass(frozen=True)
class Roster:
    """Where a list that was taken stands: its sheet, and its table if it was one already."""

    sheet: str
    table: str | None


@dataclass(frozen=True)
class Entry:
    """One element of a part; `inner` is what it holds where no element below it is looked at."""

    depth: int
    name: str
    prefix: bytes
    said: Mapping[str, str]
    inner: bytes

    def __str__(self) -> str:
        return f"{self.name} {self.said.get('r') or self.said.get('name') or ''}".strip()

    def stands(self, other: "Entry") -> bool:
        """Whether the other is this one; a blank cell may have got a value and keeps its look."""
        if self.name == "c" and not self.inner:
            said = {key: text for key, text in other.said.items() if key != "t" or "t" in self.said}
            return (self.depth, self.name, self.prefix, self.said) == (
                *(other.depth, other.name, other.prefix, said),
            )
        return self == other


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a package by name, in its order."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {part.filename: package.read(part) for part in package.infolist()}


def lost(old: bytes, new: bytes, rosters: Collection[Roster] = ()) -> list[str]:
    """What does not stand any more, in words; nothing where the office lost nothing.

    Parts stay byte for byte and in their order, ours behind them. The content types, the workbook,
    its relationships and its styles keep every entry, in order; the sheet and table part of a list
    that was taken keep everything, with more between it.
    """
    before, after = parts_of(old), parts_of(new)
    gaining = set(gaining_parts(before))
    taken = {part for roster in rosters for part in roster_parts(before, roster)}
    said = []
    if [*after][: len(before)] != [*before]:
        said.append("the parts are not in their order")
    for name, part in before.items():
        if name not in after:
            said.append(f"{name} is gone")
        elif part == after[name]:
            continue
        elif name in taken:
            said += [f"{name}: {what}" for what in _not_inserted(part, after[name])]
        elif name in gaining:
            said += [f"{name}: {what}" for what in _not_in_order(part, after[name])]
        else:
            said.append(f"{name} is changed")
    return said


def gaining_parts(parts: dict[str, bytes]) -> Iterator[str]:
    """The parts that gain entries for our sheets."""
    yield CONTENT_TYPES
    book = workbook_part(parts)
    yield from (book, links_part(book))
    yield from _targets(parts, book, "styles")


def workbook_part(parts: dict[str, bytes]) -> str:
    """The part of the workbook itself."""
    return next(_targets(parts, "", "officeDocument"))


def links_part(part: str) -> str:
    """The part with a part's relationships."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def roster_parts(parts: dict[str, bytes], roster: Roster) -> Iterator[str]:
    """The parts that a list of the office's may grow in: its sheet, its links, its table."""
    book = workbook_part(parts)
    for element in ET.fromstring(parts[book]).iter():  # noqa: S314 - not hostile: adopted
        if element.tag.endswith("}sheet") and element.get("name") == roster.sheet:
            relation = next(value for key, value in element.items() if key.endswith("}id"))
            sheet = next(_targets(parts, book, "worksheet", relation))
            yield from (sheet, links_part(sheet))
            for table in _targets(parts, sheet, "table"):
                named = ET.fromstring(parts[table]).get("displayName")  # noqa: S314 - as above
                if named == roster.table:
                    yield table


def _targets(
    parts: dict[str, bytes], part: str, kind: str, relation: str | None = None
) -> Iterator[str]:
    links = parts.get(links_part(part))
    if links is None:
        return
    folder = part.rpartition("/")[0]
    by_case = {name.lower().lstrip("/"): name for name in parts}
    for link in ET.fromstring(links).iter(_LINKS):  # noqa: S314 - as above
        target = link.get("Target", "")
        if not link.get("Type", "").endswith(f"/{kind}") or relation not in {None, link.get("Id")}:
            continue
        path = target if target.startswith("/") else f"{folder}/{target}"
        steps: list[str] = []
        for step in path.strip("/").split("/"):
            if step == "..":
                steps.pop()
            elif step != ".":
                steps.append(step)
        if (name := by_case.get("/".join(steps).lower())) is not None:
            yield name


def _not_in_order(old: bytes, new: bytes) -> Iterator[str]:
    """Old entries that are not there any more, in their order."""
    before, after = (_entries(part, _COUNTED) for part in (old, new))
    if _start(old, _COUNTED) != _start(new, _COUNTED):
        yield "its start tag is another"
    missing = _first_missing(before, after)
    if missing is not None:
        yield f"an entry is gone or moved: {missing}"


def _not_inserted(old: bytes, new: bytes) -> Iterator[str]:
    """What of a sheet or table was not only added to."""
    before, after = (_entries(part, _REACHING) for part in (old, new))
    if _start(old, _REACHING) != _start(new, _REACHING):
        yield "its start tag is another"
    missing = _first_missing(before, after)
    if missing is not None:
        yield f"an element is gone or moved: {missing}"


def _start(part: bytes, numbers: Collection[str]) -> tuple[Any, ...]:
    """What stands before the root's first child: declaration, comments, and its start tag."""
    root = located(part)
    said = {key: text for key, text in root.attributes.items() if key not in numbers}
    return part[: root.start], root.name, root.prefix, root.prefixes, said


def _first_missing(before: Sequence[Entry], after: Sequence[Entry]) -> Entry | None:
    """The first old entry that has no equal behind the one before it."""
    rest = iter(after)
    return next((entry for entry in before if not any(entry.stands(other) for other in rest)), None)


def _entries(part: bytes, numbers: Collection[str]) -> list[Entry]:
    """Every element down to the entries of lists and the cells of rows, in order."""

    def walk(element: Element, depth: int) -> Iterator[Entry]:
        for child in element.children:
            said = {key: text for key, text in child.attributes.items() if key not in numbers}
            inner = b"" if child.children else part[child.tag_end : child.inner_end]
            yield Entry(depth, child.name, child.prefix, said, inner)
            yield from walk(child, depth + 1)

    return list(walk(located(part), 0))
