"""docs/calibration.md: its files, its commands and what they print are true.

`python -m tests.calibrate.examples` pastes what the commands print anew.
"""

import pytest
from tests.calibrate.examples import PAGE, renewed
from tests.calibrate.offices import DOCS, EXAMPLE, docs_files, example_outcomes


def test_the_worked_example_prints_what_the_page_says() -> None:
    """Issue 9: from the first cohort to the second season, as the commands stand there."""
    text = PAGE.read_text("utf-8")
    assert renewed(text) == text


@pytest.mark.parametrize("name", sorted(docs_files()))
def test_the_fictional_office_is_as_it_is_made(name: str) -> None:
    """`python -m tests.calibrate.offices` writes it."""
    assert (DOCS / name).read_text("utf-8") == docs_files()[name]


def test_the_example_s_outcomes_are_as_they_are_made() -> None:
    """As above, for the example workbook."""
    assert EXAMPLE.read_text("utf-8") == example_outcomes()
