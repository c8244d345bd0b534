"""A typed column in; what the cells of an open workbook get, and whether they have it, out."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, TypeAlias

import polars as pl

from stepladder.books.cell_text import as_seen
from stepladder.books.cells import frame_values

New: TypeAlias = str | float | datetime | None
"""What a cell shall hold; a day is its midnight."""

TEXT_FORMAT: Final = "@"
_LONGEST_IN_BLOCK: Final = 8_000
"""Excel refuses a block with a longer text; alone in its cell it takes more."""

_WORDS_ALONE: Final = re.compile(r"[^\W\d_]\D*")
_WORDS: Final = frozenset({"true", "false"})


def new_values(columns: pl.DataFrame) -> list[list[New]]:
    """What the cells of each column shall hold, as `frame_values` says it."""
    return [
        [*held.shown()]
        if held.kind in {"number", "text"}
        else [
            text if number is None else _midnight(moment)
            for number, text, moment in zip(
                held.numbers.to_list(), held.texts.to_list(), column.to_list(), strict=True
            )
        ]
        for held, column in zip(frame_values(columns), columns.iter_columns(), strict=True)
    ]


def single_values(values: Sequence[object]) -> list[New]:
    """What single cells shall hold: as `new_values`, all cells of one type at a time."""
    found: list[New] = [None] * len(values)
    places: dict[type, list[int]] = {}
    for at, value in enumerate(values):
        if value is not None:
            places.setdefault(type(value), []).append(at)
    for of_type in places.values():
        [column] = new_values(pl.Series([values[at] for at in of_type]).to_frame())
        for at, value in zip(of_type, column, strict=True):
            found[at] = value
    return found


def is_there(new: New, old: Any) -> bool:  # noqa: ANN401 - whatever Excel gives
    """Whether a cell shows the value already."""
    match old:
        case bool():
            return False
        case None | "":
            return new is None
        case str() if isinstance(new, float):
            # A number in a cell that is formatted as text.
            return old == as_seen(new)
        case Decimal():
            return isinstance(new, float) and float(old) == new
        case _:
            return bool(old == new)


def is_long(new: New) -> bool:
    """Whether a value has to be written alone."""
    return isinstance(new, str) and len(new) > _LONGEST_IN_BLOCK


def depends_on_format(new: New) -> bool:
    """Whether Excel may take a value for something else, in a cell that is not for text."""
    return isinstance(new, str) and not _is_plainly_text(new)


def entered(new: New, number_format: str) -> New:
    """A value as it is typed, so that Excel takes no text for a number, a day or a formula."""
    if isinstance(new, str) and depends_on_format(new) and number_format != TEXT_FORMAT:
        return "'" + new
    return new


def _is_plainly_text(text: str) -> bool:
    """Words without a figure that begin with a letter; nothing else is left for Excel to read."""
    return _WORDS_ALONE.fullmatch(text) is not None and text.casefold() not in _WORDS


def _midnight(day: date | datetime) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time())
