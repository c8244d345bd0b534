"""The tables in; the Brief, one page about the applicant that is chosen on it, out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from stepladder import shipped
from stepladder.books.sheets import result_tables
from stepladder.template import palette
from stepladder.template.contents import Contents
from stepladder.template.formulas import TableReference, text
from stepladder.template.page import Page, PageCell, Value, print_page
from stepladder.validate import load_schema

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TITLE: Final = "Brief"
APPLICANT_CELL: Final = "C3"
APPLICANT: Final = "Shown_applicant"
IDS: Final = "Applicant_IDs"
_CHOSEN: Final = "$C$3"

_PANELS: Final = (("B", "C", "D"), ("F", "G", "H"), ("J", "K", "L"))
_PANEL_WIDTHS: Final = (39.5, 6, 8)
_PROFILE_FROM: Final = 7
_SENTENCES_FROM: Final = 19
_ACTIONS_FROM: Final = 26
_ACTIONS: Final = 10
_ACTIONS_BESIDE_LEVERS: Final = 6
_LEVERS: Final = 3
_LEVERS_FROM: Final = 35
_ACTION_LINE: Final = 150
"""Characters of an action that its one line still shows readably."""
_LIST_FROM: Final = 41
_LIST_ROWS: Final = 40
_SLOTS: Final = _LIST_ROWS * len(_PANELS)
_MOST: Final = _SLOTS - 3
"""Programs that fit beside the headings of the three bands."""
_BAR: Final = 8

_PLACE, _FIT, _COUNT, _FIRST, _STEPS, _FIRST_STEP = (f"$R${n}" for n in range(2, 8))
_OF_BAND: Final = tuple(f"$R${n}" for n in range(8, 11))
_HEIGHT: Final = "$R$11"
"""How many rows of the list are used: its three columns are about equally long."""
_LAST_STEP: Final = "$R$12"
_EXPECTED: Final = "$R$13"
_LISTED_FROM: Final = 12
_NO_BAND: Final = 4
_NEVER: Final = 10**7
"""More than a sheet has rows."""
_SHARE: Final = 1000
"""A band's number times this, plus a rank: what the list is sorted by."""

_NOTHING: Final = "–"
_EMPTY: Final = ("", "", "", "")
"""What a slot shows beyond the list's end: no code, and nothing in its three cells."""

_PROFILE: Final = (
    "img_status",
    "medical_school_country",
    "graduation_year",
    "visa_needed",
    "ecfmg_certified",
    "step1_result",
    "step1_score",
    "step2_ck_score",
    "practice_score",
    "step3_score",
)
_STANDING: Final = (
    "status",
    "tier",
    "tier_basis",
    "trend",
    "step_delta",
    "eligible_programs",
    "programs_to_verify",
    "application_cost_usd",
    "prelim_cost_usd",
    "season",
)
_FIT_PARTS: Final = (
    ("fit_rotations", "rotations"),
    ("fit_letters", "letters"),
    ("fit_faculty_letter", "faculty_letter"),
    ("fit_settings", "settings"),
    ("fit_research", "research"),
    ("fit_rehab", "rehab"),
    ("fit_statement", "statement"),
)
"""The column of the part, and the rulebook's name for its full points."""
_SENTENCES: Final = ("low_score", "red_flags", "suggestion_basis", "next_step")
_MONEY: Final = frozenset({"application_cost_usd", "prelim_cost_usd"})
_NUMBERS: Final = frozenset({"graduation_year", "season"})

_LEVERS_HEADING: Final = "What would move this applicant most"
_ILLUSTRATIVE: Final = " (interviews are illustrative)"
_LEVER_FIGURES: Final = {
    "gain_interviews_low": "Interviews ",
    "gain_interviews_high": " / ",
    "gain_pmr_fit": ", fit ",
    "gain_eligible_programs": ", eligible ",
}
"""What is told of a lever, and the words before it."""
_GAINS: Final = ("gain_target_chance_low", "gain_target_chance_high", "gain_list_value")
"""A lever that gains in none of these is not among the best."""
_NO_LEVER: Final = "No lever that is in time brings a gain; the sheet Levers shows all."

_FOOTNOTE: Final = (
    "S: send one of the season's signals here. V: verify with the program first (see Watch out in "
    "Shortlist). Interviews are a range and {rates_are}; a tier is named by opportunity, never by "
    "probability. This page holds personal data."
)


