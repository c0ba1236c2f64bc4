"""Gradient methods as functions on tapes and on quantum functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from autograd.differential_operators import make_jvp

from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.gradients.method import ShiftMethod, check_options
from qgate.gradients.stencil import Stencil, union
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.operator import ParameterKind
from qgate.tape import Tape
from qgate.transforms.linear import Recombine, linear_measurements
from qgate.typing import FloatArray, Tensor
from qgate.wires import Wires

EXACTLY_LINEAR = frozenset({MeasurementKind.DENSITY_MATRIX})
"""What is measured for its functions where there are no shots."""

Derivatives = Callable[[Sequence[Any]], Any]
"""From the results of the tapes that were made to the derivatives."""


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

    def __call__(
        self, target: Any, argnum: Any = None, *, argnums: Any = None, **options: Any
    ) -> Any:
        """Differentiate a tape or a QNode.

        Parameters
        ----------
        target : QuantumScript or QNode
        argnum : int or sequence of int, optional
            Tape: positions among its trainable parameters; the derivatives by the others are
            left at zero. QNode: another name of ``argnums``.
        argnums : int or sequence of int, optional
            QNode: positions of arguments; default all trainable ones.
        options
            As in ``gradient_kwargs``.

        Returns
        -------
        (list of QuantumScript, callable) for a tape, a callable for a QNode
            The derivative of a result of shape ``s`` by a parameter of shape ``t`` has the
            shape ``s + t``. Several parameters give a tuple, several results a tuple of those,
            a shot vector a tuple of those.

        Raises
        ------
        UnsupportedDiffMethod
            The method cannot differentiate the tape.
        UnknownGradientOption
        """
        if isinstance(target, Tape):
            return self._of_tape(target, argnum, options)
        chosen = argnum if argnums is None else argnums
        return target.gradient_function(self.diff_method, chosen, options)

    def _of_tape(
        self, tape: Tape, argnum: Any, options: Mapping[str, Any]
    ) -> tuple[list[Tape], Derivatives]:
        check_options(self.diff_method, options, self.method.options)
        trained = _trained_angles(tape)
        marked = tape.with_shots(tape.shots)
        marked.trainable_params = trained
        self._refuse(marked)
        wanted = _chosen(marked, argnum)
        if not wanted.any():
            return [], lambda results: ()
        returned = () if tape.shots else EXACTLY_LINEAR
        linear, recombine = linear_measurements(marked, variances=True, returned=returned)
        slots = tuple(int(slot) for slot in marked.trainable_slots[wanted])
        batch, stencils = self._shift(linear, slots, options, value=recombine is not tuple)
        shapes = [tape.angle_shapes[index] for index in trained]
        derive = _Derive(stencils, recombine, wanted, shapes)
        return [batch], lambda results: derive.parts(results[0], partitioned=tape.shots.partitioned)

    def _refuse(self, tape: Tape) -> None:
        refusal = self.method.refusal(tape)
        if tape.batch_size is not None:
            remedy = "Give a tape without batched parameters, or differentiate a QNode."
            refusal = "the tape is a broadcast already", remedy
        if refusal is not None:
            raise UnsupportedDiffMethod(
                method=self.diff_method, reason=refusal[0], remedy=refusal[1]
            )

    def _shift(
        self, tape: Tape, slots: tuple[int, ...], options: Mapping[str, Any], *, value: bool
    ) -> tuple[Tape, list[Stencil]]:
        """Return all points as a broadcast, and the stencil of the derivatives on them.

        The value is run, and its stencil follows, where it is needed.
        """
        shots = min(tape.shots.parts, default=None)
        shifted = self.method(tape.structure, slots, order=1, shots=shots, options=options)
        native = shifted.decomposed.sweep(tape.with_shots(None).sweep())
        needed = [shifted.stencil]
        if value or not len(shifted.stencil.offsets):
            needed.append(Stencil.value(native.structure.num_slots, len(slots)))
        offsets, stencils = union(needed)
        measured = native.structure.bind_measurements(native.arrays)
        if native.structure.wires != tape.structure.wires:  # decomposition may change their order
            measured = [_with_wires(item, tape.structure.wires) for item in measured]
        gates = native.structure.bind(native.rows + offsets, native.arrays)
        batch = Tape(gates, measured, tape.shots)
        return batch, stencils


class _Derive:
    """Turns the results of a broadcast tape of shifted circuits into derivatives.

    Parameters
    ----------
    stencils : sequence of Stencil
        Of the derivatives by the wanted slots, and of the value if it is needed.
    recombine : callable
        From linear quantities to what was measured.
    wanted : array of bool, shape (n,)
        Which of the trained slots the derivatives are by; zero for the others.
    shapes : sequence of tuple of int
        Of the trained parameters.
    """

    def __init__(
        self,
        stencils: Sequence[Stencil],
        recombine: Recombine,
        wanted: Any,
        shapes: Sequence[tuple[int, ...]],
    ) -> None:
        self.stencils, self.recombine = stencils, recombine
        self.wanted, self.shapes = wanted, shapes

    def parts(self, result: Any, *, partitioned: bool) -> Any:
        """Return the derivatives of each part of a shot vector, or of the one result."""
        return tuple(map(self, result)) if partitioned else self(result)

    def __call__(self, result: Any) -> Any:
        entries = [np.asarray(entry) for entry in _listed(result)]
        slopes, *rest = [
            [stencil.contract(entry) for entry in entries] for stencil in self.stencils
        ]
        values = rest[0] if rest else [0.0] * len(entries)
        found = [self._by_parameter(slope) for slope in self._chain(values, slopes)]
        return found[0] if len(found) == 1 else tuple(found)

    def _chain(self, values: Sequence[Any], slopes: Sequence[FloatArray]) -> Sequence[Tensor]:
        """Return the derivatives of the recombined values: those along the slopes, all at once."""

        def along(t: Tensor) -> list[Tensor]:
            return list(self.recombine([v + t * s for v, s in zip(values, slopes, strict=True)]))

        derivatives = []
        for index in range(len(along(0.0))):
            _, tangent = make_jvp(lambda t, index=index: along(t)[index])(0.0)(1.0)
            derivatives.append(tangent)
        return derivatives

    def _by_parameter(self, slopes: FloatArray) -> Any:
        """Cut the derivatives by the wanted slots, shape (m, ...), by parameters."""
        every = np.zeros((*slopes.shape[1:], len(self.wanted)), dtype=slopes.dtype)
        every[..., self.wanted] = np.moveaxis(slopes, 0, -1)
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        parts = np.split(every, np.cumsum(sizes)[:-1], axis=-1)
        cut = [
            part.reshape((*slopes.shape[1:], *shape))
            for part, shape in zip(parts, self.shapes, strict=True)
        ]
        return cut[0] if len(cut) == 1 else tuple(cut)


def _trained_angles(tape: Tape) -> list[int]:
    """Return the positions of the angles among the trainable parameters of a tape."""
    kinds = tape.parameter_kinds
    return [index for index in tape.trainable_params if kinds[index] is ParameterKind.ANGLES]


def _chosen(tape: Tape, argnum: Any) -> Any:
    """Say for each trainable slot whether a derivative by it is wanted."""
    if argnum is None:
        return np.ones(len(tape.trainable_slots), dtype=bool)
    positions = np.atleast_1d(np.asarray(argnum, dtype=np.int64))
    count = len(tape.trainable_params)
    if not ((-count <= positions) & (positions < count)).all():
        raise DifferentiationError(
            f"argnum={argnum!r} is no position among the {count} trainable angles of the tape. "
            f"Give positions from 0 to {count - 1}."
        )
    sizes = [int(np.prod(tape.angle_shapes[index])) for index in tape.trainable_params]
    return np.repeat(np.isin(np.arange(count), positions % count), sizes)


def _with_wires(item: Measurement, wires: Wires) -> Measurement:
    """Name the wires of a measurement that reads all of them."""
    return item.with_wires(wires) if item.obs is None and not item.wires else item


def _listed(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple | list) else [result]
