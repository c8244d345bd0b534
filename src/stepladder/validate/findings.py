"""Cells and rows that something is to be said about in; findings with an address and words out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from stepladder.books.table import TextTable, column_letters
from stepladder.validate.headers import HeaderMap
from stepladder.validate.schema import Column, TableSchema

FINDINGS = pl.Schema(
    {
        "code": pl.String(),
        "severity": pl.String(),
        "table": pl.String(),
        "sheet_row": pl.UInt32(),
        "cell": pl.String(),
        "applicant_id": pl.String(),
        "program_id": pl.String(),
        "column": pl.String(),
        "found": pl.String(),
        "message": pl.String(),
        "fix": pl.String(),
    }
)
"""One row per finding, of either table."""

HITS = pl.Schema(
    {"row": pl.UInt32(), "column": pl.String(), "code": pl.String(), "detail": pl.String()}
)
"""What is to be said, before it is put in words: `row` counts from 0 and is null for a header."""

HIDDEN = "(not shown)"
_LONGEST_QUOTATION = 60
_SHORTEST_NAME_WITHIN_TEXT = 4


@dataclass(frozen=True)
class Wording:
    """How a finding is put: its severity (None: that of its column), what is wrong, what to do."""

    severity: str | None
    message: str
    fix: str


_READ_AS = Wording(
    "query",
    "{cell}: {found} was read as {detail}.",
    "Nothing to do if that is right; otherwise retype {title}.",
)

WORDINGS: Mapping[str, Wording] = MappingProxyType(
    {
        "missing_column": Wording(
            "error",
            "{cell}: no column of this table is {title}, and every row needs it.",
            "Add a column with the header “{title}”, or rename the column that holds it.",
        ),
        "column_split": Wording(
            "query",
            "{cell}: {found} was split: whole numbers were read as {detail}.",
            "Nothing to do if that is right; two columns with these headers say it plainly.",
        ),
        "too_many_cells": Wording(
            "error",
            "{cell}: this row has more cells than there are headers, so some may have shifted.",
            "Put text that holds the separator in double quotes, or delete the extra cells.",
        ),
        "surplus_cells": Wording(
            "error",
            "{cell}: this row had more cells than there were headers in {found}, so some may have "
            "shifted.",
            "Compare the row with that file and mend it; then empty this cell.",
        ),
        "missing_id": Wording(
            "error", "{cell}: {title} is empty.", "Give the row an id that no other row has."
        ),
        "doubled_id": Wording(
            "error",
            "{cell}: {found} is the {title} of more than one row.",
            "Give each row an id of its own, or delete the rows that repeat another.",
        ),
        "missing_cell": Wording(
            "error", "{cell}: {title} is empty, and every row needs it.", "Enter {expected}."
        ),
        "unreadable": Wording(None, "{cell}: {found} is not {expected}.", "{retype}"),
        "out_of_limits": Wording(None, "{cell}: {found} is not {expected}.", "{retype}"),
        "mixed_date_orders": Wording(
            None,
            "{cell}: {found} cannot be read for sure, since two orders are mixed: {detail}.",
            "Retype the dates of this column as year-month-day, such as 2024-05-01.",
        ),
        "unknown_list_item": Wording(
            None, "{cell}: {detail} is not {expected}; the rest of the cell was read.", "{retype}"
        ),
        "read_as_blank": Wording(
            "query", "{cell}: {found} was read as an empty cell.", "Nothing to do if that is right."
        ),
        "must_is_ineligible": Wording(
            "query",
            "{cell}: program {detail} must be on the list, but it is not open to this applicant.",
            "Take it out of {title}, or mend what shuts it (stepladder batch --pairs says what).",
        ),
        "must_is_left_out": Wording(
            "query",
            "{cell}: program {detail} must be on the list, but its row in Programs has an error.",
            "Fix that row in Programs, then run again.",
        ),
        "must_passes_budget": Wording(
            "query",
            "{cell}: {title} names {detail} open programs, which cost more than the budget.",
            "Raise the budget, or shorten {title}; until then the list holds all of them.",
        ),
        "must_passes_maximum": Wording(
            "query",
            "{cell}: {title} names {detail} open programs, more than the maximum of applications.",
            "Raise the maximum, or shorten {title}; until then the list holds all of them.",
        ),
        "season_carried_over": Wording(
            "query",
            "{cell}: season {detail} is not in the rulebook's calendar; its days were carried over "
            "from the nearest season, and so were fees and signals where they are not there.",
            "Check the season; if it is right, add its days, fees and signals to the rulebook.",
        ),
        "read_as_number": _READ_AS,
        "read_as_choice": _READ_AS,
        "read_as_date": _READ_AS,
        "read_as_list": _READ_AS,
        "date_order_assumed": Wording(
            "query",
            "{cell}: {found} was read as {detail}, month first; no date here proves the order.",
            "If the day comes first, retype it as year-month-day, such as 2024-05-01.",
        ),
    }
)
"""How findings are put that are not of a rule of the schema."""


def rule_wordings(schema: TableSchema) -> Mapping[str, Wording]:
    """How the findings of a schema's rules are put, by rule."""
    return {rule.name: Wording(rule.severity, rule.message, rule.fix) for rule in schema.rules}


