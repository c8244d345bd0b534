"""Arguments in; progress, a summary and an exit code out."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import ExitStack, contextmanager
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stepladder.collector import seldom_searched
from stepladder.errors import InputError, StepladderError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stepladder.many import Job
    from stepladder.refresh import Counted, Progress, Settings

ROWS_NEED_FIXING = 1
NOT_READY = 1


class Day(click.ParamType[date]):
    """A day, written like 2026-11-23."""

    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the option's text."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no day such as 2026-11-23.", param, ctx)


class Year(click.ParamType[int]):
    """A season, written as the year of its Match."""

    name = "year"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the option's text."""
        if not value.isdecimal():
            self.fail(f"{value} is no year such as 2027.", param, ctx)
        return int(value)


class Commands(click.Group):
    """Commands whose failures are one sentence and an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a StepladderError ends it with its sentence and its exit code."""
        try:
            with seldom_searched(), _ended_in_order():
                return super().invoke(ctx)
        except StepladderError as error:
            click.echo(f"stepladder: {error.message}", err=True)
            ctx.exit(error.exit_code)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a run that the system tells to end take its unfinished files away first."""
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread of a process hears of it.
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stepladder")
def main() -> None:
    """Plan applications of international medical graduates to PM&R residency.

    Exit codes: 0 done; 1 done, some rows need fixing (doctor: not ready); 2 wrong usage; 3 input
    cannot be read; 4 the workbook is open, locked or changed meanwhile; 5 rulebook or schema
    invalid; 6 the output cannot be written. Every failure leaves the inputs untouched and no
    partial output.
    """
    for stream in (sys.stdout, sys.stderr):
        # An older code page, as of a pipe on Windows, lacks some marks; it gets a question mark.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


_quiet = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
_as_of = click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="The day the plan is for, as 2026-11-23. Default: today.",
)
_rulebook = click.option(
    "--rulebook",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An office's own rulebook. Default: the shipped one.",
)
_season = click.option(
    "--season",
    type=Year(),
    metavar="YEAR",
    help="The season of all rows. Default: a row's own, else the next one.",
)


_most_listed = click.option(
    "--most-listed",
    type=click.IntRange(1),
    metavar="N",
    help="Show only the first N programs of each list. Default: all.",
)


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command over tables takes."""
    for option in (_quiet, _season, _as_of, _rulebook):
        command = option(command)
    return command


class Shard(click.ParamType[tuple[int, int]]):
    """One of several shares of a job, written like 2/8."""

    name = "shard"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read the option's text."""
        at, _, of = value.partition("/")
        if not (at.isdecimal() and of.isdecimal() and 1 <= int(at) <= int(of)):
            self.fail(f"{value} is no share such as 2/8, the second of eight.", param, ctx)
        return int(at), int(of)


