"""The schemas in; the page in docs/ that an office reads, out."""

from pathlib import Path

from stepladder.validate import TableSchema
from stepladder.validate.dictionary import data_dictionary

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_data_dictionary_is_not_stale(schemas: dict[str, TableSchema]) -> None:
    """If this fails: python -m stepladder.validate.dictionary > docs/data-dictionary.md."""
    assert PAGE.read_text(encoding="utf-8") == data_dictionary(schemas.values())


def test_every_column_and_alias_is_in_it(schemas: dict[str, TableSchema]) -> None:
    """With its name, its title and its help."""
    page = data_dictionary(schemas.values())
    for schema in schemas.values():
        for column in schema.columns:
            assert f"### {column.title}\n\n{column.help}  \n`{column.name}` ·" in page
            assert ", ".join(column.aliases) in page
