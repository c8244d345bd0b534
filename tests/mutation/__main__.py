"""Patterns of mutants' names in, none for all; which of them no test noticed, out.

With `--sample`, so many of them: at least one of every function, the others at random. A process
lives on from mutant to mutant (living.py). A survivor gets a second look in a process of its own,
in which it is there from the import on, by all tests that plan something.

What was noticed is kept in build/mutation/, so that a second run goes on; survivors are asked
about again.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

from tests.mutation import mutants

# The quickest that tell: the living process runs these.
TESTS: Final = ("tests/spec", "tests/plan", "tests/golden", "tests/properties")
# Of computing. Nearly all that is noticed is noticed in the first.
FIRST_SECONDS: Final = 12
ALL_SECONDS: Final = 3600
OPTIONS: Final = (
    "-q",
    "--tb=no",
    "-p",
    "no:cacheprovider",
    "--hypothesis-profile=mutation",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)


def main(arguments: list[str]) -> int:
    """Run, and print the counts by stage and those that survived both looks."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation")
    asked.add_argument("patterns", nargs="*", metavar="PATTERN")
    asked.add_argument("--sample", type=int, metavar="N")
    asked.add_argument("--seed", type=int, default=8)
    options = asked.parse_args(arguments)
    mutants.make()
    names = mutants.matching(mutants.names(), options.patterns)
    if options.sample is not None:
        names = mutants.sample(names, options.sample, options.seed)
    kept = mutants.HOME / f"noticed-{mutants.digest()}.jsonl"
    noticed = {told["mutant"] for told in _kept(kept)}
    survivors = []
    with kept.open("a", encoding="utf-8") as file:
        for told in _looks((name for name in names if name not in noticed), FIRST_SECONDS):
            _tell(told, file)
            if told["fate"] != "noticed":
                survivors.append(told)
        again = [told["mutant"] for told in survivors if told["tests"] < told["of"]]
        for told in _looks(again, ALL_SECONDS):
            _tell(told, file)
            if told["fate"] == "noticed":
                survivors = [one for one in survivors if one["mutant"] != told["mutant"]]
        for told in list(survivors):
            if (told["at_import"] or not told["of"]) and noticed_anew(told["mutant"]):
                survivors.remove(told)
    _summary(names, [told["mutant"] for told in survivors])
    return 0


def _kept(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _looks(names: Iterable[str], seconds: float) -> Iterator[dict[str, Any]]:
    """What became of each; where the process ends of it, that is what was noticed."""
    process = None
    for name in names:
        for _ in range(2):
            if process is None or process.poll() is not None:
                process = _living()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({"mutant": name, "seconds": seconds}) + "\n")
            process.stdin.flush()
            if answer := process.stdout.readline():
                yield json.loads(answer)
                break
            if process.wait() < 0:
                yield {"mutant": name, "fate": "noticed", "by": f"signal {-process.returncode}"}
                break
        else:
            raise RuntimeError(f"{name}: the tests fail without it, too.")
    if process is not None and process.poll() is None:
        process.communicate()


def _living() -> subprocess.Popen[str]:
    known = mutants.HOME / f"tests-{mutants.digest()}.json"
    return subprocess.Popen(
        [mutants.python(), "-m", "tests.mutation.living", known, *OPTIONS, *TESTS],
        cwd=mutants.MUTANTS,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def _tell(told: Mapping[str, Any], kept: TextIO) -> None:
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()
    if told["fate"] == "noticed":
        kept.write(f"{json.dumps(told)}\n")
        kept.flush()


def noticed_anew(name: str) -> bool:
    """Whether any test notices the mutant when it is there from the import on."""
    looked = subprocess.run(
        [mutants.python(), "-m", "pytest", "-x", *OPTIONS, *TESTS],
        cwd=mutants.MUTANTS,
        env={**_environment(), "MUTANT_UNDER_TEST": name},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return looked.returncode != 0


def _environment() -> dict[str, str]:
    return {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": "src"}


def _summary(names: Iterable[str], survivors: Iterable[str]) -> None:
    asked = Counter(map(mutants.stage_of, names))
    left = Counter(map(mutants.stage_of, survivors))
    for stage in mutants.STAGES:
        sys.stdout.write(f"{stage}: {asked[stage]} run, {left[stage]} survived both looks\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
