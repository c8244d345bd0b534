"""A shared file is replaced whole or left as it was, whoever has it and whatever the disk says."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.books.conftest import NOBODY

from stepladder.books import shared_file
from stepladder.books.backups import FOLDER, backups
from stepladder.books.shared_file import Change, Content, change
from stepladder.errors import InputError, OutputError, StepladderError, WorkbookBusyError

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="links, users and modes are Unix's")
NOT_CALLED = "the transform was called"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second attempt follows at once."""
    monkeypatch.setattr(shared_file, "_PAUSE_SECONDS", 0)


def new(_old: bytes) -> bytes:
    """The state that a change makes."""
    return b"new"


def not_called(_old: bytes) -> bytes:
    """A transform that must not run."""
    raise AssertionError(NOT_CALLED)


def written(write: Callable[[BinaryIO], object]) -> Callable[[bytes], Content]:
    """A transform that writes by itself."""
    return lambda _old: write


def kept(book: Path) -> list[bytes]:
    """The states that stand in the backups, the oldest first."""
    return [backup.path.read_bytes() for backup in backups(book)]


def names(folder: Path) -> list[str]:
    """What stands in a folder."""
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    """Who may do what."""
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def unchanged(book: Path) -> Iterator[None]:
    """The file and its folder are afterwards as they were."""
    before = (names(book.parent), book.read_bytes(), book.stat())
    yield
    after = (names(book.parent), book.read_bytes(), book.stat())
    assert after[:2] == before[:2]
    assert (after[2].st_ino, after[2].st_mtime_ns) == (before[2].st_ino, before[2].st_mtime_ns)


def refused(
    book: Path, kind: type[StepladderError], transform: Callable[[bytes], Content] = not_called
) -> str:
    """What a person reads when a change is refused and the file stays as it was."""
    with unchanged(book), pytest.raises(kind) as refusal:
        change(book, transform)
    assert refusal.value.message.endswith(".")
    assert "\n" not in refusal.value.message
    return refusal.value.message


# What a change does.


def test_a_file_is_replaced_and_its_last_state_kept(book: Path) -> None:
    """Beside it is the folder of backups, and nothing else."""
    changed = change(book, lambda old: old + b" and new")
    assert book.read_bytes() == b"old and new"
    assert kept(book) == [b"old"]
    assert changed == Change(book, backups(book)[0].path)
    assert names(book.parent) == [FOLDER, "cohort.xlsm"]


def test_a_transform_may_write_by_itself(book: Path) -> None:
    """It gets a file that it may write, read and move in, as an archive needs it."""

    def write(file: BinaryIO) -> None:
        file.write(b"NEW")
        file.seek(0)
        assert file.read() == b"NEW"
        file.seek(0)
        file.write(b"new")

    change(book, written(write))
    assert book.read_bytes() == b"new"


@pytest.mark.parametrize(
    "transform",
    [lambda _old: None, lambda old: old, written(lambda file: file.write(b"old"))],
    ids=["nothing", "the same bytes", "the same written"],
)
def test_nothing_to_write_touches_nothing(
    book: Path, transform: Callable[[bytes], Content | None]
) -> None:
    """The same file with the same time, no backup, nothing left."""
    with unchanged(book):
        assert change(book, transform) is None


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyboardInterrupt(), InputError("No.")])
@pytest.mark.parametrize("when", ["reading", "writing"])
def test_what_a_transform_raises_passes_on(book: Path, error: BaseException, when: str) -> None:
    """And nothing has changed."""

    def fail(*_: object) -> None:
        raise error

    def transform(_old: bytes) -> Callable[[BinaryIO], object]:
        if when == "reading":
            fail()
        return fail

    with unchanged(book), pytest.raises(type(error)):
        change(book, transform)


# Who has it open.


def test_a_file_that_somebody_has_open_is_refused_before_any_work(book: Path) -> None:
    """With the person's name."""
    book.with_name("~$cohort.xlsm").write_bytes(b"\x04Ruth" + b" " * 160)
    assert "is open in Excel by Ruth" in refused(book, WorkbookBusyError)


def test_a_file_that_somebody_opens_meanwhile_is_refused(book: Path) -> None:
    """Their marker is looked for again right before the replacement."""
    marker = book.with_name(".~lock.cohort.xlsm#")

    def opened(_old: bytes) -> bytes:
        marker.write_bytes(b"Ruth,,,,;")
        return b"new"

    with pytest.raises(WorkbookBusyError, match="is open in LibreOffice by Ruth"):
        change(book, opened)
    assert book.read_bytes() == b"old"
    assert names(book.parent) == [marker.name, "cohort.xlsm"]


def test_force_overrides_a_stale_marker(book: Path) -> None:
    """The marker is the other program's, and stays."""
    book.with_name("~$cohort.xlsm").touch()
    change(book, new, force=True)
    assert book.read_bytes() == b"new"
    assert names(book.parent) == [FOLDER, "cohort.xlsm", "~$cohort.xlsm"]


