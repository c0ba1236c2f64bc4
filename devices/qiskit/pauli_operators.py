"""Operators of Qiskit as sums of Pauli words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from qgate.exceptions import InputError, NotACircuit, described
from qgate.operations.pauli import PauliSum
from qgate.typing import WiresLike


def from_qiskit_op(
    qiskit_op: SparsePauliOp,
    params: Mapping[Any, Any] | Sequence[Any] | None = None,
    wires: WiresLike | None = None,
) -> PauliSum:
    """Return an operator of Qiskit as a sum of Pauli words.

    The last letter of a word of Qiskit acts on wire 0.

    Parameters
    ----------
    qiskit_op : SparsePauliOp
    params : mapping or sequence, optional
        Values of the parameters in its coefficients, as ``assign_parameters`` takes them.
    wires : wires, optional
        The wire of each qubit; default 0, 1, ....

    Raises
    ------
    NotACircuit
        It is no ``SparsePauliOp``.
    InputError
        A coefficient has a parameter without a value, the values do not fit the parameters, or
        the number of wires differs.

    Examples
    --------
    >>> from qiskit.quantum_info import SparsePauliOp
    >>> qg.from_qiskit_op(SparsePauliOp(["XY"], [0.5]))
    0.5 * (Y(0) @ X(1))
    """
    if not isinstance(qiskit_op, SparsePauliOp):
        given, remedy = described(qiskit_op)[:80], "Give a qiskit.quantum_info.SparsePauliOp."
        raise NotACircuit(given=given, what="operator of Qiskit", remedy=remedy)
    op = qiskit_op if params is None else _assigned(qiskit_op, params)
    free = [str(parameter) for parameter in op.parameters] if params is None else []
    if params is not None:
        free = [str(item) for item in op.coeffs if getattr(item, "parameters", None)]
    if free:
        reason = f"the coefficients depend on {', '.join(free)}"
        raise InputError(circuit="The operator", reason=reason, inputs=free, hint="")
    coefficients = np.array([complex(item) for item in op.coeffs])
    if not coefficients.imag.any():
        coefficients = coefficients.real
    labels = range(op.num_qubits) if wires is None else wires
    words = [word[::-1] for word in op.paulis.to_labels()]
    return PauliSum.from_words(coefficients, words, labels)


def _assigned(qiskit_op: SparsePauliOp, params: Mapping[Any, Any] | Sequence[Any]) -> SparsePauliOp:
    """Return an operator with values of its parameters."""
    try:
        return qiskit_op.assign_parameters(params)
    except Exception as error:  # of Python and of Qiskit, by the kind of the values
        names = [str(parameter) for parameter in qiskit_op.parameters]
        reason = f"params={described(params)[:80]} does not fit its parameters"
        hint = " Give a number for each, in this order or by the parameter."
        raise InputError(circuit="The operator", reason=reason, inputs=names, hint=hint) from error
