"""A column and a row of a table in; the A1 address of the cell out."""

from dataclasses import dataclass

import polars as pl

from stepladder.books.table import TextTable, column_letters


@dataclass(frozen=True)
class Place:
    """Where one column of a table stands: its letters, and the sheet row of each of its cells."""

    letters: str
    sheet_rows: pl.Series

    def first(self, cells: pl.DataFrame) -> str:
        """The A1 address of the topmost of some cells, given by their `row`; “” for none."""
        if cells.is_empty():
            return ""
        return f"{self.letters}{self.sheet_rows.gather(cells['row']).sort()[0]}"


def column_place(table: TextTable, at: int) -> Place:
    """Where the column at a position of the table stands."""
    return Place(column_letters(table.first_column + at), table.sheet_rows)
