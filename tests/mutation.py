"""Names of mutants, or how many to draw, in; which of them no test noticed, out.

mutmut changes a line of score, match or plan, thousands of times, and tells which tests come by the
changed function. Each mutant is looked at by the quickest of those tests, then by all of them. What
a fixture of a whole module computes counts for the first test that asks for it, so a survivor gets
a second look: all other tests of tests/spec and tests/plan, and those of tests/properties.

mutmut runs in an environment of its own beside the project's packages. All mutants take a day; a
sample is drawn from all functions, in an order that a seed decides, so that it may end at any time.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import sysconfig
import time
import venv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
TOOL: Final = "mutmut==3.8.1"
HOME: Final = ROOT / "build" / "mutation"
MUTANTS: Final = ROOT / "mutants"
LAWS: Final = "tests/properties"
ALL: Final = ("tests/plan", "tests/spec", LAWS)
# What `mutmut run` does before it runs a mutant.
_MAKE: Final = """
from pathlib import Path
from mutmut import __main__ as mutmut

mutmut.set_mutant_under_test("mutant_generation")
Path("mutants").mkdir(exist_ok=True)
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.setup_source_paths()
mutmut.store_lines_covered_by_tests()
mutmut.create_mutants(1)
mutmut.collect_or_load_stats(mutmut.get_mutant_runner(1), apply_config_invalidation=True)
"""
_CPU_SECONDS = 120
"""Of the laws, whose time is not known, and of what is imported."""
_OF_ITS_OWN_FILE, _OF_A_FILE, _OF_OTHERS = 12, 2, 6


def function_of(mutant: str) -> str:
    """The function that a mutant changes, as mutmut writes it."""
    return mutant.rpartition("__mutmut_")[0]


def stage_of(mutant: str) -> str:
    """Score, match or plan."""
    return mutant.split(".")[1]


def drawn(mutants: Iterable[str], number: int, seed: int) -> list[str]:
    """Draw mutants without repetition: one of each function, then another of each, and so on.

    Functions come in another random order in each round, so whatever part of the list is looked at
    is a fair sample of functions.
    """
    draw = random.Random(seed)
    left: dict[str, list[str]] = {}
    for mutant in sorted(mutants):
        left.setdefault(function_of(mutant), []).append(mutant)
    for of_one in left.values():
        draw.shuffle(of_one)
    chosen: list[str] = []
    while len(chosen) < number and left:
        for function in draw.sample([*left], len(left)):
            chosen.append(left[function].pop())
            if not left[function]:
                del left[function]
    return chosen[:number]


@dataclass(frozen=True)
class Known:
    """All mutants, the tests that come by each function, and the seconds that each test takes."""

    mutants: tuple[str, ...]
    tests: Mapping[str, Sequence[str]]
    seconds: Mapping[str, float]

    def quickest(self, mutant: str) -> list[str]:
        """The quickest tests that come by it: of the file that is called so, and of others."""
        files: Counter[str] = Counter()
        quickest: list[str] = []
        for test in sorted(self._tests(mutant), key=lambda test: (self.seconds[test], test)):
            files[_file(test)] += 1
            most = _OF_ITS_OWN_FILE if _is_called_so(test, mutant) else _OF_A_FILE
            if files[_file(test)] <= most:
                quickest.append(test)
        own = [test for test in quickest if _is_called_so(test, mutant)]
        others = [test for test in quickest if test not in own]
        return own + sorted(others[:_OF_OTHERS], key=_file)

    def all(self, mutant: str) -> list[str]:
        """All of them, file by file: the one that is called so, then the quickest."""
        tests = self._tests(mutant)
        seconds: dict[str, float] = {}
        for test in tests:
            seconds[_file(test)] = seconds.get(_file(test), 0) + self.seconds[test]
        return sorted(
            tests,
            key=lambda test: (not _is_called_so(test, mutant), seconds[_file(test)], _file(test)),
        )

    def rest(self, mutant: str) -> list[str]:
        """Every other test of all."""
        come_by = {*self._tests(mutant)}
        return [test for test in self.seconds if test not in come_by] + [LAWS]

    def cpu_seconds(self, tests: Iterable[str]) -> int:
        """How long they may take: a mutant that runs on ten times as long is noticed."""
        return _CPU_SECONDS + 10 * int(sum(self.seconds.get(test, 0) for test in tests))

    def _tests(self, mutant: str) -> Sequence[str]:
        return self.tests.get(function_of(mutant), ())


def _file(test: str) -> str:
    return test.partition("::")[0]


def _is_called_so(test: str, mutant: str) -> bool:
    """Whether the test's file is called like the mutant's module: test_costs.py of costs.py."""
    return Path(_file(test)).stem == f"test_{function_of(mutant).split('.')[-2]}"


class Looks:
    """The process that looks, in the tool's environment."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [_python(), "-m", "tests.mutation_looks"],
            cwd=MUTANTS,
            env=_environment() | {"PYTHONPATH": "src"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def noticed(self, mutant: str, tests: Sequence[str], cpu_seconds: int) -> bool:
        """Whether one of the tests notices the mutant."""
        assert self._process.stdin
        assert self._process.stdout
        asked: Mapping[str, Any] = {"mutant": mutant, "tests": tests, "cpu_seconds": cpu_seconds}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        noticed: bool = json.loads(self._process.stdout.readline())
        return noticed

    def survives(self, mutant: str, known: Known) -> bool:
        """Whether no test notices it, at the first look and the second."""
        looks = known.quickest(mutant), known.all(mutant), known.rest(mutant)
        return not any(
            tests and self.noticed(mutant, tests, known.cpu_seconds(tests)) for tests in looks
        )


def _python() -> Path:
    """The environment's Python; it is made when it is first asked for."""
    if not HOME.exists():
        venv.create(HOME, with_pip=True)
        [python] = HOME.glob("bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", TOOL], check=True)
        [packages] = HOME.glob("lib/python*/site-packages")
        # A path named in a .pth file is searched, but its own .pth files are not read: the
        # project's packages are found, the checkout itself is not, only its mutants.
        (packages / "project.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    [python] = HOME.glob("bin/python")
    return python


def _environment() -> dict[str, str]:
    """One thread each: polars' threads do not live on in the processes that are forked.

    Bytecode is kept, since the files with all mutants take seconds to compile.
    """
    ours = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"POLARS_MAX_THREADS": "1"}


