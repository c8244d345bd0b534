"""One run at a time: runs of Stepladder that change the same file take turns, on every machine."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stepladder.books.disk import cannot_write, copy_permissions
from stepladder.errors import OutputError, WorkbookBusyError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

WAIT_SECONDS = 30
"""How long a run waits for its turn: a large workbook takes a few seconds, and a person who waits
longer wants to know why."""

_LOOK_AGAIN_SECONDS = 0.05
_TAKEN = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


@contextmanager
def turn(place: Path) -> Iterator[None]:
    """Hold the right to change a file; another run that asks for it waits until the block ends.

    The right is a lock of the system's on an empty hidden file beside the real file,
    `.NAME.stepladder-turn`. Beside it, because two people on two machines share the folder of a
    network drive and nothing else. A file of its own, because the workbook is another file after
    each change, and because Excel must still be able to open it. A lock, and not the file's being
    there, because the system lets go of a lock when a run is killed. The empty file is removed when
    the turn ends; a killed run leaves it, and the next turn takes it over. It has the permissions
    of the workbook: whoever may change that may also take a turn.

    Excel and LibreOffice do not ask for a turn: `markers` tells of them, and the last look before
    a replacement (`shared_file`).

    Raises WorkbookBusyError after WAIT_SECONDS, OutputError where the folder or drive refuses.
    """
    token = place.with_name(f".{place.name}.stepladder-turn")
    try:
        handle = _take(token, place)
    except OSError as problem:
        raise _refusal(place, problem) from problem
    try:
        yield
    finally:
        _give_back(handle, token)


def _take(token: Path, place: Path) -> int:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        late = time.monotonic() >= deadline
        try:
            handle = _open(token, place)
        except PermissionError as problem:
            # Another may be making or removing it right now; otherwise the folder is closed to us.
            if not token.exists():
                raise
            if late:
                raise _left_by_another(token, place) from problem
        else:
            if _is_ours(handle, token):
                return handle
            if late:
                raise WorkbookBusyError(
                    f"{place.name} is being changed by another run of Stepladder; wait until that "
                    "has ended, and run again."
                )
        time.sleep(_LOOK_AGAIN_SECONDS)


def _open(token: Path, place: Path) -> int:
    with suppress(FileNotFoundError):
        return os.open(token, os.O_RDWR)
    try:
        handle = os.open(token, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(token, os.O_RDWR)
    # Gone again means that another run took it over and has had its turn.
    with suppress(FileNotFoundError):
        copy_permissions(place, token)
    return handle


def _is_ours(handle: int, token: Path) -> bool:
    """Lock the file; False, and closed, where another run has it or has removed it meanwhile.

    The second look is what makes removal safe: whoever waited at a file that its holder removed has
    locked a file without a name, which keeps nobody out.
    """
    ours = False
    try:
        ours = _lock(handle) and os.path.samestat(os.fstat(handle), token.stat())
    except FileNotFoundError:
        pass
    finally:
        if not ours:
            os.close(handle)
    return ours


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in _TAKEN:
            return False
        raise
    return True


def _give_back(handle: int, token: Path) -> None:
    """Remove the file and let go, in the order in which nobody else's can be removed.

    Unix removes a file under its holder, so it goes while it is still locked. Windows removes no
    file that somebody has open: it goes last, and stays where the next run has it already.
    """
    if sys.platform == "win32":
        with suppress(OSError):
            # Closing lets go as well, but when Windows finds the time.
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        os.close(handle)
    with suppress(OSError):
        token.unlink()
    if sys.platform != "win32":
        os.close(handle)


def _left_by_another(token: Path, place: Path) -> WorkbookBusyError:
    return WorkbookBusyError(
        f"{place.name} is being changed by somebody else, or their run was stopped: if nobody runs "
        f"Stepladder now, remove the empty hidden file {token.name} beside it, and run again."
    )


def _refusal(place: Path, problem: OSError) -> OutputError:
    if problem.errno in _NO_LOCKS:
        return OutputError(
            f"{place.name} cannot be changed here: its drive has no locks to keep two runs apart; "
            "copy it to another drive, and run there."
        )
    return cannot_write(place, problem)
