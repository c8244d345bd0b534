"""VBA's plain text in; its procedures, what they call and what reaches outside Excel, out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_STARTS: Final = re.compile(
    r"\s*(?:(?:Public|Private|Friend)\s+)?(?:Static\s+)?(?:Sub|Function|Property\s+\w+)\s+(\w+)",
    re.IGNORECASE,
)
_ENDS: Final = re.compile(r"\s*End\s+(?:Sub|Function|Property)\b", re.IGNORECASE)
_NO_CODE: Final = re.compile(r"\s*Attribute\b")
_CODE: Final = re.compile(r"""(?:[^"']|"[^"]*")*""")
_TEXT: Final = re.compile(r'"((?:[^"]|"")*)"')


@dataclass(frozen=True)
class Line:
    """One statement, without its remark.

    procedure  the Sub, Function or Property it stands in; "" above all of them
    texts      the words in quotes
    code       all else; where words stood in quotes, an empty pair
    """

    module: str
    procedure: str
    code: str
    texts: tuple[str, ...]


def lines(modules: Mapping[str, str]) -> list[Line]:
    """Every statement of some modules; one that goes over several lines is put together."""
    found = []
    for module, source in modules.items():
        procedure = ""
        for line in re.sub(r" _\r?\n", " ", source).splitlines():
            code = _CODE.match(line)
            statement = code[0] if code else line
            if starts := _STARTS.match(statement):
                procedure = starts[1]
            texts = tuple(text.replace('""', '"') for text in _TEXT.findall(statement))
            found.append(Line(module, procedure, _TEXT.sub('""', statement), texts))
            if _ENDS.match(statement):
                procedure = ""
    return [line for line in found if line.code.strip() and not _NO_CODE.match(line.code)]


def words(line: Line) -> set[str]:
    """The names and keywords of a statement, in small letters: VBA takes no notice of case."""
    return {word.lower() for word in re.findall(r"[A-Za-z]\w*", line.code)}


def reached(everything: Iterable[Line], start: str) -> list[Line]:
    """What can run when a procedure of this module does: all that is named, and named by that.

    More than is ever called: a variable with the name of a procedure counts as its call.
    """
    everything = list(everything)
    procedures: dict[str, list[Line]] = {}
    for line in everything:
        if line.procedure:
            procedures.setdefault(line.procedure.lower(), []).append(line)
    waiting = {line.procedure.lower() for line in everything if line.module == start} - {""}
    seen: set[str] = set()
    while waiting - seen:
        name = (waiting - seen).pop()
        seen.add(name)
        waiting |= {word for line in procedures[name] for word in words(line)} & procedures.keys()
    return [line for line in everything if line.procedure.lower() in seen]
