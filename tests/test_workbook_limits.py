"""What a workbook that people share can hold, and what is said where that is too little."""

import polars as pl
import pytest

from stepladder.books.sheets import result_sheet, result_tables
from stepladder.books.table import Sheet
from stepladder.errors import InputError, OutputError
from stepladder.workbook_limits import refuse_crowd, shortened

SHEET_ROWS = 1_048_576


def shortlist(applicants: int, listed: int) -> Sheet:
    """Lists of so many programs each."""
    ranks = pl.int_range(1, listed + 1, eager=True).implode()
    rows = pl.DataFrame({"rank": pl.concat([ranks] * applicants)}).explode("rank")
    names = result_tables()["shortlist"].titles
    return result_sheet(
        "shortlist",
        rows.select(
            pl.col(name) if name == "rank" else pl.lit(None, pl.String).alias(name)
            for name in names
        ),
    )


def test_a_workbook_is_for_20_000_applicants() -> None:
    """Issue 5: one more is sent to batch, with both numbers."""
    refuse_crowd(20_000, "cohort.csv")
    with pytest.raises(InputError) as refused:
        refuse_crowd(20_001, "cohort.csv")
    assert refused.value.message.startswith(
        "cohort.csv has 20,001 applicants, and a workbook is for 20,000;"
    )


def test_the_first_programs_of_each_list_are_shown() -> None:
    """--most-listed: by rank, for each applicant; all of them without it."""
    tables = [shortlist(3, 5)]
    [shown] = shortened(tables, 2)
    assert shown.frame["rank"].to_list() == [1, 2] * 3
    [everything] = shortened(tables, None)
    assert everything.frame.height == 15


def test_a_shortlist_that_has_no_room_is_refused_with_a_choice() -> None:
    """Excel holds 1,048,575 rows under a header: one list too many, and what there is to choose."""
    fits = SHEET_ROWS // 5 - 1
    [shown] = shortened([shortlist(fits + 1, 5)], None)
    assert shown.frame.height == SHEET_ROWS - 1
    with pytest.raises(OutputError) as refused:
        shortened([shortlist(fits + 2, 5)], None)
    assert "1,048,580 rows" in refused.value.message
    assert "--most-listed" in refused.value.message
    assert "with a folder for --out" in refused.value.message
    assert shortened([shortlist(fits + 2, 5)], 4)
