"""What every writer of files here shares: private names, permissions, flushing, and refusals."""

import errno
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from stepladder.errors import InputError, OutputError

STALE_HOURS = 24
"""No run writes for so long: what bears a private name and is older was left by a killed one."""

_TOKEN_BYTES = 4
_OURS = re.compile(rf"\.(.+)\.stepladder-[0-9a-f]{{{2 * _TOKEN_BYTES}}}(|\.[^.]*)", re.DOTALL)


def real_place(path: Path) -> Path:
    """Where a file really lies, if a path is a link; a link in a circle leads to itself."""
    return Path(os.path.realpath(path))


def private_name(place: Path) -> Path:
    """A new hidden name beside a file, for what is not yet, or no longer, in its place."""
    return place.with_name(f".{place.stem}.stepladder-{token_hex(_TOKEN_BYTES)}{place.suffix}")


def leftovers(place: Path) -> Iterator[Path]:
    """The files beside this place that bear a private name of it.

    The name says whose they are: nobody but us writes `.stepladder-` and eight hexadecimal digits.
    """
    for path, name in _ours_in(place.parent):
        if name == place.name:
            yield path


def sweep_stale(places: Iterable[Path]) -> None:
    """Remove what killed runs left beside these places, as soon as it is STALE_HOURS old.

    For writers that take no turns: another run may be writing whatever is younger.
    """
    folders: dict[Path, set[str]] = {}
    for place in places:
        folders.setdefault(place.parent, set()).add(place.name)
    oldest = time.time() - STALE_HOURS * 3600
    for folder, names in folders.items():
        with suppress(OSError):
            for path, name in list(_ours_in(folder)):
                if name in names and _last_touched(path) < oldest:
                    remove(path)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it, if the system lets us."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _ours_in(folder: Path) -> Iterator[tuple[Path, str]]:
    """What bears a private name in a folder, each with the name of the file it stands for."""
    for path in folder.iterdir():
        if ours := _OURS.fullmatch(path.name):
            yield path, ours[1] + ours[2]


def _last_touched(path: Path) -> float:
    """A second name of an old file is as old as the file, but its record is new."""
    found = path.stat()
    return max(found.st_mtime, found.st_ctime)


def flush(path: Path) -> None:
    """Force a file or folder to the disk, so that a power cut cannot leave a renamed empty file."""
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_permissions(model: Path, to: Path) -> None:
    """Let the same people read and write a file or folder as its model: never more of them.

    Owner, group, mode and access lists are kept as far as the system lets us. Where the group
    cannot be, our own group is no stand-in for it and gets what everybody has. On Windows a new
    file has the access list of its folder, as it has after a save by Excel.
    """
    wanted = model.stat()
    mode = stat.S_IMODE(wanted.st_mode)
    if sys.platform != "win32":
        _copy_owner(wanted, to)
        if to.stat().st_gid != wanted.st_gid:
            mode = mode & ~0o070 | (mode & 0o007) << 3
    if sys.platform == "linux":
        _copy_extended_attributes(model, to)
    # Asked first: a drive without modes refuses even the one that it has.
    if stat.S_IMODE(to.stat().st_mode) != mode:
        to.chmod(mode)


def cannot_read(path: Path, problem: OSError) -> InputError:
    """One sentence for a file that the system does not let us read."""
    if isinstance(problem, FileNotFoundError):
        return InputError(f"{path} is not there; check the name and the folder.")
    # Asked again because Windows calls a folder a file without permission.
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a name is too long
        return InputError(f"{path} is a folder; name one file in it.")
    if problem.errno in _NETWORK:
        return InputError(f"{path.name} cannot be read: {_NO_ANSWER}.")
    return InputError(
        f"{path.name} cannot be opened; close it in other programs and check that you may read it."
    )


def cannot_write(target: Path, problem: OSError) -> OutputError:
    """One sentence for a file that the system does not let us write."""
    match problem.errno:
        case errno.ENOSPC | errno.EDQUOT:
            reason = "the disk is full; free some space and run again"
        case errno.EROFS:
            reason = "its disk can only be read; choose another place"
        case errno.EACCES | errno.EPERM:
            reason = "close it if it is open in Excel, and check that you may write to its folder"
        case errno.ENOTDIR | errno.EEXIST:
            reason = "part of its path is a file, not a folder; choose another place"
        case errno.EISDIR:
            reason = "it is a folder; choose a file name"
        case errno.ENAMETOOLONG:
            reason = "its name is too long; choose a shorter one"
        case code if code in _NETWORK:
            reason = _NO_ANSWER
        case _:
            reason = "the disk or network drive does not take it; choose another place"
    return OutputError(f"{target} cannot be written: {reason}.")


_NO_ANSWER = "the network drive does not answer; check the connection and run again"
_NETWORK = {
    errno.ECONNABORTED,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.ENETRESET,
    errno.ENETUNREACH,
    errno.ENOTCONN,
    errno.ESTALE,
    errno.ETIMEDOUT,
}


if sys.platform != "win32":

    def _copy_owner(wanted: os.stat_result, to: Path) -> None:
        try:
            os.chown(to, wanted.st_uid, wanted.st_gid)
        except OSError:
            # Only the administrator gives a file away; its group a member may set.
            with suppress(OSError):
                os.chown(to, -1, wanted.st_gid)


if sys.platform == "linux":

    def _copy_extended_attributes(model: Path, to: Path) -> None:
        """Access lists among them."""
        with suppress(OSError):
            for name in os.listxattr(model):
                with suppress(OSError):
                    os.setxattr(to, name, os.getxattr(model, name))