def brief(contents: Contents) -> Page:
    """Make the page for the chosen applicant; every cell follows the choice by formula."""
    shown = _Shown(contents)
    cells = (
        *_heading(shown),
        *_working(shown),
        *_panel(shown, 0, "Profile", _PROFILE),
        *_panel(shown, 1, "Standing", _STANDING),
        *_fit(shown),
        *_sentences(shown),
        *_actions(shown),
        *_levers(shown),
        *_list(shown),
        PageCell(
            f"B{_LIST_FROM + _LIST_ROWS}",
            _FOOTNOTE.format(rates_are=contents.rulebook.rates_are),
            "note",
            to=f"L{_LIST_FROM + _LIST_ROWS + 1}",
            is_told=True,
        ),
    )

    def draw(book: "Workbook", drawn: "Worksheet") -> None:
        ids = shown.applicants.column("applicant_id")
        book.define_name(IDS, f"={ids}")
        book.define_name(APPLICANT, f"={TITLE}!{_CHOSEN}")
        _set_up(drawn)
        heading = book.add_format({"bold": True, "bg_color": palette.PALE})
        for at, (first, _, last) in enumerate(_PANELS):
            drawn.conditional_format(
                f"{first}{_LIST_FROM}:{last}{_LIST_FROM + _LIST_ROWS - 1}",
                {
                    "type": "formula",
                    "criteria": f"=N($V{_LISTED_FROM + at * _LIST_ROWS})<0",
                    "format": heading,
                },
            )

    return Page(TITLE, cells, draw)


class _Shown:
    """What the page shows, in the frames and in the words of formulas."""

    def __init__(self, contents: Contents) -> None:
        self.policy = contents.rulebook.policy
        self.is_calibrated = contents.rulebook.is_calibrated
        self.refreshed_on = contents.refreshed_on
        self.chosen = contents.shown_id
        self.applicants = contents.reference("applicants")
        self.fit = contents.reference("fit")
        self.shortlist = contents.reference("shortlist")
        self.plan = contents.reference("plan")
        self.levers = contents.reference("levers") if "levers" in contents.sheets else None
        self.best_levers = self._best_levers(contents)
        self.bands = tuple(self.policy.band_names)
        self.person, self.place = self._row(contents, "applicants")
        self.parts, self.fit_place = self._row(contents, "fit")
        self.list = contents.rows_of("shortlist", self.chosen).sort("rank")
        self.actions = contents.rows_of("plan", self.chosen)
        self.order = self._in_bands()

    def _row(self, contents: Contents, name: str) -> tuple[Mapping[str, Any], int]:
        """The applicant's row as the sheet shows it, unread texts too, and its place (0: none)."""
        rows = contents.rows_of(name, self.chosen)
        if rows.is_empty():
            return {}, 0
        # Of two rows with one id, which are both to be fixed, a formula finds the last.
        place = rows["place"][-1]
        unread = contents.sheets[name].originals.filter(pl.col("row") == place - 1)
        texts = dict(unread.select("column", "text").iter_rows())
        return rows.row(-1, named=True) | texts, place

    def _best_levers(self, contents: Contents) -> Sequence[Mapping[str, Any]]:
        """The first levers by rank that bring a gain, each with its `place`."""
        if self.levers is None:
            return []
        best = contents.rows_of("levers", self.chosen).filter(
            (pl.col("rank") <= _LEVERS) & pl.any_horizontal(pl.col(name) > 0 for name in _GAINS)
        )
        return best.sort("rank").to_dicts()

    def _in_bands(self) -> list[int]:
        """The list's rows (from 0), band by band, by rank within a band."""
        number = {band: n for n, band in enumerate(self.bands, 1)}
        keys = [
            number.get(band, _NO_BAND) * _SHARE + rank
            for band, rank in zip(self.list["band"], self.list["rank"], strict=True)
        ][:_MOST]
        return [at for _, at in sorted((key, at) for at, key in enumerate(keys))]

    def of_person(self, name: str) -> tuple[Value, str]:
        """A cell of the applicant: its value, and the formula that finds it; – where blank."""
        return _cell(self.applicants, name, _PLACE, self.person)


