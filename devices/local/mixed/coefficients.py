"""Coefficients of factors: functions of the angles and parameters of channels, for every row.

Cosines and sines of multiples of angles, entries of the transfer matrices of channels, and entries
of given matrices. Channels of one kind are computed together, for all rows and places.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qgate.devices.local.mixed.factors import ONE
from qgate.devices.local.mixed.transfer import TINY, from_matrix, from_superoperator, replacing
from qgate.operations.channels import Channel, QubitDensityMatrix
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.structure import evaluate
from qgate.typing import ComplexArray, FloatArray, IntArray, NumericArray, Tensor

STEP = 1e-30
"""Imaginary step of derivatives of superoperators, which are real and analytic."""

Entries = tuple[IntArray, IntArray]
"""Rows and columns of the entries of a matrix that are not zero."""


@dataclass(eq=False)
class Waves:
    """Cosines and sines of frequency times angle; the cosine's coefficient precedes the sine's."""

    angles: list[int] = field(default_factory=list)
    frequencies: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    @cached_property
    def arrays(self) -> tuple[IntArray, FloatArray, IntArray]:
        return np.array(self.angles), np.array(self.frequencies), np.array(self.starts)

    def write(self, angles: FloatArray, out: FloatArray) -> None:
        """Write the coefficients of all rows, from angles (K, Q) to (K, C)."""
        if not self.starts:
            return
        which, frequencies, starts = self.arrays
        phases = angles[:, which] * frequencies
        out[:, starts], out[:, starts + 1] = np.cos(phases), np.sin(phases)

    def pull_back(self, slopes: FloatArray, values: FloatArray, out: FloatArray) -> None:
        """Add derivatives by angles, (Q, K, V), from those by coefficients, (K, V, C)."""
        if not self.starts:
            return
        which, frequencies, starts = self.arrays
        cosines, sines = values[:, None, starts], values[:, None, starts + 1]
        found = slopes[:, :, starts + 1] * cosines - slopes[:, :, starts] * sines
        np.add.at(out, which, np.moveaxis(found * frequencies, 2, 0))


@dataclass(eq=False)
class ChannelKind:
    """Channels that differ only in their parameters.

    Parameters
    ----------
    channel : Channel
        One of them.
    entries : Entries
        Entries of their transfer matrices, each a coefficient.
    """

    channel: Channel
    entries: Entries
    members: list[tuple[Tensor, ...]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    @cached_property
    def _reading(self) -> ComplexArray:
        """Map from a superoperator, as a row of numbers, to the entries of the transfer matrix."""
        size = 4 ** len(self.channel.wires)
        units = np.eye(size**2).reshape(-1, size, size)
        rows, columns = self.entries
        return from_superoperator(units.astype(complex))[:, rows, columns]

    @cached_property
    def _places(self) -> IntArray:
        """Indices of the coefficients of each member, shape (N, E)."""
        return np.array(self.starts)[:, None] + np.arange(len(self.entries[0]))

    @cached_property
    def _symbols(self) -> tuple[IntArray, FloatArray]:
        """Angle of each parameter, or -1 for a number, and the numbers, shape (N, P)."""
        which = [[_angle(symbol) for symbol in member] for member in self.members]
        numbers = [
            [0.0 if _angle(symbol) >= 0 else float(symbol) for symbol in member]
            for member in self.members
        ]
        return np.array(which), np.array(numbers)

    def _entries(self, parameters: Sequence[NumericArray]) -> ComplexArray:
        """Return the entries for parameters of any one shape, (..., E)."""
        superoperators = self.channel.canonical_superoperator(parameters, np)
        return np.asarray(superoperators.reshape(*superoperators.shape[:-2], -1) @ self._reading)

    def _parameters(self, angles: FloatArray) -> list[FloatArray]:
        which, numbers = self._symbols
        found = np.where(which >= 0, angles[:, which], numbers)
        return list(np.moveaxis(found, -1, 0))

    def write(self, angles: FloatArray, out: FloatArray) -> None:
        """Write the coefficients of all rows, from angles (K, Q) to (K, C)."""
        out[:, self._places] = self._entries(self._parameters(angles)).real

    def pull_back(
        self, slopes: FloatArray, angles: FloatArray, wanted: frozenset[int], out: FloatArray
    ) -> None:
        """Add derivatives by some angles, (Q, K, V), from those by coefficients, (K, V, C)."""
        which, _ = self._symbols
        for index in range(which.shape[1]):
            members = [place for place, a in enumerate(which[:, index]) if int(a) in wanted]
            if not members:
                continue
            parameters = [value[:, members] + 0j for value in self._parameters(angles)]
            parameters[index] += 1j * STEP
            changes = self._entries(parameters).imag / STEP
            for place, member in enumerate(members):
                part = slopes[:, :, self._places[member]]
                found = np.einsum("kve,ke->kv", part, changes[:, place])
                out[which[member, index]] += found


def _angle(symbol: Tensor) -> int:
    """Return the angle that a parameter is, or -1 for a number."""
    return int(symbol.terms[0][0]) if isinstance(symbol, Affine) else -1


@dataclass(eq=False)
class Coefficients:
    """Coefficients of a plan: of a row from 0 on, common ones from -1 down; ``ONE`` is 1."""

    count: int = 1
    num_common: int = 0
    waves: Waves = field(default_factory=Waves)
    kinds: dict[Hashable, ChannelKind] = field(default_factory=dict)
    given: dict[Hashable, list[tuple[int, Operator]]] = field(default_factory=dict)
    _known: dict[tuple[int, float], int] = field(default_factory=dict)
    _last: tuple[Hashable, FloatArray] | None = None

    def wave(self, angle: int, frequency: float) -> int:
        """Return the index of a cosine, which that of the sine follows."""
        key = angle, frequency
        if key not in self._known:
            self._known[key] = self._take(2)
            self.waves.angles.append(angle)
            self.waves.frequencies.append(frequency)
            self.waves.starts.append(self._known[key])
        return self._known[key]

    def channel(self, channel: Channel) -> tuple[int, Entries]:
        """Return the first coefficient of a channel with angles, and the entries that they are."""
        key = _kind_of(channel)
        if key not in self.kinds:
            self.kinds[key] = ChannelKind(channel, _pattern(channel))
        kind = self.kinds[key]
        kind.members.append(tuple(channel.parameters))
        kind.starts.append(self._take(len(kind.entries[0])))
        return kind.starts[-1], kind.entries

    def matrix(self, operation: Operator) -> int:
        """Return the first of descending coefficients, a matrix from the arrays of a sweep."""
        start = -1 - self.num_common
        self.num_common += 16 ** len(operation.wires)
        self.given.setdefault(_kind_of(operation), []).append((start, operation))
        return start

    def _take(self, number: int) -> int:
        self.count += number
        return self.count - number

    def values(self, angles: FloatArray) -> FloatArray:
        """Return the coefficients of all rows, shape (K, C), for angles (K, Q)."""
        found = np.zeros((len(angles), self.count))
        found[:, ONE] = 1.0
        self.waves.write(angles, found)
        for kind in self.kinds.values():
            kind.write(angles, found)
        return found

    def common(self, arrays: Sequence[Tensor]) -> FloatArray:
        """Return the common coefficients, that with the index -1 the last.

        Those of the last call are kept: most circuits have the same noise in every call.
        """
        content = tuple([(each.shape, each.dtype.str, each.tobytes()) for each in arrays])
        last = self._last  # read once: another thread may replace it
        if last is not None and last[0] == content:
            return last[1]
        found = self._computed(arrays)
        found.setflags(write=False)
        self._last = content, found
        return found

    def _computed(self, arrays: Sequence[Tensor]) -> FloatArray:
        found = np.zeros(self.num_common)
        for starts, matrices in self._given_matrices(arrays):
            places = np.array(starts)[:, None] - np.arange(matrices[0].size)
            found[places] = matrices.reshape(len(starts), -1)
        return found

    def _given_matrices(self, arrays: Sequence[Tensor]) -> Iterator[tuple[list[int], FloatArray]]:
        """Yield transfer matrices that come with arrays, (N, 4**k, 4**k), and their coefficients.

        Operations of one kind whose arrays have one shape are computed together.
        """
        for members in self.given.values():
            by_shape: dict[Hashable, tuple[list[int], list[Sequence[Tensor]]]] = {}
            for start, operation in members:
                parameters = [evaluate(symbol, None, arrays) for symbol in operation.parameters]
                shapes = tuple(value.shape for value in parameters)
                starts, values = by_shape.setdefault(shapes, ([], []))
                starts.append(start)
                values.append(parameters)
            for starts, values in by_shape.values():
                together = [np.array(column) for column in zip(*values, strict=True)]
                yield starts, transfer_of(members[0][1], together)

    def needed(self, wanted: frozenset[int]) -> NDArray[np.uint8]:
        """Return, for each coefficient, whether it depends on one of the angles."""
        found = np.zeros(self.count, dtype=np.uint8)
        for angle, start in zip(self.waves.angles, self.waves.starts, strict=True):
            found[start : start + 2] = angle in wanted
        for kind in self.kinds.values():
            for member, start in zip(kind.members, kind.starts, strict=True):
                if any(_angle(symbol) in wanted for symbol in member):
                    found[start : start + len(kind.entries[0])] = 1
        return found

    def pull_back(
        self,
        slopes: FloatArray,
        values: FloatArray,
        angles: FloatArray,
        wanted: frozenset[int],
    ) -> FloatArray:
        """Return derivatives by some angles, (Q, K, V), from those by coefficients, (K, V, C)."""
        out = np.zeros((angles.shape[1], *slopes.shape[:2]))
        self.waves.pull_back(slopes, values, out)
        for kind in self.kinds.values():
            kind.pull_back(slopes, angles, wanted, out)
        return out


def transfer_of(operation: Operator, parameters: Sequence[Tensor]) -> FloatArray:
    """Return transfer matrices of a gate, channel or replacement with numbers, or batches."""
    if isinstance(operation, QubitDensityMatrix):
        return replacing(np.asarray(operation.canonical_density(parameters, np), dtype=complex))
    if isinstance(operation, Channel):
        matrix = operation.canonical_superoperator(parameters, np)
        return from_superoperator(np.asarray(matrix, dtype=complex)).real
    return from_matrix(np.asarray(operation.canonical_matrix(parameters, np), dtype=complex))


def _kind_of(operation: Operator) -> Hashable:
    """Return what operations share that differ in numbers and wires."""
    hyperparameters = tuple(sorted(operation.hyperparameters.items()))
    return type(operation), hyperparameters, len(operation.wires)


def _pattern(channel: Channel) -> Entries:
    """Return the entries of the transfer matrix that are not zero for every parameter."""
    random = np.random.default_rng(0)
    found: FloatArray = np.zeros(())
    for _ in range(2):  # one point might be a zero of an entry
        point = random.uniform(0.1, 0.4, size=(len(channel.parameters), 1))
        superoperator = np.asarray(channel.canonical_superoperator(list(point), np), dtype=complex)
        found = found + np.abs(from_superoperator(superoperator[0]))
    rows, columns = np.nonzero(found > TINY)
    return rows, columns
