"""Rotations next to each other as one rotation."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from qgate.arguments import finite_number, items_of
from qgate.arrays import unwrap
from qgate.exceptions import TransformError, described
from qgate.operations.controls import core_of
from qgate.operations.gate import GATES, Gate
from qgate.operations.operator import Operator
from qgate.operations.symbolic import Adjoint
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.euler import rotation_of
from qgate.transforms.passes.neighbours import BARRIERS, Wirewise, action, is_known, single
from qgate.transforms.pipeline import Transformed
from qgate.typing import Tensor, Wire


@transform
def merge_rotations(
    tape: Tape, atol: float = 1e-8, include_gates: Collection[str] | None = None
) -> Transformed:
    """Merge rotations about the same axis that follow each other.

    Their angles are added. ``Rot`` is merged by matrices; with traced numbers, only where its
    angles have derivatives.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    atol : float
        A merged gate of an angle up to this size is left out, unless the angle is trained.
    include_gates : collection of str, optional
        Names of the gates to merge; default all exp(i x G) of an angle x, and ``Rot``.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Notes
    -----
    Cost: linear in the number of gates.

    Examples
    --------
    >>> gates = [qg.RX(0.1, 0), qg.CZ([1, 2]), qg.RX(0.2, 0), qg.RY(0.3, 1), qg.RY(-0.3, 1)]
    >>> (tape,), _ = merge_rotations(qg.tape.QuantumScript(gates))
    >>> [gate.name for gate in tape.operations]
    ['RX', 'CZ']
    """
    tolerance = tolerance_of("merge_rotations", atol)
    names = names_of("merge_rotations", "include_gates", include_gates)
    circuit = Wirewise()
    for operation in map(_without_adjoint, tape.operations):
        before = circuit.before(operation)
        merged = None
        if before is not None and (names is None or operation.name in names):
            merged = _merged(before, operation)
        if merged is None:
            circuit.append(operation)
        elif _is_trivial(merged, tolerance):
            circuit.remove_before(operation)
        else:
            circuit.replace_before(merged)
    return single(tape, circuit.operations)


@transform
def single_qubit_fusion(
    tape: Tape, atol: float | None = 1e-8, exclude_gates: Collection[str] | None = None
) -> Transformed:
    """Fuse gates on one wire that follow each other into a ``Rot``.

    The phases of all fused gates are one ``GlobalPhase`` at the end. Gates with traced numbers are
    fused where the angles of the product have derivatives: not at multiples of the identity, at
    flips, or while numbers are not known.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    atol : float, optional
        A fused gate whose angles are up to this size is left out, unless they are trained; None:
        it stays.
    exclude_gates : collection of str, optional
        Names of gates that are not fused.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Examples
    --------
    >>> gates = [qg.H(0), qg.S(0), qg.RX(0.3, 0), qg.CNOT([0, 1])]
    >>> (tape,), _ = single_qubit_fusion(qg.tape.QuantumScript(gates))
    >>> [gate.name for gate in tape.operations]
    ['Rot', 'CNOT', 'GlobalPhase']
    """
    tolerance = -1.0 if atol is None else tolerance_of("single_qubit_fusion", atol)
    excluded = names_of("single_qubit_fusion", "exclude_gates", exclude_gates) or frozenset()
    groups, open_groups = list[list[Operator]](), dict[Wire, list[Operator]]()
    for operation in tape.operations:
        wires = operation.wires
        fusable = len(wires) == 1 and operation.is_gate and operation.has_matrix
        fusable = fusable and operation.name not in excluded | BARRIERS
        if fusable and wires[0] in open_groups:
            open_groups[wires[0]].append(operation)
            continue
        for wire in wires if wires or operation.name not in BARRIERS else list(open_groups):
            open_groups.pop(wire, None)
        groups.append([operation])
        if fusable:
            open_groups[wires[0]] = groups[-1]
    fused, phase = list[Operator](), 0.0
    for gates in groups:
        rotation = rotation_of(gates) if len(gates) > 1 else None
        if rotation is None:
            fused += gates
            continue
        phase = phase + rotation.gamma
        if rotation.is_phase(tolerance):
            phase = phase - (unwrap(rotation.phi) + unwrap(rotation.omega)) / 2
        else:
            angles = rotation.phi, rotation.theta, rotation.omega
            fused.append(GATES["Rot"](*angles, wires=gates[0].wires))
    return single(tape, [*fused, *global_phase(phase)])


def global_phase(gamma: Tensor) -> list[Operator]:
    """Return the gate that multiplies by exp(i gamma); none, if that is known to be 1."""
    if is_known(gamma) and np.allclose(np.exp(1j * np.asarray(unwrap(gamma))), 1.0, atol=1e-12):
        return []
    return [GATES["GlobalPhase"](-gamma)]


def tolerance_of(name: str, atol: object) -> float:
    """Return a tolerance as a number, or refuse it."""
    number = finite_number(atol)
    if number is None or number < 0:
        raise TransformError(
            transform=name,
            reason=f"atol={described(atol)} is no tolerance",
            remedy="Give a number from 0 on.",
        )
    return float(number)


def names_of(name: str, option: str, given: object) -> frozenset[str] | None:
    """Return names of gates as a set, or refuse them."""
    names = None if given is None else items_of(given)
    if given is not None and (names is None or not all(isinstance(each, str) for each in names)):
        raise TransformError(
            transform=name,
            reason=f"{option}={described(given)} are no names of gates",
            remedy="Give a list of names, such as ['RX', 'RZ'].",
        )
    return None if names is None else frozenset(names)


def _without_adjoint(operation: Operator) -> Operator:
    """Return the adjoint of a rotation as a rotation."""
    if not isinstance(operation, Adjoint):
        return operation
    base = _without_adjoint(operation.base)
    return base.adjoint() if _is_additive(base) or base.name == "Rot" else operation


def _merged(before: Operator, after: Operator) -> Operator | None:
    """Return two gates as one, if both are rotations about the same axis."""
    if before.name == after.name == "Rot" and before.wires == after.wires:
        rotation = rotation_of([before, after])
        if rotation is None:
            return None
        return before.with_parameters([rotation.phi, rotation.theta, rotation.omega])
    if not _is_additive(before) or action(before) != action(after):
        return None
    return before.with_parameters([before.parameters[0] + after.parameters[0]])


def _is_additive(operation: Operator) -> bool:
    """Return whether a gate is exp(i x G) of its angle x."""
    if not operation.is_gate or not operation.wires:
        return False
    core, _, _ = core_of(operation)
    return isinstance(core, Gate) and core.spec.generator is not None


def _is_trivial(operation: Operator, tolerance: float) -> bool:
    numbers = operation.parameters
    if not all(map(is_known, numbers)):
        return False
    values = [np.asarray(unwrap(value)) for value in numbers]
    tested = [values[0] + values[2], values[1]] if operation.name == "Rot" else values
    return all(bool(np.all(abs(value) <= tolerance)) for value in tested)
