"""Quantum phase estimation."""

from __future__ import annotations

from qgate.exceptions import InvalidParameters, described
from qgate.operations.fixed import Hadamard
from qgate.operations.operator import Operator
from qgate.operations.unitaries import QubitUnitary
from qgate.templates.composed import Composed
from qgate.templates.subroutines.controlled_sequence import controlled_powers
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
