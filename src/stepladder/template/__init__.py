"""Result tables in, a workbook that advisors fill in, read and print out."""

from stepladder.template.configuration import configuration
from stepladder.template.contents import SHEETS, Contents, Overrides
from stepladder.template.macros import Macros, macros_of
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import workbook_bytes, write_workbook

__all__ = [
    "SHEETS",
    "Contents",
    "Macros",
    "Overrides",
    "configuration",
    "macros_of",
    "shared_workbook",
    "workbook_bytes",
    "write_workbook",
]
