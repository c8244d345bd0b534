"""Two spellings in; the same key out where they are meant as one word."""

import re
from collections.abc import Iterable
from functools import lru_cache

import polars as pl

_MARK = "illustrative"
_KEYS: dict[str, str] = {}
"""The keys that `value_keys` found so far, by text."""


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
    """`value_key` of each text, in order; of those that are new, in one query.

    Meant for the words of vocabularies, which are few and asked for often: each is kept.
    """
    wanted = list(texts)
    new = [text for text in dict.fromkeys(wanted) if text not in _KEYS]
    if new:
        keys = pl.DataFrame({"text": new}).select(value_key(pl.col("text"))).to_series()
        _KEYS.update(zip(new, keys, strict=True))
    return [_KEYS[text] for text in wanted]
