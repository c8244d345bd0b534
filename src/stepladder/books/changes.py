"""What a package shall hold besides what it holds, and that package."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO

from stepladder.books.package import Content, Package


@dataclass(frozen=True)
class Changes:
    """Parts with new content and parts that are new; every other part stays as it is stored.

    changed, added  content by the name of the part, as `Package.save` takes it
    """

    changed: Mapping[str, Content] = field(default_factory=dict)
    added: Mapping[str, bytes] = field(default_factory=dict)

    def save(self, package: Package, file: IO[bytes]) -> None:
        """Write the package with these changes. Raises as `Package.save` does."""
        package.save(file, self.changed, self.added)

    def applied(self, package: Package) -> Package:
        """The package with these changes, in memory, for further ones to build on."""
        saved = BytesIO()
        self.save(package, saved)
        return Package(saved.getvalue(), package.source)


def stored(package: Package, part: str) -> bytes:
    """A part's bytes; InputError where they are no well-formed XML in UTF-8 without a DTD."""
    return b"".join(package.checked(package.chunks(part), part))
