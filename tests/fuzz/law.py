"""The law of every input: an answer or a refusal in one sentence, soon; nothing else changes."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TypeVar

from hypothesis import HealthCheck, settings
from tests.cli.command import Done, contents, run

from stepladder.errors import StepladderError

T = TypeVar("T")

_SECONDS = 60
_LONGER = 40
_LAST_EXIT_CODE = 6


def searched(examples: int) -> Callable[[T], T]:
    """So many examples in an everyday run, and many times as many in a long one."""
    is_long = settings.get_current_profile_name() == "fuzz"
    return settings(
        max_examples=examples * _LONGER if is_long else examples,
        suppress_health_check=[*HealthCheck],
    )


def answer(call: Callable[[], T]) -> T | None:
    """What a reader gives, or None where it refuses as it should; anything else is a flaw."""
    with soon():
        try:
            return call()
        except StepladderError as refusal:
            assert_sentence(refusal.message)
            return None


def assert_sentence(message: str) -> None:
    """It ends as a sentence does, on the line on which it began."""
    assert message.endswith((".", "?")), message
    assert "\n" not in message, message
    assert "Traceback" not in message


def commanded(folder: Path, *arguments: str | Path) -> Done:
    """Run a command: refused, it leaves the folder as it was and says why in one line."""
    before = contents(folder)
    with soon():
        done = run(*arguments)
    assert 0 <= done.exit_code <= _LAST_EXIT_CODE
    after = contents(folder)
    assert not [name for name in after if ".stepladder-" in name and "/" not in name]
    if done.exit_code > 1:
        [line] = done.err.strip().splitlines()
        assert_sentence(line)
        assert after == before
    return done


@contextmanager
def soon() -> Iterator[None]:
    """Fail where this takes a minute, which is a hang."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def hung(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError("it hangs")

    earlier = signal.signal(signal.SIGALRM, hung)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, earlier)
