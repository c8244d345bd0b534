"""Mutants on stdin, one JSON a line; what became of each on stdout, one JSON a line.

pytest imports and collects once. Then each mutant is switched on, the tests that come by its
function run until one fails, and all that was computed meanwhile is thrown away. That test has to
pass without the mutant right after, or the process is no longer sound, and ends.

First each test is run alone, to see which functions it comes by and what it costs. Functions that
run at import do not notice a switch: their mutants are told apart (`at_import`).
"""

import functools
import gc
import json
import os
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import pytest
from hypothesis import HealthCheck, settings

# A mutant that runs on is ended by the system: this many seconds of computing, and 20 times what
# the test takes without; and ten minutes where it waits for nothing.
SECONDS: Final = 10
WAITING: Final = 600
MEMORY: Final = 12 * 2**30
EXAMPLES: Final = 5
"""Of each law. Whether a mutant fails is the question; what fails by chance alone tells little."""


class Living:
    """A pytest session whose loop is the mutants'."""

    def __init__(self, questions: IO[str], answers: IO[str], known: Path) -> None:
        self.questions = questions
        self.answers = answers
        self.known = known
        self.switched_on = "stats"
        self.failed = False
        self.hits: list[set[str]] = [set()]
        self.shared: list[float] = [0]
        self.fixtures: dict[object, tuple[set[str], float]] = {}
        self.items: list[pytest.Function] = []
        self.at_import: set[str] = set()
        self.tests: dict[str, list[int]] = defaultdict(list)
        self.cost: list[float] = []
        self.told: dict[str, Counter[int]] = defaultdict(Counter)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Whether any part of a test failed."""
        self.failed |= report.failed

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        """What a fixture comes by and costs counts for every test that asks for it."""
        self.hits.append(set())
        self.shared.append(0)
        started = time.process_time()
        try:
            return (yield)
        finally:
            came_by, within = self.hits.pop(), self.shared.pop()
            seconds = time.process_time() - started
            self.fixtures[fixturedef] = (came_by, seconds - within)
            self.hits[-1] |= came_by
            self.shared[-1] += seconds

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Look at each mutant that is asked for."""
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]
        for item in self.items:
            lessen_examples(item)
        self.switched_on = ""
        self.at_import = set(self.hits[0])
        self._learn()
        for line in self.questions:
            asked = json.loads(line)
            self._tell({**asked, **self._fate(session, asked["mutant"], asked["seconds"])})
        return True

    def _learn(self) -> None:
        """Which functions each test comes by, and what it costs in seconds of computing."""
        if self.known.exists():
            learnt = json.loads(self.known.read_text("utf-8"))
            if [item.nodeid for item in self.items] == learnt["items"]:
                self.cost = learnt["cost"]
                self.tests.update(learnt["tests"])
                return
        for number, item in enumerate(self.items):
            started = time.process_time()
            with self._switched("stats"):
                self.hits, self.shared = [set()], [0]
                if self._fails(item, nextitem=next(iter(self.items[number + 1 :]), None)):
                    raise pytest.UsageError(f"{item.nodeid} fails without a mutant.")
            own = time.process_time() - started - self.shared[0]
            named = item._fixtureinfo.name2fixturedefs
            asked = [self.fixtures[each] for name in named for each in named[name][-1:]]
            self.cost.append(own + sum(seconds for _, seconds in asked))
            for function in self.hits[0].union(*(came_by for came_by, _ in asked)):
                self.tests[function].append(number)
        learnt = {
            "items": [item.nodeid for item in self.items],
            "cost": self.cost,
            "tests": self.tests,
        }
        self.known.write_text(json.dumps(learnt), encoding="utf-8")

    def _fate(self, session: pytest.Session, name: str, seconds: float) -> dict[str, object]:
        function = name.partition("__mutmut_")[0]
        module = function.rpartition(".")[0]
        before = (self.told[function], self.told[module])
        of_module = f"test_{module.rpartition('.')[2]}.py"
        order = sorted(
            self.tests.get(function, ()),
            key=lambda number: (
                *(-each[number] for each in before),
                self.items[number].path.name != of_module,
                self.cost[number],
            ),
        )
        started = time.process_time()
        with self._switched(name):
            count, noticed_by = self._first_to_fail(order, seconds)
            self._forget(session)
        told: dict[str, object] = {
            "tests": count,
            "of": len(order),
            "seconds": time.process_time() - started,
        }
        if noticed_by is None:
            fate = "survived" if count == len(order) else "cut short"
            return {"fate": fate, "at_import": function in self.at_import or not order, **told}
        item = self.items[noticed_by]
        if self._fails(item, nextitem=None, cost=self.cost[noticed_by]):
            # Something was left behind. The next process asks again.
            os._exit(3)
        for each in before:
            each[noticed_by] += 1
        return {"fate": "noticed", "by": item.nodeid, **told}

    def _first_to_fail(self, order: list[int], seconds: float) -> tuple[int, int | None]:
        """How many tests ran in so many seconds, and the one that failed."""
        end = time.process_time() + seconds
        for count, number in enumerate(order, 1):
            after = next((self.items[other] for other in order[count : count + 1]), None)
            if self._fails(self.items[number], nextitem=after, cost=self.cost[number]):
                return count, number
            if time.process_time() > end:
                return count, None
        return len(order), None

    def _fails(
        self, item: pytest.Function, *, nextitem: pytest.Function | None, cost: float = 60
    ) -> bool:
        self.failed = False
        signal.setitimer(signal.ITIMER_PROF, SECONDS + 20 * cost)
        signal.alarm(WAITING)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        return self.failed

    def _forget(self, session: pytest.Session) -> None:
        """End every fixture that is still alive."""
        session._setupstate.teardown_exact(None)

    @contextmanager
    def _switched(self, name: str) -> Iterator[None]:
        clear_caches()
        self.switched_on = name
        try:
            yield
        finally:
            self.switched_on = ""
            clear_caches()

    def _tell(self, told: object) -> None:
        self.answers.write(json.dumps(told) + "\n")
        self.answers.flush()


def lessen_examples(test: pytest.Function) -> None:
    """Let hypothesis take few examples, however many the law asks for."""
    law: Any = test.obj
    if given := getattr(law, "_hypothesis_internal_use_settings", None):
        law._hypothesis_internal_use_settings = settings(
            given,
            max_examples=min(EXAMPLES, given.max_examples),
            suppress_health_check=list(HealthCheck),
        )


@functools.cache
def caches() -> list[Any]:
    """What functions of the stages and of the tests remember."""
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, functools._lru_cache_wrapper)
        and each.__module__.startswith(
            ("stepladder.score", "stepladder.match", "stepladder.plan", "tests.")
        )
    ]


def clear_caches() -> None:
    """Forget what another mutant computed."""
    for cache in caches():
        cache.cache_clear()


def main(known: str, options: list[str]) -> int:
    """Be asked by another process; `known` is the file of what each test comes by."""
    from mutmut.mutation import trampoline  # noqa: PLC0415

    # What a test reads or prints is not for us.
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    living = Living(questions, answers, Path(known))
    trampoline.record_trampoline_hit = lambda name, **_: living.hits[-1].add(name)
    # Functions ask at each call: a variable of the environment would take most of the time.
    trampoline.get_mutant_under_test = lambda: living.switched_on
    return pytest.main(options, plugins=[living])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
