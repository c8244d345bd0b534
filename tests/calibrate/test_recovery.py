"""Issue 9, It must show: calibration on simulated offices of known truth, in its quick form.

The long form is `make recovery`.
"""

import numpy as np
import pytest
from tests.calibrate.recovery import ALIKE, PAGE, SIZES, TRUTHS, TWO, tried

WORST = 0.01
"""How much worse than the shipped rates the log loss on fresh applications may become."""


@pytest.mark.parametrize("world", ALIKE)
@pytest.mark.parametrize("outcomes", [50, 500])
def test_it_does_no_worse_than_the_shipped_rates(world: str, outcomes: int) -> None:
    """Never by more than 1% of log loss out of sample, whatever the truth."""
    offices = [tried(seed, outcomes, *ALIKE[world]) for seed in range(4)]
    assert max(office.worse for office in offices) <= WORST


def test_fifty_outcomes_are_too_few() -> None:
    """They lie below the stated minimum, under each truth."""
    assert not any(tried(1, 50, truth).is_enough for truth in TRUTHS.values())


def test_it_cannot_tell_shipped_rates_from_shipped_rates() -> None:
    """Where the truth is as shipped, no office of 500 outcomes passes."""
    offices = [tried(seed, 500, TRUTHS["as shipped"]) for seed in range(6)]
    assert all(office.is_enough and not office.passes for office in offices)


@pytest.mark.parametrize("truth", ["far", "far lower"])
def test_five_thousand_outcomes_recover_the_truth(truth: str) -> None:
    """Each value within three of its stated standard errors, and tiers within 0.5 log-odds."""
    for seed in range(2):
        office = tried(seed, 5_000, TRUTHS[truth])
        assert office.passes
        assert office.worse < 0
        assert (office.away <= 3 * office.errors).all()
        assert office.away[:5].max() < 0.5


@pytest.mark.parametrize(
    ("world", "outcomes", "offices_tried"), [("far", 5_000, 6), ("far lower", 500, 24)]
)
def test_the_truth_lies_within_two_stated_errors(
    world: str, outcomes: int, offices_tried: int
) -> None:
    """Of the values that calibrated offices write, about 95%; and the errors are no larger than so.

    Few outcomes are followed part of the way only, which is counted as an error too.
    """
    offices = [tried(seed, outcomes, *ALIKE[world]) for seed in range(offices_tried)]
    calibrated = [office for office in offices if office.is_calibrated]
    assert len(calibrated) >= 4
    assert np.mean([office.within(TWO) for office in calibrated]) >= 0.88
    sizes = np.concatenate([office.away / office.errors for office in calibrated])
    assert 0.4 <= np.sqrt(np.square(sizes).mean()) <= 1.4


def test_the_page_says_what_its_table_shows() -> None:
    """docs/calibration.md: how many offices there were, and that none is worse by more than 1%."""
    page = PAGE.read_text("utf-8")
    lines = page.partition("<!-- table -->\n")[2].partition("<!-- end -->")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    header, rows = cells[0], [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]
    assert {(row["Truth"], row["Outcomes"]) for row in rows} == {
        (world, f"{size:,}") for world in ALIKE for size in SIZES
    }
    assert f"No office of the {sum(int(row['Offices']) for row in rows):,} foretells" in page
    [worst] = [title for title in header if title.startswith("Worst")]
    assert max(float(row[worst].rstrip("%")) for row in rows) <= 100 * WORST
    assert all(row["Refused"] == row["Offices"] for row in rows if row["Outcomes"] == "50")
