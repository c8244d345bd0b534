"""A package in; names for new parts, tables and relationships that it does not have, out."""

import re
from itertools import chain, count
from typing import Final

from stepladder.books.content_types import ContentTypes
from stepladder.books.package import Package, relations_part

_NUMBERED: Final = re.compile(r"(.*?)(\d*)(\.[^./]*)")


class FreeNames:
    """Names for parts that a package does not have; each is given once.

    A name is taken, too, if the content types speak of it or it has relationships, though the part
    itself is missing.
    """

    def __init__(self, package: Package, types: ContentTypes) -> None:
        self._taken = {name.lower() for name in package.names} | types.named

    def free(self, like: str) -> str:
        """The first free name that differs from this one in its number only.

        One without a number stays as it is if it can: some readers look for xl/styles.xml.
        """
        numbered = _NUMBERED.fullmatch(like)
        if numbered is None:
            raise ValueError(f"no part name: {like}")
        stem, number, extension = numbered.groups()
        names = (f"{stem}{following}{extension}" for following in count(1))
        name = next(name for name in chain([] if number else [like], names) if self._is_free(name))
        self._taken.add(name.lower())
        return name

    def _is_free(self, name: str) -> bool:
        return not {name.lower(), relations_part(name).lower()} & self._taken
