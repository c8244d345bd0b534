"""The tables in; the Dashboard, whose figures and charts Excel keeps current by formulas, out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import polars as pl

from stepladder.template import palette
from stepladder.template.contents import Contents
from stepladder.template.formulas import text
from stepladder.template.page import Page, PageCell, Value, print_page
from stepladder.template.season_outcomes import (
    CHART_CELL,
    OUTCOMES,
    SEASON_CELL,
    SERIES,
    TIERS_ROW,
    outcome_cells,
    season_choices,
    stages_of,
)
from stepladder.template.season_outcomes import LAST_ROW as OUTCOMES_END

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TITLE: Final = "Dashboard"
ADVISOR_CELL: Final = "C4"
ADVISOR: Final = "Shown_advisor"
EVERYONE: Final = "All advisors"
_ADVISOR: Final = "$C$4"
_AS_OF: Final = "As_of"

_COLUMNS: Final = "BCDEFGHIJKLM"
_COLUMN_WIDTH: Final = 10.5
_CHART: Final = {"x_offset": 2, "y_offset": 2}
_CHART_WIDTH, _CHART_HEIGHT = 310, 226
_OUTCOMES_WIDTH: Final = 385
_BARS: Final = {"x": 0.35, "y": 0.17, "width": 0.48, "height": 0.78}
"""Where the bars stand in a chart: room for a tier's name before them, for thousands behind."""
_CHART_ROWS: Final = (10, 22, 34)
_CHART_COLUMNS: Final = ("B", "F", "J")
_LIST_FROM: Final = 47
_LISTED: Final = 10
_FOOTNOTE_FROM: Final = 59
_FIGURES_FROM: Final = 63
_ADVISORS: Final = "P"
_WORKING: Final = "R"
_MOST_ADVISORS: Final = 500
_STEPS: Final = (0, 20, 40, 60, 80)
_PLACES: Final = 1_048_576
_NEVER: Final = 10**15

_STATUSES: Final = ("OK", "Check", "Fix")


@dataclass(frozen=True)
class _Figure:
    """One number: what Excel is to compute, and what it is now."""

    formula: str
    value: Value


