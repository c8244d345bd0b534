"""Names of mutants in, none for all; which of them no test noticed, out.

mutmut changes a line of score, match or plan, runs the tests that come by it, and takes the change
back, thousands of times. It runs in an environment of its own beside the project's packages, and
keeps what it has done in mutants/, so that a second run goes on.

mutmut runs a test for a function only if the function ran during that test. What a fixture of a
whole module computes counts for the first test that asks for it, so a survivor gets a second look:
all tests of tests/spec, tests/plan and tests/properties.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TOOL: Final = "mutmut==3.8.1"
HOME: Final = ROOT / "build" / "mutation"


def mutmut() -> list[str]:
    """The tool's command; it is installed when it is first asked for."""
    if not HOME.exists():
        venv.create(HOME, with_pip=True)
        [python] = HOME.glob("bin/python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", TOOL], check=True)
        [packages] = HOME.glob("lib/python*/site-packages")
        # A path named in a .pth file is searched, but its own .pth files are not read: the
        # project's packages are found, the checkout itself is not, only its mutants.
        (packages / "project.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return [str(HOME / "bin" / "mutmut")]


def main(names: list[str]) -> int:
    """Run, and print those that survived both looks."""
    # One thread each: polars' threads do not live on in the processes that mutmut forks.
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    subprocess.run([*mutmut(), "run", *names], cwd=ROOT, env=environment, check=True)
    told = subprocess.run(
        [*mutmut(), "results"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
    )
    lines = (line.strip().partition(": ") for line in told.stdout.decode().splitlines())
    for name in [name for name, _, fate in lines if fate == "survived"]:
        if not second_look(name, environment):
            sys.stdout.write(f"{name} survived.\n")
    return 0


def second_look(name: str, environment: Mapping[str, str]) -> bool:
    """Whether any test of all notices the mutant."""
    told = {**environment, "MUTANT_UNDER_TEST": name, "PYTHONPATH": "src"}
    options = ("-q", "-x", "-p", "no:cacheprovider", "--hypothesis-profile=mutation")
    [python] = HOME.glob("bin/python")
    looked = subprocess.run(
        [python, "-m", "pytest", *options, "tests/plan", "tests/spec", "tests/properties"],
        cwd=ROOT / "mutants",
        env=told,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return looked.returncode != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