def _cell(
    table: TableReference, name: str, place: str, row: Mapping[str, Any]
) -> tuple[Value, str]:
    """A cell of the row at this place: value and formula; – where blank, empty without a row."""
    if name not in table:
        return _NOTHING, ""
    found = table.cell(name, place)
    formula = f'IF({place}=0,"",IF({found}="",{text(_NOTHING)},{found}))'
    value = row.get(name)
    return ("" if not row else _NOTHING if value in {None, ""} else value), formula


def _heading(shown: _Shown) -> Iterator[PageCell]:
    name, name_formula = shown.of_person("name")
    yield PageCell("B1", name, "title", name_formula, to="H1")
    advisor, advisor_formula = shown.of_person("advisor")
    yield PageCell("J1", advisor, "strong", advisor_formula, to="L1")
    yield PageCell("B2", "Stepladder brief · plan as of", "subtitle")
    yield PageCell("C2", shown.refreshed_on, "day", 'IF(As_of="","",As_of)', to="D2")
    yield PageCell("J2", "Advisor", "subtitle", to="L2")
    yield PageCell("B3", "Applicant ID (choose) ▸", "label")
    yield PageCell(APPLICANT_CELL, shown.chosen, "id input", to="F3")
    unknown = "This id is not in Applicants; choose one from the list."
    yield PageCell(
        "G3",
        unknown if shown.chosen and not shown.place else "",
        "subtitle",
        f'IF(AND({_CHOSEN}<>"",{_PLACE}=0),{text(unknown)},"")',
    )
    yield PageCell("B4", "", "short")


def _working(shown: _Shown) -> Iterator[PageCell]:
    """Where the applicant stands in each table; hidden, to the right of the page."""
    applicants, fit, shortlist, plan = shown.applicants, shown.fit, shown.shortlist, shown.plan
    count, steps = shown.list.height, shown.actions.height
    rows: tuple[tuple[str, str, Value, str], ...] = (
        ("Row in Applicants", _PLACE, shown.place, applicants.last_place("applicant_id", _CHOSEN)),
        ("Row in Fit", _FIT, shown.fit_place, fit.last_place("applicant_id", _CHOSEN)),
        ("Rows in Shortlist", _COUNT, count, shortlist.number_of("applicant_id", _CHOSEN)),
        (
            "First in Shortlist",
            _FIRST,
            max(1, max(shown.list["place"].to_list(), default=0) - count + 1),
            f"MAX(1,{shortlist.last_place('applicant_id', _CHOSEN)}-{_COUNT}+1)",
        ),
        ("Rows in Plan", _STEPS, steps, plan.number_of("applicant_id", _CHOSEN)),
        (
            "First in Plan",
            _FIRST_STEP,
            shown.actions["place"][0] if steps else 1,
            f"IF({_STEPS}=0,1,{_nth_place(plan, 1)})",
        ),
        (
            "Last in Plan",
            _LAST_STEP,
            shown.actions["place"][-1] if steps else 0,
            plan.last_place("applicant_id", _CHOSEN),
        ),
    )
    yield PageCell("Q1", "Worked out for this page", "working")
    for label, at, value, formula in rows:
        yield PageCell(f"Q{at.rpartition('$')[2]}", label, "working")
        # Without a choice nothing is chosen, though a blank id may stand in a table.
        guarded = f'IF({_CHOSEN}="",{1 if "First" in label else 0},{formula})'
        yield PageCell(at.replace("$", ""), value, "working", guarded)
    keys = f"$T${_LISTED_FROM}:$T${_LISTED_FROM + _MOST - 1}"
    listed = shown.list.head(_MOST)
    for n, (band, at) in enumerate(zip(shown.bands, _OF_BAND, strict=True), 1):
        yield PageCell(f"Q{at.rpartition('$')[2]}", f"{band} in the list", "working")
        yield PageCell(
            at.replace("$", ""),
            listed.filter(pl.col("band") == band).height,
            "working",
            f'COUNTIFS({keys},">{n * _SHARE}",{keys},"<{(n + 1) * _SHARE}")',
        )
    used = "+".join(f"{at}+({at}>0)" for at in _OF_BAND)
    yield PageCell("Q11", "Rows of the list in use", "working")
    height = f"MAX(1,ROUNDUP(({used})/{len(_PANELS)},0))"
    yield PageCell(_HEIGHT.replace("$", ""), _height(shown), "working", height)
    yield from _listed(shown)


