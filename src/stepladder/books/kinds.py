"""The first bytes of a file, which tell its kind whatever its name says."""

from typing import Final

OLE_CONTAINER: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""An .xls workbook, or one with a password."""
ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
PARQUET: Final = b"PAR1"
