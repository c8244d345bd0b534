"""Headers are read whole: no column is narrower than the longest word of its title."""

import pytest

from stepladder import shipped
from stepladder.books.sheets import result_tables
from stepladder.validate import load_schema

INPUTS = [
    (column.title, column.width)
    for name in ("applicants", "programs")
    for column in load_schema(shipped.schemas() / f"{name}.toml").columns
]
RESULTS = [
    (column.title, column.width) for table in result_tables().values() for column in table.columns
]


@pytest.mark.parametrize(("title", "width"), sorted({*INPUTS, *RESULTS}))
def test_a_column_holds_the_longest_word_of_its_title(title: str, width: int) -> None:
    """Workbook: a header wraps between words, with room for bold type and the arrow."""
    assert width >= max(map(len, title.split())) + 3