# Who changed it meanwhile.


def by_writing(book: Path, content: bytes) -> None:
    """As a copy over a network writes."""
    book.write_bytes(content)


def by_renaming(book: Path, content: bytes) -> None:
    """As Excel saves: a new file, the old one removed, the new one renamed."""
    saved = book.with_name("1A2B3C4D")
    saved.write_bytes(content)
    book.unlink()
    saved.rename(book)


@pytest.mark.parametrize("force", [False, True], ids=["", "--force"])
@pytest.mark.parametrize("save", [by_writing, by_renaming])
def test_a_file_changed_meanwhile_is_read_again(
    book: Path, save: Callable[[Path, bytes], None], *, force: bool
) -> None:
    """Both changes are there, and the backup is the state that was replaced."""
    others = [b"theirs"]

    def transform(content: bytes) -> bytes:
        if others:
            save(book, others.pop())
        return content + b" and ours"

    change(book, transform, force=force)
    assert book.read_bytes() == b"theirs and ours"
    assert kept(book) == [b"theirs"]


def test_the_same_content_saved_again_is_no_change(book: Path) -> None:
    """What counts is what the file holds, not its time."""
    calls = []

    def transform(content: bytes) -> bytes:
        calls.append(content)
        by_renaming(book, content)
        return b"new"

    change(book, transform)
    assert book.read_bytes() == b"new"
    assert calls == [b"old"]


def test_a_file_changed_again_and_again_is_refused(book: Path) -> None:
    """After three attempts; their state stands, and there is no backup of ours."""
    seen = []

    def transform(content: bytes) -> bytes:
        seen.append(content)
        by_writing(book, b"theirs %d" % len(seen))
        return b"ours"

    with pytest.raises(WorkbookBusyError, match="each of the 3 times it was read"):
        change(book, transform)
    assert seen == [b"old", b"theirs 1", b"theirs 2"]
    assert book.read_bytes() == b"theirs 3"
    assert names(book.parent) == ["cohort.xlsm"]


def test_a_file_removed_meanwhile_does_not_come_back(book: Path) -> None:
    """Somebody meant it, or moved it elsewhere."""

    def transform(_old: bytes) -> bytes:
        book.unlink()
        return b"new"

    with pytest.raises(InputError, match="is not there"):
        change(book, transform)
    assert names(book.parent) == []


# Whose it is.


@UNIX
def test_a_link_stays_a_link(tmp_path: Path, book: Path) -> None:
    """The real file is replaced, and its backup is beside it."""
    link = tmp_path / "desk" / "mine.xlsm"
    link.parent.mkdir()
    link.symlink_to(book)
    changed = change(link, new)
    assert link.is_symlink()
    assert book.read_bytes() == b"new"
    assert changed
    assert changed.place == book.resolve()
    assert kept(book) == [b"old"]
    assert names(link.parent) == ["mine.xlsm"]


@UNIX
@pytest.mark.parametrize("permissions", [0o600, 0o640, 0o664])
def test_permissions_stay_and_a_backup_has_the_same(book: Path, permissions: int) -> None:
    """Whatever the mask of who runs it."""
    book.chmod(permissions)
    earlier = os.umask(0o077)
    try:
        change(book, new)
    finally:
        os.umask(earlier)
    (backup,) = backups(book)
    assert (mode(book), mode(backup.path)) == (permissions, permissions)
    assert mode(book.parent / FOLDER) == mode(book.parent)


@UNIX
def test_an_unfinished_file_is_nobody_else_s_to_read(book: Path) -> None:
    """It has personal rows before it has its permissions."""
    book.chmod(0o664)

    def write(file: BinaryIO) -> None:
        assert os.fstat(file.fileno()).st_mode & 0o077 == 0
        file.write(b"new")

    change(book, written(write))


@UNIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to be root")
def test_an_administrator_leaves_owner_and_group_as_they_are(book: Path) -> None:
    """The backup is theirs as well."""
    os.chown(book, 1234, 2345)
    change(book, new)
    for path in (book, backups(book)[0].path):
        assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)


def test_a_group_that_cannot_stay_is_not_replaced_by_ours(drive: Path) -> None:
    """Our own group was not given the file: it gets what everybody has."""
    book = drive / "cohort.xlsm"
    book.write_bytes(b"old")
    if os.getuid():
        pytest.skip("only root can give a file to a group that its owner is not in")
    os.seteuid(0)
    os.chown(book, NOBODY, 2345)
    book.chmod(0o664)
    os.seteuid(NOBODY)
    change(book, new)
    for path in (book, backups(book)[0].path):
        assert path.stat().st_gid != 2345
        assert mode(path) == 0o644


