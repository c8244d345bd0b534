"""One export's text in; its programs in our columns, and what found no place there, out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from stepladder.books.residency_explorer import Export
from stepladder.books.table import as_text
from stepladder.programs_import.mapping import (
    ADVANCED,
    ALL,
    CATEGORICAL,
    ExportMapping,
    label_year,
)
from stepladder.validate import TableSchema
from stepladder.validate.cells import read_column
from stepladder.validate.place import Place
from stepladder.validate.schema import Column
from stepladder.validate.spelling import value_key

UNREAD = pl.Schema(
    {
        "source": pl.String(),
        "cell": pl.String(),
        "program_id": pl.String(),
        "label": pl.String(),
        "text": pl.String(),
    }
)
"""Cells under a label that we know whose value gave no value of ours."""

UNMAPPED = pl.Schema({"label": pl.String(), "program_ids": pl.List(pl.String())})
"""Labels that we have no column for, with the programs that have a value there."""

_RANGE = r"(?i)^([0-9]{2,3})\s*(?:-|–|—|to)\s*([0-9]{2,3})$"
_BOTH = "Categorical and Advanced"


@dataclass(frozen=True)
class ExportFacts:
    """What one export says.

    programs  String columns by schema name, as a CSV writes them; null where not known; one row for
              each program column with a code
    unread    as UNREAD; unmapped: as UNMAPPED; codeless: the columns of programs without a code
    """

    source: str
    day: date
    programs: pl.DataFrame
    unread: pl.DataFrame
    unmapped: pl.DataFrame
    codeless: tuple[str, ...]


def read_facts(export: Export, mapping: ExportMapping, schema: TableSchema) -> ExportFacts:
    """Read every cell whose label we know.

    A value is taken as validation reads it, within the column's limits. What the mapping says is
    unknown, and what is only punctuation, is no value. Positions are the sum of both kinds, if both
    are known, and track the kinds of which there are any. Of two labels for one fact the one with
    the later year counts.
    """
    places = _places(export, mapping)
    texts = {fact: _known(export.cells[str(at)], mapping) for fact, at in places.items()}
    columns = {
        fact: _value(schema.by_name[fact], text, mapping)
        for fact, text in texts.items()
        if fact in schema.by_name
    }
    columns |= _positions(texts, schema.by_name["positions"])
    values = pl.DataFrame([column.alias(name) for name, column in columns.items()])
    has_code = values["program_id"].is_not_null()
    return ExportFacts(
        source=export.source,
        day=export.day,
        programs=values.filter(has_code),
        unread=_unread(export, places, texts, values),
        unmapped=_unmapped(export, places, values["program_id"], mapping),
        codeless=tuple(pl.Series(export.letters, dtype=pl.String).filter(~has_code)),
    )


def _places(export: Export, mapping: ExportMapping) -> Mapping[str, int]:
    """Which label of the export each fact is read from."""
    chosen: dict[str, int] = {}
    for at, label in enumerate(export.labels):
        fact = mapping.fact(label)
        if fact is None:
            continue
        first = chosen.setdefault(fact, at)
        if label_year(label) > label_year(export.labels[first]):
            chosen[fact] = at
    return chosen


def _known(text: pl.Series, mapping: ExportMapping) -> pl.Series:
    """The text of a fact, stripped; null where it says that nothing is known."""
    stripped = text.alias("text").to_frame().with_columns(pl.col("text").str.strip_chars())
    key = value_key(pl.col("text"))
    is_unknown = key.is_in([*mapping.unknown, ""])
    return stripped.select(pl.when(~is_unknown).then("text")).to_series()


def _value(column: Column, text: pl.Series, mapping: ExportMapping) -> pl.Series:
    if column.name in mapping.ranges:
        text = _middle(text)
    if column.name in mapping.values:
        meant = mapping.values[column.name]
        key = value_key(pl.col("text"))
        ours = key.replace_strict(list(meant), list(meant.values()), default=None)
        text = text.to_frame().select(pl.coalesce(ours, "text").alias("text")).to_series()
    return _as_written(column, _typed(column, text))


def _middle(text: pl.Series) -> pl.Series:
    """The middle of a range of scores, rounded down; other text, such as one score, as it is."""
    low, high = (pl.col("text").str.extract(_RANGE, group).cast(pl.Int64) for group in (1, 2))
    middle = pl.when(low <= high).then((low + high) // 2).cast(pl.String)
    return text.to_frame().select(pl.coalesce(middle, "text").alias("text")).to_series()


def _typed(column: Column, text: pl.Series) -> pl.Series:
    """The text as validation reads it; null where it is not read or beyond the column's limits."""
    no_sheet = Place("", pl.Series(range(len(text)), dtype=pl.UInt32))
    values = read_column(column, text, no_sheet).values
    if column.minimum is None or column.maximum is None:
        return values
    is_within = values.is_between(column.minimum, column.maximum)
    return values.to_frame("value").select(pl.when(is_within).then("value")).to_series()


def _as_written(column: Column, values: pl.Series) -> pl.Series:
    return values.to_frame("value").select(as_text(pl.col("value"), column.dtype)).to_series()


def _positions(texts: Mapping[str, pl.Series], column: Column) -> Mapping[str, pl.Series]:
    """Positions and track; a kind whose number is not known leaves both unknown."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(texts["program_id"]))
    kinds = pl.DataFrame(
        {kind: _typed(column, texts.get(kind, nothing)) for kind in (CATEGORICAL, ADVANCED, ALL)}
    )
    has_categorical, has_advanced = pl.col(CATEGORICAL) > 0, pl.col(ADVANCED) > 0
    track = (
        pl.when(has_categorical & has_advanced)
        .then(pl.lit(_BOTH))
        .when(has_categorical & ~has_advanced)
        .then(pl.lit("Categorical"))
        .when(has_advanced & ~has_categorical)
        .then(pl.lit("Advanced"))
    )
    read = kinds.select(
        track=track,
        positions=pl.coalesce(pl.col(CATEGORICAL) + pl.col(ADVANCED), ALL),
    )
    positions = _typed(column, _as_written(column, read["positions"]))
    return {"track": read["track"], "positions": _as_written(column, positions)}


def _unread(
    export: Export,
    places: Mapping[str, int],
    texts: Mapping[str, pl.Series],
    values: pl.DataFrame,
) -> pl.DataFrame:
    """Texts that say something and gave no value; those of a column without a code are no loss."""
    rows: list[tuple[str, ...]] = []
    ids = values["program_id"]
    for fact, at in sorted(places.items(), key=lambda place: place[1]):
        column = fact if fact in values.columns else "positions"
        lost = texts[fact].is_not_null() & values[column].is_null() & ids.is_not_null()
        rows.extend(
            (export.source, export.address(row, at), ids[row], export.labels[at], texts[fact][row])
            for row in lost.arg_true()
        )
    return pl.DataFrame(rows, schema=UNREAD, orient="row")


def _unmapped(
    export: Export, places: Mapping[str, int], ids: pl.Series, mapping: ExportMapping
) -> pl.DataFrame:
    rows = [
        (label, ids.filter(_known(export.cells[str(at)], mapping).is_not_null()).drop_nulls())
        for at, label in enumerate(export.labels)
        if at not in places.values()
    ]
    return pl.DataFrame(rows, schema=UNMAPPED, orient="row")
