"""The mapping file in; which label of an export is which fact, and what its values mean, out."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stepladder.errors import PolicyError
from stepladder.validate import TableSchema
from stepladder.validate.spelling import value_keys

CATEGORICAL, ADVANCED, ALL = "categorical", "advanced", "all"
"""The kinds of positions; with the columns of programs, these are the facts of an export."""

RANGE = "range"

_YEARS = re.compile(r"\b((?:19|20)[0-9]{2})(?:\s*[-–/]\s*[0-9]{2}(?:[0-9]{2})?)?\b")
_SIGNS = (("#", " number "), ("%", " percentage "), ("percent ", "percentage "))


@dataclass(frozen=True)
class ExportMapping:
    """What an export's labels and values mean.

    labels       the key of a label → its fact: a column of programs, or a kind of positions
    values       a column → the key of an export's value → ours
    ranges       columns whose value is a range of scores
    unknown      keys of values that say that a fact is not known
    specialty    whose exports are taken, and the keys of the names that mean it
    """

    labels: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    ranges: frozenset[str]
    unknown: frozenset[str]
    specialty: str
    specialty_keys: tuple[str, ...]
    small_words: frozenset[str]

    def fact(self, label: str) -> str | None:
        """The fact that a label names, or None if we have no column for it."""
        return self.labels.get(label_key(label, self.small_words))

    def is_code(self, label: str) -> bool:
        """The label is that of the program code."""
        return self.fact(label) == "program_id"

    def is_ours(self, specialty: str) -> bool:
        """The specialty is the one of this table; an export that names none is taken."""
        [key] = value_keys([specialty])
        return not key or any(name in key for name in self.specialty_keys)


def label_key(label: str, small_words: frozenset[str]) -> str:
    """What a label has in common with its other spellings.

    Case, punctuation, years and small words are gone; # and % are the words that they stand for.
    """
    text = _YEARS.sub(" ", label.casefold())
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    return "".join(word for word in re.findall("[a-z0-9]+", text) if word not in small_words)


def label_year(label: str) -> int:
    """The latest year that a label names, 0 if none."""
    return max(map(int, _YEARS.findall(label)), default=0)


def load_mapping(path: Path, schema: TableSchema) -> ExportMapping:
    """Load the mapping strictly; every column and value that it leads to is one of the schema.

    Raises PolicyError with the file and the entry for what is unknown, missing or of the wrong
    type, and for two entries that claim one label.
    """
    return _MappingFile(path, schema).mapping()


class _MappingFile:
    """The mapping file while it is being read."""

    def __init__(self, path: Path, schema: TableSchema) -> None:
        self.path = path
        self.schema = schema
        try:
            self.top = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise self._refused("", "cannot be read") from error
        except (ValueError, RecursionError) as error:
            # Not TOML, not UTF-8, a number of thousands of digits, or brackets without end.
            raise self._refused("", f"is no valid TOML ({error})") from None

    def mapping(self) -> ExportMapping:
        """The whole file, checked."""
        tables = ("specialty", "columns", "positions")
        self._keys("", self.top, (*tables, "small_words", "unknown"))
        for name in tables:
            if not isinstance(self.top[name], dict):
                raise self._refused(name, "is to be a table")
        small_words = frozenset(self._texts("small_words", self.top["small_words"]))
        columns: dict[str, dict[str, Any]] = self.top["columns"]
        for name, table in columns.items():
            self._one_of("columns", name, self.schema.by_name)
            if not isinstance(table, dict):
                raise self._refused(f"columns.{name}", "is to be a table")
            self._keys(f"columns.{name}", table, ("labels",), optional=("reads", "values"))
            if "reads" in table:
                self._one_of(f"columns.{name}.reads", table["reads"], (RANGE,))
        self._keys("positions", self.top["positions"], (CATEGORICAL, ADVANCED, ALL))
        self._keys("specialty", self.top["specialty"], ("title", "names"))
        names = self._texts("specialty.names", self.top["specialty"]["names"])
        [title] = self._texts("specialty.title", [self.top["specialty"]["title"]])
        return ExportMapping(
            labels=self._labels(columns, small_words),
            values={
                name: self._values(name, table["values"])
                for name, table in columns.items()
                if "values" in table
            },
            ranges=frozenset(name for name, table in columns.items() if "reads" in table),
            unknown=frozenset(value_keys(self._texts("unknown", self.top["unknown"]))),
            specialty=title,
            specialty_keys=tuple(value_keys(names)),
            small_words=small_words,
        )

    def _labels(
        self, columns: Mapping[str, Mapping[str, Any]], small_words: frozenset[str]
    ) -> Mapping[str, str]:
        if "program_id" not in columns or "program_name" not in columns:
            raise self._refused("columns", "has no labels for program_id and program_name")
        owners: dict[str, str] = {}
        of_columns = {name: table["labels"] for name, table in columns.items()}
        for name, labels in (*of_columns.items(), *self.top["positions"].items()):
            for label in self._texts(name, labels):
                key = label_key(label, small_words)
                if not key or owners.setdefault(key, name) != name:
                    claim = f"the label “{label}”, which {owners.get(key, 'nothing')} has too"
                    raise self._refused(name, f"has {claim}")
        return owners

    def _values(self, name: str, values: object) -> Mapping[str, str]:
        if not isinstance(values, dict):
            raise self._refused(f"columns.{name}.values", "is to be a table")
        for ours in self._texts(f"columns.{name}.values", list(values.values())):
            self._one_of(f"columns.{name}.values", ours, self.schema.by_name[name].allowed)
        return dict(zip(value_keys(values), values.values(), strict=True))

    def _keys(
        self,
        where: str,
        table: Mapping[str, Any],
        needed: Iterable[str],
        optional: Iterable[str] = (),
    ) -> None:
        for key in table:
            self._one_of(where, key, (*needed, *optional))
        for key in needed:
            if key not in table:
                raise self._refused(where, f"has no {key}")

    def _texts(self, where: str, values: object) -> list[str]:
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self._refused(where, "is to be a list of texts")
        return values

    def _one_of(self, where: str, value: str, known: Iterable[str]) -> None:
        if value in known:
            return
        near = get_close_matches(str(value), list(known), n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise self._refused(where, f"has “{value}”, which is not known", hint)

    def _refused(self, where: str, complaint: str, hint: str = "") -> PolicyError:
        place = f"The mapping {self.path.name}" + (f", {where}," if where else "")
        return PolicyError(f"{place} {complaint}.{hint}")