@dataclass(frozen=True)
class _Block:
    """Figures under a heading: one row for each label, one column for each head."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[_Figure, ...]], ...]
    look: str = "number"
    chart: str = "bar"
    is_wide: bool = False


def dashboard(contents: Contents) -> Page:
    """Make the page for the chosen advisor's applicants, or for everyone's."""
    counted = _Counted(contents)
    blocks = _blocks(counted)
    placed = list(_placed(blocks))
    advisors = _advisors(contents)
    cells = (
        PageCell("B1", "Dashboard", "title"),
        PageCell("B2", "Charts and figures follow the tables by themselves.", "subtitle"),
        PageCell("B4", "Advisor", "label"),
        PageCell(ADVISOR_CELL, contents.advisor or EVERYONE, "input", to="E4"),
        PageCell("F4", "◂ choose whose applicants are shown", "subtitle"),
        *_tiles(counted),
        *(cell for block, row, column in placed for cell in _block_cells(block, row, column)),
        *_overdue_list(counted),
        *_outcomes(contents),
        PageCell(f"{_ADVISORS}1", "Advisors to choose from", "working"),
        *(
            PageCell(f"{_ADVISORS}{n}", name, "working", is_told=True)
            for n, name in enumerate(advisors, 2)
        ),
        PageCell(
            f"B{_FOOTNOTE_FROM}",
            _FOOTNOTE.format(rates_are=contents.rulebook.rates_are),
            "note",
            to=f"M{_FOOTNOTE_FROM + 1}",
            is_told=True,
        ),
    )

    def draw(book: "Workbook", drawn: "Worksheet") -> None:
        book.define_name(ADVISOR, f"={TITLE}!${ADVISOR_CELL[0]}${ADVISOR_CELL[1:]}")
        _set_up(drawn)
        if _has_outcomes(contents):
            _choose_season(book, drawn)
            tiers = len(contents.rulebook.policy.tier_names) - 1
            drawn.insert_chart(CHART_CELL, _outcomes_chart(book, tiers), dict(_CHART))
        for (block, row, column), place in zip(placed, _chart_places(blocks), strict=True):
            drawn.insert_chart(place, _chart(book, block, row, column), dict(_CHART))

    return Page(TITLE, cells, draw)


_FOOTNOTE: Final = (
    "Averages are over the applicants of the tier who have a number. Cost is program fees. "
    "Interviews and rates are {rates_are}; a tier is named by opportunity, never by probability."
)


class _Counted:
    """The applicants that the page counts, in the frame and in the words of a formula."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.applicants = contents.reference("applicants")
        self.plan = contents.reference("plan")
        self.frame = _of_advisor(contents.frame("applicants"), contents.advisor)
        planned = _of_advisor(contents.frame("plan"), contents.advisor)
        self.overdue = planned.filter(pl.col("due") < contents.as_of)

    def mine(self) -> str:
        """Say row by row whether an applicant is shown."""
        return _mine(self.applicants.column("advisor")) if "advisor" in self.applicants else "1"

    def is_overdue(self) -> str:
        """Say row by row whether an action of the plan is shown and its day is past."""
        due = self.plan.column("due")
        return f'{_mine(self.plan.column("advisor"))}*({due}<>"")*({due}<{_AS_OF})'

    def count(self, name: str, word: str) -> _Figure:
        """Count the applicants with this word in a column."""
        return _Figure(
            f"SUMPRODUCT({self.mine()}*({self.applicants.column(name)}={text(word)}))",
            self.frame.filter(pl.col(name) == word).height,
        )

    def within(self, name: str, low: int, high: int | None) -> _Figure:
        """Count the applicants whose number lies from `low` to below `high`."""
        column = self.applicants.column(name)
        below = "" if high is None else f"*({column}<{high})"
        is_within = pl.col(name) >= low
        if high is not None:
            is_within &= pl.col(name) < high
        return _Figure(
            f'SUMPRODUCT({self.mine()}*({column}<>"")*({column}>={low}){below})',
            self.frame.filter(is_within).height,
        )

    def total(self, name: str, tier: str | None = None) -> _Figure:
        """Add up a column, of one tier or of all."""
        frame = self.frame if tier is None else self.frame.filter(pl.col("tier") == tier)
        return _Figure(
            f"SUMPRODUCT(--({self._who(tier)}>0),{self.applicants.column(name)})",
            int(frame[name].sum() or 0),
        )

    def mean(self, name: str, tier: str) -> _Figure:
        """Average a column over the tier's applicants who have a number; 0 where nobody has."""
        column = self.applicants.column(name)
        who = f'({self._who(tier)})*({column}<>"")'
        values = self.frame.filter(pl.col("tier") == tier)[name].drop_nulls()
        mean = float(values.sum()) / max(len(values), 1)
        return _Figure(f"SUMPRODUCT(--({who}>0),{column})/MAX(1,SUMPRODUCT({who}))", mean)

    def _who(self, tier: str | None) -> str:
        column = self.applicants.column("tier")
        return f"{self.mine()}*({column}<>{text('')})" if tier is None else self._of_tier(tier)

    def _of_tier(self, tier: str) -> str:
        return f"{self.mine()}*({self.applicants.column('tier')}={text(tier)})"


def _has_outcomes(contents: Contents) -> bool:
    return (
        contents.counts_outcomes
        and "outcomes" in contents.sheets
        and stages_of(contents.reference("outcomes"))
    )


def _outcomes(contents: Contents) -> Iterator[PageCell]:
    """What came of the shown applicants' applications, where the workbook has that table."""
    if not _has_outcomes(contents):
        return
    mine = _mine(contents.reference("outcomes").column("advisor"))
    advisor = contents.advisor
    is_mine = pl.lit(value=True)
    if advisor is not None:
        is_mine = pl.col("advisor").fill_null("").str.to_lowercase() == advisor.lower()
    yield from outcome_cells(contents, mine, is_mine)


def _choose_season(book: "Workbook", drawn: "Worksheet") -> None:
    book.define_name(OUTCOMES, f"={TITLE}!${SEASON_CELL[0]}${SEASON_CELL[1:]}")
    drawn.data_validation(
        SEASON_CELL,
        {
            "validate": "list",
            "source": season_choices(),
            "input_title": "Season",
            "input_message": "Choose a season, or all of them. 2027: applications of fall 2026.",
            "error_title": "Season",
            "error_message": "Choose a season from the list, or All seasons.",
        },
    )


