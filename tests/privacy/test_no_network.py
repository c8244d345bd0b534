"""Commands in a process without a network in; no connection attempted out (docs/privacy.md)."""

from pathlib import Path

import pytest
from tests.cli.command import COHORT, PROGRAMS, cells, write_book
from tests.privacy.watched import watched, watched_code

AS_OF = ("--as-of", "2026-11-23")
INPUTS = ("cohort.csv", "--programs", "programs.csv")
SEASON = (
    ("batch", *INPUTS, "--out", "out", "--pairs", "--levers", *AS_OF),
    ("check", "cohort.csv", "programs.csv", "--out", "findings.xlsx"),
    ("new", "book.xlsm", "--applicants", *INPUTS, *AS_OF),
    ("refresh", "book.xlsm", "--as-of", "2026-12-23"),
    ("restore", "book.xlsm"),
    ("adopt", "roster.xlsx", *AS_OF),
    ("compare", "out", "out"),
    ("brief", "out", "--out", "briefs", *AS_OF),
    ("rules",),
)
# All in one process, since each would load the same libraries anew.
ONE_AFTER_ANOTHER = """
from stepladder.cli import main

def run(season):
    for words in season:
        try:
            main(words, prog_name="stepladder")
        except SystemExit as end:
            print(f"ended: {words[0]} {end.code}", flush=True)
"""


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('203.0.113.1', 9))",
        "import socket; socket.getaddrinfo('example.invalid', 80)",
        "import urllib.request; urllib.request.urlopen('http://203.0.113.1')",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('203.0.113.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
    ],
)
def test_the_watch_sees_an_attempt(tmp_path: Path, attempt: str) -> None:
    """What the tests below would tell: each way out is named, and ends the process."""
    done = watched_code(tmp_path, attempt)
    assert done.exit_code != 0
    assert done.attempted


def test_an_attempt_that_is_caught_is_seen_all_the_same(tmp_path: Path) -> None:
    """A library that swallows the failure of its call home does not go unnoticed."""
    quiet = (
        "import contextlib, socket\n"
        "with contextlib.suppress(Exception):\n"
        "    socket.create_connection(('203.0.113.1', 9))\n"
    )
    done = watched_code(tmp_path, quiet)
    assert done.exit_code == 0
    assert done.attempted


def test_a_whole_season_s_work_attempts_no_connection(tmp_path: Path) -> None:
    """Issue 8, 4: the demo; then a batch, a workbook, its refresh, briefs and the rest."""
    (tmp_path / "cohort.csv").write_text(COHORT, "utf-8")
    (tmp_path / "programs.csv").write_text(PROGRAMS, "utf-8")
    roster = {"Applicants": cells(COHORT.replace("tier", "Our tier"))}
    write_book(tmp_path / "roster.xlsx", roster)
    done = watched(tmp_path, "demo", *AS_OF)
    assert (done.attempted, done.exit_code) == ([], 0), done.said
    done = watched_code(tmp_path, f"{ONE_AFTER_ANOTHER}\nrun({SEASON!r})")
    assert (done.attempted, done.exit_code) == ([], 0), done.said
    ended = [line for line in done.said.splitlines() if line.startswith("ended: ")]
    assert ended == [f"ended: {words[0]} 0" for words in SEASON], done.said
    assert (tmp_path / "out" / "pairs.csv").exists()
    assert len([*(tmp_path / "briefs").glob("*.html")]) == 4
