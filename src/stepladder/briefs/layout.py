"""What a page shows in; how it is laid out so that all of it stands on one sheet, out.

The heading, the profile and the footer take what they need. The list and the actions share the
rest: the list is set smaller, then without reasons beside the actions, then with names cut, until
enough actions have room. The style sheet takes its sizes from here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from stepladder.briefs.page import Action, Band, Brief, Fact, Lever, Listed, ToFix
from stepladder.briefs.space import HEIGHT, WIDTH, height, line_count

TITLE, LARGE, HEADING, BODY, SMALL = 15.0, 9.5, 8.5, 7.5, 6.5
"""Sizes of type in points; nothing is set smaller than SMALL."""
LEADING: Final = 1.26
TITLE_LEADING: Final = 1.2
LOOSE, EASY, TIGHT, TIGHTEST = 1.45, 1.2, 1.07, 1.01
"""Height of a line in sizes of its font; a list's lines are from tight to loose, as room allows."""
ENOUGH: Final = 7
"""So many actions go before a list that is easy to read; further ones come after it."""
GAP, GUTTER = 2.2, 5.0
"""Between two blocks, and between two columns, in mm."""
ROW: Final = 0.5
"""Above and below the text of a table's row together, in mm."""
BORDER: Final = 0.27
"""Between two actions, in mm: a pixel of CSS, which no browser makes thinner in a table."""
BADGE, LABEL, BAR, POINTS, DUE, MARK, RANK, STATE = 44.0, 25.0, 24.0, 17.0, 19.0, 4.4, 6.6, 6.4
"""Widths of columns in mm: of a tier, a fact's title, a bar, points, a due day, a list's cells."""
BANDS: Final = 34.0
"""The column beside the bands' bars: signals, and programs to verify."""
CELL: Final = 1.4
"""Beside the text of a cell, left and right together, in mm."""
FIGURES: Final = 10.5
"""Height of the row of large figures, in mm."""
HEADING_HEIGHT: Final = 5.0
"""A heading of a block with what is under it, in mm."""
FOOTER_LINES: Final = 3

_HALF = (WIDTH - GUTTER) / 2


@dataclass(frozen=True)
class Section:
    """A run of one band within one column of the list."""

    band: str
    count: int
    is_continued: bool
    programs: tuple[Listed, ...]


@dataclass(frozen=True)
class Setting:
    """How a list is set, and how many actions should stand beside it.

    columns     of the list
    points      size of its type
    leading     height of its lines in sizes of its type, at least
    name_lines  lines that a program's name may take; what is longer ends with an ellipsis
    has_reasons each action with its reason
    least       so many actions, or all there are; otherwise the next setting is tried
    """

    columns: int
    points: float
    leading: float
    name_lines: int
    has_reasons: bool
    least: int


_SETTINGS = (
    Setting(2, 7.5, EASY, 2, has_reasons=True, least=8),
    Setting(2, 7.0, EASY, 2, has_reasons=True, least=7),
    Setting(2, 7.0, 1.15, 2, has_reasons=False, least=8),
    Setting(2, SMALL, TIGHT, 2, has_reasons=False, least=5),
    Setting(2, SMALL, TIGHT, 1, has_reasons=False, least=4),
    Setting(3, SMALL, TIGHT, 1, has_reasons=False, least=2),
    Setting(3, SMALL, TIGHTEST, 1, has_reasons=False, least=1),
    Setting(4, SMALL, TIGHTEST, 1, has_reasons=False, least=0),
)


@dataclass(frozen=True)
class Layout:
    """How one page is laid out.

    `is_wide`: how the application stands goes across the page, since it has much to say.
    `has_bands_left`: the bands stand in the left half. `unlisted` and `unnamed` count the programs,
    and the actions or errors, that have no room.
    """

    setting: Setting
    is_wide: bool
    has_bands_left: bool
    columns: tuple[tuple[Section, ...], ...]
    unlisted: int
    actions: tuple[Action, ...]
    unnamed: int
    to_fix: tuple[ToFix, ...]


def lay_out(brief: Brief) -> Layout:
    """Lay a page out; what has no room on it is counted, never cut through."""
    if brief.to_fix:
        return _errors(brief)
    halves = min(_halves(brief), key=lambda one: one.height)
    layouts = [_with(brief, _SETTINGS[0], halves)]
    for setting in _SETTINGS[1:]:
        if _is_enough(layouts[-1], brief):
            break
        layouts.append(_with(brief, setting, halves))
    return layouts[-1]


def _is_enough(layout: Layout, brief: Brief) -> bool:
    least = min(layout.setting.least, len(brief.actions))
    return not layout.unlisted and len(layout.actions) >= least