@main.command()
@click.argument(
    "applicants", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="APPLICANTS…"
)
@click.option(
    "--programs",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The programs: CSV, parquet or xlsx.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="A .xlsx file (a sheet for each table), or a folder.",
)
@click.option(
    "--format",
    "medium",
    type=click.Choice(["csv", "parquet"]),
    help="What a folder holds. Default: csv.",
)
@click.option(
    "--list",
    "list_by",
    type=click.Choice(["best", "rate"]),
    default="best",
    help="What a list holds: the programs that are best together, or, after those that must be "
    "there, the best by invite rate (quicker). Default: best.",
)
@click.option(
    "--only",
    "tables",
    multiple=True,
    type=click.Choice(["applicants", "shortlist", "plan", "fit", "curve"]),
    help="Write only this table into a folder, and findings, and what --pairs and --levers ask "
    "for; may be given several times.",
)
@click.option(
    "--shard",
    type=Shard(),
    metavar="I/N",
    help="Of many cohorts, do only every N-th, from the I-th.",
)
@click.option(
    "--engine",
    type=click.Choice(["here", "dask"]),
    default="here",
    help="Who does many cohorts: this process, or a Dask cluster. Default: here.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="The Dask scheduler, as tcp://host:8786. Default: a cluster of this machine's cores.",
)
@click.option(
    "--pairs", is_flag=True, help="Also write every applicant × program with its reasons."
)
@click.option(
    "--levers", is_flag=True, help="Also write what each improvement would gain, and what it takes."
)
@click.option("--table", metavar="NAME", help="The sheet or table of applicants in a workbook.")
@click.option(
    "--programs-table", metavar="NAME", help="The sheet or table of programs in a workbook."
)
@_common
def batch(
    applicants: tuple[Path, ...],
    programs: Path,
    out: Path,
    medium: str | None,
    list_by: str,
    tables: tuple[str, ...],
    shard: tuple[int, int] | None,
    engine: str,
    scheduler: str | None,
    table: str | None,
    programs_table: str | None,
    rulebook: Path | None,
    as_of: date | None,
    season: int | None,
    *,
    pairs: bool,
    levers: bool,
    quiet: bool,
) -> None:
    """Score a cohort: tier, trend, fit, suggested applications, shortlist and plan of everyone.

    APPLICANTS is a CSV, parquet or xlsx file. Several files, a folder or a pattern are many
    cohorts: each gets a folder of results in OUT, and one that is done is not done again.

    \b
    \b
    Example:
        stepladder batch cohort.csv --programs programs.csv --out results.xlsx
        stepladder batch cohort.csv --programs programs.csv --out results --as-of 2026-11-23
        stepladder batch cohorts --programs programs.csv --out results --shard 2/8
    """
    from stepladder.cohort_files import is_many
    from stepladder.threads import one_for_few

    is_of_many = is_many(applicants)
    if not is_of_many:
        one_for_few(applicants[0])

    # Imports polars, and so stands below what settles its threads.
    from stepladder import refresh

    settings = _settings(
        rulebook,
        as_of,
        season,
        keep_pairs=pairs,
        with_levers=levers,
        list_by=list_by,
        tables=tables,
    )
    is_shared = shard is not None or engine != "here" or scheduler is not None
    if is_of_many or (is_shared and not applicants[0].exists()):
        from stepladder.many import Job

        job = Job(
            files=(),
            programs=str(programs.absolute()),
            out=str(out.absolute()),
            as_of=settings.as_of.isoformat(),
            rulebook=None if rulebook is None else str(rulebook.absolute()),
            season=season,
            list_by=list_by,
            tables=tables,
            pairs=pairs,
            levers=levers,
            medium=medium or "csv",
            table=table,
            programs_table=programs_table,
        )
        _batch_of_many(job, applicants, shard, engine, scheduler, quiet=quiet)
        return
    if is_shared:
        message = "--shard, --engine and --scheduler are for many cohorts; name a folder of them."
        raise UsageError(message)
    [cohort] = applicants
    refresh.check_destination(out, medium, (cohort, programs, rulebook))
    with _progress(quiet=quiet) as progress:
        done = _batch_of_one(
            (cohort, table), (programs, programs_table), settings, out, medium, progress
        )
    if not quiet:
        _say(refresh.result_lines(done, settings.rulebook, out))
    if done.summary.errors:
        sys.exit(ROWS_NEED_FIXING)


def _batch_of_one(
    cohort: tuple[Path, str | None],
    programs: tuple[Path, str | None],
    settings: Settings,
    out: Path,
    medium: str | None,
    progress: Progress,
) -> Counted:
    """Into a workbook, or into a folder."""
    from stepladder import refresh
    from stepladder.cohort import write_results, write_workbook_of

    applicants, table = cohort
    if out.suffix.lower() != ".xlsx":
        return write_results(
            applicants,
            programs,
            settings,
            out,
            "parquet" if medium == "parquet" else "csv",
            table=table,
            progress=progress,
        )
    if settings.tables != refresh.EVERY_TABLE:
        message = f"--only is for a folder, and --out {out.name} is a workbook; leave one out."
        raise UsageError(message)
    return write_workbook_of(applicants, programs, settings, out, table=table, progress=progress)