def _listed(shown: _Shown) -> Iterator[PageCell]:
    """Row by row of the list: its place in Shortlist, its key, and the order by band and rank.

    Shortlist stands in order as it is written, so the k-th program is found at once; where somebody
    sorted the sheet, it is looked for.
    """
    table = shown.shortlist
    ids, ranks = table.column("applicant_id"), table.column("rank")
    bands = ",".join(text(band) for band in shown.bands)
    listed = shown.list.head(_MOST)
    places = listed["place"].to_list()
    number = {band: n for n, band in enumerate(shown.bands, 1)}
    keys = [
        number.get(band, _NO_BAND) * _SHARE + n
        for n, band in enumerate(listed["band"].to_list(), 1)
    ]
    last = _LISTED_FROM + _MOST - 1
    for k in range(1, _MOST + 1):
        row = _LISTED_FROM + k - 1
        there = f"{_FIRST}+{k - 1}"
        in_order = f"IFERROR(EXACT(INDEX({ids},{there}),{_CHOSEN})*(INDEX({ranks},{there})={k}),0)"
        search = (
            f"SUMPRODUCT({table.equal('applicant_id', _CHOSEN)}*({ranks}={k})*"
            f"{table.places('applicant_id')})"
        )
        is_listed = k <= len(places)
        yield PageCell(
            f"S{row}",
            places[k - 1] if is_listed else "",
            "working",
            f'IF({k}>{_COUNT},"",IF({in_order}=1,{there},{search}))',
        )
        band = table.cell("band", f"S{row}")
        yield PageCell(
            f"T{row}",
            keys[k - 1] if is_listed else "",
            "working",
            f'IF(S{row}="","",IFERROR(MATCH({band},{{{bands}}},0),{_NO_BAND})*{_SHARE}+{k})',
        )
        yield PageCell(
            f"U{row}",
            shown.order[k - 1] + 1 if is_listed else "",
            "working",
            f'IF({k}>MIN({_COUNT},{_MOST}),"",'
            f"MOD(SMALL($T${_LISTED_FROM}:$T${last},{k}),{_SHARE}))",
        )


def _panel(shown: _Shown, panel: int, heading: str, names: Sequence[str]) -> Iterator[PageCell]:
    label, value, last = _PANELS[panel]
    row = _PROFILE_FROM - 1
    yield PageCell(f"{label}{row}", heading, "heading", to=f"{last}{row}")
    for name in names:
        row += 1
        found, formula = shown.of_person(name)
        look = "left money" if name in _MONEY else "short"
        yield PageCell(f"{label}{row}", _titles()[name], "label")
        yield PageCell(f"{value}{row}", found, look, formula, to=f"{last}{row}")


@cache
def _titles() -> Mapping[str, str]:
    """The titles of all columns of applicants, those that a table lacks among them."""
    schema = load_schema(shipped.schemas() / "applicants.toml")
    return {
        **{column.name: column.title for column in schema.columns},
        **result_tables()["applicants"].titles,
    }


def _fit(shown: _Shown) -> Iterator[PageCell]:
    """The parts of PM&R fit: points, full points, and a bar of their share."""
    label, value, last = _PANELS[2]
    row = _PROFILE_FROM - 1
    yield PageCell(f"{label}{row}", "PM&R fit by part", "heading", to=f"{last}{row}")
    for name, part in _FIT_PARTS:
        row += 1
        full = getattr(shown.policy.pmr_fit, part)
        points, formula = _cell(shown.fit, name, _FIT, shown.parts)
        title = f"{shown.fit.titles[name]} (of {full:g})"
        yield PageCell(f"{label}{row}", title, "label")
        yield PageCell(f"{value}{row}", points, "points", formula)
        squares = round(_BAR * points / full + 1e-9) if isinstance(points, float) else 0
        yield PageCell(
            f"{last}{row}",
            "█" * squares,
            "bar",
            f'IF(ISNUMBER({value}{row}),REPT("█",ROUND({_BAR}*{value}{row}/{full:g},0)),"")',
        )
    row += 1
    total, formula = _cell(shown.fit, "pmr_fit", _FIT, shown.parts)
    yield PageCell(f"{label}{row}", "PM&R fit (of 100)", "strong")
    yield PageCell(f"{value}{row}", total, "strong", formula)
    lacking, formula = _cell(shown.fit, "fit_not_on_file", _FIT, shown.parts)
    yield PageCell(f"{label}{row + 1}", "Not on file", "top label")
    yield PageCell(f"{label}{row + 2}", lacking, "text", formula, to=f"{last}{row + 3}")


