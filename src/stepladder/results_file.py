"""What `stepladder batch` wrote in, a workbook or a folder; its result tables as frames out."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from stepladder import shipped
from stepladder.books import SheetColumn, TextTable, read_table
from stepladder.books.sheets import ResultTable, result_tables, workbook_tables
from stepladder.errors import InputError
from stepladder.rulebook.calibrated import MARK
from stepladder.validate import TableSchema, load_schema, map_headers, recognise
from stepladder.validate.cells import read_column
from stepladder.validate.place import column_place
from stepladder.validate.schema import TYPES, Column
from stepladder.validate.spelling import header_key

NOT_VALID = "Not valid"
"""Said on the sheet Rules of a typed value that is not used."""
_SUFFIXES = (".csv", ".parquet")
_NUMBERS = ("number", "rate")
_TYPES = {"choice": "text"}
"""A computed word is ours already, so it is read as any text; other kinds are schema types."""
_QUOTES = "found"
"""The column that says what an office's cell held, be it an error of Excel's or a blank."""


@dataclass(frozen=True)
class Results:
    """The result tables of one run, each in the order in which it stands.

    `source` is what a person calls it, `titles` those of the columns of `applicants` and `fit`.
    `applicants` has every column of the schema as the text that an advisor sees, then ours in their
    types; the other tables have ours only. `findings` and `levers` are empty where the source has
    no such table.
    """

    source: str
    titles: Mapping[str, str]
    applicants: pl.DataFrame
    shortlist: pl.DataFrame
    plan: pl.DataFrame
    fit: pl.DataFrame
    findings: pl.DataFrame
    levers: pl.DataFrame


def read_results(path: Path) -> Results:
    """Read the results of a run from a workbook or from a folder of CSV or parquet files.

    Columns are found by name or title in any order; an office's own are left out.

    Raises InputError, one sentence on what to do, where the source is missing or damaged, lacks a
    table or a column of ours, or holds in one of our columns what cannot be read.
    """
    tables = result_tables()
    find = _folder_tables(path) if os.path.isdir(path) else _workbook_tables(path)  # noqa: PTH112 - Path.is_dir raises where a name is too long
    texts = {name: find(tables[name]) for name in ("applicants", "shortlist", "plan", "fit")}
    frames = {name: _computed(text, tables[name]) for name, text in texts.items()}
    return Results(
        source=path.name or str(path),
        titles={
            **tables["fit"].titles,
            **_schema_titles(),
            **tables["applicants"].titles,
        },
        applicants=pl.concat(
            [_inputs(texts["applicants"]), frames.pop("applicants")], how="horizontal"
        ),
        **frames,
        findings=_optional(find, tables["findings"]),
        levers=_optional(find, tables["levers"]),
    )


def is_marked(results: Results) -> bool:
    """The results were made with a rulebook under which their numbers are illustrative."""
    return bool(results.applicants["suggestion_basis"].str.contains(MARK, literal=True).any())


@dataclass(frozen=True)
class Background:
    """What a workbook tells of the run beside its results; a folder tells nothing of it.

    rules     each value of the rulebook that was used, by its name
    run       the last entry of the Log, as text by the names of that table
    programs  every column of the schema as text; None where no such table is found
    """

    rules: Mapping[str, str]
    run: Mapping[str, str]
    programs: pl.DataFrame | None


def read_background(path: Path) -> Background:
    """Read the rulebook, the day and the programs behind the results in a workbook."""
    if os.path.isdir(path):  # noqa: PTH112 - as above
        return Background({}, {}, None)
    find, tables = _workbook_tables(path), workbook_tables()
    rules, log = (_optional(find, tables[name]) for name in ("rules", "log"))
    used = pl.when(pl.col("override") == NOT_VALID).then("rulebook_value").otherwise("value")
    run = log.tail(1).select(pl.all().cast(pl.String)).to_dicts()
    return Background(
        dict(rules.select("name", used).iter_rows()),
        {name: text for name, text in (run or [{}])[0].items() if text},
        _programs(path),
    )


def _programs(path: Path) -> pl.DataFrame | None:
    schema = load_schema(shipped.schemas() / "programs.toml")
    try:
        text = read_table(path, recognise(schema), prefer=schema.title)
    except InputError:
        return None
    found = map_headers(text, schema, {}).texts(text)
    of_applicants = header_key(result_tables()["shortlist"].titles["applicant_id"])
    if schema.key not in found or of_applicants in map(header_key, text.headers):
        return None
    blank = pl.Series(values=[None] * len(text.sheet_rows), dtype=pl.String)
    return pl.DataFrame({name: found.get(name, blank).str.strip_chars() for name in schema.by_name})


def computed_types(table: ResultTable) -> pl.Schema:
    """The type into which each column of ours is read."""
    return pl.Schema({column.name: TYPES[_type(column)] for column in table.columns})


def _optional(find: "_Find", table: ResultTable) -> pl.DataFrame:
    """A table, or no rows where there is none: not every command and workbook has it."""
    try:
        text = find(table)
    except _NoTableError:
        return pl.DataFrame(schema=computed_types(table))
    return _computed(text, table)


class _NoTableError(InputError):
    """The source has no such table."""


_Find = Callable[[ResultTable], TextTable]


def _folder_tables(folder: Path) -> _Find:
    def find(table: ResultTable) -> TextTable:
        there = [path for path in _files(folder, table) if path.exists()]
        if not there:
            names = " or ".join(path.name for path in _files(folder, table))
            raise _NoTableError(
                f"{folder} has no {names}; run stepladder batch with --out {folder} first."
            )
        if len(there) > 1:
            names = " and ".join(path.name for path in there)
            raise InputError(
                f"{folder} has {names}, so it holds the results of two runs; "
                "delete the files of the older one."
            )
        return _whole(read_table(there[0], _known(table)), table, there[0].name)

    return find


def _files(folder: Path, table: ResultTable) -> list[Path]:
    return [folder / f"{table.name}{suffix}" for suffix in _SUFFIXES]


def _workbook_tables(path: Path) -> _Find:
    def find(table: ResultTable) -> TextTable:
        return _whole(read_table(path, _known(table), prefer=table.title), table, path.name)

    return find


def _known(table: ResultTable) -> Callable[[Sequence[str]], int]:
    """How many of our columns a row of headers names, and one: refusing is left to `_whole`."""
    ours = {key: column.name for column in table.columns for key in _keys(column)}

    def count(headers: Sequence[str]) -> int:
        return 1 + len({ours[key] for key in map(header_key, headers) if key in ours})

    return count


def _keys(column: SheetColumn) -> set[str]:
    return {header_key(column.name), header_key(column.title)}


def _whole(text: TextTable, table: ResultTable, source: str) -> TextTable:
    """Refuse a table that lacks a column of ours, or has two for one."""
    for column in table.columns:
        at = _places(text, column)
        if not at:
            raise _NoTableError(
                f"{source} has no table {table.title} with the column {column.title}, as "
                "stepladder batch writes it; run stepladder batch, then name its --out here."
            )
        if len(at) > 1:
            cells = " and ".join(text.address(place, text.header_row) for place in at)
            raise InputError(
                f"{text.source}: the headers in {cells} both mean {column.title}; "
                "rename or delete the column that is not ours."
            )
    return text


def _places(text: TextTable, column: SheetColumn) -> list[int]:
    keys = _keys(column)
    return [at for at, header in enumerate(text.headers) if header_key(header) in keys]


@cache
def _schema() -> TableSchema:
    return load_schema(shipped.schemas() / "applicants.toml")


def _schema_titles() -> dict[str, str]:
    return {column.name: column.title for column in _schema().columns}


def entered_columns() -> Mapping[str, str]:
    """The titles of the columns that people fill in for an applicant, without personal ones."""
    return {column.name: column.title for column in _schema().columns if not column.personal}


def _inputs(text: TextTable) -> pl.DataFrame:
    """The schema's columns as text; one that the table lacks is blank."""
    schema = _schema()
    ours = dict(result_tables()["applicants"].titles)
    found = map_headers(text, schema, ours).texts(text)
    if schema.key not in found:
        raise InputError(
            f"{text.source} has no column {schema.by_name[schema.key].title}; "
            "give each applicant an id and run stepladder batch again."
        )
    blank = pl.Series(values=[None] * len(text.sheet_rows), dtype=pl.String)
    return pl.DataFrame({name: found.get(name, blank).str.strip_chars() for name in schema.by_name})


