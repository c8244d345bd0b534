"""Bytes that Windows and Python keep in; what they say of bitness, origin or version, out."""

import re
import struct
from collections.abc import Iterable
from typing import Final

# PE format, "Machine Types": I386, AMD64, ARM64.
_BITS: Final = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
_PE_OFFSET: Final = 0x3C
_ZONE: Final = re.compile(rb"^\s*ZoneId\s*=\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_INTERNET: Final = 3
_DIST_INFO: Final = re.compile(r"stepladder-([0-9][^-]*)\.dist-info")


def program_bits(start: bytes) -> int | None:
    """The bitness of a Windows program, by the first kilobytes of its file."""
    if not start.startswith(b"MZ") or len(start) < _PE_OFFSET + 4:
        return None
    (offset,) = struct.unpack_from("<L", start, _PE_OFFSET)
    if start[offset : offset + 4] != b"PE\0\0" or len(start) < offset + 6:
        return None
    (machine,) = struct.unpack_from("<H", start, offset + 4)
    return _BITS.get(machine)


def is_from_internet(zone: bytes) -> bool:
    """Whether a file's Zone.Identifier stream makes Office block its macros (zones 3 and 4)."""
    found = _ZONE.search(zone)
    return found is not None and int(found[1]) >= _INTERNET


def installed_version(names: Iterable[str]) -> str | None:
    """Stepladder's version, by the names in a folder of installed packages."""
    return next((found[1] for name in names if (found := _DIST_INFO.fullmatch(name))), None)
