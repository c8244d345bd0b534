"""The pipeline, stated once: read → validate → score → match → plan → write."""

import math
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from stepladder import shipped
from stepladder.books import (
    Sheet,
    TextTable,
    read_table,
    staged,
    text_table,
    write_folder,
)
from stepladder.books.destination import (
    check_destination,
    check_pairs_fit,
    is_workbook,
)
from stepladder.books.sheets import input_hash, result_sheet, result_tables
from stepladder.books.table import title_key
from stepladder.errors import InputError, UsageError
from stepladder.levers import gains
from stepladder.match import classes, eligibility, match
from stepladder.outcomes import (
    outcomes_schema,
    outcomes_titles,
    read_outcomes_of,
    with_outcomes,
)
from stepladder.plan import ListBy, Numbers, Planned, Wanted, lists, numbers, with_steps
from stepladder.result import CAME_FROM, Result, Stages, gather
from stepladder.rulebook import (
    Policy,
    Rulebook,
    first_open_season,
    load_rulebook,
    next_season,
)
from stepladder.rulebook import season as season_of
from stepladder.score import score
from stepladder.summary import Counted, finding_lines, header_lines, result_lines, rule_lines
from stepladder.validate import (
    FINDINGS,
    Facts,
    TableSchema,
    Validated,
    empty,
    later_findings,
    load_schema,
    recognise,
    validate,
)

if TYPE_CHECKING:
    from stepladder.books.parts import Parts
    from stepladder.books.shared_file import Restored
    from stepladder.template import Contents

__all__ = [
    "DEMO_RESULTS",
    "Checked",
    "Counted",
    "Settings",
    "check",
    "check_destination",
    "check_pairs_fit",
    "demo",
    "demo_command",
    "facts_of",
    "finding_lines",
    "header_lines",
    "load_rulebook",
    "outcomes_schema",
    "read_applicants",
    "read_outcomes",
    "read_programs",
    "refresh",
    "restore",
    "result_lines",
    "rule_lines",
    "run",
    "today",
    "write_findings",
    "write_to_folder",
]

FIRST_YEAR, LAST_YEAR = 2000, 2100
KNOWN_HEADERS = 3
"""Headers without the id that are enough to recognise a table; fewer may stand in any sheet."""
SLICE = 512
"""Applicants whose best lists are sought at a time, so that memory stays flat."""
PIECE = 4096
"""About so many applicants are planned at a time: what they are told is put into words at once.

Half as many by best list, whose cost is elsewhere, so that less is held.
"""

EVERY_TABLE = frozenset(result_tables())
_OF_SCENARIOS = frozenset({"curve"})
"""What levers compare, besides the columns of applicants."""

PLANNED_TABLES = {"shortlist": "shortlist", "plan": "actions", "curve": "curve"}
"""The tables that a plan makes, and their frames in it."""

NOTHING_TOLD = FINDINGS.to_frame()

Format = Literal["csv", "parquet"]
_Read: TypeAlias = tuple[TextTable, Validated]
Progress = Callable[[int, int], None]
"""Hears how many more applicants are planned, and how many there are."""


def unheard(_done: int, _all: int) -> None:
    """Nobody watches the progress."""


@dataclass(frozen=True)
class Settings:
    """What a run is told beside its tables.

    `season` overrides the rows' own; `office_season` is taken where a row has none, and is the next
    one where it is None. `keep_pairs` and `with_levers` ask for more tables; with more applicants
    than `levers_up_to`, the table of levers is empty. `list_by` says which programs are listed,
    `tables` which result tables are wanted; what is not wanted is not computed where that saves
    time.
    """

    rulebook: Rulebook
    as_of: date
    season: int | None = None
    keep_pairs: bool = False
    office_season: int | None = None
    with_levers: bool = False
    levers_up_to: int | None = None
    list_by: ListBy = "best"
    tables: frozenset[str] = EVERY_TABLE

    def __post_init__(self) -> None:
        """Refuse years in which nobody plans. Raises UsageError."""
        seasons = (("season", self.season), ("season", self.office_season))
        for name, year in (("as-of", self.as_of.year), *seasons):
            if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
                message = (
                    f"--{name} is in the year {year}; name one from {FIRST_YEAR} to {LAST_YEAR}."
                )
                raise UsageError(message)