def _batch_of_many(
    job: Job,
    applicants: tuple[Path, ...],
    shard: tuple[int, int] | None,
    engine: str,
    scheduler: str | None,
    *,
    quiet: bool,
) -> None:
    from dataclasses import replace

    from stepladder import many, refresh
    from stepladder.cohort_files import cohort_files

    out = Path(job.out)
    if out.suffix.lower() == ".xlsx":
        message = "Many cohorts go into a folder, and --out is a workbook; name a folder."
        raise UsageError(message)
    if scheduler and engine != "dask":
        message = "--scheduler is for --engine dask; name both."
        raise UsageError(message)
    files = cohort_files(applicants, Path(job.programs))
    refresh.check_destination(out, job.medium, (*files, Path(job.programs)))
    job = replace(job, files=tuple(str(file.absolute()) for file in files))
    numbers = many.shard(range(len(files)), shard)
    with _progress(quiet=quiet) as progress:
        if engine == "dask":
            done = many.run_on_dask(job, numbers, scheduler, progress)
        else:
            done = many.run_here(job, numbers, progress)
    for failure in done.failures():
        click.echo(f"stepladder: {failure}", err=True)
    if not quiet:
        _say(done.lines())
    if done.exit_code:
        sys.exit(done.exit_code)


@main.command()
@click.argument("book", type=click.Path(path_type=Path), metavar="BOOK")
@click.option("--example", is_flag=True, help="Fill it with the fictional cohort and its results.")
@click.option(
    "--applicants",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The office's applicants: CSV, parquet or xlsx.",
)
@click.option(
    "--programs",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The office's programs: CSV, parquet or xlsx.",
)
@click.option(
    "--outcomes",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What came of applications so far: CSV, parquet or xlsx, or last season's workbook.",
)
@click.option(
    "--season",
    type=Year(),
    metavar="YEAR",
    help="The office's season, kept on Start: of rows without one. Default: the next one.",
)
@_most_listed
@_as_of
@_rulebook
@_quiet
def new(
    book: Path,
    applicants: Path | None,
    programs: Path | None,
    outcomes: Path | None,
    most_listed: int | None,
    rulebook: Path | None,
    as_of: date | None,
    season: int | None,
    *,
    example: bool,
    quiet: bool,
) -> None:
    """Make a workbook to fill in: empty, with an example, or with the office's own tables.

    BOOK is a .xlsm or .xlsx file that is not there yet; a .xlam becomes the add-in, which brings
    the buttons to workbooks without macros.

    \b
    \b
    Example:
        stepladder new cohort.xlsm
        stepladder new try-it.xlsm --example
        stepladder new cohort.xlsm --applicants cohort.csv --programs programs.csv
        stepladder new stepladder.xlam
    """
    from stepladder import refresh
    from stepladder.new import example as fictional
    from stepladder.new import example_outcomes, is_addin, new_addin, new_workbook

    if is_addin(book):
        if example or any((applicants, programs, outcomes, most_listed, rulebook, as_of, season)):
            message = "An add-in holds no tables; for a .xlam give no option but --quiet."
            raise UsageError(message)
        new_addin(book)
        if not quiet:
            places = (
                "Windows: File, Options, Add-ins, Go, Browse; Mac: Tools, Excel Add-ins, Browse"
            )
            _say([f"{book} is ready. In Excel for {places}."])
        return
    if example and (applicants or programs or outcomes):
        message = (
            "--example brings its own tables; leave out --applicants, --programs and --outcomes."
        )
        raise UsageError(message)
    if example:
        (applicants, programs), outcomes = fictional(), example_outcomes()
    settings = _settings(rulebook, as_of, None, office_season=season)
    with _progress(quiet=quiet) as progress:
        result = new_workbook(
            book,
            applicants,
            programs,
            settings,
            progress,
            most_listed=most_listed,
            outcomes=outcomes,
        )
    if not quiet and (applicants or programs or outcomes):
        _say(refresh.result_lines(result, settings.rulebook, book))
    elif not quiet:
        _say([f"{book} is ready: open it and follow the sheet Start."])
    if result.summary.errors and not example:
        sys.exit(ROWS_NEED_FIXING)