@pytest.mark.skipif(sys.platform != "linux", reason="access lists are read as Linux keeps them")
def test_extended_attributes_stay(book: Path) -> None:
    """Access lists are among them."""
    try:
        os.setxattr(book, "user.office", b"Ruth")
    except OSError:
        pytest.skip("this disk keeps no extended attributes")
    change(book, new)
    assert os.getxattr(book, "user.office") == b"Ruth"


# What the system refuses.


@pytest.mark.parametrize(
    ("name", "said"), [("gone.xlsm", "is not there"), ("folder", "is a folder; name one file")]
)
def test_what_is_no_file_is_no_input(tmp_path: Path, name: str, said: str) -> None:
    """Exit code 3, and nothing is made."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=said):
        change(tmp_path / name, not_called)
    assert names(tmp_path) == ["folder"]


@UNIX
def test_a_file_made_read_only_is_refused(book: Path) -> None:
    """To the administrator too, who could write it."""
    book.chmod(0o444)
    assert "may be read but not changed" in refused(book, OutputError)


def test_a_file_that_others_may_change_is_refused(drive: Path) -> None:
    """The folder would let us replace it, which its owner did not."""
    book = drive / "cohort.xlsm"
    book.write_bytes(b"old")
    if os.getuid():
        pytest.skip("only root can make a file that is somebody else's")
    os.seteuid(0)
    os.chown(book, 0, 0)
    book.chmod(0o644)
    os.seteuid(NOBODY)
    assert "may be read but not changed" in refused(book, OutputError)


def test_a_file_that_is_closed_to_us_is_no_input(drive: Path) -> None:
    """One sentence."""
    book = drive / "cohort.xlsm"
    book.write_bytes(b"old")
    book.chmod(0o000)
    with pytest.raises(InputError, match="check that you may read it"):
        change(book, not_called)
    assert names(drive) == ["cohort.xlsm"]


def test_a_folder_that_takes_no_file_is_refused_before_any_work(drive: Path) -> None:
    """Without a wait."""
    book = drive / "cohort.xlsm"
    book.write_bytes(b"old")
    if os.getuid() == 0:
        os.seteuid(0)
        drive.chmod(0o755)
        os.seteuid(NOBODY)
    else:
        drive.chmod(0o555)
    assert "check that you may write to its folder" in refused(book, OutputError)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EROFS, "its disk can only be read"),
        (errno.EACCES, "check that you may write to its folder"),
        (errno.EIO, "the disk or network drive does not take it"),
        (errno.ESTALE, "the network drive does not answer; check the connection"),
        (errno.EHOSTDOWN, "the network drive does not answer; check the connection"),
        (errno.ETIMEDOUT, "the network drive does not answer; check the connection"),
    ],
)
def test_a_failure_while_writing_is_one_sentence(book: Path, code: int, said: str) -> None:
    """Exit code 6; the file stands and nothing is left."""

    def write(file: BinaryIO) -> None:
        file.write(b"half of the new")
        raise OSError(code, os.strerror(code))

    assert said in refused(book, OutputError, written(write))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        if "CI" in os.environ:
            raise
        pytest.skip("only an administrator can make a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    ("old", "said"),
    [(8_000, "cohort.xlsm cannot be written: the disk is full"), (40_000, "its backup failed")],
)
def test_a_full_disk_changes_nothing(small_disk: Path, old: int, said: str) -> None:
    """Whether the new file or the backup finds no room; the half of it is removed."""
    book = small_disk / "cohort.xlsm"
    book.write_bytes(b"o" * old)
    grown = 60_000 if old < 10_000 else 8_000
    assert said in refused(book, OutputError, lambda _old: b"n" * grown)


def test_without_a_backup_nothing_is_changed(book: Path) -> None:
    """Something else has taken its place."""
    book.with_name(FOLDER).write_text("a file of the office's")
    said = refused(book, OutputError, new)
    assert said.startswith("cohort.xlsm was left as it was, because its backup failed: ")


# What killed runs left.


def test_what_a_killed_run_left_is_swept_by_the_next(book: Path) -> None:
    """Only what bears our private name for this very file."""
    ours = ".cohort.stepladder-0a1b2c3d.xlsm"
    theirs = [
        ".cohort-20261128.xlsm",
        ".cohort.stepladder-0a1b2c3d.xlsx",
        ".cohort.stepladder-notes.xlsm",
        ".other.stepladder-0a1b2c3d.xlsm",
    ]
    (book.parent / FOLDER).mkdir()
    for folder in (book.parent, book.parent / FOLDER):
        for name in (ours, *theirs):
            (folder / name).write_bytes(b"half")
    change(book, new)
    assert names(book.parent) == [*theirs, FOLDER, "cohort.xlsm"]
    assert names(book.parent / FOLDER) == [*theirs, backups(book)[0].path.name]
