"""requirements.lock in; what a database of known vulnerabilities says of its packages, out.

Run `make audit`. It ends with 1 where a vulnerability is known, and with 0 and one sentence where
no database can be reached: that says nothing about the packages. pip-audit runs in an environment
of its own, so that no check of ours depends on what it brings along.
"""

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LOCK: Final = Path(__file__).parents[1] / "requirements.lock"
TOOL: Final = "pip-audit==2.10.1"
UNREACHED: Final = (
    "No database of vulnerabilities can be reached from here, so nothing was audited; run make "
    "audit where the network allows it."
)


@dataclass(frozen=True)
class Audited:
    """What is known: a line for each vulnerability, and the packages the database does not know."""

    audited: int
    known: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 where something is known."""
        return 1 if self.known else 0

    def lines(self) -> Sequence[str]:
        """What a person is told."""
        if not self.audited:
            return [UNREACHED]
        told = f"{self.audited} packages audited, {len(self.known)} known vulnerabilities."
        unknown = [f"The database does not know {', '.join(self.skipped)}."] if self.skipped else []
        return [*self.known, told, *unknown]


def read(report: Mapping[str, Any]) -> Audited:
    """Read pip-audit's report, which calls a package that it could not look up merely skipped."""
    looked_up = [one for one in report["dependencies"] if "skip_reason" not in one]
    known = [
        f"{one['name']} {one['version']}: {found['id']}, mended in "
        f"{', '.join(found['fix_versions']) or 'no version yet'}."
        for one in looked_up
        for found in one["vulns"]
    ]
    skipped = [one["name"] for one in report["dependencies"] if "skip_reason" in one]
    return Audited(len(looked_up), tuple(known), tuple(skipped))


def audit(home: Path) -> Audited:
    """Install the tool in a folder and run it on the lock; nothing audited where it cannot."""
    venv.create(home, with_pip=True)
    [python] = [*home.glob("bin/python"), *home.glob("Scripts/python.exe")]
    try:
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", TOOL], check=True, capture_output=True
        )
    except subprocess.CalledProcessError:
        return Audited(0, (), ())
    told = ("--format", "json", "--progress-spinner", "off")
    done = subprocess.run(
        [python, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-r", LOCK, *told],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return read(json.loads(done.stdout))
    except json.JSONDecodeError:
        return Audited(0, (), ())


def main() -> int:
    """Audit, and tell."""
    with tempfile.TemporaryDirectory() as home:
        audited = audit(Path(home))
    sys.stdout.writelines(f"{line}\n" for line in audited.lines())
    return audited.exit_code


if __name__ == "__main__":
    sys.exit(main())
