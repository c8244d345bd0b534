"""Real workbooks in; 2,000 broken ones of them given to check, adopt and refresh; a table out.

Run `make mutations`. Each is made from a number that the table's faults name, so that
`python -m tests.corpus.mutations --only NUMBER` gives the same one again. The law: each is refused
in one sentence and stays as it was, or is handled right; nothing crashes, hangs or is left over.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from tests.cli.command import AS_OF, Done, contents, run
from tests.corpus.__main__ import FOLDER, KINDS
from tests.corpus.mutants import mutant

from stepladder.books.apart import Apart
from stepladder.books.guard import damage_told
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.books.saved_book import SavedBook
from stepladder.errors import InputError
from stepladder.refresh import applicants_schema, programs_schema
from stepladder.rosters import rosters

TIMES: Final = 2_000
SEED: Final = 8
_SECONDS: Final = 120
_MEMORY: Final = 4 << 30
_ADOPTED: Final = 12
"""So many workbooks are adopted and then broken: to adopt one takes longer than all else."""
_WHOLE: Final = 6
_TOLD_EVERY: Final = 20
_AGAIN: Final = 5
"""Of so many results one is refreshed again."""
_LAST_EXIT_CODE: Final = 6
_HANDLED: Final = (0, 1)


@dataclass
class Outcome:
    """One broken workbook: what was done to it, what each command said, and what is wrong."""

    number: int
    name: str
    kind: str
    ends: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def main() -> None:
    """Print the table, and with what to repeat a fault; exit code 1 for any."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.mutations", description=__doc__)
    parser.add_argument("--times", type=int, default=TIMES, help=f"how many; default: {TIMES}")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of all; default: {SEED}")
    parser.add_argument("--only", type=int, nargs="*", help="these numbers")
    cores = os.cpu_count() or 1
    parser.add_argument("--processes", type=int, default=cores, help=f"default: {cores}")
    given = parser.parse_args()
    files = sorted(path for path in FOLDER.iterdir() if path.suffix in KINDS)
    numbers = range(given.times) if given.only is None else given.only
    cores = given.processes
    shares = [[*numbers][start::cores] for start in range(cores)]
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(cores) as pool:
        runs = [pool.submit(lambda s: [*over(files, given.seed, s)], share) for share in shares]
        for finished in runs:
            outcomes += finished.result()
    for line in report(outcomes, given.seed):
        sys.stdout.write(line + "\n")
    sys.exit(any(outcome.faults for outcome in outcomes))


def over(files: Sequence[Path], seed: int, numbers: Sequence[int]) -> Iterator[Outcome]:
    """Let a process of its own go over some numbers; one that dies is a fault of its workbook."""
    with Apart(lambda _: _SECONDS, _MEMORY) as apart:
        for place, number in enumerate(numbers):
            path = files[Random(f"{seed} {number}").randrange(len(files))]
            try:
                outcome = apart.read(one, path, f"{seed} {number}")
            except InputError as ended:
                outcome = Outcome(number, path.name, "?", faults=[ended.message])
            if place % _TOLD_EVERY == 0:
                sys.stderr.write(f"… {place} of {len(numbers)}\n")
            if outcome.faults:
                sys.stderr.write(f"{number} {path.name}: {outcome.faults[0]}\n")
            yield outcome


