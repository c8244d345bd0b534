"""`--help` of every command: what it does, and examples that run as they are written."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.calibrate.offices import DOCS
from tests.cli.command import (
    AS_OF,
    COHORT,
    EXAMPLE_PROGRAMS,
    PROGRAMS,
    cells,
    run,
    write_book,
)

from stepladder import __name__ as package
from stepladder.cli import main
from stepladder.rulebook import load

EXPORT = [
    ["Specialty: Physical Medicine and Rehabilitation"],
    ["ACGME residency program code", "3409998001"],
    ["Residency program name", "Fennmoor (fictional)"],
]
PEOPLE = COHORT.replace("007,", "A001,").replace("budget_usd\n", "budget_usd,advisor\n")
PEOPLE = PEOPLE.replace("1,mine,Yes,\n", "1,mine,Yes,,Ruth Hallowmere\n")
"""With an applicant and an advisor whom examples name."""
ROWS_ON_PURPOSE = {0, 1}


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """The words of each command that does something."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name)


COMMANDS = list(commands(main))


def examples(command: tuple[str, ...]) -> list[str]:
    """The lines of a command's help that begin with our name, below “Example:”."""
    _, _, below = run(*command, "--help").out.partition("Example:\n")
    return re.findall(r"^ +(stepladder .*)$", below, re.MULTILINE)


def calibration_files() -> dict[str, str]:
    """Outcomes of two fictional seasons, and all of their applicants in one table."""
    first, second = (
        (DOCS / f"applicants-{season}-fictional.csv").read_text("utf-8") for season in (2027, 2028)
    )
    outcomes = (DOCS / "outcomes-until-2028-fictional.csv").read_text("utf-8")
    return {"people.csv": first + second.partition("\n")[2], "outcomes.csv": outcomes}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every file that the examples name."""
    folder = tmp_path_factory.mktemp("documented")
    (folder / "cohorts").mkdir()
    for name in ("cohort.csv", "cohorts/first.csv", "cohorts/second.csv"):
        (folder / name).write_text(PEOPLE, "utf-8")
    (folder / "programs.csv").write_text(PROGRAMS, "utf-8")
    shutil.copy(EXAMPLE_PROGRAMS, folder / "list.csv")
    shutil.copy(Path(load.__file__).with_name("pmr.toml"), folder / "office.toml")
    for name in ("comparison.xlsx", "first.xlsx", "second.xlsx"):
        write_book(folder / name, {"WorkSheet": EXPORT})
    write_book(folder / "roster.xlsx", {"Our students": cells(PEOPLE.replace("tier", "Level"))})
    for name, content in calibration_files().items():
        (folder / name).write_text(content, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        tables = ("--applicants", "cohort.csv", "--programs", "programs.csv")
        run("new", "cohort.xlsm", *tables, "--as-of", AS_OF, "--quiet")
        # A month later, so this refresh changes the file and keeps a backup.
        run("refresh", "cohort.xlsm", "--as-of", "2026-12-23", "--quiet")
        run("batch", "cohort.csv", "--programs", "programs.csv", "--out", "results.xlsx", "--quiet")
        shutil.copy("results.xlsx", "march.xlsx")
    return folder


@pytest.fixture
def documented(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, where the examples are run."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    """Engine issue, 10: each on a line of its own, so that it can be copied."""
    assert examples(command)
    assert all(example.split()[1:][: len(command)] == [*command] for example in examples(command))


@pytest.mark.parametrize(
    "example",
    [example for command in COMMANDS for example in examples(command)],
)
@pytest.mark.usefixtures("documented")
def test_an_example_runs_as_it_is_written(example: str) -> None:
    """Engine issue, 10; the example cohort has rows to fix on purpose."""
    words = shlex.split(example)[1:]
    if words[0] == "new":
        # It never replaces a workbook.
        Path("cohort.xlsm").unlink()
    done = run(*words)
    assert done.exit_code in ROWS_ON_PURPOSE, done.err
    assert done.err == ""


@pytest.mark.parametrize("command", [(), ("programs",), *COMMANDS], ids=" ".join)
def test_h_is_help(command: tuple[str, ...]) -> None:
    """The short form says the same and does nothing."""
    assert run(*command, "-h") == run(*command, "--help")
    assert run(*command, "-h").exit_code == 0


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_option_is_explained(command: tuple[str, ...]) -> None:
    """A person reads what each is for."""
    found: click.Command = main
    for name in command:
        assert isinstance(found, click.Group)
        found = found.commands[name]
    options = [option for option in found.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_exit_codes_are_in_the_help() -> None:
    """Commands: 0 to 6."""
    said = " ".join(run("--help").out.split())
    assert all(f"{code} " in said.partition("Exit codes:")[2] for code in range(7))


def test_the_version_is_told() -> None:
    """`--version` is what a person quotes in a report."""
    done = run("--version")
    assert done.exit_code == 0
    assert re.fullmatch(rf"{package}, version [0-9]+\.[0-9]+\.[0-9]+\n", done.out)
