"""Residency Explorer exports and an office's own list of programs in; one programs.csv out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stepladder import shipped
from stepladder.books import Sheet, SheetColumn, read_table, staged
from stepladder.books.csv_file import as_utf8, csv_bytes
from stepladder.books.residency_explorer import read_export
from stepladder.books.sheets import NO_ORIGINALS
from stepladder.books.table import TextTable, as_text
from stepladder.errors import InputError, UsageError
from stepladder.programs_import.facts import ExportFacts, read_facts
from stepladder.programs_import.mapping import ExportMapping, load_mapping
from stepladder.programs_import.merge import KEY, Combined, Merged, combine, merge
from stepladder.programs_import.told import Imported
from stepladder.validate import TableSchema, load_schema, map_headers, recognise
from stepladder.validate.cells import read_column
from stepladder.validate.headers import HeaderMap
from stepladder.validate.place import column_place

__all__ = ["Imported", "import_programs"]

FILE = "programs.csv"
"""The name of the list where a folder is named."""

_OTHER_FILES = (".parquet", ".tsv", ".txt", ".xls", ".xlsb", ".xlsm", ".xlsx")
_OWN_WIDTH = 16
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_DECLARES_DELIMITER = re.compile(r'"?sep=.', re.IGNORECASE)


@dataclass(frozen=True)
class _OwnList:
    """An office's list as text: cleaned where read, else as written; `above` stands before it."""

    programs: pl.DataFrame
    present: tuple[str, ...]
    own: tuple[str, ...]
    above: str


def import_programs(exports: Sequence[Path], out: Path) -> Imported:
    """Write the programs of Residency Explorer exports to a CSV file, merged with what it holds.

    `out` is a .csv file, or a folder for programs.csv. Rows and columns of an existing file stay,
    in their order; its empty cells are filled and new programs follow. Several exports become one
    row per program code. Everything is read before anything is written.

    Raises UsageError for no export or another kind of `out`, InputError for a file that is no such
    export or no list of programs, PolicyError for a mapping that is not valid, OutputError.
    """
    if not exports:
        raise UsageError("No export is named; name at least one Residency Explorer file.")
    place = _place(out)
    schema = load_schema(shipped.schemas() / "programs.toml")
    mapping = load_mapping(shipped.schemas() / "residency-explorer.toml", schema)
    read = [_read(path, mapping, schema) for path in exports]
    combined = combine(read)
    own = _own_list(place, schema) if place.exists() else _no_list(schema)
    merged = merge(own.programs, combined.programs)
    _write(place, own, merged, schema)
    return _told(place, read, combined, merged, schema)


def _place(out: Path) -> Path:
    if out.suffix.lower() == ".csv":
        return out
    if out.suffix.lower() in _OTHER_FILES:
        raise UsageError(f"--out {out.name} is no .csv file; name a .csv file, or a folder.")
    return out / FILE


def _read(path: Path, mapping: ExportMapping, schema: TableSchema) -> ExportFacts:
    export = read_export(path, mapping.is_code)
    if not mapping.is_ours(export.specialty):
        raise InputError(
            f"{export.source} is an export of {export.specialty}, and this list holds "
            f"{mapping.specialty} only; leave it out, or export that specialty."
        )
    facts = read_facts(export, mapping, schema)
    if facts.programs.is_empty() or "program_name" not in facts.programs.columns:
        raise InputError(
            f"{export.source} is not a whole comparison export: it has no program with a code and "
            "a line of names; download the comparison again and use that file as it is."
        )
    return facts


def _no_list(schema: TableSchema) -> _OwnList:
    """A new list has every column, so that an office sees what it may fill in."""
    names = tuple(schema.by_name)
    return _OwnList(pl.DataFrame(schema=dict.fromkeys(names, pl.String)), names, (), "")


def _own_list(place: Path, schema: TableSchema) -> _OwnList:
    table = read_table(place, recognise(schema))
    content = as_utf8(place.read_bytes(), table.source).decode()
    headers = map_headers(table, schema, {})
    if KEY not in headers.columns:
        raise InputError(
            f"{table.source} has no column of program codes, so exports cannot be merged into it; "
            "add the codes, or name another file with --out."
        )
    if table.overlong.any():
        line = table.sheet_rows.filter(table.overlong)[0]
        raise InputError(
            f"{table.source}, line {line} has more cells than there are headers; mend the line, "
            "since its last cells would be lost."
        )
    lines = [line.group().rstrip("\r\n") for line in _LINE.finditer(content)]
    above = [line for line in lines[: table.header_row - 1] if not _DECLARES_DELIMITER.match(line)]
    own = headers.own_columns(table)
    return _OwnList(
        programs=pl.concat([_cleaned(table, headers, schema), own], how="horizontal"),
        present=tuple(headers.columns),
        own=tuple(own.columns),
        above="".join(f"{line}\r\n" for line in above),
    )


def _cleaned(table: TextTable, headers: HeaderMap, schema: TableSchema) -> pl.DataFrame:
    """The schema's columns as a CSV writes them; a cell that is not read keeps its text."""
    cleaned = []
    for name, text in headers.texts(table).items():
        column = schema.by_name[name]
        reading = read_column(column, text, column_place(table, headers.columns[name]))
        unread = reading.unread["row"]
        values = reading.values.to_frame(name).select(as_text(pl.col(name), column.dtype))
        cleaned.append(values.to_series().scatter(unread, text.gather(unread)))
    return pl.DataFrame(cleaned)


def _write(place: Path, own: _OwnList, merged: Merged, schema: TableSchema) -> None:
    """The office's columns in their order, then ours that have a value, then columns of its own."""
    gained = [
        name
        for name in schema.by_name
        if name not in own.present
        and name in merged.programs.columns
        and not merged.programs[name].is_null().all()
    ]
    known = [schema.by_name[name] for name in (*own.present, *gained)]
    columns = (
        *(SheetColumn(c.name, c.title, c.type, "input", c.width, c.help) for c in known),
        *(SheetColumn(header, header, "text", "own", _OWN_WIDTH) for header in own.own),
    )
    written = csv_bytes(Sheet("programs", schema.title, merged.programs, columns, NO_ORIGINALS))
    mark, above = "\ufeff".encode(), own.above.encode()
    with staged([place]) as (temporary,):
        temporary.write_bytes(mark + above + written.removeprefix(mark))


def _told(
    place: Path,
    read: Sequence[ExportFacts],
    combined: Combined,
    merged: Merged,
    schema: TableSchema,
) -> Imported:
    return Imported(
        out=place,
        exports=tuple((facts.source, facts.day, facts.programs.height) for facts in read),
        programs=merged.programs.height,
        added=merged.added,
        filled=merged.filled,
        differences=merged.differences,
        superseded=combined.superseded,
        unread=pl.concat([facts.unread for facts in read]),
        unmapped=_unmapped(read),
        left_out=tuple(_left_out(read, merged)),
        titles={column.name: column.title for column in schema.columns},
    )


def _unmapped(read: Sequence[ExportFacts]) -> pl.DataFrame:
    """Each label once, with the number of programs that have a value there in any export."""
    return (
        pl.concat([facts.unmapped for facts in read])
        .group_by("label", maintain_order=True)
        .agg(programs=pl.col("program_ids").explode().drop_nulls().n_unique())
    )


def _left_out(read: Sequence[ExportFacts], merged: Merged) -> Iterator[str]:
    for facts in read:
        for letters in facts.codeless:
            yield f"{facts.source}, column {letters}: no program code, so it was left out."
    for code in merged.doubled:
        yield f"{code} stands in your list more than once, so nothing was merged into its rows."