def _sentences(shown: _Shown) -> Iterator[PageCell]:
    row = _SENTENCES_FROM
    yield PageCell(f"B{row}", "What decides the plan", "heading", to=f"L{row}")
    for name in _SENTENCES[:2]:
        row += 1
        found, formula = shown.of_person(name)
        yield PageCell(f"B{row}", _titles()[name], "top label")
        yield PageCell(f"C{row}", found, "text", formula, to=f"L{row}")
    row += 1
    number, formula = shown.of_person("suggested_applications")
    yield PageCell(f"B{row}", "Suggested applications", "strong")
    yield PageCell(f"C{row}", number, "strong", formula, to=f"D{row}")
    yield from _interviews(shown, row)
    for name in _SENTENCES[2:]:
        row += 1
        found, formula = shown.of_person(name)
        yield PageCell(f"B{row}", _titles()[name], "top label")
        yield PageCell(f"C{row}", found, "text", formula, to=f"L{row}")


def _interviews(shown: _Shown, row: int) -> Iterator[PageCell]:
    low, high = (
        shown.applicants.cell(f"expected_interviews_{end}", _PLACE) for end in ("low", "high")
    )
    ends = [shown.person.get(f"expected_interviews_{end}") for end in ("low", "high")]
    is_known = None not in ends
    words = f"Expected interviews{'' if shown.is_calibrated else ', illustrative'}: "
    yield PageCell(f"Q{_EXPECTED.rpartition('$')[2]}", "Words before the interviews", "working")
    yield PageCell(_EXPECTED.replace("$", ""), words, "working", is_told=True)
    yield PageCell(
        f"F{row}",
        f"{words}{ends[0]} to {ends[1]}" if is_known else "",
        "strong",
        f'IF({_PLACE}=0,"",IF({low}="","",{_EXPECTED}&{low}&" to "&{high}))',
        to=f"L{row}",
    )


def _actions(shown: _Shown) -> Iterator[PageCell]:
    """The first actions of the plan, by rank, then how many more there are."""
    table, row = shown.plan, _ACTIONS_FROM
    most = _actions_shown(shown)
    yield PageCell(f"B{row}", "Next actions, most valuable first", "heading", to=f"L{row}")
    for n in range(most):
        row += 1
        action = shown.actions.row(n, named=True) if n < shown.actions.height else {}
        place = f"$X${_LISTED_FROM + n}"
        yield PageCell(
            place.replace("$", ""),
            action.get("place", ""),
            "working",
            f'IF({n}>={_STEPS},"",IF({_LAST_STEP}-{_FIRST_STEP}+1={_STEPS},{_FIRST_STEP}+{n},'
            f"{_nth_place(table, n + 1)}))",
        )
        for at, value, found, look, to in (
            ("B", *_in_one_line(action, table.cell("action", place)), "listed", f"H{row}"),
            ("J", action.get("phase", ""), table.cell("phase", place), "listed", ""),
            ("K", action.get("due", ""), table.cell("due", place), "listed day", f"L{row}"),
        ):
            yield PageCell(f"{at}{row}", value, look, f'IF({place}="","",{found})', to=to)
    more = max(shown.actions.height - most, 0)
    yield PageCell(
        f"B{row + 1}",
        f"… and {more} more in Plan" if more else "",
        "subtitle",
        f'IF({_STEPS}>{most},"… and "&({_STEPS}-{most})&" more in Plan","")',
    )


def _actions_shown(shown: _Shown) -> int:
    return _ACTIONS if shown.levers is None else _ACTIONS_BESIDE_LEVERS


