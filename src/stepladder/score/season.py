"""Each applicant's season, its days and its signals, as columns."""

from dataclasses import asdict

import polars as pl

from stepladder.rulebook import Policy, season

SEASON_COLUMNS = {
    "year": pl.Int64,
    "submit": pl.Date,
    "review": pl.Date,
    "ends": pl.Date,
    "signals": pl.Int64,
}


def planning_season(chosen: int | None, assumed: int) -> pl.Expr:
    """The season asked for, else the row's own, else the assumed one; never null."""
    return pl.lit(chosen, pl.Int64) if chosen else pl.col("season").fill_null(assumed)


def season_days(applicants: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Add `submit_day`, `review_day`, `season_ends` and `season_signals` by `planning_season`."""
    years = applicants["planning_season"].unique().sort().to_list()
    known = [asdict(season(policy, year)) for year in years]
    days = pl.DataFrame(
        [{key: row[key] for key in SEASON_COLUMNS} for row in known], schema=SEASON_COLUMNS
    ).rename(
        {
            "year": "planning_season",
            "submit": "submit_day",
            "review": "review_day",
            "ends": "season_ends",
            "signals": "season_signals",
        }
    )
    return applicants.join(days, on="planning_season", how="left", maintain_order="left")