def graded(hits: pl.DataFrame, schema: TableSchema) -> pl.DataFrame:
    """Add `severity` (“Error” or “Query”) to hits."""
    kinds = hits.select("code", "column").unique()
    severities = [_severity(code, column, schema) for code, column in kinds.iter_rows()]
    return hits.join(
        kinds.with_columns(severity=pl.Series(severities, dtype=pl.String)),
        on=["code", "column"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def findings(
    hits: pl.DataFrame,
    frame: pl.DataFrame,
    table: TextTable,
    schema: TableSchema,
    headers: HeaderMap,
    people: pl.Series | None = None,
) -> pl.DataFrame:
    """Put graded hits on rows of the typed frame in words, sorted by sheet row, column and code.

    A finding quotes its own cell only, shortened; nothing of a personal column, no name that the
    table holds, and no text with the row's own name in it. `people` are all names of the table, as
    `comparable`, where `frame` is a part of it.
    """
    kinds = hits.partition_by("code", "column")
    if not kinds:
        return FINDINGS.to_frame()
    told = _told_where(_addressed(kinds, table, schema, headers), headers.shifted(table))
    said = _without_names(told, frame, schema, people)
    # All codes in one query: most have few hits, and a query for each takes longer than they do.
    worded = [_worded(of_code, schema) for of_code in said.partition_by("code")]
    return (
        pl.concat(worded)
        .sort("sheet_row", "position", "code", maintain_order=True)
        .select(FINDINGS.names())
        .collect()
    )


def _addressed(
    kinds: Sequence[pl.DataFrame], table: TextTable, schema: TableSchema, headers: HeaderMap
) -> pl.DataFrame:
    """Add where each hit stands, the text that stands there, and what its column is called.

    `kinds` have one code and column each. What all hits of a kind share is found once and given to
    each of them at once: most kinds have few hits.
    """
    texts = headers.texts(table)
    shared, found = [], []
    for kind in kinds:
        code, name, rows = kind["code"][0], kind["column"][0], kind["row"]
        column, is_of_rows = schema.by_name.get(name), not rows.has_nulls()
        if code == "too_many_cells":
            position = len(table.headers)
        elif code == "surplus_cells" and headers.surplus is not None:
            position = headers.surplus
        else:
            position = headers.columns.get(name, -table.first_column)
        if is_of_rows and code == "surplus_cells":
            found.append(table.cells[str(position)][rows])
        elif is_of_rows and name in texts:
            found.append(texts[name][rows])
        else:
            header = table.headers[position] if name in headers.columns else None
            found.append(pl.Series([header], dtype=pl.String).new_from_index(0, len(rows)))
        shared.append(
            {
                "is_of_rows": is_of_rows,
                "position": position,
                "letters": column_letters(table.first_column + position),
                "is_personal": column is not None and column.personal,
                # Where cells have shifted, any of them may hold the name.
                "may_have_shifted": is_of_rows and code != "surplus_cells",
                **(_NO_WORDS if column is None else _words(column)),
            }
        )
    of_kind = np.repeat(np.arange(len(kinds)), [kind.height for kind in kinds])
    return pl.concat(
        [pl.concat(kinds), pl.DataFrame(shared, schema=_SHARED)[of_kind]], how="horizontal"
    ).with_columns(
        text=pl.concat(found),
        sheet_row=pl.when("is_of_rows")
        .then(pl.lit(table.sheet_rows).gather("row"))
        .otherwise(pl.lit(table.header_row, pl.UInt32)),
    )


def _told_where(addressed: pl.DataFrame, shifted: pl.Series) -> pl.DataFrame:
    """Add the address of each cell, its text in one line, and whether that may be a name."""
    has_shifted = pl.lit(shifted).gather("row").fill_null(value=False)
    return addressed.with_columns(
        cell=pl.col("letters") + pl.col("sheet_row").cast(pl.String),
        text=pl.col("text").str.replace_all(r"\s+", " "),
        is_personal=pl.col("is_personal")
        | (pl.col("may_have_shifted") & has_shifted & pl.col("text").is_not_null()),
    )


def _without_names(
    said: pl.DataFrame, frame: pl.DataFrame, schema: TableSchema, people: pl.Series | None
) -> pl.DataFrame:
    """Add `id`, `found` and `quoted`, and take every text that tells a person's name out."""
    person = frame[schema.person] if schema.person else frame[schema.key].clear(len(frame))
    names = comparable(person)
    said = said.with_columns(
        id=frame[schema.key].gather(said["row"]), name=names.gather(said["row"])
    )
    keys = said.with_columns(comparable(said[name]).alias(name) for name in ("text", "id"))
    # A set of what is quoted is small; one of every name may not be.
    quoted = pl.concat(
        [keys.select(word=pl.col(key)) for key in ("text", "id")]
        + [keys.select(word=_items(pl.col(key)).explode()) for key in ("text", "id")]
    )["word"]
    every = names if people is None else people
    known = every.filter(every.is_in(quoted.unique().implode())).unique().drop_nulls().implode()
    tells = [
        key.is_in(known)
        | _items(key).list.eval(pl.element().is_in(known)).list.any()
        | (key.str.contains(pl.col("name"), literal=True) & is_long).fill_null(value=False)
        for key in (pl.col("text"), pl.col("id"))
        for is_long in [pl.col("name").str.len_chars() >= _SHORTEST_NAME_WITHIN_TEXT]
    ]
    hidden, nameless = keys.select(
        hidden=pl.col("is_personal") | tells[0].fill_null(value=False),
        nameless=~tells[1].fill_null(value=False),
    )
    shortened = (
        pl.when(pl.col("text").str.len_chars() > _LONGEST_QUOTATION)
        .then(pl.col("text").str.head(_LONGEST_QUOTATION) + "…")
        .otherwise("text")
    )
    shown = pl.when(~hidden)
    return said.with_columns(
        id=pl.when(nameless).then("id"),
        found=shown.then(shortened.fill_null("")).otherwise(pl.lit(HIDDEN)),
        quoted=shown.then("“" + shortened + "”").otherwise(pl.lit("this text")),
        detail=shown.then("detail").otherwise(pl.lit(HIDDEN)),
    )


def _items(text: pl.Expr) -> pl.Expr:
    """The items of a cell that may hold a list, as they are compared."""
    return (
        text.str.replace_all(r"[,\r\n]", ";")
        .str.split(";")
        .list.eval(pl.element().str.strip_chars())
    )


def comparable(names: pl.Series) -> pl.Series:
    """Texts without outer spaces and case, so that a name is found however it is typed."""
    return names.str.strip_chars().str.to_lowercase()


def _worded(of_code: pl.DataFrame, schema: TableSchema) -> pl.LazyFrame:
    """The findings of one code, without their order."""
    wording = _wording(of_code["code"][0], schema)
    ids = {
        key: pl.col("id") if key == schema.key else pl.lit(None, pl.String)
        for key in ("applicant_id", "program_id")
    }
    return of_code.lazy().with_columns(
        table=pl.lit(schema.name),
        message=_filled(wording.message),
        fix=_filled(wording.fix),
        **ids,
    )


_SHARED = pl.Schema(
    {
        "is_of_rows": pl.Boolean(),
        "position": pl.Int64(),
        "letters": pl.String(),
        "is_personal": pl.Boolean(),
        "may_have_shifted": pl.Boolean(),
        "title": pl.String(),
        "expected": pl.String(),
        "retype": pl.String(),
    }
)
"""What the hits of one code and column share."""
_NO_WORDS = {"title": None, "expected": None, "retype": None}


def _words(column: Column) -> Mapping[str, str]:
    retype = f"Retype {column.title}"
    return {
        "title": column.title,
        "expected": column.expected,
        "retype": f"{retype}." if column.required else f"{retype}, or leave the cell empty.",
    }


def _filled(template: str) -> pl.Expr:
    """A template with its placeholders filled by what a row holds; a found text is quoted."""
    parts = [
        (pl.col("quoted" if part == "found" else part) if is_placeholder else pl.lit(part))
        for at, part in enumerate(re.split(r"\{(\w+)\}", template))
        for is_placeholder in [at % 2 == 1]
    ]
    return pl.concat_str(parts, ignore_nulls=True)


def _wording(code: str, schema: TableSchema) -> Wording:
    return WORDINGS.get(code) or rule_wordings(schema)[code]


def _severity(code: str, column: str, schema: TableSchema) -> str:
    severity = _wording(code, schema).severity or schema.by_name[column].severity
    return severity.capitalize()
