"""No input ends in a traceback, a hang, a partial output or a changed input."""

from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.command import AS_OF, COHORT, PROGRAMS, contents, run
from tests.cli.office_books import office_book
from tests.corpus.mutants import mutant
from tests.fuzz.law import answer, commanded, searched
from tests.fuzz.strategies import SEEDS, csv_files, damaged, spoiled, workbooks

from stepladder import shipped
from stepladder.books.csv_blocks import NotPlainError
from stepladder.books.csv_file import read_csv
from stepladder.books.parts import read_parts
from stepladder.books.saved_book import SavedBook
from stepladder.books.saved_workbook import read_workbook
from stepladder.refresh import applicants_schema
from stepladder.rulebook import load_rulebook
from stepladder.rulebook.load import rulebook_content
from stepladder.validate import recognise
from stepladder.validate.schema import load_schema, pandera_schema

KNOWN = recognise(applicants_schema())
RULES = rulebook_content(None).decode()


@searched(100)
@given(csv_files())
def test_csv_becomes_a_table_or_a_refusal(content: bytes) -> None:
    """Whatever its encoding, its marks and its lines; as wide as its header is."""
    table = answer(lambda: read_csv(content, "list.csv", KNOWN))
    assert table is None or table.cells.height == len(table.sheet_rows)


@searched(40)
@given(csv_files())
def test_csv_in_parts_is_the_csv_as_a_whole(content: bytes) -> None:
    """Whichever reader takes it, the rows are the same."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(content)
        whole = answer(lambda: read_csv(content, "list.csv", KNOWN))
        parts = answer(lambda: read_parts(path, KNOWN))
        try:
            read = None if parts is None else [*parts.tables()]
        except NotPlainError:
            # Then the batch begins again with the whole.
            return
        assert (whole is None) == (read is None)
        if whole is not None and parts is not None and read is not None:
            assert parts.head.headers == whole.headers
            assert [row for part in read for row in part.cells.rows()] == whole.cells.rows()


@searched(40)
@given(workbooks())
def test_a_workbook_becomes_a_table_or_a_refusal(content: bytes) -> None:
    """Sound or damaged, with whatever in its cells."""
    if content.startswith(b"PK"):
        table = answer(lambda: read_workbook(content, "Book.xlsx", KNOWN))
        assert table is None or table.cells.height == len(table.sheet_rows)


@searched(40)
@given(SEEDS)
def test_parquet_becomes_parts_or_a_refusal(seed: int) -> None:
    """Damaged in its rows or in what describes them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.parquet"
        path.write_bytes(damaged(_parquet(), seed))

        def read() -> int:
            return sum(part.cells.height for part in read_parts(path, KNOWN).tables())

        answer(read)


@cache
def _parquet() -> bytes:
    made = BytesIO()
    pl.read_csv(COHORT.encode(), infer_schema=False).write_parquet(made)
    return made.getvalue()


@searched(3)
@given(csv_files() | workbooks(), st.sampled_from(["list.csv", "list.xlsx"]))
def test_check_and_batch_end_well(content: bytes, name: str) -> None:
    """Every table of the results, or no folder; what was handed in stays as it was."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        cohort, programs = folder / name, folder / "programs.csv"
        cohort.write_bytes(content)
        programs.write_text(PROGRAMS, encoding="utf-8")
        before = contents(folder)
        commanded(folder, "check", cohort, "--as-of", AS_OF)
        out = folder / "out"
        where = ("--programs", programs, "--out", out, "--as-of", AS_OF)
        done = commanded(folder, "batch", cohort, *where)
        if done.exit_code <= 1:
            assert len([*out.iterdir()]) == 6
            assert {key: contents(folder)[key] for key in before} == before


@searched(3)
@given(SEEDS, st.sampled_from(["adopt", "refresh"]))
def test_a_damaged_workbook_is_changed_or_left_as_it_was(seed: int, command: str) -> None:
    """Byte for byte; and what was written, refresh takes again."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        book = folder / "book.xlsx"
        content = _made() if command == "refresh" else _office()
        book.write_bytes(mutant(content, Random(seed))[1])
        if commanded(folder, command, book, "--as-of", AS_OF).exit_code <= 1:
            assert commanded(folder, "refresh", book, "--as-of", AS_OF).exit_code <= 1


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_read_or_refused(seed: int) -> None:
    """A fixed slice of what `make mutations` does to real ones, by both readers."""
    _, content = mutant(_office(), Random(seed))
    if content.startswith(b"PK"):
        answer(lambda: read_workbook(content, "Book.xlsx", KNOWN))
    answer(lambda: _saved(content))


def _saved(content: bytes) -> None:
    book = SavedBook(content, "Book.xlsx")
    for table in book.tables:
        book.read(table)


@cache
def _office() -> bytes:
    with TemporaryDirectory() as folder:
        return office_book(Path(folder) / "office.xlsx").read_bytes()


@cache
def _made() -> bytes:
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "cohort.csv").write_text(COHORT, encoding="utf-8")
        (folder / "programs.csv").write_text(PROGRAMS, encoding="utf-8")
        inputs = ("--applicants", folder / "cohort.csv", "--programs", folder / "programs.csv")
        run("new", folder / "book.xlsx", *inputs, "--as-of", AS_OF)
        return (folder / "book.xlsx").read_bytes()


@searched(8)
@given(SEEDS)
def test_a_rulebook_is_loaded_or_refused(seed: int) -> None:
    """A lost line, a value of another kind, bytes of another file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "office.toml"
        path.write_bytes(spoiled(RULES, seed))
        answer(lambda: load_rulebook(path))


@searched(25)
@given(SEEDS, st.sampled_from(["applicants", "programs", "outcomes"]))
def test_a_schema_is_loaded_or_refused(seed: int, name: str) -> None:
    """As the rulebook; what is loaded becomes a pandera schema."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.toml"
        path.write_bytes(spoiled((shipped.schemas() / path.name).read_text("utf-8"), seed))
        schema = answer(lambda: load_schema(path))
        if schema is not None:
            answer(lambda: pandera_schema(schema))
