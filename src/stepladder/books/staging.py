"""Output files under temporary names, moved into place together or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from stepladder.books.disk import cannot_write, copy_permissions, flush, private_name, sweep_stale


@contextmanager
def staged(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Give one temporary path per target, in the same order, to be written inside the block.

    When the block ends they replace the targets together; missing folders are made. If the block
    or a replacement fails, earlier files are as they were, and no temporary file or new folder is
    left. A target that is a link stays one, and a replaced file keeps its permissions; until it has
    them, what is to replace it is open to nobody else.

    Raises OutputError, in one sentence, where the system refuses to write.
    """
    made: list[Path] = []
    temporary: list[Path] = []
    target = targets[0] if targets else Path()
    try:
        real = [target.resolve() for target in targets]
        for target, place in zip(targets, real, strict=True):
            _refuse_folder(target, place)
            made.extend(_make_folder(place.parent))
            temporary.append(private_name(place))
        if len(targets) > 1:
            target = targets[0].parent
        sweep_stale(real)
        for place, written in zip(real, temporary, strict=True):
            if place.exists():
                written.touch(mode=0o600, exist_ok=False)
        yield list(temporary)
        for place, written in zip(real, temporary, strict=True):
            _refuse_empty(written)
            if place.exists():
                copy_permissions(place, written)
            flush(written)
        _replace_together(temporary, real)
    except OSError as problem:
        _clear(temporary, made)
        raise cannot_write(target, problem) from problem
    except BaseException:
        _clear(temporary, made)
        raise


def _replace_together(temporary: Sequence[Path], places: Sequence[Path]) -> None:
    """Move each temporary file to its place; if one move fails, put back those already moved."""
    earlier: dict[Path, Path | None] = {}
    moved: list[Path] = []
    try:
        for place in places:
            earlier[place] = _kept_copy(place)
        for written, place in zip(temporary, places, strict=True):
            written.replace(place)
            moved.append(place)
    except BaseException:
        for place in reversed(moved):
            kept = earlier[place]
            with suppress(OSError):
                kept.replace(place) if kept else place.unlink()
        raise
    finally:
        for kept in earlier.values():
            if kept:
                with suppress(OSError):
                    kept.unlink(missing_ok=True)
    for folder in {place.parent for place in places}:
        with suppress(OSError):
            flush(folder)


def _kept_copy(place: Path) -> Path | None:
    """A second name for the file that stands in this place, or None if there is none."""
    if not place.is_file():
        return None
    kept = private_name(place)
    try:
        os.link(place, kept)
    except OSError:
        # Some network and memory-stick file systems know no second names.
        kept.touch(mode=0o600, exist_ok=False)
        shutil.copy2(place, kept)
    return kept


def _make_folder(folder: Path) -> list[Path]:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _clear(temporary: Sequence[Path], made: Sequence[Path]) -> None:
    for path in temporary:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    for folder in sorted(made, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()


def _refuse_folder(target: Path, place: Path) -> None:
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder", str(target))


def _refuse_empty(written: Path) -> None:
    if not written.stat().st_size:
        raise FileNotFoundError(errno.ENOENT, "nothing was written", str(written))