def _with(brief: Brief, setting: Setting, halves: "_Halves") -> Layout:
    """The page in this setting, whatever has no room left out."""
    room = HEIGHT - _fixed(brief) - halves.height
    bands = brief.bands
    columns = _columns(bands, setting)
    if _list_height(columns, setting) > room:
        bands = _first(bands, _most(bands, setting, room))
        columns = _columns(bands, setting)
    left = room - _list_height(columns, setting)
    easy = height(_tallest(columns, setting), setting.points, max(EASY - setting.leading, 0))
    actions: list[Action] = []
    for action, taken in zip(brief.actions, _action_heights(brief.actions, setting), strict=True):
        if taken > left - (easy if len(actions) >= ENOUGH else 0):
            break
        actions.append(action)
        left -= taken
    return Layout(
        setting=_eased(setting, columns, left),
        is_wide=halves.is_wide,
        has_bands_left=halves.has_bands_left,
        columns=columns,
        unlisted=brief.programs - sum(len(band.programs) for band in bands),
        actions=tuple(actions),
        unnamed=len(brief.actions) - len(actions),
        to_fix=(),
    )


def _eased(setting: Setting, columns: Sequence[Sequence[Section]], left: float) -> Setting:
    """The setting with what is left of the page between the lines of the list."""
    if not columns:
        return setting
    spare = left / height(_tallest(columns, setting), setting.points, 1)
    return replace(setting, leading=round(min(setting.leading + spare, LOOSE) - 0.005, 2))


def _errors(brief: Brief) -> Layout:
    said_first = height(2, LARGE, LEADING)
    left = HEIGHT - _heading(brief) - _footer() - said_first - 3 * GAP - 2 * HEADING_HEIGHT
    shown: list[ToFix] = []
    for error in brief.to_fix:
        texts = (f"10. {error.message}", error.fix)
        lines = sum(line_count(text, WIDTH - RANK, LARGE, bold=True) for text in texts)
        left -= height(lines, LARGE, LEADING) + GAP
        if left < 0:
            break
        shown.append(error)
    return Layout(
        setting=_SETTINGS[0],
        is_wide=False,
        has_bands_left=False,
        columns=(),
        unlisted=0,
        actions=(),
        unnamed=len(brief.to_fix) - len(shown),
        to_fix=tuple(shown),
    )


def _fixed(brief: Brief) -> float:
    """The height of all but the halves, the list and the actions, with the gaps between them."""
    blocks = [
        _heading(brief),
        _profile(brief),
        _footer(),
    ]
    if brief.calendar:
        blocks.append(HEADING_HEIGHT + brief.calendar.height)
    if brief.no_list and not brief.applications:
        blocks.append(HEADING_HEIGHT + _lines(brief.no_list, WIDTH))
    if brief.levers:
        blocks.append(HEADING_HEIGHT + sum(map(_lever, brief.levers)))
    return sum(blocks) + GAP * len(blocks)


def _lever(lever: Lever) -> float:
    half = (WIDTH - DUE - CELL) / 2 - CELL
    lines = max(line_count(lever.words, half, BODY), line_count(lever.takes, half, BODY))
    return height(lines, BODY, LEADING) + ROW + BORDER


def _heading(brief: Brief) -> float:
    width = WIDTH - BADGE - GUTTER
    title = brief.name or brief.applicant_id
    below = f"{brief.applicant_id}  · {brief.advisor_words} · {brief.season_words}"
    return (
        height(line_count(title, width, TITLE, bold=True), TITLE, TITLE_LEADING)
        + height(line_count(below, width, BODY), BODY, LEADING)
        + GAP
    )


def _profile(brief: Brief) -> float:
    return height(_run_lines(brief.person) + _run_lines(brief.exams), BODY, LEADING)


def _run_lines(facts: Sequence[Fact]) -> int:
    """Lines of facts that run on, measured as if all were as bold as their titles."""
    text = " ".join(f"{fact.title}: {fact.text}" for fact in facts)
    return line_count(text, WIDTH, BODY, bold=True)


@dataclass(frozen=True)
class _Halves:
    """What stands beside each other, and how high that is."""

    height: float
    is_wide: bool
    has_bands_left: bool


def _halves(brief: Brief) -> Iterator[_Halves]:
    """Every way to set where the application stands, the applications, fit and bands."""
    bands = _bands(brief)
    for is_wide in (False, True):
        standing = _standing(brief, WIDTH if is_wide else _HALF)
        above, left = (standing + GAP, 0.0) if is_wide else (0.0, standing + GAP)
        left += _applications(brief)
        right = _fit(brief)
        yield _Halves(above + max(left, right + bands), is_wide, has_bands_left=False)
        yield _Halves(above + max(left + bands, right), is_wide, has_bands_left=True)


