"""Result tables in, a workbook that advisors fill in, read and print out."""

from stepladder.template.contents import SHEETS, Contents, Overrides
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import workbook_bytes, write_workbook

__all__ = ["SHEETS", "Contents", "Overrides", "shared_workbook", "workbook_bytes", "write_workbook"]