def _mine(advisors: str) -> str:
    return f"(({_ADVISOR}={text(EVERYONE)})+(TRIM({advisors})={_ADVISOR})>0)"


def _of_advisor(frame: pl.DataFrame, advisor: str | None) -> pl.DataFrame:
    if advisor is None or "advisor" not in frame.columns:
        return frame
    return frame.filter(pl.col("advisor").fill_null("").str.to_lowercase() == advisor.lower())


def _advisors(contents: Contents) -> list[str | None]:
    """List everyone who advises, for the drop-down, and blanks where others stood before."""
    frame = contents.frame("applicants")
    advisors = frame["advisor"].drop_nulls().to_list() if "advisor" in frame.columns else []
    names = {name.casefold(): name for name in advisors}
    listed = [EVERYONE, *(names[key] for key in sorted(names))][:_MOST_ADVISORS]
    return [*listed, *([None] * (_MOST_ADVISORS - len(listed)))]


def _tiles(counted: _Counted) -> Iterator[PageCell]:
    table = counted.applicants
    filled = f'(({table.column("applicant_id")}<>"")+({table.column("status")}<>"")>0)'
    everyone = _Figure(f"SUMPRODUCT({counted.mine()}*{filled})", counted.frame.height)
    late = _Figure(f"SUMPRODUCT({counted.is_overdue()})", counted.overdue.height)
    tiles = (
        ("Applicants", everyone, "tile"),
        ("To fix", counted.count("status", "Fix"), "tile"),
        ("To check", counted.count("status", "Check"), "tile"),
        ("Actions overdue", late, "tile"),
        ("Applications", counted.total("suggested_applications"), "tile"),
        ("Program fees", counted.total("application_cost_usd"), "money tile"),
    )
    for n, (label, figure, look) in enumerate(tiles):
        first, last = _COLUMNS[2 * n], _COLUMNS[2 * n + 1]
        yield PageCell(f"{first}6", label, "tile label", to=f"{last}6")
        yield PageCell(f"{first}7", figure.value, look, figure.formula, to=f"{last}8")


def _blocks(counted: _Counted) -> list[_Block]:
    rulebook = counted.contents.rulebook.policy
    tiers = tuple(rulebook.tier_names)
    scored = tiers[:-1]
    steps = (*_STEPS, None)
    return [
        _counts("Applicants by tier", tiers, lambda tier: counted.count("tier", tier)),
        _counts(
            "Applicants by trend",
            tuple(rulebook.trend_names),
            lambda trend: counted.count("trend", trend),
        ),
        _counts("Applicants by status", _STATUSES, lambda status: counted.count("status", status)),
        _ranges("Applicants by PM&R fit (0–100)", counted, "pmr_fit", (*_STEPS, 101)),
        _ranges("Applicants by suggested applications", counted, "suggested_applications", steps),
        _Block(
            "Program fees by tier (USD)",
            ("Program fees",),
            tuple((tier, (counted.total("application_cost_usd", tier),)) for tier in scored),
            "money",
        ),
        _Block(
            "Programs for an applicant, average by tier",
            ("Eligible", "To verify"),
            tuple(
                (
                    tier,
                    (
                        counted.mean("eligible_programs", tier),
                        counted.mean("programs_to_verify", tier),
                    ),
                )
                for tier in scored
            ),
            "mean",
            "stacked",
            is_wide=True,
        ),
        _counts(
            "Overdue actions by phase",
            tuple(rulebook.phase_names),
            lambda phase: _Figure(
                f"SUMPRODUCT({counted.is_overdue()}*({counted.plan.column('phase')}={text(phase)}))",
                counted.overdue.filter(pl.col("phase") == phase).height,
            ),
        ),
    ]


def _counts(title: str, labels: Sequence[str], count: Callable[[str], _Figure]) -> _Block:
    return _Block(title, ("Number",), tuple((label, (count(label),)) for label in labels))


