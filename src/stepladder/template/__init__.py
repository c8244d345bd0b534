"""Result tables in, a workbook that advisors read and print out."""

from stepladder.template.results import write_results

__all__ = ["write_results"]
