"""`stepladder restore`: the last state of a workbook is back."""

from pathlib import Path

import pytest
from tests.cli.command import run

from stepladder.books import change
from stepladder.books.backups import FOLDER


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook that was changed once."""
    path = tmp_path / "cohort.xlsm"
    path.write_bytes(b"as it was")
    change(path, lambda _content: b"refreshed")
    return path


def test_restore_says_what_is_back_and_how_to_undo_it(book: Path) -> None:
    """Exit code 0; time and size; a second one undoes it."""
    done = run("restore", book)
    assert (done.exit_code, done.err) == (0, "")
    back, undo = done.out.splitlines()
    assert back.startswith("cohort.xlsm is back as it was until 20")
    assert back.endswith(" (9 bytes).")
    assert f"{FOLDER}/cohort.0002." in undo
    assert book.read_bytes() == b"as it was"
    run("restore", book)
    assert book.read_bytes() == b"refreshed"


def test_quiet_is_quiet(book: Path) -> None:
    """It restores all the same."""
    done = run("restore", book, "--quiet")
    assert (done.exit_code, done.out, done.err) == (0, "", "")
    assert book.read_bytes() == b"as it was"


def test_force_overrides_a_stale_marker(book: Path) -> None:
    """Without it, exit code 4."""
    book.with_name("~$cohort.xlsm").touch()
    assert run("restore", book).exit_code == 4
    assert book.read_bytes() == b"refreshed"
    assert run("restore", book, "--force").exit_code == 0
    assert book.read_bytes() == b"as it was"
