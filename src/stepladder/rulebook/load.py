"""A rulebook file in; a checked policy and the list of its entries out."""

import hashlib
import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from stepladder.errors import PolicyError
from stepladder.rulebook.calibrated import CALIBRATED, MARK, is_calibrated, kinds_of
from stepladder.rulebook.contradictions import contradictions
from stepladder.rulebook.overrides import with_value
from stepladder.rulebook.policy import (
    ANCHORS,
    Action,
    Day,
    Fees,
    FeeStep,
    Lever,
    PassingScores,
    PhaseNames,
    Policy,
)

KINDS = ("guide", "published", "assumption", CALIBRATED)

_SHIPPED = "pmr.toml"

_LIMITS: Mapping[str, tuple[float, float]] = {
    "score": (1, 300),
    "points": (0, 100),
    "percent": (1, 100),
    "share": (0, 1),
    "rate": (0.001, 0.999),
    "chance": (0.001, 0.999),
    "correlation": (0, 0.95),
    "applications": (0, 1000),
    "interviews": (1, 50),
    "signals": (0, 100),
    "attempts": (0, 20),
    "years": (1, 50),
    "months": (1, 600),
    "months ahead": (0, 36),
    "weeks": (0, 52),
    "days": (1, 3650),
    "rotations": (1, 50),
    "letters": (1, 50),
    "experiences": (1, 50),
    "index": (0, 100),
    "count": (1, 100),
    "outcomes": (1, 1_000_000),
    "applicants": (1, 1_000_000),
    "seasons": (2, 50),
    "standard errors": (0, 10),
    "log-odds": (0, 5),
    "USD": (0, 100_000),
}
"""What a value of a unit can be at all; beyond it the file is refused as a slip of typing."""

_MOVES: Mapping[str, tuple[int, int]] = {"months": (-36, 120), "weeks": (-104, 104)}
"""How far a day by rule may lie from its anchor."""


@dataclass(frozen=True)
class Entry:
    """One value or sentence of the rulebook, as `stepladder rules` and the Rules sheet show it."""

    name: str
    label: str
    value: str
    unit: str
    kind: str
    source: str


@dataclass(frozen=True)
class Rulebook:
    """A policy with its name, where each entry comes from, and the hash of its file."""

    title: str
    version: str
    sha256: str
    policy: Policy
    entries: tuple[Entry, ...]

    @property
    def is_calibrated(self) -> bool:
        """Every value of the invite rate is the office's own, so that none is illustrative."""
        return is_calibrated({entry.name: entry.kind for entry in self.entries})

    @property
    def rates_are(self) -> str:
        """What is to be said of the invite rates, and of what follows from them."""
        until = "" if self.is_calibrated else "illustrative until "
        return f"{until}calibrated on the office's own outcomes"


def load_rulebook(path: Path | None = None) -> Rulebook:
    """Load the shipped rulebook, or an office's own, strictly.

    An own rulebook must have every entry of the shipped one, in the same units, and its sentences
    may use only the placeholders of the shipped sentences. Raises PolicyError with the entry's
    name.
    """
    return overridden(path, {}).rulebook


@dataclass(frozen=True)
class Overridden:
    """A rulebook with the values that took its own values' place, and those that were refused.

    taken    each entry's own value that was replaced, by the entry's name
    refused  why a value was not taken, by the entry's name: the rulebook's own stands
    """

    rulebook: Rulebook
    taken: Mapping[str, str]
    refused: Mapping[str, str]


