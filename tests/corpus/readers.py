"""A workbook before and after in; what other readers find in the new one that is not right, out."""

import math
import subprocess
import warnings
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import fastexcel
import openpyxl
from openpyxl.workbook.workbook import Workbook
from openxml_audit import OpenXmlValidator
from tests.office import convert

PAGES: Final = ("Start", "Dashboard", "Brief")
TABLES: Final = (
    *("Applicants", "Programs", "Shortlist", "Plan", "Levers", "Outcomes", "Findings"),
    *("Fit", "Rules", "Log"),
)
CLOSED: Final = "LibreOffice opens it neither before nor after"
_ONE_BY_ONE: Final = (subprocess.TimeoutExpired, subprocess.CalledProcessError)
_SAVED_ANEW: Final = "Excel_InlineStrCells"
"""Strings stored inline are meant so, though Excel moves them on its next save."""


def opened(content: bytes, *, data_only: bool = False) -> Workbook | None:
    """The workbook as openpyxl reads it; None where it cannot."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(BytesIO(content), data_only=data_only)
    except Exception:  # noqa: BLE001 - what it raises on odd files is not known in advance
        return None


def by_openpyxl(old: bytes, new: bytes, taken: Collection[str]) -> Iterator[str]:
    """Sheets in their order, and every old cell's value; nothing to say where it failed before.

    taken  sheets that gained columns at the right of the office's
    """
    before, after = opened(old), opened(new)
    if before is None:
        return
    if after is None:
        yield "openpyxl does not open it any more"
        return
    names = before.sheetnames
    if after.sheetnames[: len(names)] != names:
        yield "openpyxl finds other sheets"
        return
    for name in names:
        pair = before[name], after[name]
        if not all(hasattr(sheet, "iter_rows") for sheet in pair):
            continue
        if pair[0].merged_cells.ranges != pair[1].merged_cells.ranges:
            yield f"{name}: openpyxl finds other merged cells"
        for cell, now in _cells(*pair, is_taken=name in taken):
            if _said(cell) != _said(now):
                yield f"{name}: openpyxl reads another value"
                break


def _cells(before: Any, after: Any, *, is_taken: bool) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - openpyxl has no types
    for row, now in zip_longest(
        before.iter_rows(values_only=True), after.iter_rows(values_only=True), fillvalue=()
    ):
        yield from zip_longest(row, now[: len(row)] if is_taken else now)


def _said(value: object) -> object:
    """A value that is equal to its like; openpyxl's formulas of several cells are not."""
    return sorted(vars(value).items()) if hasattr(value, "__dict__") else repr(value)


def calamine(content: bytes) -> Any:  # noqa: ANN401 - see above
    """The workbook as calamine reads it; None where it cannot."""
    try:
        return fastexcel.read_excel(content)
    except Exception:  # noqa: BLE001 - as above
        return None


def by_calamine(old: bytes, new: bytes, taken: Collection[str]) -> Iterator[str]:
    """Old sheets read as before, and our tables as openpyxl reads them; as `by_openpyxl`."""
    before, after = calamine(old), calamine(new)
    if before is None:
        return
    if after is None:
        yield "calamine does not open it any more"
        return
    for name in before.sheet_names:
        try:
            cells = _sheet(before, name)
        except Exception:  # noqa: BLE001, S112 - what it could not read before, it need not now
            continue
        now = _sheet(after, name)
        if name in taken:
            now = [row[: len(cells[0])] for row in now]
        if cells != now:
            yield f"{name}: calamine reads other values"
    yield from _tables(after, opened(new, data_only=True))


def table_rows(content: bytes, table: str) -> list[dict[str, str | None]]:
    """The rows of a table, by title; by whom opens the workbook, nothing where nobody does."""
    if (quick := calamine(content)) is not None:
        read = quick.load_table(table, dtypes="string").to_polars()
        return list(read.rows(named=True))
    book = opened(content, data_only=True)
    for sheet in book.worksheets if book else ():
        if table in sheet.tables:
            header, *rows = ([cell.value for cell in row] for row in sheet[sheet.tables[table].ref])
            texts = ([None if value is None else str(value) for value in row] for row in rows)
            return [dict(zip(map(str, header), row, strict=True)) for row in texts]
    return []


