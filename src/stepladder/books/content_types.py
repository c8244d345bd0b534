"""The part [Content_Types].xml in; the content type of each part, and the same with more, out."""

from typing import Final
from xml.sax.saxutils import quoteattr

from stepladder.books.elements import Edits

# The one extension that parts of every kind have.
_GENERAL: Final = "xml"


class ContentTypes:
    """Which content type each part has (ECMA-376 part 2, 10.1.2).

    A part is found by its own name, else by its extension; both in any case. `is_changed` once an
    entry was added.
    """

    def __init__(self, content: bytes) -> None:
        self._edits = Edits(content)
        self.is_changed = False
        root = self._edits.root
        self._by_name = {
            entry.attributes.get("PartName", "").lstrip("/").lower(): entry.attributes.get(
                "ContentType", ""
            )
            for entry in root.all("Override")
        }
        self._by_extension = {
            entry.attributes.get("Extension", "").lower(): entry.attributes.get("ContentType", "")
            for entry in root.all("Default")
        }

    @property
    def named(self) -> frozenset[str]:
        """The names of the parts that have an entry of their own, in lower case.

        A part need not be there for that.
        """
        return frozenset(self._by_name)

    def of(self, part: str) -> str | None:
        """The content type of a part; None if nothing says it."""
        return self._by_name.get(part.lower()) or self._by_extension.get(_extension(part))

    def add(self, part: str, content_type: str) -> None:
        """Say a new part's content type, unless its extension says it."""
        extension = _extension(part)
        stored = self._by_extension.get(extension)
        if extension == _GENERAL or stored not in {None, content_type}:
            self._by_name[part.lower()] = content_type
            self._append(f"Override PartName={quoteattr('/' + part)}", content_type)
        elif stored is None:
            # Parts of this extension that are there have entries of their own.
            self._by_extension[extension] = content_type
            self._append(f"Default Extension={quoteattr(extension)}", content_type)

    def result(self) -> bytes:
        """The part's bytes with the entries that were added."""
        return self._edits.result()

    def _append(self, start: str, content_type: str) -> None:
        self.is_changed = True
        root = self._edits.root
        entry = f"{start} ContentType={quoteattr(content_type)}/>"
        self._edits.append(root, [b"<" + root.prefix + entry.encode()])


def _extension(part: str) -> str:
    return part.rsplit("/", 1)[-1].rpartition(".")[2].lower()
