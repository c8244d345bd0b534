"""What pytest-cov measured in; how many branches of each stage the tests take, or which not, out.

`make coverage` runs every test and then this, which ends with 1 below a stage's minimum.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MEASURED: Final = Path(__file__).parents[1] / "build" / "coverage.json"
MINIMUM: Final[Mapping[str, float]] = {
    "validate": 97,
    "score": 100,
    "match": 100,
    "plan": 100,
    "books": 89,
}
"""Per cent of a stage's branches. In books/ are those of Windows, Macs and killed processes."""


@dataclass(frozen=True)
class Branches:
    """A stage, the number of its branches, and those that no test takes: `module: line → line`."""

    stage: str
    number: int
    missed: tuple[str, ...]

    @property
    def per_cent(self) -> float:
        """How many of them tests take; all where there are none."""
        return 100 * (1 - len(self.missed) / self.number) if self.number else 100

    @property
    def is_enough(self) -> bool:
        """At least the minimum."""
        return self.per_cent >= MINIMUM[self.stage]

    def __str__(self) -> str:
        return (
            f"{self.stage}: {self.per_cent:.1f} % of {self.number} branches "
            f"(at least {MINIMUM[self.stage]:g} %)"
        )


def branches(measured: Mapping[str, Any]) -> list[Branches]:
    """Count the branches of each stage in coverage's JSON."""
    return [
        Branches(
            stage,
            sum(file["summary"]["num_branches"] for _, file in _of(stage, measured)),
            tuple(
                f"{name}: {start} → {end}"
                for name, file in _of(stage, measured)
                for start, end in file["missing_branches"]
            ),
        )
        for stage in MINIMUM
    ]


def _of(stage: str, measured: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, file in measured["files"].items():
        package, _, name = path.replace("\\", "/").partition(f"stepladder/{stage}/")
        if name and package.endswith("src/"):
            yield f"{stage}/{name}", file


def main(found: Iterable[Branches]) -> int:
    """Print all, and the branches that are missed where there are too many."""
    code = 0
    for stage in found:
        sys.stdout.write(f"{stage}\n")
        if not stage.is_enough:
            code = 1
            sys.stdout.writelines(f"  {missed}\n" for missed in stage.missed)
    return code


if __name__ == "__main__":
    sys.exit(main(branches(json.loads(MEASURED.read_text("utf-8")))))
