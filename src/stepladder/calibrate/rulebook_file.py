"""A rulebook's text and what its rates are to be in; the text with them, otherwise as it was, out.

tomlkit keeps the comments and the order of the file.
"""

from collections.abc import Mapping
from typing import Any

import tomlkit

from stepladder.calibrate.values import FittedValue
from stepladder.rulebook.calibrated import CALIBRATED


def calibrated_text(text: str, version: str, values: Mapping[str, FittedValue]) -> str:
    """Put values, by the names of their entries, and a version of its own into a rulebook.

    The loader has read the text already, so every entry is there.
    """
    book = tomlkit.parse(text)
    book["version"] = version
    for name, value in values.items():
        entry: Any = book
        for key in name.split("."):
            entry = entry[key]
        entry["value"] = value.value
        entry["kind"] = CALIBRATED
        entry["source"] = value.source
    return tomlkit.dumps(book)
