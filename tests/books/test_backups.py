"""The last states of a shared file are kept by a stated rule, and one of them comes back."""

import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from stepladder.books.backups import FOLDER, KEPT, KEPT_DAYS, backups
from stepladder.books.shared_file import Restored, change, restore
from stepladder.errors import InputError, OutputError, WorkbookBusyError


def become(book: Path, *states: str) -> None:
    """Change a file again and again."""
    for state in states:
        change(book, partial(_state, state))


def _state(state: str, _old: bytes) -> bytes:
    return state.encode()


def kept(book: Path) -> list[str]:
    """The states in the backups, the oldest first."""
    return [backup.path.read_text() for backup in backups(book)]


def put_backup(book: Path, number: int, made: datetime, content: str) -> Path:
    """A backup as an earlier change has left it."""
    folder = book.parent / FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"cohort.{number:04}.{made.astimezone():%Y-%m-%dT%H%M%S}.xlsm"
    path.write_text(content)
    return path


# The rule.


def test_a_backup_bears_a_number_and_the_time(book: Path) -> None:
    """Of the machine's clock, and the workbook's suffix, so that Excel opens it."""
    before = datetime.now(UTC).replace(microsecond=0)
    become(book, "new")
    (backup,) = backups(book)
    assert before <= backup.made <= datetime.now(UTC)
    local = backup.made.astimezone()
    assert backup.path == book.parent / FOLDER / f"cohort.0001.{local:%Y-%m-%dT%H%M%S}.xlsm"


def test_the_last_five_states_stay(book: Path) -> None:
    """Each change sweeps; the numbers go on."""
    become(book, *"1234567")
    assert kept(book) == [*"23456"]
    assert [backup.number for backup in backups(book)] == [3, 4, 5, 6, 7]
    assert KEPT == 5


def test_states_of_more_than_thirty_days_ago_go(book: Path) -> None:
    """One on each side of the line."""
    now = datetime.now(UTC)
    put_backup(book, 1, now - timedelta(days=KEPT_DAYS, minutes=1), "older")
    put_backup(book, 2, now - timedelta(days=KEPT_DAYS) + timedelta(minutes=1), "younger")
    become(book, "new")
    assert kept(book) == ["younger", "old"]
    assert KEPT_DAYS == 30


def test_the_newest_stays_however_old(book: Path) -> None:
    """It serves again where a killed run had made it, and is what a restore needs."""
    put_backup(book, 3, datetime.now(UTC) - timedelta(days=400), "old")
    become(book, "new")
    assert kept(book) == ["old"]


def test_a_clock_set_back_neither_hides_nor_replaces_a_backup(book: Path) -> None:
    """The number decides which is the newest."""
    put_backup(book, 41, datetime.now(UTC) + timedelta(days=900), "of a clock that was ahead")
    become(book, "new")
    assert [backup.number for backup in backups(book)] == [41, 42]
    assert kept(book) == ["of a clock that was ahead", "old"]
    restore(book)
    assert book.read_text() == "old"


def test_files_of_others_in_the_folder_stay(book: Path) -> None:
    """Backups of another workbook, and whatever an office puts there."""
    folder = book.parent / FOLDER
    folder.mkdir()
    others = (
        "cohort.0001.2020-01-01T000000.xlsx",
        "cohort.0001.2020-99-99T999999.xlsm",
        "cohort.2020.xlsm",
        "other.0001.2020-01-01T000000.xlsm",
        "why.txt",
    )
    for name in others:
        (folder / name).write_text("theirs")
    become(book, *"12345678")
    assert {*others} < {path.name for path in folder.iterdir()}
    assert len(kept(book)) == KEPT


def test_a_backup_that_cannot_be_swept_does_no_harm(book: Path) -> None:
    """It waits for the next sweep."""
    stuck = book.parent / FOLDER / "cohort.0001.2020-01-01T000000.xlsm"
    stuck.mkdir(parents=True)
    become(book, "new")
    assert book.read_text() == "new"
    assert stuck.exists()


