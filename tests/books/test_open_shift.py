"""Old and new rows of a table in; which are put in or taken out, and which are written, out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.books.open_shift import Shift, shift_between

BELOW = [[f"below {n}"] for n in range(500)]
"""As many rows as are worth moving."""


def shift(old: list[list[str]], new: list[list[str]]) -> Shift | None:
    """The shift between rows that are compared as they are."""
    return shift_between(old, new, lambda one, other: one == other)


def rows(words: str) -> list[list[str]]:
    """One row for each word."""
    return [[word] for word in words.split()]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b", "a x b", Shift(at=1, count=1, run=(1, 1))),
        ("a b c", "a x y c", Shift(at=2, count=1, run=(1, 2))),
        ("a b c", "a c", Shift(at=1, count=-1, run=(1, 0))),
        ("a b c d", "a x d", Shift(at=2, count=-1, run=(1, 1))),
        ("a b", "b", Shift(at=0, count=-1, run=(0, -1))),
        ("a b", "x y b", Shift(at=1, count=1, run=(0, 1))),
    ],
)
def test_rows_are_put_in_or_taken_out_where_they_change(
    old: str, new: str, expected: Shift
) -> None:
    """Those above stay, those below move, and what is between is written."""
    assert shift([*rows(old), *BELOW], [*rows(new), *BELOW]) == expected


def test_as_many_rows_as_before_do_not_move() -> None:
    """Each stands where it stood."""
    assert shift([*rows("a b"), *BELOW], [*rows("a x"), *BELOW]) is None


def test_no_row_is_put_in_right_under_the_header() -> None:
    """It would look like the header."""
    assert shift(BELOW, [["x"], *BELOW]) is None


def test_few_rows_are_not_moved() -> None:
    """500 are; 499 are written again."""
    old, new = rows("a b"), rows("a x b")
    assert shift([*old[:1], *BELOW], [*new[:2], *BELOW]) is not None
    assert shift([*old[:1], *BELOW[1:]], [*new[:2], *BELOW[1:]]) is None


few = st.lists(st.sampled_from("abc").map(lambda letter: [letter]), max_size=6)


@given(few, few, few)
def test_moving_and_writing_makes_the_new_rows(
    above: list[list[str]], old: list[list[str]], new: list[list[str]]
) -> None:
    """Put the blank rows in or take rows out, write the run: nothing else differs."""
    before, after = [*above, *old, *BELOW], [*above, *new, *BELOW]
    found = shift(before, after)
    if found is None:
        return
    moved = [list(row) for row in before]
    if found.count > 0:
        moved[found.at : found.at] = [["blank"]] * found.count
    else:
        del moved[found.at : found.at - found.count]
    first, last = found.run
    moved[first : last + 1] = after[first : last + 1]
    assert moved == after
    assert found.rows >= abs(found.count)
