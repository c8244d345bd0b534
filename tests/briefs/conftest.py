"""The example cohort's results and pages, and a browser to print them."""

from pathlib import Path

import pytest
from tests.briefs.chromium import Chromium
from tests.briefs.tables import TODAY
from tests.cli.command import AS_OF, COHORT, EXAMPLE_APPLICANTS, EXAMPLE_PROGRAMS, PROGRAMS, run
from tests.office import required

from stepladder.briefs import write_briefs
from stepladder.rulebook import load_rulebook


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example's results: results.xlsx, csv/ and parquet/."""
    top = tmp_path_factory.mktemp("cohort")
    inputs = (EXAMPLE_APPLICANTS, "--programs", EXAMPLE_PROGRAMS, "--as-of", AS_OF)
    run("batch", *inputs, "--out", top / "results.xlsx")
    run("batch", *inputs, "--out", top / "csv")
    run("batch", *inputs, "--out", top / "parquet", "--format", "parquet")
    return top


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of three applicants, one of them to be fixed, in the same three ways."""
    top = tmp_path_factory.mktemp("small")
    (top / "cohort.csv").write_text(COHORT.replace(",245,", ",two-forty,"), "utf-8")
    (top / "programs.csv").write_text(PROGRAMS, "utf-8")
    inputs = (top / "cohort.csv", "--programs", top / "programs.csv", "--as-of", AS_OF)
    run("batch", *inputs, "--out", top / "results.xlsx")
    run("batch", *inputs, "--out", top / "csv")
    run("batch", *inputs, "--out", top / "parquet", "--format", "parquet")
    return top


@pytest.fixture(scope="session")
def pages(cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every page of the example cohort, and the index, by file name."""
    out = tmp_path_factory.mktemp("briefs")
    write_briefs(cohort / "csv", out, load_rulebook(), TODAY.as_of)
    return {path.name: path.read_text("utf-8") for path in out.iterdir()}


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Chromium:
    """Give the browser; without one the test is skipped, in CI it fails."""
    found = required("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return Chromium(found, tmp_path_factory.mktemp("chromium"))
