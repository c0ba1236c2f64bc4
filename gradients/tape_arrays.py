"""Derivatives of a tape by its trainable matrices and states.

A trainable array is decomposed into a constant and rotations (``with_angles``). The method
differentiates the circuit by the angles of these, and the chain rule with the Jacobian of the
angles by the array gives the derivative by the array.
"""

from __future__ import annotations

from dataclasses import dataclass

from qgate.arrays import is_traced, namespace, unwrap
from qgate.exceptions import InvalidTransform
from qgate.gradients.method import Refusal, refuse, refuse_trained_arrays
from qgate.operations.operator import Operator, ParameterKind
from qgate.tape import Tape
from qgate.transforms.trained_arrays import rotation_angles, shows_phase, with_angles
from qgate.typing import Tensor


@dataclass(frozen=True, eq=False)
class ArrayFree:
    """Tape whose trainable arrays are decomposed into rotations, so that all of them are angles.

    ``jacobians`` has, for each trainable parameter, None, or for an array of shape ``t`` the
    derivatives of its m angles, shape ``(m,) + t``.
    """

    tape: Tape
    jacobians: tuple[Tensor | None, ...]

    @classmethod
    def of(cls, tape: Tape, *, method: str) -> ArrayFree:
        """Decompose the trainable arrays of operations into rotations, or refuse them."""
        chosen = _of_operations(tape)
        refusal = refuse_trained_arrays(chosen.structure, chosen.trainable_params)
        refuse(method, refusal or _refuse_others(chosen))
        owners = [operation for operation in tape.operations for _ in operation.parameters]
        arrays = _arrays(chosen)
        jacobians = tuple(
            _jacobian(owners[index], tape) if index in arrays else None
            for index in chosen.trainable_params
        )
        written, _ = with_angles(chosen, chosen.trainable_params)
        return cls(written.with_shots(tape.shots), jacobians)

    def by_array(self, derivative: Tensor, position: int) -> Tensor:
        """Return the derivative by a trainable parameter, from that by its angles.

        The latter has shape s + (m,); ``position`` is that among the trainable parameters.
        """
        jacobian = self.jacobians[position]
        if jacobian is None:
            return derivative
        return namespace([derivative]).tensordot(derivative, jacobian, 1)


def refuse_chosen_arrays(tape: Tape, *, transform: str) -> None:
    """Refuse a tape with arrays among its trainable parameters, where only angles are supported."""
    arrays = _arrays(_of_operations(tape))
    if arrays:
        rest = [index for index in tape.trainable_params if index not in arrays]
        raise InvalidTransform(
            transform=transform,
            reason=f"the trainable parameters {sorted(arrays)} of the tape are whole arrays",
            remedy=f"Leave them out, for example by tape.trainable_params = {rest}, or give a "
            "QNode, whose arguments may be such arrays.",
        )


def _of_operations(tape: Tape) -> Tape:
    """Return the tape; coefficients and arrays of observables are trainable only if chosen."""
    if tape.is_chosen:
        return tape
    angles, array = ParameterKind.ANGLES, ParameterKind.ARRAY
    count = sum(operation.num_params for operation in tape.operations)
    return tape.with_trainable(
        [
            index
            for index, kind in enumerate(tape.parameter_kinds)
            if kind is angles or (kind is array and index < count)
        ]
    )


def _arrays(tape: Tape) -> set[int]:
    """Return the positions of the arrays among the trainable parameters."""
    kinds = tape.parameter_kinds
    return {index for index in tape.trainable_params if kinds[index] is ParameterKind.ARRAY}


def _refuse_others(tape: Tape) -> Refusal:
    """Refuse coefficients, and arrays that a framework differentiates by.

    The Jacobian of the angles is computed in numpy, so a framework could not differentiate it.
    """
    kinds = tape.parameter_kinds
    if any(kinds[index] is ParameterKind.COEFFICIENTS for index in tape.trainable_params):
        return (
            "coefficients of an observable are among the trainable parameters of the tape",
            "Leave them out of tape.trainable_params, or differentiate a QNode with qg.jacobian, "
            "which differentiates coefficients.",
        )
    if not any(is_traced(tape.parameters[index]) for index in _arrays(tape)):
        return None
    return (
        "a trainable array of the tape is being differentiated",
        "Give the tape a numpy array, or differentiate a QNode, for example with qg.jacobian.",
    )


def _jacobian(operation: Operator, tape: Tape) -> Tensor:
    """Return the derivatives of the angles by the array of an operation, shape (m,) + t."""
    from autograd import jacobian  # a sixth of the first call under another framework

    phase = shows_phase(tape)

    def angles(array: Tensor) -> Tensor:
        return rotation_angles(operation.with_parameters([array]), phase=phase)

    return jacobian(angles)(unwrap(operation.parameters[0]))
