"""The README in; the README with the output of its examples pasted anew out.

Run `.venv/bin/python -m tests.readme_examples` to renew it; tests/test_docs.py checks it.
"""

import re
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import openpyxl

README = Path(__file__).parent.parent / "README.md"
_AS_OF = "2026-11-23"
_SHOWN = ("Applicant ID", "Tier", "Trend", "PM&R fit", "Suggested applications", "Next step")
_ROWS = 5


def renewed(text: str) -> str:
    """Paste what the demo prints, and the first rows that it writes."""
    with tempfile.TemporaryDirectory() as folder:
        printed = subprocess.run(
            [sys.executable, "-m", "stepladder", "demo", "--as-of", _AS_OF],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout
        rows = _first_rows(Path(folder) / "stepladder-demo" / "results.xlsx")
    text = _pasted(text, "demo", f"```text\n{printed.rstrip()}\n```")
    return _pasted(text, "rows", rows)


def _first_rows(workbook: Path) -> str:
    with closing(openpyxl.load_workbook(workbook, read_only=True)) as book:
        header, *rows = book["Applicants"].iter_rows(max_row=_ROWS + 1, values_only=True)
    places = [header.index(title) for title in _SHOWN]
    lines = [
        _SHOWN,
        ["---"] * len(_SHOWN),
        *(["" if row[at] is None else str(row[at]) for at in places] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _pasted(text: str, name: str, content: str) -> str:
    pattern = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text, count=1)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
