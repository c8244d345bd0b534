"""An XML part's bytes in; where its elements stand in them, and the bytes with more in them, out.

Nothing is written anew from a tree: what is inserted goes between the bytes that are there, and
every one of those stays, in its place and in its spelling.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

_DEPTH: Final = 3
_ATTRIBUTE: Final = re.compile(rb"""\s+(?P<name>[^\s=]+)\s*=\s*(?P<quoted>"[^"]*"|'[^']*')""")
_TAG: Final = re.compile(rb"""<(?P<name>[^\s/>]+)(?P<attributes>(?:"[^"]*"|'[^']*'|[^"'>])*?)/?>""")
_OPENING: Final = re.compile(rb"<(/?)(?=[A-Za-z_])")


@dataclass
class Element:
    """One element and where it stands in the bytes of its part.

    name        without its prefix
    prefix      as it is spelled, with its colon; mostly empty
    attributes  by name; those of a namespace by "namespace name prefix", all as expat gives them
    prefixes    the namespaces that its start tag declares, by prefix ("" for the default one)
    start       of its start tag, which ends before `tag_end`
    inner_end   of what it holds: there its end tag starts, if it has one
    """

    namespace: str
    name: str
    prefix: bytes
    attributes: Mapping[str, str]
    prefixes: Mapping[str, str]
    start: int
    tag_end: int
    inner_end: int = 0
    end: int = 0
    children: list["Element"] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        """Whether its start tag closes it: `<fonts/>`."""
        return self.tag_end == self.end

    def child(self, name: str) -> "Element | None":
        """The first child of this name in the element's own namespace."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator["Element"]:
        """The children of this name in the element's own namespace, in order."""
        for child in self.children:
            if child.name == name and child.namespace == self.namespace:
                yield child


def located(content: bytes, depth: int = _DEPTH) -> Element:
    """The root of a part with its descendants down to this many levels below it.

    content  well-formed XML in UTF-8 without a DTD, as `Package.checked` gives it
    """
    return _Locator(content, depth).root


