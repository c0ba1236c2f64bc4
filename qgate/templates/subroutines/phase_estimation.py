"""Quantum phase estimation."""

from __future__ import annotations

from math import pi

from qgate.arguments import whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.conditions import cond
from qgate.operations.controls import controlled
from qgate.operations.fixed import Hadamard
from qgate.operations.mid_measure import measure
from qgate.operations.operator import Operator, require_operators
from qgate.operations.outcome_values import MeasurementValue
from qgate.operations.rotations import PhaseShift
from qgate.operations.unitaries import QubitUnitary
from qgate.recording import absorb, paused
from qgate.templates.composed import Composed
from qgate.templates.subroutines.controlled_sequence import MOST_ESTIMATION, controlled_powers
from qgate.templates.subroutines.qft import QFT
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires


class QuantumPhaseEstimation(Composed):
    """Writes the phase of an eigenvalue exp(2 pi i p) of a unitary to the estimation wires.

    Hadamards on the estimation wires; controlled by each, a power of the unitary, 2**(m - 1) for
    the first and 1 for the last of m; then the adjoint of the Fourier transform. With the target
    in an eigenstate the estimation wires show the number nearest to 2**m p most likely.

    Parameters
    ----------
    unitary : Operator or array, shape (2**n, 2**n)
        Its parameters are those of the template.
    target_wires : wires, optional
        Wires on which the unitary acts; only for an array, and required there.
    estimation_wires : wires
        First wire most significant.
    id : str, optional

    Raises
    ------
    InvalidParameters
        Wires are missing, given twice, or both target and estimation wires.

    Notes
    -----
    Cost: the unitary is applied 2**m - 1 times unless its powers are known.
    """

    def __init__(
        self,
        unitary: Operator | Tensor,
        target_wires: WiresLike | None = None,
        estimation_wires: WiresLike | None = None,
        id: str | None = None,
    ) -> None:
        operator = _operator(unitary, target_wires)
        target = operator.wires
        estimation = Wires(() if estimation_wires is None else estimation_wires)
        if not estimation or set(target) & set(estimation):
            raise InvalidParameters(
                f"QuantumPhaseEstimation was given estimation_wires={list(estimation)} for a "
                f"unitary on {list(target)}. Give at least one estimation wire, none of them "
                "among the wires of the unitary."
            )
        super().__init__([operator], (*target, *estimation), id=id)

    @property
    def target_wires(self) -> Wires:
        """Wires on which the unitary acts."""
        return self.parts[0].wires

    @property
    def estimation_wires(self) -> Wires:
        """Wires to which the phase is written."""
        return Wires(self.wires[len(self.target_wires) :])

    def gates(self) -> list[Operator]:
        estimation = self.estimation_wires
        gates: list[Operator] = [Hadamard(wires=wire) for wire in estimation]
        gates += controlled_powers(self.parts[0], estimation)
        return [*gates, QFT(wires=estimation).adjoint()]


def _operator(unitary: Operator | Tensor, target_wires: WiresLike | None) -> Operator:
    """Return the unitary as an operator."""
    if isinstance(unitary, Operator) is (target_wires is not None):
        raise InvalidParameters(
            f"QuantumPhaseEstimation was given target_wires={described(target_wires)} with "
            f"{type(unitary).__name__}. Target wires are given with a matrix; an operator knows "
            "its wires."
        )
    if not isinstance(unitary, Operator):
        unitary = QubitUnitary(unitary, wires=target_wires)
    return unitary


def iterative_qpe(base: Operator, aux_wire: WiresLike, iters: int) -> list[MeasurementValue]:
    """Apply iterative phase estimation, which reads the binary digits of a phase on one wire.

    The last digit is read first. Its wire is reset, and turned back by the digits already known
    before the next one is read.

    Parameters
    ----------
    base : Operator
        A unitary with the eigenvalue exp(2 pi i p), on wires in its eigenstate.
    aux_wire : wire
        Another wire, in the state 0.
    iters : int
        Number of digits of p, at least 1.

    Returns
    -------
    list of MeasurementValue
        The outcomes, the first digit behind the point first.

    Raises
    ------
    InvalidParameters
        The number of digits is out of range.

    Notes
    -----
    Cost: the operator is applied 2**iters - 1 times unless its powers are known.
    Reference: Dobsicek et al., Phys. Rev. A 76, 030306 (2007).
    """
    require_operators("iterative_qpe", base)
    count = whole_number(iters)
    if count is None or not 1 <= count <= MOST_ESTIMATION:
        raise InvalidParameters(
            f"iterative_qpe was given iters={described(iters)}. Give the number of digits, from 1 "
            f"to {MOST_ESTIMATION}."
        )
    wire = Wires(aux_wire)
    absorb(base)
    digits: list[MeasurementValue] = []
    for place in reversed(range(count)):
        Hadamard(wires=wire)
        with paused():
            powers = base.pow(2**place)
        for gate in powers:
            controlled(gate, wire)
        for distance, digit in enumerate(digits, start=2):
            cond(digit, PhaseShift)(-2 * pi / 2**distance, wires=wire)
        Hadamard(wires=wire)
        digits.insert(0, measure(wire, reset=True))
    return digits
