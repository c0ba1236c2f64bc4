"""Quantum phase estimation."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Self

from qgate.exceptions import InvalidParameters, described
from qgate.operations.controls import controlled
from qgate.operations.fixed import Hadamard
from qgate.operations.operator import Operator, ParameterKind, without_recording
from qgate.operations.unitaries import QubitUnitary
from qgate.recording import absorb
from qgate.sizes import check_size
from qgate.templates.base import Template
from qgate.templates.subroutines.qft import QFT
from qgate.typing import Tensor, Wire, WiresLike
from qgate.wires import Wires

MOST_ESTIMATION = 52
"""Number of binary digits of a phase in double precision."""


class QuantumPhaseEstimation(Template):
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
        self._unitary = _operator(unitary, target_wires)
        target = self._unitary.wires
        estimation = Wires(() if estimation_wires is None else estimation_wires)
        if not estimation or set(target) & set(estimation):
            raise InvalidParameters(
                f"QuantumPhaseEstimation was given estimation_wires={list(estimation)} for a "
                f"unitary on {list(target)}. Give at least one estimation wire, none of them "
                "among the wires of the unitary."
            )
        super().__init__(self._unitary.parameters, (*target, *estimation), id=id)

    @property
    def target_wires(self) -> Wires:
        """Wires on which the unitary acts."""
        return self._unitary.wires

    @property
    def estimation_wires(self) -> Wires:
        """Wires to which the phase is written."""
        return Wires(self.wires[len(self.target_wires) :])

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return self._unitary.ndim_params

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return self._unitary.parameter_kinds

    @property
    def signature(self) -> Hashable:
        return type(self), self.wires, self._unitary.signature

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        other = super().map_wires(wire_map)
        other._unitary = self._unitary.map_wires(wire_map)
        return other

    def decomposition(self) -> list[Operator]:
        return without_recording(self._circuit)

    def _circuit(self) -> list[Operator]:
        check_size(
            "QuantumPhaseEstimation",
            len(self.estimation_wires),
            MOST_ESTIMATION,
            unit="estimation wires",
            remedy="Double precision resolves no more digits of a phase. Use fewer wires.",
        )
        unitary, estimation = self._unitary.with_parameters(self.parameters), self.estimation_wires
        gates: list[Operator] = [Hadamard(wires=wire) for wire in estimation]
        for place, wire in enumerate(estimation, start=1):
            power = unitary.pow(2 ** (len(estimation) - place))
            gates += [controlled(gate, wire) for gate in power]
        return [*gates, QFT(wires=estimation).adjoint()]


def _operator(unitary: Operator | Tensor, target_wires: WiresLike | None) -> Operator:
    """Return the unitary as an operator, removed from the recording."""
    if isinstance(unitary, Operator) is (target_wires is not None):
        raise InvalidParameters(
            f"QuantumPhaseEstimation was given target_wires={described(target_wires)} with "
            f"{type(unitary).__name__}. Target wires are given with a matrix; an operator knows "
            "its wires."
        )
    if not isinstance(unitary, Operator):
        unitary = QubitUnitary(unitary, wires=target_wires)
    absorb(unitary)
    return unitary
