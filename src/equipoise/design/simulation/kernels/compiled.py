"""Normal values of a Philox stream in a third of numpy's time: whole runs of the counter at once, without calls.

Philox-4x64-10: Salmon et al., SC11.  Ziggurat: Marsaglia & Tsang, J Stat Softw 2000;5(8), with numpy's tables, which
numba carries; the steps are numpy's, so that every bit is.
"""

# mypy: ignore-errors

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numba.np.random import _constants as ziggurat

from equipoise.design.simulation.kernels import plain

U = np.uint64
BLOCK = 4
"""Words that one value of the counter gives."""
AHEAD = 256
"""Values of the counter that are worked out at once: few enough for the nearest cache."""
FACTORS = U(0xD2E7470EE14C6C93), U(0xCA5A826395121157)
WEYL = U(0x9E3779B97F4A7C15), U(0xBB67AE8584CAA73B)
HEIGHT, INSIDE = ziggurat.fi_double, ziggurat.ki_double
SIGNED_WIDTH = np.concatenate((ziggurat.wi_double, -ziggurat.wi_double))
"""By the lowest nine bits of a word, layer and sign: a branch on the sign could not be foreseen."""
EDGE, OVER_EDGE = ziggurat.ziggurat_nor_r, ziggurat.ziggurat_nor_inv_r


def fill_normal(generator, out):
    """Fill `out` (one row) with the generator's next standard normal values."""
    bits = generator.bit_generator
    state = bits.state
    if state["bit_generator"] != "Philox":
        plain.fill_normal(generator, out)
        return
    words = np.empty(BLOCK * (1 + AHEAD), dtype=U)
    unread = state["buffer"][state["buffer_pos"] :]
    at = len(words) - len(unread)
    words[at:] = unread
    counter, key = state["state"]["counter"], state["state"]["key"]
    at = _fill(out, words, at, counter, key)
    whole, rest = divmod(len(words) - at, BLOCK)
    end = len(words) - BLOCK * whole
    counter[0] -= U(whole)
    state["buffer"], state["buffer_pos"] = words[end - BLOCK : end], BLOCK - rest
    bits.state = state


@njit(cache=True, nogil=True)
def _fill(out, words, at, counter, key):
    last = len(words) - 2  # a value takes up to two words, unless it lies beyond the edge
    i = 0
    while i < len(out):
        if at > last:
            at = _refill(words, at, counter, key)
        while i < len(out) and at <= last:
            word = words[at]
            at += 1
            layer = word & U(0xFF)
            place = (word >> U(9)) & U(0xFFFFFFFFFFFFF)
            x = float(np.int64(place)) * SIGNED_WIDTH[word & U(0x1FF)]
            out[i] = x
            if place < INSIDE[layer]:
                i += 1
            elif layer == 0:
                beyond, at = _beyond_edge(words, at, counter, key)
                out[i] = -beyond if (place >> U(8)) & U(1) else beyond
                i += 1
            else:
                low, high = HEIGHT[layer], HEIGHT[layer - U(1)]
                i += (high - low) * _uniform(words[at]) + low < math.exp(-0.5 * x * x)
                at += 1
    return at


@njit(cache=True, nogil=True)
def _beyond_edge(words, at, counter, key):
    while True:
        if at > len(words) - 2:
            at = _refill(words, at, counter, key)
        x = -OVER_EDGE * math.log1p(-_uniform(words[at]))
        y = -math.log1p(-_uniform(words[at + 1]))
        at += 2
        if y + y > x * x:
            return EDGE + x, at


@njit(inline="always")
def _uniform(word):
    return float(np.int64(word >> U(11))) / 9007199254740992.0


@njit(cache=True, nogil=True)
def _refill(words, at, counter, key):
    """Move the unread words, at most four, to the front and put the next behind them; gives the first unread place."""
    start = BLOCK - (len(words) - at)
    for j in range(start, BLOCK):
        words[j] = words[at + j - start]
    low = counter[0]
    for place in range(BLOCK, len(words), BLOCK):
        low += U(1)
        a, b, c, d = low, counter[1], counter[2], counter[3]
        first, second = key[0], key[1]
        for _ in range(10):
            (high_a, low_a), (high_c, low_c) = _product(FACTORS[0], a), _product(FACTORS[1], c)
            a, b, c, d = high_c ^ b ^ first, low_c, high_a ^ d ^ second, low_a
            first += WEYL[0]
            second += WEYL[1]
        words[place], words[place + 1], words[place + 2], words[place + 3] = a, b, c, d
    counter[0] = low
    return start


@intrinsic
def _product(context, first, second):
    """The upper and the lower half of the product of two words: one instruction, for which numba has no name."""

    def build(context, builder, signature, words):
        wide, narrow = ir.IntType(128), ir.IntType(64)
        whole = builder.mul(*(builder.zext(word, wide) for word in words))
        upper = builder.lshr(whole, ir.Constant(wide, 64))
        halves = [builder.trunc(half, narrow) for half in (upper, whole)]
        return context.make_tuple(builder, signature.return_type, halves)

    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), build
