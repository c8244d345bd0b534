"""A rulebook's tables, an entry's name and somebody's text in; the tables with that value out."""

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from stepladder.rulebook.calibrated import CALIBRATED
from stepladder.rulebook.policy import ANCHORS

_WHOLE = re.compile(r"[+-]?\d+")
_DAY = re.compile(
    r"(?P<anchor>\w+)(?:\s*(?P<sign>[+−-])\s*(?P<move>\d+)\s*(?P<unit>months|weeks))?"
)
_FEE = re.compile(r"\d+(?:[–-](?P<through>\d+)|\+):\s*\$(?P<dollars>\d+)\s*(?P<kind>each|in all)")


def with_value(tables: Mapping[str, Any], name: str, text: str) -> dict[str, Any]:
    """Put one value, spelled as `Entry.value` spells it, in the place of the rulebook's own.

    Raises KeyError for a name that is no entry's, ValueError, with what is expected, for a text
    that does not read as a value of that kind.
    """
    changed = deepcopy(dict(tables))
    holder, key = _place(changed, name)
    value = _read(text.strip(), holder[key])
    if value != holder[key] and holder.get("kind") == CALIBRATED:
        # What somebody typed is no longer what the outcomes say.
        holder["kind"] = "assumption"
    holder[key] = value
    return changed


def _place(tables: dict[str, Any], name: str) -> tuple[dict[str, Any], str]:
    """The table that holds an entry's value, and under which key."""
    at: dict[str, Any] = tables
    *sections, last = name.split(".")
    for section in sections:
        at = at[section]
    if "values" in at:
        at = at["values"]
    if isinstance(at[last], dict) and "value" in at[last]:
        return at[last], "value"
    return at, last


def _read(text: str, own: object) -> object:
    """Read a text as a value of the same kind as the rulebook's own."""
    if isinstance(own, str):
        return text
    if isinstance(own, date):
        return _read_date(text)
    if isinstance(own, int | float):
        return _read_number(text)
    return _read_day(text) if isinstance(own, dict) else _read_fees(text)


def _read_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date such as 2027-09-23") from None


def _read_number(text: str) -> int | float:
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number, without a unit or a percent sign") from None


def _read_day(text: str) -> dict[str, str | int]:
    found = _DAY.fullmatch(text)
    if found is None or found["anchor"] not in ANCHORS:
        raise ValueError("a day such as submit − 6 months or review + 2 weeks")
    if found["unit"] is None:
        return {"anchor": found["anchor"]}
    move = int(found["move"]) if found["sign"] == "+" else -int(found["move"])
    return {"anchor": found["anchor"], found["unit"]: move}


def _read_fees(text: str) -> list[dict[str, int]]:
    steps = []
    for part in text.split(";"):
        found = _FEE.fullmatch(part.strip())
        if found is None:
            raise ValueError("fees such as 1–30: $11 each; 31+: $30 each")
        step = {"flat" if found["kind"] == "in all" else "each": int(found["dollars"])}
        if found["through"]:
            step["through"] = int(found["through"])
        steps.append(step)
    return steps
