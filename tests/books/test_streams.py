"""Sheets part by part into a stream; one file that says what its parts were, out."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from stepladder.books import streams as written_in_parts
from stepladder.books.streams import streams
from stepladder.books.table import Sheet, SheetColumn
from stepladder.vocabulary import vocabulary

WORDS = ["Reach", None, "Best fit", "Target"]


def written(folder: Path, column: pl.Series) -> Path:
    """A parquet file of a column, written in three parts."""
    with streams(folder, ["bands"], "parquet") as opened:
        for part in (column.head(5), column.slice(5, 1), column.slice(6)):
            columns = (SheetColumn("band", "Band", "text", "computed", 8),)
            opened["bands"].write(
                Sheet("bands", "Bands", part.to_frame("band"), columns, pl.DataFrame())
            )
    return folder / "bands.parquet"


def test_words_of_a_vocabulary_are_texts_in_the_file(tmp_path: Path) -> None:
    """Issue 7, 2: how the engine holds words is not seen by those who read parquet."""
    numbers = [0, 1, 2, 0, 3, 3, 1, 2, 0]
    path = written(tmp_path, vocabulary(WORDS).gather(numbers))
    expected = pl.DataFrame({"band": [WORDS[number] for number in numbers]})
    assert_frame_equal(pl.read_parquet(path), expected)
    assert pl.read_parquet_schema(path) == {"band": pl.String()}


def test_each_word_is_found_by_a_filter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 7, 2: a row group tells of its least and greatest word as of texts, not numbers."""
    monkeypatch.setattr(written_in_parts, "ROW_GROUP", 2)
    words = [None if word is None else word * 3 for word in WORDS]
    path = written(tmp_path, vocabulary(words).gather([3, 2, 0, 0, 2, 3, 3, 1, 2]))
    for word, times in (("ReachReachReach", 2), ("Best fit" * 3, 3), ("Target" * 3, 3)):
        found = pl.scan_parquet(path).filter(pl.col("band") == word).collect()
        assert found.height == times
