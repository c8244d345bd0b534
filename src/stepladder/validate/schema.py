"""A schema file in; a checked table schema and its pandera schema out."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl

from stepladder.errors import PolicyError
from stepladder.validate.spelling import header_key, value_keys

if TYPE_CHECKING:
    import pandera.polars as pa

Limit: TypeAlias = int | float | date
Severity: TypeAlias = Literal["error", "query"]

TYPES: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "id": pl.String(),
        "text": pl.String(),
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "money": pl.Int64(),
        "date": pl.Date(),
        "yesno": pl.String(),
        "choice": pl.String(),
        "list": pl.List(pl.String()),
    }
)
"""The column types of a schema and the polars type that each is read into."""

_LIMITED: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {"integer": (int,), "number": (int, float), "money": (int,), "date": (date,)}
)
_YES_NO = MappingProxyType(
    {
        "Y": "Yes",
        "True": "Yes",
        "x": "Yes",
        "1": "Yes",
        "✓": "Yes",
        "✔": "Yes",
        "N": "No",
        "False": "No",
        "0": "No",
    }
)


@dataclass(frozen=True)
class Column:
    """One column of a table: its names, what a cell may hold, and what a person is told about it.

    `expected` completes the sentence “… is not …”. `synonyms` are accepted and told.
    """

    name: str
    title: str
    type: str
    help: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False
    minimum: Limit | None = None
    maximum: Limit | None = None
    allowed: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = "error"
    personal: bool = False
    expected: str = ""
    width: int = 12

    @property
    def dtype(self) -> pl.DataType:
        """The polars type of the column's values."""
        return TYPES[self.type]


@dataclass(frozen=True)
class Split:
    """One column that offices use for two: whole numbers go into the second, all else the first."""

    name: str
    title: str
    into: tuple[str, str]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule across cells, told once for each of `columns`; its expression is in rules.py."""

    name: str
    severity: Severity
    columns: tuple[str, ...]
    message: str
    fix: str


@dataclass(frozen=True)
class TableSchema:
    """What a well-formed table is. `key` identifies a row; `person` is the column of names."""

    name: str
    title: str
    key: str
    columns: tuple[Column, ...]
    person: str | None = None
    splits: tuple[Split, ...] = ()
    rules: tuple[Rule, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Each column under its name, in the order of the file."""
        return {column.name: column for column in self.columns}

    @cached_property
    def dtypes(self) -> pl.Schema:
        """The types of the typed frame."""
        return pl.Schema({column.name: column.dtype for column in self.columns})


def load_schema(path: Path) -> TableSchema:
    """Load one schema file strictly.

    Raises PolicyError, with the file and the key, for what is unknown, missing, contradictory or of
    the wrong type; an unknown key is answered with the nearest known one.
    """
    return _SchemaFile(path).schema()


def pandera_schema(
    schema: TableSchema, names: Iterable[str] | None = None, *, with_doubles: bool = True
) -> "pa.DataFrameSchema":
    """The pandera schema of typed rows, of all columns or the named ones; it coerces nothing.

    Doubles are asked for too unless they are sought elsewhere.

    Each failure bears our own code: `out_of_limits`, or pandera's names for nulls and doubles.
    """
    import pandera.polars as pa  # noqa: PLC0415 - it is slow, and rows without a fault need it not

    wanted = schema.by_name if names is None else names
    return pa.DataFrameSchema(
        {
            name: pa.Column(
                column.dtype,
                checks=list(_checks(column, pa.Check)),
                nullable=not column.required,
                unique=column.unique and with_doubles,
            )
            for name in wanted
            for column in [schema.by_name[name]]
        },
        strict=True,
        coerce=False,
    )


def _checks(column: Column, check: "type[pa.Check]") -> Iterator["pa.Check"]:
    if column.minimum is not None:
        yield check.in_range(column.minimum, column.maximum, error="out_of_limits")
    if column.allowed and column.type != "list":
        yield check.isin(column.allowed, error="out_of_limits")


def is_allowed(column: Column) -> pl.Expr:
    """Whether each value passes the checks above; a null may stand anywhere."""
    passes = pl.lit(value=True)
    if column.minimum is not None:
        passes &= pl.col(column.name).is_between(column.minimum, column.maximum)
    if column.allowed and column.type != "list":
        passes &= pl.col(column.name).is_in(column.allowed)
    return passes


@lru_cache(maxsize=4)
def _parsed(text: str) -> dict[str, Any]:
    """A file's tables, which are only read: one schema may borrow from the file of another."""
    return tomllib.loads(text)


