"""Decomposition of circuits into gates of a set."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from math import pi

import numpy as np

from qgate.arguments import items_of, mapping_of, truth, whole_number
from qgate.arrays import is_concrete, is_traced, unwrap
from qgate.exceptions import TransformError, UndefinedError, described
from qgate.operations.conditions import Conditional
from qgate.operations.gate import GATES, Gate
from qgate.operations.matrices import circuit_matrix
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.unitaries import QubitUnitary
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.decomposition import MOST_LEVELS
from qgate.transforms.passes.euler import rotation_of
from qgate.transforms.passes.neighbours import single
from qgate.transforms.passes.rotations import global_phase
from qgate.transforms.pipeline import Transformed
from qgate.transforms.primitive_rules import rewritten
from qgate.transforms.trained_arrays import expressible, rotated_parts

Condition = Callable[[Operator], bool]

PUBLIC_NAMES: Mapping[str, str] = {
    **{cls.__name__: name for name, cls in GATES.items()},
    **{"H": "Hadamard", "I": "Identity", "CPhase": "ControlledPhaseShift"},
    **{"SQISW": "SISWAP", "QubitStateVector": "StatePrep"},
}
"""Name of the operator for each name of a gate in ``qgate``."""


TRIVIAL = 1e-12
"""Smallest angle of a rotation that is not left out."""


@transform
def decompose(
    tape: Tape,
    *,
    gate_set: Collection[str | type] | None = None,
    stopping_condition: Condition | None = None,
    max_expansion: int | None = None,
    num_work_wires: int | None = 0,
    minimize_work_wires: bool = False,
    fixed_decomps: Mapping[type, object] | None = None,
    alt_decomps: Mapping[type, object] | None = None,
    strict: bool = True,
) -> Transformed:
    """Decompose a circuit into gates of a set.

    Decompositions are exact. ``GlobalPhase`` is left out unless it is in the set.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    gate_set : collection of str or type, optional
        Names or classes of gates; of a mapping the keys. Default: all gates of qgate, so that only
        templates, wrappers and products are decomposed.
    stopping_condition : callable, optional
        Returns True for further operators that stay.
    max_expansion : int, optional
        Maximum number of decompositions of each operator after another.
    strict : bool
        Whether to warn of operators that are not in the set and stay.
    num_work_wires, minimize_work_wires
        Without effect: decompositions need no other wires.
    fixed_decomps, alt_decomps
        Refused: an operator has one decomposition, its own.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        An option is none of these.

    Notes
    -----
    Matrices and states are decomposed by their numbers; traced ones as rotations, with first
    derivatives, where their numbers are known.

    Examples
    --------
    >>> (tape,), _ = decompose(qg.tape.QuantumScript([qg.IsingXX(1.2, [0, 1])]),
    ...                        gate_set={qg.CNOT, "RX"})
    >>> tape.operations
    [CNOT(wires=[0, 1]), RX(1.2, wires=[0]), CNOT(wires=[0, 1])]
    """
    if any(
        mapping_of("decompose", name, given)
        for name, given in {"fixed_decomps": fixed_decomps, "alt_decomps": alt_decomps}.items()
    ):
        raise TransformError(
            transform="decompose",
            reason="it has no alternatives to an operator's own decomposition",
            remedy="Leave fixed_decomps and alt_decomps out, or define a gate with the "
            "decomposition (qgate.operations.gate.decomposed).",
        )
    levels = MOST_LEVELS if max_expansion is None else whole_number(max_expansion)
    if (
        levels is None
        or levels < 0
        or not (stopping_condition is None or callable(stopping_condition))
    ):
        raise TransformError(
            transform="decompose",
            reason=f"max_expansion={described(max_expansion)} and stopping_condition="
            f"{described(stopping_condition)} are no number of levels and a function",
            remedy="Give a whole number from 0 on, and a function of an operator.",
        )
    names = gate_names(gate_set)
    accepts = partial(_is_accepted, names, stopping_condition)
    left = set[str]()
    limited = max_expansion is not None
    found = [
        part
        for operation in tape.operations
        for part in _parts(operation, accepts, levels, None if limited else left)
    ]
    if left and truth("decompose", "strict", strict):
        warnings.warn(
            f"decompose: {', '.join(sorted(left))} cannot be written in the gates of the set, and "
            "stay. Add them to gate_set, or give strict=False.",
            UserWarning,
            stacklevel=2,
        )
    return single(tape, [part for part in found if part.name != "GlobalPhase" or accepts(part)])


@transform
def unitary_to_rot(tape: Tape) -> Transformed:
    """Decompose each ``QubitUnitary`` on one or two wires into rotations and ``CNOT``.

    A traced matrix is a constant one after rotations whose angles carry its first derivative.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.
    """
    found = list[Operator]()
    for operation in tape.operations:
        small = isinstance(operation, QubitUnitary) and len(operation.wires) <= 2
        parts = _expanded(operation, lambda part: False) if small else None
        found += [operation] if parts is None else _by_value(parts)
    return single(tape, found)


def gate_names(gate_set: object) -> frozenset[str]:
    """Return the names of operators in a user's set of gates."""
    if gate_set is None:
        return frozenset(GATES)
    given = None if isinstance(gate_set, str) else items_of(gate_set)
    names = [each if isinstance(each, str) else _name_of_class(each) for each in given or ()]
    if given is None or None in names:
        raise TransformError(
            transform="decompose",
            reason=f"{described(gate_set)} is no set of gates",
            remedy="Give names or classes of gates, such as {'RX', qg.CNOT}.",
        )
    return frozenset(PUBLIC_NAMES.get(str(name), str(name)) for name in names)