def _levers(shown: _Shown) -> Iterator[PageCell]:
    """The best levers with what they take and bring; none in a workbook without the sheet Levers.

    They are found by rank, wherever somebody sorted the sheet to.
    """
    table, row = shown.levers, _LEVERS_FROM
    if table is None:
        return
    heading = _LEVERS_HEADING + ("" if shown.is_calibrated else _ILLUSTRATIVE)
    yield PageCell(f"B{row}", heading, "heading", to=f"L{row}", is_told=True)
    for n in range(_LEVERS):
        row += 1
        best = shown.best_levers[n] if n < len(shown.best_levers) else {}
        place = f"$X${_LISTED_FROM + _ACTIONS_BESIDE_LEVERS + n}"
        gains = "+".join(f"({table.column(name)}>0)" for name in _GAINS)
        found = (
            f"SUMPRODUCT({table.equal('applicant_id', _CHOSEN)}*({table.column('rank')}={n + 1})*"
            f"({gains}>0)*{table.places('applicant_id')})"
        )
        yield PageCell(
            place.replace("$", ""),
            best.get("place", 0),
            "working",
            f'IF({_CHOSEN}="",0,{found})',
        )
        none = _NO_LEVER if n == 0 else ""
        words = f"{best['lever']}. {best['takes']}" if best else none if shown.place else ""
        yield PageCell(
            f"B{row}",
            words,
            "listed",
            f'IF({place}>0,{table.cell("lever", place)}&". "&{table.cell("takes", place)},'
            f'IF({_PLACE}=0,"",{text(none)}))',
            to=f"H{row}",
        )
        signed = "&".join(
            f'{text(words)}&TEXT({table.cell(name, place)},"+0;-0;0")'
            for name, words in _LEVER_FIGURES.items()
        )
        yield PageCell(
            f"J{row}",
            "".join(f"{words}{_signed(best[name])}" for name, words in _LEVER_FIGURES.items())
            if best
            else "",
            "listed",
            f'IF({place}>0,{signed},"")',
            to=f"L{row}",
        )


def _signed(number: int) -> str:
    return f"{number:+d}" if number else "0"


def _in_one_line(action: Mapping[str, Any], cell: str) -> tuple[str, str]:
    """Give the action and the words that find it, cut where the line would shrink to nothing."""
    words = action.get("action", "")
    if len(words) > _ACTION_LINE:
        words = f"{words[: _ACTION_LINE - 1]}…"
    return words, f'IF(LEN({cell})>{_ACTION_LINE},LEFT({cell},{_ACTION_LINE - 1})&"…",{cell})'


def _nth_place(table: TableReference, n: int) -> str:
    """Find the applicant's n-th row of a table, wherever somebody sorted it to."""
    is_theirs = table.equal("applicant_id", _CHOSEN)
    places = table.places("applicant_id")
    return f"SUMPRODUCT(SMALL({is_theirs}*{places}+(1-{is_theirs})*{_NEVER},{n}))"


def _list(shown: _Shown) -> Iterator[PageCell]:
    """The list, band by band in three columns of slots; each slot finds what stands in it."""
    row = _LIST_FROM - 1
    count = shown.list.height
    more = max(count - _MOST, 0)
    yield PageCell(
        f"B{row}",
        _list_heading(count, more),
        "heading",
        f'"Programs by band: "&{_COUNT}&IF({_COUNT}>{_MOST},", of which "&({_COUNT}-{_MOST})&'
        f'" stand only in Shortlist","")',
        to=f"L{row}",
    )
    contents = _slots(shown)
    height = _height(shown)
    for slot in range(_SLOTS):
        column, down = divmod(slot, _LIST_ROWS)
        program, state, marks = _PANELS[column]
        row = _LIST_FROM + down
        working, number = (f"${letter}${_LISTED_FROM + slot}" for letter in "VW")
        shown_slot = column * height + down if down < height else None
        code, name, where, mark = _EMPTY if shown_slot is None else contents[shown_slot]
        yield PageCell(
            number.replace("$", ""),
            "" if shown_slot is None else shown_slot + 1,
            "working",
            f'IF({down + 1}>{_HEIGHT},"",{column}*{_HEIGHT}+{down + 1})',
        )
        yield PageCell(
            working.replace("$", ""), code, "working", f'IF({number}="","",{_slot(number)})'
        )
        place = f"INDEX($S${_LISTED_FROM}:$S${_LISTED_FROM + _MOST - 1},{_kth(working)})"
        cell = shown.shortlist.cell
        headings = ",".join(
            f'{text(band.upper())}&" ("&{at}&")"'
            for band, at in zip(shown.bands, _OF_BAND, strict=True)
        )
        yield PageCell(
            f"{program}{row}",
            name,
            "listed",
            f'IF({working}="","",IF({working}<0,CHOOSE(-{working},{headings}),'
            f'{cell("rank", place)}&". "&{cell("program_name", place)}))',
        )
        is_program = f'IF({working}="",FALSE,{working}>0)'
        yield PageCell(
            f"{state}{row}", where, "listed", f'IF({is_program},{cell("state", place)}&"","")'
        )
        yield PageCell(
            f"{marks}{row}",
            mark,
            "marks",
            f'IF({is_program},IF({cell("signal", place)}="Yes","S ","")&'
            f'IF({cell("eligibility", place)}="Verify","V",""),"")',
        )


