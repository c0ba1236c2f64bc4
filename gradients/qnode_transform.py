"""Transforms of tapes, applied to QNodes together with their classical processing."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from qgate.arrays import enclosed, finished, framework_among, in_containers, namespace
from qgate.exceptions import InvalidTransform
from qgate.gradients.classical_jacobian import (
    ClassicalPart,
    QNodeLike,
    angle_positions,
    require_qnode,
)
from qgate.gradients.generated import pulled_back
from qgate.gradients.tape_arrays import refuse_chosen_arrays
from qgate.numpy.tensors import marked, tensor
from qgate.short_repr import summary
from qgate.tape import Tape
from qgate.typing import Argnums, Function, Nested, Postprocess, Tensor


class HybridTransform(ABC):
    """Transform that differentiates by the angles of a tape, or by the arguments of a QNode.

    Required: ``name``, ``expand``, ``of_tape`` and ``of_argument``.
    Optional: ``check_qnode``, ``joined`` and ``diff_method``.

    The returned tapes may have traced parameters, and their results are processed in the framework
    of these, so that the whole transform can be differentiated.
    """

    name: ClassVar[str]
    diff_method: ClassVar[str | None] = None
    """Gradient method for the returned tapes; None: the QNode's method."""

    @abstractmethod
    def expand(self, tape: Tape, classical: ClassicalPart | None) -> tuple[list[Tape], Postprocess]:
        """Return tapes to run, and a function of their results.

        The trainable parameters of ``tape``, which has one row, are angles; ``classical`` is their
        dependence on the arguments of a QNode. The function turns the results of one part of a shot
        vector, one per tape, into the argument of the methods below.
        """

    @abstractmethod
    def of_tape(self, quantum: Nested, tape: Tape) -> Nested:
        """Return the result for a tape."""

    @abstractmethod
    def of_argument(self, quantum: Nested, classical: ClassicalPart, index: int) -> Nested:
        """Return the result for one argument of a QNode."""

    def joined(self, results: Sequence[Nested], classical: ClassicalPart) -> Nested:
        """Return the results for all arguments of a QNode."""
        return results[0] if len(results) == 1 else tuple(results)

    def check_qnode(self, qnode: QNodeLike) -> HybridTransform:
        """Return the transform for this QNode, or refuse the QNode."""
        return self

    def __call__(
        self, target: Tape | QNodeLike, *, argnums: Argnums = None, hybrid: bool = True
    ) -> Nested:
        """Transform a tape to tapes and a function of their results, or a QNode to a function.

        Arguments as for ``param_shift_hessian``.
        """
        if isinstance(target, Tape):
            refuse_chosen_arrays(target, transform=self.name)
            return self._expanded(target)
        require_qnode(self.name, target)
        return self.check_qnode(target)._of_qnode(target, argnums, hybrid=hybrid)

    def _expanded(self, tape: Tape) -> tuple[list[Tape], Postprocess]:
        angles = set(angle_positions(tape))
        trained = self._trained(tape, [at for at in tape.trainable_params if at in angles])
        if not trained.trainable_params:
            return [], lambda results: ()
        tapes, postprocess = self.expand(trained, None)

        def finish(results: Sequence[Nested]) -> Nested:
            found = self.of_tape(postprocess(in_containers(enclosed, results)), trained)
            return in_containers(lambda value: finished(value, trained.parameters), found)

        return tapes, self._by_part(trained, finish)

    def _of_qnode(self, qnode: QNodeLike, argnums: Argnums, *, hybrid: bool) -> Function:
        @functools.wraps(qnode)
        def transformed(*args: Tensor, **kwargs: Tensor) -> Nested:
            if hybrid:
                tapes, finish = self._with_classical(ClassicalPart.of(qnode, argnums, args, kwargs))
            else:
                tapes, finish = self._expanded(self._by_angles(qnode, argnums, args, kwargs))
            found = finish(qnode.run(tapes, diff_method=self.diff_method))
            if not any(isinstance(arg, tensor) for arg in args):
                return found
            return in_containers(lambda value: marked(value, trainable=True), found)

        return transformed

    @staticmethod
    def _by_angles(
        qnode: QNodeLike, argnums: Argnums, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]
    ) -> Tape:
        """Return the tape of a call, with the angles marked that derivatives are taken by."""
        tape: Tape = qnode.single_tape(args, kwargs)
        if framework_among(args) is not None:  # arrays are only marked while traced
            return ClassicalPart.of(qnode, argnums, args, kwargs).marked(tape)
        return tape

    def _with_classical(self, classical: ClassicalPart) -> tuple[list[Tape], Postprocess]:
        recorded = classical.qnode.single_tape(classical.args, classical.kwargs)
        tape = self._trained(classical.marked(recorded), classical.trained)
        tapes, postprocess = self.expand(tape, classical)
        positions = range(len(classical.jacobians))

        def finish(results: Sequence[Nested]) -> Nested:
            quantum = postprocess(in_containers(enclosed, results))
            by_argument = [
                in_containers(
                    functools.partial(_as_precise, jacobian=classical.jacobians[index]),
                    self.of_argument(quantum, classical, index),
                )
                for index in positions
            ]
            return self.joined(by_argument, classical)

        return tapes, self._by_part(tape, finish)

    def _trained(self, tape: Tape, trained: Sequence[int]) -> Tape:
        if tape.batch_size is not None:
            raise InvalidTransform(
                transform=self.name,
                reason=f"the circuit is a broadcast of {tape.batch_size} rows of parameters",
                remedy="Call it for one row of parameters at a time.",
            )
        return tape.with_trainable(trained)

    @staticmethod
    def _by_part(tape: Tape, finish: Postprocess) -> Postprocess:
        """Apply a function of results to each part of a shot vector."""
        if not tape.shots.partitioned:
            return finish
        return lambda results: tuple(finish(part) for part in zip(*results, strict=True))

    def __repr__(self) -> str:
        return summary(self, "name")


class MatrixTransform(HybridTransform):
    """Transform of a tape to a matrix (n, n) by its trainable slots, times ``scale``.

    Required: ``name`` and ``expand``, whose function of results returns the matrix.
    """

    scale: float

    def of_tape(self, quantum: Tensor, tape: Tape) -> Tensor:
        return quantum * self.scale

    def of_argument(self, quantum: Tensor, classical: ClassicalPart, index: int) -> Tensor:
        shape, matrix = classical.shape(index), self.matrix_of(quantum, classical, index)
        return namespace([matrix]).reshape(matrix, (*shape, *shape))

    def matrix_of(self, quantum: Tensor, classical: ClassicalPart, index: int) -> Tensor:
        """Return the matrix by the elements of one argument."""
        return self.scale * pulled_back(quantum, classical.flat(index))


def as_list(result: Tensor) -> list[Tensor]:
    """Return the results of all measurements of a tape as a list."""
    return list(result) if isinstance(result, tuple | list) else [result]


def _as_precise(found: Tensor, jacobian: Tensor) -> Tensor:
    """Convert an array to the framework and precision of the argument."""
    is_single = isinstance(jacobian, np.ndarray) and jacobian.dtype == np.float32
    if is_single and isinstance(found, np.ndarray | np.generic):
        return found.astype(np.float32)
    return finished(found, [jacobian])
