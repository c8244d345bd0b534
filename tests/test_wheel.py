"""The built wheel does its work away from the checkout it was made from."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[1]
SHIPPED = ("macros", "schemas", "workbooks")
FINDERS = (
    "tests/cli/test_batch.py",
    "tests/cli/test_check.py",
    "tests/cli/test_help.py",
    "tests/cli/test_new.py",
    "tests/golden",
    "tests/rulebook",
    "tests/spec",
    "tests/template/test_shipped.py",
)
"""Tests of what finds shipped files: schemas, rulebook, workbooks, macros, pages."""


@dataclass(frozen=True)
class Installed:
    """The wheel in an environment of its own, beside the dependencies of this one."""

    wheel: Path
    home: Path
    elsewhere: Path

    def run(self, program: str, *arguments: str, cwd: Path | None = None) -> str:
        """What a program of that environment prints, started in an empty folder."""
        scripts = self.home / ("Scripts" if os.name == "nt" else "bin")
        return printed([str(scripts / program), *arguments], cwd or self.elsewhere)


def printed(command: list[str], cwd: Path, **told: str) -> str:
    """What a command prints; its whole output is the failure if it fails.

    told  variables of its environment besides
    """
    ours = {"PYTHONPATH", "SOURCE_DATE_EPOCH"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"PYTHONUTF8": "1", **told}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def files_under(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel built from the source archive, not from the checkout, then installed offline."""
    top = tmp_path_factory.mktemp("wheel")
    hatchling = [sys.executable, "-m", "hatchling", "build"]
    printed([*hatchling, "-t", "sdist", "-d", str(top)], ROOT)
    (archive,) = top.glob("*.tar.gz")
    with tarfile.open(archive) as members:
        members.extractall(top / "source", filter="data")
    (source,) = (top / "source").iterdir()
    printed([*hatchling, "-t", "wheel", "-d", str(top)], source)
    (wheel,) = top.glob("*.whl")

    home = top / "environment"
    venv.create(home, with_pip=True)
    elsewhere = top / "elsewhere"
    elsewhere.mkdir()
    installed = Installed(wheel, home, elsewhere)
    installed.run("python", "-m", "pip", "install", "--no-index", "--no-deps", str(wheel))
    packages = installed.run("python", "-c", "import sysconfig as s; print(s.get_path('purelib'))")
    # A path named in a .pth file is searched, but its own .pth files are not read: the
    # dependencies are found here, the editable checkout is not.
    dependencies = Path(packages.strip()) / "dependencies.pth"
    dependencies.write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return installed


def test_the_same_sources_give_the_same_wheel(installed: Installed, tmp_path: Path) -> None:
    """Issue 8, 5: from the checkout, too, in another year and zone, and with other permissions."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "dist", "build", "__pycache__"))
    shutil.copy(ROOT / ".gitignore", copy)
    for path in copy.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            os.utime(path, (86_400, 86_400))
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    printed(built, copy, TZ="Pacific/Auckland")
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.read_bytes() == installed.wheel.read_bytes()


def test_the_wheel_holds_the_package_and_no_lint_rules(installed: Installed) -> None:
    """Types, the rulebook and the pages of briefs travel; import rules stay at home."""
    with ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()
    assert {"stepladder/py.typed", "stepladder/rulebook/pmr.toml"} <= {*names}
    assert "stepladder/briefs/pages/brief.html.j2" in names
    assert [name for name in names if name.endswith("ruff.toml")] == []


@pytest.mark.parametrize("folder", SHIPPED)
def test_shipped_files_come_from_the_wheel(installed: Installed, folder: str) -> None:
    """The installed package finds its own copy, equal to the checkout's, and not the checkout's."""
    question = f"from stepladder import shipped; print(shipped.{folder}())"
    found = Path(installed.run("python", "-c", question).strip())
    assert found.is_relative_to(installed.home.resolve())
    assert files_under(found) == files_under(ROOT / folder)


def test_the_demo_runs_from_the_wheel(installed: Installed, tmp_path: Path) -> None:
    """`stepladder demo --out FOLDER` fills that folder, and nothing else, from any folder."""
    said = installed.run("stepladder", "demo", "--out", str(tmp_path / "demo"))
    results = files_under(tmp_path / "demo")
    assert said.strip()
    assert results
    assert all(results.values())
    assert files_under(installed.elsewhere) == {}


def test_the_rules_read_the_same_from_the_wheel(installed: Installed) -> None:
    """`stepladder rules` prints the checkout's rulebook."""
    here = printed([sys.executable, "-m", "stepladder", "rules"], ROOT)
    assert installed.run("stepladder", "rules") == here


def test_the_wheel_holds_the_code_that_was_tested(installed: Installed) -> None:
    """Every module has the checkout's bytes, so only what finds files can behave differently."""
    question = "import stepladder; print(stepladder.__path__[0])"
    found = files_under(Path(installed.run("python", "-c", question).strip()))
    modules = {
        name: code
        for name, code in found.items()
        if not name.startswith("_shipped/") and "__pycache__/" not in name
    }
    checkout = {
        name: code
        for name, code in files_under(ROOT / "src" / "stepladder").items()
        if not name.endswith("ruff.toml") and "__pycache__/" not in name
    }
    assert modules == checkout


def test_what_finds_files_passes_on_the_wheel(installed: Installed) -> None:
    """The specification and the commands hold for the installed package as for the checkout."""
    on_all_cores = ("--numprocesses", "auto", "--dist", "loadscope")
    options = ("-q", "-p", "no:cacheprovider")
    installed.run("python", "-m", "pytest", *options, *on_all_cores, *FINDERS, cwd=ROOT)