@main.command()
@click.argument("book", type=click.Path(path_type=Path), metavar="BOOK")
@click.option("--example", is_flag=True, help="Add the fictional cohort, and take no list.")
@click.option(
    "--force", is_flag=True, help="Go on although a marker file says that somebody has it open."
)
@_most_listed
@_common
def adopt(
    book: Path,
    most_listed: int | None,
    rulebook: Path | None,
    as_of: date | None,
    season: int | None,
    *,
    example: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Add Stepladder's sheets to an office's own workbook; all else in it stays byte for byte.

    A list of applicants or programs that the workbook has is recognised by its headers and taken;
    the applicants' gains the calculated columns at its right. The state before is kept; restore
    brings it back.

    \b
    \b
    Example:
        stepladder adopt roster.xlsx
        stepladder adopt roster.xlsx --example
    """
    from stepladder.adopt import adopt_book
    from stepladder.refresh import result_lines

    settings = _settings(rulebook, as_of, season)
    with _progress(quiet=quiet) as progress:
        done = adopt_book(
            book,
            settings,
            with_example=example,
            most_listed=most_listed,
            force=force,
            progress=progress,
        )
    if not quiet:
        _say(result_lines(done.result, settings.rulebook, book, of_refresh=True))
        _say(["", *done.lines()])
    if done.result.summary.errors and not example:
        sys.exit(ROWS_NEED_FIXING)


@main.command()
@click.argument("book", type=click.Path(path_type=Path), metavar="BOOK")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option(
    "--force", is_flag=True, help="Go on although a marker file says that somebody has it open."
)
@_most_listed
@_common
def refresh(
    book: Path,
    most_listed: int | None,
    rulebook: Path | None,
    as_of: date | None,
    season: int | None,
    *,
    dry_run: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Bring a saved workbook up to date: only calculated columns and sheets are written.

    BOOK is a workbook made by new or adopt. Everything else in it stays byte for byte, and the
    state before is kept; restore brings it back. Results that are there already write nothing.

    \b
    \b
    Example:
        stepladder refresh cohort.xlsm
        stepladder refresh cohort.xlsm --dry-run
    """
    from stepladder.refresh import result_lines
    from stepladder.refresh_book import refresh_book
    from stepladder.run_book import Asked

    asked = Asked(rulebook, as_of, season, most_listed)
    with _progress(quiet=quiet) as progress:
        done = refresh_book(book, asked, dry_run=dry_run, force=force, progress=progress)
    if not quiet:
        _say(result_lines(done.result, done.result.rulebook, book, of_refresh=True))
        _say(["", *done.lines(is_dry_run=dry_run)])
    if done.result.summary.errors:
        sys.exit(ROWS_NEED_FIXING)


@main.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The folder for the pages and their index.html.",
)
@click.option("--applicant", metavar="ID", help="Only the page of the applicant with this id.")
@click.option("--advisor", metavar="NAME", help="Only the pages of this advisor's applicants.")
@_common
def brief(
    results: Path,
    out: Path,
    applicant: str | None,
    advisor: str | None,
    rulebook: Path | None,
    as_of: date | None,
    season: int | None,
    *,
    quiet: bool,
) -> None:
    """Make one printable page for each applicant, for those who meet them.

    RESULTS is a workbook with Stepladder's sheets, or a folder that batch wrote. A page is an HTML
    file that opens in any browser, prints on one sheet of Letter or A4 and needs no network.

    \b
    \b
    Example:
        stepladder brief results.xlsx --out briefs
        stepladder brief results.xlsx --advisor "Ruth Hallowmere" --out briefs
        stepladder brief results.xlsx --applicant A001 --out briefs
    """
    from stepladder.briefs import Wanted, write_briefs

    settings = _settings(rulebook, as_of, season)
    written = write_briefs(
        results,
        out,
        settings.rulebook,
        settings.as_of,
        season=settings.season,
        wanted=Wanted(applicant, advisor),
    )
    if not quiet:
        _say(written.lines())


@main.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Write one row for each applicant who moved, is new or is gone.",
)
@_quiet
def compare(before: Path, after: Path, out: Path | None, *, quiet: bool) -> None:
    """Compare two results of one cohort: who moves, by how much, and why.

    BEFORE and AFTER are workbooks with Stepladder's sheets, or folders that batch wrote: under
    another rulebook, in another season, with other programs, or a month later. Workbooks also tell
    what differs of the rulebook, the day and the programs.

    \b
    \b
    Example:
        stepladder compare march.xlsx results.xlsx
        stepladder compare march.xlsx results.xlsx --out moves.csv
    """
    from stepladder.compare import check_out, write_moves
    from stepladder.compare import compare as compared

    if out:
        check_out(out)
    comparison = compared(before, after)
    if out:
        write_moves(comparison, out)
    if not quiet:
        _say(comparison.lines())
        if out:
            _say([f"Moves: {out}"])