def _computed(text: TextTable, table: ResultTable) -> pl.DataFrame:
    return pl.DataFrame([_typed(text, column) for column in table.columns])


def _typed(text: TextTable, column: SheetColumn) -> pl.Series:
    [at] = _places(text, column)
    cells = text.cells[str(at)].alias(column.name)
    if column.name == _QUOTES:
        return cells
    if column.kind in _NUMBERS:
        values = cells.to_frame().select(_number(pl.col(column.name))).to_series()
        unread = (cells.is_not_null() & values.is_null()).arg_true()
    else:
        kind = Column(column.name, column.title, _type(column), column.help)
        reading = read_column(kind, cells, column_place(text, at))
        values, unread = reading.values, reading.unread["row"]
    for row in unread.head(1):
        address = text.address(at, text.sheet_rows[row])
        raise InputError(
            f"{text.source}, {address}: what stands under {column.title} cannot be read; "
            "run stepladder batch again, which writes this column."
        )
    return values


def _number(text: pl.Expr) -> pl.Expr:
    """A number as a CSV or a cell has it: 0.25, 4.2e-05, 25%."""
    digits = text.str.strip_chars().str.strip_suffix("%").cast(pl.Float64, strict=False)
    value = pl.when(text.str.contains("%", literal=True)).then(digits / 100).otherwise(digits)
    return pl.when(value.is_finite()).then(value)


def _type(column: SheetColumn) -> str:
    return "number" if column.kind in _NUMBERS else _TYPES.get(column.kind, column.kind)
