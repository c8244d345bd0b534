"""Result tables in, a workbook that advisors fill in, read and print out."""

from stepladder.template.contents import Contents
from stepladder.template.shared_workbook import shared_workbook
from stepladder.template.workbook import write_workbook

__all__ = ["Contents", "shared_workbook", "write_workbook"]
