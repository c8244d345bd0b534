"""Stepladder: plan applications of international medical graduates to PM&R residency.

`run` takes applicants and programs as polars frames and gives a `Result` of frames; the command
`stepladder` does the same with files.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stepladder.refresh import run
    from stepladder.result import Result, Summary

__all__ = ["Result", "Summary", "run"]

_HOMES = {
    "run": "stepladder.refresh",
    "Result": "stepladder.result",
    "Summary": "stepladder.result",
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for, so that `stepladder --help` is quick."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
