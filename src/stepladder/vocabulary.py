"""A few words, or a column of them, in; the same as numbers of words that are kept once, out."""

from collections.abc import Sequence

import polars as pl


def vocabulary(words: Sequence[str | None] | pl.Series) -> pl.Series:
    """The words in their order, in a type that holds each of them once.

    Rows of a table take their words from it by number, in a byte or two each, and equal words give
    equal types. It costs nothing to write them, either: nobody looks for equal texts.
    """
    texts = pl.Series(words, dtype=pl.String)
    return texts.cast(pl.Enum(texts.drop_nulls().unique(maintain_order=True)))
