"""Result tables in, a workbook that advisors fill in, read and print out.

What makes workbooks is imported from its own module: an open workbook needs none of it.
"""

from stepladder.template.contents import SHEETS, Contents, Overrides

__all__ = ["SHEETS", "Contents", "Overrides"]
