"""Typed rows in; what is missing, doubled, beyond limits or contradictory out, as hits."""

from collections.abc import Mapping

import polars as pl

from stepladder.validate.findings import HITS
from stepladder.validate.rules import Facts, broken_by, detail_of
from stepladder.validate.schema import TableSchema, is_allowed, pandera_schema

_OUR_CODES = {"not_nullable": "missing_cell"}
"""What pandera calls a fault, and what we do; its other faults bear our code already."""


def faults_of_cells(
    typed: pl.DataFrame,
    schema: TableSchema,
    present: list[str],
    doubled: Mapping[str, pl.Series] | None = None,
) -> pl.DataFrame:
    """What pandera finds in typed columns, missing or beyond limits; and what is doubled.

    It is asked about those columns alone in which something is wrong, and it is not even imported
    where nothing is: that takes longer than all the rest of a small cohort's validation.

    `doubled` has the values that stand in more than one row, by column, where `typed` is a part of
    its table. Doubles are sought here, since pandera takes most of its time for them.

    The depth is set here, since the environment could otherwise switch the data checks off.
    """
    if doubled is None:
        unique = [name for name in present if schema.by_name[name].unique]
        doubled = {name: doubled_values(typed[name].drop_nulls()) for name in unique}
    suspect = _suspect(typed, schema, present)
    if not suspect:
        return _doubled(typed, doubled)

    import pandera.polars as pa  # noqa: PLC0415 - as above
    from pandera.config import ValidationDepth, config_context  # noqa: PLC0415 - as above

    try:
        with config_context(
            validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA
        ):
            pandera_schema(schema, suspect, with_doubles=False).validate(
                typed.select(suspect), lazy=True
            )
    except pa.errors.SchemaErrors as refusal:
        faults: pl.DataFrame = refusal.failure_cases
    else:
        return _doubled(typed, doubled)
    if faults["index"].has_nulls():
        message = "a column was not read into its type"
        raise TypeError(message)
    # An id that many rows may bear is missing like any other cell.
    is_own_id = pl.lit(schema.by_name[schema.key].unique) & (pl.col("column") == schema.key)
    id_is_missing = (pl.col("code") == "missing_cell") & is_own_id
    found = faults.select(
        row=pl.col("index").cast(pl.UInt32),
        column="column",
        code=pl.col("check").replace(_OUR_CODES),
        detail=pl.lit(None, pl.String),
    ).with_columns(code=pl.when(id_is_missing).then(pl.lit("missing_id")).otherwise("code"))
    return pl.concat([found, _doubled(typed, doubled)])


def doubled_values(values: pl.Series) -> pl.Series:
    """The values that stand in more than one place, once each; there is no null among `values`.

    Hashes are numbers, which sort fast; only of those that are equal are the values compared.
    """
    hashes = values.hash()
    in_order = hashes.sort()
    twice = in_order.filter(in_order == in_order.shift()).unique()
    likely = values.filter(hashes.is_in(twice.implode()))
    return likely.filter(likely.is_duplicated()).unique()


def _suspect(typed: pl.DataFrame, schema: TableSchema, present: list[str]) -> list[str]:
    """The columns with a null or a value that is not allowed there, in one look."""
    dtypes = typed.schema
    of_type = [name for name in present if dtypes[name] == schema.by_name[name].dtype]
    wrong = typed.select(
        ((pl.lit(column.required) & pl.col(name).has_nulls()) | ~is_allowed(column).all()).alias(
            name
        )
        for name in of_type
        for column in [schema.by_name[name]]
    )
    return [name for name in present if name not in of_type or wrong[name].item()]


def _doubled(typed: pl.DataFrame, doubled: Mapping[str, pl.Series]) -> pl.DataFrame:
    found = [
        typed.filter(pl.col(name).is_in(values.implode())).select(
            "row",
            column=pl.lit(name),
            code=pl.lit("doubled_id"),
            detail=pl.lit(None, pl.String),
        )
        for name, values in doubled.items()
    ]
    return pl.concat([HITS.to_frame(), *found])


def broken_rules(typed: pl.DataFrame, schema: TableSchema, facts: Facts) -> pl.DataFrame:
    """The rows that break a rule of the schema, once for each column that the rule points at."""
    pairs = [(rule, column) for rule in schema.rules for column in rule.columns]
    broken = typed.select(
        broken_by(rule, column, facts).alias(f"{rule.name} {column}") for rule, column in pairs
    )
    is_broken = broken.select(pl.all().any())
    hits = [
        # Filtered chunks may be empty, and polars fails on sets of one row beside an empty chunk.
        typed.filter(broken[f"{rule.name} {column}"])
        .rechunk()
        .select(
            "row",
            column=pl.lit(column),
            code=pl.lit(rule.name),
            detail=detail_of(rule, column, facts),
        )
        for rule, column in pairs
        if is_broken[f"{rule.name} {column}"].item()
    ]
    return pl.concat([HITS.to_frame(), *hits])
