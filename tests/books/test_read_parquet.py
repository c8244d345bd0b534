"""What a typed file or frame says, as text."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from stepladder.books import parquet_file, read_table, text_table
from stepladder.books.parts import read_parts
from stepladder.errors import InputError


def known(headers: Sequence[str]) -> int:
    """Any title is known."""
    return len(headers)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pl.Series(["007", "3401-E5", " x "]), ["007", "3401-E5", " x "]),
        (pl.Series([245, -1, 0]), ["245", "-1", "0"]),
        (pl.Series([245.0, 0.5, float("nan")]), ["245", "0.5", None]),
        (pl.Series([1400512345.0, -0.0, 1e20]), ["1400512345", "0", "1e+20"]),
        (pl.Series([Decimal("245.00"), Decimal("2.50")]), ["245", "2.50"]),
        (pl.Series([True, False, None]), ["Yes", "No", None]),
        (pl.Series([date(2024, 5, 1), None]), ["2024-05-01", None]),
        (
            pl.Series([datetime(2024, 5, 1), datetime(2024, 5, 1, 13, 45)]),  # noqa: DTZ001
            ["2024-05-01", "2024-05-01 13:45:00"],
        ),
        (pl.Series([datetime(2024, 5, 1, tzinfo=UTC)]), ["2024-05-01"]),
        (pl.Series([["NY", "NJ"], [], None]), ["NY; NJ", None, None]),
        (pl.Series([[1.0, None], [2.5]]), ["1", "2.5"]),
        (pl.Series([["a", "b"]], dtype=pl.Array(pl.String, 2)), ["a; b"]),
        (pl.Series([[True, False]]), ["Yes; No"]),
        (pl.Series(["Yes", "No"], dtype=pl.Categorical), ["Yes", "No"]),
        (pl.Series(["Yes", "No"], dtype=pl.Enum(["No", "Yes"])), ["Yes", "No"]),
        (pl.Series([None, None], dtype=pl.Null), [None, None]),
        (pl.Series(["", "  "]), [None, None]),
    ],
)
def test_every_type_has_the_text_an_advisor_would_type(
    values: pl.Series, texts: list[str | None]
) -> None:
    """Whole numbers without decimals, ISO dates, Yes and No, lists joined."""
    frame = pl.DataFrame({"row": [str(row) for row in range(len(values))], "value": values})
    assert text_table(frame, "frame").cells["1"].to_list() == texts


def test_a_frame_has_its_header_on_row_one() -> None:
    """Rows count from 2 as they would in a sheet; a blank row is left out and counted."""
    frame = pl.DataFrame({" ID ": ["1", None, "3"], "Name": ["a", " ", "c"]})
    table = text_table(frame, "frame")
    assert table.headers == ("ID", "Name")
    assert (table.header_row, table.first_column) == (1, 0)
    assert table.sheet_rows.to_list() == [2, 4]
    assert table.overlong.to_list() == [False, False]
    assert table.address(1, 4) == "B4"


def test_parquet_is_known_by_its_content(tmp_path: Path) -> None:
    """A parquet file under any name gives its columns as text."""
    path = tmp_path / "cohort.bin"
    pl.DataFrame({"ID": ["007"], "program": ["3401-E5"], "score": [245]}).write_parquet(path)
    table = read_table(path, known)
    assert table.source == "cohort.bin"
    assert table.headers == ("ID", "program", "score")
    assert table.cells.rows() == [("007", "3401-E5", "245")]


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    """One sentence with what to do."""
    path = tmp_path / "cohort.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"^cohort\.parquet is a damaged parquet file; .*\.$"):
        read_table(path, known)


def test_a_column_without_a_text_form_is_refused() -> None:
    """Python objects cannot be read as text."""
    with pytest.raises(InputError, match=r"^frame holds a column that cannot be read as text"):
        text_table(pl.DataFrame({"a": pl.Series([object()], dtype=pl.Object)}), "frame")


@pytest.mark.parametrize("reader", [read_table, lambda *args: [*read_parts(*args).tables()]])
def test_a_damaged_page_of_a_sound_file_is_refused(
    tmp_path: Path, reader: Callable[..., object]
) -> None:
    """What describes the file is at its end and whole; only reading the rows tells."""
    path = tmp_path / "cohort.parquet"
    pl.DataFrame({"ID": ["007"], "program": ["3401-E5"]}).write_parquet(path)
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes([255] * 12) + content[16:])
    with pytest.raises(InputError, match=r"^cohort\.parquet is a damaged parquet file; .*\.$"):
        reader(path, known)


def test_a_short_file_of_endless_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One value a million times over takes no room in the file."""
    path = tmp_path / "cohort.parquet"
    pl.DataFrame({"ID": ["007"] * 4, "program": ["3401-E5"] * 4}).write_parquet(path)
    monkeypatch.setattr(parquet_file, "MOST_PARQUET_CELLS", 7)
    with pytest.raises(InputError, match=r"^cohort\.parquet holds 4 rows, far more than"):
        read_table(path, known)
    monkeypatch.setattr(parquet_file, "MOST_PARQUET_CELLS", 8)
    assert read_table(path, known).cells.height == 4
