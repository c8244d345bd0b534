"""The bytes of a workbook and a source of chance in; the bytes of one that is broken, out."""

import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from random import Random
from typing import Final

Parts = dict[str, bytes]

VALUES: Final = (
    *(b"", b" ", b"0", b"-1", b"1", b"1.5", b"999999999", b"1048577", b"99999999999999999999"),
    *(b"1e309", b"-1e-309", b"NaN", b"inf", b"true", b"A1", b"A0", b"XFD1048576", b"XFE1"),
    *(b"ZZZZ9", b"A1:A1:A1", b"B9:A1", b"A:A", b"1:1", b"$A$1", b"../../x", b"/xl/workbook.xml"),
    *(b"rId1", b"#REF!", b"'", b"&#0;", b"&amp;", b"&lt;row&gt;", b"&nope;", b"_x0000_"),
    *(b"\xff\xfe", "٣".encode(), "Ⅷ".encode(), "\U0001f600".encode(), b"\n", b"=1+1"),
    *(b"x" * 40_000, b"worksheet", b"s", b"str", b"inlineStr", b"e", b"d", b"b", b"n", b"hidden"),
)
"""What an attribute or a text is replaced by."""

_TAG: Final = re.compile(rb"<[^<>]+>")
_ATTRIBUTE: Final = re.compile(rb"""(?<=[\s])[\w:.-]+\s*=\s*["']([^"'<]*)["']""")
_TEXT: Final = re.compile(rb">([^<>]+)<")
_ELEMENT: Final = re.compile(rb"<([\w:.-]+)(?:\s[^<>]*)?(?:/>|>[^<>]*</\1>)")
_XML: Final = (".xml", ".rels", ".vml")
_MOST_BYTES: Final = 20


def mutant(content: bytes, chance: Random, other: bytes | None = None) -> tuple[str, bytes]:
    """What was done to a workbook, and its bytes since; `other` lends it parts."""
    kinds: dict[str, Callable[[], bytes]] = {
        "bytes flipped": lambda: _flipped(content, chance),
        "truncated": lambda: content[: chance.randrange(len(content))],
        "bytes cut out": lambda: _cut_out(content, chance),
        "part dropped": lambda: _packed(_dropped(_parts(content), chance)),
        "parts swapped": lambda: _packed(_swapped(_parts(content), chance)),
        "part doubled": lambda: _packed(_parts(content), doubled=chance),
        "part of another workbook": lambda: _packed(_lent(_parts(content), other, chance)),
    }
    # Most of what an office's tools get wrong is in the XML.
    changes = [*CHANGES] * 2
    kind = chance.choice([*kinds, *changes])
    if kind in kinds:
        return kind, kinds[kind]()
    return f"XML: {kind}", _packed(_changed(_parts(content), chance, CHANGES[kind]))


def _parts(content: bytes) -> Parts:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _packed(parts: Parts, doubled: Random | None = None) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, part in parts.items():
            package.writestr(name, part)
        if doubled:
            name = doubled.choice([*parts])
            package.writestr(name, parts[name])
    return made.getvalue()


def _flipped(content: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, _MOST_BYTES)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut_out(content: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randint(1, 4096) :]


def _dropped(parts: Parts, chance: Random) -> Parts:
    gone = chance.choice([*parts])
    return {name: part for name, part in parts.items() if name != gone}


def _swapped(parts: Parts, chance: Random) -> Parts:
    first, second = chance.sample([*parts], 2)
    return {**parts, first: parts[second], second: parts[first]}


def _lent(parts: Parts, other: bytes | None, chance: Random) -> Parts:
    lender = _parts(other) if other else parts
    common = [name for name in parts if name in lender]
    name = chance.choice(common or [*parts])
    return {**parts, name: lender.get(name, b"")}


def _changed(parts: Parts, chance: Random, change: Callable[[bytes, Random], bytes]) -> Parts:
    named = [name for name in parts if name.endswith(_XML)]
    read = [name for name in named if "theme" not in name and "drawing" not in name]
    name = chance.choice(read or named or [*parts])
    return {**parts, name: change(parts[name], chance)}


def _replaced(pattern: "re.Pattern[bytes]", group: int) -> Callable[[bytes, Random], bytes]:
    def change(part: bytes, chance: Random) -> bytes:
        found = [*pattern.finditer(part)]
        if not found:
            return part[: len(part) // 2]
        start, end = chance.choice(found).span(group)
        return part[:start] + chance.choice(VALUES) + part[end:]

    return change


def _without(pattern: "re.Pattern[bytes]") -> Callable[[bytes, Random], bytes]:
    def change(part: bytes, chance: Random) -> bytes:
        found = [*pattern.finditer(part)]
        if not found:
            return b""
        start, end = chance.choice(found).span()
        return part[:start] + part[end:]

    return change


def _twice(part: bytes, chance: Random) -> bytes:
    found = [*_ELEMENT.finditer(part)]
    if not found:
        return part + part
    one = chance.choice(found)
    return part[: one.end()] + one[0] * chance.randint(1, 3) + part[one.end() :]


def _with_dtd(part: bytes, _: Random) -> bytes:
    declared = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]>'
    if not part.startswith(b"<?xml"):
        return declared + part
    declaration, end, rest = part.partition(b"?>")
    return declaration + end + declared + rest


def _in_utf16(part: bytes, _: Random) -> bytes:
    return part.decode("utf-8", "replace").encode("utf-16")


CHANGES: Final[Mapping[str, Callable[[bytes, Random], bytes]]] = {
    "attribute replaced": _replaced(_ATTRIBUTE, 1),
    "text replaced": _replaced(_TEXT, 1),
    "attribute dropped": _without(_ATTRIBUTE),
    "tag dropped": _without(_TAG),
    "element dropped": _without(_ELEMENT),
    "element repeated": _twice,
    "bytes flipped": lambda part, chance: _flipped(part, chance) if part else b"\0",
    "truncated": lambda part, chance: part[: chance.randrange(len(part) + 1)],
    "DTD added": _with_dtd,
    "in UTF-16": _in_utf16,
}
"""What may happen to one part of XML."""
