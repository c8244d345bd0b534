"""An office's workbook, saved or open, in; what a refresh finds in it and would write, out."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import ascii_uppercase
from typing import Final, TypeGuard

import polars as pl

from stepladder.books import Sheet
from stepladder.books.sheets import as_entered
from stepladder.changes import SHOWN, Changes, Standing, changes
from stepladder.office_book import InputTable, OfficeBook
from stepladder.outcomes import outcomes_schema, read_outcomes_of, with_outcomes
from stepladder.refresh import (
    FIRST_YEAR,
    LAST_YEAR,
    NOTHING_TOLD,
    Progress,
    Settings,
    applicants_schema,
    computed_titles,
    contents,
    facts_of,
    programs_schema,
    refresh,
    today,
)
from stepladder.result import Result
from stepladder.rulebook import Overridden, overridden
from stepladder.rulebook.calibrated import MARK
from stepladder.template import Contents, Overrides
from stepladder.validate import Validated, empty, map_headers
from stepladder.workbook_limits import MOST_WITH_LEVERS, refuse_crowd, shortened

_RULE_NOT_VALID: Final = "rule_not_valid"
_PAGES_SAY: Final = frozenset({"tier_names", "trend_names", "band_names", "phase_names"})
"""Sections of the rulebook whose words stand in the formulas of the pages."""
_WORD_OF_PAGES: Final = (
    "is a word that the Dashboard and the Brief look for, so it is changed in a rulebook file; "
    "make a new workbook with that"
)
_RANGE: Final = "expected_interviews_low"
_NOT_CALIBRATED: Final = (
    "The titles of this workbook were those of calibrated rates, and the rulebook of this refresh "
    "is not calibrated: its rates and interviews are illustrative. Name yours with --rulebook."
)
_SEASON_NOT_VALID: Final = "season_not_valid"


@dataclass(frozen=True)
class Asked:
    """What the command was told: as `Settings`, and how many programs of each list are shown."""

    rulebook: Path | None = None
    as_of: date | None = None
    season: int | None = None
    most_listed: int | None = None


@dataclass(frozen=True)
class Computed:
    """One reading of the workbook, and what the pipeline made of it.

    tables  those of the results, as far as the workbook shows them
    typed   the values of the Rules sheet that differ from the rulebook's own
    """

    applicants: InputTable
    programs: InputTable
    outcomes: InputTable | None
    came: Validated
    result: Result
    tables: Sequence[Sheet]
    rules: Overridden
    typed: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """What was computed, and how a workbook shows it."""

    computed: Computed
    contents: Contents
    changed: Changes


def compute(book: OfficeBook, asked: Asked, name: str, progress: Progress) -> Computed:
    """Read both tables of a workbook and take them through the pipeline."""
    typed = book.typed_rules()
    words = {rule: _WORD_OF_PAGES for rule in typed if rule.partition(".")[0] in _PAGES_SAY}
    rules = overridden(
        asked.rulebook, {rule: text for rule, text in typed.items() if rule not in words}
    )
    rules = replace(rules, refused={**rules.refused, **words})
    applicants = book.input_table(applicants_schema(), computed_titles(), unlike=programs_schema())
    programs = book.input_table(programs_schema(), {}, unlike=applicants_schema())
    refuse_crowd(len(applicants.text.sheet_rows), name)
    season = book.office_season()
    settings = Settings(
        rules.rulebook,
        asked.as_of or today(),
        asked.season,
        keep_pairs=book.has("pairs"),
        office_season=int(season) if _is_season(season) else None,
        with_levers=book.has("levers"),
        levers_up_to=MOST_WITH_LEVERS,
    )
    if settings.with_levers and len(applicants.text.sheet_rows) > MOST_WITH_LEVERS:
        book.notes.append(
            f"The sheet Levers is for up to {MOST_WITH_LEVERS} applicants, so it was left empty; "
            "stepladder batch --levers works them out for any number."
        )
    told = [*_told_of_rules(book, rules, typed), *_told_of_season(book, season)]
    outcomes = book.outcomes_table()
    facts = replace(facts_of(settings), applicant_ids=_ids(applicants), program_ids=_ids(programs))
    came = read_outcomes_of(outcomes.text if outcomes else empty(outcomes_schema()), facts)
    result = refresh(
        applicants.text,
        programs.text,
        settings,
        progress,
        pl.concat([pl.DataFrame(told, NOTHING_TOLD.schema), came.findings]),
    )
    if not rules.rulebook.is_calibrated and _titles_of_calibrated(applicants):
        book.notes.append(_NOT_CALIBRATED)
    tables = shortened(result.sheets, asked.most_listed)
    return Computed(applicants, programs, outcomes, came, result, tables, rules, typed)


def present(book: OfficeBook, computed: Computed, name: str) -> Run:
    """What shall stand in the workbook, and what changes by it; nothing is written.

    `book` may have been read later than what was computed, with the same rows in both tables.
    """
    applicants, outcomes, result = computed.applicants, computed.outcomes, computed.result
    changed = changes(book.standing(applicants), _standing(result, computed.tables))
    shown = contents(result, name, _person(), _entered(computed.tables, applicants))
    rules, typed = computed.rules, computed.typed
    entry = {
        **shown.log[0],
        "when": f"{datetime.now(tz=UTC).astimezone():%Y-%m-%d %H:%M}",
        "overrides": "; ".join(f"{rule} = {typed[rule]}" for rule in rules.taken),
        "changed": changed.text(),
    }
    if outcomes:
        shown = with_outcomes(shown, result, computed.came, outcomes.text)
    sheet_of = {
        "applicants": applicants.table.sheet,
        "programs": computed.programs.table.sheet,
        **({"outcomes": outcomes.table.sheet} if outcomes else {}),
        "rules": book.sheet_of("rules"),
        "start": book.season_place().sheet,
    }
    shown = replace(
        shown,
        log=[*book.log(), entry],
        sheet_of=sheet_of,
        overrides=Overrides(rules.taken, {rule: typed[rule] for rule in rules.refused}),
        advisor=book.advisor(),
        applicant_id=book.applicant_id(),
        has_button=book.has_button(),
        outcomes_season=book.outcomes_season(),
        counts_outcomes=book.counts_outcomes(),
    )
    return Run(computed, shown, changed)


def _entered(tables: Sequence[Sheet], applicants: InputTable) -> list[Sheet]:
    """The tables, applicants as they were entered: so formulas of the pages find them."""
    places = map_headers(applicants.text, applicants_schema(), computed_titles()).columns
    return [
        as_entered(table, applicants.text, places) if table.name == "applicants" else table
        for table in tables
    ]


def _titles_of_calibrated(applicants: InputTable) -> bool:
    """Whether the workbook was made with a calibrated rulebook: its titles lack the mark."""
    title = applicants.computed.get(_RANGE)
    return title is not None and title != computed_titles()[_RANGE] == f"{title}{MARK}"


def _ids(table: InputTable) -> frozenset[str] | None:
    """The ids of a table as they are typed; None where it has no column of them."""
    if table.key is None:
        return None
    return frozenset(table.text.cells[str(table.key)].drop_nulls().str.strip_chars().to_list())


def _is_season(text: str | None) -> TypeGuard[str]:
    return text is not None and text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR


def _told_of_season(book: OfficeBook, season: str | None) -> Iterator[dict[str, object]]:
    """A finding for what is typed on Start and is no season."""
    if season is None or _is_season(season):
        return
    cell = book.season_place().address
    yield {
        "code": _SEASON_NOT_VALID,
        "severity": "Error",
        "table": "start",
        "sheet_row": int(cell.lstrip(ascii_uppercase)),
        "cell": cell,
        "column": "season",
        "found": season,
        "message": f"{cell}: “{season}” is not a season as one year from {FIRST_YEAR} to "
        f"{LAST_YEAR}, the year of the Match.",
        "fix": "Retype it, such as 2027, or clear the cell; until then the next season is taken.",
    }


def _told_of_rules(
    book: OfficeBook, rules: Overridden, typed: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    """A finding for each value of the Rules sheet that cannot be used.

    Its cell is where the value stands after the refresh, which puts the rules back in order.
    """
    own = {entry.name: (at, entry.value) for at, entry in enumerate(rules.rulebook.entries)}
    for rule, reason in rules.refused.items():
        told = {
            "code": _RULE_NOT_VALID,
            "severity": "Error",
            "table": "rules",
            "column": "value",
            "found": typed[rule],
        }
        if rule in own:
            at, value = own[rule]
            row = book.rule_row(at)
            cell = book.rule_address(row)
            yield {
                **told,
                "sheet_row": row,
                "cell": cell,
                "message": f"{cell}: “{typed[rule]}” for {rule} {reason}.",
                "fix": f"Retype it; until then the rulebook's own value is used: {value}.",
            }
        else:
            yield {
                **told,
                "message": f"“{typed[rule]}” for {rule} {reason}, so its row was taken out.",
                "fix": "Look the rule's name up in the sheet, and type the value there.",
            }


def _standing(result: Result, tables: Sequence[Sheet]) -> dict[str, Standing]:
    """What the new results say of each applicant, as the tables show it."""
    shortlist = next(table.frame for table in tables if table.name == "shortlist")
    listed: dict[str, set[str]] = {}
    for applicant, program in shortlist.select("applicant_id", "program_id").iter_rows():
        listed.setdefault(applicant, set()).add(program)
    shown = result.applicants.filter(pl.col("applicant_id").is_not_null()).select(
        "applicant_id", *(pl.col(name).cast(pl.String) for name in SHOWN)
    )
    return {
        applicant: Standing(
            {name: text or "" for name, text in zip(SHOWN, texts, strict=True)},
            frozenset(listed.get(applicant, ())),
        )
        for applicant, *texts in shown.iter_rows()
    }


def _person() -> str:
    """Who refreshes, as the system knows them."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return "unknown"