@main.command()
@click.argument("outcomes", type=click.Path(path_type=Path))
@click.option(
    "--applicants",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The applicants: CSV, parquet or xlsx. Once for each file, if each season has its own.",
)
@click.option(
    "--programs",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The programs: CSV, parquet or xlsx.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="RULEBOOK",
    help="The rulebook to write, a .toml file; its report is the .html file beside it.",
)
@_rulebook
@_as_of
@_quiet
def calibrate(
    outcomes: Path,
    applicants: tuple[Path, ...],
    programs: Path,
    out: Path,
    rulebook: Path | None,
    as_of: date | None,
    *,
    quiet: bool,
) -> None:
    """Fit the invite rates to the office's own outcomes, into a rulebook of its own.

    OUTCOMES says of each application what came of it: applicant_id, program_id, season, applied,
    signalled, invited. It is a CSV, parquet or xlsx file, such as a workbook with the table
    Outcomes. Too few outcomes are refused (exit code 3). Nothing leaves this machine.

    \b
    \b
    Example:
        stepladder calibrate outcomes.csv --applicants people.csv --programs list.csv --out own.toml
    """
    try:
        from stepladder.calibrate import Inputs
        from stepladder.calibrate import calibrate as calibrated
    except ModuleNotFoundError as missing:
        message = (
            f"calibrate needs {missing.name}, which is not installed; run: "
            'pip install "stepladder[calibrate]"'
        )
        raise UsageError(message) from missing
    settings = _settings(rulebook, as_of, None)
    done = calibrated(Inputs(outcomes, applicants, programs, rulebook), out, settings)
    if not quiet:
        _say(done.lines())
    if done.has_errors:
        sys.exit(ROWS_NEED_FIXING)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write the findings too: a .xlsx file, or a folder for findings.csv.",
)
@_common
def check(
    files: tuple[Path, ...],
    out: Path | None,
    rulebook: Path | None,
    as_of: date | None,
    season: int | None,
    *,
    quiet: bool,
) -> None:
    """Check tables of applicants, programs and outcomes: findings only, grouped by what to do.

    Each table is recognised by its headers. A file that cannot be read is told at the end, and
    stops no other.

    \b
    \b
    Example:
        stepladder check cohort.csv programs.csv
        stepladder check cohort.csv --out findings.xlsx
    """
    from stepladder import refresh

    if out:
        refresh.check_destination(out, None, (*files, rulebook), ("findings",))
    checked = refresh.check(files, _settings(rulebook, as_of, season))
    if out:
        refresh.write_findings(checked, out)
    if not quiet:
        _say(refresh.header_lines(checked.headers))
        _say(refresh.finding_lines(checked.findings))
        if out:
            _say([f"Findings: {out}"])
    for refusal in checked.refused:
        click.echo(f"stepladder: {refusal}", err=True)
    if checked.refused:
        sys.exit(InputError.exit_code)
    if checked.has_errors:
        sys.exit(ROWS_NEED_FIXING)


@main.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the rulebook to a .toml file instead, to be changed and named with --rulebook.",
)
@_rulebook
def rules(out: Path | None, rulebook: Path | None) -> None:
    """Show every value of the rulebook with its unit, kind and source.

    \b
    \b
    Example:
        stepladder rules
        stepladder rules --rulebook office.toml
        stepladder rules --out own-rules.toml
    """
    if out:
        from stepladder.rulebook_copy import write_copy

        write_copy(rulebook, out)
        _say([f"Rulebook: {out}"])
        return
    from stepladder import refresh

    _say(refresh.rule_lines(refresh.load_rulebook(rulebook).entries))


