"""Applicants' ids in; for each the name of its page, safe on every system, out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

INDEX = "index.html"

_PLAIN = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
_LONGEST = 40
_HASH_DIGITS = 12
# Windows takes these for devices, whatever stands after the dot.
_RESERVED = {
    *("CON", "PRN", "AUX", "NUL", "INDEX"),
    *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10)),
}


def page_names(ids: Iterable[str | None]) -> Iterator[str]:
    """Name a page for each id, in order; rows that share an id get pages of their own.

    An id of capitals, digits and single hyphens is its page's name. Any other keeps what of it is
    safe, and a hash tells it from all others, also where a system ignores case. A name rests on
    the id alone, so that a page made again replaces itself and no other.
    """
    times: Counter[str] = Counter()
    for applicant_id in ids:
        stem = _stem(applicant_id or "")
        times[stem] += 1
        again = f"_{times[stem]}" if times[stem] > 1 else ""
        yield f"{stem}{again}.html"


def _stem(applicant_id: str) -> str:
    is_plain = _PLAIN.fullmatch(applicant_id) and len(applicant_id) <= _LONGEST
    if is_plain and applicant_id not in _RESERVED:
        return applicant_id
    safe = re.sub(r"[^A-Za-z0-9]+", "-", applicant_id)[:_LONGEST].strip("-") or "no-id"
    return f"{safe}_{sha256(applicant_id.encode()).hexdigest()[:_HASH_DIGITS]}"
