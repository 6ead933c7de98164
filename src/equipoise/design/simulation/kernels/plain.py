"""Normal values by numpy itself."""

import numpy as np
from numpy.typing import NDArray


def fill_normal(generator: np.random.Generator, out: NDArray[np.float64]) -> None:
    """Fill `out` with the generator's next standard normal values."""
    generator.standard_normal(out=out)
