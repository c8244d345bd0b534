"""An office's outcomes, applicants and programs in; a rulebook with its own invite rates out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from stepladder.books import staged
from stepladder.calibrate.applications import Gathered, gather, prior
from stepladder.calibrate.model import fit
from stepladder.calibrate.report import report_html
from stepladder.calibrate.rulebook_file import calibrated_text
from stepladder.calibrate.told import Calibrated
from stepladder.calibrate.values import fitted_values
from stepladder.calibrate.verdict import judge
from stepladder.errors import InputError, UsageError
from stepladder.refresh import (
    Settings,
    applicants_schema,
    computed_titles,
    facts_of,
    outcomes_schema,
    programs_schema,
    read_applicants,
    read_outcomes,
    read_programs,
)
from stepladder.rulebook import Policy, load_rulebook, rulebook_content
from stepladder.rulebook.calibrated import CALIBRATED
from stepladder.validate import Validated, validate

__all__ = ["Calibrated", "Inputs", "calibrate"]

_SUFFIX: Final = ".toml"
_REPORT: Final = ".html"


@dataclass(frozen=True)
class Inputs:
    """The files of an office: several of applicants where each season has its own.

    `rulebook` is the one whose rates are calibrated, None for the shipped one.
    """

    outcomes: Path
    applicants: Sequence[Path]
    programs: Path
    rulebook: Path | None = None


def calibrate(inputs: Inputs, out: Path, settings: Settings) -> Calibrated:
    """Fit the invite rates to an office's outcomes; write a rulebook, and a report beside it.

    The rulebook's own rates are what the fit is pulled to. They stay where the fit foretells
    seasons that it has not seen no better than they do. Nothing leaves this machine.

    Raises InputError for tables that cannot be read and for outcomes that are too few, UsageError
    for a place that cannot take the rulebook or one that is calibrated already, OutputError.
    """
    report = _report_beside(out, inputs)
    if any(entry.kind == CALIBRATED for entry in settings.rulebook.entries):
        message = (
            f"{settings.rulebook.version} is calibrated already, and its outcomes would count "
            "twice; name the rulebook it was made from, and all outcomes so far."
        )
        raise UsageError(message)
    policy = settings.rulebook.policy
    outcomes, gathered = _gathered(inputs, settings)
    _refuse_too_few(gathered, policy)
    applications, own = gathered.applications(), prior(gathered.rows, policy)
    fitted = fit(applications, own)
    verdict = judge(applications, own, policy.calibration.sureness)
    weight = verdict.weight if verdict.passes else 1.0
    written = fitted.part_of_the_way(own, weight)
    done = Calibrated(
        out=out,
        report=report,
        findings=outcomes.findings,
        gathered=gathered,
        fit=fitted,
        verdict=verdict,
        values=fitted_values(gathered, own, written, policy, settings.as_of),
        rulebook=settings.rulebook,
        as_of=settings.as_of,
    )
    content = rulebook_content(inputs.rulebook)
    if done.passes:
        values = {value.name: value for value in done.values if value.is_fitted}
        version = f"{settings.rulebook.version}+calibrated.{settings.as_of}"
        content = calibrated_text(content.decode("utf-8-sig"), version, values).encode()
    with staged([out, report]) as (rulebook_file, report_file):
        rulebook_file.write_bytes(content)
        # A rulebook that no run would take is not written.
        load_rulebook(rulebook_file)
        report_file.write_text(report_html(done), encoding="utf-8", newline="\n")
    return done


def _report_beside(out: Path, inputs: Inputs) -> Path:
    if out.suffix.lower() != _SUFFIX:
        message = f"--out {out.name} is no .toml file; name one for the rulebook."
        raise UsageError(message)
    report = out.with_suffix(_REPORT)
    given = [inputs.outcomes, *inputs.applicants, inputs.programs, inputs.rulebook]
    there = [path for path in given if path and path.exists()]
    for place in (out, report):
        if place.exists() and any(path.samefile(place) for path in there):
            message = f"{place} is an input and would be replaced; name another place with --out."
            raise UsageError(message)
    return report


def _gathered(inputs: Inputs, settings: Settings) -> tuple[Validated, Gathered]:
    """The outcomes as they were read, and the features of those that are known."""
    facts = facts_of(settings)
    programs = validate(read_programs(inputs.programs), programs_schema(), facts)
    codes = _ids(programs.frame["program_id"])
    cohorts = [
        validate(
            read_applicants(path),
            applicants_schema(),
            replace(facts, program_ids=codes),
            computed_titles(),
        )
        for path in inputs.applicants
    ]
    people = pl.concat(cohort.frame["applicant_id"] for cohort in cohorts)
    outcomes = validate(
        read_outcomes(inputs.outcomes),
        outcomes_schema(),
        replace(facts, program_ids=codes, applicant_ids=_ids(people)),
    )
    gathered = gather(
        outcomes.frame,
        [cohort.frame for cohort in cohorts],
        programs.frame,
        settings.rulebook.policy,
        settings.as_of,
    )
    return outcomes, gathered


def _ids(column: pl.Series) -> frozenset[str]:
    return frozenset(column.drop_nulls().to_list())


def _refuse_too_few(gathered: Gathered, policy: Policy) -> None:
    rows, least = gathered.rows, policy.calibration
    invited = int(rows["is_invited"].sum())
    there = (
        (rows.height, least.outcomes, "outcomes"),
        (invited, least.invitations, "invitations"),
        (rows.height - invited, least.invitations, "refusals"),
        (gathered.applicants, least.applicants, "applicants"),
        (rows["season"].n_unique(), least.seasons, "seasons"),
    )
    short = [f"{has:,} of {needed:,} {what}" for has, needed, what in there if has < needed]
    if short:
        left_out = "; ".join(gathered.left_out_lines())
        raise InputError(
            f"The outcomes are too few to calibrate on: {', '.join(short)} needed"
            + (f" (left out: {left_out})" if left_out else "")
            + ". Go on with the rulebook as it is, and try again after the next season."
        )
