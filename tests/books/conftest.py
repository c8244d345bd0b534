"""Folders as an office shares them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

NOBODY = 65_534


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook in a folder of its own, as far as files are concerned."""
    path = tmp_path / "cohort.xlsm"
    path.write_bytes(b"old")
    return path


@pytest.fixture
def drive() -> Iterator[Path]:
    """A folder that an administrator made, seen by an ordinary user: the test acts as that user."""
    if sys.platform == "win32":
        pytest.skip("users and modes are those of Unix")
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        if os.geteuid():
            yield folder
            return
        group = os.getegid()
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)
            os.setegid(group)
