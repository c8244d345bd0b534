"""Table schemas in; the data dictionary, a page that says what each column holds, out.

`python -m stepladder.validate.dictionary` prints it, for docs/data-dictionary.md.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping

from stepladder import shipped
from stepladder.validate.findings import WORDINGS, Wording, rule_wordings
from stepladder.validate.schema import Column, TableSchema, load_schema

TABLES = ("applicants", "programs", "outcomes")

_OPENING = """\
# Data dictionary

Made from `schemas/` by `python -m stepladder.validate.dictionary`; edit it there.

A column is found by its name, its title or another header listed here, whatever case, spaces and
punctuation. Blank means unknown, everywhere; only empty cells, `n/a` and `-` are blank. An error
keeps a row from being scored until it is fixed; a query is to be fixed, or explained in Notes, and
what could not be read counts as blank. Columns marked personal are never quoted."""


def data_dictionary(schemas: Iterable[TableSchema]) -> str:
    """The page, as Markdown."""
    sections = [part for schema in schemas for part in _table(schema)]
    shared = ["## Findings of cells and rows", _findings(WORDINGS)]
    return "\n\n".join([_OPENING, *sections, *shared]) + "\n"


def _table(schema: TableSchema) -> Iterator[str]:
    yield f"## {schema.title}"
    for column in schema.columns:
        yield from _column(column)
    for split in schema.splits:
        rest, numbers = (schema.by_name[name].title for name in split.into)
        yield f"### {split.title}"
        yield f"One column for two: whole numbers go into {numbers}, all else into {rest}."
        yield _headers(split.aliases)
    yield f"### Rules across cells of {schema.title.lower()}"
    yield _findings(rule_wordings(schema))


def _findings(wordings: Mapping[str, Wording]) -> str:
    rows = [
        f"| `{code}` | {wording.severity or 'as the column'} "
        f"| {_plain(wording.message)} | {_plain(wording.fix)} |"
        for code, wording in wordings.items()
    ]
    return "\n".join(["| Code | Severity | Finding | What to do |", "|---|---|---|---|", *rows])


def _column(column: Column) -> Iterator[str]:
    facts = [
        f"`{column.name}`",
        column.type,
        *(["required"] if column.required else []),
        *(["unique"] if column.unique else []),
        *(["personal"] if column.personal else []),
        f"a wrong value is {'an error' if column.severity == 'error' else 'a query'}",
    ]
    yield f"### {column.title}"
    yield f"{column.help}  \n{' · '.join(facts)}"
    if column.type not in {"id", "text"}:
        yield f"Holds {column.expected}."
    if column.synonyms:
        read = ", ".join(f"{spelling} → {meant}" for spelling, meant in column.synonyms.items())
        yield f"Read and told: {read}."
    yield _headers(column.aliases)


def _headers(aliases: Iterable[str]) -> str:
    return f"Other headers: {', '.join(aliases)}."


def _plain(template: str) -> str:
    """A message's words without its address, the names of its placeholders in italics."""
    words = template.removeprefix("{cell}: ").replace("{retype}", "Retype it.")
    return re.sub(r"\{(\w+)\}", r"*\1*", words)


def main() -> None:
    """Print the page of the shipped schemas."""
    schemas = [load_schema(shipped.schemas() / f"{name}.toml") for name in TABLES]
    sys.stdout.buffer.write(data_dictionary(schemas).encode())


if __name__ == "__main__":
    main()
