"""A sentence of the rulebook in; an expression that fills its placeholders row by row, out."""

from collections.abc import Mapping
from string import Formatter

import polars as pl


def filled(sentence: str, values: Mapping[str, pl.Expr]) -> pl.Expr:
    """A sentence of the rulebook with its placeholders filled row by row."""
    parts: list[pl.Expr] = []
    for text, key, _, _ in Formatter().parse(sentence):
        if text:
            parts.append(pl.lit(text))
        if key is not None:
            parts.append(values[key])
    return pl.concat_str(parts)
