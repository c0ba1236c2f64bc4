"""Layers of one-qubit gates in numpy, by products with small matrices on contiguous bits.

A window of about four bits is one 16x16 matrix, the Kronecker product of its gates. All windows
that fit in a block of amplitudes are processed while the block is in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce

import numpy as np

from qgate.devices.local.plan import PAULIS
from qgate.devices.local.step_runner import Backward
from qgate.devices.local.steps import Layer
from qgate.typing import ComplexArray, FloatArray, IntArray

WINDOW = 4
"""Number of bits of a window; one more if a single bit would remain."""

BLOCK_BITS, GATHERED = 14, 8
"""States with more than 14 bits are processed in blocks, with at most 8 gathered high bits."""

LOW_BITS = 12
"""Number of low bits of a block of neighbours; higher bits are gathered."""

LONG_RUN = 256
"""Length of runs of amplitudes from which many small products are as fast as a large one."""


@dataclass(frozen=True, eq=False)
class Window:
    """Window of contiguous bits: the lowest of them, and the gate of the layer on each, if any."""

    first: int
    members: tuple[int | None, ...]

    @property
    def size(self) -> int:
        """Dimension of its matrix."""
        return 1 << len(self.members)

    def matrix(self, gates: ComplexArray) -> ComplexArray:
        """Return the Kronecker product of its gates, (R, B, 2, 2) to (R, size, size)."""
        found = np.ones((len(gates), 1, 1), dtype=complex)
        for member in self.members:
            gate = np.eye(2)[None] if member is None else gates[:, member]
            size = 2 * found.shape[1]
            found = gate[:, :, None, :, None] * found[:, None, :, None, :]
            found = found.reshape(-1, size, size)
        return found


@dataclass(frozen=True, eq=False)
class Pass:
    """Windows that are processed together, on blocks that contain all their bits.

    Parameters
    ----------
    first, bits : int
        Lowest of these bits, and their number.
    num_bits : int
        n
    windows : tuple of Window
    """

    first: int
    bits: int
    num_bits: int
    windows: tuple[Window, ...]

    def cuts(self) -> Iterator[tuple[slice, slice]]:
        """Yield the values of the higher bits and of the lower bits for each block."""
        high, low = 1 << (self.num_bits - self.first - self.bits), 1 << self.first
        room = 1 << max(BLOCK_BITS - self.bits, 0)
        across = min(low, room)
        down = room // across
        for top in range(0, high, down):
            for start in range(0, low, across):
                yield slice(top, top + down), slice(start, start + across)

    def view(self, states: ComplexArray, cut: tuple[slice, slice]) -> ComplexArray:
        """Return a view of a block of states (R, 2**n)."""
        shape = (1 << (self.num_bits - self.first - self.bits), 1 << self.bits, 1 << self.first)
        return states.reshape(-1, *shape)[:, cut[0], :, cut[1]]

    def multiply(self, vectors: Sequence[ComplexArray], gates: ComplexArray) -> None:
        """Apply the gates, (R, B, 2, 2), to each of some vectors (R, 2**n)."""
        matrices = [window.matrix(gates) for window in self.windows]
        for cut in self.cuts():
            for vector in vectors:
                view = self.view(vector, cut)
                block: ComplexArray = np.ascontiguousarray(view)
                for window, matrix in zip(self.windows, matrices, strict=True):
                    run = view.shape[-1] << (window.first - self.first)
                    if run == 1:
                        rows = block.reshape(len(view), -1, window.size)
                        block = rows @ np.swapaxes(matrix, 1, 2)
                    else:
                        block = matrix[:, None] @ block.reshape(len(view), -1, window.size, run)
                view[...] = block.reshape(view.shape)

    def overlaps(self, kets: ComplexArray, bras: Sequence[ComplexArray]) -> list[ComplexArray]:
        """Return the partial traces of |ket><bra| on each window, (V, R, size, size)."""
        found = [
            np.zeros((len(bras), len(kets), window.size, window.size), dtype=complex)
            for window in self.windows
        ]
        for cut in self.cuts():
            ket: ComplexArray = np.ascontiguousarray(self.view(kets, cut))
            for number, vector in enumerate(bras):
                bra = np.conj(self.view(vector, cut))
                for window, whole in zip(self.windows, found, strict=True):
                    run = ket.shape[-1] << (window.first - self.first)
                    whole[number] += _overlaps(ket, bra, window.size, run)
        return found


class LayerRunner:
    """Runner of a layer on states (R, 2**n), forward and back."""

    def __init__(self, layer: Layer, num_bits: int) -> None:
        self.num_bits = num_bits
        self.bits = [fused.bit for fused in layer.fused]
        self.most = max(len(fused.factors) for fused in layer.fused)
        factors = [
            (block, place, factor.data, factor.angle)
            for block, fused in enumerate(layer.fused)
            for place, factor in enumerate(fused.factors)
        ]
        turned = [item for item in factors if item[3] is not None]
        fixed = [item[:3] for item in factors if item[3] is None]
        self.turned: IntArray = np.array(turned, dtype=np.int64).reshape(-1, 4).T
        self.fixed: IntArray = np.array(fixed, dtype=np.int64).reshape(-1, 3).T
        self.passes = _passes(self.bits, num_bits)
        self.angles = frozenset(self.turned[3].tolist())

    def start(self, numbers: FloatArray, angles: FloatArray) -> ComplexArray:
        """Return the state after the layer, applied to the state 0."""
        columns = np.zeros((self.num_bits, len(angles), 2), dtype=complex)
        columns[:, :, 0] = 1.0
        gates = _product(self._factors(numbers, angles))
        columns[self.bits] = np.moveaxis(gates[..., 0], 1, 0)
        half, one = self.num_bits // 2, np.ones((len(angles), 1), dtype=complex)
        return _outer(reduce(_outer, columns[:half], one), reduce(_outer, columns[half:], one))

    def forward(
        self, states: ComplexArray, numbers: FloatArray, angles: FloatArray
    ) -> ComplexArray:
        """Return the states after the layer."""
        gates = _product(self._factors(numbers, angles))
        for item in self.passes:
            item.multiply([states], gates)
        return states

    def back(self, at: Backward) -> None:
        factors = self._factors(at.numbers, at.angles)
        undoing = _dagger(_product(factors))
        traces = np.zeros((*at.slopes.shape[:2], len(self.bits), 2, 2), dtype=complex)
        for item in self.passes:
            sums = item.overlaps(at.vectors[0], at.vectors[1:])
            for window, found in zip(item.windows, sums, strict=True):
                _write_traces(traces, window, found)
        for item in self.passes:
            item.multiply(at.vectors[at.undone], undoing)
        self._add_slopes(at.slopes, traces, factors, at.numbers)

    def _factors(self, numbers: FloatArray, angles: FloatArray) -> ComplexArray:
        """Return the matrices of all gates, (R, B, F, 2, 2), padded with identities."""
        found = np.zeros((len(angles), len(self.bits), self.most, 2, 2), dtype=complex)
        found[..., 0, 0] = found[..., 1, 1] = 1.0
        block, place, data, angle = self.turned
        weight, x, y, z = numbers[data[:, None] + np.arange(1, 5)].T
        cosine, sine = np.cos(angles[:, angle] * weight), np.sin(angles[:, angle] * weight)
        found[:, block, place, 0, 0] = cosine + 1j * (sine * z)
        found[:, block, place, 0, 1] = sine * (1j * x + y)
        found[:, block, place, 1, 0] = sine * (1j * x - y)
        found[:, block, place, 1, 1] = cosine - 1j * (sine * z)
        block, place, data = self.fixed
        entries = numbers[data[:, None] + np.arange(8)].view(complex)
        found[:, block, place] = entries.reshape(-1, 2, 2)
        return found

    def _add_slopes(
        self, slopes: FloatArray, traces: ComplexArray, factors: ComplexArray, numbers: FloatArray
    ) -> None:
        """Propagate the partial traces back through the gates, and add the derivatives."""
        after = np.empty((self.most, *traces.shape), dtype=complex)
        for place in reversed(range(self.most)):
            after[place] = traces
            gate = factors[:, :, place]
            traces = _dagger(gate) @ traces @ gate
        block, place, data, angle = self.turned
        turns = numbers[data[:, None] + np.arange(1, 5)]
        generators = np.einsum("t,ta,aij->tij", turns[:, 0], turns[:, 1:], PAULIS)
        means = np.einsum("tij,tvrji->vrt", generators, after[place, :, :, block]).imag
        np.subtract.at(slopes.T, angle, means.T)


def _passes(bits: Sequence[int], num_bits: int) -> tuple[Pass, ...]:
    """Split the bits of a layer into passes: the low bits in one, the others in groups."""
    size, found, left = num_bits if num_bits <= BLOCK_BITS else LOW_BITS, [], list(bits)
    first = 0
    while left:
        inside = [bit for bit in left if bit < first + size]
        left = left[len(inside) :]
        if inside:
            windows = tuple(_windows(inside, {bit: place for place, bit in enumerate(bits)}))
            found.append(Pass(first, size, num_bits, windows))
        first = left[0] if left else num_bits
        size = min(GATHERED, num_bits - first)
    return tuple(found)


def _windows(bits: Sequence[int], member: Mapping[int, int]) -> Iterator[Window]:
    """Split ascending bits into windows; the lowest bits have a window from bit 0 on."""
    while bits:
        first = bits[0] if bits[0] >= WINDOW else 0
        size = WINDOW + 1 if bits[-1] == first + WINDOW else WINDOW
        inside = [bit for bit in bits if bit < first + size]
        bits = bits[len(inside) :]
        yield Window(first, tuple(member.get(bit) for bit in range(first, inside[-1] + 1)))


def _product(factors: ComplexArray) -> ComplexArray:
    """Multiply the gates of each bit, (R, B, F, 2, 2), the first applied first."""
    found = factors[:, :, 0]
    for place in range(1, factors.shape[2]):
        found = factors[:, :, place] @ found
    return found


def _dagger(matrices: ComplexArray) -> ComplexArray:
    return np.swapaxes(matrices, -1, -2).conj()


def _outer(low: ComplexArray, high: ComplexArray) -> ComplexArray:
    """Return the outer product of vectors (R, a) on lower and (R, b) on higher bits: (R, a b)."""
    product: ComplexArray = (high[:, :, None] * low[:, None, :]).reshape(len(low), -1)
    return product


def _overlaps(ket: ComplexArray, bra: ComplexArray, size: int, run: int) -> ComplexArray:
    """Sum ket times bra over all bits except a window, whose neighbours are ``run`` apart."""
    rows = len(ket)
    if run == 1:
        low = np.swapaxes(ket.reshape(rows, -1, size), 1, 2)
        return low @ bra.reshape(rows, -1, size)
    ket, bra = ket.reshape(rows, -1, size, run), bra.reshape(rows, -1, size, run)
    if run >= LONG_RUN:
        found: ComplexArray = (ket @ np.swapaxes(bra, 2, 3)).sum(axis=1)
        return found
    ket = np.swapaxes(ket, 1, 2).reshape(rows, size, -1)
    bra = np.swapaxes(bra, 1, 2).reshape(rows, size, -1)
    return ket @ np.swapaxes(bra, 1, 2)


def _write_traces(traces: ComplexArray, window: Window, whole: ComplexArray) -> None:
    """Write the trace for each gate, (V, R, B, 2, 2), from matrices on their window."""
    parts = whole.reshape(*whole.shape[:2], -1) @ _tracing(len(window.members))
    parts = parts.reshape(*whole.shape[:2], -1, 2, 2)
    for place, member in enumerate(window.members):
        if member is not None:
            traces[:, :, member] = parts[:, :, place]


@cache
def _tracing(count: int) -> ComplexArray:
    """Return the map from a matrix on k bits to its partial traces on each bit: (4**k, 4 k)."""
    size = 1 << count
    found = np.zeros((size, size, count, 2, 2), dtype=complex)
    row, column = np.indices((size, size))
    for place in range(count):
        same = (row ^ column) & ~(1 << place) == 0
        bits = row[same] >> place & 1, column[same] >> place & 1
        found[row[same], column[same], place, bits[0], bits[1]] = 1.0
    return found.reshape(size * size, 4 * count)
