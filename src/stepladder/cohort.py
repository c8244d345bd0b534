"""One cohort of any size in; its results in a folder, or in a workbook, out.

The stages are those of `refresh`, in the same order. A folder is written part by part, some ten
thousand rows at a time, after a survey of the whole cohort; a workbook's lists are compressed as
soon as they are made. So memory stays flat, or nearly so, and every byte is that of one run over
all rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from stepladder.books import Sheet, TextTable, staged
from stepladder.books.apart import Apart, is_package
from stepladder.books.csv_blocks import NotPlainError
from stepladder.books.destination import check_rows_fit
from stepladder.books.packed import AnySheet, Packing
from stepladder.books.parts import CutTable, Parts
from stepladder.books.sheets import calibrated, result_sheet
from stepladder.books.streams import Stream, streams
from stepladder.plan import Planned
from stepladder.refresh import (
    BATCH,
    PLANNED_TABLES,
    Format,
    Progress,
    Settings,
    applicants_in_parts,
    applicants_schema,
    asked_later,
    check_pairs_fit,
    computed_titles,
    contents,
    facts_of,
    in_folder,
    joined,
    levers_of,
    open_programs,
    pieces,
    programs_schema,
    read_applicants,
    read_programs,
    remove_earlier,
    scored_rows,
    tables_of,
    unheard,
    with_no_outcomes,
)
from stepladder.result import Result, Stages, Summary, columns_of, gather
from stepladder.validate import (
    Survey,
    Validated,
    columns_surveyed,
    later_findings,
    surveyed,
    validate,
)

_OF_PARTS = ("applicants", "fit", "levers")
"""What is written when a part is done; what is planned is written piece after piece."""


@dataclass(frozen=True)
class Done:
    """What is left of a run whose rows have been written: its counts and its tables."""

    summary: Summary
    tables: tuple[str, ...]


def write_results(
    applicants: Path,
    programs: tuple[Path, str | None],
    settings: Settings,
    out: Path,
    medium: Format = "csv",
    *,
    table: str | None = None,
    progress: Progress = unheard,
    apart: Apart | None = None,
) -> Done:
    """Take a cohort file through all stages into a folder; all files of it or none.

    `programs` are a file and, in a workbook, a sheet or table; so is `applicants` with `table`.
    `apart` reads workbooks where their crash is not ours.

    Raises InputError and OutputError.
    """
    parts: Parts
    if apart and is_package(applicants):
        parts = CutTable(apart.read(read_applicants, applicants, table))
    else:
        parts = applicants_in_parts(applicants, table)
    listed = (
        apart.read(read_programs, *programs)
        if apart and is_package(programs[0])
        else read_programs(*programs)
    )
    offered = validate(listed, programs_schema(), facts_of(settings))
    try:
        return _Run(parts, offered, settings, progress).to_folder(out, medium)
    except NotPlainError:
        whole = CutTable(read_applicants(applicants, table))
        return _Run(whole, offered, settings, progress).to_folder(out, medium)


def write_workbook_of(
    applicants: Path,
    programs: tuple[Path, str | None],
    settings: Settings,
    out: Path,
    *,
    table: str | None = None,
    progress: Progress = unheard,
) -> Done:
    """Take a cohort file through all stages into one workbook; the arguments of `write_results`.

    Raises InputError, UsageError for more pairs than a worksheet has rows, and OutputError as soon
    as another table has more.
    """
    whole, listed = read_applicants(applicants, table), read_programs(*programs)
    if settings.keep_pairs:
        check_pairs_fit(out, len(whole.sheet_rows), len(listed.sheet_rows))
    offered = validate(listed, programs_schema(), facts_of(settings))
    return _Run(CutTable(whole), offered, settings, progress).to_workbook(whole, out)


class _Findings:
    """The findings of the parts so far; those of headers stand apart: they come first, and once."""

    def __init__(self, header_row: int) -> None:
        self.is_of_header = pl.col("sheet_row") == header_row
        self.of_headers: dict[str, pl.DataFrame] = {}
        self.of_rows: list[pl.DataFrame] = []

    def add(self, read: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
        """Add those of one part, read and asked later; gives all of them in order."""
        for kind, found in (("read", read), ("asked", asked)):
            of_header = found.filter(self.is_of_header)
            if of_header.height:
                self.of_headers.setdefault(kind, of_header)
        of_part = pl.concat([read, asked]).sort("sheet_row", maintain_order=True)
        self.of_rows.append(of_part.filter(~self.is_of_header))
        return of_part

    def whole(self, of_programs: pl.DataFrame) -> pl.DataFrame:
        """All of them, as one run over all rows tells them."""
        of_headers = [
            self.of_headers[kind] for kind in ("read", "asked") if kind in self.of_headers
        ]
        return pl.concat([*of_headers, *self.of_rows, of_programs])


class _Run:
    """A cohort on its way through the stages."""

    def __init__(
        self, parts: Parts, offered: Validated, settings: Settings, progress: Progress
    ) -> None:
        self.parts, self.offered, self.settings = parts, offered, settings
        self.programs = open_programs(offered)
        self.progress = progress
        self.findings = _Findings(parts.head.header_row)
        ids = frozenset(offered.frame["program_id"].drop_nulls().to_list())
        self.facts = replace(facts_of(settings), program_ids=ids)

    def to_folder(self, out: Path, medium: Format) -> Done:
        """Survey the cohort, then write part after part."""
        head, schema = self.parts.head, applicants_schema()
        survey = None
        if not self.parts.is_one:
            survey = surveyed(self.parts.columns(columns_surveyed(head, schema)), head, schema)
        names = tables_of(self.settings)
        with streams(out, names, medium) as tables:
            summaries = []
            for part in self.parts.tables():
                result = self._take(part, survey, tables)
                for sheet in in_folder(result.sheets):
                    if sheet.name in _OF_PARTS and sheet.name in tables:
                        tables[sheet.name].write(sheet)
                summaries.append(result.summary)
            findings = self.findings.whole(self.offered.findings)
            tables["findings"].write(self._sheet("findings", findings))
        remove_earlier(out, names, medium)
        return Done(_of_all(summaries, findings), names)

    def to_workbook(self, whole: TextTable, out: Path) -> Done:
        """Take the whole cohort at once, and keep its lists compressed until they are written."""
        # Drawing workbooks takes a while to import, and a folder needs it not.
        from stepladder.template.shared_workbook import shared_workbook  # noqa: PLC0415 - as above
        from stepladder.template.workbook import write_workbook  # noqa: PLC0415 - as above

        names = [*PLANNED_TABLES, *(["pairs"] if self.settings.keep_pairs else [])]
        lists = {name: Packing() for name in names}
        result = self._take(whole, None, lists)
        findings = self.findings.whole(self.offered.findings)
        result = replace(result, summary=_of_all([result.summary], findings))
        packed = {name: packing.packed() for name, packing in lists.items()}
        sheets: dict[str, AnySheet] = {sheet.name: sheet for sheet in result.sheets}
        sheets |= {"findings": self._sheet("findings", findings), **packed}
        shown = contents(result, out.name, BATCH, list_by=self.settings.list_by)
        shown = replace(shown, tables=tuple(sheets.values()))
        with staged([out]) as (temporary,):
            write_workbook(temporary, shared_workbook(with_no_outcomes(shown, result)))
        return Done(result.summary, tuple(sheets))

    def _take(self, part: TextTable, survey: Survey | None, tables: Mapping[str, Stream]) -> Result:
        """Take some rows through the stages; what is planned goes to the tables alone."""
        settings, schema = self.settings, applicants_schema()
        read = validate(part, schema, self.facts, computed_titles(), survey)
        typed = read.frame.filter(~pl.col("has_error"))
        scored = scored_rows(typed, settings)
        rows = survey.rows if survey is not None else read.frame.height
        planned = self._write_pieces(scored, rows, tables)
        levers = levers_of(typed, (scored, planned), self.programs, settings)
        self.progress(read.frame.height - scored.height, rows)
        hits = asked_later(scored, self.offered, planned, settings)
        asked = later_findings(part, schema, read, hits, survey)
        return gather(
            Stages(
                applicants_schema=schema,
                programs_schema=programs_schema(),
                read=read,
                offered=self.offered,
                scored=scored,
                planned=planned,
                pairs=None,
                levers=levers,
                findings=self.findings.add(read.findings, asked),
                as_of=settings.as_of,
                assumed_season=self.facts.season_default,
                chosen_season=settings.season,
                office_season=settings.office_season,
                rulebook=settings.rulebook,
            )
        )

    def _write_pieces(
        self, scored: pl.DataFrame, rows: int, tables: Mapping[str, Stream]
    ) -> Planned:
        """Plan and write piece after piece; gives the plan without the rows that are written."""
        left = []
        for planned, pairs in pieces(scored, self.programs, self.settings):
            frames = {name: getattr(planned, kind) for name, kind in PLANNED_TABLES.items()}
            for name, frame in (frames | {"pairs": pairs}).items():
                if name in tables:
                    tables[name].write(self._sheet(name, columns_of(name, frame)))
            kept = {"curve"} if self.settings.with_levers else set[str]()
            written = {
                kind: getattr(planned, kind).clear()
                for name, kind in PLANNED_TABLES.items()
                if name not in kept
            }
            left.append(replace(planned, **written))
            on_sheets = {
                name: table.height for name, table in tables.items() if isinstance(table, Packing)
            }
            check_rows_fit(on_sheets, sum(one.suggestions.height for one in left), rows)
            self.progress(planned.suggestions.height, rows)
        return joined(left, scored, self.settings)

    def _sheet(self, name: str, frame: pl.DataFrame) -> Sheet:
        sheet = result_sheet(name, frame)
        return calibrated(sheet) if self.settings.rulebook.is_calibrated else sheet


def _of_all(summaries: Sequence[Summary], findings: pl.DataFrame) -> Summary:
    """The counts of all parts; what is of programs and headers is the same in each of them."""
    severities = findings["severity"]
    return replace(
        summaries[0],
        applicants=sum(summary.applicants for summary in summaries),
        errors=int((severities == "Error").sum()),
        queries=int((severities == "Query").sum()),
        tiers=_sum(summary.tiers for summary in summaries),
        statuses=_sum(summary.statuses for summary in summaries),
        assumed_season=next(
            (found for summary in summaries if (found := summary.assumed_season) is not None), None
        ),
    )


def _sum(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)
