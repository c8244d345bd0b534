"""requirements.lock in; of its packages, those that a computer needs to run Stepladder, out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.markers import Marker

RUNTIME = "stepladder (pyproject.toml)"
"""How the lock names what Stepladder itself asks for; its groups are named behind a colon."""


@dataclass(frozen=True)
class Locked:
    """One package of the lock.

    marker  where it is needed, as the lock says it; "" for everywhere
    hashes  the SHA-256 of each file that is known of it
    via     what asks for it
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]

    def is_for(self, environment: dict[str, str]) -> bool:
        """Whether it is needed in an environment, given by its markers' values."""
        return not self.marker or Marker(self.marker).evaluate(environment)

    def line(self, hashes: Iterable[str], *, with_marker: bool) -> str:
        """What a requirements file says of it."""
        marker = f" ; {self.marker}" if with_marker and self.marker else ""
        return " ".join(
            [f"{self.name}=={self.version}{marker}", *(f"--hash=sha256:{one}" for one in hashes)]
        )


def locked(text: str) -> list[Locked]:
    """Read the lock as uv writes it: a package, its hashes, and in a comment what asks for it."""
    return list(_entries(text))


def needed(packages: Iterable[Locked], root: str = RUNTIME) -> list[Locked]:
    """What is asked for by the root, by what that asks for, and so on."""
    everything = list(packages)
    names = {root}
    while more := {
        one.name for one in everything if one.name not in names and names.intersection(one.via)
    }:
        names |= more
    return [one for one in everything if one.name in names]


def _entries(text: str) -> Iterator[Locked]:
    for entry in re.split(r"\n(?=[a-z0-9])", text)[1:]:
        head = re.match(r"([^=\s\[]+)(?:\[[^\]]*\])?==([^\s;]+)(?: ; ([^\\\n]+))?", entry)
        if head is None:
            raise ValueError(f"requirements.lock: not pinned: {entry[:60]}")
        _, _, comment = entry.partition("# via")
        via = (line.strip(" #") for line in comment.splitlines())
        yield Locked(
            head[1],
            head[2],
            (head[3] or "").strip(),
            tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)),
            tuple(name for name in via if name),
        )
