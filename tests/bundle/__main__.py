"""Names of kinds of computers in, none for all; their folders in dist/bundle, out."""

import sys
import tempfile
import time
import venv
from pathlib import Path

from tests.bundle.folders import COMPUTERS, ROOT, build_wheel, bundle

DIST = ROOT / "dist"


def main(names: list[str]) -> None:
    """Build the wheel and the folders, and say how large they are."""
    chosen = [one for one in COMPUTERS if one.name in names or not names]
    if len(chosen) < len(names):
        sys.exit(f"There are {', '.join(one.name for one in COMPUTERS)}.")
    DIST.mkdir(exist_ok=True)
    wheel = build_wheel(DIST)
    with tempfile.TemporaryDirectory() as home:
        # The environment of the project, as uv makes it, has no pip.
        venv.create(home, with_pip=True)
        [python] = [*Path(home).glob("bin/python"), *Path(home).glob("Scripts/python.exe")]
        for computer in chosen:
            started = time.perf_counter()
            folder = bundle(computer, wheel, DIST / "bundle", [str(python), "-m", "pip"])
            files = [path for path in folder.rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files)
            seconds = time.perf_counter() - started
            shown = folder.relative_to(ROOT)
            sys.stdout.write(f"{shown}: {len(files)} files, {size / 1e6:.0f} MB, {seconds:.0f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