@main.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("stepladder-demo"),
    metavar="FOLDER",
    help="Where the results go. Default: stepladder-demo.",
)
@_as_of
@_quiet
def demo(out: Path, as_of: date | None, *, quiet: bool) -> None:
    """Plan a fictional cohort, so that you can see what you get.

    Writes results.xlsx and the two fictional inputs, which you can edit and run again.

    \b
    \b
    Example:
        stepladder demo
        stepladder demo --out try-it
    """
    from stepladder import refresh

    settings = _settings(None, as_of, None)
    with _progress(quiet=quiet) as progress:
        result = refresh.demo(out, settings, progress)
    if not quiet:
        _say(refresh.result_lines(result, settings.rulebook, out / refresh.DEMO_RESULTS))
        _say(
            [
                "",
                "Everyone and every program here is invented. Edit the copies and run them again:",
                *refresh.demo_command(out),
            ]
        )


@main.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.option(
    "--force", is_flag=True, help="Go on although a marker file says that somebody has it open."
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def restore(book: Path, *, force: bool, quiet: bool) -> None:
    """Bring the last state of a workbook back, from the backups beside it.

    The folder “Stepladder backups” keeps the last 5 states, none of more than 30 days ago but the
    newest. What BOOK holds now becomes a backup in exchange, so a second restore undoes the first.

    \b
    \b
    Example:
        stepladder restore cohort.xlsm
    """
    from stepladder import refresh

    restored = refresh.restore(book, force=force)
    if not quiet:
        _say(restored.lines())


@main.command()
@click.argument("book", required=False, type=click.Path(path_type=Path), metavar="[BOOK]")
@click.option("--fix", is_flag=True, help="Do what is safe of it; close BOOK before.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def doctor(book: Path | None, *, fix: bool, quiet: bool) -> None:
    """Tell whether this machine, and BOOK on it, are ready for the Refresh button.

    Each line says OK, To do or Cannot be told here, and what to do. --fix lets the button of BOOK
    start this Python (the state before is kept; restore brings it back), takes the mark of a
    download off BOOK alone, and installs the AppleScript file that Excel for Mac needs. Exit code 1
    means that something is left to do.

    \b
    \b
    Example:
        stepladder doctor
        stepladder doctor cohort.xlsm
        stepladder doctor cohort.xlsm --fix
    """
    from stepladder.doctor import examine

    report = examine(book, fix=fix)
    if not quiet:
        _say(report.lines())
    if not report.is_ready:
        sys.exit(NOT_READY)


@main.group()
def programs() -> None:
    """Make and mend the table of programs."""


@programs.command("import")
@click.argument(
    "exports", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="EXPORT…"
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="PROGRAMS",
    help="The list: a .csv file, or a folder for programs.csv. What it holds stays.",
)
@_quiet
def import_(exports: tuple[Path, ...], out: Path, *, quiet: bool) -> None:
    """Bring your own Residency Explorer exports into your table of programs.

    EXPORT is a comparison as you downloaded it. In a list that is there already your entries win:
    empty cells are filled, new programs follow, and what differs is told.

    \b
    \b
    Example:
        stepladder programs import comparison.xlsx --out programs.csv
        stepladder programs import first.xlsx second.xlsx --out programs.csv
    """
    from stepladder.programs_import import import_programs

    imported = import_programs(exports, out)
    if not quiet:
        _say(imported.lines())


def _settings(
    rulebook: Path | None,
    as_of: date | None,
    season: int | None,
    *,
    keep_pairs: bool = False,
    with_levers: bool = False,
    office_season: int | None = None,
    list_by: str = "best",
    tables: tuple[str, ...] = (),
) -> Settings:
    from stepladder import refresh

    return refresh.Settings(
        refresh.load_rulebook(rulebook),
        as_of or refresh.today(),
        season,
        keep_pairs,
        office_season,
        with_levers,
        list_by="rate" if list_by == "rate" else "best",
        tables=frozenset(tables) or refresh.EVERY_TABLE,
    )


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress]:
    """A bar on stderr, on a terminal only, drawn once it is known how long it is."""
    with ExitStack() as stack:
        update: list[Callable[[int], None]] = []

        def hear(done: int, every: int) -> None:
            if quiet or not sys.stderr.isatty():
                return
            if not update:
                bar = click.progressbar(length=every, label="Planning", file=sys.stderr)
                update.append(stack.enter_context(bar).update)
            update[0](done)

        yield hear


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
