"""Mutants and their tests in, a line each; whether a test noticed the mutant, a line each, out.

Runs in mutmut's environment, in mutants/. Each look is a process that is forked from this one, in
which what takes seconds to import stands ready; polars must not have computed anything before, as
its threads do not live on.
"""

import importlib
import json
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

_OPTIONS: Final = (
    *("-q", "-x", "-p", "no:cacheprovider", "--hypothesis-profile=mutation"),
    # What is imported before pytest starts is not of ours.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


def look(mutant: str, tests: Sequence[str], cpu_seconds: int) -> bool:
    """Whether a test fails, or does not come to its end in that time."""
    process = os.fork()
    if not process:
        os.environ["MUTANT_UNDER_TEST"] = mutant
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os._exit(pytest.main([*_OPTIONS, *tests]))
    _, status = os.waitpid(process, 0)
    code = os.waitstatus_to_exitcode(status)
    if code in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise LookupError(f"{mutant}: pytest ended with {code}")
    return code != pytest.ExitCode.OK


def answers() -> Iterator[str]:
    """Look at each mutant that is asked for."""
    for line in sys.stdin:
        asked = json.loads(line)
        yield json.dumps(look(asked["mutant"], asked["tests"], asked["cpu_seconds"]))


if __name__ == "__main__":
    for module in Path("tests/mutation_preload.txt").read_text("utf-8").split():
        importlib.import_module(module)
    for answer in answers():
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
