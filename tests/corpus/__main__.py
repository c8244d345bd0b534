"""A folder of real workbooks in; what adopt and refresh did to each, and exit code 1 for a fault.

Run `make corpus`; `python -m tests.corpus --quick` takes a tenth and no LibreOffice.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.corpus.losses import FEATURES
from tests.corpus.one_book import Outcome

FOLDER: Final = Path(os.environ.get("STEPLADDER_CORPUS", "../shared/corpus"))
KINDS: Final = (".xlsx", ".xlsm", ".xltx", ".xltm")
MOST_REFUSED: Final = 0.08
_FILES_EACH: Final = 6
_SECONDS_EACH: Final = 180


def main() -> None:
    """Print what is known as soon as it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth, without LibreOffice")
    parser.add_argument("files", nargs="*", type=Path, help="these files instead of the corpus")
    given = parser.parse_args()
    files = given.files or sorted(path for path in FOLDER.iterdir() if path.suffix in KINDS)
    if given.quick:
        files = files[::10]
    with_office = not given.quick and shutil.which("soffice") is not None
    chunks = [files[start : start + _FILES_EACH] for start in range(0, len(files), _FILES_EACH)]
    first = {path: position for position, path in enumerate(files)}
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(lambda chunk: run(chunk, first[chunk[0]], with_office=with_office), chunks)
        for of_chunk in runs:
            outcomes += of_chunk
            for outcome in of_chunk:
                for fault in outcome.faults:
                    _say(f"BROKEN {outcome.name}: {fault}")
            _say(f"… {len(outcomes)} of {len(files)}", end="\r")
    for line in report(outcomes, with_office=with_office):
        _say(line)
    refused = sum(bool(outcome.refused) for outcome in outcomes)
    is_broken = any(outcome.faults for outcome in outcomes)
    sys.exit(1 if is_broken or refused >= MOST_REFUSED * len(outcomes) else 0)


def run(files: Sequence[Path], first: int, *, with_office: bool) -> list[Outcome]:
    """Let a process of its own go over some files; who kills it is the file it was at."""
    outcomes: list[Outcome] = []
    while files:
        with tempfile.TemporaryDirectory() as folder:
            told = Path(folder) / "told"
            command = [sys.executable, "-m", "tests.corpus.one_book", folder, str(first)]
            command += ["--office"] * with_office
            try:
                ended = subprocess.run(
                    [*command, *map(str, files)],
                    timeout=_SECONDS_EACH * len(files),
                    capture_output=True,
                    encoding="utf-8",
                    check=False,
                    # As many processes run as there are cores.
                    env={**os.environ, "POLARS_MAX_THREADS": "1"},
                )
                said = ended.stderr.strip().splitlines()[-1:]
            except subprocess.TimeoutExpired:
                said = ["it took too long"]
            lines = told.read_text("utf-8").splitlines() if told.exists() else []
            done = [Outcome(**json.loads(line)) for line in lines]
        outcomes += done
        files, first = files[len(done) :], first + len(done)
        if files:
            fault = f"its process ended: {' '.join(said) or 'without a word'}"
            outcomes.append(Outcome(files[0].name, faults=[fault]))
            files, first = files[1:], first + 1
    return outcomes


def report(outcomes: Sequence[Outcome], *, with_office: bool) -> Iterator[str]:
    """The counts."""
    refused = Counter(outcome.refused for outcome in outcomes if outcome.refused)
    broken = [outcome for outcome in outcomes if outcome.faults]
    ways = Counter(way for outcome in outcomes for way in outcome.ways)
    count = len(outcomes)
    yield f"{count} workbooks"
    yield f"  adopted, refreshed, edited and refreshed again: {ways['blank']}"
    yield f"    with the fictional cohort besides: {ways['example']}"
    yield f"    with a roster of their own besides: {ways['roster']}"
    yield f"  refused, and untouched: {refused.total()} ({refused.total() / count:.1%})"
    for reason, times in refused.most_common():
        yield f"    {times}  {reason}"
    yield f"  broken: {len(broken)}"
    for reader, times in Counter(name for one in outcomes for name in one.closed).items():
        yield f"  {reader} opens {times} of them neither before nor after."
    if not with_office:
        yield "  LibreOffice was not asked."
    losing = [outcome for outcome in outcomes if outcome.lost]
    yield f"openpyxl's own load and save loses something in {len(losing)} of them:"
    features = Counter(feature for outcome in losing for feature in outcome.lost)
    for feature in [*FEATURES, *(features.keys() - FEATURES.keys())]:
        yield f"  {features[feature]:4}  {feature}"


def _say(line: str, end: str = "\n") -> None:
    sys.stdout.write(line + end)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
