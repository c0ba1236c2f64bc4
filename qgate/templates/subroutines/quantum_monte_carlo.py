"""Expectation values of classical random variables by amplitude estimation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qgate.arguments import require_function
from qgate.arrays import is_concrete, namespace, shape_of, unwrap
from qgate.exceptions import InvalidParameters
from qgate.operations.matrices import dagger
from qgate.operations.operator import Operator
from qgate.operations.parameters import as_array, in_floats, require_numbers
from qgate.operations.spectra import diagonal_matrix
from qgate.operations.unitaries import QubitUnitary
from qgate.recording import paused
from qgate.sizes import check_matrix
from qgate.templates.composed import Composed
from qgate.templates.subroutines.phase_estimation import QuantumPhaseEstimation
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires


class QuantumMonteCarlo(Composed):
    r"""Estimates the mean of a function of a random number.

    With the probabilities p(i) and the function f, the mean sum_i p(i) f(i) is
    (1 - cos(pi phase)) / 2 for the phase that the estimation wires show; as the phase and 1 - phase
    mean the same, read the first half of their basis states.

    Parameters
    ----------
    probs : array, shape (2**m,)
        Probabilities that add up to 1.
    func : callable
        f, from the numbers 0 to 2**m - 1 to numbers from 0 to 1.
    target_wires : wires
        m + 1 wires.
    estimation_wires : wires
        Others than these; k of them give the phase to 1 / 2**k.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The probabilities or values are out of range, or the wires do not fit.

    Notes
    -----
    The parameters are three matrices, computed from ``probs`` and ``func``: the preparation of the
    distribution, the rotations by the function, and their amplification. Cost: 4**(m + 1) numbers.
    Reference: Rebentrost et al., Phys. Rev. A 98, 022321 (2018).
    """

    def __init__(
        self,
        probs: Tensor,
        func: Callable[[int], Tensor],
        target_wires: WiresLike,
        estimation_wires: WiresLike,
        id: str | None = None,
    ) -> None:
        target, estimation = Wires(target_wires), Wires(estimation_wires)
        check_matrix(len(target))
        prepared = preparation(probs)
        size = shape_of(prepared)[0]
        if 2 * size != 2 ** len(target):
            raise InvalidParameters(
                f"QuantumMonteCarlo was given {size} probabilities and {len(target)} target "
                "wire(s). 2**m probabilities take m + 1 target wires."
            )
        rotated = rotations(func, size)
        with paused():
            parts = [
                QubitUnitary(prepared, wires=target[:-1]),
                QubitUnitary(rotated, wires=target),
                QuantumPhaseEstimation(
                    amplification(prepared, rotated),
                    target_wires=target,
                    estimation_wires=estimation,
                ),
            ]
        super().__init__(parts, (*target, *estimation), id=id)

    def gates(self) -> list[Operator]:
        return list(self.parts)


def preparation(probs: Tensor) -> Tensor:
    """Return a reflection whose first column is the square roots of probabilities."""
    array = in_floats(as_array(probs))
    require_numbers("QuantumMonteCarlo", "probs", array)
    shape = shape_of(array)
    if len(shape) != 1 or shape[0] < 2 or shape[0].bit_count() != 1:
        raise InvalidParameters(
            f"QuantumMonteCarlo was given probabilities of shape {shape}. Give a list of 2**m of "
            "them."
        )
    known = unwrap(array)
    if is_concrete(array) and (not np.isclose(known.sum(), 1) or known.min() < 0):
        raise InvalidParameters(
            f"QuantumMonteCarlo was given probabilities that add up to {known.sum():.6g}, with a "
            f"minimum of {known.min():.6g}. They are at least 0 and add up to 1. Divide them by "
            "their sum."
        )
    xp = namespace([array])
    roots = xp.sqrt(array)
    sides = roots + np.eye(shape[0])[0]
    return sides[:, None] * sides[None, :] / (1 + roots[0]) - np.eye(shape[0])


def rotations(func: Callable[[int], Tensor], size: int) -> Tensor:
    """Return the unitary that rotates the last wire by the value of a function of the others."""
    require_function("QuantumMonteCarlo", "func", func)
    values = in_floats(as_array([func(number) for number in range(size)]))
    require_numbers("QuantumMonteCarlo", "func(i)", values)
    known = unwrap(values)
    if is_concrete(values) and not (
        shape_of(values) == (size,) and np.all(abs(known - 0.5) <= 0.5)
    ):
        raise InvalidParameters(
            f"QuantumMonteCarlo was given a function with values from {known.min():.6g} to "
            f"{known.max():.6g}. Its values are numbers from 0 to 1. Rescale it."
        )
    xp = namespace([values])
    stay, move = (diagonal_matrix(xp.sqrt(weight)) for weight in (1 - values, values))
    signs, flip = np.diag([1.0, -1.0]), np.eye(2)[::-1]
    return xp.kron(stay, signs) + xp.kron(move, flip)


def amplification(prepared: Tensor, rotated: Tensor) -> Tensor:
    """Return the unitary whose eigenvalues have the phase that is estimated."""
    xp = namespace([prepared, rotated])
    whole = xp.matmul(rotated, xp.kron(prepared, np.eye(2)))
    size = shape_of(rotated)[0]
    start = np.diag([1.0] + [-1.0] * (size - 1))
    marked = np.kron(np.eye(size // 2), np.diag([-1.0, 1.0]))
    step = xp.matmul(xp.matmul(whole, start), xp.matmul(dagger(whole, xp=xp), marked))
    return xp.matmul(step, step)
