"""Bytes as Windows writes them."""

import struct

import pytest

from stepladder.doctor.formats import installed_version, is_from_internet, program_bits


def program(machine: int) -> bytes:
    """The start of a Windows program for a kind of processor."""
    return (
        b"MZ"
        + bytes(0x3A)
        + struct.pack("<L", 0x80)
        + bytes(0x40)
        + b"PE\0\0"
        + struct.pack("<H", machine)
    )


@pytest.mark.parametrize(
    ("start", "bits"),
    [
        (program(0x014C), 32),
        (program(0x8664), 64),
        (program(0xAA64), 64),
        (program(0x0200), None),
        (program(0x8664)[:-1], None),
        (b"MZ", None),
        (b"\x7fELF" + bytes(200), None),
        (b"", None),
    ],
)
def test_a_program_says_its_bits(start: bytes, bits: int | None) -> None:
    """PE format: the machine type stands where the old header leads to."""
    assert program_bits(start) == bits


@pytest.mark.parametrize(
    ("zone", "is_blocked"),
    [
        (b"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=about:internet\r\n", True),
        (b"[ZoneTransfer]\r\nzoneid = 4\r\n", True),
        (b"[ZoneTransfer]\r\nZoneId=2\r\n", False),
        (b"[ZoneTransfer]\r\n", False),
        (b"", False),
    ],
)
def test_the_mark_of_the_web_is_read(zone: bytes, *, is_blocked: bool) -> None:
    """Zones 3 (internet) and 4 (restricted) block macros; 1 and 2 (intranet, trusted) do not."""
    assert is_from_internet(zone) is is_blocked


def test_the_version_stands_in_a_folder_s_name() -> None:
    """As every installer names what it has installed."""
    assert installed_version(["polars-2.1.0.dist-info", "stepladder-0.1.0.dist-info"]) == "0.1.0"
    assert installed_version(["stepladder", "stepladder_x-1.dist-info"]) is None
