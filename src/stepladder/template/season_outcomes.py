"""The table Outcomes in; the figures of the Dashboard that count what came of applications, out."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from stepladder.books.packed import AnySheet
from stepladder.template.contents import Contents
from stepladder.template.formulas import TableReference, text
from stepladder.template.page import PageCell

OUTCOMES: Final = "Shown_outcomes"
"""The workbook's name for the cell with the season that is counted."""
SEASON_ROW: Final = 92
SEASON_CELL: Final = f"C{SEASON_ROW}"
EVERY_SEASON: Final = "All seasons"
NOT_LISTED: Final = "Not listed"
"""The band of an application to a program that is not on the applicant's list."""
TIERS_ROW: Final = SEASON_ROW + 2
"""The row of the heads over the tiers, of which there are as many as the rulebook names."""
_BANDS_ROW: Final = TIERS_ROW + 9
LAST_ROW: Final = _BANDS_ROW + 7
_COLUMNS: Final = "DEFGH"
CHART_CELL: Final = f"I{TIERS_ROW}"
SERIES: Final = tuple(
    (head, column) for head, column in zip(("Applied", "Invited"), _COLUMNS, strict=False)
)
"""What the chart shows of each tier: its name and its column."""

_SEASON: Final = f"$C${SEASON_ROW}"
_STAGES: Final = ("applied", "invited", "interviewed", "ranked", "matched")
_HEADS: Final = ("Applied", "Invited", "Interviewed", "Ranked", "Matched")
_NO_TIER: Final = "No tier"
_NOTE: Final = (
    "Counted from the table Outcomes; tier and band are those of the last refresh in that season. "
    "Stepladder calibrate fits the invite rates to these rows."
)


def outcome_cells(contents: Contents, mine: str, is_mine: pl.Expr) -> Iterator[PageCell]:
    """The figures by tier and by band; `mine` and `is_mine` say whose applicants are shown."""
    sheet = contents.sheets["outcomes"]
    table, counted = contents.reference("outcomes"), _counted(contents, sheet, is_mine)
    policy = contents.rulebook.policy
    tiers = tuple(policy.tier_names)
    bands = tuple(policy.band_names)
    yield PageCell(
        f"B{SEASON_ROW - 1}", "What came of applications", "heading", to=f"M{SEASON_ROW - 1}"
    )
    yield PageCell(f"B{SEASON_ROW}", "Season", "label")
    yield PageCell(
        SEASON_CELL, contents.outcomes_season or EVERY_SEASON, "input", to=f"D{SEASON_ROW}"
    )
    yield PageCell(f"E{SEASON_ROW}", "◂ choose the season that is counted", "subtitle")
    shown = f"{mine}*(({_SEASON}={text(EVERY_SEASON)})+({table.column('season')}={_SEASON})>0)"
    for first, title, name, labels, blank in (
        (TIERS_ROW, "By tier", "tier", tiers, _NO_TIER),
        (_BANDS_ROW, "By band in the list", "band", bands, NOT_LISTED),
    ):
        yield PageCell(f"B{first}", title, "label", to=f"C{first}")
        for column, head in zip(_COLUMNS, _HEADS, strict=True):
            yield PageCell(f"{column}{first}", head, "close head")
        for row, label in enumerate((*labels, blank), first + 1):
            yield PageCell(f"B{row}", label, "figure", to=f"C{row}")
            words = f"({table.column(name)}={text(label)})"
            is_there = pl.col(name).eq_missing(pl.lit(label))
            if label == blank:
                others = "+".join(f"({table.column(name)}={text(word)})" for word in labels)
                words = f"(({others})=0)"
                is_there = ~pl.col(name).is_in(labels).fill_null(value=False)
            for column, stage in zip(_COLUMNS, _STAGES, strict=True):
                yield PageCell(
                    f"{column}{row}",
                    counted.filter(pl.col(stage) & is_there).height,
                    "number",
                    f'SUMPRODUCT({shown}*({table.column(stage)}="Yes")*{words})',
                )
    yield PageCell(f"B{LAST_ROW - 1}", _NOTE, "note", to=f"M{LAST_ROW}")


def _counted(contents: Contents, sheet: AnySheet, is_mine: pl.Expr) -> pl.DataFrame:
    """The rows of the shown season and applicants, each stage as Excel sees it."""
    season = contents.outcomes_season
    is_shown = pl.lit(value=True) if season is None else pl.col("season") == season
    return sheet.frame.with_columns(_said_yes(sheet, stage) for stage in _STAGES).filter(
        is_mine & is_shown
    )


def _said_yes(sheet: AnySheet, stage: str) -> pl.Expr:
    """Whether the cell says Yes, in any case; one that was read so from another word does not."""
    if stage not in sheet.frame.columns:
        return pl.lit(value=False).alias(stage)
    other = sheet.originals.filter(
        (pl.col("column") == stage) & (pl.col("text").str.to_lowercase() != "yes")
    )
    is_other = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(other["row"].implode())
    return ((pl.col(stage) == "Yes").fill_null(value=False) & ~is_other).alias(stage)


def season_choices() -> list[str]:
    """The seasons that may be chosen."""
    return [EVERY_SEASON, *map(str, range(2024, 2041))]


def stages_of(table: TableReference) -> bool:
    """Whether the table has every column that is counted."""
    return all(name in table for name in (*_STAGES, "season"))
