"""Question 12: how soon a command starts, and a small cohort is done, beside the imports alone."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from unittest.mock import patch

from tests.benchmarks.cohort import AS_OF
from tests.benchmarks.costs import Cost, cost_of_command, in_turns
from tests.benchmarks.report import Table, ratio, seconds

from stepladder import shipped

_IMPORTS = "importing polars, pandera and XlsxWriter"
_AS_IN_AN_OFFICE = (
    "import sys; from tests.live.office_python import Absent; sys.meta_path.insert(0, Absent); "
)
_LIBRARIES = f"{_AS_IN_AN_OFFICE} import polars, pandera.polars, xlsxwriter"
_OURS = f"{_AS_IN_AN_OFFICE} from stepladder.cli import main; main()"
_EXAMPLE = ("example-applicants-fictional.csv", "example-programs-fictional.csv")
_ROWS_NEED_FIXING = 1


def the_start(repetitions: int) -> Table:
    """Time the start, the imports and the example cohort in turns."""
    with tempfile.TemporaryDirectory() as name, patch.dict("os.environ"):
        # An office's Python keeps its bytecode, and so the first run is not the rule.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        contestants = _contestants(Path(name))
        for run in contestants.values():
            run()
        found = in_turns(contestants, repetitions)
    imports = found[_IMPORTS].cpu
    return Table(
        "The start",
        "Each a process of its own, with the imports of an office, which has neither pandas nor "
        "hypothesis, and with bytecode that is there. The example cohort is the one that the "
        "package brings: 67 applicants, 110 programs and 59 findings. Ratio: CPU time over that "
        "of the imports. The aim for the example cohort: twice the imports.",
        ("Command", "Time, s", "CPU s", "**Ratio, CPU**"),
        [
            (what, seconds(cost.wall), seconds(cost.cpu), ratio(cost.cpu, imports))
            for what, cost in found.items()
        ],
    )


def _contestants(folder: Path) -> Mapping[str, Callable[[], Cost]]:
    applicants, programs = (str(shipped.workbooks() / name) for name in _EXAMPLE)
    batch = ("batch", applicants, "--programs", programs, "--as-of", str(AS_OF), "--quiet")

    def ours(*arguments: str) -> Callable[[], Cost]:
        command = [sys.executable, "-c", _OURS, *arguments]
        return partial(cost_of_command, command, (0, _ROWS_NEED_FIXING))

    return {
        "stepladder --help": ours("--help"),
        _IMPORTS: partial(cost_of_command, [sys.executable, "-c", _LIBRARIES]),
        "stepladder batch of the example cohort, into CSV": ours(
            *batch, "--out", str(folder / "results")
        ),
        "the same, into a workbook": ours(*batch, "--out", str(folder / "results.xlsx")),
    }
