"""States of qubits, gate by gate, with PennyLane's names: for programs that simulate step by step.

A state has one axis of length 2 for each wire, ``0, 1, ...``. QNodes do not use these functions;
``qg.QNode`` with the device ``local`` simulates a whole circuit, and is much faster.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from qgate.arrays import enclosed, namespace, opened
from qgate.devices.local.amplitudes import apply, prepare
from qgate.devices.local.exact import MEASURES
from qgate.devices.local.exact import measure as exact
from qgate.exceptions import InvalidParameters, described
from qgate.measurements import Measurement
from qgate.operations.operator import Operator
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

__all__ = ["apply_operation", "create_initial_state", "measure"]


def create_initial_state(
    wires: WiresLike, prep_operation: Operator | None = None, like: str | None = None
) -> Tensor:
    """Return the state 0 of all wires, or a prepared one, shape (2, ..., 2).

    Parameters
    ----------
    wires : wires
    prep_operation : Operator, optional
        A state preparation, for example ``qg.BasisState`` or ``qg.StatePrep``.
    like : str, optional
        Without effect: a state is an array of the framework of the operation, else of numpy.
    """
    order = Wires(wires)
    state = np.zeros((1, 2 ** len(order)), dtype=complex)
    state[0, 0] = 1.0
    if prep_operation is not None:
        state = _prepared(prep_operation, state, order.indices(prep_operation.wires), len(order))
    return opened(namespace([state]).reshape(state, (2,) * len(order)))


def apply_operation(
    op: Operator,
    state: Tensor,
    is_state_batched: bool = False,
    debugger: object = None,
    **execution: Any,
) -> Tensor:
    """Return the state after an operator, which may be a gate or an observable.

    Parameters
    ----------
    op : Operator
        On wires ``0, 1, ...``, which are the axes of the state.
    state : array, shape (2, ..., 2), or (B, 2, ..., 2)
        Of any framework, which differentiates the result.
    is_state_batched : bool
        Whether the first axis counts states.
    debugger, **execution
        Accepted and without effect.

    Raises
    ------
    InvalidParameters
        The shape is not that of a state, or the operator acts on other wires.
    """
    given = enclosed(state)
    shape = tuple(given.shape)
    count = len(shape) - bool(is_state_batched)
    unknown = [wire for wire in op.wires if wire not in range(count)]
    if unknown or shape[len(shape) - count :] != (2,) * count:
        raise InvalidParameters(
            f"{op} cannot be applied to an array of shape {shape}. A state has one axis of length "
            f"2 for each wire, 0, 1, ...; the wires of the operator are {list(op.wires)}."
        )
    xp = namespace([given, *op.parameters])
    flat = xp.reshape(given, (-1, 2**count))
    axes = Wires(range(count)).indices(op.wires)
    if hasattr(op, "canonical_state"):
        applied = _prepared(op, flat, axes, count)
    else:
        bound = op.with_parameters([enclosed(value) for value in op.parameters])
        applied = apply(flat, bound, axes, count, xp=xp)
    batch = op.batch_size is not None or is_state_batched
    return opened(xp.reshape(applied, ((-1,) if batch else ()) + (2,) * count))


def measure(
    measurementprocess: Measurement, state: Tensor, is_state_batched: bool = False
) -> Tensor:
    """Return the exact value of a measurement of a state, as ``apply_operation`` returns it.

    Raises
    ------
    InvalidParameters
        It is none, or has no exact value, like samples.
    """
    kind = getattr(measurementprocess, "kind", None)
    if kind not in MEASURES:
        raise InvalidParameters(
            f"measure was given {described(measurementprocess)}. Give a measurement that has an "
            "exact value, such as qg.expval(qg.Z(0))."
        )
    given = enclosed(state)
    order = Wires(range(len(given.shape) - bool(is_state_batched)))
    xp = namespace([given, *measurementprocess.parameters])
    named = measurementprocess.obs is not None or measurementprocess.wires
    item = measurementprocess if named else measurementprocess.with_wires(order)
    found = opened(exact(item, xp.reshape(given, (-1, 2 ** len(order))), order, xp))
    return found if is_state_batched else found[0]


def _prepared(op: Operator, flat: Tensor, axes: list[int], count: int) -> Tensor:
    """Return states (K, 2**n), all wires in 0, with some wires prepared."""
    parameters = [enclosed(value) for value in op.parameters]
    xp = namespace([flat, *parameters])
    vector = op.canonical_state(parameters, xp)  # type: ignore[attr-defined]
    return prepare(flat, vector, axes, count, xp=xp)
