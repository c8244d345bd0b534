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

ROWS = 9
"""A header and eight applicants: enough to tell rows apart, and quick."""


@pytest.fixture(scope="session")
def office() -> Iterator[libreoffice.Office]:
    """A running LibreOffice that xlwings takes for Excel."""
    with libreoffice.running() as running:
        engine.registered(running)
        yield running


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of eight fictional applicants and as many programs, as `new` makes it."""
    folder = tmp_path_factory.mktemp("small")
    paths = []
    for path in example():
        lines = path.read_bytes().splitlines(keepends=True)
        (folder / path.name).write_bytes(b"".join(lines[:ROWS]))
        paths.append(folder / path.name)
    book = folder / "small.xlsx"
    settings = refresh.Settings(load_rulebook(), date(2026, 6, 1))
    applicants, programs = paths
    new_workbook(book, applicants, programs, settings)
    return book


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
    for document in libreoffice.documents(office.desktop):
        document.close(True)  # noqa: FBT003 - UNO takes no names


@pytest.fixture
def book(desk: Desk, small: Path) -> xw.Book:
    """The small workbook, open."""
    return desk.open(small)
