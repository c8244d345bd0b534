"""A finished workbook or add-in in; the code behind its button and ribbon, out, to go into another.

What they say stands in macros/; `make workbooks` makes the project from there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT_PART: Final = "xl/vbaProject.bin"
RIBBON_PART: Final = "customUI/customUI.xml"
_RELATION: Final = (
    b'<Relationship Id="ribbon" '
    b'Type="http://schemas.microsoft.com/office/2006/relationships/ui/extensibility" '
    b'Target="customUI/customUI.xml"/>'
)
_END: Final = b"</Relationships>"


@dataclass(frozen=True)
class Macros:
    """What a workbook needs to be refreshed by a click.

    project  the VBA project, as the part xl/vbaProject.bin holds it
    ribbon   the ribbon's XML (the form of 2006, which every Excel since 2007 reads)
    xlwings  the version of xlwings whose module is in the project
    """

    project: bytes
    ribbon: bytes
    xlwings: str


def macros_of(book: Path) -> Macros:
    """Take them from a workbook or add-in that has them."""
    # A workbook without macros is written without what reads workbooks, which is slow to import.
    from stepladder.books.interpreter import stored_xlwings  # noqa: PLC0415 - as above
    from stepladder.books.outline import outline  # noqa: PLC0415 - as above
    from stepladder.books.package import Package  # noqa: PLC0415 - as above

    package = Package(book.read_bytes(), book.name)
    xlwings = stored_xlwings(outline(package))
    if xlwings is None:
        raise AssertionError(f"{book.name} does not say which xlwings its macros are from")
    return Macros(package.read(PROJECT_PART), package.read(RIBBON_PART), xlwings)


def with_ribbon(relations: bytes) -> bytes:
    """Let the relationships of a package lead to the ribbon, too."""
    return relations.replace(_END, _RELATION + _END)