def overridden(path: Path | None, values: Mapping[str, str]) -> Overridden:
    """Load a rulebook as `load_rulebook` does, with other values for some entries.

    Values are texts as `Entry.value` spells them, and are checked like the file, each on top of
    those before it. Raises PolicyError for the file itself, never for a value.
    """
    shipped = _Reading(_SHIPPED, rulebook_content(None))
    book = shipped.rulebook()
    known = book.entries
    reading = shipped
    if path is not None:
        reading = _Reading(path.name, rulebook_content(path))
        book = reading.rulebook(known)
    own = {entry.name: entry.value for entry in book.entries}
    taken: dict[str, str] = {}
    refused: dict[str, str] = {}
    for name, text in values.items():
        try:
            changed = reading.with_value(name, text)
            tried = changed.rulebook(known)
        except (PolicyError, KeyError, ValueError) as problem:
            refused[name] = _reason(name, problem)
        else:
            reading, book = changed, tried
            # The own value in another spelling, or one that the rulebook has taken up, is no other.
            if any(entry.name == name and entry.value != own[name] for entry in book.entries):
                taken[name] = own[name]
    return Overridden(book, taken, refused)


def rulebook_content(path: Path | None) -> bytes:
    """The bytes of a rulebook's file, of the shipped one for None. Raises PolicyError."""
    if path is None:
        return files(__package__).joinpath(_SHIPPED).read_bytes()
    try:
        return path.read_bytes()
    except OSError as error:
        message = (
            f"The rulebook {path.name} cannot be read. Check its name and that you may open it."
        )
        raise PolicyError(message) from error


def _reason(name: str, problem: Exception) -> str:
    """Say why a value was not taken, in the words that follow “the value”."""
    if isinstance(problem, KeyError):
        return "belongs to no rule of the rulebook"
    if isinstance(problem, PolicyError):
        complaint = problem.message.partition(": ")[2].removesuffix(".")
        own = complaint.removeprefix(f"{name} ")
        return own if own != complaint else f"does not go with the other rules: {complaint}"
    return f"is not {problem}"


_ACTION_LABELS: Mapping[str, tuple[str, str]] = {
    "action": ("What to do", "text"),
    "why": ("Why", "text"),
    "phase": ("Phase of the guide's step-by-step plan", "phase"),
    "due": ("Day from which it is overdue", "day"),
    "until": ("Last day on which it still helps", "day"),
    "value": ("Most valuable first", "index"),
    "guide_section": ("Where the guide says so", "text"),
}
_LEVER_LABELS: Mapping[str, tuple[str, str]] = {
    "lever": ("Lever", "text"),
    "takes": ("What it takes", "text"),
    "months": ("Months from beginning until it counts", "months ahead"),
    "usd": ("What it costs", "USD"),
    "until": ("Last day on which it counts in full", "day"),
}
_ORDER = {
    "kind": "assumption",
    "source": "Our order: what decides whether an application is read comes first",
}


