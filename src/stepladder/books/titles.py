"""New titles for columns of Excel tables in; the parts of the workbook that name them, out.

As Excel does when a header cell is retyped: every formula, rule and name that refers to the column
by its title follows. A pivot table would lose the column, so a table under one keeps its titles.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from stepladder.books.edits import CellsEdit
from stepladder.books.outline import ExcelTable, Outline
from stepladder.books.package import Package
from stepladder.books.table import column_letters
from stepladder.books.workbook_patch import patch

Titles = Mapping[str, Mapping[str, str]]
"""New titles by the table's name and the title there is."""

_FORMULA: Final = re.compile(
    rb"(<(?:[\w.-]+:)?(?:f|formula[12]?|definedName|calculatedColumnFormula|totalsRowFormula)"
    rb"(?:\s[^>]*)?>)([^<]+)"
)
_COLUMN: Final = re.compile(rb"<(?:[\w.-]+:)?tableColumn\s[^>]*>")
_LONGEST_PROMPT: Final = 32
"""Characters in the title of a cell's help."""
_PIVOTS: Final = re.compile(r"pivotCacheDefinition\d*\.xml$", re.IGNORECASE)


def under_pivot(outline: Outline, table: ExcelTable) -> bool:
    """Whether a pivot table takes its rows from the table by its name."""
    named = b'"' + _xml(table.display_name) + b'"'
    parts = (outline.package.read(part) for part in _parts(outline) if _PIVOTS.search(part))
    return any(named in content for content in parts)


def retitled(outline: Outline, titles: Titles) -> bytes:
    """The workbook under the new titles; each table and title has to be there.

    Raises InputError for a header cell that cannot be written.
    """
    tables = {name: outline.table(name) for name in titles}
    patched = patch(outline, [_headers(tables[name], new) for name, new in titles.items()])
    content = BytesIO()
    outline.package.save(content, patched.parts)
    package = Package(content.getvalue(), outline.package.source)
    parts = {part: package.read(part) for part in _parts(outline)}
    told = {
        part: _in_formulas(old, titles)
        for part, old in parts.items()
        if any(_xml(title) in old for new in titles.values() for title in new)
    }
    for name, new in titles.items():
        part = tables[name].part
        told[part] = _COLUMN.sub(partial(_of_column, new), told[part])
        sheet = tables[name].sheet_part
        short = {old: title for old, title in new.items() if len(title) <= _LONGEST_PROMPT}
        if sheet in told:
            told[sheet] = _renamed(told[sheet], b"promptTitle", short)
    done = BytesIO()
    package.save(done, told)
    return done.getvalue()


def _parts(outline: Outline) -> Iterator[str]:
    return (name for name in outline.package.names if name.lower().endswith(".xml"))


def _headers(table: ExcelTable, new: Mapping[str, str]) -> CellsEdit:
    """What the header cells show: Excel holds a file for damaged where they differ."""
    row, first = table.area.first_row, table.area.first_column
    places = {title: at for at, title in enumerate(table.columns, first)}
    return CellsEdit(
        table.sheet, {f"{column_letters(places[old])}{row}": title for old, title in new.items()}
    )


def _in_formulas(content: bytes, titles: Titles) -> bytes:
    """A part whose formulas name the columns anew: Table[[title]] or Table[title]."""

    def renamed(formula: re.Match[bytes]) -> bytes:
        text = formula[2]
        for name, new in titles.items():
            references = rb"(?<![\w.])" + re.escape(_xml(name)) + rb"\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
            text = re.sub(references, partial(_of_reference, new), text, flags=re.IGNORECASE)
        return formula[1] + text

    return _FORMULA.sub(renamed, content)


def _of_reference(new: Mapping[str, str], found: re.Match[bytes]) -> bytes:
    reference = found[0]
    for old, title in new.items():
        reference = reference.replace(b"[" + _xml(old) + b"]", b"[" + _xml(title) + b"]")
    return reference


def _of_column(new: Mapping[str, str], tag: re.Match[bytes]) -> bytes:
    return _renamed(tag[0], b"name", new)


def _renamed(text: bytes, attribute: bytes, new: Mapping[str, str]) -> bytes:
    for old, title in new.items():
        before, after = (b' %b="%b"' % (attribute, _xml(one)) for one in (old, title))
        text = text.replace(before, after)
    return text


def _xml(text: str) -> bytes:
    return escape(text, {'"': "&quot;"}).encode()