def _ranges(title: str, counted: _Counted, name: str, steps: Sequence[int | None]) -> _Block:
    rows = []
    for low, high in pairwise(steps):
        label = f"{low} and more" if high is None else f"{low}–{min(high - 1, 100)}"
        rows.append((label, (counted.within(name, low or 0, high),)))
    return _Block(title, ("Applicants",), tuple(rows), chart="column")


def _placed(blocks: Sequence[_Block]) -> Iterator[tuple[_Block, int, str]]:
    """Put the figures three beside each other under the charts: block, first row, column."""
    row = _FIGURES_FROM
    for start in range(0, len(blocks), len(_CHART_COLUMNS)):
        beside = blocks[start : start + len(_CHART_COLUMNS)]
        for block, column in zip(beside, _CHART_COLUMNS, strict=False):
            yield block, row, column
        row += max(len(block.rows) for block in beside) + 3


def _block_cells(block: _Block, row: int, column: str) -> Iterator[PageCell]:
    at = _COLUMNS.index(column)
    last = 4 - len(block.heads)
    yield PageCell(f"{column}{row}", block.title, "heading", to=f"{_COLUMNS[at + 3]}{row}")
    for n, head in enumerate(block.heads):
        yield PageCell(f"{_COLUMNS[at + last + n]}{row + 1}", head, "head")
    for n, (label, figures) in enumerate(block.rows, row + 2):
        yield PageCell(f"{column}{n}", label, "figure", to=f"{_COLUMNS[at + last - 1]}{n}")
        for place, figure in enumerate(figures):
            cell = f"{_COLUMNS[at + last + place]}{n}"
            yield PageCell(cell, figure.value, block.look, figure.formula)


def _chart_places(blocks: Sequence[_Block]) -> Iterator[str]:
    """Give the cell at each chart's corner: three beside each other, a wide one taking two."""
    taken = 0
    for block in blocks:
        row, column = divmod(taken, len(_CHART_COLUMNS))
        yield f"{_CHART_COLUMNS[column]}{_CHART_ROWS[row]}"
        taken += 1 + block.is_wide


def _chart(book: "Workbook", block: _Block, row: int, column: str) -> "Chart":
    at = _COLUMNS.index(column)
    kinds = {
        "bar": {"type": "bar"},
        "column": {"type": "column"},
        "stacked": {"type": "bar", "subtype": "stacked"},
    }
    chart = book.add_chart(kinds[block.chart])
    first, last = row + 2, row + 1 + len(block.rows)
    formats = {"money": "$#,##0", "mean": "0;;", "number": "#,##0"}
    fills = (palette.OCEAN, palette.AMBER)
    for n, head in enumerate(block.heads):
        values = _COLUMNS[at + 4 - len(block.heads) + n]
        chart.add_series(
            {
                "name": head,
                "categories": f"={TITLE}!${column}${first}:${column}${last}",
                "values": f"={TITLE}!${values}${first}:${values}${last}",
                "fill": {"color": fills[n]},
                "border": {"color": palette.HARBOR, "width": 0.75},
                "gap": 45,
                "data_labels": {
                    "value": True,
                    "num_format": formats[block.look],
                    "font": {
                        "size": 9,
                        "color": palette.INK if len(block.heads) == 1 or n else palette.SNOW,
                    },
                },
            }
        )
    _dress(chart, block)
    return chart


def _outcomes_chart(book: "Workbook", tiers: int) -> "Chart":
    """Applications sent and invitations, side by side for each tier."""
    chart = book.add_chart({"type": "bar"})
    first, last = TIERS_ROW + 1, TIERS_ROW + tiers
    for (head, column), fill in zip(SERIES, (palette.OCEAN, palette.AMBER), strict=True):
        chart.add_series(
            {
                "name": head,
                "categories": f"={TITLE}!$B${first}:$B${last}",
                "values": f"={TITLE}!${column}${first}:${column}${last}",
                "fill": {"color": fill},
                "border": {"color": palette.HARBOR, "width": 0.75},
                "gap": 45,
                "data_labels": {
                    "value": True,
                    "num_format": "#,##0",
                    "font": {"size": 9, "color": palette.INK},
                },
            }
        )
    _dress(
        chart, _Block("Applied and invited, by tier", ("Applied", "Invited"), (), chart="stacked")
    )
    chart.set_size({"width": _OUTCOMES_WIDTH, "height": _CHART_HEIGHT})
    return chart


