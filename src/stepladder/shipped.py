"""Find the folders that travel with Stepladder, in a checkout and in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def schemas() -> Path:
    """The folder of table schemas, `applicants.toml` and `programs.toml`."""
    return _folder("schemas")


def workbooks() -> Path:
    """The folder of example workbooks, the add-in and the fictional CSVs they are made from."""
    return _folder("workbooks")


def macros() -> Path:
    """The folder of the workbooks' code in plain text: VBA modules and the ribbon."""
    return _folder("macros")


def docs() -> Path:
    """The folder of the page that the workbook's Help button opens."""
    return _folder("docs")


def _folder(name: str) -> Path:
    in_wheel = _PACKAGE / "_shipped" / name
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parents[1] / name
