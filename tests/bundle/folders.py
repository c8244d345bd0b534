"""A kind of computer in; the folder from which Stepladder is installed there, offline, out."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name, parse_wheel_filename
from tests.bundle.locked import Locked, locked, needed

ROOT: Final = Path(__file__).parents[2]
PYTHONS: Final = ("3.11", "3.12", "3.13")
"""One folder serves any of them: where compiled parts differ it holds those of each."""
INSTALLER: Final = "stepladder (pyproject.toml:bundle)"
_MANYLINUX: Final = ("2_28", "2_27", "2_26", "2_24", "2_17", "2_12", "2_5")


@dataclass(frozen=True)
class Computer:
    """A kind of computer.

    tags     the platforms whose wheels run on it
    markers  what environment markers say of it
    """

    name: str
    tags: tuple[str, ...]
    markers: dict[str, str]
    script: str

    def environment(self, python: str) -> dict[str, str]:
        """The values of all markers under one Python, as 3.12."""
        cpython = {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "python_version": python,
            "python_full_version": f"{python}.0",
            "extra": "",
        }
        return self.markers | cpython


WINDOWS: Final = Computer(
    "windows-x64",
    ("win_amd64",),
    {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
    "install.ps1",
)
MAC: Final = Computer(
    "macos-arm64",
    ("macosx_12_0_arm64",),
    {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "os_name": "posix",
        "platform_machine": "arm64",
    },
    "install.sh",
)
LINUX: Final = Computer(
    "linux-x64",
    (*(f"manylinux_{version}_x86_64" for version in _MANYLINUX), "manylinux2014_x86_64"),
    {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
    "install.sh",
)
COMPUTERS: Final = (WINDOWS, MAC, LINUX)


def build_wheel(folder: Path) -> Path:
    """Build Stepladder's own wheel into a folder."""
    for old in folder.glob("stepladder-*.whl"):
        old.unlink()
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)])
    [wheel] = folder.glob("stepladder-*.whl")
    return wheel


def bundle(
    computer: Computer, wheel: Path, top: Path, pip: Sequence[str], pythons: Sequence[str] = PYTHONS
) -> Path:
    """Make the folder anew: wheels, what is to be installed with its hashes, script, checksums.

    pip  the command that downloads; each file must have a hash of the lock
    """
    folder = top / computer.name
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    everything = locked((ROOT / "requirements.lock").read_text("utf-8"))
    runtime: dict[Locked, None] = {}
    for python in pythons:
        there = [one for one in everything if one.is_for(computer.environment(python))]
        of_python = needed(there)
        runtime |= dict.fromkeys(of_python)
        _download([*of_python, *needed(there, INSTALLER)], computer, python, wheels, pip)
    shutil.copy(wheel, wheels)
    (folder / "requirements.txt").write_text(requirements(runtime, wheels, wheel), "utf-8")
    shutil.copy(Path(__file__).with_name(computer.script), folder)
    for page in ("install.md", "macros.md"):
        shutil.copy(ROOT / "docs" / page, folder)
    sums = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}" for path in _files(folder)]
    # Windows reads this line by line, and sha256sum knows no other line end.
    (folder / "SHA256SUMS").write_bytes("".join(f"{line}\n" for line in sums).encode())
    return folder


def requirements(runtime: Iterable[Locked], wheels: Path, wheel: Path) -> str:
    """Give a line for each package that has a wheel here, with the hashes of those only."""
    hashes: dict[tuple[str, str], list[str]] = {}
    for path in sorted(wheels.glob("*.whl")):
        name, version, *_ = parse_wheel_filename(path.name)
        hashes.setdefault((name, str(version)), []).append(_sha256(path))
    lines = [
        one.line(found, with_marker=True)
        for one in runtime
        if (found := hashes.get((canonicalize_name(one.name), one.version)))
    ]
    name, version, *_ = parse_wheel_filename(wheel.name)
    own = f"{name}=={version} --hash=sha256:{_sha256(wheel)}"
    return "".join(f"{line}\n" for line in (*lines, own))


def _download(
    wanted: Iterable[Locked], computer: Computer, python: str, wheels: Path, pip: Sequence[str]
) -> None:
    # pip would judge the markers by the computer it runs on, so they are judged before.
    listed = wheels.parent / "wanted.txt"
    listed.write_text(
        "".join(f"{one.line(one.hashes, with_marker=False)}\n" for one in wanted), "utf-8"
    )
    platforms = [word for tag in computer.tags for word in ("--platform", tag)]
    options = ["--quiet", "--require-hashes", "--no-deps", "--only-binary=:all:"]
    target = ["--implementation", "cp", "--python-version", python, *platforms]
    _run([*pip, "download", *options, *target, "--dest", str(wheels), "-r", str(listed)])
    listed.unlink()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True)
