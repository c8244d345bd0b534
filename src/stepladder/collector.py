"""Python's search for objects that hold each other and are unused, in a process that soon ends."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NEW_OBJECTS: Final = 200_000
"""How many more there have to be than at the last search; Python's own number is 700.

What a small cohort needs, imports and all, are some 130,000: none of them is searched.
"""


@contextmanager
def seldom_searched() -> Iterator[None]:
    """Search seldom inside, and not at all when the process ends.

    What libraries make when they are imported lasts, and a run leaves few such objects; every
    search looks at all of them, and two more would as the process ends. That takes a tenth of the
    time of a small cohort or a workbook with many rows. Inside, memory stays the same.
    """
    youngest, *older = gc.get_threshold()
    gc.set_threshold(max(youngest, _NEW_OBJECTS), *older)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        # Else the next object would set off the search that was saved: both together put what is
        # new among what is old, unsearched.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(youngest, *older)
