"""`stepladder.run`: polars frames in, a result of frames out; the command does the same."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.cli.command import (
    AS_OF,
    COHORT,
    EXAMPLE_APPLICANTS,
    EXAMPLE_PROGRAMS,
    PROGRAMS,
    batch,
    columns,
)
from tests.cli.conftest import Example

import stepladder
from stepladder.errors import InputError, PolicyError

DAY = date.fromisoformat(AS_OF)
TABLES = ("applicants", "programs", "shortlist", "plan", "findings", "fit", "curve", "pairs")


def text(table: str) -> pl.DataFrame:
    """A table as a CSV reader gives it that infers nothing."""
    return pl.read_csv(StringIO(table), infer_schema=False)


def typed(table: str) -> pl.DataFrame:
    """A table as an analyst keeps it: numbers, dates, yes and no as truth values."""
    frame = pl.read_csv(StringIO(table), try_parse_dates=True)
    yes_no = pl.col("^considers_img|j1_visa|h1b_visa|ecfmg_certified$")
    return frame.with_columns(yes_no == "Yes")


def example_frame(path: Path) -> pl.DataFrame:
    """An input of the example as text, without its title line."""
    return pl.read_csv(path, infer_schema=False, skip_rows=1, truncate_ragged_lines=True)


@pytest.fixture(scope="module")
def result() -> stepladder.Result:
    """Three applicants, three programs."""
    return stepladder.run(text(COHORT), text(PROGRAMS), as_of=DAY, pairs=True)


@pytest.mark.parametrize("table", TABLES)
def test_typed_frames_give_the_same_as_text(result: stepladder.Result, table: str) -> None:
    """Engine issue, 9: numbers and dates need not be text."""
    from_typed = stepladder.run(typed(COHORT), typed(PROGRAMS), as_of=DAY, pairs=True)
    assert from_typed.findings.is_empty()
    assert_frame_equal(getattr(from_typed, table), getattr(result, table))


def test_lists_may_be_lists() -> None:
    """Engine issue, 9: a column of lists is as good as text with semicolons."""
    of_text = text(COHORT).with_columns(preferred_states=pl.lit("NY; PA"))
    of_lists = text(COHORT).with_columns(preferred_states=pl.lit(["NY", "PA"]))
    programs = text(PROGRAMS)
    first, second = (stepladder.run(one, programs, as_of=DAY) for one in (of_text, of_lists))
    assert first.applicants["preferred_states"].to_list() == [["NY", "PA"]] * 3
    assert_frame_equal(first.applicants, second.applicants)


def test_the_command_writes_what_run_gives(office: Path, result: stepladder.Result) -> None:
    """Engine issue, 9: the command uses it; parquet keeps the types."""
    batch(office, "--pairs", "--format", "parquet")
    for table in TABLES:
        if table != "programs":
            written = pl.read_parquet(office / "out" / f"{table}.parquet")
            assert_frame_equal(written, getattr(result, table))


def test_frames_have_the_columns_of_the_files(example: Example) -> None:
    """Output columns: the same names in the same order."""
    given = (example_frame(EXAMPLE_APPLICANTS), example_frame(EXAMPLE_PROGRAMS))
    frames = stepladder.run(*given, as_of=DAY, pairs=True)
    for table in TABLES:
        if table != "programs":
            file = example.folder / f"{table}.csv"
            assert getattr(frames, table).columns == columns(file), table


def test_columns_are_found_by_title_and_alias_too(result: stepladder.Result) -> None:
    """Engine issue, 9: as in a file."""
    renamed = text(COHORT).rename({"step2_ck_score": "S2CK", "graduation_year": "YOG"})
    again = stepladder.run(renamed, text(PROGRAMS), as_of=DAY)
    assert_frame_equal(again.applicants, result.applicants)


def test_values_have_types(result: stepladder.Result) -> None:
    """Engine issue, 9: what can be computed with is no text."""
    schema = result.applicants.schema
    assert schema["applicant_id"] == pl.String
    assert schema["step2_ck_date"] == pl.Date
    numbers = ("step2_ck_score", "suggested_applications", "pmr_fit", "application_cost_usd")
    assert all(schema[name].is_integer() for name in numbers)
    assert result.shortlist.schema["invite_rate"] == pl.Float64


def test_what_could_not_be_read_is_null_and_kept_beside() -> None:
    """Result: the text stands in originals, under its row and column."""
    broken = text(COHORT.replace("245", "two-forty"))
    result = stepladder.run(broken, text(PROGRAMS), as_of=DAY)
    assert result.applicants["step2_ck_score"].to_list() == [None, 238, 221]
    assert result.originals.rows() == [(0, "step2_ck_score", "two-forty")]
    assert result.summary.errors == 1


def test_pairs_are_kept_only_where_asked_for(result: stepladder.Result) -> None:
    """Result: None otherwise."""
    assert stepladder.run(text(COHORT), text(PROGRAMS), as_of=DAY).pairs is None
    assert result.pairs is not None
    assert result.pairs.height == 9


def test_the_summary_counts(result: stepladder.Result) -> None:
    """Summary: what the command prints, as numbers."""
    told = result.summary
    assert (told.applicants, told.programs, told.errors, told.queries) == (3, 3, 0, 0)
    assert told.tiers == {"Competitive": 1, "Targeted": 1, "Challenging": 1}
    assert told.statuses == {"OK": 3}
    assert (told.as_of, told.assumed_season) == (DAY, 2028)


def test_a_chosen_season_is_not_assumed() -> None:
    """Summary: None where nobody needed it."""
    result = stepladder.run(text(COHORT), text(PROGRAMS), as_of=DAY, season=2027)
    assert result.summary.assumed_season is None


@pytest.mark.parametrize(
    ("applicants", "programs", "named"),
    [("a,b\n1,2\n", PROGRAMS, "applicants"), (COHORT, "a,b\n1,2\n", "programs")],
    ids=["applicants", "programs"],
)
def test_a_frame_without_a_known_column_is_refused(
    applicants: str, programs: str, named: str
) -> None:
    """Engine issue, 9: InputError names which of the two."""
    with pytest.raises(InputError, match=f"{named} has no known column title"):
        stepladder.run(text(applicants), text(programs), as_of=DAY)


def test_two_columns_for_one_are_refused() -> None:
    """Validation: both are named."""
    doubled = text(COHORT).with_columns(S2CK=pl.lit("240"))
    with pytest.raises(InputError, match=r"“step2_ck_score”.*“S2CK”"):
        stepladder.run(doubled, text(PROGRAMS), as_of=DAY)


def test_a_bad_rulebook_is_refused(tmp_path: Path) -> None:
    """Engine issue, 9: PolicyError names the file."""
    (tmp_path / "office.toml").write_text("nonsense = 1", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"office\.toml"):
        stepladder.run(text(COHORT), text(PROGRAMS), rulebook=tmp_path / "office.toml")


def test_frames_given_are_not_changed() -> None:
    """A caller's frames are the caller's."""
    applicants, programs = text(COHORT), text(PROGRAMS)
    kept = applicants.clone(), programs.clone()
    stepladder.run(applicants, programs, as_of=DAY)
    assert_frame_equal(applicants, kept[0])
    assert_frame_equal(programs, kept[1])


@pytest.mark.parametrize("name", stepladder.__all__)
def test_public_names_are_there_and_documented(name: str) -> None:
    """Engine issue, 9: documented."""
    public: Callable[..., object] = getattr(stepladder, name)
    assert public.__doc__


def test_another_name_is_no_attribute() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="'stepladder' has no attribute 'ladder'"):
        _ = stepladder.ladder


@pytest.mark.parametrize("imported", ["stepladder", "stepladder.cli"])
def test_nothing_heavy_is_imported_before_it_is_used(imported: str) -> None:
    """`stepladder --help` is quick: no polars, no workbook library."""
    question = f"import sys, {imported}; print([*sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, check=True
    ).stdout
    assert "'stepladder'" in answer
    heavy = ("polars", "numpy", "pandera", "openpyxl", "xlsxwriter", "xlwings")
    assert [name for name in heavy if f"'{name}'" in answer] == []


def test_a_button_waits_for_no_library_of_saved_workbooks() -> None:
    """What works in an open workbook is imported without what reads and makes files."""
    question = "import sys, stepladder.refresh_open; print([*sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, check=True
    ).stdout
    assert "'xlwings'" in answer
    assert [name for name in ("openpyxl", "xlsxwriter", "jinja2") if f"'{name}'" in answer] == []
