"""A cell's XML as a worksheet part holds it, in; what the cell shows, out."""

import html
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

import polars as pl
from openpyxl.utils.escape import unescape

from stepladder.books.cells import Shown, in_xml
from stepladder.books.changes import stored
from stepladder.books.guard import damage_sentence, refuse_many_strings
from stepladder.books.outline import Outline
from stepladder.errors import InputError

_ITEM: Final = re.compile(
    rb"<(?:[\w.-]+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:[\w.-]+:)?si\s*>)", re.DOTALL
)
_RUN: Final = re.compile(rb"<(?:[\w.-]+:)?t(?:\s[^>]*)?(?:/>|>([^<]*)</)")
_PHONETIC: Final = re.compile(rb"<(?:[\w.-]+:)?rPh[\s>].*?</(?:[\w.-]+:)?rPh\s*>", re.DOTALL)
_INNER: Final = re.compile(
    rb"(?P<formula><(?:[\w.-]+:)?f(?:\s[^>]*?)?(?:/>|>[^<]*</(?:[\w.-]+:)?f\s*>))?"
    rb"(?:<(?:[\w.-]+:)?v(?:\s[^>]*?)?(?:/>|>(?P<value>[^<]*)</(?:[\w.-]+:)?v\s*>)"
    rb"|(?P<text><(?:[\w.-]+:)?is(?:\s[^>]*)?(?:/>|>.*</(?:[\w.-]+:)?is\s*>)))?\s*",
    re.DOTALL,
)
_FORMULA: Final = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_OF_OLD_RESULT: Final = re.compile(rb"""\s(?:t|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")
_MOST_REMEMBERED: Final = 100_000


class Unlike:
    """What is never equal to a value of ours: an error, a TRUE, a day written as text."""


Stored = Shown | Unlike
_UNLIKE: Final = Unlike()


class SharedStrings:
    """The workbook's shared strings, each made out when it is first asked for."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._texts: dict[int, str] = {}

    def __getitem__(self, position: int) -> str:
        """The text at this position. Raises IndexError where there is none."""
        if position < 0:
            raise IndexError(position)
        if position not in self._texts:
            self._texts[position] = text_of(self._items[position])
        return self._texts[position]

    @cached_property
    def _items(self) -> list[bytes]:
        package, part = self._outline.package, self._outline.strings_part
        if part is None:
            return []
        content = stored(package, part)
        if b"<!" in content:
            # Comments and CDATA could hold what looks like a string; no office program writes them.
            raise InputError(damage_sentence(package.source))
        refuse_many_strings([content], package.source)
        return _ITEM.findall(content)


class CellReader:
    """Reads the cells of one workbook; what it has read, it knows the next time."""

    def __init__(self, strings: SharedStrings) -> None:
        self._strings = strings
        self._known: dict[tuple[bytes, bytes], Stored] = {}

    def shown(self, kind: bytes, inner: bytes | None) -> Stored:
        """What a cell of this type (ST_CellType) shows. Raises ValueError for no such cell."""
        if not inner:
            return None
        key = kind, inner
        if key in self._known:
            return self._known[key]
        stored = self._made_out(kind, inner)
        if len(self._known) < _MOST_REMEMBERED:
            self._known[key] = stored
        return stored

    def _made_out(self, kind: bytes, inner: bytes) -> Stored:
        found = _INNER.fullmatch(inner)
        if found is None:
            raise ValueError("a cell that holds more than a formula and a value")
        if kind == b"inlineStr":
            return text_of(found["text"] or b"") or None
        value = found["value"]
        if not value:
            return None
        if kind == b"s":
            try:
                return self._strings[int(value)] or None
            except IndexError as problem:
                raise ValueError("a shared string that is not there") from problem
        if kind == b"str":
            return _plain([value])
        return float(value) if kind == b"n" else _UNLIKE


def formula_in(inner: bytes | None) -> bytes | None:
    """The formula element of a cell, as it is written; None if it has none."""
    if not inner or not _FORMULA.search(inner):
        return None
    found = _INNER.fullmatch(inner)
    return found["formula"] if found else None


def value_in(inner: bytes | None) -> str:
    """The value element's text, as it is written; nothing where there is none."""
    found = _INNER.fullmatch(inner or b"")
    return _plain([found["value"] or b""]) if found else ""


def result(attributes: bytes, formula: bytes, shown: Shown, prefix: bytes) -> bytes:
    """What follows the lead of a formula cell that keeps its formula and stores this result."""
    kind, value = b"", b""
    match shown:
        case str():
            kind, value = b' t="str"', pl.select(in_xml(pl.lit(shown))).item().encode()
        case None:
            kind = b' t="str"'
        case _:
            value = repr(shown).removesuffix(".0").encode()
    kept = _OF_OLD_RESULT.sub(b"", attributes)
    return b"%s%s>%s<%sv>%s</%sv></%sc>" % (kept, kind, formula, prefix, value, prefix, prefix)


def text_of(runs: bytes) -> str:
    """The text of a shared or inline string, its runs joined, without phonetic hints."""
    if b"rPh" in runs:
        runs = _PHONETIC.sub(b"", runs)
    return _plain(_RUN.findall(runs))


def _plain(pieces: Iterable[bytes]) -> str:
    # An XML reader takes CR LF and CR for LF.
    text = b"".join(pieces).decode().replace("\r\n", "\n").replace("\r", "\n")
    return str(unescape(html.unescape(text) if "&" in text else text))