@dataclass
class Edits:
    """What shall be inserted into one part; `result` gives its bytes with all of it.

    Pieces for the same place stand in the order in which they were given.
    """

    content: bytes
    root: Element = field(init=False)
    _pieces: list[tuple[int, int, bytes]] = field(default_factory=list)
    _grown: dict[int, "_Grown"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = located(self.content)

    def append(self, parent: Element, pieces: Iterable[bytes]) -> None:
        """Add elements as the last ones in their parent."""
        self._growing(parent).appended.extend(pieces)

    def add_child(self, name: str, piece: bytes, order: Sequence[str]) -> None:
        """Add an element under the root, behind the last one that its children's order has before.

        Those of the same name stand before it, too.
        """
        up_to = set(order[: order.index(name) + 1])
        children = reversed(self.root.children)
        last = next((child for child in children if self._names(child) & up_to), None)
        if last is not None:
            self.insert(last.end, piece)
        elif self.root.children:
            self.insert(self.root.children[0].start, piece)
        else:
            self.append(self.root, [piece])

    def _names(self, child: Element) -> set[str]:
        """What a child is called in the root's namespace, or what it offers by that name.

        Newer elements stand in mc:AlternateContent, mc:Choice, at the old one's place.
        """
        if child.namespace == self.root.namespace:
            return {child.name}
        offered = (element for choice in child.children for element in choice.children)
        return {element.name for element in offered if element.namespace == self.root.namespace}

    def insert(self, place: int, piece: bytes) -> None:
        """Add bytes at an offset."""
        self._pieces.append((place, place, piece))

    def set_attribute(self, element: Element, name: bytes, value: bytes) -> None:
        """Give an element an attribute without a namespace, or another value to one it has."""
        self._growing(element).attributes[name] = value

    def result(self) -> bytes:
        """The part's bytes with everything inserted."""
        grown = (
            piece for element in self._grown.values() for piece in element.pieces(self.content)
        )
        made: list[bytes] = []
        position = 0
        for start, end, piece in sorted([*self._pieces, *grown], key=lambda piece: piece[:2]):
            made += [self.content[position:start], piece]
            position = end
        return b"".join([*made, self.content[position:]])

    def _growing(self, element: Element) -> "_Grown":
        return self._grown.setdefault(element.start, _Grown(element))


@dataclass
class _Grown:
    """What one element gets: attributes, and children behind those it has."""

    element: Element
    attributes: dict[bytes, bytes] = field(default_factory=dict)
    appended: list[bytes] = field(default_factory=list)

    def pieces(self, content: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Which bytes of the part give way to which others."""
        element = self.element
        tag = with_attributes(content[element.start : element.tag_end], {**self.attributes})
        appended = b"".join(self.appended)
        if element.is_closed and appended:
            name = element.prefix + element.name.encode()
            tag = tag.removesuffix(b"/>") + b">" + appended + b"</" + name + b">"
        elif appended:
            yield element.inner_end, element.inner_end, appended
        if tag != content[element.start : element.tag_end]:
            yield element.start, element.tag_end, tag


def with_attributes(tag: bytes, values: Mapping[bytes, bytes | None]) -> bytes:
    """A start tag with these values of attributes, already escaped; None takes one away.

    An attribute that the tag lacks becomes its first.
    """
    opening = _TAG.match(tag)
    if opening is None:
        raise ValueError(f"no start tag: {tag!r}")
    left = dict(values)

    def respelled(found: "re.Match[bytes]") -> bytes:
        if found["name"] not in left:
            return found[0]
        value = left.pop(found["name"])
        if value is None:
            return b""
        start, end = (place - found.start() for place in found.span("quoted"))
        return found[0][: start + 1] + value + found[0][end - 1 :]

    written = _ATTRIBUTE.sub(respelled, opening["attributes"])
    new = b"".join(b' %s="%s"' % (name, value) for name, value in left.items() if value is not None)
    name_end = opening.end("name")
    return tag[:name_end] + new + written + tag[opening.end("attributes") :]


def with_prefix(fragment: bytes, prefix: bytes) -> bytes:
    """Elements that are spelled without a prefix, spelled with this one.

    The fragment has no comments or CDATA, and its elements are all of one namespace.
    """
    return _OPENING.sub(rb"<\g<1>" + prefix, fragment) if prefix else fragment


class _Locator:
    """Expat's events put together to elements."""

    def __init__(self, content: bytes, depth: int) -> None:
        self._content = content
        self._depth = depth
        self._open: list[Element | None] = []
        self._prefixes: dict[str, str] = {}
        self._roots: list[Element] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.StartNamespaceDeclHandler = self._declared
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        self._parser = parser
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no keyword
        [self.root] = self._roots

    def _declared(self, prefix: str | None, namespace: str | None) -> None:
        self._prefixes[prefix or ""] = namespace or ""

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        prefixes, self._prefixes = self._prefixes, {}
        if len(self._open) > self._depth:
            self._open.append(None)
            return
        namespace, local, prefix = _parts(name)
        start = self._parser.CurrentByteIndex
        tag = _TAG.match(self._content, start)
        if tag is None:
            raise ValueError(f"no start tag at {start}")
        spelled = f"{prefix}:".encode() if prefix else b""
        element = Element(namespace, local, spelled, attributes, prefixes, start, tag.end())
        if self._open:
            parent = self._open[-1]
            if parent is not None:
                parent.children.append(element)
        else:
            self._roots.append(element)
        self._open.append(element)

    def _ended(self, _name: str) -> None:
        element = self._open.pop()
        if element is None:
            return
        place = self._parser.CurrentByteIndex
        if self._content[element.tag_end - 2 : element.tag_end] == b"/>":
            element.inner_end = element.end = element.tag_end
        else:
            element.inner_end = place
            element.end = self._content.index(b">", place) + 1


def _parts(name: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix from expat's triplet, which leaves out what is empty."""
    parts = name.split(" ")
    match parts:
        case [local]:
            return "", local, ""
        case [namespace, local]:
            return namespace, local, ""
        case _:
            return parts[0], parts[1], parts[2]