def _name_of_class(given: object) -> str | None:
    return given.__name__ if isinstance(given, type) and issubclass(given, Operator) else None


def _is_accepted(names: frozenset[str], condition: Condition | None, operation: Operator) -> bool:
    if isinstance(operation, Conditional):
        return _is_accepted(names, condition, operation.base)
    if operation.name in names or operation.name == "Snapshot" or isinstance(operation, MidMeasure):
        return True
    return condition is not None and bool(condition(operation))


def _parts(
    operation: Operator, accepts: Condition, levels: int, left: set[str] | None
) -> Iterator[Operator]:
    """Yield the decomposition of an operator; ``left`` receives the names of those that stay."""
    parts = None if accepts(operation) or not levels else _expanded(operation, accepts)
    if parts is not None:
        for part in parts:
            yield from _parts(part, accepts, levels - 1, left)
        return
    if left is not None and not accepts(operation) and operation.name != "GlobalPhase":
        left.add(operation.name)
    yield operation


def _expanded(operation: Operator, accepts: Condition) -> list[Operator] | None:
    """Return the decomposition of an operator by one level; None: there is none."""
    arrays = zip(operation.parameters, operation.parameter_kinds, strict=True)
    traced = [v for v, kind in arrays if kind is not ParameterKind.ANGLES and is_traced(v)]
    if traced:
        known = all(map(is_concrete, traced)) and expressible(operation)
        return rotated_parts(operation) if known else None
    try:
        own = operation.decomposition()
        done = all(part.name == "GlobalPhase" or accepts(part) for part in own)
        return own if done else _turned(operation, accepts) or own
    except UndefinedError:
        parts = rewritten(operation, accepts)
        return None if parts is None else [*parts, *_missing_phase(operation, parts)]


def _turned(operation: Operator, accepts: Condition) -> list[Operator] | None:
    """Return a constant gate on one wire as up to three rotations, if these are accepted.

    The middle one is about y or, with a quarter turn about z on both sides, about x.
    """
    if len(operation.wires) != 1 or operation.parameters or not isinstance(operation, Gate):
        return None
    wire = operation.wires
    outer, middle = (
        GATES["RZ"],
        next((GATES[name] for name in ("RY", "RX") if accepts(GATES[name](0.5, wire))), None),
    )
    rotation = rotation_of([operation])
    if middle is None or rotation is None or not accepts(outer(0.5, wire)):
        return None
    first, theta, last = (float(angle) for angle in (rotation.phi, rotation.theta, rotation.omega))
    if abs(theta) < TRIVIAL:
        turns = [outer(_nearest(first + last), wire)]
    else:
        quarter = pi / 2 if middle is GATES["RX"] else 0.0
        turns = [
            outer(_nearest(first - quarter), wire),
            middle(theta, wire),
            outer(_nearest(last + quarter), wire),
        ]
    turns = [turn for turn in turns if abs(turn.parameters[0]) > TRIVIAL]
    return [*turns, *_missing_phase(operation, turns)]


def _nearest(angle: float) -> float:
    """Return an angle within one turn; a whole turn is a sign, which is part of the phase."""
    return float((angle + pi) % (2 * pi) - pi)


def _by_value(parts: list[Operator]) -> list[Operator]:
    """Return parts with the constant matrices among them decomposed."""
    return [
        each
        for part in parts
        for each in (part.decomposition() if isinstance(part, QubitUnitary) else [part])
    ]


def _missing_phase(operation: Operator, parts: list[Operator]) -> list[Operator]:
    """Return the phase by which the parts of a gate without numbers differ from it."""
    if operation.parameters:
        return []  # rules of rotations are exact
    made = np.asarray(unwrap(circuit_matrix(parts, operation.wires)))
    wanted = np.asarray(unwrap(operation.matrix()))
    return global_phase(float(np.angle(np.trace(made.conj().T @ wanted))))
