"""Two spellings in; the same key out where they are meant as one word."""

import re
from collections.abc import Iterable
from functools import lru_cache

import polars as pl

_MARK = "illustrative"


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """What a header has in common with its other spellings: its letters a–z and digits.

    Calibrated or not, a column of ours is the same: that its numbers are illustrative is left out.
    """
    key = re.sub(r"[^a-z0-9]", "", header.casefold())
    return key.removesuffix(_MARK) or key


def value_key(text: pl.Expr) -> pl.Expr:
    """What a cell's text has in common with its other spellings: no case, spaces or punctuation.

    A question mark stays, since it says that the writer was in doubt.
    """
    return text.str.to_lowercase().str.replace_all(r"[[\s\p{Cf}\p{P}]--[?]]", "")


def value_keys(texts: Iterable[str]) -> list[str]:
    """`value_key` of each text, in order."""
    return list(_value_keys(tuple(texts)))


@lru_cache(maxsize=512)
def _value_keys(texts: tuple[str, ...]) -> tuple[str, ...]:
    column = pl.Series("text", texts, dtype=pl.String)
    return tuple(column.to_frame().select(value_key(pl.col("text"))).to_series())
