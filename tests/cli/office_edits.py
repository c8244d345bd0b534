"""A workbook and what an office does to it in; the file afterwards, and what stands in it, out.

`typed` changes cells and keeps every other byte, as a careful program would; `reworked` opens and
saves the workbook with openpyxl, which rearranges all of it, as office programs do.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet
from tests.cli.command import AS_OF, Done, run

from stepladder.books.edits import CellsEdit
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.workbook_patch import patch

Cells = Mapping[str, object]


def refresh(book: Path, *options: str | Path) -> Done:
    """Run `refresh` as of the day on which the workbooks here were made."""
    as_of = () if "--as-of" in options else ("--as-of", AS_OF)
    return run("refresh", book, *as_of, *options)


def typed(book: Path, sheet: str, cells: Cells) -> None:
    """Type values into cells; all other bytes of the package stay."""
    package = Package(book.read_bytes(), book.name)
    saved = BytesIO()
    package.save(saved, patch(outline(package), [CellsEdit(sheet, cells)]).parts)
    book.write_bytes(saved.getvalue())


def reworked(book: Path, change: Callable[[openpyxl.Workbook], object]) -> None:
    """Change the workbook through openpyxl's object model and save it."""
    with closing(openpyxl.load_workbook(book, keep_vba=book.suffix == ".xlsm")) as office:
        change(office)
        office.save(book)


def with_parts(book: Path, changed: Mapping[str, bytes | Callable[[bytes], bytes]]) -> None:
    """Put parts in the package, or change those that are there."""
    held = parts(book) if book.exists() else {}
    for name, new in changed.items():
        held[name] = new if isinstance(new, bytes) else new(held[name])
    with ZipFile(book, "w", ZIP_DEFLATED) as file:
        for name, content in held.items():
            file.writestr(name, content)


def respelled(book: Path, sheet: str, cells: Mapping[str, str]) -> None:
    """Spell what cells hold as the part does it: `><v>1</v>`, or ` t="e"><v>#N/A</v>`."""

    def anew(part: bytes) -> bytes:
        for address, spelled in cells.items():
            pattern = rb'(<c r="%s"(?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)' % address.encode()
            found = re.search(pattern, part)
            assert found, f"{sheet} has no cell {address}"
            new = found[1] + spelled.encode() + b"</c>"
            part = part[: found.start()] + new + part[found.end() :]
        return part

    with_parts(book, {part_of(book, sheet): anew})


def parts(book: Path) -> dict[str, bytes]:
    """What each part of the package holds."""
    with ZipFile(book) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed_parts(before: Mapping[str, bytes], book: Path) -> set[str]:
    """The names of the parts that differ, came or went."""
    now = parts(book)
    return {name for name in {*before, *now} if before.get(name) != now.get(name)}


def part_of(book: Path, sheet: str) -> str:
    """The name of a sheet's part."""
    return outline(Package(book.read_bytes(), book.name)).sheet(sheet).part


def table(office: openpyxl.Workbook, name: str) -> tuple[Worksheet, Table]:
    """An Excel table and the sheet it stands on."""
    return next((sheet, sheet.tables[name]) for sheet in office if name in sheet.tables)


def opened(book: Path) -> openpyxl.Workbook:
    """The workbook with stored values, to be looked at; the same one as long as the file is."""
    return _opened(book.read_bytes())


@lru_cache(maxsize=2)
def _opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content), data_only=True)


def rows(book: Path, name: str) -> list[dict[str, Any]]:
    """The rows of an Excel table by column title, a formula's stored value for a formula."""
    found = outline(Package(book.read_bytes(), book.name)).table(name)
    last = openpyxl.utils.get_column_letter(found.area.last_column + 1)
    first = openpyxl.utils.get_column_letter(found.area.first_column + 1)
    header, *below = _values(
        book, found.sheet, f"{first}{found.area.first_row}:{last}{found.last_row}"
    )
    return [dict(zip(map(str, header), line, strict=True)) for line in below]


def _values(book: Path, sheet: str, ref: str) -> list[tuple[Any, ...]]:
    """The values of a range; blanks where the sheet ends before it does."""
    left, top, right, bottom = openpyxl.utils.range_boundaries(ref)
    # Only this sheet is read, which is many times as quick.
    with closing(openpyxl.load_workbook(book, read_only=True, data_only=True)) as office:
        lines = [*office[sheet].iter_rows(top, bottom, left, right, values_only=True)]
    width = right - left + 1
    lines += [()] * (bottom - top + 1 - len(lines))
    return [(*line, *[None] * (width - len(line))) for line in lines]


def row(book: Path, applicant: str) -> dict[str, Any]:
    """The row of one applicant."""
    return next(line for line in rows(book, "Applicants") if line["Applicant ID"] == applicant)


def cell(book: Path, sheet: str, address: str) -> Any:  # noqa: ANN401 - whatever a cell holds
    """What one cell shows."""
    return _values(book, sheet, address)[0][0]


def address(book: Path, title: str, line: int, name: str = "Applicants") -> str:
    """The address of a cell of a table by its column's title and the number of its row, from 1."""
    found = outline(Package(book.read_bytes(), book.name)).table(name)
    at = found.columns.index(title)
    letters = openpyxl.utils.get_column_letter(found.area.first_column + at + 1)
    return f"{letters}{found.first_row + line - 1}"


def laid_out(
    office: openpyxl.Workbook,
    name: str,
    order: Callable[[list[list[Any]]], Sequence[Sequence[Any]]],
) -> None:
    """Write a table's lines, header first, in another order or with others, from its corner on."""
    sheet, found = table(office, name)
    lines = [[cell.value for cell in line] for line in sheet[found.ref]]
    first = sheet[found.ref][0][0]
    anew = order(lines)
    for line in sheet[found.ref]:
        for old in line:
            old.value = None
    place(office, found, sheet, anew, (first.row, first.column))


def place(
    office: openpyxl.Workbook,
    found: Table,
    sheet: Worksheet,
    lines: Sequence[Sequence[Any]],
    corner: tuple[int, int],
) -> None:
    """Let a table stand on a sheet with these lines, its upper left corner there."""
    down, right = corner
    for n, line in enumerate(lines):
        for m, value in enumerate(line):
            sheet.cell(down + n, right + m).value = value
    letters = openpyxl.utils.get_column_letter
    last = f"{letters(right + len(lines[0]) - 1)}{down + len(lines) - 1}"
    old = next(one for one in office if found.name in one.tables)
    del old.tables[found.name]
    anew = Table(
        id=found.id,
        displayName=found.displayName,
        name=found.name,
        ref=f"{letters(right)}{down}:{last}",
    )
    sheet.add_table(anew)


def told(book: Path) -> list[tuple[str, str | None]]:
    """The findings: code and cell, in the order of the sheet."""
    return [
        (line["Code"], line["Cell"]) for line in rows(book, "Findings") if line["Code"] is not None
    ]


def links(book: Path) -> dict[str, str]:
    """Where the cells of Findings lead, by the text in them."""
    sheet, _ = table(opened(book), "Findings")
    cells = (cell for line in sheet.iter_rows(min_row=2) for cell in line if cell.hyperlink)
    return {str(one.value): one.hyperlink.location for one in cells}
