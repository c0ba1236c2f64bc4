"""Gradient methods as functions on tapes and on quantum functions."""

from __future__ import annotations

import functools
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.gradients.circuits import CircuitMethod
from qgate.gradients.method import ShiftMethod, check_options
from qgate.gradients.tape_plans import Derivatives, Derive, Plan, circuit_plan, shift_plan
from qgate.operations.operator import ParameterKind
from qgate.tape import Tape
from qgate.transforms.linear import linear_measurements
from qgate.typing import BoolArray

TAPE_BOUND = frozenset({"f0", "gradient_recipes"})
"""Options whose meaning depends on the numbers of a tape."""

Transformed = tuple[list[Tape], Derivatives]
"""Tapes to run, and what turns their results into derivatives."""


class TapeTransform(ABC):
    """What can be called on a tape or on a QNode, and be given as ``diff_method``.

    On a QNode it returns a function with the same arguments that gives the derivatives of
    the results by each trainable argument. On a tape it returns tapes to run and a function
    that turns their results into derivatives.

    Required: ``name``, ``of_tape`` and ``check``.
    """

    name: str
    """What errors call it."""

    @property
    def given_as(self) -> Any:
        """What a QNode takes as ``diff_method`` for it."""
        return self

    @abstractmethod
    def of_tape(self, tape: Tape, argnum: Any, options: Mapping[str, Any]) -> Transformed:
        """Return the tapes to run and what to do with their results."""

    @abstractmethod
    def check(self, options: Mapping[str, Any]) -> None:
        """Refuse options that it does not have."""

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
        DifferentiationError
            It was given neither a tape nor a QNode.
        """
        self.check(options)
        if isinstance(target, Tape):
            return self.of_tape(target, argnum, options)
        if not hasattr(target, "gradient_function"):
            raise DifferentiationError(
                f"{self.name} was given {target!r}, which is neither a QNode nor a tape. Give it "
                "one of these; what it returns for a QNode is differentiated with qg.jacobian."
            )
        chosen = argnum if argnums is None else argnums
        return target.gradient_function(self.given_as, chosen, options)


class GradientTransform(TapeTransform):
    """A gradient method that can be called on a tape or on a QNode.

    As ``diff_method`` it stands for its method.

    Parameters
    ----------
    method : callable
        Makes the shifted circuits, or other circuits.
    doc : str
        What it says of itself.
    plan : callable
        From a tape of linear quantities, its wanted slots and the options to its plan.
    bound : frozenset of str
        Which of the options it takes that depend on the numbers of a tape.
    """

    def __init__(
        self,
        method: ShiftMethod | CircuitMethod,
        doc: str,
        plan: Plan,
        bound: frozenset[str] = frozenset(),
    ) -> None:
        self.method, self.plan = method, plan
        self.name = self.diff_method = method.name
        self.options = method.options | bound
        self.__doc__ = doc

    @classmethod
    def of_shifts(
        cls, method: ShiftMethod, doc: str, bound: frozenset[str] = frozenset()
    ) -> GradientTransform:
        """Make the transform of a method that runs a structure at shifted points."""
        return cls(method, doc, functools.partial(shift_plan, method), bound)

    @classmethod
    def of_circuits(cls, method: CircuitMethod, doc: str) -> GradientTransform:
        """Make the transform of a method that runs other circuits."""
        return cls(method, doc, functools.partial(circuit_plan, method))

    @property
    def given_as(self) -> str:
        """The name of its method."""
        return self.diff_method

    def check(self, options: Mapping[str, Any]) -> None:
        """Refuse options that neither the method nor the transform has."""
        check_options(self.diff_method, options, self.options)

    def of_tape(self, tape: Tape, argnum: Any, options: Mapping[str, Any]) -> Transformed:
        """Return the tapes to run, and what turns their results into derivatives.

        Parameters
        ----------
        tape : QuantumScript
            Without a broadcast.
        argnum : int, sequence of int or None
            Positions among its trainable parameters.
        options : mapping
        """
        trained = _trained_angles(tape)
        marked = tape.with_shots(tape.shots)
        marked.trainable_params = trained
        self._refuse(marked)
        wanted = _chosen(marked, argnum)
        if not wanted.any():
            return [], lambda results: ()
        linear, recombine = linear_measurements(marked, variances=not self.method.nonlinear)
        linear.trainable_params = trained
        plan = self.plan(linear, wanted, options, value=recombine is not tuple)
        shapes = [tape.angle_shapes[index] for index in trained]
        derive = Derive(plan.read, recombine, wanted, shapes)
        partitioned = tape.shots.partitioned
        return plan.tapes, lambda results: derive.parts(results, partitioned=partitioned)

    def _refuse(self, tape: Tape) -> None:
        refusal = self.method.refusal(tape)
        if tape.batch_size is not None:
            remedy = "Give a tape without batched parameters, or differentiate a QNode."
            refusal = "the tape is a broadcast already", remedy
        if refusal is not None:
            raise UnsupportedDiffMethod(
                method=self.diff_method, reason=refusal[0], remedy=refusal[1]
            )


class UserTransform(TapeTransform):
    """A gradient method that a user wrote; made by :func:`transform`.

    Parameters
    ----------
    function : callable
        Takes a tape and options; returns tapes, and what turns their results into derivatives.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.name = f"<transform: {getattr(function, '__name__', repr(function))}>"
        parameters = list(inspect.signature(function).parameters.values())
        self._takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters)
        self._named = frozenset(each.name for each in parameters[1:])

    def check(self, options: Mapping[str, Any]) -> None:
        """Refuse options that the function does not have."""
        if not self._takes_any:
            check_options(self.name, options, self._named)

    def of_tape(self, tape: Tape, argnum: Any, options: Mapping[str, Any]) -> Transformed:
        """Call the function, with ``argnum`` only where one was given."""
        if argnum is not None:
            options = {**options, "argnum": argnum}
            self.check(options)
        made = self.function(tape, **options)
        try:
            tapes, postprocess = made
            tapes = list(tapes)
            fits = callable(postprocess) and all(isinstance(each, Tape) for each in tapes)
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise DifferentiationError(
                f"The gradient transform {self.name} returned {made!r}. It has to return a "
                "sequence of tapes and a function of their results."
            )
        return tapes, postprocess

    def __repr__(self) -> str:
        return self.name


