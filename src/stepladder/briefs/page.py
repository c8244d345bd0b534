"""Result frames in; what each applicant's page shows, without a word of HTML, out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import polars as pl

from stepladder.briefs.charts import Bar, Calendar, bar, calendar
from stepladder.briefs.space import shortened
from stepladder.errors import UsageError
from stepladder.results_file import Results
from stepladder.rulebook import Policy, next_season
from stepladder.rulebook import season as season_of

FIX = "Fix"
NOT_ON_FILE = "not on file"

_LONGEST_NAME = 90
_LONGEST_WORDS = 60
_LONGEST_SENTENCE = 420
_LONGEST_PROGRAM = 160
_LEVERS = 3
_LEVER_GAINS = ("gain_target_chance_low", "gain_target_chance_high", "gain_list_value")
_YEAR = re.compile("[12][0-9]{3}")
_Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Fact:
    """Something on file, under the title of its column."""

    title: str
    text: str


@dataclass(frozen=True)
class FitPart:
    """Points of one part of PM&R fit."""

    name: str
    earned: float
    maximum: float
    bar: Bar


@dataclass(frozen=True)
class Listed:
    """One program of the list."""

    rank: int
    name: str
    state: str
    is_signaled: bool
    is_to_verify: bool


@dataclass(frozen=True)
class Band:
    """The programs of one band by rank; the bar is filled as far as signals go."""

    name: str
    programs: tuple[Listed, ...]
    signals: int
    to_verify: int
    bar: Bar


@dataclass(frozen=True)
class Applications:
    """How many applications, why so many, what they cost and bring (a range, illustrative)."""

    suggested: int
    basis: str
    cost: int | None
    prelim_cost: int | None
    interviews_low: int | None
    interviews_high: int | None
    eligible: int | None
    to_verify: int | None


@dataclass(frozen=True)
class Action:
    """What to do by when, and why."""

    due: date | None
    is_overdue: bool
    words: str
    why: str


@dataclass(frozen=True)
class Lever:
    """One improvement: its change in interviews, low / high (illustrative), and what it takes."""

    interviews: str
    words: str
    takes: str


@dataclass(frozen=True)
class ToFix:
    """An error of an applicant's row, and what to do about it."""

    message: str
    fix: str


@dataclass(frozen=True)
class Brief:
    """Everything that one applicant's page shows.

    `season` is None where it cannot be told. With `status` Fix only `to_fix` is filled in. A page
    without `bands` has no list, and `applications` or `no_list` says why.
    """

    applicant_id: str
    name: str
    advisor: str
    season: int | None
    is_season_assumed: bool
    status: str
    queries: int
    tier: str
    tier_basis: str
    person: tuple[Fact, ...] = ()
    exams: tuple[Fact, ...] = ()
    standing: tuple[Fact, ...] = ()
    pmr_fit: int | None = None
    fit: tuple[FitPart, ...] = ()
    applications: Applications | None = None
    no_list: str = ""
    bands: tuple[Band, ...] = ()
    actions: tuple[Action, ...] = ()
    levers: tuple[Lever, ...] = ()
    calendar: Calendar | None = None
    to_fix: tuple[ToFix, ...] = ()

    @property
    def advisor_words(self) -> str:
        """Who advises the applicant."""
        return f"Advisor {self.advisor}" if self.advisor else "No advisor on file"

    @property
    def season_words(self) -> str:
        """Which season the page is for, and whether anybody said so."""
        if self.season is None:
            return ""
        return f"Season {self.season}{' (assumed, none entered)' * self.is_season_assumed}"

    @property
    def programs(self) -> int:
        """How many programs the list has."""
        return sum(len(band.programs) for band in self.bands)

    @property
    def overdue(self) -> int:
        """How many actions were to be done before the day of the page."""
        return sum(action.is_overdue for action in self.actions)

    @property
    def signals(self) -> int:
        """How many of them get a signal."""
        return sum(band.signals for band in self.bands)


@dataclass(frozen=True)
class Day:
    """The day of the pages, and the season of all rows where one is chosen."""

    as_of: date
    season: int | None


def briefs(results: Results, applicants: pl.DataFrame, policy: Policy, day: Day) -> Iterator[Brief]:
    """What the page of each of some applicants of these results shows, in their order.

    Raises UsageError where the results have words or points that this policy does not know.
    """
    _refuse_other_rulebook(results, policy)
    rows = _Rows(results)
    for applicant in applicants.iter_rows(named=True):
        if applicant["status"] == FIX:
            yield _to_fix(applicant, rows, day)
        else:
            yield _scored(applicant, rows, policy, day)


