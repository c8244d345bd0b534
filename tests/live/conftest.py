"""One LibreOffice for all live tests, and workbooks open in it whose buttons can be pressed."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import xlwings as xw
from tests.live import engine, libreoffice

from stepladder import refresh, shipped
from stepladder.new import example, new_workbook
from stepladder.rulebook import load_rulebook

FEW = 9
"""A header and eight applicants or programs: enough to tell rows apart, and quick."""


@pytest.fixture(scope="session")
def office() -> Iterator[libreoffice.Office]:
    """A running LibreOffice that xlwings takes for Excel."""
    with libreoffice.running() as running:
        engine.registered(running)
        yield running


def fictional(folder: Path, applicants: int, programs: int | None = None) -> list[Path]:
    """So many lines of the fictional applicants, and of the programs or all of them."""
    copies = [folder / path.name for path in example()]
    for path, copy, lines in zip(example(), copies, (applicants, programs), strict=True):
        copy.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]))
    return copies


def made(book: Path, applicants: Path, programs: Path) -> Path:
    """A workbook of these lists, as `new` makes it."""
    new_workbook(book, applicants, programs, refresh.Settings(load_rulebook(), date(2026, 6, 1)))
    return book


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of eight applicants and as many programs."""
    folder = tmp_path_factory.mktemp("small")
    return made(folder / "small.xlsx", *fictional(folder, FEW, FEW))


@pytest.fixture(scope="session")
def large() -> Path:
    """The example workbook that is shipped."""
    return shipped.workbooks() / "stepladder-example.xlsm"


@dataclass
class Desk:
    """Somebody's desk: a folder, and the workbooks that are open on it."""

    office: libreoffice.Office
    folder: Path
    patch: pytest.MonkeyPatch
    books: list[xw.Book] = field(default_factory=list)

    @property
    def _app(self) -> xw.App:
        app = xw.apps.active
        assert app is not None
        return app

    @property
    def excel(self) -> engine.App:
        """What stands in for Excel."""
        app = self._app.impl
        assert isinstance(app, engine.App)
        return app

    def open(self, source: Path, name: str = "cohort.xlsx") -> xw.Book:
        """Open a copy of a workbook; its buttons are then the ones that are pressed."""
        path = self.folder / name
        if path != source:
            shutil.copyfile(source, path)
        book = self._app.books.open(path)
        self.books.append(book)
        self.patch.setattr(
            sys, "argv", ["stepladder.addin", "refresh", f"--wb={name}", "--from_xl=1"]
        )
        return book


@pytest.fixture
def desk(
    office: libreoffice.Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk that is cleared after each test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    found = Desk(office, tmp_path, monkeypatch)
    found.excel.said.clear()
    yield found
    found.excel.busy_for = 0
    found.excel.refuses_to_move = found.excel.cut_copy_mode = False
    for document in libreoffice.documents(office.desktop):
        document.close(True)  # noqa: FBT003 - UNO takes no names


@pytest.fixture
def book(desk: Desk, small: Path) -> xw.Book:
    """The small workbook, open."""
    return desk.open(small)
