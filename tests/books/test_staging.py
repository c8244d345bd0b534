"""Files appear together and whole, or nothing changes."""

import errno
import os
import stat
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from stepladder.books import disk
from stepladder.books.staging import staged
from stepladder.errors import OutputError


def contents(folder: Path) -> dict[str, str]:
    """The text of each file."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def write(targets: Sequence[Path], *, spoilt_by: Callable[[], object] | None = None) -> None:
    """Write "new" to every target; something may go wrong after that."""
    with staged(targets) as temporary:
        for path in temporary:
            path.write_text("new")
        if spoilt_by:
            spoilt_by()


def fail(error: BaseException) -> None:
    """Something goes wrong."""
    raise error


def test_files_replace_their_targets_together(tmp_path: Path) -> None:
    """New and old targets alike; no temporary file is left."""
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "other.txt").write_text("theirs")
    with staged([tmp_path / "a.csv", tmp_path / "b.csv"]) as (first, second):
        first.write_text("new a")
        second.write_text("new b")
        assert (tmp_path / "a.csv").read_text() == "old"
    assert contents(tmp_path) == {"a.csv": "new a", "b.csv": "new b", "other.txt": "theirs"}


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyboardInterrupt()])
def test_a_failure_while_writing_changes_nothing(tmp_path: Path, error: BaseException) -> None:
    """The error passes on; earlier files stand."""
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(type(error)):
        write([tmp_path / "a.csv", tmp_path / "b.csv"], spoilt_by=lambda: fail(error))
    assert contents(tmp_path) == {"a.csv": "old"}


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "the disk is full; free some space and run again."),
        (errno.EACCES, "close it if it is open in Excel, and check that you may write"),
        (errno.EIO, "the disk or network drive does not take it; choose another place."),
    ],
)
def test_what_the_system_refuses_is_one_sentence(tmp_path: Path, code: int, sentence: str) -> None:
    """It names the file and what to do; a folder made for it is gone again."""
    error = OSError(code, os.strerror(code))
    with pytest.raises(OutputError, match=rf"a\.csv cannot be written: {sentence}"):
        write([tmp_path / "new" / "a.csv"], spoilt_by=lambda: fail(error))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_replacement_puts_back_those_before_it(tmp_path: Path) -> None:
    """The third target turns into a folder meanwhile: the first two are as before."""
    (tmp_path / "a.csv").write_text("old")
    targets = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    with pytest.raises(OutputError, match="cannot be written"):
        write(targets, spoilt_by=targets[2].mkdir)
    assert contents(tmp_path) == {"a.csv": "old"}


def test_a_file_that_was_not_written_stops_the_replacement(tmp_path: Path) -> None:
    """All of them or none."""
    (tmp_path / "a.csv").write_text("old")
    targets = [tmp_path / "a.csv", tmp_path / "b.csv"]
    with pytest.raises(OutputError), staged(targets) as temporary:
        temporary[0].write_text("new")
    assert contents(tmp_path) == {"a.csv": "old"}


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("folder", "it is a folder; choose a file name"),
        ("file/a.csv", "part of its path is a file, not a folder"),
        ("file/b/a.csv", "part of its path is a file, not a folder"),
        ("x" * 300 + ".csv", "its name is too long"),
    ],
)
def test_an_impossible_target_is_refused_before_writing(
    tmp_path: Path, target: str, sentence: str
) -> None:
    """One sentence each; nothing is made."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("theirs")
    with pytest.raises(OutputError, match=sentence):
        write([tmp_path / target])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes are those of Unix")
def test_a_link_stays_a_link_and_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    """The office's shared file is replaced where it really lies."""
    real = tmp_path / "real.csv"
    real.write_text("old")
    real.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(real)
    write([link])
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of Unix")
def test_what_is_to_replace_a_file_is_open_to_nobody_else(tmp_path: Path) -> None:
    """While it is written it may hold names that only the file's own readers should see."""
    kept, new = tmp_path / "a.csv", tmp_path / "b.csv"
    kept.write_text("old")
    kept.chmod(0o600)
    with staged([kept, new]) as paths:
        for path in paths:
            path.write_text("new")
        assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_what_a_killed_run_left_is_swept_a_day_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what bears our private name for this very file; a younger one may be being written."""
    ours = ".a.stepladder-0a1b2c3d.csv"
    theirs = [
        ".a.stepladder-0a1b2c3d.xlsx",
        ".a.stepladder-notes.csv",
        ".b.stepladder-0a1b2c3d.csv",
    ]
    for name in (ours, *theirs):
        (tmp_path / name).write_text("left")
    write([tmp_path / "a.csv"])
    assert {*contents(tmp_path)} == {"a.csv", ours, *theirs}
    later = time.time() + disk.STALE_HOURS * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    write([tmp_path / "a.csv"])
    assert {*contents(tmp_path)} == {"a.csv", *theirs}


def test_an_old_file_s_second_name_is_not_taken_for_an_old_leftover(tmp_path: Path) -> None:
    """It is what another run puts back where its replacement fails."""
    old = tmp_path / "a.csv"
    old.write_text("old")
    os.utime(old, (0, 0))
    second = tmp_path / ".a.stepladder-0a1b2c3d.csv"
    second.hardlink_to(old)
    write([old])
    assert second.exists()
