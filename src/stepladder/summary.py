"""A result or findings in; the lines that a person reads on the screen out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import polars as pl

from stepladder.result import Summary
from stepladder.rulebook import Entry, Rulebook

_BAR = 24
_SHOWN = 8


class Counted(Protocol):
    """A result, or what is left of one that was written part by part."""

    @property
    def summary(self) -> Summary:
        """What a person is told."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that were written."""


def result_lines(
    result: Counted, rulebook: Rulebook, out: Path, *, of_refresh: bool = False
) -> Iterator[str]:
    """Counts by tier, status and findings, what was assumed, and where the results are.

    A refresh says nothing of the columns that it writes anew each time, nor where the results are.
    """
    told = result.summary
    left_out = f", {told.programs_left_out} left out" if told.programs_left_out else ""
    crowd = f"{told.applicants:,} applicants × {told.programs:,} programs"
    yield f"{crowd}{left_out} · as of {told.as_of}"
    yield ""
    most = max(told.tiers.values(), default=1)
    for tier in rulebook.policy.tier_names:
        number = told.tiers.get(tier, 0)
        yield f"  {tier:<19}{number:>7,}  {'█' * round(_BAR * number / most)}".rstrip()
    if fix := told.statuses.get("Fix", 0):
        yield f"  {'not scored: fix':<19}{fix:>7,}"
    yield ""
    yield (
        f"  {told.statuses.get('OK', 0):,} OK · {told.statuses.get('Check', 0):,} to check · "
        f"{told.statuses.get('Fix', 0):,} to fix "
        f"({told.errors:,} errors, {told.queries:,} queries in Findings)"
    )
    if told.assumed_season is not None:
        chosen = "the office's" if told.office_season else "the first whose review day is not past"
        yield f"  Season {told.assumed_season} was assumed where none is entered ({chosen})."
    if told.programs_left_out:
        yield "  Programs with an error are left out until their row is fixed: see Findings."
    for read_as, words in (
        ("your own column", "Your own columns, kept as they are"),
        ("ours, recomputed", "Columns named like ours, which were computed anew"),
    ):
        named = told.headers.filter(pl.col("read_as") == read_as)
        if named.height and not of_refresh:
            yield f"  {words}: {', '.join(named['header'].to_list())}"
    until = "" if rulebook.is_calibrated else "illustrative until "
    yield f"  Interviews are ranges and rates an index: {until}calibrated."
    if of_refresh:
        return
    yield ""
    # A folder gets no copy of the programs.
    written = [name for name in result.tables if name != "programs"]
    is_workbook = out.suffix.lower() in {".xlsx", ".xlsm"}
    yield f"Results: {out}" + ("" if is_workbook else f" ({', '.join(written)})")


def header_lines(headers: pl.DataFrame) -> Iterator[str]:
    """How each header was read, by table."""
    for table in headers.partition_by("table", maintain_order=True):
        yield f"{table['source'][0]}, read as {table['table'][0]}:"
        read = table.filter(pl.col("column").is_not_null())
        for header, read_as in read.select("header", "read_as").iter_rows():
            if header != read_as:
                yield f"  “{header}” is {read_as}"
        rest = table.filter(pl.col("column").is_null())
        for read_as in rest["read_as"].unique(maintain_order=True).to_list():
            named = rest.filter(pl.col("read_as") == read_as)["header"].to_list()
            yield f"  {read_as}: {', '.join(named)}"
        yield f"  {read.height} columns read."
        yield ""


def finding_lines(findings: pl.DataFrame) -> Iterator[str]:
    """Findings grouped by what to do, errors first, the longest group first."""
    if findings.is_empty():
        yield "Nothing to fix and nothing to check."
        return
    for severity, heading in (("Error", "MUST BE FIXED"), ("Query", "TO CHECK")):
        of_severity = findings.filter(pl.col("severity") == severity)
        if of_severity.is_empty():
            continue
        yield f"{heading} ({of_severity.height:,})"
        groups = of_severity.partition_by("fix", maintain_order=True)
        for group in sorted(groups, key=lambda group: -group.height):
            yield f"  {group['fix'][0]}"
            for table, message in group.select("table", "message").head(_SHOWN).iter_rows():
                yield f"    {table.capitalize()} {message}"
            if group.height > _SHOWN:
                yield f"    … and {group.height - _SHOWN:,} more"
        yield ""


def rule_lines(entries: tuple[Entry, ...]) -> Iterator[str]:
    """Every entry of the rulebook with unit, kind and source, by section."""
    section = ""
    for entry in entries:
        head = entry.name.split(".")[0]
        if head != section:
            section = head
            yield f"\n[{section}]"
        unit = "" if entry.unit == "text" else f" {entry.unit}"
        yield f"{entry.name} = {entry.value}{unit}"
        yield f"    {entry.label} · {entry.kind} · {entry.source}"
