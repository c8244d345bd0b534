"""Nothing in; the facts of this machine, out."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from stepladder.doctor.facts import Machine
from stepladder.doctor.places import VARIABLES

if sys.platform == "win32":
    from stepladder.doctor import windows as system
elif sys.platform == "darwin":
    from stepladder.doctor import mac as system
else:
    from stepladder.doctor import elsewhere as system


def this_machine() -> Machine:
    """Look at the Python that runs, the system it runs on, and Excel."""
    return Machine(
        system=system.SYSTEM,
        python=sys.executable,
        python_version=platform.python_version(),
        python_bits=64 if sys.maxsize > 2**32 else 32,
        stepladder=version("stepladder"),
        xlwings=_xlwings(),
        excel=system.excel(),
        macros=system.macro_settings(),
        variables={name: os.environ[name] for name in VARIABLES if os.environ.get(name)},
        scripts=system.scripts(),
    )


def is_marked(path: Path) -> bool | None:
    """Whether a file bears the mark of a download; None where the system cannot tell."""
    return system.is_marked(path)


def take_mark_off(path: Path) -> None:
    """Let the system forget that a file was downloaded. Raises OSError."""
    system.take_mark_off(path)


def _xlwings() -> str | None:
    try:
        return version("xlwings")
    except PackageNotFoundError:
        return None
