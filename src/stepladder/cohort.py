"""One cohort of any size in; its results in a folder, written part by part, out.

The stages are those of `refresh`, in the same order, over some ten thousand rows at a time; a
survey of the whole cohort comes first. So memory stays flat, and every byte of CSV is that of one
run over all rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from stepladder.books import TextTable
from stepladder.books.apart import Apart, is_package
from stepladder.books.csv_blocks import NotPlainError
from stepladder.books.parts import CutTable, Parts
from stepladder.books.sheets import result_sheet
from stepladder.books.streams import Stream, streams
from stepladder.plan import Planned
from stepladder.refresh import (
    PLANNED_TABLES,
    Format,
    Progress,
    Settings,
    applicants_in_parts,
    applicants_schema,
    asked_later,
    computed_titles,
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
)
from stepladder.result import Stages, Summary, columns_of, gather
from stepladder.validate import (
    Survey,
    Validated,
    columns_surveyed,
    later_findings,
    surveyed,
    validate,
)

_OF_PARTS = ("applicants", "fit")


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
        return _Run(parts, offered, settings, progress).write(out, medium)
    except NotPlainError:
        whole = CutTable(read_applicants(applicants, table))
        return _Run(whole, offered, settings, progress).write(out, medium)


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

    def write(self, out: Path, medium: Format) -> Done:
        """Survey the cohort, then write part after part."""
        head, schema = self.parts.head, applicants_schema()
        survey = None
        if not self.parts.is_one:
            survey = surveyed(self.parts.columns(columns_surveyed(head, schema)), head, schema)
        names = tables_of(self.settings)
        with streams(out, names, medium) as tables:
            summaries = [self._write_part(part, survey, tables) for part in self.parts.tables()]
            findings = self.findings.whole(self.offered.findings)
            tables["findings"].write(result_sheet("findings", findings))
        remove_earlier(out, names, medium)
        return Done(_of_all(summaries, findings), names)

    def _write_part(
        self, part: TextTable, survey: Survey | None, tables: Mapping[str, Stream]
    ) -> Summary:
        settings, schema = self.settings, applicants_schema()
        read = validate(part, schema, self.facts, computed_titles(), survey)
        typed = read.frame.filter(~pl.col("has_error"))
        scored = scored_rows(typed, settings)
        rows = survey.rows if survey is not None else read.frame.height
        planned = self._write_pieces(scored, rows, tables)
        levers = levers_of(typed, (scored, planned), self.programs, settings)
        if levers is not None and "levers" in tables:
            tables["levers"].write(result_sheet("levers", columns_of("levers", levers)))
        self.progress(read.frame.height - scored.height, rows)
        hits = asked_later(scored, self.offered, planned, settings)
        asked = later_findings(part, schema, read, hits, survey)
        result = gather(
            Stages(
                applicants_schema=schema,
                programs_schema=programs_schema(),
                read=read,
                offered=self.offered,
                scored=scored,
                planned=planned,
                pairs=None,
                levers=None,
                findings=self.findings.add(read.findings, asked),
                as_of=settings.as_of,
                assumed_season=self.facts.season_default,
                chosen_season=settings.season,
                office_season=settings.office_season,
                rulebook=settings.rulebook,
            )
        )
        for sheet in in_folder(result.sheets):
            if sheet.name in _OF_PARTS and sheet.name in tables:
                tables[sheet.name].write(sheet)
        return result.summary

    def _write_pieces(
        self, scored: pl.DataFrame, rows: int, tables: Mapping[str, Stream]
    ) -> Planned:
        """Plan and write piece after piece; gives the plan without the rows that are written."""
        left = []
        for planned, pairs in pieces(scored, self.programs, self.settings):
            frames = {name: getattr(planned, kind) for name, kind in PLANNED_TABLES.items()}
            for name, frame in (frames | {"pairs": pairs}).items():
                if name in tables:
                    tables[name].write(result_sheet(name, columns_of(name, frame)))
            kept = {"curve"} if self.settings.with_levers else set[str]()
            written = {
                kind: getattr(planned, kind).clear()
                for name, kind in PLANNED_TABLES.items()
                if name not in kept
            }
            left.append(replace(planned, **written))
            self.progress(planned.suggestions.height, rows)
        return joined(left, scored, self.settings)


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
