"""Controlled operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import pi
from typing import Any

import numpy as np

from qgate.arrays import shape_of
from qgate.exceptions import GeneratorUndefinedError, InvalidParameters, described
from qgate.operations.controlled import (
    CNOT,
    MultiControlledX,
    check_work_wire_type,
    check_work_wires,
    control_bits,
)
from qgate.operations.controlled_decompositions import (
    controlled_flip,
    controlled_phase,
    controlled_rotation,
    on_values,
)
from qgate.operations.fixed import S
from qgate.operations.gate import GATES, ROWS, Gate, factor_frequencies
from qgate.operations.labels import Cache
from qgate.operations.matrices import basis_vector, kron
from qgate.operations.operator import Operator, require_operators, without_recording
from qgate.operations.parameters import as_array, check_shape
from qgate.operations.rotations import RX, RY, RZ, PhaseShift
from qgate.operations.spectra import frequencies
from qgate.operations.symbolic import Wrapper
from qgate.operations.unitaries import QubitUnitary
from qgate.recording import absorb
from qgate.sizes import MOST_CONTROLS, check_size
from qgate.typing import FloatArray, Namespace, Tensor, WiresLike
from qgate.wires import Wires

CONTROLLED_NAMES: Mapping[tuple[str, int], str] = {
    (row.core, (row.wires or 0) - (ROWS[row.core].wires or 0)): name
    for name, row in ROWS.items()
    if row.core and row.wires is not None
}
"""Name of the gate that is another gate, by name, with this number of controls on the value 1."""


class Controlled(Wrapper):
    """Operator that is applied where its control wires have given values.

    Parameters
    ----------
    base : Operator
        The operator that is applied, on other wires than the controls.
    control_wires : wires
        At least one.
    control_values : bool or sequence of bool, optional
        One for each control; default all 1.
    work_wires : wires, optional
        Not used: decompositions need no other wires.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are no controls, or more or fewer values than controls.
    DuplicateWires
        A control is among the wires of the base.
    """

    def __init__(
        self,
        base: Operator,
        control_wires: WiresLike,
        control_values: object = None,
        work_wires: WiresLike | None = None,
        *,
        id: str | None = None,
    ) -> None:
        require_operators("Controlled", base)
        controls = Wires(control_wires)
        if not controls:
            raise InvalidParameters(
                f"{described(base)} was to be controlled by no wires. Name at least one control "
                "wire."
            )
        values = control_bits(len(controls), control_values, name=f"C({base.name})")
        self._num_controls = len(controls)
        wires = _on(controls, base, work_wires)
        super().__init__(base, wires, {"control_values": values}, id=id)

    @property
    def name(self) -> str:
        return f"C({self.base.name})"

    @property
    def control_wires(self) -> Wires:
        return Wires(self.wires[: self._num_controls])

    @property
    def control_values(self) -> tuple[bool, ...]:
        values: Any = self.hyperparameters["control_values"]
        return tuple(values)

    @property
    def target_wires(self) -> Wires:
        """The wires of the base."""
        return self.base.wires

    @property
    def has_decomposition(self) -> bool:
        """Whether the decomposition of the base can be controlled gate by gate."""
        return self.base.name in RULES or self.base.has_decomposition or _named(self) is not None

    @property
    def _selects(self) -> FloatArray:
        """The diagonal of the projector on the control values, shape (2**controls,)."""
        return basis_vector(self.control_values)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        matrix = self.base.canonical_matrix(parameters, xp)
        chosen = self._selects
        rest = np.kron(np.diag(1 - chosen), np.eye(matrix.shape[-1]))
        return kron([np.diag(chosen), matrix], xp=xp) + rest

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        diagonal = self.base.canonical_diagonal(parameters, xp)
        chosen = self._selects[:, None]
        entries = diagonal[..., None, :] * chosen + (1 - chosen)
        return xp.reshape(entries, (*diagonal.shape[:-1], chosen.size * diagonal.shape[-1]))

    def generator_matrix(self) -> Tensor:
        return np.kron(np.diag(self._selects), self.base.generator_matrix())

    def generator_eigenvalues(self) -> FloatArray:
        return np.append(self.base.generator_eigenvalues(), 0.0)

    def factors(self) -> list[Operator]:
        return without_recording(
            lambda: [
                Controlled(part, self.control_wires, self.control_values)
                for part in self.base.factors()
            ]
        )

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        if not self.num_params:
            return []
        try:
            return [frequencies(self.generator_eigenvalues())]
        except GeneratorUndefinedError:
            if len(self.base.factors()) == 1:
                raise
        return factor_frequencies(self)

    def decomposition(self) -> list[Operator]:
        return without_recording(self._decomposed)

    def _decomposed(self) -> list[Operator]:
        named = _named(self)
        if named is not None:
            return [named]
        gates = _controlled_gates(self.base, self.control_wires)
        return on_values(self.control_wires, self.control_values, gates)

    def adjoint(self) -> Operator:
        return controlled(self.base.adjoint(), self.control_wires, self.control_values)

    def pow(self, z: float) -> list[Operator]:
        powers = self.base.pow(z)
        return [controlled(part, self.control_wires, self.control_values) for part in powers]

    def simplify(self) -> Operator:
        return controlled(self.base.simplify(), self.control_wires, self.control_values)

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        return self.base.label(decimals, base_label, cache)

    @property
    def is_hermitian(self) -> bool:
        return self.base.is_hermitian

    def __repr__(self) -> str:
        values = self.control_values
        spelled = "" if all(values) else f", control_values={list(values)}"
        return f"Controlled({self.base!r}, control_wires={list(self.control_wires)}{spelled})"


class ControlledQubitUnitary(Controlled):
    """Gate with a given matrix on its last wires, controlled by the other wires.

    Parameters
    ----------
    base : array, shape (2**n, 2**n)
        The unitary that is applied to the last n wires.
    wires : wires
        Controls, then the n targets.
    control_values : bool or sequence of bool, optional
        One for each control; default all 1.
    unitary_check : bool
        Whether to refuse a matrix that is not unitary.
    work_wires : wires, optional
    work_wire_type : {"borrowed", "zeroed"}
        Not used: decompositions need no other wires.
    control_wires : wires, optional
        Controls, where ``wires`` are the targets only, as in older versions of PennyLane.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The shape is not that of a matrix on some of the wires, or no wires are left for controls.
    """

    name = "ControlledQubitUnitary"

    def __init__(
        self,
        base: Tensor,
        wires: WiresLike,
        control_values: object = None,
        unitary_check: bool = True,
        work_wires: WiresLike | None = None,
        work_wire_type: str = "borrowed",
        *,
        control_wires: WiresLike = (),
        id: str | None = None,
    ) -> None:
        check_work_wire_type(self.name, work_wire_type)
        on, unitary = Wires((*Wires(control_wires), *Wires(wires))), base
        if not isinstance(base, QubitUnitary):
            matrix = as_array(base)
            check_shape(self.name, "base", matrix, ("2**n", "2**n"), real=False)
            targets = shape_of(matrix)[-1].bit_length() - 1
            unitary = QubitUnitary(matrix, on[len(on) - targets :], unitary_check=unitary_check)
        controls = on[: len(on) - len(unitary.wires)]
        super().__init__(unitary, controls, control_values, work_wires, id=id)


def controlled(
    base: Operator,
    control_wires: WiresLike,
    control_values: object = None,
    work_wires: WiresLike | None = None,
) -> Operator:
    """Return an operator with controls, as a named gate where one exists.

    Existing controls are merged with the new ones. Without controls the operator itself is
    returned.
    """
    controls = Wires(control_wires)
    if not controls:
        return base
    values = control_bits(len(controls), control_values, name=f"C({base.name})")
    absorb(base)
    _on(controls, base, work_wires)
    core, inner, inner_values = core_of(base)
    on = Wires((*controls, *inner))
    bits = (*values, *inner_values)
    named = _gate(core, on, bits)
    if named is not None:
        return named
    if isinstance(core, QubitUnitary):
        return ControlledQubitUnitary(core, (*on, *core.wires), bits)
    return Controlled(core, on, bits)


def _on(controls: Wires, base: Operator, work_wires: WiresLike | None) -> Wires:
    """Return the wires of a controlled operator, all different and none a work wire."""
    name = f"ctrl of {base.name}"
    remedy = "Compute the conditions on work wires, and control by these."
    check_size(name, len(controls), MOST_CONTROLS, unit="control wires", remedy=remedy)
    wires = Wires.of((*controls, *base.wires), owner=name)
    check_work_wires(name, wires, work_wires)
    return wires


def core_of(operator: Operator) -> tuple[Operator, Wires, tuple[bool, ...]]:
    """Split an operator into the controlled operator, its controls and their values."""
    if isinstance(operator, Controlled):
        core, controls, values = core_of(operator.base)
        wires = Wires((*operator.control_wires, *controls))
        return core, wires, (*operator.control_values, *values)
    controls = operator.control_wires
    if not (isinstance(operator, Gate) and controls):
        return operator, Wires(), ()
    targets = operator.wires[len(controls) :]
    (core,) = without_recording(
        lambda: [GATES[operator.spec.core](*operator.parameters, wires=targets)]
    )
    return core, controls, operator.control_values


def _gate(core: Operator, controls: Wires, values: tuple[bool, ...]) -> Operator | None:
    """Return the named gate with this core and these controls, if there is one."""
    wires = (*controls, *core.wires)
    name = CONTROLLED_NAMES.get((core.name, len(controls)))
    if name is not None and all(values):
        gate: Operator = GATES[name](*core.parameters, wires=wires)
        return gate
    return MultiControlledX(wires, values) if core.name == "PauliX" else None


def _named(operator: Controlled) -> Operator | None:
    """Return the named gate that equals the operator, if there is one."""
    core, controls, values = core_of(operator)
    found = without_recording(lambda: filter(None, [_gate(core, controls, values)]))
    return found[0] if found else None


def _controlled_gates(base: Operator, controls: Wires) -> list[Operator]:
    """Return gates that apply ``base`` where every control is 1."""
    core, inner, values = core_of(base)
    rule = RULES.get(core.name)
    if rule is not None:
        gates = rule(core, Wires((*controls, *inner)))
        return on_values(inner, values, gates)
    parts = base.factors()
    if len(parts) == 1:
        parts = base.decomposition()
    return _controlled_product(parts, controls)


def _controlled_product(parts: Sequence[Operator], controls: Wires) -> list[Operator]:
    """Control several gates; a first gate that the last one undoes needs no control."""
    if len(parts) > 2 and parts[0].adjoint() == parts[-1]:
        return [parts[0], *_controlled_product(parts[1:-1], controls), parts[-1]]
    return [controlled(part, controls) for part in parts]


Rule = Callable[[Operator, Wires], list[Operator]]


def _flip_y(base: Operator, controls: Wires) -> list[Operator]:
    target = base.wires[0]
    return [PhaseShift(-pi / 2, target), *controlled_flip(controls, target), S(target)]


def _hadamard(base: Operator, controls: Wires) -> list[Operator]:
    target = base.wires[0]
    sign = controlled_phase(pi, (*controls, target))
    return [RY(-pi / 4, target), *sign, RY(pi / 4, target)]


def _swap(base: Operator, controls: Wires) -> list[Operator]:
    first, second = base.wires
    flip = CNOT((second, first))
    return [flip, *controlled_flip((*controls, first), second), flip]


def _phase(phi: float | None = None) -> Rule:
    """Return the rule of a phase on the state 1: ``phi``, or the angle of the gate."""
    return lambda base, controls: controlled_phase(
        base.parameters[0] if phi is None else phi, (*controls, *base.wires)
    )


def _rotation(kind: type[Gate]) -> Rule:
    return lambda base, controls: controlled_rotation(
        kind, base.parameters[0], controls, base.wires[0]
    )


RULES: Mapping[str, Rule] = {
    "GlobalPhase": lambda base, controls: controlled_phase(-base.parameters[0], controls),
    "Hadamard": _hadamard,
    "PauliX": lambda base, controls: controlled_flip(controls, base.wires[0]),
    "PauliY": _flip_y,
    "PauliZ": _phase(pi),
    "PhaseShift": _phase(),
    "RX": _rotation(RX),
    "RY": _rotation(RY),
    "RZ": _rotation(RZ),
    "S": _phase(pi / 2),
    "SWAP": _swap,
    "T": _phase(pi / 4),
    "U1": _phase(),
}
"""Controlled form of each gate; other gates are decomposed, then controlled gate by gate."""
