"""A cohort's file in; on how many threads polars and numpy run, told before either starts."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_FEW_BYTES: Final = 128 * 1024
"""Several hundred applicants as CSV, some thousand in a workbook: one thread is as quick."""
_READ_AT_IMPORT: Final = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS")


def one_for_few(cohort: Path) -> None:
    """Let polars and numpy take one thread for a small cohort, unless they were told how many.

    A run asks a thousand questions, and waking other threads for a few hundred rows costs a tenth
    of its processor time and gains nothing. Both libraries look when they are imported; where
    polars is, as in a process that lasts, nothing is set.
    """
    if "polars" in sys.modules:
        return
    # What is wrong with a path is told by its reader.
    with suppress(OSError):
        if cohort.is_file() and cohort.stat().st_size <= _FEW_BYTES:
            for setting in _READ_AT_IMPORT:
                os.environ.setdefault(setting, "1")
