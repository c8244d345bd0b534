"""The project's own promises: layers, lock file, docstrings, and nothing private in the tree."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.bundle.locked import locked

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "stepladder"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

WORKBOOK_LIBRARIES = ("fastexcel", "openpyxl", "xlsxwriter", "xlwings")
RUNNERS = tuple(
    f"stepladder.{name}"
    for name in (
        *("addin", "adopt", "calibrate", "cli", "new", "office_book"),
        *("refresh", "refresh_book", "refresh_open", "run_book"),
    )
)
STAGES = tuple(
    f"stepladder.{name}" for name in ("books", "match", "plan", "score", "template", "validate")
)


def banned_imports(module: str, *imported: str) -> set[str]:
    """Of these imports, the ones lint refuses in a module at this path of the package."""
    options = ("--no-cache", "--select", "TID251", "--output-format", "concise")
    check = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            *options,
            "--stdin-filename",
            PACKAGE / module,
            "-",
        ],
        input="".join(f"import {name}\n" for name in imported),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert check.returncode in {0, 1}, check.stderr
    return set(re.findall(r"`([^`]+)` is banned", check.stdout))


def committed_files() -> list[Path]:
    """Every file git keeps or would keep; skips the test in a copy without git."""
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the project is no git checkout")
    kept = ("--cached", "--others", "--exclude-standard")
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", *kept],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    paths = {ROOT / name for name in listed.stdout.split("\0") if name}
    return sorted(path for path in paths if path.is_file())


def lines_matching(pattern: str) -> list[str]:
    """Where in the committed files a pattern stands, as `file:line`."""
    wanted = re.compile(pattern.encode())
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in committed_files()
        for number, line in enumerate(path.read_bytes().splitlines(), start=1)
        if wanted.search(line)
    ]


def in_lock() -> dict[str, list[tuple[str, int]]]:
    """Each package of requirements.lock with its versions and how many hashes each has."""
    packages: dict[str, list[tuple[str, int]]] = {}
    for one in locked((ROOT / "requirements.lock").read_text(encoding="utf-8")):
        versions = packages.setdefault(canonicalize_name(one.name), [])
        versions.append((one.version, len(one.hashes)))
    return packages


def declared() -> list[Requirement]:
    """What pyproject.toml asks for: to run, to develop, to compare, to build."""
    groups = PYPROJECT["dependency-groups"].values()
    extras = PYPROJECT["project"].get("optional-dependencies", {}).values()
    every = [PYPROJECT["project"]["dependencies"], PYPROJECT["build-system"]["requires"]]
    return [Requirement(line) for lines in (*every, *groups, *extras) for line in lines]


@pytest.mark.parametrize("stage", ["match", "plan", "score"])
def test_the_engine_does_no_io(stage: str) -> None:
    """Scoring, matching and planning import no workbook library and no paths."""
    imports = (*WORKBOOK_LIBRARIES, "pathlib")
    assert banned_imports(f"{stage}/rule.py", *imports) == set(imports)


def test_the_rulebook_s_values_do_no_io() -> None:
    """The rulebook's dataclasses import no workbook library, no paths; its loader opens files."""
    imports = (*WORKBOOK_LIBRARIES, "pathlib")
    assert banned_imports("rulebook/policy.py", *imports) == set(imports)
    assert banned_imports("rulebook/load.py", *imports) == set()


@pytest.mark.parametrize("stage", ["match", "plan", "score"])
def test_an_engine_stage_sees_no_other_stage(stage: str) -> None:
    """Scoring and matching see themselves only; planning also reads the words of matching."""
    seen = {"plan": {"stepladder.plan", "stepladder.match"}}.get(stage, {f"stepladder.{stage}"})
    others = {*STAGES} - seen
    assert banned_imports(f"{stage}/rule.py", *STAGES) == others


def test_levers_are_handed_the_engine() -> None:
    """Levers read the words of scoring and planning; refresh hands them the engine."""
    seen = {"stepladder.plan", "stepladder.score"}
    assert banned_imports("levers/rule.py", *STAGES, "pathlib") == {*STAGES, "pathlib"} - seen


