"""Where rows live: files to text tables, result sheets to files."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from stepladder.books.csv_file import csv_bytes, read_csv
from stepladder.books.guard import refuse_other_kind, whole_file
from stepladder.books.kinds import PARQUET, ZIP_STARTS
from stepladder.books.parquet_file import parquet_bytes, read_parquet
from stepladder.books.staging import staged
from stepladder.books.table import Sheet, SheetColumn, TextTable, text_table
from stepladder.errors import InputError

if TYPE_CHECKING:
    from stepladder.books.shared_file import Change, Content, Restored, change, restore

__all__ = [
    "Change",
    "Content",
    "Restored",
    "Sheet",
    "SheetColumn",
    "TextTable",
    "change",
    "read_table",
    "restore",
    "staged",
    "text_table",
    "write_folder",
]

_OF_SHARED_FILES = frozenset({"Change", "Content", "Restored", "change", "restore"})


def __getattr__(name: str) -> object:
    """Import what changes workbooks when it is asked for: a run over text needs none of it."""
    if name not in _OF_SHARED_FILES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module("stepladder.books.shared_file"), name)


def read_table(
    path: Path,
    recognise: Callable[[Sequence[str]], int],
    *,
    name: str | None = None,
    prefer: str = "",
) -> TextTable:
    """Read one table from a CSV, parquet or Excel file, told apart by content.

    recognise  how many of these header cells are column titles of the wanted schema
    name       the sheet or Excel table asked for
    prefer     the sheet or Excel table taken if it is there and holds known titles; otherwise
               the first with the most known titles

    Raises InputError, one sentence on what to do, for a file that is missing, closed to us,
    damaged, encrypted, of another kind, or without a known column title.
    """
    source = path.name or str(path)
    content = whole_file(path)
    refuse_other_kind(content, source)
    if content.startswith(ZIP_STARTS):
        from stepladder.books.saved_workbook import read_workbook

        return read_workbook(content, source, recognise, name=name, prefer=prefer)
    if name is not None:
        raise InputError(f"{source} is no Excel workbook, so it has no sheet or table {name}.")
    if content.startswith(PARQUET):
        return read_parquet(content, source)
    return read_csv(content, source, recognise)


def write_folder(folder: Path, sheets: Sequence[Sheet], medium: Literal["csv", "parquet"]) -> None:
    """Write each sheet to NAME.csv or NAME.parquet in a folder, which is made if missing.

    The files are replaced together or not at all; others in the folder are left alone.
    Raises OutputError where the system refuses to write.
    """
    to_bytes = {"csv": csv_bytes, "parquet": parquet_bytes}[medium]
    with staged([folder / f"{sheet.name}.{medium}" for sheet in sheets]) as temporary:
        for sheet, path in zip(sheets, temporary, strict=True):
            path.write_bytes(to_bytes(sheet))
