"""What xlwings' RunPython does, as a program: the lines it is given, for the workbook it is given.

An office's Python has Stepladder and what it needs. What the tests and benchmarks need besides is
not there for this program either: xlwings would import some of it, which takes a second.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

_NOT_IN_AN_OFFICE: Final = frozenset(
    {"cryptography", "hypothesis", "lxml", "matplotlib", "pandas", "PIL"}
)


class Absent:
    """Finds that a package is not installed."""

    @staticmethod
    def find_spec(
        name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise ModuleNotFoundError for such a package, and leave all others to whoever is next."""
        if name in _NOT_IN_AN_OFFICE:
            message = f"No module named '{name}'"
            raise ModuleNotFoundError(message, name=name)
        return None


def main() -> None:
    """Run these lines of Python for this workbook, in the LibreOffice that listens at this port."""
    port, _interpreter, lines, book = sys.argv[1:]
    sys.meta_path.insert(0, Absent)
    from tests.live import engine, libreoffice  # noqa: PLC0415 - nothing before `Absent` stands

    engine.registered(libreoffice.attached(int(port)))
    sys.argv = ["-c", f"--wb={book}", "--from_xl=1"]
    exec(lines)  # noqa: S102 - it is what the button starts


if __name__ == "__main__":
    main()
