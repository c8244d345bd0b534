"""The paths, folders and patterns of a command line in; the cohort files that they name out."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from stepladder.errors import InputError, UsageError

COHORT_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm")


def cohort_files(named: Sequence[Path], programs: Path) -> tuple[Path, ...]:
    """The cohort files that paths, folders and patterns name, sorted; never the programs.

    Raises InputError where one names nothing, UsageError where two results would be one folder.
    """
    found: dict[Path, None] = {}
    for path in named:
        matches = _matches(path)
        if not matches:
            what = "is a folder without a" if path.is_dir() else "names no"
            message = f"{path} {what} cohort file: name CSV, parquet or xlsx."
            raise InputError(message)
        for match in sorted(matches):
            if not (programs.exists() and match.exists() and match.samefile(programs)):
                found[match] = None
    by_stem: dict[str, Path] = {}
    for path in found:
        other = by_stem.setdefault(path.stem, path)
        if other != path:
            message = f"{other} and {path} would share the folder {path.stem}; rename one of them."
            raise UsageError(message)
    return tuple(found)


def is_many(named: Sequence[Path]) -> bool:
    """More than one file is meant: several paths, a folder or a pattern."""
    return len(named) != 1 or os.path.isdir(named[0]) or _is_pattern(named[0])  # noqa: PTH112 - Path.is_dir raises where a name is too long


def _matches(path: Path) -> list[Path]:
    if path.is_dir():
        return [
            one
            for one in path.iterdir()
            if one.suffix.lower() in COHORT_SUFFIXES and not one.name.startswith(".")
        ]
    if _is_pattern(path):
        return [Path(one) for one in glob.glob(str(path))]  # noqa: PTH207 - Path.glob takes no absolute pattern
    return [path]


def _is_pattern(path: Path) -> bool:
    return glob.has_magic(str(path)) and not os.path.exists(path)  # noqa: PTH110 - as in is_many