def one(path: Path, told: str | None) -> Outcome:
    """Break one workbook and give it to the commands.

    All go to check and to the reader of adopt and refresh. Every third was adopted before it was
    broken. Every sixth is refreshed, and another sixth adopted: that takes ten times as long.

    told  the seed and the number
    """
    number = int(str(told).split()[1])
    chance = Random(told)
    chance.random()
    is_ours = number % 3 == 0
    others = sorted(one for one in path.parent.iterdir() if one.suffix in KINDS)
    content = (_adopted(others[number // 3 % _ADOPTED]) if is_ours else None) or path.read_bytes()
    kind, broken = mutant(content, chance, chance.choice(others).read_bytes())
    outcome = Outcome(number, path.name, kind)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / f"Book{path.suffix}"
        book.write_bytes(broken)
        try:
            outcome.ends["read"] = _read(book)
        except BaseException:  # noqa: BLE001 - a panic of polars is no Exception
            outcome.faults.append(f"read: {traceback.format_exc()}")
        commands = ["check", *({0: ["refresh"], 1: ["adopt"]}.get(number % _WHOLE, []))]
        for command in commands:
            try:
                outcome.faults += _given_to(command, book, outcome)
            except BaseException:  # noqa: BLE001 - a panic of polars is no Exception
                outcome.faults.append(f"{command}: {traceback.format_exc()}")
    return outcome


def _read(book: Path) -> str:
    """Read all that adopt and refresh read: every table, and every list that adopt might take."""
    try:
        saved = SavedBook(book.read_bytes(), book.name)
        for table in saved.tables:
            saved.read(table)
            saved.columns(table, table.columns)
        with damage_told(book.name):
            rosters(saved.outline, (applicants_schema(), programs_schema()))
    except InputError as refusal:
        if not refusal.message.endswith(".") or "\n" in refusal.message:
            raise
        return "exit 3"
    return "handled"


def _given_to(command: str, book: Path, outcome: Outcome) -> Iterator[str]:
    before = contents(book.parent)
    done = run(command, book, "--as-of", AS_OF)
    after = contents(book.parent)
    outcome.ends[command] = "handled" if done.exit_code in _HANDLED else f"exit {done.exit_code}"
    yield from _faults_of(command, done)
    if (done.exit_code not in _HANDLED or command == "check") and before != after:
        yield f"{command}: exit code {done.exit_code}, and the folder is not as it was"
    if done.exit_code in _HANDLED and command != "check":
        outline(Package(after[book.name])).tables  # noqa: B018 - it raises where it is broken
        if outcome.number % _AGAIN == 0:
            again = run("refresh", book, "--as-of", AS_OF)
            outcome.ends["refresh again"] = f"exit {again.exit_code}"
            if again.exit_code not in _HANDLED:
                yield f"{command}: what it wrote, refresh does not take: {again.err}"
        if [name for name in contents(book.parent) if Path(name).name.startswith(".Book.")]:
            yield f"{command}: something was left over"


def _faults_of(command: str, done: Done) -> Iterator[str]:
    if not 0 <= done.exit_code <= _LAST_EXIT_CODE:
        yield f"{command}: exit code {done.exit_code}"
    said = done.err.strip().splitlines()
    if done.exit_code not in _HANDLED and (len(said) != 1 or not said[0].endswith(".")):
        yield f"{command}: refused in other than a sentence: {done.err[:500]!r}"


@cache
def _adopted(path: Path) -> bytes | None:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / path.name
        book.write_bytes(path.read_bytes())
        done = run("adopt", book, "--as-of", AS_OF)
        return book.read_bytes() if done.exit_code in _HANDLED else None


def report(outcomes: Sequence[Outcome], seed: int) -> Iterator[str]:
    """The table: a line for each kind of damage."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.kind].append(outcome)
    yield f"{len(outcomes):,} broken workbooks, seed {seed}"
    yield "| what was done | how many | refused by all | handled by some | faults |"
    yield "|---|---:|---:|---:|---:|"
    totals: Counter[str] = Counter()
    for kind, some in sorted(by_kind.items()):
        handled = sum("handled" in outcome.ends.values() for outcome in some)
        faults = sum(bool(outcome.faults) for outcome in some)
        totals.update(handled=handled, faults=faults)
        yield f"| {kind} | {len(some)} | {len(some) - handled} | {handled} | {faults} |"
    refused = len(outcomes) - totals["handled"]
    yield f"| all | {len(outcomes)} | {refused} | {totals['handled']} | {totals['faults']} |"
    ends = Counter((name, end) for one in outcomes for name, end in one.ends.items())
    for (command, end), times in sorted(ends.items()):
        yield f"{command}: {end}, {times} times"
    alike: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for fault in outcome.faults:
            alike[hashlib.sha256(fault[-300:].encode()).hexdigest()].append(outcome)
    for some in alike.values():
        numbers = " ".join(str(outcome.number) for outcome in some[:5])
        yield f"FAULT, {len(some)} times (--seed {seed} --only {numbers}), {some[0].kind}:"
        yield from ("  " + line for line in some[0].faults[0].splitlines())


if __name__ == "__main__":
    main()
