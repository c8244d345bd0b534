"""Measured rows in; tables that read alike on a terminal and in docs/performance.md out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


@dataclass(frozen=True)
class Table:
    """One question's answer: what was compared, and a row for each case."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def lines(self) -> str:
        """The table in Markdown, its columns aligned."""
        cells = [self.header, *self.rows]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.header))]
        aligned = [
            "| "
            + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            + " |"
            for row in cells
        ]
        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        return "\n".join([f"### {self.title}", "", self.note, "", aligned[0], rule, *aligned[1:]])


def seconds(value: float) -> str:
    """Seconds in three figures."""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def ratio(peer: float, ours: float) -> str:
    """How many times ours the peer's cost is."""
    return f"{peer / ours:.2g}×" if peer < 100 * ours else f"{peer / ours:.0f}×"


def pasted(page: str, figures: str) -> str:
    """The page with the figures of this run between its markers."""
    pattern = re.compile(r"(<!-- figures: .*? -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{figures}\n{found[2]}", page, count=1)
