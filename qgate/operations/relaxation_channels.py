"""Noise channels that relax a wire towards a mixture of 0 and 1.

They move population between 0 and 1 and shrink the coherence:

    rho_00 -> (1 - up) rho_00 + down rho_11,    rho_01 -> coherence rho_01.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from qgate.arrays import is_concrete, unwrap
from qgate.operations.channel import (
    PROBABILITY,
    Channel,
    combination,
    placed,
    require_within,
)
from qgate.typing import FloatArray, Namespace, NumericArray, Tensor, WiresLike

ROUNDING = 1e-12
"""Excess over 1 that a sum of probabilities may have by rounding."""

KEEP_0, KEEP_1, DOWN, UP = (
    np.array(entries, dtype=float).reshape(2, 2)
    for entries in ([1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0])
)
"""The matrices |0><0|, |1><1|, |0><1| and |1><0|."""

RELAXING = np.array(
    [
        np.diag([1, 0, 0, 1]),
        [[-1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]],
        [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, -1]],
        np.diag([0, 1, 1, 0]),
    ],
    dtype=complex,
)
"""Superoperators whose sum with the weights 1, up, down and coherence is a relaxation."""


class Relaxation(Channel):
    """Base class of channels of one wire that relax it towards a mixture of 0 and 1.

    Required: ``rates``, and ``kraus``, weights and constant Kraus matrices.
    """

    num_wires = 1

    @abstractmethod
    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        """Return the probabilities of 0 to 1 and 1 to 0, and the factor of the coherence."""

    @abstractmethod
    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        """Return the parts of Kraus matrices: number of the matrix, weight, constant matrix."""

    def canonical_kraus(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        parts = self.kraus(parameters, xp)
        count = 1 + max(place for place, _, _ in parts)
        constants = [placed(place, count, matrix) for place, _, matrix in parts]
        return combination([weight for _, weight, _ in parts], constants)

    def canonical_superoperator(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return combination([1.0, *self.rates(parameters, xp)], list(RELAXING))


class AmplitudeDamping(Relaxation):
    """Loss of energy to the environment: 1 becomes 0 with probability gamma.

    Parameters
    ----------
    gamma : real, or array of shape (B,)
        Probability, from 0 to 1.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        gamma is outside of its range.
    """

    ranges: ClassVar = {"gamma": PROBABILITY}

    def __init__(self, gamma: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((gamma,), wires, id=id)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        (gamma,) = parameters
        return 0.0, gamma, xp.sqrt(1 - gamma)

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        (gamma,) = parameters
        return ((0, 1.0, KEEP_0), (0, xp.sqrt(1 - gamma), KEEP_1), (1, xp.sqrt(gamma), DOWN))


class GeneralizedAmplitudeDamping(Relaxation):
    """Exchange of energy with an environment of finite temperature.

    Parameters
    ----------
    gamma : real, or array of shape (B,)
        Probability of an exchange, from 0 to 1.
    p : real, or array of shape (B,)
        Population of the state 1 towards which it relaxes, from 0 to 1.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        A parameter is outside of its range.
    """

    ranges: ClassVar = {"gamma": PROBABILITY, "p": PROBABILITY}

    def __init__(self, gamma: Tensor, p: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((gamma, p), wires, id=id)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        gamma, p = parameters
        return gamma * p, gamma * (1 - p), xp.sqrt(1 - gamma)

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        gamma, p = parameters
        kept, moved = xp.sqrt(1 - gamma), xp.sqrt(gamma)
        cold, hot = xp.sqrt(1 - p), xp.sqrt(p)
        return (
            *((0, cold, KEEP_0), (0, cold * kept, KEEP_1), (1, cold * moved, DOWN)),
            *((2, hot * kept, KEEP_0), (2, hot, KEEP_1), (3, hot * moved, UP)),
        )


class PhaseDamping(Relaxation):
    """Loss of coherence without a change of the populations.

    Parameters
    ----------
    gamma : real, or array of shape (B,)
        Probability, from 0 to 1; the coherence is multiplied by the root of 1 - gamma.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        gamma is outside of its range.
    """

    ranges: ClassVar = {"gamma": PROBABILITY}

    def __init__(self, gamma: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((gamma,), wires, id=id)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        (gamma,) = parameters
        return 0.0, 0.0, xp.sqrt(1 - gamma)

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        (gamma,) = parameters
        return ((0, 1.0, KEEP_0), (0, xp.sqrt(1 - gamma), KEEP_1), (1, xp.sqrt(gamma), KEEP_1))

    def pauli_terms(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> tuple[Sequence[str], Tensor]:
        coherence = xp.sqrt(1 - parameters[0])
        units: list[FloatArray] = list(np.eye(2))
        return ("I", "Z"), combination([(1 + coherence) / 2, (1 - coherence) / 2], units)


class ResetError(Relaxation):
    """Replaces the state by 0 with probability p0, and by 1 with probability p1.

    Parameters
    ----------
    p0, p1 : real, or array of shape (B,)
        Probabilities, whose sum is at most 1.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        A probability, or their sum, is outside of its range.
    """

    ranges: ClassVar = {"p0": PROBABILITY, "p1": PROBABILITY}

    def __init__(self, p0: Tensor, p1: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((p0, p1), wires, id=id)

    def check(self, parameters: Sequence[Tensor]) -> None:
        super().check(parameters)
        p0, p1 = parameters
        if all(map(is_concrete, parameters)):
            total = unwrap(p0) + unwrap(p1)
            require_within(self.name, "the sum p0 + p1", total, 0.0, 1.0 + ROUNDING)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        p0, p1 = parameters
        return p1, p0, 1 - p0 - p1

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        p0, p1 = parameters
        return _resetting(xp.sqrt(abs(1 - p0 - p1)), xp.sqrt(p0), xp.sqrt(p1))

    @classmethod
    def compute_kraus_matrices(cls, p_0: Tensor, p_1: Tensor) -> list[Tensor]:
        """Return the Kraus matrices for two probabilities, which PennyLane names like this."""
        return super().compute_kraus_matrices(p_0, p_1)


def _resetting(
    nothing: Tensor, zero: Tensor, one: Tensor, first: int = 1
) -> tuple[tuple[int, Tensor, NumericArray], ...]:
    """Return parts of Kraus matrices that reset to 0 and to 1, from the number ``first`` on."""
    return (
        (0, nothing, np.eye(2)),
        *((first, zero, KEEP_0), (first + 1, zero, DOWN)),
        *((first + 2, one, UP), (first + 3, one, KEEP_1)),
    )


class ThermalRelaxationError(Relaxation):
    """Relaxation and dephasing during a gate, by the times T1 and T2.

    Parameters
    ----------
    pe : real, or array of shape (B,)
        Population of the state 1 in equilibrium, from 0 to 1.
    t1, t2 : real, or array of shape (B,)
        Relaxation time and dephasing time, above 0, in the unit of ``tg``; t2 is at most 2 t1.
    tg : real, or array of shape (B,)
        Duration of the gate, at least 0.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        A parameter is outside of its range.
    """

    ranges: ClassVar = {
        "pe": PROBABILITY,
        "t1": (np.nextafter(0.0, 1.0), np.inf),
        "t2": (np.nextafter(0.0, 1.0), np.inf),
        "tg": (0.0, np.inf),
    }

    def __init__(
        self,
        pe: Tensor,
        t1: Tensor,
        t2: Tensor,
        tg: Tensor,
        wires: WiresLike,
        id: str | None = None,
    ) -> None:
        super().__init__((pe, t1, t2, tg), wires, id=id)

    def check(self, parameters: Sequence[Tensor]) -> None:
        super().check(parameters)
        t1, t2 = parameters[1:3]
        if is_concrete(t1) and is_concrete(t2):
            ratio = unwrap(t2) / unwrap(t1)
            require_within(self.name, "the ratio t2 / t1", ratio, 0.0, 2.0 + ROUNDING)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        pe, t1, t2, tg = parameters
        reset = 1 - xp.exp(-tg / t1)
        return pe * reset, (1 - pe) * reset, xp.exp(-tg / t2)

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        _, t1, t2, _ = parameters
        up, down, coherence = self.rates(parameters, xp)
        short = t2 <= t1
        flipped = xp.where(short, (1 - up - down - coherence) / 2, 0.0)
        resets = _resetting(
            xp.where(short, xp.sqrt(abs(1 - flipped - up - down)), 0.0),
            xp.where(short, xp.sqrt(down), 0.0),
            xp.where(short, xp.sqrt(up), 0.0),
            first=2,
        )
        return (
            *resets,
            (1, xp.sqrt(abs(flipped)), np.diag([1.0, -1.0])),
            *_slow_dephasing(up, down, coherence, xp.where(short, 0.0, 1.0), xp),
        )


def _slow_dephasing(
    up: Tensor, down: Tensor, coherence: Tensor, used: Tensor, xp: Namespace
) -> tuple[tuple[int, Tensor, NumericArray], ...]:
    """Return parts of Kraus matrices for T2 > T1, where the channel is no mixture with resets.

    The diagonal ones are the eigenvectors of [[1 - up, c], [c, 1 - down]], c the coherence.
    """
    half = (down - up) / 2
    radius = xp.sqrt(half**2 + coherence**2)
    safe = xp.where(radius > 0, radius, 1.0)
    cosine, sine = (xp.sqrt(abs(1 + sign * half / safe) / 2) for sign in (1, -1))
    low, high = (xp.sqrt(abs(1 - (up + down) / 2 + sign * radius)) for sign in (-1, 1))
    return (
        (0, used * xp.sqrt(up), UP),
        (1, used * xp.sqrt(down), DOWN),
        *((2, -used * low * sine, KEEP_0), (2, used * low * cosine, KEEP_1)),
        *((3, used * high * cosine, KEEP_0), (3, used * high * sine, KEEP_1)),
    )
