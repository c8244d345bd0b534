"""Commands in a process without a network in; no connection attempted out (docs/privacy.md)."""

from pathlib import Path

import pytest
from tests.cli.command import COHORT, cells, write_book
from tests.privacy.watched import watched, watched_code

AS_OF = ("--as-of", "2026-11-23")
DEMO = Path("stepladder-demo")
PEOPLE, PROGRAMS = (DEMO / f"example-{name}-fictional.csv" for name in ("applicants", "programs"))
INPUTS = (PEOPLE, "--programs", PROGRAMS)


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
    """Issue 8, 4: the demo, and from its files a batch, a workbook, its refresh, and briefs."""
    write_book(tmp_path / "roster.xlsx", {"Applicants": cells(COHORT.replace("tier", "Our tier"))})
    for words, exit_codes in (
        (("demo", *AS_OF), {0}),
        (("batch", *INPUTS, "--out", "out", "--pairs", *AS_OF), {1}),
        (("batch", *INPUTS, "--out", "out.xlsx", *AS_OF), {1}),
        (("check", PEOPLE, PROGRAMS, "--out", "findings.xlsx"), {1}),
        (("new", "book.xlsm", "--example", *AS_OF), {0, 1}),
        (("refresh", "book.xlsm", "--as-of", "2026-12-23"), {0, 1}),
        (("restore", "book.xlsm"), {0}),
        (("adopt", "roster.xlsx", *AS_OF), {0}),
        (("compare", "out", "out"), {0}),
        (("brief", "out", "--out", "briefs", *AS_OF), {0}),
        (("doctor", "book.xlsm"), {0, 1}),
        (("rules",), {0}),
    ):
        done = watched(tmp_path, *words)
        assert (done.attempted, done.exit_code in exit_codes) == ([], True), done.said
    assert (tmp_path / "out" / "pairs.csv").exists()
    assert len([*(tmp_path / "briefs").glob("*.html")]) > 60