class _Rows:
    """The rows of each result table, by applicant."""

    def __init__(self, results: Results) -> None:
        self.titles = results.titles
        self._tables = {
            name: getattr(results, name).partition_by("applicant_id", as_dict=True)
            for name in ("shortlist", "plan", "fit", "levers")
        }
        findings = results.findings.filter(pl.col("table") == "applicants")
        self._tables["findings"] = findings.partition_by("applicant_id", as_dict=True)

    def of(self, table: str, applicant_id: str | None) -> list[dict[str, Any]]:
        found: pl.DataFrame | None = self._tables[table].get((applicant_id,))
        return [] if found is None else found.to_dicts()


def _refuse_other_rulebook(results: Results, policy: Policy) -> None:
    """Names and maximum points are this policy's, so the results have to be so too."""
    tiers = {*policy.tier_names}
    bands = {*policy.band_names}
    points = {f"fit_{part}": getattr(policy.pmr_fit, part) for part in policy.pmr_fit_names._fields}
    beyond = results.fit.select(
        pl.any_horizontal(pl.col(name) > most + 0.01 for name, most in points.items()).any()
    ).item()
    if (
        beyond
        or {*results.applicants["tier"].drop_nulls()} - tiers
        or {*results.shortlist["band"].drop_nulls()} - bands
    ):
        raise UsageError(
            f"{results.source} was computed with another rulebook; name that one with --rulebook."
        )


def _to_fix(applicant: _Row, rows: _Rows, day: Day) -> Brief:
    """What is to be mended; a finding of the whole table bears no id."""
    applicant_id = applicant["applicant_id"]
    errors = [
        finding
        for owner in dict.fromkeys((applicant_id, None))
        for finding in rows.of("findings", owner)
        if finding["severity"] == "Error"
    ]
    own = [error for error in errors if error["applicant_id"] == applicant_id]
    return Brief(
        **_heading(applicant, rows),
        season=_year(applicant["season"]) if day.season is None else day.season,
        is_season_assumed=False,
        to_fix=tuple(
            ToFix(
                shortened(error["message"] or "", _LONGEST_SENTENCE),
                shortened(error["fix"] or "", _LONGEST_SENTENCE),
            )
            for error in own or errors
        ),
    )


def _scored(applicant: _Row, rows: _Rows, policy: Policy, day: Day) -> Brief:
    applicant_id = applicant["applicant_id"]
    own = _year(applicant["season"]) if day.season is None else day.season
    year = own or next_season(policy, day.as_of)
    actions = tuple(_action(row, policy, day.as_of) for row in rows.of("plan", applicant_id))
    season = season_of(policy, year)
    days = (
        ("Submit from", season.submit),
        ("Programs review from", season.review),
        ("Season ends", season.ends),
    )
    bands = tuple(_bands(rows.of("shortlist", applicant_id), policy))
    has_count = applicant["suggested_applications"] is not None
    [fit] = rows.of("fit", applicant_id)[:1] or [{}]
    return Brief(
        **_heading(applicant, rows),
        season=year,
        is_season_assumed=own is None,
        person=tuple(_person(applicant, rows.titles)),
        exams=tuple(_exams(applicant, rows.titles)),
        standing=tuple(_standing(applicant, fit, rows.titles)),
        pmr_fit=applicant["pmr_fit"],
        fit=tuple(_fit(fit, policy)),
        applications=_applications(applicant) if has_count else None,
        no_list="" if bands else _sentence(applicant["suggestion_basis"]),
        bands=bands,
        actions=actions,
        levers=tuple(_levers(rows.of("levers", applicant_id))),
        calendar=calendar(day.as_of, days, [one.due for one in actions if one.due]),
    )


def _heading(applicant: _Row, rows: _Rows) -> dict[str, Any]:
    findings = rows.of("findings", applicant["applicant_id"])
    return {
        "applicant_id": shortened(applicant["applicant_id"] or "", _LONGEST_WORDS),
        "name": shortened(applicant["name"] or "", _LONGEST_NAME),
        "advisor": shortened(applicant["advisor"] or "", _LONGEST_WORDS),
        "status": applicant["status"] or "",
        "queries": sum(finding["severity"] == "Query" for finding in findings),
        "tier": applicant["tier"] or "",
        "tier_basis": applicant["tier_basis"] or "",
    }


def _person(applicant: _Row, titles: Mapping[str, str]) -> Iterator[Fact]:
    for name in (
        "img_status",
        "medical_school_country",
        "graduation_year",
        "visa_needed",
        "ecfmg_certified",
    ):
        yield Fact(titles[name], shortened(applicant[name] or NOT_ON_FILE, _LONGEST_WORDS))


def _exams(applicant: _Row, titles: Mapping[str, str]) -> Iterator[Fact]:
    yield Fact("Step 1", _exam(applicant, "step1"))
    yield Fact("Step 2 CK", _exam(applicant, "step2_ck"))
    yield Fact("Step 3", _exam(applicant, "step3"))
    if applicant["practice_score"] or not applicant["step2_ck_score"]:
        yield Fact(titles["practice_score"], applicant["practice_score"] or NOT_ON_FILE)