class _Reading:
    """One pass over a rulebook file, which gathers entries while it fills the dataclasses."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.entries: list[Entry] = []
        self.mark = ""
        self.tables: dict[str, Any]
        try:
            self.tables = tomllib.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            # Not TOML, not UTF-8, a number of thousands of digits, or brackets without end.
            raise self._refused("", f"is no valid TOML ({error})") from None

    def with_value(self, name: str, text: str) -> "_Reading":
        """The same file, not yet read, with another value. Raises as `overrides.with_value`."""
        changed = copy(self)
        changed.tables = with_value(self.tables, name, text)
        changed.entries = []
        return changed

    def rulebook(self, shipped: tuple[Entry, ...] = ()) -> Rulebook:
        tables = dict(self.tables)
        # What is taken out of the sentences: the mark of illustrative numbers, once none is.
        self.mark = MARK if is_calibrated(kinds_of(tables)) else ""
        title, version = (self._text(tables.pop(key, None), key) for key in ("title", "version"))
        policy: Policy = self._section(Policy, tables, "")
        # Units before contradictions: a percent that is read as a fraction contradicts everything.
        _compare(self.name, shipped, tuple(self.entries))
        for complaint in contradictions(policy):
            raise self._refused(*complaint)
        return Rulebook(title, version, self.sha256, policy, tuple(self.entries))

    def _section(self, cls: type[Any], table: object, name: str) -> Any:
        if not isinstance(table, dict):
            raise self._refused(name, "is to be a table")
        hints = get_type_hints(cls)
        names: tuple[str, ...] = cls._fields
        prefix = f"{name}." if name else ""
        if all(hint is str for hint in hints.values()):
            return cls(**self._sentences(table, names, name))
        self._check_keys(table, names, (), name)
        return cls(**{key: self._entry(hints[key], table[key], prefix + key) for key in names})

    def _entry(self, hint: Any, table: object, name: str) -> Any:
        if hint is Action:
            return self._action(table, name)
        if hint is Lever:
            return self._lever(table, name)
        if isinstance(hint, type) and issubclass(hint, tuple):
            return self._section(hint, table, name)
        if not isinstance(table, dict):
            raise self._refused(name, "is to be a table with label, unit, kind, source and value")
        if hint == PassingScores or get_origin(hint) is Mapping:
            return self._dated(hint, table, name)
        self._check_keys(table, ("label", "unit", "kind", "source", "value"), (), name)
        value = self._value(hint, table["value"], table["unit"], name)
        self._record(name, table, table, value)
        return value

    def _dated(self, hint: Any, table: dict[str, Any], name: str) -> Any:
        self._check_keys(table, ("label", "unit", "values"), (), name)
        entries = table["values"]
        if not isinstance(entries, dict) or not entries:
            raise self._refused(name, "has no values")
        by_season = get_origin(hint) is Mapping
        element = get_args(hint)[1] if by_season else int
        dated: dict[Any, Any] = {}
        for key, entry in entries.items():
            place = f"{name}.{key}"
            if not isinstance(entry, dict):
                raise self._refused(place, "is to have value, kind and source")
            self._check_keys(entry, ("value", "kind", "source"), (), place)
            value = self._value(element, entry["value"], table["unit"], place)
            dated[self._season(key, place) if by_season else self._from(key, place)] = value
            self._record(place, table, entry, value)
        if by_season:
            return dict(sorted(dated.items()))
        return tuple(sorted(dated.items(), key=lambda item: item[0] or date.min))

    def _sentences(self, table: dict[str, Any], names: Sequence[str], name: str) -> dict[str, str]:
        self._check_keys(table, names, ("kind", "source"), name)
        texts = {key: self._text(table[key], f"{name}.{key}") for key in names}
        for key, text in texts.items():
            described = {"label": key.replace("_", " "), "unit": "text"}
            self._record(f"{name}.{key}", described, table, text)
        return texts

    def _action(self, table: object, name: str) -> Action:
        if not isinstance(table, dict):
            raise self._refused(name, "is to be a table with action, why, phase, due and the rest")
        names = Action._fields
        self._check_keys(table, names, ("kind", "source"), name)
        texts = {
            key: self._text(table[key], f"{name}.{key}")
            for key in ("action", "why", "phase", "guide_section")
        }
        self._check_known(texts["phase"], PhaseNames._fields, f"{name}.phase")
        action = Action(
            **texts,
            due=self._day(table["due"], f"{name}.due"),
            until=self._day(table["until"], f"{name}.until"),
            value=self._value(int, table["value"], "index", f"{name}.value"),
        )
        for key, (label, unit) in _ACTION_LABELS.items():
            origin = _ORDER if key == "value" else table
            described = {"label": label, "unit": unit}
            self._record(f"{name}.{key}", described, origin, getattr(action, key))
        return action

    def _lever(self, table: object, name: str) -> Lever:
        if not isinstance(table, dict):
            raise self._refused(name, "is to be a table with lever, takes, months, usd and until")
        names = Lever._fields
        self._check_keys(table, names, ("kind", "source"), name)
        origins = dict.fromkeys(("lever", "takes"), table)
        for key in ("months", "usd", "until"):
            origins[key] = table[key]
            if not isinstance(table[key], dict):
                raise self._refused(f"{name}.{key}", "is to have value, kind and source")
            self._check_keys(table[key], ("value", "kind", "source"), (), f"{name}.{key}")
        lever = Lever(
            lever=self._text(table["lever"], f"{name}.lever"),
            takes=self._text(table["takes"], f"{name}.takes"),
            months=self._value(int, table["months"]["value"], "months ahead", f"{name}.months"),
            usd=self._value(int, table["usd"]["value"], "USD", f"{name}.usd"),
            until=self._day(table["until"]["value"], f"{name}.until"),
        )
        for key, (label, unit) in _LEVER_LABELS.items():
            described = {"label": label, "unit": unit}
            self._record(f"{name}.{key}", described, origins[key], getattr(lever, key))
        return lever

    def _day(self, value: object, name: str) -> Day:
        expected = 'is to be like { anchor = "submit", months = -6 }, in months or in weeks'
        if not isinstance(value, dict) or "anchor" not in value:
            raise self._refused(name, expected)
        self._check_known(self._text(value["anchor"], f"{name}.anchor"), ANCHORS, f"{name}.anchor")
        moves = {unit: move for unit, move in value.items() if unit != "anchor"}
        if not moves.keys() <= _MOVES.keys() or len(moves) > 1:
            raise self._refused(name, expected)
        for unit, move in moves.items():
            low, high = _MOVES[unit]
            if type(move) is not int or not low <= move <= high:
                raise self._refused(name, f"is to lie between {low} and {high} {unit}")
        return Day(value["anchor"], moves.get("months", 0), moves.get("weeks", 0))

    def _check_known(self, value: str, known: Iterable[str], name: str) -> None:
        names = list(known)
        if value not in names:
            close = get_close_matches(value, names, 1)
            hint = f"did you mean {close[0]}?" if close else f"it can be {', '.join(names)}"
            raise self._refused(name, f"is “{value}”, which is not known; {hint}")

    def _record(
        self, name: str, table: Mapping[str, Any], origin: Mapping[str, Any], value: Any
    ) -> None:
        label, unit = (self._text(table[key], f"{name}.{key}") for key in ("label", "unit"))
        source = self._text(origin["source"], f"{name}.source")
        if origin["kind"] not in KINDS:
            raise self._refused(f"{name}.kind", f"is to be one of {', '.join(KINDS)}")
        self.entries.append(Entry(name, label, shown(value), unit, origin["kind"], source))

    def _value(self, hint: Any, value: object, unit: object, name: str) -> Any:
        if hint == Fees:
            return self._fees(value, name)
        wanted = {int: "a whole number", float: "a number", date: "a date"}[hint]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        right = {
            int: number and isinstance(value, int),
            float: number,
            date: type(value) is date,
        }[hint]
        if not right:
            raise self._refused(name, f"is to be {wanted}")
        if number and isinstance(unit, str) and unit in _LIMITS:
            low, high = _LIMITS[unit]
            if not low <= float(value) <= high:  # type: ignore[arg-type]  # a number, see above
                raise self._refused(name, f"is to lie between {low:g} and {high:g} {unit}")
        return float(value) if hint is float else value  # type: ignore[arg-type]  # likewise

    def _fees(self, value: object, name: str) -> Fees:
        expected = (
            "is to be a list of steps like { through = 30, each = 11 }, the last without through"
        )
        if not isinstance(value, list) or not value:
            raise self._refused(name, expected)
        steps: list[FeeStep] = []
        for step in value:
            if not isinstance(step, dict) or not (step.keys() <= {"through", "each", "flat"}):
                raise self._refused(name, expected)
            if ("each" in step) == ("flat" in step) or not all(
                type(amount) is int and 0 <= amount <= _LIMITS["USD"][1] for amount in step.values()
            ):
                raise self._refused(name, expected)
            steps.append(FeeStep(step.get("through"), step.get("each", 0), step.get("flat")))
        ends = [step.through for step in steps]
        bounded = [end for end in ends if end is not None]
        rising = bounded == sorted(set(bounded)) and all(bounded)
        if ends[-1] is not None or len(bounded) != len(ends) - 1 or not rising:
            raise self._refused(name, expected)
        return tuple(steps)

    def _season(self, key: str, name: str) -> int:
        if not key.isdecimal() or str(int(key)) != key:
            raise self._refused(name, "is to be named by a season's year")
        return int(key)

    def _from(self, key: str, name: str) -> date | None:
        if key == "earlier":
            return None
        expected = "is to be named by a date such as 2014-01-01, or `earlier`"
        try:
            day = date.fromisoformat(key)
        except ValueError:
            raise self._refused(name, expected) from None
        if day.isoformat() != key:
            raise self._refused(name, expected)
        return day

    def _text(self, value: object, name: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._refused(name, "is to be a text and may not be empty")
        return value.replace(self.mark, "")

    def _check_keys(
        self, table: Mapping[str, Any], names: Iterable[str], more: Iterable[str], name: str
    ) -> None:
        known = [*names, *more]
        prefix = f"{name}." if name else ""
        for key in table:
            if key not in known:
                close = get_close_matches(key, known, 1)
                hint = f"; did you mean {close[0]}?" if close else ""
                raise self._refused(prefix + key, f"is not known{hint}")
        for key in known:
            if key not in table:
                raise self._refused(prefix + key, "is missing")

    def _refused(self, name: str, complaint: str) -> PolicyError:
        return PolicyError(f"Rulebook {self.name}: {name or 'the file'} {complaint}.")


def shown(value: object) -> str:
    """Give a value of the rulebook as a person reads it."""
    if isinstance(value, Day):
        return _shown_day(value)
    if isinstance(value, tuple):
        return "; ".join(_shown_fee(step, previous) for previous, step in _pairwise(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shown_day(day: Day) -> str:
    move, unit = (day.weeks, "weeks") if day.weeks else (day.months, "months")
    return f"{day.anchor} {'−' if move < 0 else '+'} {abs(move)} {unit}" if move else day.anchor


def _pairwise(steps: tuple[FeeStep, ...]) -> Iterable[tuple[FeeStep | None, FeeStep]]:
    return zip((None, *steps), steps, strict=False)


def _shown_fee(step: FeeStep, previous: FeeStep | None) -> str:
    first = 1 if previous is None or previous.through is None else previous.through + 1
    span = f"{first}+" if step.through is None else f"{first}–{step.through}"
    return f"{span}: ${step.each} each" if step.flat is None else f"{span}: ${step.flat} in all"


def _compare(name: str, shipped: tuple[Entry, ...], own: tuple[Entry, ...]) -> None:
    """Refuse another unit, and a placeholder that the shipped sentence does not fill."""
    known = {entry.name: entry for entry in shipped}
    for entry in own:
        twin = known.get(entry.name)
        if twin is None:
            continue
        if entry.unit != twin.unit:
            message = f"Rulebook {name}: {entry.name} is in {twin.unit}, not in {entry.unit}."
            raise PolicyError(message)
        if entry.unit == "text":
            _check_placeholders(name, entry, twin)


def _check_placeholders(name: str, entry: Entry, twin: Entry) -> None:
    allowed = _placeholders(twin.value)
    try:
        used = _placeholders(entry.value)
    except ValueError:
        message = f"Rulebook {name}: {entry.name} has a lone brace; write {{{{ or }}}} for a brace."
        raise PolicyError(message) from None
    if more := sorted(used - allowed):
        filled = ", ".join(f"{{{key}}}" for key in sorted(allowed)) or "none"
        message = f"Rulebook {name}: {entry.name} uses {{{more[0]}}}; it can use {filled}."
        raise PolicyError(message)


def _placeholders(sentence: str) -> set[str]:
    """The names in braces, with a conversion or format, which no shipped sentence has."""
    return {
        key + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, key, spec, conversion in string.Formatter().parse(sentence)
        if key is not None
    }