def run(
    applicants: pl.DataFrame,
    programs: pl.DataFrame,
    *,
    rulebook: Path | None = None,
    as_of: date | None = None,
    season: int | None = None,
    pairs: bool = False,
    levers: bool = False,
) -> Result:
    """Score, match and plan applicants given as polars frames, text or typed.

    Columns are found by schema name, title or alias, as in a file. `rulebook` is an office's own
    rulebook file, `as_of` the day the plan is for (today by default), `season` overrides the rows'
    own; `pairs` keeps every applicant × program, `levers` adds what each improvement would gain.
    Bad rows stand in `findings` and are not scored.

    Raises InputError for a frame without a known column or with two for one, and PolicyError for a
    rulebook that is not valid.

    Example:
        result = stepladder.run(pl.read_csv("cohort.csv", infer_schema=False), programs)
        result.applicants.select("applicant_id", "tier", "suggested_applications")
    """
    settings = Settings(
        load_rulebook(rulebook), as_of or today(), season, pairs, with_levers=levers
    )
    return refresh(
        recognised(text_table(applicants, "applicants"), applicants_schema()),
        recognised(text_table(programs, "programs"), programs_schema()),
        settings,
    )


def refresh(
    applicants: TextTable,
    programs: TextTable,
    settings: Settings,
    progress: Progress = unheard,
    told: pl.DataFrame = NOTHING_TOLD,
) -> Result:
    """Take both tables through all stages; `progress` hears of the planned applicants.

    `told` are findings of what is no table of people or programs, such as the Rules sheet.
    """
    facts = facts_of(settings)
    offered = validate(programs, programs_schema(), facts)
    ids = frozenset(offered.frame["program_id"].drop_nulls().to_list())
    read = validate(
        applicants, applicants_schema(), replace(facts, program_ids=ids), computed_titles()
    )
    typed, programs_open = read.frame.filter(~pl.col("has_error")), open_programs(offered)
    scored = scored_rows(typed, settings)
    planned, pairs = _planned(scored, programs_open, settings, progress)
    levers = levers_of(typed, (scored, planned), programs_open, settings)
    asked = later_findings(
        applicants, applicants_schema(), read, asked_later(scored, offered, planned, settings)
    )
    findings = pl.concat([read.findings, asked]).sort("sheet_row", maintain_order=True)
    return gather(
        Stages(
            applicants_schema=applicants_schema(),
            programs_schema=programs_schema(),
            read=read,
            offered=offered,
            scored=scored,
            planned=planned,
            pairs=pairs,
            levers=levers,
            findings=pl.concat([findings, offered.findings, told]),
            as_of=settings.as_of,
            assumed_season=facts.season_default,
            chosen_season=settings.season,
            office_season=settings.office_season,
            rulebook=settings.rulebook,
        )
    )


