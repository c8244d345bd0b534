"""A workbook in; how many of its cells hold something, out."""

from pathlib import Path
from zipfile import ZipFile


def filled_cells(workbook: Path) -> int:
    """How many cells of a workbook hold something."""
    with ZipFile(workbook) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        return sum(_occurrences(parts, name, tag) for name in sheets for tag in (b"<v>", b"<is>"))


def _occurrences(parts: ZipFile, name: str, tag: bytes) -> int:
    """How often a tag stands in a part, which may be too large to be held whole."""
    count, carried = 0, b""
    with parts.open(name) as part:
        while chunk := part.read(2**20):
            count += (carried + chunk).count(tag)
            carried = chunk[1 - len(tag) :]
    return count
