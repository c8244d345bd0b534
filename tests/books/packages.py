"""Workbooks for the tests of the patch: made, changed part by part, and looked into."""

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import polars as pl
from openpyxl import load_workbook

from stepladder.books.edits import Edit
from stepladder.books.outline import Outline, outline
from stepladder.books.package import Package
from stepladder.books.workbook_patch import Changes, patch

SHEET = "xl/worksheets/sheet1.xml"
TABLE = "xl/tables/table1.xml"
WORKBOOK = "xl/workbook.xml"


def outline_of(content: bytes) -> Outline:
    """The outline of a file called Book.xlsx."""
    return outline(Package(content, "Book.xlsx"))


def changes(content: bytes, *edits: Edit) -> Changes:
    """What a patch of these bytes would change."""
    return patch(outline_of(content), edits)


def patched(content: bytes, *edits: Edit) -> bytes:
    """The bytes of the workbook after these edits."""
    package = Package(content, "Book.xlsx")
    saved = BytesIO()
    package.save(saved, patch(outline(package), edits).parts)
    return saved.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same package with these parts in the place of those of their names, or as well."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return changed.getvalue()


def without_part(content: bytes, name: str) -> bytes:
    """The same package without this part."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for kept in old.namelist():
            if kept != name:
                new.writestr(kept, old.read(kept))
    return changed.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same package with one part changed."""
    return with_parts(content, {name: change(part(content, name))})


def with_rows(content: bytes, rows: str) -> bytes:
    """The same package with other rows in its first sheet, as they are spelled."""
    anew = f"<sheetData>{rows}</sheetData>".encode()
    return with_part(
        content,
        SHEET,
        lambda old: re.sub(
            rb"<sheetData.*</sheetData>|<sheetData/>", lambda _: anew, old, flags=re.DOTALL
        ),
    )


def part(content: bytes, name: str = SHEET) -> bytes:
    """What one part holds."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return package.read(name)


def parts(content: bytes) -> dict[str, bytes]:
    """What all parts hold, by name."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def row(content: bytes, number: int) -> str:
    """One row of the first sheet, as it is spelled."""
    found = re.search(rb'<row r="%d"(?:[^>]*/>|.*?</row>)' % number, part(content), re.DOTALL)
    assert found
    return found[0].decode()


def cells(content: bytes, sheet: str, ref: str) -> list[list[Any]]:
    """The values of a range as openpyxl reads them, a formula's stored result for a formula."""
    book = load_workbook(BytesIO(content), data_only=True)
    return [[cell.value for cell in line] for line in book[sheet][ref]]


def rows_at(*numbers: int) -> pl.Series:
    """Sheet rows as an edit takes them."""
    return pl.Series(numbers, dtype=pl.UInt32)
