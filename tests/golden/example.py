"""The example cohort in; its results as they are kept beside this file out."""

import csv
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from stepladder import shipped
from stepladder.cli import main

FOLDER = Path(__file__).parent
AS_OF = "2026-11-23"
LISTED = {
    "A001": "highly competitive, Step 2 CK and Step 3 on file",
    "A008": "a low-score case",
    "A013": "a sharp drop, and H-1B only",
    "A019": "by practice score",
    "A038": "with must, never and preferred states",
}
"""The applicants whose shortlists are kept, and what is special about them."""

KEPT = ("applicants.csv", "shortlist.csv", "findings.csv")
RENEW = ".venv/bin/python -m tests.golden"


def renewed() -> dict[str, str]:
    """The text of each kept file as the command writes it today, line ends as in the file."""
    applicants, programs = (
        str(shipped.workbooks() / f"example-{name}-fictional.csv")
        for name in ("applicants", "programs")
    )
    with TemporaryDirectory() as folder:
        arguments = ["batch", applicants, "--programs", programs, "--out", folder]
        CliRunner().invoke(main, [*arguments, "--as-of", AS_OF, "--quiet"], catch_exceptions=False)
        texts = {name: (Path(folder) / name).read_bytes().decode("utf-8") for name in KEPT}
    header, *lines = texts["shortlist.csv"].splitlines(keepends=True)
    listed = [line for line in lines if line.partition(",")[0] in LISTED]
    return {**texts, "shortlist.csv": "".join([header, *listed])}


def kept(name: str) -> str:
    """The text of a kept file."""
    return (FOLDER / name).read_bytes().decode("utf-8")


def first_difference(name: str, before: str, now: str) -> str | None:
    """Where two CSV texts part: the first row and column, with both values; None if nowhere."""
    old, new = (list(csv.reader(StringIO(text.removeprefix("\ufeff")))) for text in (before, now))
    for line, (was, is_now) in enumerate(zip(old, new, strict=False)):
        for at, (left, right) in enumerate(zip(was, is_now, strict=False)):
            if left != right:
                of_whom = f"{name}, row {line} ({is_now[0]}), column {new[0][at]}"
                return f"{of_whom}: was “{left}”, is “{right}”"
        if len(was) != len(is_now):
            return f"{name}, row {line}: was {len(was)} cells, is {len(is_now)}"
    if len(old) != len(new):
        return f"{name}: was {len(old)} rows, is {len(new)}"
    return None if before == now else f"{name}: line ends, quotation marks or the BOM differ"
