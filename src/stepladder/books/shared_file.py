"""A file that several people and programs change: replaced whole, or left as it was.

    turn ─▶ not open? ─▶ read ─▶ transform ─▶ temporary file ─▶ backup ─▶ still the same? ─▶ replace

Killed at any moment, the file is the complete old one or the complete new one: it is only ever
replaced, in one step, by a file that is complete and on the disk. Two runs of ours take turns.
Other programs know of no turns, so right before the replacement the file is compared with what was
read. A save that falls between that look and the next system call would be lost; nothing that is
open to every system closes this gap.
"""

import errno
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from stepladder.books.backups import FOLDER, Backup, backups, kept, sweep
from stepladder.books.disk import (
    cannot_read,
    cannot_write,
    copy_permissions,
    flush,
    leftovers,
    private_name,
    real_place,
)
from stepladder.books.guard import refuse_unreadable, whole_file
from stepladder.books.markers import close_it, refuse_while_open
from stepladder.books.turns import turn
from stepladder.errors import InputError, OutputError, StepladderError, WorkbookBusyError

ATTEMPTS = 3
"""How often a file is read and changed again: who saves three times meanwhile is at work in it."""

_PAUSE_SECONDS = 0.5  # Lets a save by another program come to its end.
_WINDOWS_IN_USE = (32, 33)
_ANYBODY_WRITES = 0o222
_WRITING_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}

Content: TypeAlias = bytes | Callable[[BinaryIO], object]
"""What a file is to hold: its bytes, or what writes them to a file open for writing and reading."""


@dataclass(frozen=True)
class Change:
    """A file that was replaced, and the backup of what it held; None where there was no file."""

    place: Path
    backup: Path | None


@dataclass(frozen=True)
class Restored:
    """A file that was brought back, from which backup, and where the state it replaced is kept."""

    place: Path
    source: Backup
    size: int
    backup: Path | None

    def lines(self) -> Iterator[str]:
        """What a person reads: which state is back, and how to undo that."""
        until = f"{self.source.made:%Y-%m-%d %H:%M:%S}"
        yield f"{self.place.name} is back as it was until {until} ({self.size:,} bytes)."
        if self.backup:
            yield (
                f"What it held before this is kept as {FOLDER}/{self.backup.name}; restore again "
                "brings that back."
            )


def change(
    path: Path, transform: Callable[[bytes], Content | None], *, force: bool = False
) -> Change | None:
    """Replace a file by what a function makes of its content; None if there was nothing to write.

    transform  gets the bytes of the file; gives the bytes to replace them, or a function that
               writes those, or None. For None or the same bytes nothing is written: no backup, no
               new time. It is called again, up to ATTEMPTS times in all, if the file has changed
               meanwhile. What it raises passes on, and the file stands as it was.
    force      go on although a marker says that somebody has the file open

    The new file is made beside the real one and keeps mode, owner and group as far as the system
    lets us; a link stays a link. What the file held is kept first (see `backups`).

    Raises InputError for a file that is missing or closed to us, WorkbookBusyError for one that is
    open elsewhere, being changed by another run, or changed again and again, OutputError where the
    system refuses to write. Nothing has changed then.
    """
    shared = _SharedFile(path, real_place(path), force=force, live_refresh=True)
    if not shared.is_there():
        raise cannot_read(path, FileNotFoundError())
    with turn(shared.place):
        changed = shared.replaced(transform, model=shared.place)
        if changed:
            sweep(shared.place)
    return changed


def restore(path: Path, *, force: bool = False) -> Restored:
    """Bring back the newest backup that differs from what a file holds now.

    What the file holds becomes a backup in exchange, so that a second restore undoes the first.
    A file that is gone altogether comes back too.

    Raises InputError if there is no such backup, and otherwise as `change` does.
    """
    shared = _SharedFile(path, real_place(path), force=force, live_refresh=False)
    if not shared.is_there():
        _newest_backup(shared.place)
    with turn(shared.place):
        source, content = _newest_backup(shared.place)
        model = shared.place if shared.is_there() else source.path
        changed = shared.replaced(lambda _now: content, model=model, may_be_missing=True)
        with suppress(OSError):
            source.path.unlink()
        sweep(shared.place)
    return Restored(shared.place, source, len(content), changed.backup if changed else None)


@dataclass(frozen=True)
class _Snapshot:
    """What a file held when it was read; None is the digest of no file."""

    content: bytes
    digest: str | None


class _ChangedMeanwhileError(Exception):
    """Somebody wrote the file while we read it or after that."""