def _dress(chart: "Chart", block: _Block) -> None:
    words = {"size": 9, "color": palette.INK}
    chart.set_title(
        {"name": block.title, "overlay": False, "name_font": {"size": 11, "color": palette.HARBOR}}
    )
    categories = {
        "num_font": words,
        "line": {"color": palette.RULE},
        "major_gridlines": {"visible": False},
    }
    numbers = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    if block.chart == "column":
        chart.set_x_axis(categories)
        chart.set_y_axis(numbers)
    else:
        # A bar chart's y axis is its vertical one, and counts from below; a table, from above.
        chart.set_x_axis(numbers)
        chart.set_y_axis({**categories, "reverse": True})
    if block.chart == "bar":
        chart.set_plotarea({"layout": _BARS})
    legend = {"position": "bottom", "font": words} if len(block.heads) > 1 else {"none": True}
    chart.set_legend(legend)
    width = _CHART_WIDTH * (2 if block.is_wide else 1)
    chart.set_size({"width": width, "height": _CHART_HEIGHT})
    chart.set_chartarea({"border": {"color": palette.RULE}})


def _overdue_list(counted: _Counted) -> Iterator[PageCell]:
    """List the shown actions that have been due longest; where they stand is worked out beside."""
    listed = counted.contents.frame("plan").with_row_index("place", 1)
    mine = _of_advisor(listed, counted.contents.advisor)
    late = mine.filter(pl.col("due") < counted.contents.as_of).sort("due", "place")
    yield PageCell(f"B{_LIST_FROM}", "Overdue longest", "heading", to=f"M{_LIST_FROM}")
    table, due = counted.plan, counted.plan.column("due")
    number = f"SUMPRODUCT({counted.is_overdue()})"
    yield PageCell(f"{_WORKING}1", "Rows of Plan, overdue longest first", "working")
    yield PageCell(f"{_WORKING}2", late.height, "working", number)
    late_first = (
        f"{counted.is_overdue()}*({due}*{_PLACES}+{table.places('due')})"
        f"+(1-{counted.is_overdue()})*{_NEVER}"
    )
    for n in range(_LISTED):
        row, working = _LIST_FROM + 1 + n, f"${_WORKING}${3 + n}"
        action = late.row(n, named=True) if n < late.height else None
        yield PageCell(
            f"{_WORKING}{3 + n}",
            action["place"] if action else "",
            "working",
            f'IF({n + 1}>${_WORKING}$2,"",MOD(SUMPRODUCT(SMALL({late_first},{n + 1})),{_PLACES}))',
        )
        for column, name, look, to in (
            ("B", "due", "listed day", ""),
            ("C", "applicant_id", "listed", "D"),
            ("E", "name", "listed", "F"),
            ("G", "action", "listed", "M"),
        ):
            yield PageCell(
                f"{column}{row}",
                action[name] if action else "",
                look,
                f'IF({working}="","",{table.cell(name, working)})',
                to=f"{to}{row}" if to else "",
            )


def _set_up(drawn: "Worksheet") -> None:
    drawn.set_column("A:A", 1.5)
    drawn.set_column("B:M", _COLUMN_WIDTH)
    drawn.set_column(f"{_ADVISORS}:{_WORKING}", 14, None, {"hidden": True})
    drawn.set_row(0, 30)
    choices = f"${_ADVISORS}$2:${_ADVISORS}${_MOST_ADVISORS + 1}"
    drawn.data_validation(
        ADVISOR_CELL,
        {
            "validate": "list",
            "source": f"=${_ADVISORS}$2:INDEX({choices},COUNTA({choices}))",
            "input_title": "Advisor",
            "input_message": "Choose one advisor, or all. Names come from the column Advisor.",
            "error_title": "Advisor",
            "error_message": "Choose a name from the list; new names appear after a refresh.",
        },
    )
    drawn.set_h_pagebreaks([_FIGURES_FROM - 2])
    print_page(drawn, f"M{OUTCOMES_END}", pages_high=0)
