"""A number of rows in; what the owned columns of a made-up roster shall hold, as lists, out."""

COLUMNS = 40
OWNED = (5, 11, 12, 13, 20, 25, 26, 38)
"""0-based columns that get new values."""
TABLE = "Applicants"


def title(column: int) -> str:
    """The header over a column."""
    return f"Column {column}"


def new_values(rows: int) -> dict[str, list[str] | list[float]]:
    """By title: one column of text, one of numbers, and so on; none as it was."""
    texts = [f"Reason {row % 50}" for row in range(rows)]
    numbers = [row * 0.5 for row in range(rows)]
    return {title(column): numbers if place % 2 else texts for place, column in enumerate(OWNED)}
