"""One LibreOffice for all live tests, and a fresh workbook open in it for each."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlwings as xw
from tests.live import engine, libreoffice

from stepladder import shipped

AS_OF_ARGUMENTS = ("stepladder.addin", "refresh")


@pytest.fixture(scope="session")
def office() -> Iterator[libreoffice.Office]:
    """A running LibreOffice that xlwings takes for Excel."""
    with libreoffice.running() as running:
        engine.registered(running)
        yield running


Opened = Callable[..., xw.Book]


@pytest.fixture
def opened(
    office: libreoffice.Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opened]:
    """Open a copy of the example workbook under a name; its buttons then are the ones pressed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    books: list[xw.Book] = []

    def open_copy(name: str = "cohort.xlsx", source: Path | None = None) -> xw.Book:
        path = tmp_path / name
        shutil.copyfile(source or shipped.workbooks() / "stepladder-example.xlsm", path)
        book = xw.apps.active.books.open(path)
        books.append(book)
        monkeypatch.setattr(
            sys, "argv", ["stepladder.addin", "refresh", f"--wb={name}", "--from_xl=1"]
        )
        return book

    yield open_copy
    app = xw.apps.active.impl
    app.busy_for = 0
    for document in libreoffice.documents(office.desktop):
        document.close(True)  # noqa: FBT003 - UNO takes no names


@pytest.fixture
def book(opened: Opened) -> xw.Book:
    """The example workbook, open."""
    return opened()
