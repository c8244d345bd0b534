"""The long form: what happened in each crowd, on the terminal; exit code 1 if anything went wrong.

Run `make crowds`, on Linux or a Mac; it takes one to three minutes.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial

from tests.crowds.kills import RUNS, Kills, at_every_line, at_random_moments
from tests.crowds.races import Races, race


def crowds() -> Iterator[tuple[str, Callable[[], Kills | Races]]]:
    """What is shown of shared files: kill -9 at every step and moment, and lost updates."""
    for name in RUNS:
        yield f"{name}, killed before every line", partial(at_every_line, name)
        yield f"{name}, killed at random moments", partial(at_random_moments, name, 200, seed=5)
    yield "two at once", partial(race, 60)
    yield "five at once", partial(race, 20, runners=5)


def main() -> None:
    """Print each as soon as it is known."""
    wrong = 0
    for title, held in crowds():
        found = held()
        sys.stdout.write(f"{title}: {found}\n")
        sys.stdout.flush()
        wrong += found.wrong
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
