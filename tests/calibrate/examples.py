"""docs/calibration.md in; the page with what its commands print pasted anew out.

Run `python -m tests.calibrate.examples` to renew it.
"""

import re
import shlex
import shutil
import tempfile
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner
from tests.calibrate.offices import DOCS, PROGRAMS

from stepladder.cli import main

PAGE = DOCS.with_suffix(".md")
_COMMAND = re.compile(
    r"^(stepladder [^\n]*)\n```\n(?:(<!-- prints -->\n```text\n).*?(```\n<!-- end -->))?",
    re.MULTILINE | re.DOTALL,
)
"""A command, and the block with what it prints where the page shows it."""
_WRITTEN = (
    *("season-2027.xlsx", "office.toml", "office.html"),
    *("as-shipped.xlsx", "season-2029.xlsx", "moves.csv"),
)


def renewed(text: str) -> str:
    """Run each command of the page in one folder, and paste what it prints below it."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for path in DOCS.iterdir():
            shutil.copy(path, path.name)
        shutil.copy(PROGRAMS, "programs.csv")
        told = _COMMAND.sub(_with_what_is_printed, text)
        missing = [name for name in _WRITTEN if not Path(name).exists()]
    assert missing == [], missing
    return told


def _with_what_is_printed(found: re.Match[str]) -> str:
    command, begin, end = found.groups()
    printed = _printed(command)
    return found[0] if begin is None else f"{command}\n```\n{begin}{printed}{end}"


def _printed(command: str) -> str:
    done = CliRunner().invoke(main, shlex.split(command)[1:], catch_exceptions=False)
    return done.output


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
