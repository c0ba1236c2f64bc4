"""Gradient methods as transforms of tapes and QNodes."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from qgate.arguments import truth
from qgate.arrays import enclosed, finished, framework_among, in_containers
from qgate.exceptions import DifferentiationError, described
from qgate.findable import picklable
from qgate.gradients.classical_jacobian import ClassicalPart, QNodeLike
from qgate.gradients.method import Options, check_options, owners, refuse
from qgate.gradients.registry import METHODS, GradientMethod
from qgate.gradients.tape_arrays import ArrayFree
from qgate.gradients.tape_plans import Derive, tape_plan
from qgate.measurements import MeasurementKind
from qgate.short_repr import summary
from qgate.tape import Tape
from qgate.transforms.linear import linear_measurements
from qgate.typing import Argnums, BoolArray, Function, Nested, Postprocess

EXACTLY_LINEAR = frozenset({MeasurementKind.DENSITY_MATRIX})
"""Measurements that count as linear quantities without shots, without an expansion in Pauli words.
"""

Transformed = tuple[list[Tape], Postprocess]
"""Tapes to run, and the function that computes derivatives from their results."""


class TapeTransform(ABC):
    """Transform that can be called on a tape or on a QNode, and be used as ``diff_method``.

    On a QNode it returns a function with the same arguments that returns the derivatives of the
    results by each trainable argument. On a tape it returns tapes to run and a function that
    computes derivatives from their results.

    Required: ``name``, ``of_tape`` and ``check``.
    """

    name: str
    """Name in error messages."""

    @property
    def given_as(self) -> str | TapeTransform:
        """Value of ``diff_method`` that selects the transform."""
        return self

    @abstractmethod
    def of_tape(self, tape: Tape, argnum: Argnums, options: Options) -> Transformed:
        """Return the tapes to run and the function of their results."""

    @abstractmethod
    def check(self, options: Options) -> None:
        """Refuse unknown options."""

    @picklable
    def __call__(
        self,
        target: Tape | QNodeLike,
        argnum: Argnums = None,
        *,
        argnums: Argnums = None,
        hybrid: bool = True,
        **options: object,
    ) -> Nested:
        """Differentiate a tape or a QNode.

        Parameters
        ----------
        target : QuantumScript or QNode
        argnum : int or sequence of int, optional
            Tape: positions among its trainable parameters; the derivatives by the others are zero.
            QNode: another name of ``argnums``.
        argnums : int or sequence of int, optional
            QNode: positions of arguments; default all trainable ones.
        hybrid : bool
            QNode: whether to differentiate by the arguments. False: by the trainable parameters of
            its gates, without the classical computation before them.
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
        DifferentiationError
            The target is neither a tape nor a QNode.
        QuantumFunctionError
            ``argnum`` for a QNode that is called with arrays of JAX, as in PennyLane.
        """
        self.check(options)
        if isinstance(target, Tape):
            return self.of_tape(target, argnum, options)
        if not hasattr(target, "gradient_function"):
            raise DifferentiationError(
                f"{self.name} was given {described(target)}, which is neither a QNode nor a "
                "tape. Give it one of these; what it returns for a QNode is differentiated with "
                "qg.jacobian."
            )
        chosen = argnum if argnums is None else argnums
        if truth(self.name, "hybrid", hybrid):
            function = target.gradient_function(self.given_as, chosen, options)
        else:
            function = self._by_gates(target, argnum, argnums, options)
        made: Nested = function if argnum is None else _without_jax(function)
        made.__circuits_at__ = functools.partial(self._circuits_at, target, options)
        return made

    def _circuits_at(
        self, qnode: Nested, options: Options, level: object, args: Nested, kwargs: Nested
    ) -> list[Tape]:
        """Return the tapes that run for a call, for drawings; at the level "top" the QNode's.

        If no parameter is trainable, all of them are treated as trainable.
        """
        tapes: list[Tape] = qnode.circuits_at(level, args, kwargs)
        if level in ("top", 0):
            return tapes
        trained = [tape if tape.trainable_params else _all_trained(tape) for tape in tapes]
        return [part for tape in trained for part in self.of_tape(tape, None, options)[0]]

    def _by_gates(
        self, qnode: QNodeLike, argnum: Argnums, argnums: Argnums, options: Options
    ) -> Function:
        """Return the derivatives of a QNode's results by the parameters of its gates."""

        @functools.wraps(qnode)
        def derivatives(*args: Nested, **kwargs: Nested) -> Nested:
            tape = qnode.single_tape(args, kwargs)
            if framework_among(args) is not None:  # arrays are only marked while traced
                tape = ClassicalPart.of(qnode, argnums, args, kwargs).marked(tape)
            tapes, finish = self.of_tape(tape, argnum, options)
            return finish(qnode.run(tapes))

        return derivatives

    def __repr__(self) -> str:
        return summary(self, "name")


