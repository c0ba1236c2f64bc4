"""Gradient methods as functions on tapes and on quantum functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qgate.exceptions import UnsupportedDiffMethod
from qgate.gradients.method import ShiftMethod
from qgate.gradients.stencil import Stencil
from qgate.operations.operator import ParameterKind
from qgate.tape import Tape
from qgate.transforms.linear import linear_measurements


class GradientTransform:
    """A gradient method that can be called on a tape or on a QNode.

    On a QNode it returns a function with the same arguments that gives the derivatives of
    the results by each trainable argument. On a tape it returns tapes to run and a function
    that turns their results into derivatives. As ``diff_method`` it stands for its method.

    Parameters
    ----------
    method : callable
        Makes the shifted circuits.
    doc : str
        What it says of itself.
    """

    def __init__(self, method: ShiftMethod, doc: str) -> None:
        self.method = method
        self.diff_method = method.name
        self.__doc__ = doc

    def __call__(self, target: Any, argnum: Any = None, **options: Any) -> Any:
        """Differentiate a tape or a QNode.

        Parameters
        ----------
        target : QuantumScript or QNode
        argnum : int or sequence of int, optional
            Tape: positions among its trainable parameters. QNode: positions of arguments.
            Default all trainable ones.
        options
            As in ``gradient_kwargs``.

        Returns
        -------
        (list of QuantumScript, callable) for a tape, a callable for a QNode
        """
        if isinstance(target, Tape):
            return self._of_tape(target, argnum, options)
        return target.gradient_function(self.diff_method, argnum, options)

    def _of_tape(
        self, tape: Tape, argnum: Any, options: dict[str, Any]
    ) -> tuple[list[Tape], Callable[[Sequence[Any]], Any]]:
        if tape.batch_size is not None:
            raise UnsupportedDiffMethod(
                method=self.diff_method,
                reason="the tape is a broadcast already",
                remedy="Give a tape without batched parameters, or differentiate a QNode.",
            )
        trained = _trained(tape, argnum)
        linear, recombine = linear_measurements(tape, variances=True)
        if recombine is not tuple:
            raise UnsupportedDiffMethod(
                method=self.diff_method,
                reason="a variance is no linear function of the state, and a tape's transform is",
                remedy="Measure the expectation values of A and A @ A, or differentiate a QNode.",
            )
        if not trained:
            return [], lambda results: ()
        marked = linear.with_shots(linear.shots)
        marked.trainable_params = trained
        slots = tuple(int(slot) for slot in marked.trainable_slots)
        shifted = self.method(
            marked.structure, slots, order=1, shots=tape.shots.total_shots, options=options
        )
        native = shifted.decomposed.sweep(marked.with_shots(None).sweep())
        rows = native.rows + shifted.stencil.offsets
        batch = Tape(
            native.structure.bind(rows, native.arrays),
            native.structure.bind_measurements(native.arrays),
            tape.shots,
        )
        shapes = [tape.angle_shapes[index] for index in trained]
        return [batch], lambda results: _derivatives(
            results[0], shifted.stencil, shapes, len(tape.measurements)
        )


def _trained(tape: Tape, argnum: Any) -> list[int]:
    """Return the positions of the angles to differentiate by among all parameters."""
    trainable = tape.trainable_params
    if argnum is not None:
        chosen = [argnum] if isinstance(argnum, int | np.integer) else list(argnum)
        trainable = [trainable[position] for position in chosen]
    return [i for i in trainable if tape.parameter_kinds[i] is ParameterKind.ANGLES]


def _derivatives(
    result: Any, stencil: Stencil, shapes: Sequence[tuple[int, ...]], count: int
) -> Any:
    """Contract one batched result, and cut it by measurement and by parameter."""
    entries = [result] if count == 1 else list(result)
    cut = [_by_parameter(stencil.contract(np.asarray(entry)), shapes) for entry in entries]
    return cut[0] if count == 1 else tuple(cut)


def _by_parameter(derivatives: Any, shapes: Sequence[tuple[int, ...]]) -> Any:
    parts, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        part = np.moveaxis(derivatives[start : start + size], 0, -1)
        parts.append(part.reshape(*part.shape[:-1], *shape))
        start += size
    return parts[0] if len(parts) == 1 else tuple(parts)