def _standing(brief: Brief, width: float) -> float:
    facts = sum(_lines(fact.text, width - LABEL) + ROW for fact in brief.standing)
    queries = _lines("x" * 90, width) if brief.queries else 0
    return HEADING_HEIGHT + facts + queries


def _applications(brief: Brief) -> float:
    if not brief.applications:
        return 0.0
    return HEADING_HEIGHT + FIGURES + _lines(brief.applications.basis, _HALF)


def _fit(brief: Brief) -> float:
    width = _HALF - BAR - POINTS - 2 * CELL
    return HEADING_HEIGHT + sum(_lines(part.name, width) + ROW for part in brief.fit)


def _bands(brief: Brief) -> float:
    if not brief.bands:
        return 0.0
    return GAP + HEADING_HEIGHT + len(brief.bands) * (height(1, BODY, LEADING) + ROW)


def _footer() -> float:
    return height(FOOTER_LINES, SMALL, LEADING) + 1


def _lines(text: str, width: float) -> float:
    return height(line_count(text, width, BODY), BODY, LEADING)


def _action_heights(actions: Sequence[Action], setting: Setting) -> Iterator[float]:
    """What each action takes; the first one, with the heading over them."""
    width = WIDTH - DUE - CELL
    above = HEADING_HEIGHT + GAP
    for action in actions:
        if setting.has_reasons:
            half = width / 2 - CELL
            lines = max(line_count(action.words, half, BODY), line_count(action.why, half, BODY))
        else:
            lines = line_count(action.words, width - CELL, BODY)
        yield above + height(lines, BODY, LEADING) + ROW + BORDER
        above = 0.0


def _list_height(columns: Sequence[Sequence[Section]], setting: Setting) -> float:
    """The height of the list with the gap and the heading over it and the key to its marks."""
    if not columns:
        return 0.0
    key = GAP / 2 + height(1, SMALL, LEADING)
    lines = height(_tallest(columns, setting), setting.points, setting.leading)
    return GAP + HEADING_HEIGHT + lines + key


def _tallest(columns: Sequence[Sequence[Section]], setting: Setting) -> int:
    return max(
        (sum(_section_lines(section, setting) for section in column) for column in columns),
        default=0,
    )


def _section_lines(section: Section, setting: Setting) -> int:
    return 1 + sum(_name_lines(program, setting) for program in section.programs)


def _name_lines(program: Listed, setting: Setting) -> int:
    column = (WIDTH - GUTTER * (setting.columns - 1)) / setting.columns
    width = column - RANK - STATE - 2 * MARK - CELL
    return min(line_count(program.name, width, setting.points), setting.name_lines)


def _columns(bands: Sequence[Band], setting: Setting) -> tuple[tuple[Section, ...], ...]:
    """The list in columns of about the same height, a band's name over each of its runs."""
    # A band that runs on takes a line for its name once more.
    total = (
        setting.columns
        - 1
        + sum(1 + sum(_name_lines(program, setting) for program in band.programs) for band in bands)
    )
    columns: list[list[Section]] = [[]]
    used, before = 0, 0
    for band in bands:
        section = Section(band.name, len(band.programs), is_continued=False, programs=())
        for program in band.programs:
            lines = _name_lines(program, setting)
            full = (total - before) / (setting.columns - len(columns) + 1)
            if used and used + lines / 2 > full and len(columns) < setting.columns:
                if section.programs:
                    columns[-1].append(section)
                    section = replace(section, is_continued=True, programs=())
                before, used = before + used, 0
                columns.append([])
            used += lines + (not section.programs)
            section = replace(section, programs=(*section.programs, program))
        columns[-1].append(section)
    return tuple(map(tuple, columns)) if bands else ()


def _most(bands: Sequence[Band], setting: Setting, room: float) -> int:
    """How many programs have room in a list that is too long, at one line for each name."""
    line = height(1, setting.points, setting.leading)
    lines = int((room - GAP - HEADING_HEIGHT - GAP / 2 - height(1, SMALL, LEADING)) / line)
    return max((lines - 1) * setting.columns - len(bands) - setting.columns, 0)


def _first(bands: Sequence[Band], most: int) -> tuple[Band, ...]:
    """The bands with no more programs than that, those of the last bands left out first."""
    kept: list[Band] = []
    for band in bands:
        programs = band.programs[:most]
        most -= len(programs)
        if programs:
            kept.append(replace(band, programs=programs))
    return tuple(kept)
