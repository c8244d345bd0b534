"""A saved workbook in; the same workbook with its results brought up to date, in its place, out."""

import getpass
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from stepladder.books import Sheet, change
from stepladder.books.backups import FOLDER
from stepladder.books.saved_book import SavedBook
from stepladder.books.table import SHEET_ROWS
from stepladder.books.workbook_patch import Changes as Patched
from stepladder.books.workbook_patch import patch
from stepladder.changes import SHOWN, Changes, Standing, changes
from stepladder.errors import InputError, OutputError
from stepladder.office_book import MOST_APPLICANTS, InputTable, OfficeBook
from stepladder.refresh import (
    FIRST_YEAR,
    LAST_YEAR,
    NOTHING_TOLD,
    Progress,
    Settings,
    applicants_schema,
    computed_titles,
    contents,
    programs_schema,
    refresh,
    today,
    unheard,
)
from stepladder.result import Result
from stepladder.rulebook import Overridden, overridden
from stepladder.template import Contents, Overrides

_RULE_NOT_VALID: Final = "rule_not_valid"


@dataclass(frozen=True)
class Asked:
    """What the command was told: as `Settings`, and how many programs of each list are shown."""

    rulebook: Path | None = None
    as_of: date | None = None
    season: int | None = None
    most_listed: int | None = None


@dataclass(frozen=True)
class Refreshed:
    """What a refresh found and wrote.

    changed  whose results changed, against those that the workbook held
    cells    how many cells of Applicants and of the pages got another value
    rows     how many rows of our own tables did, came or went
    backup   the state before, beside the workbook; None where nothing was written
    notes    what a person is told besides
    """

    result: Result
    overrides: Mapping[str, str]
    changed: Changes
    cells: int
    rows: int
    backup: Path | None
    notes: tuple[str, ...]

    @property
    def is_unchanged(self) -> bool:
        """The workbook held these results already."""
        return not self.cells and not self.rows

    def lines(self, *, is_dry_run: bool) -> Iterator[str]:
        """What changed, or would change, in words; ids only."""
        yield from self.notes
        if self.is_unchanged:
            yield "The workbook is up to date: nothing was written."
            return
        verb = "would change" if is_dry_run else "changed"
        yield self.changed.line() + "."
        if is_dry_run:
            yield from (f"  {line}" for line in self.changed.lines())
        yield f"{self.cells:,} cells and {self.rows:,} rows of our own sheets {verb}."
        for name, own in self.overrides.items():
            yield f"Rules: {name} is overridden (the rulebook says {own})."
        if self.backup:
            yield f"The state before is kept as {FOLDER}/{self.backup.name}."


def refresh_book(
    path: Path,
    asked: Asked,
    *,
    dry_run: bool = False,
    force: bool = False,
    progress: Progress = unheard,
) -> Refreshed:
    """Read both tables of a saved workbook, and write our columns, sheets and pages in it.

    Everything else in the file stays byte for byte. Results that are there already write nothing.

    Raises InputError for what is no workbook of ours or cannot be taken safely, WorkbookBusyError
    for one that is open or changes meanwhile, OutputError where it cannot be written, PolicyError
    for the rulebook.
    """
    done: list[Refreshed] = []

    def transform(content: bytes) -> Callable[[BinaryIO], None] | None:
        saved = SavedBook(content, path.name)
        book = OfficeBook(saved)
        run = run_book(book, asked, path.name, progress)
        patched = patch(
            saved.outline, book.edits(run.applicants, run.contents), book.told(run.contents)
        )
        done[:] = [_refreshed(run, patched, tuple(book.notes))]
        if dry_run or not patched.parts:
            return None
        return lambda file: saved.outline.package.save(file, patched.parts)

    changed = change(path, transform, force=force)
    [refreshed] = done
    return replace(refreshed, backup=changed.backup) if changed else refreshed


@dataclass(frozen=True)
class Run:
    """One reading of the workbook and what came of it."""

    applicants: InputTable
    programs: InputTable
    result: Result
    contents: Contents
    rules: Overridden
    changed: Changes


