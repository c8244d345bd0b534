"""An unexpected failure in; the file with its technical trace, without any value, out."""

import os
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

_NAME: Final = "refresh.log"
_MOST_BYTES: Final = 500_000


def trace_file() -> Path:
    """Where traces are kept: the user's own folder for what a program remembers."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        return folder / "Stepladder" / _NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Logs" / "Stepladder" / _NAME
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return folder / "stepladder" / _NAME


def keep_trace(problem: BaseException) -> Path:
    """Add a failure to the file: kinds and places only, since a message may quote a cell.

    Raises OSError where the file cannot be written.
    """
    path = trace_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _MOST_BYTES:
        path.replace(path.with_suffix(".old.log"))
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in _lines(problem))
    return path


def _lines(problem: BaseException) -> Iterator[str]:
    yield (
        f"{datetime.now(tz=UTC):%Y-%m-%d %H:%M:%S} stepladder {version('stepladder')}, "
        f"Python {sys.version.split()[0]}, {sys.platform}"
    )
    one: BaseException | None = problem
    while one is not None:
        number = getattr(one, "hresult", getattr(one, "errornumber", None))
        code = f" {number}" if isinstance(number, int) else ""
        yield f"  {type(one).__module__}.{type(one).__qualname__}{code}"
        for frame in traceback.extract_tb(one.__traceback__):
            yield f"    {Path(frame.filename).name}:{frame.lineno} {frame.name}"
        one = one.__cause__ or one.__context__
