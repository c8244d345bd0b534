"""Work in; the median of what it takes, alone or in turns with its peers, out."""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and of CPU over all threads; peak memory in MiB where it was asked."""

    wall: float
    cpu: float
    peak_mib: float = 0.0


def cost_of_work(work: Callable[[], object]) -> Cost:
    """What a call takes in this process; its peak memory is not told."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def cost_of_command(command: Sequence[str], accepted: Sequence[int] = (0,)) -> Cost:
    """What a command takes as a process of its own.

    Raises RuntimeError, with what the command printed, where it ends with another code.
    """
    timed = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.stopwatch", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    told = json.loads(timed.stdout)
    if told.pop("exit_code") not in accepted:
        raise RuntimeError(f"{command}: {timed.stderr}")
    return Cost(**told)


def in_turns(contestants: Mapping[str, Callable[[], Cost]], repetitions: int) -> Mapping[str, Cost]:
    """The medians of each contestant; they take turns, so that a busy minute hits all of them."""
    found: dict[str, list[Cost]] = {name: [] for name in contestants}
    for _ in range(repetitions):
        for name, contestant in contestants.items():
            found[name].append(contestant())
    return {
        name: Cost(
            median(cost.wall for cost in costs),
            median(cost.cpu for cost in costs),
            median(cost.peak_mib for cost in costs),
        )
        for name, costs in found.items()
    }
