"""A table's sheet in; the words by which a formula names its columns, rows and texts out.

Everything here is understood alike by Excel 2016 and later and by LibreOffice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from stepladder.books.packed import AnySheet

_PLAIN = re.compile(r"[A-Za-z0-9 ]+")
_ESCAPED = re.compile(r"(['\[\]#])")


@dataclass(frozen=True)
class TableReference:
    """An Excel table as formulas name it: its name, and each column's title by our name for it."""

    table: str
    titles: Mapping[str, str]

    def __contains__(self, name: str) -> bool:
        return name in self.titles

    def column(self, name: str) -> str:
        """Name the cells of a column (structured reference)."""
        title = self.titles[name]
        specifier = _ESCAPED.sub(r"'\1", title)
        # Excel asks for the second brackets where a title holds anything but letters and digits.
        return f"{self.table}[{specifier if _PLAIN.fullmatch(title) else f'[{specifier}]'}]"

    def places(self, name: str) -> str:
        """Number the rows of the table from 1, as an array."""
        title = _ESCAPED.sub(r"'\1", self.titles[name])
        return f"(ROW({self.column(name)})-ROW({self.table}[[#Headers],[{title}]]))"

    def last_place(self, name: str, wanted: str) -> str:
        """Find the last row whose cell is exactly the wanted text; 0 where there is none.

        MATCH and COUNTIF would take 007 for 7 and * for any text.
        """
        return f"SUMPRODUCT(MAX({self.equal(name, wanted)}*{self.places(name)}))"

    def number_of(self, name: str, wanted: str) -> str:
        """Count the rows whose cell is exactly the wanted text."""
        return f"SUMPRODUCT(--{self.equal(name, wanted)})"

    def equal(self, name: str, wanted: str) -> str:
        """Say row by row whether the cell is exactly the wanted text, as an array."""
        return f"EXACT(TRIM({self.column(name)}),TRIM({wanted}))"

    def cell(self, name: str, place: str) -> str:
        """Give the cell of a column in the row of that number."""
        return f"INDEX({self.column(name)},{place})"


def reference(sheet: AnySheet) -> TableReference:
    """Name a sheet's table and columns."""
    return TableReference(
        sheet.title.replace(" ", "_"), {column.name: column.title for column in sheet.columns}
    )


def text(words: str) -> str:
    """Spell a text as a formula holds it."""
    escaped = words.replace('"', '""')
    return f'"{escaped}"'
