"""What stands in workbooks/ is what today's sources make; `make workbooks` renews it."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.shipped_workbooks import EXAMPLE, build

from stepladder import shipped
from stepladder.books.interpreter import Interpreter, stored_interpreter
from stepladder.books.outline import outline
from stepladder.books.package import Package
from stepladder.new import ADDIN, BLANK

FILES = [BLANK, EXAMPLE, ADDIN]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them, made anew."""
    folder = tmp_path_factory.mktemp("built")
    build(folder)
    return folder


def parts(book: Path) -> dict[str, bytes]:
    """What a workbook holds; how tightly it is packed depends on the machine's zlib."""
    with ZipFile(book) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_workbook_is_up_to_date(built: Path, name: str) -> None:
    """The same parts, byte for byte."""
    shipped_parts, today = parts(shipped.workbooks() / name), parts(built / name)
    stale = [part for part in today if shipped_parts.get(part) != today[part]]
    if stale or [*shipped_parts] != [*today]:
        pytest.fail(f"workbooks/{name} is stale in {stale}. Run make workbooks.")


def test_the_same_sources_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """Built twice on one machine, the files are equal."""
    build(tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (built / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_no_place_of_this_machine_is_in_a_shipped_workbook(name: str) -> None:
    """The hidden settings are there, and which Python to start is left open."""
    content = (shipped.workbooks() / name).read_bytes()
    assert stored_interpreter(outline(Package(content))) == Interpreter()
    for part in parts(shipped.workbooks() / name).values():
        assert str(Path.home()).encode() not in part
