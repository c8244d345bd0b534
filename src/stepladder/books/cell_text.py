"""A cell's typed value as a running Excel gives it in; what an advisor sees of it, as text, out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from stepladder.books.saved_workbook import as_seen

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