def _list_heading(count: int, more: int) -> str:
    return f"Programs by band: {count}" + (
        f", of which {more} stand only in Shortlist" if more else ""
    )


def _kth(working: str) -> str:
    """Which program of the list a slot shows."""
    return f"INDEX($U${_LISTED_FROM}:$U${_LISTED_FROM + _MOST - 1},{working})"


def _slot(slot: str) -> str:
    """What stands in a slot: −1, −2, −3 a band's heading, else the number of a program in order."""
    first, second, third = _OF_BAND
    ends = [
        f"({first}+({first}>0))",
        f"({first}+({first}>0)+{second}+({second}>0))",
        f"({first}+({first}>0)+{second}+({second}>0)+{third}+({third}>0))",
    ]
    return (
        f'IF({slot}>{ends[2]},"",IF({slot}<={ends[0]},IF({slot}=1,-1,{slot}-1),'
        f"IF({slot}<={ends[1]},IF({slot}={ends[0]}+1,-2,{slot}-({first}>0)-1),"
        f"IF({slot}={ends[1]}+1,-3,{slot}-({first}>0)-({second}>0)-1))))"
    )


def _slots(shown: _Shown) -> list[tuple[Value, str, str, str]]:
    """What each slot shows now: its code, and the words in its three cells."""
    rows = shown.list.rows(named=True)
    filled: list[tuple[Value, str, str, str]] = []
    by_band = {
        band: [rows[at] for at in shown.order if rows[at]["band"] == band] for band in shown.bands
    }
    number = 0
    for n, (band, programs) in enumerate(by_band.items(), 1):
        if programs:
            filled.append((-n, f"{band.upper()} ({len(programs)})", "", ""))
        for program in programs:
            number += 1
            signal = "S " if program["signal"] == "Yes" else ""
            verify = "V" if program["eligibility"] == "Verify" else ""
            name = f"{program['rank']}. {program['program_name']}"
            filled.append((number, name, program["state"] or "", signal + verify))
    return [*filled, *([_EMPTY] * (_SLOTS - len(filled)))]


def _height(shown: _Shown) -> int:
    bands = shown.list.head(_MOST)["band"]
    used = sum(n + 1 for n in (int((bands == band).sum()) for band in shown.bands) if n)
    return max(1, math.ceil(used / len(_PANELS)))


def _set_up(drawn: "Worksheet") -> None:
    drawn.set_column("A:A", 1.5)
    for columns in _PANELS:
        for column, width in zip(columns, _PANEL_WIDTHS, strict=True):
            drawn.set_column(f"{column}:{column}", width)
    for gap in ("E", "I"):
        drawn.set_column(f"{gap}:{gap}", 1.5)
    drawn.set_column("Q:X", 14, None, {"hidden": True})
    drawn.set_row(0, 30)
    for n, lines in ((0, 2), (1, 2), (3, 2), (4, 3)):
        drawn.set_row(_SENTENCES_FROM + n, 15 * lines + 1)
    for row in range(_LIST_FROM - 1, _LIST_FROM + _LIST_ROWS - 1):
        drawn.set_row(row, 13)
    drawn.data_validation(
        APPLICANT_CELL,
        {
            "validate": "list",
            "source": f"={IDS}",
            "input_title": "Applicant",
            "input_message": "Choose an applicant's id; the page follows, and prints on one sheet.",
            "error_title": "Applicant",
            "error_message": "Choose an id that stands in Applicants.",
        },
    )
    print_page(drawn, f"L{_LIST_FROM + _LIST_ROWS + 1}", pages_high=1)
