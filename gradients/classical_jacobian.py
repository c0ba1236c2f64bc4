"""Classical Jacobian: derivatives of a circuit's angles by the quantum function's arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qgate.arguments import require_function
from qgate.arrays import depends_on_tracer, enclosed, is_traced, namespace, shape_of, unwrap
from qgate.exceptions import InvalidTransform, described
from qgate.findable import picklable
from qgate.operations.operator import ParameterKind
from qgate.shots import Shots
from qgate.tape import Tape
from qgate.transforms.trained_arrays import expressible, with_angles
from qgate.typing import Argnums, Function, IntArray, Nested, Tensor
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.bridge import Interface


class DeviceLike(Protocol):
    """Device, as far as transforms require it."""

    name: str
    wires: Wires | None

    @property
    def capabilities(self) -> CapabilitiesLike:
        """Kinds of exact measurements, and the maximum number of wires."""


class CapabilitiesLike(Protocol):
    """Capabilities of a device on which a choice of circuits depends."""

    @property
    def exact(self) -> frozenset[str]:
        """Kinds of measurement that it returns exactly."""

    @property
    def max_wires(self) -> int | None:
        """Maximum number of wires; None: any."""


class QNodeLike(Protocol):
    """QNode, as far as transforms require it; its own methods have the documentation."""

    func: Function
    shots: Shots

    def __call__(self, *args: Tensor, **kwargs: Tensor) -> Nested:
        """Return the results of a call."""

    @property
    def device(self) -> DeviceLike:
        """Device on which it runs."""

    def single_tape(self, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]) -> Tape:
        """Return the only tape that a call runs."""

    def run(self, tapes: Sequence[Tape], *, diff_method: str | None = None) -> tuple[Nested, ...]:
        """Return the results of tapes."""

    def tape_derivatives(
        self,
        function: Callable[[Tape], Tensor],
        argnums: Argnums,
        args: Sequence[Tensor],
        kwargs: Mapping[str, Tensor],
        *,
        order: int = 1,
    ) -> tuple[tuple[Nested, ...], bool]:
        """Return derivatives of a function of the tape by the arguments."""

    def interface_of(self, args: Sequence[Tensor]) -> Interface:
        """Return the interface that differentiates by these arguments."""


@picklable
def classical_jacobian(
    qnode: QNodeLike,
    argnum: Argnums = None,
    expand_fn: Callable[[Tape], Tape] | None = None,
    trainable_only: bool = True,
) -> Function:
    r"""Return the derivatives of the gate arguments of a QNode by its own arguments.

    Only the classical processing inside the quantum function is differentiated; no circuit is run.

    Parameters
    ----------
    qnode : QNode
    argnum : int, sequence of int or None
        Positions of the arguments to differentiate by; None: all trainable ones.
    expand_fn : callable, optional
        Transformation that is applied to the recorded tape first.
    trainable_only : bool
        Whether only trainable gate arguments have rows; otherwise all have.

    Returns
    -------
    callable
        Function of the arguments of the QNode. It returns an array :math:`J_{ij} = \partial
        g_i/\partial w_j` of shape ``(m,) + t`` for m gate arguments and an argument of shape ``t``;
        for several arguments, or a sequence ``argnum``, a tuple. Gate arguments that are arrays of
        equal shape ``u`` give ``(m,) + u + t``; if their shapes differ, each of their elements has
        a row.

    Raises
    ------
    DifferentiationError
        Nothing in the call is trainable.

    Notes
    -----
    Cost: one call of the quantum function, and one backward pass for each row.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local")
    ... def circuit(weights):
    ...     qg.RX(weights[0], wires=0)
    ...     qg.RY(0.2 * weights[0], wires=1)
    ...     qg.RZ(weights[1] ** 2, wires=1)
    ...     return qg.expval(qg.Z(1))
    >>> classical_jacobian(circuit)(np.array([1.0, 3.0], requires_grad=True))
    array([[1. , 0. ],
           [0.2, 0. ],
           [0. , 6. ]])
    """
    require_qnode("classical_jacobian", qnode)
    if expand_fn is not None:
        require_function("classical_jacobian", "expand_fn", expand_fn)

    def gate_arguments(tape: Tape) -> Tensor:
        expanded = tape if expand_fn is None else expand_fn(tape)
        if not isinstance(expanded, Tape):
            raise InvalidTransform(
                transform="classical_jacobian",
                reason=f"expand_fn returned {described(expanded)} instead of a tape",
                remedy="Return the changed tape.",
            )
        values = expanded.get_parameters(trainable_only=trainable_only)
        xp = namespace(values)
        if len({shape_of(value) for value in values}) == 1:
            return xp.stack(values)
        return xp.concatenate([xp.reshape(value, (-1,)) for value in values])

    @functools.wraps(qnode)
    def jacobian(*args: Tensor, **kwargs: Tensor) -> Nested:
        found, bare = qnode.tape_derivatives(gate_arguments, argnum, args, kwargs)
        return found[0] if bare else found

    return jacobian


@dataclass(frozen=True, eq=False)
class ClassicalPart:
    """Angles of a recorded circuit as functions of the arguments of its quantum function.

    Parameters
    ----------
    qnode : QNode
    argnums : int, sequence of int or None
    args, kwargs
        Arguments of the call.
    arrays : tuple of int
        Positions of the matrices and states of the recorded tape that depend on the arguments;
        ``marked`` decomposes them into gates with angles.
    trained : tuple of int
        Positions of those angles of the decomposed tape that depend on the arguments.
    slots : array of int, shape (n,)
        Slots of these angles.
    jacobians : tuple of array
        For each argument, of shape ``t``, the derivatives of these angles, ``(n,) + t``.
    bare : bool
        Whether a single argument is given, not a sequence.
    in_observable : bool
        Whether numbers of the measurements depend on the arguments as well.
    """

    qnode: QNodeLike
    argnums: Argnums
    args: Sequence[Tensor]
    kwargs: Mapping[str, Tensor]
    arrays: tuple[int, ...]
    trained: tuple[int, ...]
    slots: IntArray
    jacobians: tuple[Tensor, ...]
    bare: bool
    in_observable: bool

    @classmethod
    def of(
        cls,
        qnode: QNodeLike,
        argnums: Argnums,
        args: Sequence[Tensor],
        kwargs: Mapping[str, Tensor],
    ) -> ClassicalPart:
        """Compute the dependence of a call's angles on its arguments.

        Raises
        ------
        DifferentiationError
            Nothing in the call is trainable.
        InvalidTransform
            No angle depends on the arguments, or an array does that has no gates with angles.
        """
        seen: list[tuple[tuple[int, ...], tuple[int, ...], IntArray, bool]] = []

        def trained_angles(tape: Tape) -> Tensor:
            traced = [at for at, value in enumerate(tape.parameters) if depends_on_tracer(value)]
            arrays = _moved_arrays(tape, traced)
            tape, order = with_angles(tape, traced if arrays else ())
            if order is not None:
                traced = tape.trainable_params
            trained = sorted(set(traced) & set(angle_positions(tape)))
            if not trained:
                raise InvalidTransform(
                    transform=f"The derivative of {qnode.func.__name__}",
                    reason="no angle of its gates depends on the arguments to differentiate by",
                    remedy="Let a gate use them, or give other argnums.",
                )
            tape = tape.with_trainable(trained)
            in_observable = len(traced) > len(trained)
            seen.append((arrays, tuple(trained), tape.trainable_slots, in_observable))
            return _side_by_side(tape, trained, qnode.interface_of(args))

        jacobians, bare = qnode.tape_derivatives(trained_angles, argnums, args, kwargs)
        for jacobian in jacobians:
            if isinstance(jacobian, list | tuple | dict):
                raise InvalidTransform(
                    transform=f"The derivative of {qnode.func.__name__}",
                    reason=f"an argument is a {type(jacobian).__name__} of arrays",
                    remedy="Give it one array, such as qgate.numpy.array of the numbers.",
                )
        arrays, trained, slots, observable = seen[-1]
        known = tuple(map(enclosed, jacobians))
        return cls(qnode, argnums, args, kwargs, arrays, trained, slots, known, bare, observable)

    def marked(self, tape: Tape) -> Tape:
        """Return the recorded tape, or one of other numbers, with its trainable angles marked."""
        written, _ = with_angles(tape, self.arrays)
        return written.with_trainable(self.trained)

    def flat(self, index: int) -> Tensor:
        """Return the Jacobian by one argument as a matrix, shape (n, size)."""
        jacobian = self.jacobians[index]
        return namespace([jacobian]).reshape(jacobian, (len(self.slots), -1))

    def shape(self, index: int) -> tuple[int, ...]:
        """Return the shape of one argument."""
        return shape_of(self.jacobians[index])[1:]

    @functools.cached_property
    def is_curved(self) -> bool:
        """Whether some angle has a second derivative; assumed where this is itself differentiated.

        It is tested on a combination of all second derivatives with arbitrary weights.
        """
        if any(is_traced(value) for value in self.jacobians):
            return True
        weights = np.random.default_rng(0).normal(size=len(self.slots))
        return any(np.any(unwrap(second) != 0.0) for second in self.second(weights))

    def second(self, weights: Tensor) -> tuple[Tensor, ...]:
        """Return the second derivatives of sums of the angles with weights of shape ``(n,) + s``.

        They are an array ``s + t + t`` for each argument of shape ``t``.
        """

        def weighted(tape: Tape) -> Tensor:
            angles = self.marked(tape).row()[self.slots]
            return namespace([angles, weights]).tensordot(angles, weights, 1)

        found, _ = self.qnode.tape_derivatives(
            weighted, self.argnums, self.args, self.kwargs, order=2
        )
        return tuple(found)


def _side_by_side(tape: Tape, trained: Sequence[int], interface: Interface) -> Tensor:
    """Return the angles of trainable parameters as one vector, in one operation where possible."""
    joined = None
    if tape.batch_size is None:
        joined = interface.row([tape.parameters[index] for index in trained])
    return tape.row()[..., tape.trainable_slots] if joined is None else joined[0]


def angle_positions(tape: Tape) -> list[int]:
    """Return the positions of the angles among the parameters of a tape."""
    kinds = tape.parameter_kinds
    return [index for index, kind in enumerate(kinds) if kind is ParameterKind.ANGLES]


def _moved_arrays(tape: Tape, traced: Sequence[int]) -> tuple[int, ...]:
    """Return the positions of matrices and states that depend on the arguments, or refuse them."""
    owners = [operation for operation in tape.operations for _ in operation.parameters]
    angles = set(angle_positions(tape))
    found = tuple(index for index in traced if index < len(owners) and index not in angles)
    for index in found:
        if tape.batch_size is not None or not expressible(owners[index]):
            raise InvalidTransform(
                transform="A derivative by the angles of the gates",
                reason=f"{owners[index].name} depends on the arguments by a whole array",
                remedy="Mark the array as not trainable (requires_grad=False), or write the "
                "circuit with gates that have angles.",
            )
    return found


def require_qnode(name: str, target: object) -> None:
    """Refuse an object that is neither a tape nor a QNode."""
    if not hasattr(target, "tape_derivatives"):
        raise InvalidTransform(
            transform=name,
            reason=f"it was given {described(target)}, which is neither a QNode nor a tape",
            remedy="Give a quantum function that is bound to a device, qg.QNode(function, device).",
        )
