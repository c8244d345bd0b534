"""A cell's typed value in, what an advisor sees of it, as text, out: alike for every medium."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from stepladder.books.table import WHOLE_LIMIT

_DAY_ZERO: Final = date(1899, 12, 30)


def cell_text(value: object, number_format: str) -> str | None:
    """Full precision, dates by their type, percent by the format; None for an empty cell."""
    match value:
        case None:
            text = None
        case str():
            text = value
        case bool():
            text = "Yes" if value else "No"
        case int() | float():
            text = number_text(value, number_format)
        case Decimal():
            text = number_text(float(value), number_format)
        case datetime() if value.date() == _DAY_ZERO:
            # Excel gives a time of day as one on its day zero; a saved workbook gives the time.
            text = str(value.time())
        case datetime():
            text = str(value).removesuffix(" 00:00:00")
        case _:
            text = str(value)
    return text


def number_text(value: float, number_format: str = "") -> str:
    """A number without .0, or as the percent that its format shows."""
    if "%" in number_format:
        return f"{(Decimal(repr(value)) * 100).normalize():f}%"
    if abs(value) < WHOLE_LIMIT and value == int(value):
        return str(int(value))
    return str(value)
