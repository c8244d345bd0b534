"""The features of an outcome are the engine's own, for the season of the outcome."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from tests.calibrate.offices import DOCS, PROGRAMS

from stepladder import refresh
from stepladder.calibrate import Inputs, _gathered
from stepladder.calibrate.applications import Gathered, prior
from stepladder.calibrate.model import SIGNAL, STEP3, chances
from stepladder.rulebook import load_rulebook

AS_OF = date(2028, 6, 1)
SETTINGS = refresh.Settings(load_rulebook(), AS_OF)
COHORTS = [DOCS / f"applicants-{season}-fictional.csv" for season in (2027, 2028)]
OUTCOMES = DOCS / "outcomes-until-2028-fictional.csv"


@pytest.fixture(scope="module")
def gathered() -> Gathered:
    """The two seasons of the docs."""
    return _gathered(Inputs(OUTCOMES, COHORTS, PROGRAMS), SETTINGS)[1]


def test_the_prior_gives_the_engine_s_own_rates(gathered: Gathered) -> None:
    """Coefficients × features is the invite rate that a run shows, with and without a signal."""
    result = refresh.refresh(
        refresh.read_applicants(COHORTS[1]),
        refresh.read_programs(PROGRAMS),
        refresh.Settings(load_rulebook(), AS_OF, keep_pairs=True),
    )
    assert result.pairs is not None
    own = prior(gathered.rows, load_rulebook().policy).log_odds
    foretold = gathered.rows.with_columns(
        chance=pl.Series(chances(gathered.applications().features, own))
    ).filter(pl.col("season") == 2028)
    both = foretold.join(result.pairs, on=["applicant_id", "program_id"])
    rate = pl.when("is_signalled").then("invite_rate_signalled").otherwise("invite_rate")
    assert both.height == foretold.height > 0
    assert both.select((pl.col("chance") - rate).abs().max()).item() < 1e-6


def test_each_kind_of_feature_occurs(gathered: Gathered) -> None:
    """The comparison above saw tiers, signals and lifts."""
    features = gathered.applications().features
    assert (features[:, :5].sum(axis=0) > 0).all()
    assert 0 < features[:, SIGNAL].mean() < 1
    assert features[:, STEP3].sum() > 0
    assert np.unique(gathered.applications().group).size == gathered.applicants == 60


PEOPLE = pl.DataFrame(
    {
        "applicant_id": ["ann", "bob", "cyn", "dee"],
        "season": ["2027", None, "2027", "2028"],
        "img_status": ["US IMG"] * 4,
        "graduation_year": ["2024"] * 4,
        "step1_result": ["Pass"] * 4,
        "step2_ck_score": ["245", "231", None, "228"],
        "step2_ck_date": ["2026-01-10", "2026-11-10", None, "2026-01-10"],
    }
)
CODE = "3409990002"


def left_out(folder: object, *rows: str) -> dict[str, int]:
    """Why outcomes are left out; each row is the cells from applicant_id to invited."""
    path = folder / "outcomes.csv"  # type: ignore[operator]  # a Path of pytest's
    people = folder / "people.csv"  # type: ignore[operator]  # likewise
    path.write_text("\n".join(["applicant_id,program_id,season,applied,signalled,invited", *rows]))
    PEOPLE.write_csv(people)
    return dict(_gathered(Inputs(path, [people], PROGRAMS), SETTINGS)[1].left_out)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"ann,{CODE},2027,Yes,No,Yes", None),
        (f"ann,{CODE},2027,No,,", "where Applied is not Yes"),
        (f"ann,{CODE},2027,,No,Yes", "where Applied is not Yes"),
        (f"ann,{CODE},2027,Yes,No,", "where Invited is empty"),
        (f"ann,{CODE},2027,Yes,,Yes", "where Signalled is empty"),
        (f"ann,{CODE},2027,No,No,Yes", "with an error"),
        (f"ann,{CODE},2028,Yes,No,Yes", "without a row in Applicants for that season"),
        (f"zoe,{CODE},2027,Yes,No,Yes", "without a row in Applicants for that season"),
        ("ann,nowhere,2027,Yes,No,Yes", "without a row in Programs"),
        (f"cyn,{CODE},2027,Yes,No,Yes", "of an applicant without a score"),
        (
            f"bob,{CODE},2027,Yes,No,Yes",
            "of an applicant whose Step 2 CK came after that season's review day",
        ),
        (f"bob,{CODE},2028,Yes,No,Yes", None),
    ],
)
def test_why_an_outcome_is_left_out(
    tmp_path_factory: pytest.TempPathFactory, row: str, reason: str | None
) -> None:
    """docs/calibration.md: a blank is no No, and a row of another season is not taken."""
    expected = {reason: 1} if reason else {}
    assert left_out(tmp_path_factory.mktemp("office"), row) == expected
