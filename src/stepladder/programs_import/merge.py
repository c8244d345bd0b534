"""Programs of several exports and an office's own list in; one list, and where they differ, out."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from stepladder.programs_import.facts import ExportFacts

KEY = "program_id"
PROVENANCE = ("source_url", "verified_on")
_MENTION = "mentioned"
"""The answer that is only a code: it keeps a program of which nothing else is known."""

CELLS = pl.Schema(
    {
        "program_id": pl.String(),
        "column": pl.String(),
        "kept": pl.String(),
        "other": pl.String(),
        "kept_from": pl.String(),
        "other_from": pl.String(),
    }
)
"""Cells with two answers: the one that stands in the list now, and the one that does not."""

FILLED = pl.Schema(
    {"program_id": pl.String(), "column": pl.String(), "value": pl.String(), "source": pl.String()}
)
"""Cells of the office's list that were empty."""


@dataclass(frozen=True)
class Combined:
    """The programs of all exports, one row per code, with `source_url` and `verified_on`."""

    programs: pl.DataFrame
    superseded: pl.DataFrame


@dataclass(frozen=True)
class Merged:
    """The office's rows in their order, then the new ones; rows of `doubled` codes as they were."""

    programs: pl.DataFrame
    added: tuple[str, ...]
    filled: pl.DataFrame
    differences: pl.DataFrame
    doubled: tuple[str, ...]


def combine(exports: Sequence[ExportFacts]) -> Combined:
    """One row per program code, in order of first appearance.

    A cell is taken from the newest export that has a value for it; of one day, the one named last.
    The source names every export that a row's cells are from, newest first, and the row is as old
    as the oldest of them.
    """
    order = sorted(range(len(exports)), key=lambda at: exports[at].day)
    answers = pl.concat(_answers(exports[at], rank) for rank, at in enumerate(order))
    by_cell = [KEY, "column"]
    taken = answers.group_by(by_cell, maintain_order=True).last()
    others = answers.join(taken, on=by_cell, suffix="_taken").filter(
        _comparable("text") != _comparable("text_taken")
    )
    origins = (
        taken.sort("rank", descending=True, maintain_order=True)
        .group_by(KEY)
        .agg(
            source_url=pl.col("source").unique(maintain_order=True).str.join("; "),
            verified_on=pl.col("day").min().dt.to_string("%Y-%m-%d"),
        )
    )
    codes = pl.concat(export.programs.select(KEY) for export in exports)
    facts = taken.pivot("column", index=KEY, values="text").drop(_MENTION)
    programs = codes.unique(maintain_order=True)
    for part in (facts, origins):
        programs = programs.join(part, on=KEY, how="left", maintain_order="left")
    return Combined(
        programs=programs,
        superseded=others.select(
            KEY,
            "column",
            kept="text_taken",
            other="text",
            kept_from="source_taken",
            other_from="source",
        ),
    )


def merge(own: pl.DataFrame, incoming: pl.DataFrame) -> Merged:
    """Fill the empty cells of an office's list from exports, and add the programs it has not.

    What stands in the list stays. A row's source and date are filled if both are empty and the
    export agrees with the whole row. Rows whose code is doubled are left as they are.
    """
    facts = [name for name in incoming.columns if name not in {KEY, *PROVENANCE}]
    missing = [name for name in incoming.columns if name not in own.columns]
    own = own.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    is_doubled = pl.col(KEY).is_duplicated() & pl.col(KEY).is_not_null()
    doubled = own.filter(is_doubled)[KEY].unique(maintain_order=True)
    offered = incoming.filter(~pl.col(KEY).is_in(doubled.implode()))
    # Without the office's other columns, whose headers could be any text.
    both = own.select(incoming.columns).join(
        offered.rename({name: _export(name) for name in offered.columns if name != KEY}),
        on=KEY,
        how="left",
        maintain_order="left",
    )
    differs = {name: _comparable(name) != _comparable(_export(name)) for name in facts}
    agrees = ~pl.any_horizontal(pl.lit(value=False), *differs.values()).fill_null(value=False)
    has_no_origin = pl.all_horizontal(pl.col(PROVENANCE).is_null())
    merged = both.select(
        KEY,
        *(pl.coalesce(name, _export(name)) for name in facts),
        *(
            pl.when(has_no_origin & agrees).then(_export(name)).otherwise(name).alias(name)
            for name in PROVENANCE
        ),
    )
    new = incoming.join(own, on=KEY, how="anti", maintain_order="left")
    return Merged(
        programs=pl.concat(
            [pl.concat([merged, own.drop(incoming.columns)], how="horizontal"), new],
            how="diagonal",
        ),
        added=tuple(new[KEY]),
        filled=pl.concat([FILLED.to_frame(), *(_filled(both, name) for name in facts)]),
        differences=pl.concat(
            [CELLS.to_frame(), *(_differences(both, name, differs[name]) for name in facts)]
        ),
        doubled=tuple(code for code in doubled if code in set(incoming[KEY])),
    )


def _answers(export: ExportFacts, rank: int) -> pl.DataFrame:
    """Every value of an export as one row: code, column, text, and where it is from."""
    return (
        export.programs.with_columns(pl.col(KEY).alias(_MENTION))
        .unpivot(index=KEY, variable_name="column", value_name="text")
        .drop_nulls("text")
        .with_columns(source=pl.lit(export.source), day=pl.lit(export.day), rank=pl.lit(rank))
    )


def _export(name: str) -> str:
    return f"export {name}"


def _filled(both: pl.DataFrame, name: str) -> pl.DataFrame:
    offered = pl.col(_export(name))
    return both.filter(pl.col(name).is_null(), offered.is_not_null()).select(
        KEY, column=pl.lit(name), value=offered, source="export source_url"
    )


def _differences(both: pl.DataFrame, name: str, differs: pl.Expr) -> pl.DataFrame:
    return both.filter(differs).select(
        KEY,
        column=pl.lit(name),
        kept=name,
        other=_export(name),
        kept_from=pl.lit(None, pl.String),
        other_from="export source_url",
    )


def _comparable(name: str) -> pl.Expr:
    """Text that differs in case and spaces only is the same answer."""
    return pl.col(name).str.strip_chars().str.replace_all(r"\s+", " ").str.to_lowercase()
