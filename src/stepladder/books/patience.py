"""Something asked of a running Excel in; its answer, after a wait if Excel is busy, out."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

Answer = TypeVar("Answer")

WAITS: Final = (0.2, 0.4, 0.8, 1.6, 3.0)
"""Seconds between the tries: a cell that is being edited is often left within them."""

LONG_WAITS: Final = (0.5,) * 60
"""As above, for what must not be left undone: Excel's own settings as they were."""

# RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE: a cell is being edited, a dialog
# is open or a calculation is running.
_REJECTED: Final = frozenset({-2147418111, -2147417846, -2146777998})
_TIMED_OUT_ON_MAC: Final = -1712
_SCODE: Final = 5


def patiently(ask: Callable[[], Answer], waits: Sequence[float] | None = None) -> Answer:
    """Ask again while Excel is busy, at most once for each of the waits (WAITS by default).

    Raises whatever the last try raised.
    """
    for wait in WAITS if waits is None else waits:
        try:
            return ask()
        except Exception as problem:
            if not is_busy(problem):
                raise
        time.sleep(wait)
    return ask()


def is_busy(problem: BaseException) -> bool:
    """Whether Excel refused to listen now, and may listen later."""
    if getattr(problem, "hresult", None) in _REJECTED:
        return True
    inner = getattr(problem, "excepinfo", None)
    if isinstance(inner, tuple) and len(inner) > _SCODE and inner[_SCODE] in _REJECTED:
        return True
    if getattr(problem, "errornumber", None) == _TIMED_OUT_ON_MAC:
        return True
    # pywin32 takes a rejected call for an attribute that is not there.
    return sys.platform == "win32" and isinstance(problem, AttributeError)
