"""Drawing normal values from a stream, compiled with numba and by numpy itself: the same bits."""

import numpy as np
from numpy.typing import NDArray

from equipoise.vocabulary.loops import loop

NUMPY_SECONDS = 1.5e-8
"""What numpy needs for one value."""


def standard_normal(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """`generator.standard_normal(shape)`, to the bit and with the generator in the same state afterwards."""
    out = np.empty(shape)
    loop("fill_normal", __name__, seconds=out.size * NUMPY_SECONDS)(generator, out.reshape(-1))
    return out
