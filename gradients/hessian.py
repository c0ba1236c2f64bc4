"""Hessian of a circuit by parameter shifts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qgate.arguments import array_of
from qgate.arrays import namespace, shape_of
from qgate.exceptions import InvalidTransform, described
from qgate.findable import picklable
from qgate.gradients.chain_rule import Function, Polynomial, SecondOrderJet, is_polynomial
from qgate.gradients.classical_jacobian import ClassicalPart, QNodeLike
from qgate.gradients.method import owners, refuse
from qgate.gradients.parameter_shift import parameter_shift, shifts_by_slot
from qgate.gradients.qnode_transform import HybridTransform, as_list
from qgate.gradients.registry import METHODS
from qgate.gradients.second_order import second_order
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.tape import Tape
from qgate.transforms.linear import Recombined, linear_measurements
from qgate.typing import Argnums, BoolArray, Nested, Postprocess, Tensor


@picklable
def param_shift_hessian(
    tape: Tape | QNodeLike,
    argnum: Argnums | BoolArray = None,
    diagonal_shifts: object = None,
    off_diagonal_shifts: object = None,
    f0: Nested = None,
    *,
    argnums: Argnums = None,
    hybrid: bool = True,
) -> Nested:
    r"""Return the second derivatives of all results by the trainable parameters, in one submission.

    Parameters
    ----------
    tape : QuantumScript or QNode
        Tape or QNode that measures anything except samples: expectation values, variances,
        probabilities, states, density matrices, and entropies and purities of these.
    argnum : int, sequence of int, array of bool, optional
        Positions among the n trainable parameters of the tape, or a mask of them, shape (n,), or a
        symmetric mask of derivatives, shape (n, n). All other derivatives are zero.
    diagonal_shifts, off_diagonal_shifts : sequence, optional
        Shifts in radians of the first-order rules, one sequence for each trainable angle, or one
        for all. Those on the diagonal are applied twice.
    f0 : array or tuple, optional
        Results without shifts; if given, they are not computed.
    argnums : int or sequence of int, optional
        QNode: positions of the arguments to differentiate by; default all trainable ones.
    hybrid : bool
        QNode: whether derivatives are by its arguments; otherwise by the angles of its gates.

    Returns
    -------
    callable for a QNode, (list of QuantumScript, callable) for a tape
        QNode: by an argument of shape ``t``, for a result of shape ``s``, an array ``t + t + s``.
        Several results give a tuple, several arguments a tuple of those. Tape: for n parameters n
        tuples of n arrays of shape ``s`` (between array parameters of shapes ``t`` and ``u``: ``t +
        u + s``), for one parameter the array; several results give a tuple of those. A shot vector
        gives a tuple of all these.

    Raises
    ------
    DifferentiationError
        Nothing is trainable.
    InvalidTransform
        ``argnum`` is invalid, or the tape is a broadcast.
    UnsupportedDiffMethod
        Shift rules do not hold for the measurements.

    Notes
    -----
    Angles may depend on the arguments in any way: first and second derivatives of the classical
    processing are taken into account. Cost: for n Pauli rotations 2n(n-1) + n + 1 circuits, and 2n
    for the gradient if the processing has second derivatives or a result is not a linear function
    of expectation values, such as a variance or an entropy; all are rows of one sweep. Such a
    function F of quantities q, of a density matrix for instance, has the second derivatives F''[d_i
    q, d_j q] + F'[d_ij q], where the circuits return q and its derivatives, and the framework
    computes those of F. Reference: Mari et al., Phys. Rev. A 103, 012405 (2021).

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x[0], wires=0)
    ...     qg.CRY(x[1], wires=[0, 1])
    ...     return qg.expval(qg.Z(0) @ qg.Z(1))
    >>> param_shift_hessian(circuit)(np.array([0.5, 0.2], requires_grad=True)).round(6)
    array([[-0.868836,  0.047624],
           [ 0.047624,  0.059989]])
    """
    transform = _Hessian(argnum, diagonal_shifts, off_diagonal_shifts, f0)
    return transform(tape, argnums=argnums, hybrid=hybrid)


@dataclass(frozen=True, eq=False)
class _Quantum:
    """Derivatives by the n trainable slots, one entry for each measurement of shape ``s``."""

    gradients: Sequence[Tensor]
    """Shape (n,) + s; empty if they are not needed."""

    hessians: Sequence[Tensor]
    """Shape (n, n) + s."""


@dataclass(frozen=True, eq=False)
class _Hessian(HybridTransform):
    argnum: Argnums | BoolArray
    diagonal: object
    off_diagonal: object
    f0: Nested

    name: ClassVar[str] = "param_shift_hessian"

    def expand(self, tape: Tape, classical: ClassicalPart | None) -> tuple[list[Tape], Postprocess]:
        self._refuse(tape, classical)
        owner = owners(tape)
        kept = _mask(self.argnum, len(tape.trainable_params))[np.ix_(owner, owner)]
        linear, recombine = linear_measurements(tape, variances=True)
        linear = linear.with_trainable(tape.trainable_params)
        slots = tuple(int(slot) for slot in tape.trainable_slots)
        second = second_order(
            linear,
            kept,
            diagonal=shifts_by_slot(self.diagonal, slots),
            off_diagonal=shifts_by_slot(self.off_diagonal, slots),
        )
        stencils = [*second.stencils]
        is_plain = not isinstance(recombine, Recombined)
        is_curved = classical is not None and classical.is_curved
        if is_curved or not is_plain:
            shots = min(linear.shots.parts, default=None)
            stencils.append(parameter_shift(linear.structure, slots, shots=shots).stencil)
        if not is_plain or not len(second.offsets):
            stencils.append(second.value)
        known = as_list(self.f0) if is_plain and self.f0 is not None and len(second.offsets) else []
        shifted = ShiftedSweep.of(second.decomposed, *stencils, known=bool(known))

        def postprocess(results: Sequence[Nested]) -> _Quantum:
            values = as_list(results[0])
            series = _series(shifted, values, known or [None] * len(values))
            if not isinstance(recombine, Recombined):
                return _Quantum(series.first, series.second)
            return _recombined(series, recombine, tape, kept, sloped=is_curved)

        return shifted.tapes(linear), postprocess

    def _refuse(self, tape: Tape, classical: ClassicalPart | None) -> None:
        refuse("parameter-shift", METHODS["parameter-shift"].refusal(tape))
        if classical is not None and classical.in_observable:
            raise InvalidTransform(
                transform=self.name,
                reason="the measurements depend on the arguments, by coefficients or a matrix",
                remedy="Use qg.jacobian(qg.grad(circuit)), which differentiates these as well.",
            )

    def of_tape(self, quantum: _Quantum, tape: Tape) -> Nested:
        found = tuple(_by_parameters(hessian, tape) for hessian in quantum.hessians)
        return found[0] if len(found) == 1 else found

    def of_argument(self, quantum: _Quantum, classical: ClassicalPart, index: int) -> Nested:
        jacobian, shape = classical.flat(index), classical.shape(index)
        found = []
        for position, hessian in enumerate(quantum.hessians):
            xp, measured = namespace([hessian, jacobian]), shape_of(hessian)[2:]
            flat = xp.reshape(hessian, (*hessian.shape[:2], -1))
            chained = xp.einsum("abm,as,bt->stm", flat, jacobian, jacobian)
            if quantum.gradients and classical.is_curved:
                gradient = xp.reshape(quantum.gradients[position], (len(hessian), -1))
                second = xp.reshape(classical.second(gradient)[index], (-1, *chained.shape[:2]))
                chained = chained + xp.transpose(second, (1, 2, 0))
            found.append(xp.reshape(chained, (*shape, *shape, *measured)))
        return found[0] if len(found) == 1 else tuple(found)

    def joined(self, results: Sequence[Nested], classical: ClassicalPart) -> Nested:
        return results[0] if len(results) == 1 and classical.bare else tuple(results)


def _series(
    shifted: ShiftedSweep, values: Sequence[Tensor], known: Sequence[Tensor]
) -> SecondOrderJet:
    pairs = zip(values, known, strict=True)
    parts = zip(*(shifted.derivatives(value, here) for value, here in pairs), strict=True)
    orders = [stencil.order for stencil in shifted.stencils]
    found = dict(zip(orders, parts, strict=True))
    return SecondOrderJet(*(found.get(order, ()) for order in range(3)))


def _recombined(
    series: SecondOrderJet, recombine: Recombined, tape: Tape, kept: BoolArray, *, sloped: bool
) -> _Quantum:
    """Return the derivatives of the results of the tape from those of linear quantities."""
    gradients, hessians = [], []
    for item, recipe in zip(tape.measurements, recombine.recipes, strict=True):
        is_simple = is_polynomial(item, sampled=bool(tape.shots))
        derivatives = (Polynomial if is_simple else Function)(series, recipe)
        if sloped:
            gradients.append(derivatives.slope())
        hessian = derivatives.curvature()
        ones = (1,) * (len(shape_of(hessian)) - 2)
        hessians.append(hessian * kept.reshape(*kept.shape, *ones).astype(float))
    return _Quantum(gradients, hessians)


def _by_parameters(hessian: Tensor, tape: Tape) -> Nested:
    """Split the derivatives by all trainable slots, shape (n, n) + s, by parameters."""
    xp, measured = namespace([hessian]), shape_of(hessian)[2:]
    shapes = [tape.angle_shapes[index] for index in tape.trainable_params]
    ends = np.cumsum([math.prod(shape) for shape in shapes]).tolist()
    parts = [(slice(a, b), each) for a, b, each in zip([0, *ends], ends, shapes, strict=False)]
    cut = tuple(
        tuple(
            xp.reshape(hessian[rows, columns], (*shape, *other, *measured))
            for columns, other in parts
        )
        for rows, shape in parts
    )
    return cut[0][0] if len(cut) == 1 else cut


def _mask(argnum: Argnums | BoolArray, count: int) -> BoolArray:
    """Convert the user's ``argnum`` to a mask of shape (count, count)."""
    if argnum is None:
        return np.ones((count, count), dtype=bool)
    given = array_of(argnum)
    if given.dtype == bool:
        if given.shape == (count,):
            return np.outer(given, given)
        if given.shape == (count, count) and np.array_equal(given, given.T):
            return given
    elif given.ndim < 2 and given.dtype.kind in "iu":
        positions = np.atleast_1d(given)
        if ((-count <= positions) & (positions < count)).all():
            chosen = np.isin(np.arange(count), positions % count)
            return np.outer(chosen, chosen)
    raise InvalidTransform(
        transform="param_shift_hessian",
        reason=f"argnum={described(argnum)} names none of the derivatives by the {count} trainable "
        "parameter(s) of the circuit",
        remedy=f"Give positions from 0 to {count - 1}, {count} truth values, or a symmetric mask "
        f"of shape ({count}, {count}).",
    )
