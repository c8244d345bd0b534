"""What to watch out for is put into words once for each combination, whatever was asked before."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.plan import watch_out
from stepladder.rulebook import load_rulebook

WORDS = watch_out._Words.of(load_rulebook().policy)
KINDS = 1 << (len(WORDS.asked) + len(WORDS.parts) + len(WORDS.notes))

kinds = st.lists(st.one_of(st.integers(0, 9), st.integers(0, KINDS - 1)), max_size=20)


@given(st.lists(kinds, min_size=1, max_size=6), st.integers(1, 5))
def test_a_text_is_its_own_however_many_share_a_place(asked: list[list[int]], bits: int) -> None:
    """With 2 to 32 places for all that is remembered, every text is that of its combination."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(watch_out, "_PLACES", bits)
        remembered = watch_out._Remembered(WORDS)
        for some in asked:
            packed = np.array(some, np.uint64)
            told, expected = remembered.of(packed), WORDS.texts(packed)
            assert told.cast(pl.String).to_list() == expected.cast(pl.String).to_list()


def test_a_combination_is_put_into_words_once() -> None:
    """Asked for twice, there is one text of it."""
    remembered = watch_out._Remembered(WORDS)
    for _ in range(2):
        remembered.of(np.array([3, 5, 3], np.uint64))
    assert len(remembered.texts) == 1 + 2
