"""requirements.lock and its packages' own statements in; docs/licences.md, or a refusal, out.

`python -m tests.licences` writes the page, and ends with 1 where a licence is not allowed
(`make licences`).
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.bundle.locked import Locked, locked, needed

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements.lock"
PAGE: Final = ROOT / "docs" / "licences.md"

PERMISSIVE: Final = frozenset(
    {
        *("0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD", "BSD-2-Clause"),
        *("BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Public domain"),
        *("Unlicense", "Zlib"),
    }
)
"""Whoever gets the package may use it, change it and pass it on; at most a notice is asked for."""

FOR_DEVELOPERS: Final = PERMISSIVE | {"MPL-2.0"}
"""A tool that stays at a developer's desk may ask for changes to its own files back."""

EXCEPTIONS: Final[Mapping[str, str]] = {
    "pcodedmp": "GPL-3.0; oletools, by which tests read macros, asks for it. Stepladder neither "
    "imports it nor passes it on."
}
"""What is allowed by name, for developers only, and why."""

_WORDS: Final[Mapping[str, str]] = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD 3-clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_ELSEWHERE: Final[Mapping[str, str]] = {
    "appscript": "Public domain",
    "colorama": "BSD",
    "pywin32": "PSF-2.0",
    "win-unicode-console": "MIT",
}
"""Packages for other systems than the one that makes the page: looked up in them by hand."""

_OPENING: Final = """\
# Licences of what Stepladder uses

Made from `requirements.lock` and the packages' own statements by `make licences`, which fails where
a licence is not allowed. BSD without a number: the package does not say which of them.

Nothing here is copied into Stepladder. An office's computer gets the packages under “To run”, and
those under “Extras” only if it asks for them; what develops and tests Stepladder stays at a
developer's desk. xlwings holds a folder `pro` under its own licence; Stepladder does not use it."""
_PARTS: Final = ("To run", "Extras", "To develop and test")


@dataclass(frozen=True)
class Licensed:
    """A package of the lock, the part of the page that it belongs to, and its licence."""

    name: str
    versions: tuple[str, ...]
    part: str
    licence: str

    @property
    def is_allowed(self) -> bool:
        """Its licence is one that its part of the lock may have."""
        if self.part != _PARTS[2]:
            return is_one_of(self.licence, PERMISSIVE)
        return self.name in EXCEPTIONS or is_one_of(self.licence, FOR_DEVELOPERS)


def is_one_of(licence: str, allowed: Iterable[str]) -> bool:
    """Whether a licence expression leaves a choice in which all licences are allowed."""
    names = {*allowed}
    choices = (choice.split(" AND ") for choice in licence.split(" OR "))
    return any(names.issuperset(choice) for choice in choices)


def licensed() -> list[Licensed]:
    """Every package of the lock, by part and name."""
    packages = locked(LOCK.read_text("utf-8"))
    runs = {one.name for one in needed(packages)}
    extras = {one.name for root in _extras() for one in needed(packages, root)} | {*_extras()}
    versions: dict[str, list[str]] = {}
    for one in packages:
        versions.setdefault(one.name, []).append(one.version)
    found = [
        Licensed(
            name,
            tuple(every),
            _PARTS[0] if name in runs else _PARTS[1] if name in extras else _PARTS[2],
            _licence(name, packages),
        )
        for name, every in versions.items()
    ]
    return sorted(found, key=lambda one: (_PARTS.index(one.part), one.name))


def page(packages: Iterable[Licensed]) -> str:
    """The page, as Markdown."""
    return "\n".join([_OPENING, *_tables(list(packages))]) + "\n"


def refusals(packages: Iterable[Licensed]) -> list[str]:
    """A sentence for each package whose licence is not allowed where it is used."""
    return [
        f"{one.name} ({one.part.lower()}) is under {one.licence}, which is not allowed there."
        for one in packages
        if not one.is_allowed
    ]


def _tables(packages: list[Licensed]) -> Iterator[str]:
    for part in _PARTS:
        yield from ("", f"## {part}", "", "| package | version | licence |", "| --- | --- | --- |")
        for one in packages:
            if one.part == part:
                why = EXCEPTIONS.get(one.name, one.licence)
                yield f"| {one.name} | {', '.join(one.versions)} | {why} |"


def _extras() -> list[str]:
    """What Stepladder's extras ask for."""
    asked = map(Requirement, metadata.requires("stepladder") or [])
    return [
        canonicalize_name(one.name) for one in asked if one.marker and "extra" in str(one.marker)
    ]


def _licence(name: str, packages: Iterable[Locked]) -> str:
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        markers = [one.marker for one in packages if one.name == name]
        if name in _ELSEWHERE and all(markers):
            return _ELSEWHERE[name]
        return "unknown: it is not installed here"
    if "License-Expression" in told:
        return told["License-Expression"]
    short: str = (told.get_all("License") or [""])[0].strip().partition("\n")[0]
    classes: list[str] = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or []
        if line.startswith("License :: ") and line.count(" :: ") > 1
    ]
    for words in (short, *classes):
        if (licence := _WORDS.get(words, words)) in PERMISSIVE | {"MPL-2.0", "GPL-3.0"}:
            return licence
    return f"unknown: {re.sub(r'[|]', '', short)[:40]}"


def main() -> int:
    """Write the page; tell what is refused."""
    packages = licensed()
    PAGE.write_text(page(packages), "utf-8")
    refused = refusals(packages)
    sys.stderr.writelines(f"{line}\n" for line in refused)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
