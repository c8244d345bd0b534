"""What shall stand in a workbook, saved or open, and why a cell there is not written over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

FORMULA: Final = (
    "this cell is Stepladder's to fill, but holds a formula; move the formula to a column of your "
    "own and clear the cell."
)
FOREIGN: Final = (
    "this cell is not Stepladder's, but stands where the rows of the table {} go; move it away "
    "from the table."
)
MERGED: Final = "these cells are merged; unmerge them, so that the table {} can be written."


@dataclass(frozen=True)
class ColumnEdit:
    """Values for some columns of an Excel table whose other columns are not ours.

    table       its name
    sheet_rows  whole numbers, one for each row of the frame, no two alike: the row of the sheet
                that the values belong to, as the caller found it by id in the same bytes
    frame       one column for each of the table's that is ours, named by its title there; types
                as `cell_values` takes them, null for a blank
    key         the title of the column of ids, by which the rows are found again in a workbook
                that is open and may change meanwhile; None where there is none
    """

    table: str
    sheet_rows: pl.Series
    frame: pl.DataFrame
    key: str | None = None


@dataclass(frozen=True)
class RowsEdit:
    """New rows for an Excel table that is wholly ours.

    table  its name
    frame  the rows in their order; one column for each of the table's, named by its title there,
           in any order
    links  where in the workbook ('Applicants'!A5) each cell of a column leads, by title: one
           place or None for each row. They replace all links of the table's rows; None leaves
           all links as they are
    """

    table: str
    frame: pl.DataFrame
    links: Mapping[str, Sequence[str | None]] | None = None


@dataclass(frozen=True)
class CellsEdit:
    """Values for single cells of a sheet, by address; of a formula cell the stored result only.

    values  text, number, day, moment without a time zone, True or False (Yes or No), or None
    """

    sheet: str
    values: Mapping[str, object]


Edit = ColumnEdit | RowsEdit | CellsEdit
