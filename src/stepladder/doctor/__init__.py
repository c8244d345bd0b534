"""A machine and perhaps a workbook in; whether the Refresh button will work, in words, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stepladder.doctor.checks import Line, Standing, checks
from stepladder.doctor.facts import Book, Machine
from stepladder.doctor.repairs import repair
from stepladder.doctor.saved_book import saved_book
from stepladder.doctor.this_machine import this_machine

__all__ = ["Report", "examine"]

_WIDTH: Final = max(len(standing.value) for standing in Standing)


@dataclass(frozen=True)
class Report:
    """What was found, after what was done."""

    checks: tuple[Line, ...]
    done: tuple[str, ...]
    book: str | None
    may_fix: bool

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to do, as far as can be told."""
        return not self._left

    def lines(self) -> Iterator[str]:
        """What a person reads."""
        yield from self.done
        if self.done:
            yield ""
        for check in self.checks:
            yield f"{check.standing.value:<{_WIDTH}}  {check.topic}: {check.said}"
            if check.advice:
                yield f"{'':<{_WIDTH}}  → {check.advice}"
        yield ""
        what = self.book or "This machine"
        if self.is_ready:
            unknown = sum(check.standing is Standing.UNKNOWN for check in self.checks)
            yield f"{what} is ready for the Refresh button" + (
                f", as far as can be told here ({unknown} not)." if unknown else "."
            )
        else:
            yield f"{what} is not ready for the Refresh button: {self._left} to do."
        if self.book is None:
            yield "A workbook that is named is examined, too: stepladder doctor cohort.xlsm"
        if self.may_fix and any(check.repair for check in self.checks):
            yield "--fix does what is safe of it."

    @property
    def _left(self) -> int:
        return sum(check.standing is Standing.TO_DO for check in self.checks)


def examine(path: Path | None, *, fix: bool = False, machine: Machine | None = None) -> Report:
    """Look at this machine and, where a path is given, at a saved workbook; mend it if asked to.

    Raises InputError for what is no workbook; WorkbookBusyError and OutputError where it is to be
    mended and cannot.
    """
    found, book = _facts(machine, path)
    lines = tuple(checks(found, book))
    done: tuple[str, ...] = ()
    if fix:
        done = tuple(repair([one.repair for one in lines if one.repair], found, path, book))
    if done:
        found, book = _facts(machine, path)
        lines = tuple(checks(found, book))
    return Report(lines, done, path.name if path else None, may_fix=not fix)


def _facts(machine: Machine | None, path: Path | None) -> tuple[Machine, Book | None]:
    machine = machine or this_machine()
    return machine, saved_book(path, machine) if path else None