@dataclass(frozen=True)
class _SharedFile:
    """A file as it was named, where it really lies, and how a run is to treat it."""

    path: Path
    place: Path
    _: KW_ONLY
    force: bool
    live_refresh: bool

    def is_there(self) -> bool:
        """False if it is missing; raises InputError if the system does not even tell that."""
        try:
            self.place.stat()
        except FileNotFoundError:
            return False
        except OSError as problem:
            raise cannot_read(self.path, problem) from problem
        return True

    def replaced(
        self,
        transform: Callable[[bytes], Content | None],
        *,
        model: Path,
        may_be_missing: bool = False,
    ) -> Change | None:
        """Read, transform and replace it, again if it changed meanwhile; our turn is on."""
        self._sweep_leftovers()
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE_SECONDS)
            with suppress(_ChangedMeanwhileError):
                return self._attempt(transform, model, may_be_missing=may_be_missing)
        raise WorkbookBusyError(
            f"{self.path.name} was changed by somebody else each of the {ATTEMPTS} times it was "
            "read, so nothing was written; wait until they are done, and run again."
        )

    def _attempt(
        self,
        transform: Callable[[bytes], Content | None],
        model: Path,
        *,
        may_be_missing: bool,
    ) -> Change | None:
        self._refuse_if_open()
        before = self._snapshot(may_be_missing=may_be_missing)
        content = transform(before.content)
        if content is None or content == before.content:
            return None
        with self._written(content, model) as temporary:
            if _digest(temporary) == before.digest:
                return None
            if before.digest is None:
                self._replace(temporary, before)
                return Change(self.place, None)
            with kept(self.place, before.content, temporary) as backup:
                self._replace(temporary, before)
            return Change(self.place, backup)

    def _refuse_if_open(self) -> None:
        if not self.force:
            refuse_while_open(self.path, live_refresh=self.live_refresh)

    def _snapshot(self, *, may_be_missing: bool) -> _Snapshot:
        """Read it through a handle that may write: what cannot be written is refused here."""
        try:
            stamp = _stamp(self.place)
            with self.place.open("r+b") as file:
                status = os.fstat(file.fileno())
                refuse_unreadable(status, self.path.name)
                content = file.read()
            changed = _stamp(self.place) != stamp
        except FileNotFoundError as problem:
            if may_be_missing:
                return _Snapshot(b"", None)
            raise cannot_read(self.path, problem) from problem
        except OSError as problem:
            raise self._no_handle(problem) from problem
        if not status.st_mode & _ANYBODY_WRITES:
            # The administrator may write it all the same, but somebody meant it to stay.
            raise self._read_only()
        if changed:
            raise _ChangedMeanwhileError
        return _Snapshot(content, hashlib.sha256(content).hexdigest())

    @contextmanager
    def _written(self, content: Content, model: Path) -> Iterator[Path]:
        """A temporary file beside it that holds the content, on the disk, with its permissions."""
        temporary = private_name(self.place)
        try:
            # For us alone as long as its permissions are not those of the real file.
            temporary.touch(mode=0o600, exist_ok=False)
            with temporary.open("r+b") as file:
                file.write(content) if isinstance(content, bytes) else content(file)
            self._copy_permissions(model, temporary)
            flush(temporary)
            yield temporary
        except OSError as problem:
            raise cannot_write(self.path, problem) from problem
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _copy_permissions(self, model: Path, temporary: Path) -> None:
        try:
            copy_permissions(model, temporary)
        except FileNotFoundError as problem:
            # Excel saves by removing the file and renaming another.
            raise _ChangedMeanwhileError from problem

    def _replace(self, temporary: Path, before: _Snapshot) -> None:
        """Put the temporary file in its place, if nobody opened or changed that meanwhile."""
        self._refuse_if_open()
        stamp = _stamp(self.place)
        if _digest(self.place) != before.digest or _stamp(self.place) != stamp:
            raise _ChangedMeanwhileError
        try:
            temporary.replace(self.place)
        except PermissionError as problem:
            if sys.platform == "win32":
                # We could open it a moment ago, so another program has opened it since.
                raise self._in_use() from problem
            raise self._no_handle(problem) from problem
        with suppress(OSError):
            flush(self.place.parent)

    def _no_handle(self, problem: OSError) -> StepladderError:
        """Why it cannot be opened for writing, or replaced."""
        if _is_in_use(problem):
            return self._in_use()
        if problem.errno in _WRITING_REFUSED and self._may_be_read():
            return self._read_only()
        return cannot_read(self.path, problem)

    def _in_use(self) -> WorkbookBusyError:
        return WorkbookBusyError(
            f"{self.path.name} is open in another program, which keeps it from being changed. "
            f"{close_it(live_refresh=self.live_refresh)}."
        )

    def _may_be_read(self) -> bool:
        try:
            self.place.open("rb").close()
        except OSError:
            return False
        return True

    def _read_only(self) -> OutputError:
        return OutputError(
            f"{self.path} may be read but not changed; ask whoever keeps it for permission to "
            "write, or work on a copy."
        )

    def _sweep_leftovers(self) -> None:
        """Remove what a killed run left: it is our turn, so nobody is writing these any more."""
        with suppress(OSError):
            for path in leftovers(self.place):
                path.unlink()


def _newest_backup(place: Path) -> tuple[Backup, bytes]:
    """The newest one that differs from what the file holds, with its content."""
    now = _content(place)
    try:
        found = backups(place)
    except OSError as problem:
        raise cannot_read(place.parent / FOLDER, problem) from problem
    for backup in reversed(found):
        content = _content(backup.path)
        if content is not None and content != now:
            return backup, content
    if found:
        raise InputError(
            f"{place.name} holds what its only backup holds, so there is nothing to bring back."
        )
    raise InputError(f"{place.name} has no backup in the folder {place.parent / FOLDER}.")


def _content(path: Path) -> bytes | None:
    """What a file holds; None if there is no file."""
    try:
        path.lstat()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise cannot_read(path, problem) from problem
    return whole_file(path)


def _digest(path: Path) -> str | None:
    """The SHA-256 of what a file holds; None if there is no file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What tells a file from the one that stood here a moment ago; None if there is no file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _is_in_use(problem: OSError) -> bool:
    """Windows opens no file for writing that another program has opened, and says so."""
    return sys.platform == "win32" and problem.winerror in _WINDOWS_IN_USE