def test_the_comparison_computes_nothing() -> None:
    """It sets results side by side, which it reads as any command does."""
    assert banned_imports("compare/rule.py", *STAGES) == {*STAGES} - {"stepladder.books"}


@pytest.mark.parametrize("stage", ["books", "template", "validate"])
def test_an_outer_stage_sees_no_engine(stage: str) -> None:
    """Reading, checking and building workbooks see neither scoring, matching nor planning."""
    engine = {"stepladder.match", "stepladder.plan", "stepladder.score"}
    assert banned_imports(f"{stage}/rule.py", *engine) == engine


@pytest.mark.parametrize(
    "folder",
    [
        *(name.removeprefix("stepladder.") for name in STAGES),
        *("briefs", "compare", "doctor", "levers", "programs_import", "rulebook"),
    ],
)
def test_no_stage_sees_what_runs_it(folder: str) -> None:
    """No stage imports the pipeline, the command line or the button."""
    assert banned_imports(f"{folder}/rule.py", *RUNNERS) == {*RUNNERS}


def test_the_import_of_programs_sees_no_stage_that_computes() -> None:
    """Importing programs reads books and checks cells; it neither computes nor builds workbooks."""
    barred = {*STAGES} - {"stepladder.books", "stepladder.validate"}
    assert banned_imports("programs_import/rule.py", *STAGES) == barred


def test_the_briefs_see_no_stage_that_computes() -> None:
    """Briefs show results: they write files in the workbook's colors, and compute nothing."""
    barred = {*STAGES} - {"stepladder.books", "stepladder.template"}
    assert banned_imports("briefs/rule.py", *STAGES) == barred


def test_the_doctor_sees_no_stage_but_books() -> None:
    """The doctor reads settings of a machine and a workbook, and computes nothing."""
    assert banned_imports("doctor/rule.py", *STAGES) == {*STAGES} - {"stepladder.books"}


def test_workbooks_are_touched_in_two_folders() -> None:
    """Only books/ and template/ may import a workbook library."""
    for module in ("books/rule.py", "template/rule.py"):
        assert banned_imports(module, *WORKBOOK_LIBRARIES) == set()
    for module in (
        "cli.py",
        "shipped.py",
        "briefs/rule.py",
        "compare/rule.py",
        "levers/rule.py",
        "doctor/rule.py",
        "calibrate/rule.py",
        "programs_import/rule.py",
        "validate/rule.py",
    ):
        assert banned_imports(module, *WORKBOOK_LIBRARIES) == {*WORKBOOK_LIBRARIES}


def test_only_the_pipeline_sees_the_stages() -> None:
    """The command line asks refresh, and refresh alone imports every stage."""
    inner = {*STAGES} - {"stepladder.template"}
    assert banned_imports("cli.py", "stepladder.refresh", *inner) == inner
    assert banned_imports("refresh.py", *STAGES) == set()


def test_every_module_says_its_job() -> None:
    """Every module of the package and of the tests opens with a docstring."""
    modules = [path for top in ("src", "tests") for path in (ROOT / top).rglob("*.py")]
    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_dependency_is_locked() -> None:
    """Each declared dependency stands in requirements.lock at a version it allows."""
    packages = in_lock()
    loose = [
        str(requirement)
        for requirement in declared()
        if not any(
            version in requirement.specifier
            for version, _ in packages.get(canonicalize_name(requirement.name), [])
        )
    ]
    assert loose == []


def test_every_locked_package_has_hashes() -> None:
    """A download that differs from what was locked is refused."""
    assert [name for name, versions in in_lock().items() if not all(n for _, n in versions)] == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is each machine's own affair."""
    hosts = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com")
    assert lines_matching("|".join(re.escape(host) for host in hosts)) == []


def test_no_file_names_a_path_of_somebody_s_machine() -> None:
    """A committed path starts at the project, not at a disk."""
    folders = ("wo" + "rk", "ro" + "ot", "fa" + "rm", "ho" + "me", "Us" + "ers", "op" + "t")
    assert lines_matching(rf"(^|[^A-Za-z0-9_.])/({'|'.join(folders)})/") == []
