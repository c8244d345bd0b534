"""What somebody does while results are worked out, between the reading and the writing."""

from collections.abc import Callable

import pytest

from stepladder import refresh_open
from stepladder.run_book import Computed, compute


def meanwhile(
    patch: pytest.MonkeyPatch, does: Callable[[], object], *, every_time: bool = False
) -> None:
    """Let it happen once the first run is worked out, or each of them."""
    times = 0

    def worked_out(*arguments: object) -> Computed:
        nonlocal times
        computed = compute(*arguments)  # type: ignore[arg-type]  # handed on as they came
        times += 1
        if every_time or times == 1:
            does()
        return computed

    patch.setattr(refresh_open, "compute", worked_out)