def made() -> Known:
    """Let mutmut make all mutants, or those of changed files, and watch the tests."""
    made = subprocess.run(
        [_python(), "-c", _MAKE], cwd=ROOT, env=_environment(), capture_output=True, check=False
    )
    if made.returncode:
        sys.stderr.buffer.write(made.stdout + made.stderr)
        made.check_returncode()
    return known()


def known() -> Known:
    """What mutmut keeps of it."""
    told = json.loads((MUTANTS / "mutmut-stats.json").read_text("utf-8"))
    files = (json.loads(file.read_text("utf-8")) for file in MUTANTS.glob("src/**/*.meta"))
    mutants = tuple(mutant for file in files for mutant in file["exit_code_by_key"])
    return Known(mutants, told["tests_by_mangled_function_name"], told["duration_by_test"])


def _asked_for(words: argparse.Namespace, known: Known) -> list[str]:
    if words.sample:
        return drawn(known.mutants, words.sample, words.seed)
    patterns = words.names or ["*"]
    return [name for name in known.mutants if any(fnmatch(name, one) for one in patterns)]


def _words(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("names", nargs="*", help="mutants, with * for any letters; all without")
    parser.add_argument("--sample", type=int, help="draw so many of all instead")
    parser.add_argument("--seed", type=int, default=8, help="decides which are drawn")
    parser.add_argument("--minutes", type=float, help="begin no look after so many")
    return parser.parse_args(arguments)


def looked_at(
    mutants: Sequence[str], known: Known, looks: Looks, minutes: float | None
) -> Iterator[str]:
    """Look at each, and say of each what became of it; counts by stage at the end."""
    start = time.monotonic()
    counts: Counter[tuple[str, bool]] = Counter()
    for number, mutant in enumerate(mutants, start=1):
        begun = time.monotonic()
        if minutes is not None and begun - start > 60 * minutes:
            break
        survives = looks.survives(mutant, known)
        counts[stage_of(mutant), survives] += 1
        fate = "survived" if survives else "noticed"
        yield f"{number} {mutant} {fate} {time.monotonic() - begun:.1f} s"
    for stage in sorted({stage for stage, _ in counts}):
        noticed, survived = counts[stage, False], counts[stage, True]
        yield f"{stage}: {noticed + survived} looked at, {noticed} noticed, {survived} survived."
    yield f"{counts.total()} of {len(mutants)} asked for, of {len(known.mutants)} mutants."


def main(arguments: Sequence[str]) -> int:
    """Look, and print what survived both looks."""
    words = _words(arguments)
    all_of_them, looks = made(), Looks()
    if looks.noticed("", ALL, all_of_them.cpu_seconds(all_of_them.seconds)):
        raise RuntimeError("A test fails although nothing is changed: a look would tell nothing.")
    asked_for = _asked_for(words, all_of_them)
    for line in looked_at(asked_for, all_of_them, looks, words.minutes):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