def _all_trained(tape: Tape) -> Tape:
    """Return a tape by all of whose parameters derivatives are taken."""
    return Tape(tape.operations, tape.measurements, tape.shots)


def _without_jax(function: Function) -> Function:
    """Return a function that refuses arrays of JAX, in which ``argnum`` selects nothing."""

    @functools.wraps(function)
    def checked(*args: Nested, **kwargs: Nested) -> Nested:
        framework = framework_among(args)
        if framework is not None and framework.name == "jax":
            raise DifferentiationError(
                "argnum does not work with the Jax interface. You should use argnums instead: "
                "the positions of the arguments to differentiate by."
            )
        return function(*args, **kwargs)

    return checked


class GradientTransform(TapeTransform):
    """Gradient method that can be called on a tape or on a QNode.

    As ``diff_method`` it is equivalent to the name of its method.

    Parameters
    ----------
    method : GradientMethod
        Method that makes shifted or other circuits.
    """

    def __init__(self, method: GradientMethod) -> None:
        self.method = method
        self.name = self.diff_method = method.name
        self.options = method.options | method.tape_options
        self.__doc__ = (method.shifts or method.circuits).__doc__

    @property
    def given_as(self) -> str:
        """Name of its method."""
        return self.diff_method

    def check(self, options: Options) -> None:
        """Refuse options that neither the method nor the transform has."""
        check_options(self.diff_method, options, self.options)

    def of_tape(self, tape: Tape, argnum: Argnums, options: Options) -> Transformed:
        """Return the tapes to run, and the function that computes derivatives from their results.

        Parameters
        ----------
        tape : QuantumScript
            Tape without a broadcast. Unless its trainable parameters were chosen, all parameters of
            its operations are trainable. The derivative by a complex array is the derivative by its
            real parts minus i times that by its imaginary parts.
        argnum : int, sequence of int or None
            Positions among its trainable parameters.
        options : mapping
        """
        if tape.batch_size is not None:
            remedy = "Give a tape without batched parameters, or differentiate a QNode."
            refuse(self.name, ("the tape is a broadcast already", remedy))
        written = ArrayFree.of(tape, method=self.diff_method)
        marked = written.tape
        trained = marked.trainable_params
        refuse(self.name, self.method.refusal(marked))
        wanted = _chosen(marked, argnum)
        if not wanted.any():
            return [], lambda results: ()
        returned = EXACTLY_LINEAR if self.method.densities and not tape.shots else ()
        linear, recombine = linear_measurements(
            marked, variances=not self.method.nonlinear, returned=returned
        )
        linear = linear.with_trainable(trained)
        plan = tape_plan(self.method, linear, wanted, options, value=recombine is not tuple)
        shapes = [marked.angle_shapes[index] for index in trained]
        derive = Derive(plan.read, recombine, wanted, shapes, written.by_array)
        partitioned = tape.shots.partitioned

        def derivatives(results: Sequence[Nested]) -> Nested:
            found = derive.parts(in_containers(enclosed, results), partitioned=partitioned)
            return in_containers(lambda value: finished(value, tape.parameters), found)

        return plan.tapes, derivatives


@lru_cache
def gradient_transform(name: str) -> GradientTransform:
    """Return the transform of a method of the registry that runs circuits."""
    return GradientTransform(METHODS[name])


def _chosen(tape: Tape, argnum: Argnums) -> BoolArray:
    """Return, for each trainable slot, whether a derivative by it is required."""
    if argnum is None:
        return np.ones(len(tape.trainable_slots), dtype=bool)
    positions = np.atleast_1d(np.asarray(argnum, dtype=np.int64))
    count = len(tape.trainable_params)
    if not ((-count <= positions) & (positions < count)).all():
        raise DifferentiationError(
            f"argnum={described(argnum)} is no position among the {count} trainable "
            f"parameters of the tape. Give positions from 0 to {count - 1}."
        )
    return np.isin(owners(tape), positions % count)
