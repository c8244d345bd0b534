"""A calibration in; what a person is told of it, in words, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from stepladder.calibrate.applications import Gathered
from stepladder.calibrate.model import Fit
from stepladder.calibrate.values import FittedValue
from stepladder.calibrate.verdict import Verdict
from stepladder.rulebook import Rulebook
from stepladder.summary import finding_lines


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found and wrote; `findings` are those of the outcomes."""

    out: Path
    report: Path
    findings: pl.DataFrame
    gathered: Gathered
    fit: Fit
    verdict: Verdict
    values: tuple[FittedValue, ...]
    rulebook: Rulebook
    as_of: date

    @property
    def passes(self) -> bool:
        """The office's own rates are written: they foretell other seasons better."""
        return self.verdict.passes and self.fit.spread > 0

    @property
    def is_whole(self) -> bool:
        """Every value of the invite rate is the office's own, so that none is illustrative."""
        return self.passes and all(value.is_fitted for value in self.values)

    @property
    def has_errors(self) -> bool:
        """A row of the outcomes has to be fixed."""
        return bool((self.findings["severity"] == "Error").any())

    def counts(self) -> str:
        """What was calibrated on."""
        rows = self.gathered.rows
        seasons = ", ".join(map(str, rows["season"].unique().sort()))
        return (
            f"{rows.height:,} outcomes of {self.gathered.applicants:,} applicants, seasons "
            f"{seasons}: {int(rows['is_invited'].sum()):,} invitations"
        )

    def sentence(self) -> str:
        """What came of it."""
        if not self.passes:
            return (
                "The outcomes cannot tell the office's rates from the rulebook's: on seasons held "
                "out the fitted rates foretell no better, beyond what chance brings. The "
                "rulebook's values were kept, and stay illustrative."
            )
        if self.is_whole:
            return (
                "On seasons held out the office's own rates foretell better than the rulebook's. "
                "Results under the new rulebook are no longer marked illustrative."
            )
        few = ", ".join(value.label for value in self.values if not value.is_fitted)
        return (
            "On seasons held out the office's own rates foretell better than the rulebook's. Too "
            f"few outcomes bear on these, which were kept: {few}. So results stay illustrative."
        )

    def lines(self) -> Iterator[str]:
        """All of it, for the screen."""
        if not self.findings.is_empty():
            yield from finding_lines(self.findings)
        yield self.counts() + "."
        for line in self.gathered.left_out_lines():
            yield f"  left out: {line}"
        yield ""
        verdict = self.verdict
        yield f"  {'on seasons held out':<28}{'rulebook':>10}{'calibrated':>12}"
        for words, own, calibrated in (
            ("log loss", verdict.own.log_loss, verdict.calibrated.log_loss),
            ("Brier score", verdict.own.brier, verdict.calibrated.brier),
        ):
            yield f"  {words:<28}{own:>10.4f}{calibrated:>12.4f}"
        yield (
            f"  gain in log loss {verdict.gain:.4f}, standard error {verdict.error:.4f}: "
            f"{verdict.sureness:g} of these are needed"
        )
        yield ""
        yield self.sentence()
        if self.passes:
            for value in self.values:
                line = f"  {value.label:<36}{value.own:>8.3g} → {value.value:<8.3g}{_kept(value)}"
                yield line.rstrip()
        yield ""
        yield f"Rulebook: {self.out}"
        yield f"Report: {self.report}"


def _kept(value: FittedValue) -> str:
    return "" if value.is_fitted else f" kept: {value.outcomes} outcomes"
