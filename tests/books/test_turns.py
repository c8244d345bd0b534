"""Runs that change the same file take turns."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepladder.books import turns
from stepladder.books.turns import turn
from stepladder.errors import OutputError, WorkbookBusyError

HOLD = """\
import sys; from pathlib import Path; from stepladder.books.turns import turn
with turn(Path(sys.argv[1])): print("mine", flush=True); sys.stdin.read()
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A file in a folder of its own."""
    path = tmp_path / "cohort.xlsm"
    path.write_bytes(b"book")
    return path


@pytest.fixture
def holder(book: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process whose turn it is until its input ends."""
    command = [sys.executable, "-c", HOLD, str(book)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


def names(folder: Path) -> list[str]:
    """What stands in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_turn_leaves_nothing_behind(book: Path) -> None:
    """While it lasts an empty hidden file is there, and then it is gone."""
    with turn(book):
        assert names(book.parent) == [".cohort.xlsm.stepladder-turn", "cohort.xlsm"]
    assert names(book.parent) == ["cohort.xlsm"]


@pytest.mark.usefixtures("holder")
def test_who_waits_too_long_is_told_why(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, exit code 4; the holder keeps its turn."""
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.2)
    with pytest.raises(WorkbookBusyError, match="being changed by another run of Stepladder"):
        turn(book).__enter__()
    assert ".cohort.xlsm.stepladder-turn" in names(book.parent)


def test_a_turn_comes_when_the_other_ends(book: Path, holder: subprocess.Popen[str]) -> None:
    """Within the wait."""
    assert holder.stdin
    holder.stdin.close()
    with turn(book):
        pass
    holder.wait()
    assert names(book.parent) == ["cohort.xlsm"]


def test_a_killed_run_has_no_turn(book: Path, holder: subprocess.Popen[str]) -> None:
    """The system lets go at once; the file that is left is taken over and removed."""
    holder.kill()
    holder.wait()
    assert ".cohort.xlsm.stepladder-turn" in names(book.parent)
    before = time.monotonic()
    with turn(book):
        assert time.monotonic() - before < 1
    assert names(book.parent) == ["cohort.xlsm"]


@pytest.mark.usefixtures("holder")
def test_turns_at_other_files_do_not_wait(book: Path) -> None:
    """Each file has its own."""
    with turn(book.with_name("other.xlsm")):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no open file")
def test_a_lock_on_a_removed_file_is_no_turn(book: Path) -> None:
    """Who opened it before its holder removed it, and locked it after that, must look again."""
    token = book.with_name("token")
    token.touch()
    late = os.open(token, os.O_RDWR)
    token.unlink()
    assert not turns._is_ours(late, token)
    late = os.open(token, os.O_RDWR | os.O_CREAT)
    token.unlink()
    token.touch()
    assert not turns._is_ours(late, token)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of Unix")
def test_whoever_may_change_the_file_may_take_a_turn(book: Path) -> None:
    """Its permissions are the workbook's, whatever the mask of who made it."""
    book.chmod(0o664)
    earlier = os.umask(0o077)
    try:
        with turn(book):
            token = book.with_name(".cohort.xlsm.stepladder-turn")
            assert token.stat().st_mode & 0o777 == 0o664
    finally:
        os.umask(earlier)


def test_a_name_too_long_for_a_hidden_file_is_one_sentence(tmp_path: Path) -> None:
    """The file itself may be there."""
    book = tmp_path / ("x" * 245 + ".xlsm")
    book.write_bytes(b"book")
    with pytest.raises(OutputError, match=r"its name is too long; choose a shorter one\.$"):
        turn(book).__enter__()
    assert names(tmp_path) == [book.name]
