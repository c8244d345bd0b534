"""Earlier states of a file, kept in the folder “Stepladder backups” beside it.

The folder stands in plain view because a person must be able to find it, on a shared drive and
without us, and each backup opens in Excel like the workbook: cohort.0007.2026-11-28T140501.xlsm.
The number orders them, so that a clock set back neither hides nor replaces a backup; the time, at
which the next state took its place, is for people and for the sweep.

The sweep, after each change: of a file's backups the newest KEPT stay, those made more than
KEPT_DAYS ago go, and the newest always stays.
"""

import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stepladder.books.disk import cannot_write, copy_permissions, flush, leftovers, private_name
from stepladder.errors import OutputError

FOLDER = "Stepladder backups"

KEPT = 5
"""Enough to go back behind a morning's refreshes; few enough for a drive that is short of space."""

KEPT_DAYS = 30
"""A backup holds personal rows: who was taken out of the workbook should not stay here for good."""

_TIME = "%Y-%m-%dT%H%M%S"


@dataclass(frozen=True)
class Backup:
    """One earlier state: its file, its place in the order, and when the next state replaced it."""

    path: Path
    number: int
    made: datetime


@contextmanager
def kept(place: Path, content: bytes, model: Path) -> Iterator[Path]:
    """Keep this state of a file on the disk while the block replaces it; give the backup's path.

    It gets the permissions of a model, since the file itself may be gone at any time.

    If the block fails, a backup made for it is gone again. A run that was stopped between backup
    and replacement has left the backup of what is still the current state: that one serves again.

    Raises OutputError where the backup cannot be written, before the block begins.
    """
    try:
        earlier = backups(place)
        if earlier and _holds(earlier[-1], content):
            made = None
            backup = earlier[-1].path
        else:
            number = earlier[-1].number + 1 if earlier else 1
            made = backup = _write(place, number, content, model)
    except OSError as problem:
        raise _no_backup(place, problem) from problem
    try:
        yield backup
    except Exception:
        # Nothing else: a person's Ctrl+C may come when the file is replaced already.
        if made:
            _remove(made)
        raise


def backups(place: Path) -> list[Backup]:
    """The backups of a file, the oldest first."""
    name = re.compile(
        rf"{re.escape(place.stem)}\.(\d{{4,}})\.(\d{{4}}-\d\d-\d\dT\d{{6}}){re.escape(place.suffix)}"
    )
    found = []
    with suppress(FileNotFoundError):
        for path in (place.parent / FOLDER).iterdir():
            if parts := name.fullmatch(path.name):
                # Another's file may have our form and no time of day.
                with suppress(ValueError):
                    made = datetime.strptime(parts[2], _TIME).astimezone()
                    found.append(Backup(path, int(parts[1]), made))
    return sorted(found, key=lambda backup: (backup.number, backup.made))


def sweep(place: Path) -> None:
    """Remove the backups that the rule lets go, and what killed runs left among them.

    A backup that cannot be removed is left for the next sweep.
    """
    oldest = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    with suppress(OSError):
        found = backups(place)
        too_old = [backup for backup in found[:-1] if backup.made < oldest]
        unfinished = leftovers(place.parent / FOLDER / place.name)
        for path in {*unfinished, *(backup.path for backup in (*found[:-KEPT], *too_old))}:
            with suppress(OSError):
                path.unlink()


def _write(place: Path, number: int, content: bytes, model: Path) -> Path:
    """Write under a private name first: what bears a backup's name is complete."""
    now = datetime.now(UTC).astimezone().strftime(_TIME)
    folder = place.parent / FOLDER
    backup = folder / f"{place.stem}.{number:04}.{now}{place.suffix}"
    temporary = private_name(folder / place.name)
    _make_folder(folder)
    try:
        temporary.touch(mode=0o600, exist_ok=False)
        temporary.write_bytes(content)
        copy_permissions(model, temporary)
        flush(temporary)
        temporary.rename(backup)
    except BaseException:
        _remove(temporary)
        raise
    with suppress(OSError):
        flush(folder)
    return backup


def _make_folder(folder: Path) -> None:
    """Open to those to whom the folder of the workbook is open."""
    if folder.is_dir():
        return
    folder.mkdir(mode=stat.S_IMODE(folder.parent.stat().st_mode))
    copy_permissions(folder.parent, folder)
    with suppress(OSError):
        flush(folder.parent)


def _remove(path: Path) -> None:
    """Remove a file, and its folder if that was the last one."""
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()


def _holds(backup: Backup, content: bytes) -> bool:
    return backup.path.stat().st_size == len(content) and backup.path.read_bytes() == content


def _no_backup(place: Path, problem: OSError) -> OutputError:
    told = cannot_write(place.parent / FOLDER, problem).message
    return OutputError(f"{place.name} was left as it was, because its backup failed: {told}")
