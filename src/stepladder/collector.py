"""Python's search for objects that hold each other and are unused, put off for a while."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NEW_OBJECTS: Final = 100_000
"""How many more there have to be than at the last search; Python's own number is 700."""


@contextmanager
def seldom_searched() -> Iterator[None]:
    """Search seldom inside: a run leaves few such objects, and every search looks at all it holds.

    That took a fifth of a small cohort's time, as of a workbook's with many rows.
    """
    youngest, *older = gc.get_threshold()
    gc.set_threshold(max(youngest, _NEW_OBJECTS), *older)
    try:
        yield
    finally:
        gc.set_threshold(youngest, *older)
