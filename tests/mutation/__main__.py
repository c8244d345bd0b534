"""Patterns of mutants' names in, none for all; what became of each, and the survivors, out.

With `--sample`, so many of them: at least one of every function, the others at random. A process
lives on from mutant to mutant (living.py). The first look ends after a few seconds of computing;
what survives it gets a second look by every test that comes by. A mutant of a function that runs
at import, or that no test comes by, gets a third, in a process of its own, by more tests.

What was noticed is kept in build/mutation/, so that a second run goes on; survivors are asked
about again.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

from tests.mutation import mutants

TESTS: Final = ("tests/spec", "tests/plan", "tests/golden", "tests/levers", "tests/properties")
OTHERS: Final = ("tests/calibrate",)
"""Of stages that ask score and match themselves."""
OPTIONS: Final = (
    *("-q", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-profile=mutation"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
FIRST_SECONDS: Final = 12
"""Of computing. Nearly all that is noticed is noticed in less."""
ALL_SECONDS: Final = 3600

Told = Mapping[str, Any]
NOTICED, SURVIVED, CUT_SHORT = "noticed", "survived", "cut short"
ENDED_BY_MUTANT: Final = {
    signal.SIGPROF,  # It ran on.
    signal.SIGALRM,  # It waited.
    signal.SIGABRT,  # polars or numpy gave up, for want of memory for one.
    signal.SIGSEGV,
}


def main(arguments: list[str]) -> int:
    """Look at each, and print what became of it; the counts by stage and the survivors at last."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation")
    asked.add_argument("patterns", nargs="*", metavar="PATTERN", help="with * for any letters")
    asked.add_argument("--sample", type=int, metavar="N", help="draw so many of them")
    asked.add_argument("--seed", type=int, default=8, help="decides which are drawn")
    asked.add_argument("--minutes", type=float, default=float("inf"), help="of first looks")
    options = asked.parse_args(arguments)
    mutants.make()
    names = mutants.matching(mutants.names(), options.patterns)
    if options.sample is not None:
        names = mutants.sample(names, options.sample, options.seed)
    kept = mutants.HOME / f"noticed-{mutants.digest()}.jsonl"
    end = time.monotonic() + 60 * options.minutes
    told = {one["mutant"]: one for one in _kept(kept)}
    with kept.open("a", encoding="utf-8") as file:
        new = (name for name in names if name not in told and time.monotonic() < end)
        for one in _looks(new, FIRST_SECONDS):
            told[one["mutant"]] = _tell(one, file)
        longer = [name for name, one in told.items() if one["fate"] == CUT_SHORT]
        for one in _looks(longer, ALL_SECONDS):
            told[one["mutant"]] = _tell(one, file)
        for name, one in told.items():
            if one["fate"] == SURVIVED and one["at_import"] and noticed_anew(name):
                told[name] = _tell({**one, "fate": NOTICED, "by": "a process of its own"}, file)
    _summary({name: told[name]["fate"] for name in names if name in told})
    return 0


def _kept(path: Path) -> list[Told]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def _looks(names: Iterable[str], seconds: float) -> Iterator[Told]:
    """What became of each; where a mutant ends the process, it is noticed by that."""
    process = None
    for name in names:
        for attempt in range(2):
            if process is None or process.poll() is not None:
                process = _living()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({"mutant": name, "seconds": seconds}) + "\n")
            process.stdin.flush()
            if answer := process.stdout.readline():
                yield json.loads(answer)
                break
            ended = -process.wait()
            # A process that was made to stand still for a while ends as one that waited does.
            if ended in ENDED_BY_MUTANT and (attempt or ended != signal.SIGALRM):
                yield {"mutant": name, "fate": NOTICED, "by": signal.Signals(ended).name}
                break
        else:
            raise RuntimeError(f"{name}: the process of the tests ended twice, not by this mutant.")
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


def _tell(told: Told, kept: TextIO) -> Told:
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()
    if told["fate"] == NOTICED:
        kept.write(f"{json.dumps(told)}\n")
        kept.flush()
    return told


def noticed_anew(name: str) -> bool:
    """Whether any test notices the mutant when it is there from the import on."""
    looked = subprocess.run(
        [mutants.python(), "-m", "pytest", "-x", *OPTIONS, *OTHERS, *TESTS],
        cwd=mutants.MUTANTS,
        env={**_environment(), "MUTANT_UNDER_TEST": name},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return looked.returncode != 0


def _environment() -> dict[str, str]:
    return {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": "src"}


def _summary(fates: Mapping[str, str]) -> None:
    counts = Counter((mutants.stage_of(name), fate) for name, fate in fates.items())
    for stage in mutants.STAGES:
        noticed = counts[stage, NOTICED]
        survived = counts[stage, SURVIVED]
        sys.stdout.write(
            f"{stage}: {noticed + survived} run, {noticed} noticed, {survived} survived\n"
        )
    sys.stdout.writelines(f"{name} survived.\n" for name, fate in fates.items() if fate == SURVIVED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
