"""A Residency Explorer comparison export, one program a column, to text, one program a row."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from openpyxl.packaging.core import DocumentProperties
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import fromstring

from stepladder.books import read_table
from stepladder.books.guard import DAMAGE, guarded, whole_file
from stepladder.books.table import TextTable, column_letters
from stepladder.errors import InputError

OPENED = date(2019, 6, 1)
"""Residency Explorer is no older; an earlier stamp is a default of what wrote the file (1980)."""

_SPECIALTY = "specialty"


@dataclass(frozen=True)
class Export:
    """One export: every cell is text and none is interpreted.

    source     the file's name
    day        the earliest day that the file bears, see `day_of`
    specialty  what stands behind “Specialty:”
    labels     the field labels in column A, the program code first, spaces made single
    cells      String columns "0", "1", … one per label; one row per program; empty cells are null
    letters    the sheet column of each program; sheet_rows: the sheet row of each label
    """

    source: str
    day: date
    specialty: str
    labels: tuple[str, ...]
    cells: pl.DataFrame
    letters: tuple[str, ...]
    sheet_rows: tuple[int, ...]

    def address(self, program: int, label: int) -> str:
        """A1-style address of a program's cell for a label, both counted from 0."""
        return f"{self.letters[program]}{self.sheet_rows[label]}"


def read_export(path: Path, is_code: Callable[[str], bool]) -> Export:
    """Read one export; `is_code` tells the label of the row of program codes.

    Raises InputError for a file that is missing, damaged or encrypted, and for one that is not such
    an export: no workbook, no “Specialty:” line, no row of program codes right below it, or several
    such sheets.
    """
    top = _Top(is_code)
    try:
        table = read_table(path, top)
    except InputError as problem:
        if top.rows_seen and not top.is_export:
            raise _not_an_export(path) from problem
        raise
    # Only a sheet has another name than its file.
    if table.source == path.name or not top.is_export:
        raise _not_an_export(path)
    if top.has_several:
        raise InputError(
            f"{path.name} has more than one sheet with an export; save each as a file of its own."
        )
    return _export(path, table, top)


def day_of(path: Path) -> date:
    """The earliest day that a file bears: last change of the file, of the workbook, of its parts.

    Copying and saving only ever make these later than the day of the export, so the earliest is the
    nearest to the day on which the facts were true. Days before `OPENED` are no such day.
    """
    changed = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).astimezone().date()
    days = [changed, *_days_within(path)]
    return min((day for day in days if day >= OPENED), default=changed)


class _Top:
    """Finds the row of codes for `read_table`, and keeps what stands above it."""

    def __init__(self, is_code: Callable[[str], bool]) -> None:
        self.is_code = is_code
        self.rows_seen = 0
        self.specialty: str | None = None
        self.is_export = False
        self.has_several = False
        self.awaits_codes = False

    def __call__(self, headers: Sequence[str]) -> int:
        """1 for the row of codes right below the “Specialty:” line, else 0."""
        self.rows_seen += 1
        label = next(filter(None, headers), "")
        title, colon, specialty = label.partition(":")
        if colon and title.strip().casefold() == _SPECIALTY:
            self.has_several = self.is_export
            self.specialty = self.specialty or specialty.strip()
            self.awaits_codes = not self.is_export
        elif label and self.awaits_codes:
            # A field above the codes would be lost, so that is no export as it was downloaded.
            self.awaits_codes = False
            self.is_export = self.is_code(label)
            return int(self.is_export)
        return 0


def _export(path: Path, table: TextTable, top: _Top) -> Export:
    at = next(place for place, header in enumerate(table.headers) if header)
    programs = range(at + 1, len(table.headers))
    rows = [(table.header_row, table.headers)]
    rows.extend(zip(table.sheet_rows, table.cells.iter_rows(), strict=True))
    rows = [(sheet_row, row) for sheet_row, row in rows if row[at]]
    cells = pl.DataFrame(
        [[row[place] or None for place in programs] for _, row in rows],
        schema={str(number): pl.String for number in range(len(rows))},
        orient="col",
    )
    in_use = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    letters = [column_letters(table.first_column + place) for place in programs]
    return Export(
        source=path.name,
        day=day_of(path),
        specialty=top.specialty or "",
        labels=tuple(" ".join(str(row[at]).split()) for _, row in rows),
        cells=cells.filter(in_use),
        letters=tuple(pl.Series(letters, dtype=pl.String).filter(in_use)),
        sheet_rows=tuple(sheet_row for sheet_row, _ in rows),
    )


def _days_within(path: Path) -> Iterator[date]:
    """The last change that the workbook's properties name, and those of its parts."""
    try:
        with warnings.catch_warnings(), guarded(whole_file(path), path.name).zip as package:
            warnings.simplefilter("ignore")
            if ARC_CORE in package.namelist():
                properties = DocumentProperties.from_tree(fromstring(package.read(ARC_CORE)))
                if properties.modified:
                    yield properties.modified.replace(tzinfo=UTC).astimezone().date()
            for part in package.infolist():
                yield date(*part.date_time[:3])
    except DAMAGE:
        # The stamps of a file that was read all the same are not worth a refusal.
        return


def _not_an_export(path: Path) -> InputError:
    return InputError(
        f"{path.name} is not a Residency Explorer comparison export: it has no “Specialty:” line "
        "with a row of program codes below it; download the comparison again as .xlsx and use that "
        "file as it is."
    )
