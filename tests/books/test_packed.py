"""Rows that are compressed while they wait for their workbook come out as they went in."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from polars.testing.parametric import dataframes

from stepladder.books import Sheet, packed
from stepladder.books.packed import PackedSheet, Packing
from stepladder.books.sheets import NO_ORIGINALS

TYPES = [pl.String, pl.Int64, pl.UInt32, pl.Float64, pl.Boolean, pl.Date]

rows = dataframes(min_cols=1, max_cols=5, max_size=40, allowed_dtypes=TYPES)


def packed_in(pieces: list[pl.DataFrame]) -> PackedSheet:
    """A table written piece after piece."""
    packing = Packing()
    for piece in pieces:
        packing.write(Sheet("plan", "Plan", piece, (), NO_ORIGINALS))
    return packing.packed()


@given(rows, st.lists(st.integers(0, 40), max_size=4), st.integers(1, 50))
def test_every_row_comes_back_in_its_place(
    frame: pl.DataFrame, cuts: list[int], at_once: int
) -> None:
    """In whatever pieces rows come and are asked for: the same values, types and order."""
    places = sorted({0, *(min(cut, frame.height) for cut in cuts), frame.height})
    pieces = [frame.slice(start, end - start) for start, end in pairwise(places)] or [frame]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(packed, "_ROWS", 7)
        sheet = packed_in(pieces)
    assert sheet.height == frame.height
    assert_frame_equal(sheet.frame, frame)
    slices = [*sheet.slices(at_once)]
    assert_frame_equal(pl.concat([frame.clear(), *slices]), frame)
    assert all(0 < part.height <= at_once for part in slices)


def test_words_come_back_as_texts() -> None:
    """The engine has the words of programs and the rulebook by number; a workbook shows texts."""
    words, notes = ["Reach", None, "Target", "Reach"], ["Ask.", "Ask twice.", None, "Ask."]
    frame = pl.DataFrame({"band": words, "watch_out": notes})
    by_number = frame.with_columns(
        pl.col("band").cast(pl.Enum(["Target", "Reach"])), pl.col("watch_out").cast(pl.Categorical)
    )
    sheet = packed_in([by_number.head(3), by_number.tail(1)])
    assert_frame_equal(sheet.frame, frame)
    assert sheet.text_bytes == sum(len(word) for word in [*words, *notes] if word)


def test_a_table_without_a_row_keeps_its_columns() -> None:
    """An empty table: no slice, and the columns in their types."""
    empty = pl.DataFrame(schema={"due": pl.Date, "action": pl.String})
    sheet = packed_in([empty])
    assert (sheet.height, [*sheet.slices(3)]) == (0, [])
    assert_frame_equal(sheet.frame, empty)


def test_lists_take_less_room() -> None:
    """Rows that say few different things: less than a fifth of the room."""
    words = pl.Series(["apply broadly", "ask for a letter", "sit Step 3"] * 20_000)
    frame = pl.DataFrame({"action": words, "rank": range(60_000)})
    assert sum(map(len, packed_in([frame]).pieces)) < frame.estimated_size() / 5
