"""Failures that stop a run, each with its exit code and one sentence that says what to do.

* StepladderError
  · UsageError           2  the command was given wrong options
  · InputError           3  an input is missing, damaged, or no table of ours
  · WorkbookBusyError    4  the workbook is open, locked, or changed meanwhile
  · PolicyError          5  the rulebook or a schema is invalid
  · OutputError          6  the output cannot be written

Exit code 0 is a run without errors in the rows, 1 a run that left rows to fix: neither is a
failure. What is wrong in a single row is a finding, never one of these.
"""

from typing import ClassVar


class StepladderError(Exception):
    """A run that cannot go on; raise one of the kinds below, catch this one.

    The message is one sentence for an advisor: what is wrong, where, and what to do about it.
    It names files, sheets, columns and cells, and never repeats what a person's row holds.
    """

    exit_code: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(StepladderError):
    """The options do not fit together or ask for what cannot be done."""

    exit_code = 2


class InputError(StepladderError):
    """An input is missing, damaged, of a kind that is not read, or has no known header."""

    exit_code = 3


class WorkbookBusyError(StepladderError):
    """The workbook is open elsewhere, locked, or was changed while the run went on."""

    exit_code = 4


class PolicyError(StepladderError):
    """The rulebook or a schema is invalid: an unknown key, a missing source, a bad value."""

    exit_code = 5


class OutputError(StepladderError):
    """The output cannot be written; what stood there before stands there still."""

    exit_code = 6
