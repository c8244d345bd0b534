"""A package in; what it takes to add parts to it, out: free names, content types, relationships."""

import re
from collections.abc import Mapping
from itertools import chain, count
from typing import Final

from stepladder.books.changes import Changes, stored
from stepladder.books.content_types import ContentTypes
from stepladder.books.guard import CONTENT_TYPES
from stepladder.books.package import Package, relations_part
from stepladder.books.relationships import RELATIONS_TYPE, Relationships

_NUMBERED: Final = re.compile(r"(.*?)(\d*)(\.[^./]*)")


class NewParts:
    """Parts that a package shall have besides its own; `changes` gives all that this takes."""

    def __init__(self, package: Package) -> None:
        self._types = ContentTypes(stored(package, CONTENT_TYPES))
        self._taken = {name.lower() for name in package.names} | self._types.named
        self._changed: dict[str, bytes] = {}
        self._added: dict[str, bytes] = {}

    def name(self, like: str) -> str:
        """A free name that differs from this one in its number only; it is given once.

        A name is taken, too, if the content types speak of it or it has relationships, though the
        part itself is missing. One without a number stays as it is if it can: some readers look
        for xl/styles.xml.
        """
        numbered = _NUMBERED.fullmatch(like)
        if numbered is None:
            raise ValueError(f"no part name: {like}")
        stem, number, extension = numbered.groups()
        names = (f"{stem}{following}{extension}" for following in count(1))
        name = next(name for name in chain([] if number else [like], names) if self._is_free(name))
        self._taken.add(name.lower())
        return name

    def add(self, name: str, content: bytes, content_type: str) -> None:
        """Add a part under a name that was given for it."""
        self._added[name] = content
        self._types.add(name, content_type)

    def relate(self, links: Relationships) -> None:
        """Take over what was added to the relationships of a part, be it new or old."""
        if not links.is_changed:
            return
        if links.is_new:
            self.add(links.name, links.result(), RELATIONS_TYPE)
        else:
            self._changed[links.name] = links.result()

    def changes(self, changed: Mapping[str, bytes]) -> Changes:
        """All that changes with the new parts, and these old parts besides."""
        types = {CONTENT_TYPES: self._types.result()} if self._types.is_changed else {}
        return Changes({**self._changed, **types, **changed}, self._added)

    def _is_free(self, name: str) -> bool:
        return not {name.lower(), relations_part(name).lower()} & self._taken