def _exam(applicant: _Row, exam: str) -> str:
    match applicant[f"{exam}_attempts"]:
        case None:
            attempts = ""
        case "0":
            attempts = "not taken"
        case number:
            attempts = f"{number} attempt{'' if number == '1' else 's'}"
    said = (
        applicant.get(f"{exam}_result"),
        applicant[f"{exam}_score"],
        attempts,
        applicant[f"{exam}_date"],
    )
    return shortened(", ".join(filter(None, said)) or NOT_ON_FILE, _LONGEST_WORDS)


def _standing(applicant: _Row, fit: _Row, titles: Mapping[str, str]) -> Iterator[Fact]:
    delta = applicant["step_delta"]
    signed = "" if delta is None else f"{delta:+d}".replace("-", "−")
    change = signed and f" ({titles['step_delta']}: {signed})"
    yield Fact(titles["trend"], f"{applicant['trend'] or ''}{change}")
    yield Fact(titles["low_score"], _sentence(applicant["low_score"]))
    flags = _sentence(applicant["red_flags"])
    yield Fact(titles["red_flags"], flags or "None in what is on file")
    if blank := _sentence(fit.get("fit_not_on_file")):
        yield Fact(titles["fit_not_on_file"], f"{blank}: no points in fit yet")


def _fit(row: _Row, policy: Policy) -> Iterator[FitPart]:
    """Each part in the rulebook's order and words."""
    if not row:
        return
    points = {part: getattr(policy.pmr_fit, part) for part in policy.pmr_fit_names._fields}
    for part, name in policy.pmr_fit_names._asdict().items():
        earned = row[f"fit_{part}"] or 0.0
        yield FitPart(
            name=name,
            earned=earned,
            maximum=points[part],
            bar=bar(earned, points[part], max(points.values())),
        )


def _applications(applicant: _Row) -> Applications:
    return Applications(
        suggested=applicant["suggested_applications"],
        basis=_sentence(applicant["suggestion_basis"]),
        cost=applicant["application_cost_usd"],
        prelim_cost=applicant["prelim_cost_usd"],
        interviews_low=applicant["expected_interviews_low"],
        interviews_high=applicant["expected_interviews_high"],
        eligible=applicant["eligible_programs"],
        to_verify=applicant["programs_to_verify"],
    )


def _bands(shortlist: Sequence[_Row], policy: Policy) -> Iterator[Band]:
    """The bands that hold programs, best first."""
    names = policy.band_names
    ranked = sorted(shortlist, key=lambda row: row["rank"] or 0)
    longest = max((sum(row["band"] == name for row in ranked) for name in names), default=0)
    for name in names:
        programs = tuple(_listed(row) for row in ranked if row["band"] == name)
        if programs:
            signals = sum(program.is_signaled for program in programs)
            yield Band(
                name=name,
                programs=programs,
                signals=signals,
                to_verify=sum(program.is_to_verify for program in programs),
                bar=bar(signals, len(programs), longest),
            )


def _listed(row: _Row) -> Listed:
    return Listed(
        rank=row["rank"] or 0,
        name=shortened(row["program_name"] or row["program_id"] or "", _LONGEST_PROGRAM),
        state=shortened(row["state"] or "", len("XX")),
        is_signaled=row["signal"] == "Yes",
        is_to_verify=row["eligibility"] == "Verify",
    )


def _action(row: _Row, policy: Policy, as_of: date) -> Action:
    """An action whose day has passed since the plan was made is said to be overdue, as there."""
    overdue = policy.action_sentences.overdue
    is_overdue = row["due"] is not None and row["due"] < as_of
    words = row["action"] or ""
    if is_overdue and not words.startswith(overdue.partition("{")[0]):
        words = overdue.format(action=words)
    return Action(row["due"], is_overdue, _sentence(words), _sentence(row["why"]))


def _levers(rows: Sequence[_Row]) -> Iterator[Lever]:
    """The best that are in time and bring a gain."""
    ranked = sorted((row for row in rows if row["rank"]), key=lambda row: row["rank"])
    for row in ranked[:_LEVERS]:
        if any((row[name] or 0) > 0 for name in _LEVER_GAINS):
            low, high = (_signed(row[f"gain_interviews_{end}"]) for end in ("low", "high"))
            yield Lever(f"{low} / {high}", _sentence(row["lever"]), _sentence(row["takes"]))


def _signed(number: int | None) -> str:
    return f"{number:+d}".replace("-", "−") if number else "0"


def _sentence(text: str | None) -> str:
    return shortened(text or "", _LONGEST_SENTENCE)


def _year(text: str | None) -> int | None:
    return int(text) if text and _YEAR.fullmatch(text) else None
