"""A workbook that anybody may have made, in; its table, read by a process of its own, out.

What reads a workbook was written by others, and in a language that may crash: over many files, one
of them must not take the others with it. The process is started for the first workbook, serves all
that follow, and is replaced when it dies or does not answer.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from stepladder.books.guard import READING_MEMORY, READING_SECONDS, READING_SECONDS_OF_A_MB
from stepladder.books.kinds import ZIP_STARTS
from stepladder.errors import InputError, StepladderError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

T = TypeVar("T")

_LONGEST_START: Final = max(map(len, ZIP_STARTS))


def is_package(path: Path) -> bool:
    """Whether a file begins as a workbook does; one that cannot be read is told by its reader."""
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                return file.read(_LONGEST_START).startswith(ZIP_STARTS)
    return False


class Apart:
    """Calls functions in a process of its own, whose end is only the end of that call.

    seconds  how long a call for a file of this size may take
    memory   bytes that the process may hold; Windows and macOS have no such limit
    """

    def __init__(
        self,
        seconds: Callable[[int], float] = lambda size: (
            READING_SECONDS + READING_SECONDS_OF_A_MB * size / 1e6
        ),
        memory: int = READING_MEMORY,
    ) -> None:
        self._seconds = seconds
        self._memory = memory
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def read(self, reader: Callable[[Path, str | None], T], path: Path, name: str | None) -> T:
        """What `reader(path, name)` gives; it is found by its name in its module.

        Raises what the reader raises for a person, and InputError where it does not come to its
        end: then the next call has another process.
        """
        if self._worker is None:
            self._worker = _Worker.started(self._memory)
        worker = self._worker
        try:
            worker.pipe.send((reader, path, name))
            if not worker.pipe.poll(self._seconds(_size(path))):
                self._end()
                raise _unread(path, "it takes far longer than a list of its size should")
            given, failure = worker.pipe.recv()
        except (EOFError, OSError) as problem:
            self._end()
            raise _unread(path, "its reader broke off") from problem
        if failure is None:
            return given  # type: ignore[no-any-return]
        if isinstance(failure, StepladderError):
            raise failure
        raise _unread(path, failure)

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
        self._worker = None


@dataclass(frozen=True)
class _Worker:
    process: "BaseProcess"
    pipe: "Connection[Any, Any]"

    @classmethod
    def started(cls, memory: int) -> "_Worker":
        from multiprocessing import get_context  # noqa: PLC0415 - hardly a run starts one

        # A fork would take the threads' locks of polars with it.
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, memory), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


def _serve(pipe: "Connection[Any, Any]", memory: int) -> None:
    """Answer calls until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A crash has words of its own, for programmers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _limit_memory(memory)
    with suppress(EOFError, OSError):
        while True:
            reader, path, name = pipe.recv()
            answer: tuple[object, StepladderError | str | None]
            try:
                answer = reader(path, name), None
            except StepladderError as refusal:
                answer = None, type(refusal)(refusal.message)
            except MemoryError:
                answer = None, "it takes more memory than any list should"
            except Exception as problem:  # noqa: BLE001 - a part of a batch, told as one
                answer = None, f"its reader failed on it ({type(problem).__name__})"
            pipe.send(answer)


def _limit_memory(most: int) -> None:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _unread(path: Path, what: str) -> InputError:
    return InputError(
        f"{path.name} cannot be read: {what}; open it in Excel, copy the list into a new workbook "
        "and use that."
    )