def scored_rows(typed: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Applicants without an error, with everything that can be said of each alone."""
    return score(
        typed,
        settings.rulebook.policy,
        as_of=settings.as_of,
        chosen_season=settings.season,
        assumed_season=facts_of(settings).season_default,
    )


def levers_of(
    typed: pl.DataFrame,
    before: tuple[pl.DataFrame, Planned],
    programs: pl.DataFrame,
    settings: Settings,
) -> pl.DataFrame | None:
    """What each improvement would gain, as this very engine finds; None where nobody asks.

    `before` are the same applicants as they were scored and planned.
    """
    if not settings.with_levers:
        return None
    policy, as_of = settings.rulebook.policy, settings.as_of

    def scenarios(rows: pl.DataFrame) -> tuple[pl.DataFrame, Numbers]:
        again = scored_rows(rows, settings)
        pairs = classes(again, programs, policy, as_of)
        return again, numbers(again, programs, pairs, policy, as_of, settings.list_by)

    scored, planned = before
    is_crowd = settings.levers_up_to is not None and typed.height > settings.levers_up_to
    cohort = typed.clear() if is_crowd else typed
    return gains(cohort, (scored.head(cohort.height), planned), scenarios, policy, as_of)


def read_applicants(path: Path, name: str | None = None) -> TextTable:
    """Read the applicants' table of a file as text; `name` asks for a sheet or table."""
    return _read(path, applicants_schema(), name)


def read_programs(path: Path, name: str | None = None) -> TextTable:
    """Read the programs' table of a file as text; `name` asks for a sheet or table."""
    return _read(path, programs_schema(), name)


def read_outcomes(path: Path, name: str | None = None) -> TextTable:
    """Read the outcomes' table of a file as text; `name` asks for a sheet or table."""
    return _read(path, outcomes_schema(), name)


BATCH = "stepladder batch"
_FIRST: Mapping[ListBy, str] = {
    "best": "First results",
    "rate": "First results, with lists by rate; a refresh makes best lists of them",
}


def with_no_outcomes(shown: "Contents", result: Result) -> "Contents":
    """The same with an empty table of outcomes, to be filled in as the season goes."""
    blank = empty(outcomes_schema())
    facts = facts_of(Settings(result.rulebook, result.summary.as_of))
    return with_outcomes(shown, result, read_outcomes_of(blank, facts), blank)


def contents(
    result: Result,
    book: str,
    made_by: str | None,
    tables: Sequence[Sheet] | None = None,
    list_by: ListBy = "best",
) -> "Contents":
    """What a workbook shows of a result, all its tables unless some are named.

    `made_by` is the command that the Log names, None for a workbook that is still empty; `list_by`
    is told there too. The Log gives the day of the plan as its time: equal inputs give equal bytes.
    """
    from stepladder.template import SHEETS, Contents

    told = result.summary
    entry = {
        "when": told.as_of.isoformat(),
        "who": made_by,
        "as_of": told.as_of,
        "season": told.chosen_season or told.assumed_season,
        "rulebook": told.rulebook,
        "input_hash": input_hash(result.sheets),
        "applicants": told.applicants,
        "programs": told.programs,
        "errors": told.errors,
        "queries": told.queries,
        "changed": _FIRST[list_by],
    }
    return Contents(
        tables=result.sheets if tables is None else tables,
        rulebook=result.rulebook,
        as_of=told.as_of,
        season=told.office_season,
        book=book,
        log=[entry] if made_by else [],
        sheet_of={} if tables is None else SHEETS,
    )


@dataclass(frozen=True)
class Checked:
    """Findings of tables and how their headers were read, with `table` and `source`.

    refused  why files were passed over, a sentence for each
    """

    findings: pl.DataFrame
    headers: pl.DataFrame
    refused: tuple[str, ...] = ()

    @property
    def has_errors(self) -> bool:
        """A finding is an error."""
        return (self.findings["severity"] == "Error").any()


def check(paths: Sequence[Path], settings: Settings) -> Checked:
    """Validate every table that is recognised in the files; one that is refused stops no other.

    Raises InputError where no file can be read.
    """
    facts = facts_of(settings)
    tables: list[tuple[TextTable, TableSchema]] = []
    refused: list[str] = []
    for path in paths:
        try:
            tables += _tables(path)
        except InputError as error:
            refused.append(error.message)
    if not tables:
        raise InputError(" ".join(refused))

    def checked(schema: TableSchema, titles: Mapping[str, str]) -> list[_Read]:
        return [
            (table, validate(table, schema, facts, titles))
            for table, found in tables
            if found == schema
        ]

    # Whose ids are known is asked of the tables that follow.
    offered = checked(programs_schema(), {})
    if offered:
        facts = replace(facts, program_ids=_ids(offered, programs_schema()))
    cohorts = checked(applicants_schema(), computed_titles())
    if cohorts:
        facts = replace(facts, applicant_ids=_ids(cohorts, applicants_schema()))
    outcomes = checked(outcomes_schema(), outcomes_titles())
    reads = (
        (applicants_schema(), cohorts),
        (programs_schema(), offered),
        (outcomes_schema(), outcomes),
    )
    return Checked(
        findings=pl.concat([read.findings for _, found in reads for _, read in found]),
        headers=pl.concat(
            read.headers.with_columns(table=pl.lit(schema.name), source=pl.lit(table.source))
            for schema, found in reads
            for table, read in found
        ),
        refused=tuple(refused),
    )


def _ids(reads: Sequence[_Read], schema: TableSchema) -> frozenset[str]:
    keys = pl.concat([read.frame[schema.key] for _, read in reads])
    return frozenset(keys.drop_nulls().to_list())


def write_findings(checked: Checked, out: Path) -> None:
    """Write findings alone, to a workbook or as findings.csv into a folder. Raises OutputError."""
    sheets = [result_sheet("findings", checked.findings)]
    if is_workbook(out):
        from stepladder.template.workbook import write_workbook

        with staged([out]) as (temporary,):
            write_workbook(temporary, sheets)
    else:
        write_to_folder(sheets, out, "csv")


DEMO_RESULTS = "results.xlsx"
_DEMO_INPUTS = ("example-applicants-fictional.csv", "example-programs-fictional.csv")


def demo(out: Path, settings: Settings, progress: Progress) -> Result:
    """Copy the fictional inputs to a folder and write their results beside them."""
    applicants, programs = (shipped.workbooks() / name for name in _DEMO_INPUTS)
    if is_workbook(out):
        message = f"--out {out.name} names a workbook, and the demo fills a folder; name a folder."
        raise UsageError(message)
    check_destination(out, None, ())
    from stepladder.template.shared_workbook import shared_workbook
    from stepladder.template.workbook import write_workbook

    result = refresh(read_applicants(applicants), read_programs(programs), settings, progress)
    # Copies that are there already may have been edited, so they stay.
    missing = [source for source in (applicants, programs) if not (out / source.name).exists()]
    with staged([out / DEMO_RESULTS, *(out / source.name for source in missing)]) as staged_paths:
        results, *copies = staged_paths
        shown = with_no_outcomes(contents(result, DEMO_RESULTS, BATCH), result)
        write_workbook(results, shared_workbook(shown))
        for source, copy in zip(missing, copies, strict=True):
            copy.write_bytes(source.read_bytes())
    return result


def restore(book: Path, *, force: bool) -> "Restored":
    """Bring the last state of a workbook back, from the backups beside it."""
    from stepladder.books import restore as bring_back

    return bring_back(book, force=force)


def demo_command(out: Path) -> list[str]:
    """The command that runs the copies again."""
    applicants, programs = (out / name for name in _DEMO_INPUTS)
    command = [
        "stepladder",
        "batch",
        applicants,
        "--programs",
        programs,
        "--out",
        out / DEMO_RESULTS,
    ]
    return [f"  {shlex.join(map(str, command))}"]


def today() -> date:
    """The local day, which `--as-of` takes unless it is told another."""
    return datetime.now(tz=UTC).astimezone().date()


@cache
def applicants_schema() -> TableSchema:
    """The schema of applicants."""
    return load_schema(shipped.schemas() / "applicants.toml")


@cache
def programs_schema() -> TableSchema:
    """The schema of programs."""
    return load_schema(shipped.schemas() / "programs.toml")


def computed_titles() -> dict[str, str]:
    """Our computed columns of applicants, name → title."""
    return dict(result_tables()["applicants"].titles)


def open_programs(offered: Validated) -> pl.DataFrame:
    """The programs without an error, by program_id, which is how the list breaks ties."""
    return offered.frame.filter(~pl.col("has_error")).sort("program_id")


def pieces(
    scored: pl.DataFrame, programs: pl.DataFrame, settings: Settings
) -> Iterator[tuple[Planned, pl.DataFrame | None]]:
    """Match and plan some thousand applicants at a time; with their pairs where those are kept.

    Where no table of actions is wanted, `joined` finds everybody's first one at once.
    """
    policy, wanted = settings.rulebook.policy, _wanted(settings)
    every = classes(scored, programs, policy, settings.as_of)
    # Even pieces: a last one of a few costs nearly as much as one of many. An empty cohort still
    # goes through once, for its columns.
    most = PIECE if settings.list_by == "rate" else math.ceil(PIECE / 2)
    piece = math.ceil(scored.height / max(round(scored.height / most), 1)) or 1
    for start in range(0, max(scored.height, 1), piece):
        applicants, some = scored.slice(start, piece), every.of_some(slice(start, start + piece))
        width = SLICE if settings.list_by == "best" else piece
        planned = lists(applicants, programs, some, policy, settings.as_of, wanted, width)
        if "plan" in wanted.tables:
            planned = with_steps(planned, applicants, policy, settings.as_of, wanted)
        yield planned, _pairs(applicants, programs, settings) if settings.keep_pairs else None


def _wanted(settings: Settings) -> Wanted:
    further = _OF_SCENARIOS if settings.with_levers else frozenset[str]()
    return Wanted(settings.list_by, settings.tables | further)


def _pairs(applicants: pl.DataFrame, programs: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    policy = settings.rulebook.policy
    parts = []
    for start in range(0, max(applicants.height, 1), SLICE):
        pairs = match(applicants.slice(start, SLICE), programs, policy, settings.as_of)
        parts.append(pairs.with_columns(reasons=eligibility.reasons(pairs, policy)))
    return pl.concat(parts)


def _planned(
    scored: pl.DataFrame,
    programs: pl.DataFrame,
    settings: Settings,
    progress: Progress,
) -> tuple[Planned, pl.DataFrame | None]:
    parts: list[Planned] = []
    kept: list[pl.DataFrame] = []
    for planned, pairs in pieces(scored, programs, settings):
        parts.append(planned)
        kept += [] if pairs is None else [pairs]
        progress(planned.suggestions.height, scored.height)
    return joined(parts, scored, settings), pl.concat(kept) if kept else None


def joined(parts: Sequence[Planned], scored: pl.DataFrame, settings: Settings) -> Planned:
    """The plans of applicants who follow each other, `pieces` of `scored`."""
    whole = Planned(
        **{
            field.name: pl.concat([getattr(part, field.name) for part in parts])
            for field in fields(Planned)
        }
    )
    wanted = _wanted(settings)
    if "plan" in wanted.tables:
        return whole
    return with_steps(whole, scored, settings.rulebook.policy, settings.as_of, wanted)


def facts_of(settings: Settings) -> Facts:
    """What the rules across cells need to know; ids are added once their table is read."""
    exams = settings.rulebook.policy.exams
    return Facts(
        as_of=settings.as_of,
        season=settings.season,
        season_default=settings.office_season
        or next_season(settings.rulebook.policy, settings.as_of),
        first_open=settings.office_season
        or first_open_season(settings.rulebook.policy, settings.as_of),
        pass_fail_from=exams.pass_fail_from,
        passing={
            "step1": exams.step1_passing,
            "step2_ck": exams.step2_ck_passing,
            "step3": exams.step3_passing,
        },
        attempts_allowed=settings.rulebook.policy.red_flags.attempts_allowed,
        program_ids=None,
    )


def asked_later(
    scored: pl.DataFrame, offered: Validated, planned: Planned, settings: Settings
) -> pl.DataFrame:
    """What the plan and the calendar ask, as hits on rows of the typed frame."""
    left_out = offered.frame.filter("has_error")["program_id"].drop_nulls()
    carried = _carried_over(scored, settings.rulebook.policy)
    # A season that the rows do not bear themselves is asked about once, at the header.
    own = scored["row"].filter(scored["season"].is_not_null())
    if settings.season is not None:
        own = own.clear()
    borne = pl.col("row").is_in(own.implode())
    assumed = carried.filter(~borne).head(1).with_columns(row=pl.lit(None, pl.UInt32))
    carried = pl.concat([carried.filter(borne), assumed])
    return pl.concat(
        [
            planned.queries.select(
                "row", column=pl.lit("must_program_ids"), code="code", detail="found"
            ),
            scored.select("row", detail=pl.col("must_program_ids"))
            .explode("detail")
            .filter(pl.col("detail").is_in(left_out.implode()))
            .select(
                "row",
                column=pl.lit("must_program_ids"),
                code=pl.lit("must_is_left_out"),
                detail="detail",
            ),
            carried,
        ]
    )


def _carried_over(scored: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    years = scored["planning_season"].unique().to_list()
    carried = [year for year in years if season_of(policy, year).carried_from is not None]
    return scored.filter(pl.col("planning_season").is_in(carried)).select(
        "row",
        column=pl.lit("season"),
        code=pl.lit("season_carried_over"),
        detail=pl.col("planning_season").cast(pl.String),
    )


def write_to_folder(sheets: Sequence[Sheet], out: Path, medium: Format) -> None:
    """Write the sheets that a folder holds, and take away those of ours that they contradict."""
    written = in_folder(sheets)
    write_folder(out, written, medium)
    names = [sheet.name for sheet in written]
    if "applicants" in names:
        remove_earlier(out, names, medium)


def in_folder(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets as a folder holds them: without the office's own programs.

    A record that was too long is found in the input; a workbook goes on without it.
    """
    return [
        replace(sheet, columns=tuple(one for one in sheet.columns if one.name != CAME_FROM))
        for sheet in sheets
        if sheet.name != "programs"
    ]


def remove_earlier(out: Path, written: Sequence[str], medium: Format) -> None:
    """Take away the tables of an earlier run that this one did not write anew."""
    for name in EVERY_TABLE - {*written}:
        (out / f"{name}.{medium}").unlink(missing_ok=True)


def tables_of(settings: Settings) -> tuple[str, ...]:
    """The tables that a run writes into a folder, in the order of the design; findings always."""
    asked = {"pairs": settings.keep_pairs, "levers": settings.with_levers}
    wanted = settings.tables | {"findings"}
    return tuple(name for name in result_tables() if asked.get(name, name in wanted))


def _read(path: Path, schema: TableSchema, name: str | None) -> TextTable:
    return recognised(read_table(path, _known(schema), name=name, prefer=schema.title), schema)


def applicants_in_parts(path: Path, name: str | None = None) -> "Parts":
    """Open the applicants' table of a file, to be read part by part."""
    from stepladder.books.parts import read_parts

    schema = applicants_schema()
    parts = read_parts(path, _known(schema), name=name, prefer=schema.title)
    recognised(parts.head, schema)
    return parts


def _known(schema: TableSchema) -> Callable[[Sequence[str]], int]:
    """A counter of known headers; ours win, so that a sentence under them is not taken for one."""
    count = recognise(schema)

    def known(headers: Sequence[str]) -> int:
        return sys.maxsize if _our_own(headers) else count(headers)

    return known


def _our_own(headers: Sequence[str]) -> str | None:
    """The title of the result table that has these headers."""
    found = frozenset(map(title_key, headers))
    return next((title for title, spellings in _headers_of_ours() if found in spellings), None)


@cache
def _headers_of_ours() -> Sequence[tuple[str, Sequence[frozenset[str]]]]:
    """Each result table but that of applicants: its title; its headers by name, and by title."""
    return [
        (table.title, (frozenset(table.titles), frozenset(map(title_key, table.titles.values()))))
        for table in result_tables().values()
        if table.name != "applicants"
    ]


def recognised(table: TextTable, schema: TableSchema) -> TextTable:
    """Refuse a table that is another one, or whose headers are those of no table of ours."""
    if title := _our_own(table.headers):
        message = f"{table.source} is our own {title}; name a table of {schema.name}."
        raise InputError(message)
    known = recognise(schema)(table.headers)
    for other in (applicants_schema(), programs_schema(), outcomes_schema()):
        if recognise(other)(table.headers) > known:
            message = f"{table.source} is a table of {other.name}; name a table of {schema.name}."
            raise InputError(message)
    has_key = recognise(replace(schema, columns=(schema.by_name[schema.key],), splits=()))
    if known < KNOWN_HEADERS and not has_key(table.headers):
        message = (
            f"{table.source} has no known column title; name at least "
            f"{schema.by_name[schema.key].title}, as in docs/data-dictionary.md."
        )
        raise InputError(message)
    return table


def _tables(path: Path) -> list[tuple[TextTable, TableSchema]]:
    """The tables of a file: each sheet goes to the schema that knows more of its headers."""
    found: dict[str, tuple[int, TextTable, TableSchema]] = {}
    refusals: dict[str, InputError] = {}
    for schema in (programs_schema(), applicants_schema(), outcomes_schema()):
        try:
            table = _read(path, schema, None)
        except InputError as error:
            refusals[schema.name] = error
            continue
        known = recognise(schema)(table.headers)
        if table.source not in found or known > found[table.source][0]:
            found[table.source] = (known, table, schema)
    if not found:
        # What is no table of ours is told as a cohort that cannot be read.
        raise refusals[applicants_schema().name]
    return [(table, schema) for _, table, schema in found.values()]
