"""Processes that start in milliseconds, since Stepladder is loaded before they fork."""

import multiprocessing
import os
import signal
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext  # Windows has none.

KILLED = -9
_PATIENCE_SECONDS = 60


def crowd() -> "ForkServerContext":
    """Where processes come from: a server of its own, which runs no test and no threads of ours."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["__main__", "stepladder.books.shared_file", "tests.crowds.runs"]
    )
    return context


def ended(process: BaseProcess) -> int:
    """How a process ended: 0 done, KILLED, anything else failed."""
    process.join(_PATIENCE_SECONDS)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"process {process.pid} did not end")
    return process.exitcode


def stop_at_once() -> None:
    """What a power cut, an impatient administrator or a full memory does."""
    os.kill(os.getpid(), signal.SIGKILL)
