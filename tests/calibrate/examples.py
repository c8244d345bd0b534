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
_COMMAND = re.compile(r"(?m)^stepladder .*$")
_PRINTED = re.compile(r"(<!-- prints -->\n```text\n).*?(```\n<!-- end -->)", re.DOTALL)
_WRITTEN = ("results", "office.toml", "office.html")


def renewed(text: str) -> str:
    """Run each command of the page in one folder, and paste what it prints below it."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for path in DOCS.iterdir():
            shutil.copy(path, path.name)
        shutil.copy(PROGRAMS, "programs.csv")
        printed = [_printed(command) for command in _COMMAND.findall(text)]
        missing = [name for name in _WRITTEN if not Path(name).exists()]
    assert missing == [], missing
    shown = iter(printed)
    return _PRINTED.sub(lambda found: f"{found[1]}{next(shown)}{found[2]}", text)


def _printed(command: str) -> str:
    done = CliRunner().invoke(main, shlex.split(command)[1:], catch_exceptions=False)
    return done.output


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
