"""Workbooks as offices keep them, with much beside the roster, for `adopt` to join."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.workbook import Workbook

Row = Sequence[Any]

ROSTER: Final[Sequence[Row]] = (
    (
        *("Locker", "AAMC ID", "Student", "IMG type", "YOG", "Visa", "ECFMG"),
        *("Step 1", "Step 2 CK", "CK date", "Adviser", "Class of '26 [€]"),
    ),
    (
        *("12", "007", "Ann Exemplar", "US IMG", 2024, "None", "Yes"),
        *("P", 245, dt.date(2026, 5, 10), "Ruth", "=1+1"),
    ),
    (
        *("", "3401-E5", "Bob Exemplar", "Non-US IMG", 2025, "J-1", "Yes"),
        *(210, 238, dt.date(2026, 5, 11), "Ruth", None),
    ),
    (
        *("", "A3", "Cyn Exemplar", "Non-US IMG", 2022, "H-1B", "No"),
        *("P", 221, dt.date(2026, 5, 12), "Odo", None),
    ),
)
"""Aliases, one column for Step 1, an office's own columns at both ends, one with odd signs."""

PROGRAMS: Final[Sequence[Row]] = (
    (
        *("ACGME code", "Program", "Hospital", "State", "Program type", "Track", "IMG friendly"),
        *("Non-US IMG", "Min Step 2", "J-1", "H-1B", "Requires Step 3", "ECFMG required", "Map"),
    ),
    (
        *("P1", "Fennmoor (fictional)", "Fennmoor", "NY", "Community", "Categorical", "Yes"),
        *(20, 220, "Yes", "Yes", "No", "No", "p. 3"),
    ),
    (
        *("P2", "Larkhollow (fictional)", "Larkhollow", "PA", "University", "Advanced", "Yes"),
        *(10, 240, "Yes", "No", "No", "No", None),
    ),
    (
        *("0340-P3", "Ostermere (fictional)", "Ostermere", "TX", "Community", "Advanced", "Yes"),
        *(30, 215, "Yes", "Yes", "No", "No", None),
    ),
)

NO_ROSTERS: Final[Mapping[str, Sequence[Row]]] = {
    "Addresses": (
        ("Name", "Street", "City", "State", "Country", "Notes"),
        ("Ann Exemplar", "1 Example Road", "Fennmoor", "NY", "US", "bell is broken"),
    ),
    "Money": (
        ("ID", "Name", "Budget", "Spent", "Notes"),
        ("B1", "Travel", 1200, 900, ""),
        ("B2", "Printing", 80, 81, "over"),
    ),
    "Inventory": (("ID", "Name", "State", "City"), ("L-1", "Laptop", "NY", "Fennmoor")),
}
"""Lists that share words with a roster and are none."""


def put(
    book: Workbook,
    sheet: str,
    rows: Sequence[Row],
    at: tuple[int, int] = (0, 0),
    table: str | None = None,
) -> None:
    """Write a list from a cell on (0-based), as an Excel table if it has a name."""
    drawn = book.get_worksheet_by_name(sheet) or book.add_worksheet(sheet)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    first_row, first_column = at
    for number, row in enumerate(rows, first_row):
        for column, value in enumerate(row, first_column):
            match value:
                case dt.date():
                    moment = dt.datetime.combine(value, dt.time())
                    drawn.write_datetime(number, column, moment, day)
                case str() if value.startswith("="):
                    drawn.write_formula(number, column, value, None, 2)
                case str() if value:
                    drawn.write_string(number, column, value)
                case int() | float():
                    drawn.write_number(number, column, value)
                case _:
                    pass
    if table:
        last = first_row + len(rows) - 1, first_column + len(rows[0]) - 1
        columns = [{"header": title} for title in rows[0]]
        drawn.add_table(*at, *last, {"name": table, "columns": columns, "style": None})


def furnish(book: Workbook) -> None:
    """Add what openpyxl would lose: a chart, a text box, a sparkline, rich text, a comment."""
    page = book.add_worksheet("Overview")
    page.write_rich_string("A1", "How ", book.add_format({"bold": True}), "we stand")
    page.write_column("A2", [3, 1, 2])
    page.write_formula("B2", "=SUM(A2:A4)", None, 6)
    page.add_sparkline("C2", {"range": "Overview!A2:A4"})
    page.insert_textbox("E2", "Do not sort this sheet.")
    page.write_comment("B2", "checked by hand")
    page.conditional_format("A2:A4", {"type": "data_bar", "bar_only": True})
    page.data_validation("D2", {"validate": "list", "source": ["yes", "no"]})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Overview!$A$2:$A$4"})
    page.insert_chart("E8", chart)
    page.protect("secret")
    book.define_name("Ceiling", "=Overview!$B$2")


def office_book(
    path: Path,
    *,
    roster: Sequence[Row] | None = ROSTER,
    programs: Sequence[Row] | None = PROGRAMS,
    table: str | None = "Our_IMGs",
    **further: Sequence[Row],
) -> Path:
    """Write an office's workbook; what is None is left out. Where there is no table: plain lists.

    The roster stands on Advisees in C5 (a title line above it), the programs on Where to apply in
    A3 below a line of their own; `further` are more sheets.
    """
    with xlsxwriter.Workbook(path) as book:
        furnish(book)
        if roster:
            put(book, "Advisees", [["Our advisees, fall 2026"]], (1, 2))
            put(book, "Advisees", roster, (4, 2), table)
        if programs:
            put(book, "Where to apply", [["Programs we know"]])
            put(book, "Where to apply", programs, (2, 0), table and "Places.US")
        for sheet, rows in {**NO_ROSTERS, **further}.items():
            put(book, sheet.replace("_", " "), rows)
    return path