def _sheet(book: Any, name: str) -> list[tuple[Any, ...]]:  # noqa: ANN401 - see above
    read = book.load_sheet(name, header_row=None, dtypes="string")
    return list(read.to_polars().rows())


def _tables(by_calamine: Any, by_openpyxl: Workbook | None) -> Iterator[str]:  # noqa: ANN401 - see above
    if by_openpyxl is None:
        return
    places = {
        table.displayName: (sheet, table.ref)
        for sheet in by_openpyxl.worksheets
        for table in sheet.tables.values()
    }
    for name in TABLES:
        if name not in places:
            yield f"the table {name} is not there"
            continue
        sheet, ref = places[name]
        header, *rows = ([cell.value for cell in row] for row in sheet[ref])
        read = by_calamine.load_table(name, dtypes="string").to_polars()
        if read.columns != header:
            yield f"{name}: calamine reads other titles"
        if [row[0] for row in read.rows()] != [row[0] and str(row[0]) for row in rows]:
            yield f"{name}: calamine reads other rows"


def by_audit(old: Path, new: Path) -> Iterator[str]:
    """What openxml-audit finds wrong that it had not found before."""
    for (part, what), times in (_audited(new) - _audited(old)).items():
        yield f"openxml-audit, {times} times in {part}: {what}"


def _audited(path: Path) -> Counter[tuple[str, str]]:
    found = OpenXmlValidator(max_errors=10_000).validate(path).errors
    return Counter(
        (str(error.part_uri), error.description) for error in found if error.id != _SAVED_ANEW
    )


def by_libreoffice(books: Mapping[Path, Path], folder: Path) -> dict[Path, list[str]]:
    """What LibreOffice, calculating anew, shows on our pages other than the file says; or CLOSED.

    books  each new workbook with the old one, which says whether LibreOffice opened that
    """
    return {
        book: list(_shown(book, converted, old, folder))
        for (book, old), converted in zip(
            books.items(), _converted([*books], folder / "new"), strict=True
        )
    }


def _shown(book: Path, converted: Path | None, old: Path, folder: Path) -> Iterator[str]:
    if converted is None:
        opened_before = _converted([old], folder / f"old-{book.stem}") != [None]
        yield "LibreOffice does not open it any more" if opened_before else CLOSED
        return
    found, stored = (opened(path.read_bytes(), data_only=True) for path in (converted, book))
    if found is None or stored is None:
        return
    for page in PAGES:
        for row in stored[page].iter_rows():
            for cell in row:
                now = found[page][cell.coordinate].value
                if not _is_like(cell.value, now):
                    yield f"{page}!{cell.coordinate}: LibreOffice shows another value"
                    return
    rows = [
        [[cell.value or None for cell in row] for row in sheet[stored["Findings"].dimensions]]
        for sheet in (found["Findings"], stored["Findings"])
    ]
    if rows[0] != rows[1]:
        yield "Findings: LibreOffice shows other values"


def _is_like(stored: object, now: object) -> bool:
    """Whether two programs found the same; their last binary digit may differ."""
    if isinstance(stored, float) and isinstance(now, int | float):
        return math.isclose(stored, now, rel_tol=1e-12)
    return (stored or None) == (now or None)


def _converted(books: Sequence[Path], folder: Path) -> list[Path | None]:
    """Each workbook as LibreOffice saves it; None where it does not."""
    folder.mkdir(exist_ok=True)
    try:
        paths = convert(folder, "xlsx:Calc MS Excel 2007 XML", books)
    except _ONE_BY_ONE:
        if len(books) == 1:
            return [None]
        return [path for book in books for path in _converted([book], folder / book.stem)]
    return [path if path.exists() else None for path in paths]
