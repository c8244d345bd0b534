"""What decides many applicants' lists in; for whom it differs, and whose is whose, out."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepladder.arrays import Ints


def distinct(decides: Iterable[NDArray[Any]]) -> tuple[Ints, Ints]:
    """Give the first applicant of each kind, and for each applicant the place of theirs there.

    All arrays are [applicant, program]; two applicants are of one kind where every bit is the same.
    """
    kinds: dict[bytes, int] = {}
    first: list[int] = []
    which: list[int] = []
    for who, row in enumerate(_bytes(decides)):
        at = kinds.setdefault(row.tobytes(), len(first))
        if at == len(first):
            first.append(who)
        which.append(at)
    return np.array(first, np.int64), np.array(which, np.int64)


def _bytes(decides: Iterable[NDArray[Any]]) -> NDArray[np.uint8]:
    """All arrays side by side, as bytes."""
    return np.concatenate([np.ascontiguousarray(one).view(np.uint8) for one in decides], axis=1)
