"""A few words, or a column of them, in; the same as numbers of words that are kept once, out."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray


def vocabulary(words: Iterable[str | None]) -> pl.Series:
    """The words in their order, in a type that holds each of them once.

    Rows of a table take their words from it by number, in a byte or two each, and equal words give
    equal types. It costs nothing to write them, either: nobody looks for equal texts.
    """
    return _kept(tuple(words))


@cache
def _kept(words: tuple[str | None, ...]) -> pl.Series:
    texts = pl.Series(words, dtype=pl.String)
    return texts.cast(pl.Enum(texts.drop_nulls().unique(maintain_order=True)))


def places(numbers: NDArray[Any]) -> pl.Series:
    """Positions in the type that polars takes rows by, into which it turns others at some cost."""
    return pl.Series(numbers.astype(np.uint32, copy=False))
