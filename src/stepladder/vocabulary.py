"""A few words in; the same in a type that keeps each of them once, out."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray


def vocabulary(words: Iterable[str | None]) -> pl.Series:
    """The words in their order, in a type that keeps each of them once; equal words, equal types.

    Rows of a table take theirs from it by number, in a byte or two each. Whoever writes them need
    not look for equal texts.
    """
    return _kept(tuple(words))


@lru_cache(maxsize=64)
def _kept(words: tuple[str | None, ...]) -> pl.Series:
    texts = pl.Series(words, dtype=pl.String)
    return texts.cast(pl.Enum(texts.drop_nulls().unique(maintain_order=True)))


def places(numbers: NDArray[Any]) -> pl.Series:
    """Positions in the type that polars takes rows by, into which it turns others at some cost."""
    return pl.Series(numbers.astype(np.uint32, copy=False))
