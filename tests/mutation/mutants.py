"""Score, match and plan in; the same with every mutant of each function, and their names, out.

mutmut writes a copy of the checkout into mutants/. Each function stands there in all its variants;
which of them runs is asked of `MUTANT_UNDER_TEST` at each call.
"""

import hashlib
import json
import random
import subprocess
import sysconfig
import venv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
HOME: Final = ROOT / "build" / "mutation"
MUTANTS: Final = ROOT / "mutants"
STAGES: Final = ("score", "match", "plan")

_TOOL: Final = "mutmut==3.8.1"
# What `mutmut run` does first; no command of it does that alone.
_MAKE: Final = """
from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants
from mutmut.mutation.trampoline import set_mutant_under_test

set_mutant_under_test("mutant_generation")
copy_src_dir()
copy_also_copy_files()
create_mutants(1)
"""


def python() -> Path:
    """The interpreter of an environment that has mutmut; it is made when it is first asked for."""
    if not HOME.exists():
        venv.create(HOME, with_pip=True)
        [found] = HOME.glob("bin/python")
        subprocess.run([found, "-m", "pip", "install", "--quiet", _TOOL], check=True)
        [packages] = HOME.glob("lib/python*/site-packages")
        # A path named in a .pth file is searched, but its own .pth files are not read: the
        # project's packages are found, the checkout itself is not, only its mutants.
        (packages / "project.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    [found] = HOME.glob("bin/python")
    return found


def make() -> None:
    """Write mutants/ anew; mutmut leaves a module of a stage that has not changed since."""
    stages = MUTANTS / "src" / "stepladder"
    for path in [path for path in MUTANTS.rglob("*") if path.is_file()]:
        is_of_stage = path.is_relative_to(stages) and path.relative_to(stages).parts[0] in STAGES
        source = ROOT / path.relative_to(MUTANTS)
        if not (is_of_stage and source.with_name(source.name.split(".py")[0] + ".py").exists()):
            path.unlink()
    MUTANTS.mkdir(exist_ok=True)
    subprocess.run([python(), "-c", _MAKE], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def names() -> list[str]:
    """The name of every mutant that there is: `stepladder.score.tier.x_tier__mutmut_7`."""
    return sorted(
        name
        for meta in (MUTANTS / "src").rglob("*.meta")
        for name in json.loads(meta.read_text("utf-8"))["exit_code_by_key"]
    )


def digest() -> str:
    """What names these mutants: of other sources, the same names mean other changes."""
    found = hashlib.sha256()
    for stage in STAGES:
        for path in sorted((MUTANTS / "src" / "stepladder" / stage).glob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def function_of(name: str) -> str:
    """The function that a mutant changes."""
    return name.partition("__mutmut_")[0]


def stage_of(name: str) -> str:
    """The stage that a mutant changes."""
    return name.split(".")[1]


def matching(found: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """Those that fit any of the patterns; all where there is none."""
    return [
        name
        for name in found
        if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
    ]


def sample(found: Sequence[str], size: int, seed: int) -> list[str]:
    """One mutant of every function, then others of all at random, up to `size`, in random order.

    A larger sample of the same seed begins with the smaller one.
    """
    drawn = random.Random(seed)
    by_function: Mapping[str, list[str]] = defaultdict(list)
    for name in found:
        by_function[function_of(name)].append(name)
    first = [drawn.choice(by_function[function]) for function in sorted(by_function)]
    rest = sorted(set(found) - set(first))
    drawn.shuffle(first)
    drawn.shuffle(rest)
    return [*first, *rest][: max(size, len(first))]
