"""An input column in; the drop-down, limit and help that Excel keeps on its cells out.

A value is let in exactly if validation has nothing to say of it. What validation would refuse is
stopped; what it would only ask about, or read generously, may be kept after a warning.
"""

from datetime import date, datetime, time
from typing import Any, Final

from stepladder.books.table import SHEET_ROWS, Limits, SheetColumn, column_letters

_TITLE: Final = 32
_MESSAGE: Final = 255
_UNIQUE_WITHIN: Final = 25_000
"""Rows in which Excel looks for a second one with the same id: more than a workbook is for."""

_EVERY: Final = frozenset({"text", "list"})


def validation(column: SheetColumn, position: int, note: str) -> dict[str, Any] | None:
    """Give XlsxWriter's options for the cells of a column; `note` is shown on a chosen cell.

    None for a column of the office's own.
    """
    if column.owner == "own":
        return None
    if column.limits is None:
        return {"validate": "any", **_help(column, note)}
    rule = _rule(column, column.limits, column_letters(position))
    severity = "stop" if column.limits.is_refused else "warning"
    refusal = {
        "ignore_blank": True,
        "error_type": severity,
        "error_title": _cut(column.title, _TITLE),
        "error_message": _cut(_refusal(column), _MESSAGE),
    }
    return {**rule, **_help(column, note), **(refusal if rule["validate"] != "any" else {})}


def _help(column: SheetColumn, note: str) -> dict[str, Any]:
    if not note:
        return {}
    return {
        "input_title": _cut(column.title, _TITLE),
        "input_message": _cut(note, _MESSAGE),
    }


def _refusal(column: SheetColumn) -> str:
    if column.kind == "id":
        return "Another row has this id, or it is no id. Give each row an id of its own."
    limits = column.limits or Limits()
    then = "" if limits.is_refused else " Keep it only if you explain it in Notes."
    return f"Enter {limits.expected}, or leave the cell empty.{then}"


def _rule(column: SheetColumn, limits: Limits, letters: str) -> dict[str, Any]:
    if limits.allowed and column.kind != "list":
        return {"validate": "list", "source": list(limits.allowed)}
    if column.kind == "id" and limits.is_unique:
        return {"validate": "custom", "value": _no_other(letters)}
    if limits.minimum is None or column.kind in _EVERY:
        return {"validate": "any"}
    kind = {"date": "date", "number": "decimal"}.get(column.kind, "integer")
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": _bound(limits.minimum),
        "maximum": _bound(limits.maximum),
    }


def _bound(value: float | date | None) -> float | datetime | None:
    return datetime.combine(value, time()) if isinstance(value, date) else value


def _no_other(letters: str) -> str:
    """No other row has exactly this text; COUNTIF would take 007 for 7."""
    within = f"${letters}$2:${letters}${_UNIQUE_WITHIN}"
    this = f"TRIM({letters}2)"
    is_blank = f'OR({this}="",{this}="-",LOWER({this})="n/a",ISERROR({letters}2))'
    return f"=AND(NOT({is_blank}),SUMPRODUCT(--EXACT(TRIM({within}),{this}))<2)"


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def rows(position: int) -> tuple[int, int, int, int]:
    """Give the cells below a header down to the sheet's end, as XlsxWriter counts."""
    return 1, position, SHEET_ROWS - 1, position
