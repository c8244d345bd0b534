"""A reader that crashes, hangs or takes all memory ends its own call and nothing else."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.books import odd_readers

from stepladder.books.apart import Apart, is_package
from stepladder.errors import InputError
from stepladder.refresh import read_applicants

_MEMORY = 1 << 30


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    """A process that may take two seconds and a gigabyte, and is replaced when it dies."""
    with Apart(lambda _: 20, _MEMORY) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Any file."""
    path = tmp_path / "Book.xlsx"
    path.write_bytes(b"PK\3\4")
    return path


@pytest.mark.parametrize(
    ("reader", "sentence"),
    [
        (odd_readers.died, "its reader broke off"),
        (odd_readers.failed, r"its reader failed on it \(ZeroDivisionError\)"),
        pytest.param(
            odd_readers.greedy,
            "it takes more memory than any list should",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory"),
        ),
    ],
)
def test_a_reader_that_does_not_end_well_is_a_refusal(
    apart: Apart, file: Path, reader: Callable[[Path, str | None], object], sentence: str
) -> None:
    """In one sentence; and the next file is read."""
    with pytest.raises(InputError, match=rf"^Book\.xlsx cannot be read: {sentence}; .*\.$"):
        apart.read(reader, file, None)
    assert apart.read(odd_readers.whole, file, None) == b"PK\3\4"


def test_a_reader_that_hangs_is_ended(file: Path) -> None:
    """And the next file is read, by another process that has its time to start."""
    limits = iter((0.1, 60))
    with Apart(lambda _: next(limits), _MEMORY) as apart:
        with pytest.raises(InputError, match="takes far longer"):
            apart.read(odd_readers.hung, file, None)
        assert apart.read(odd_readers.whole, file, None) == b"PK\3\4"


def test_one_process_reads_all_files(apart: Apart, file: Path) -> None:
    """To start one takes longer than to read most files."""
    first, second = (apart.read(odd_readers.process, file, None) for _ in range(2))
    assert first == second


def test_a_refusal_comes_as_it_was_said(apart: Apart, file: Path) -> None:
    """The sentence of the reader, and its kind of failure."""
    with pytest.raises(InputError, match=r"^Book\.xlsx is damaged"):
        apart.read(read_applicants, file, None)


def test_only_what_begins_as_a_package_is_read_apart(tmp_path: Path, file: Path) -> None:
    """Text needs no process of its own; what is not there is told by whoever reads it."""
    text = tmp_path / "list.xlsx"
    text.write_text("ID\n007\n")
    assert [is_package(path) for path in (file, text, tmp_path, tmp_path / "none")] == [
        True,
        False,
        False,
        False,
    ]
