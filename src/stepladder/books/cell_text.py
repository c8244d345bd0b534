"""A cell's typed value, as a saved workbook or a running Excel gives it, in; its text out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from stepladder.books.table import WHOLE_LIMIT

_DAY_ZERO: Final = date(1899, 12, 30)
_WRITTEN_WHOLE: Final = 1e17
"""A running Excel gives every number as a float; it saves whole ones below this in all digits."""


def cell_text(value: object, number_format: str = "") -> str | None:
    """The same text as `as_seen` gives of the saved cell; None for an empty one."""
    match value:
        case None | str():
            return value
        case Decimal():
            return cell_text(float(value), number_format)
        case float() if value.is_integer() and abs(value) < _WRITTEN_WHOLE:
            return as_seen(int(value), number_format)
        case datetime() if value.date() == _DAY_ZERO:
            # Excel gives a time of day as one on its day zero; a saved workbook gives the time.
            return as_seen(value.time())
        case _:
            return as_seen(value, number_format)


def as_seen(value: object, number_format: str = "") -> str:
    """A cell's value under its number format as an advisor sees it, but in full precision."""
    match value:
        case bool():
            text = "Yes" if value else "No"
        case int() | float():
            text = _number_text(value, number_format)
        case datetime():
            text = str(value).removesuffix(" 00:00:00")
        case _:
            text = str(value)
    return text


def _number_text(value: float, number_format: str) -> str:
    if "%" in number_format:
        return f"{(Decimal(repr(value)) * 100).normalize():f}%"
    if abs(value) < WHOLE_LIMIT and value == int(value):
        return str(int(value))
    return str(value)