# Restore.


def test_restore_brings_the_last_state_back(book: Path) -> None:
    """What the file held takes the place of that backup."""
    become(book, "1", "2")
    restored = restore(book)
    assert book.read_text() == "1"
    assert kept(book) == ["old", "2"]
    assert isinstance(restored, Restored)
    assert (restored.place, restored.size) == (book, 1)
    assert restored.backup == backups(book)[-1].path


def test_a_second_restore_undoes_the_first(book: Path) -> None:
    """And so on; earlier states are not used up."""
    become(book, "1", "2")
    for state in ("1", "2", "1", "2"):
        restore(book)
        assert book.read_text() == state
        assert kept(book) == ["old", {"1": "2", "2": "1"}[state]]


def test_what_was_edited_since_is_not_lost_by_a_restore(book: Path) -> None:
    """It is in the newest backup."""
    become(book, "1")
    book.write_text("edited")
    restore(book)
    assert book.read_text() == "old"
    assert kept(book) == ["edited"]


def test_a_file_that_is_gone_comes_back(book: Path) -> None:
    """With the permissions that its backup has kept."""
    book.chmod(0o640)
    become(book, "1", "2")
    book.unlink()
    restored = restore(book)
    assert book.read_text() == "1"
    assert restored.backup is None
    assert len(list(restored.lines())) == 1
    if sys.platform != "win32":
        assert book.stat().st_mode & 0o777 == 0o640


def test_a_backup_of_what_is_there_is_passed_over(book: Path) -> None:
    """A run killed before its replacement has left it; the one before differs."""
    become(book, "1", "2")
    put_backup(book, 3, datetime.now(UTC), "2")
    restore(book)
    assert book.read_text() == "1"


def test_restore_tells_what_is_back_and_how_to_undo_it(book: Path) -> None:
    """In the time of the clock on the wall."""
    put_backup(book, 1, datetime(2026, 11, 28, 14, 5, 1).astimezone(), "x" * 12_345)
    back, undo = restore(book).lines()
    assert back == "cohort.xlsm is back as it was until 2026-11-28 14:05:01 (12,345 bytes)."
    assert undo.startswith(f"What it held before this is kept as {FOLDER}/cohort.0002.")


@pytest.mark.parametrize("there", [True, False], ids=["unchanged so far", "gone"])
def test_without_a_backup_there_is_nothing_to_restore(book: Path, *, there: bool) -> None:
    """Exit code 3; one sentence names the folder; nothing is made."""
    if not there:
        book.unlink()
    with pytest.raises(InputError, match=rf"cohort\.xlsm has no backup in the folder .*{FOLDER}"):
        restore(book)
    assert [path.name for path in book.parent.iterdir()] == ["cohort.xlsm"] * there


def test_the_only_backup_may_hold_what_is_there(book: Path) -> None:
    """Exit code 3: nothing to do, and said so."""
    put_backup(book, 1, datetime.now(UTC), "old")
    with pytest.raises(InputError, match="there is nothing to bring back"):
        restore(book)
    assert kept(book) == ["old"]


def test_a_file_that_somebody_has_open_is_not_restored(book: Path) -> None:
    """The open workbook would show what is no longer there; --force is for stale markers."""
    become(book, "new")
    book.with_name("~$cohort.xlsm").touch()
    with pytest.raises(WorkbookBusyError, match="is open in Excel by somebody"):
        restore(book)
    assert (book.read_text(), kept(book)) == ("new", ["old"])
    restore(book, force=True)
    assert (book.read_text(), kept(book)) == ("old", ["new"])


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of Unix")
def test_a_read_only_file_is_not_restored(book: Path) -> None:
    """It is refused like any other change."""
    become(book, "new")
    book.chmod(0o444)
    with pytest.raises(OutputError, match="may be read but not changed"):
        restore(book)
    assert (book.read_text(), kept(book)) == ("new", ["old"])
