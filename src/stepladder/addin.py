"""A press of a button in the workbook in; its work done there, and an exit code, out.

The buttons' macros call these functions, which find their workbook by the arguments
`--wb=NAME --from_xl=1`; by hand: `python -m stepladder.addin refresh --wb=NAME --from_xl=1`.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Final

from stepladder.collector import seldom_searched

WRONG_USAGE: Final = 2


@seldom_searched()
def refresh() -> int:
    """Bring the results of all applicants up to date."""
    from stepladder.refresh_open import refresh_open

    return refresh_open().code


@seldom_searched()
def refresh_selected() -> int:
    """Bring the results of the applicants up to date whose rows are selected."""
    from stepladder.refresh_open import refresh_selected_open

    return refresh_selected_open().code


@seldom_searched()
def check() -> int:
    """Bring the sheet Findings up to date, and nothing else."""
    from stepladder.refresh_open import check_open

    return check_open().code


def help_page() -> int:
    """Open the page about the workbook."""
    from stepladder.help_page import open_help_page

    return 0 if open_help_page() else 1


BUTTONS: Final[Mapping[str, Callable[[], int]]] = {
    "refresh": refresh,
    "refresh_selected": refresh_selected,
    "check": check,
    "help_page": help_page,
}


def main() -> int:
    """Press the button that the first argument names; give its exit code."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in BUTTONS:
        sys.stderr.write(f"stepladder.addin: name one of {', '.join(BUTTONS)}.\n")
        return WRONG_USAGE
    return BUTTONS[name]()


if __name__ == "__main__":
    sys.exit(main())
