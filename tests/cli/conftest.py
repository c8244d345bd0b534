"""Folders as an office keeps them, and the example cohort's results, made once."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from tests.cli.command import (
    AS_OF,
    COHORT,
    EXAMPLE_APPLICANTS,
    EXAMPLE_PROGRAMS,
    PROGRAMS,
    Done,
    run,
    sheet_rows,
)
from tests.cli.office_edits import reworked


@dataclass(frozen=True)
class Example:
    """The example's results: a folder of CSV with the pairs, and a workbook's applicants."""

    folder: Path
    sheet: list[dict[str, object]]
    done: Done


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with cohort.csv and programs.csv, both without a finding; the current folder."""
    (tmp_path / "cohort.csv").write_text(COHORT, encoding="utf-8")
    (tmp_path / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Run the example cohort into a folder and into a workbook."""
    top = tmp_path_factory.mktemp("example")
    folder, book = top / "results", top / "results.xlsx"
    inputs = (EXAMPLE_APPLICANTS, "--programs", EXAMPLE_PROGRAMS, "--as-of", AS_OF)
    done = run("batch", *inputs, "--out", folder, "--pairs")
    run("batch", *inputs, "--out", book)
    return Example(folder, sheet_rows(book, "Applicants"), done)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook that `new` makes of three applicants and three programs."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "cohort.csv").write_text(COHORT, encoding="utf-8")
    (folder / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
    inputs = ("--applicants", folder / "cohort.csv", "--programs", folder / "programs.csv")
    done = run("new", folder / "book.xlsx", *inputs, "--as-of", AS_OF)
    assert done.exit_code == 0, done.err
    return folder / "book.xlsx"


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    """A copy of that workbook in a folder of its own."""
    return Path(shutil.copy(made, tmp_path / "book.xlsx"))


@pytest.fixture(scope="session")
def made_plain(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook after an office threw Dashboard and Brief out, whose formulas take long."""
    plain = Path(shutil.copy(made, tmp_path_factory.mktemp("plain") / "book.xlsx"))

    def emptied(office: openpyxl.Workbook) -> None:
        office.remove(office["Dashboard"])
        office.remove(office["Brief"])

    reworked(plain, emptied)
    return plain


@pytest.fixture
def plain(made_plain: Path, tmp_path: Path) -> Path:
    """A copy of it in a folder of its own."""
    return Path(shutil.copy(made_plain, tmp_path / "plain.xlsx"))