def run_book(book: OfficeBook, asked: Asked, name: str, progress: Progress) -> Run:
    """Read both tables of a workbook and take them through the pipeline; nothing is written."""
    typed = book.typed_rules()
    rules = overridden(asked.rulebook, {rule: text for rule, (text, _) in typed.items()})
    applicants = book.input_table(applicants_schema(), computed_titles())
    programs = book.input_table(programs_schema(), {})
    _refuse_crowd(len(applicants.text.sheet_rows), name)
    settings = Settings(
        rules.rulebook,
        asked.as_of or today(),
        asked.season,
        keep_pairs=book.has("pairs"),
        office_season=_season(book.office_season()),
    )
    told = _told_of_rules(book, rules, typed)
    result = refresh(applicants.text, programs.text, settings, progress, told)
    changed = changes(book.standing(applicants), _standing(result))
    tables = _shortened(result.sheets, asked.most_listed)
    shown = contents(result, name, _person(), tables)
    entry = {
        **shown.log[0],
        "when": f"{datetime.now(tz=UTC).astimezone():%Y-%m-%d %H:%M}",
        "overrides": "; ".join(
            f"{rule} = {text}" for rule, (text, _) in typed.items() if rule in rules.taken
        ),
        "changed": changed.text(),
    }
    return Run(
        applicants,
        programs,
        result,
        replace(
            shown,
            log=[*book.log(), entry],
            sheet_of={
                "applicants": applicants.table.sheet,
                "programs": programs.table.sheet,
                "rules": "Rules",
            },
            overrides=Overrides(
                rules.taken, {rule: typed[rule][0] for rule in rules.refused if rule in typed}
            ),
            advisor=book.advisor(),
            applicant_id=book.applicant_id(),
        ),
        rules,
        changed,
    )


def _refreshed(run: Run, patched: Patched, notes: tuple[str, ...]) -> Refreshed:
    return Refreshed(
        run.result, run.rules.taken, run.changed, patched.cells, patched.rows, None, notes
    )


def _refuse_crowd(applicants: int, name: str) -> None:
    if applicants > MOST_APPLICANTS:
        message = (
            f"{name} has {applicants:,} applicants, and a workbook is for {MOST_APPLICANTS:,}; "
            "run stepladder batch on a CSV of them, with a folder for --out."
        )
        raise InputError(message)


def _shortened(tables: Sequence[Sheet], most: int | None) -> tuple[Sheet, ...]:
    """The tables, Shortlist with the first programs of each list only.

    Raises OutputError, before anything is written, where Shortlist has no room for its rows.
    """
    shown = [
        replace(table, frame=table.frame.filter(pl.col("rank") <= most))
        if most and table.name == "shortlist"
        else table
        for table in tables
    ]
    rows = next(table.frame.height for table in shown if table.name == "shortlist")
    if rows >= SHEET_ROWS:
        message = (
            f"Shortlist would have {rows:,} rows, and an Excel worksheet holds {SHEET_ROWS - 1:,} "
            "under its header; show fewer programs of each list with --most-listed, or run "
            "stepladder batch with a folder for --out."
        )
        raise OutputError(message)
    return tuple(shown)


def _season(text: str | None) -> int | None:
    """The office's season as it was typed; what is no year counts as none."""
    if text and text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    return None


def _told_of_rules(
    book: OfficeBook, rules: Overridden, typed: Mapping[str, tuple[str, int]]
) -> pl.DataFrame:
    """A finding for each value of the Rules sheet that cannot be used."""
    rows = []
    own = {entry.name: entry.value for entry in rules.rulebook.entries}
    for rule, reason in rules.refused.items():
        text, row = typed[rule]
        cell = book.rule_address(row)
        rows.append(
            {
                "code": _RULE_NOT_VALID,
                "severity": "Error",
                "table": "rules",
                "sheet_row": row,
                "cell": cell,
                "column": "value",
                "found": text,
                "message": f"{cell}: “{text}” for {rule} {reason}.",
                "fix": f"Retype it; until then the rulebook's own value is used: "
                f"{own.get(rule, 'none')}.",
            }
        )
    return pl.DataFrame(rows, NOTHING_TOLD.schema) if rows else NOTHING_TOLD


def _standing(result: Result) -> dict[str, Standing]:
    """What the new results say of each applicant."""
    listed: dict[str, set[str]] = {}
    for applicant, program in result.shortlist.select("applicant_id", "program_id").iter_rows():
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