def transform(function: Callable[..., Any]) -> UserTransform:
    """Make a gradient method of a function on tapes.

    Parameters
    ----------
    function : callable
        Takes a tape, and options by name. Returns tapes to run, and a function of the sequence
        of their results (each as ``qg.execute`` returns it) that gives the derivatives by the
        tape's trainable parameters, in the form in which ``qg.gradients.param_shift`` gives them:
        an array of shape ``s + t`` for a result of shape ``s`` and a parameter of shape ``t``,
        tuples of those for several parameters, tuples of these for several results.

    Returns
    -------
    callable
        Can be called on tapes, and on QNodes, for which it returns a function that gives the
        derivatives by the trainable arguments; and be given to a QNode as ``diff_method``, with
        its options as ``gradient_kwargs``. It gives first derivatives.

    Raises
    ------
    DifferentiationError
        Later, where the function returns something else.

    Notes
    -----
    Cost: in a QNode the value and all tapes are one submission.

    Examples
    --------
    >>> @qg.gradients.transform
    ... def central(tape, h=1e-4):
    ...     angles = tape.get_parameters()
    ...     pairs = [
    ...         tape.bind_new_parameters([angle + step], [index])
    ...         for index, angle in zip(tape.trainable_params, angles)
    ...         for step in (h, -h)
    ...     ]
    ...     def derivatives(values):
    ...         found = [(up - down) / (2 * h) for up, down in zip(values[::2], values[1::2])]
    ...         return tuple(found) if len(found) > 1 else found[0]
    ...     return pairs, derivatives
    >>> @qg.qnode("local", diff_method=central)
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> print(qg.grad(circuit)(qg.numpy.array(0.5)).round(6))
    -0.479426
    """
    return UserTransform(function)


def _trained_angles(tape: Tape) -> list[int]:
    """Return the positions of the angles among the trainable parameters of a tape."""
    kinds = tape.parameter_kinds
    return [index for index in tape.trainable_params if kinds[index] is ParameterKind.ANGLES]


def _chosen(tape: Tape, argnum: Any) -> BoolArray:
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