class _SchemaFile:
    """One schema file while it is being read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.tables = _parsed(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise self._refused("", "cannot be read") from error
        except (ValueError, RecursionError) as error:
            # Not TOML, not UTF-8, a number of thousands of digits, or brackets without end.
            raise self._refused("", f"is no valid TOML ({error})") from None

    def schema(self) -> TableSchema:
        """The whole file as one checked schema."""
        top = self._keys(
            "",
            self.tables,
            {
                "name": str,
                "title": str,
                "key": str,
                "person": str,
                "columns": dict,
                "split": dict,
                "rules": dict,
                "vocabulary": dict,
                "vocabulary_from": str,
            },
            required=("name", "title", "key", "columns"),
        )
        lender = self.tables.get("vocabulary_from")
        lent = _SchemaFile(self.path.with_name(lender)).vocabulary() if lender else {}
        words = {**lent, **self.vocabulary()}
        schema = TableSchema(
            name=top["name"],
            title=top["title"],
            key=top["key"],
            person=top.get("person"),
            columns=tuple(self._column(name, words) for name in top["columns"]),
            splits=tuple(self._split(name) for name in top.get("split", {})),
            rules=tuple(self._rule(name) for name in top.get("rules", {})),
        )
        self._check_references(schema)
        self._check_headers(schema)
        self._check_spellings(schema)
        return schema

    def vocabulary(self) -> dict[str, Mapping[str, Sequence[str]]]:
        """The file's own lists of words: by name, what is written for each code."""
        own = self.tables.get("vocabulary", {})
        return {name: self._words(f"vocabulary.{name}", own[name]) for name in own}

    def _words(self, where: str, codes: object) -> Mapping[str, Sequence[str]]:
        if not isinstance(codes, dict):
            raise self._refused(where, "is to be a table")
        return {code: self._texts(f"{where}.{code}", names) for code, names in codes.items()}

    def _column(self, name: str, words: Mapping[str, Mapping[str, Sequence[str]]]) -> Column:
        where = f"columns.{name}"
        table = self._keys(
            where,
            self.tables["columns"][name],
            {
                "title": str,
                "type": str,
                "help": str,
                "aliases": list,
                "required": bool,
                "unique": bool,
                "minimum": (int, float, date),
                "maximum": (int, float, date),
                "allowed": list,
                "vocabulary": str,
                "synonyms": dict,
                "severity": str,
                "personal": bool,
                "expected": str,
                "width": int,
            },
            required=("title", "type", "help"),
        )
        self._one_of(f"{where}.type", table["type"], TYPES)
        self._one_of(f"{where}.severity", table.get("severity", "error"), ("error", "query"))
        self._check_limits(where, table)
        if "vocabulary" in table:
            entries = words[self._one_of(f"{where}.vocabulary", table.pop("vocabulary"), words)]
            table["allowed"] = list(entries)
            table["synonyms"] = {name: code for code, names in entries.items() for name in names}
        if table["type"] == "yesno":
            table |= {"allowed": ["Yes", "No"], "synonyms": _YES_NO}
        self._check_choices(where, table)
        table["aliases"] = self._texts(f"{where}.aliases", table.get("aliases", []))
        table["allowed"] = tuple(table.get("allowed", ()))
        table["expected"] = table.get("expected") or _expected(table)
        return Column(name=name, **table)

    def _split(self, name: str) -> Split:
        where = f"split.{name}"
        table = self._keys(
            where,
            self.tables["split"][name],
            {"title": str, "aliases": list, "into": list},
            required=("title", "into"),
        )
        into = self._texts(f"{where}.into", table["into"])
        if len(into) != len(("else", "whole numbers")):
            raise self._refused(f"{where}.into", "is to name two columns")
        aliases = self._texts(f"{where}.aliases", table.get("aliases", []))
        return Split(name=name, title=table["title"], into=(into[0], into[1]), aliases=aliases)

    def _rule(self, name: str) -> Rule:
        where = f"rules.{name}"
        keys = {"severity": str, "columns": list, "message": str, "fix": str}
        table = self._keys(where, self.tables["rules"][name], keys, required=tuple(keys))
        self._one_of(f"{where}.severity", table["severity"], ("error", "query"))
        table["columns"] = self._texts(f"{where}.columns", table["columns"])
        for key in ("message", "fix"):
            for placeholder in re.findall(r"\{(.*?)\}", table[key]):
                self._one_of(f"{where}.{key}", placeholder, ("cell", "found", "detail", "title"))
        return Rule(name=name, **table)

    def _check_limits(self, where: str, table: Mapping[str, Any]) -> None:
        limits = [key for key in ("minimum", "maximum") if key in table]
        if not limits:
            return
        if len(limits) == 1:
            raise self._refused(where, "is to have both minimum and maximum, or neither")
        kinds = _LIMITED.get(table["type"])
        if kinds is None:
            raise self._refused(where, f"has limits, which type {table['type']} cannot have")
        for key in limits:
            if not isinstance(table[key], kinds) or isinstance(table[key], bool):
                raise self._refused(f"{where}.{key}", f"does not fit type {table['type']}")
        if table["minimum"] > table["maximum"]:
            raise self._refused(where, "has a minimum above its maximum")

    def _check_choices(self, where: str, table: Mapping[str, Any]) -> None:
        allowed, synonyms = table.get("allowed", []), table.get("synonyms", {})
        self._texts(f"{where}.allowed", allowed)
        self._texts(f"{where}.synonyms", list(synonyms.values()))
        if bool(allowed) != (table["type"] in {"choice", "yesno"}) and table["type"] != "list":
            raise self._refused(where, "is to have allowed values exactly if its type is choice")
        for meant in synonyms.values():
            self._one_of(f"{where}.synonyms", meant, allowed)

    def _check_references(self, schema: TableSchema) -> None:
        self._one_of("key", schema.key, schema.by_name)
        if schema.person is not None:
            self._one_of("person", schema.person, schema.by_name)
        for split in schema.splits:
            for name in split.into:
                self._one_of(f"split.{split.name}.into", name, schema.by_name)
        for rule in schema.rules:
            for name in rule.columns:
                self._one_of(f"rules.{rule.name}.columns", name, schema.by_name)

    def _check_headers(self, schema: TableSchema) -> None:
        owners: dict[str, str] = {}
        every: tuple[Column | Split, ...] = (*schema.columns, *schema.splits)
        for owner in every:
            names = [owner.name] if isinstance(owner, Column) else []
            for header in (*names, owner.title, *owner.aliases):
                key = header_key(header)
                if not key:
                    raise self._refused(owner.name, f"has the header “{header}” without a letter")
                if owners.setdefault(key, owner.title) != owner.title:
                    raise self._refused(
                        owner.name, f"shares the header “{header}” with {owners[key]}"
                    )

    def _check_spellings(self, schema: TableSchema) -> None:
        words = {
            column.name: [*column.allowed, *column.synonyms]
            for column in schema.columns
            if column.allowed
        }
        # Those of all columns in one query, which takes longer than many words do.
        every = list(chain.from_iterable(words.values()))
        key_of = dict(zip(every, value_keys(every), strict=True))
        for name, spellings in words.items():
            times = Counter(key_of[spelling] for spelling in spellings)
            for spelling in spellings:
                if not key_of[spelling] or times[key_of[spelling]] > 1:
                    raise self._refused(
                        f"columns.{name}", f"has two entries that read like “{spelling}”, or none"
                    )

    def _keys(
        self,
        where: str,
        table: object,
        types: Mapping[str, type | tuple[type, ...]],
        required: Iterable[str],
    ) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self._refused(where, "is to be a table")
        prefix = f"{where}." if where else ""
        for key, value in table.items():
            self._one_of(where, key, types)
            if not isinstance(value, types[key]) or (types[key] is int and value is True):
                raise self._refused(prefix + key, "is of the wrong type")
        for key in required:
            if key not in table:
                raise self._refused(prefix + key, "is missing")
        return dict(table)

    def _texts(self, where: str, values: object) -> tuple[str, ...]:
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self._refused(where, "is to be a list of texts")
        return tuple(values)

    def _one_of(self, where: str, value: str, known: Iterable[str]) -> str:
        if value in known:
            return value
        near = get_close_matches(value, list(known), n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise self._refused(where, f"has “{value}”, which is not known", hint)

    def _refused(self, where: str, complaint: str, hint: str = "") -> PolicyError:
        place = f"The schema {self.path.name}" + (f", {where}," if where else "")
        return PolicyError(f"{place} {complaint}.{hint}")


def _expected(table: Mapping[str, Any]) -> str:
    """The words for what a cell of a column holds, from its type, limits and allowed values."""
    limits = f" from {table['minimum']} to {table['maximum']}" if "minimum" in table else ""
    *others, last = table["allowed"] or [""]
    choices = f"{', '.join(others)} or {last}" if others else last
    return {
        "id": "readable text",
        "text": "readable text",
        "integer": f"a whole number{limits}",
        "number": f"a number{limits}",
        "money": f"an amount in whole dollars{limits}",
        "date": f"a date{limits}, such as 2024-05-01",
        "yesno": choices,
        "choice": choices,
        "list": "a code",
    }[table["type"]]
