"""A rulebook in; a copy of its file, in which an office changes its own values, out."""

from pathlib import Path

from stepladder.books import staged
from stepladder.errors import OutputError, UsageError
from stepladder.rulebook import load_rulebook, rulebook_content

_SUFFIX = ".toml"


def write_copy(rulebook: Path | None, out: Path) -> None:
    """Write the file of a rulebook, of the shipped one for None, under another name.

    Raises PolicyError for a rulebook that is not valid, UsageError for a name that is no .toml
    file's, OutputError for a file that is there already: an office may have changed it.
    """
    if out.suffix.lower() != _SUFFIX:
        raise UsageError(f"--out {out.name} is no .toml file; name one for the rulebook.")
    if out.exists():
        message = f"{out} is there already and may hold changes; name another file with --out."
        raise OutputError(message)
    load_rulebook(rulebook)
    content = rulebook_content(rulebook)
    with staged([out]) as (temporary,):
        temporary.write_bytes(content)
