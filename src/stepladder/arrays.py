"""The kinds of numpy arrays that stages pass to each other, of any shape."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Singles: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Choices: TypeAlias = NDArray[np.uint8]
"""What becomes of a program on a list: SKIPPED, APPLIED or SIGNALLED (plan.best_list)."""
