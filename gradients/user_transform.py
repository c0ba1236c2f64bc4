"""Gradient methods that users write as functions on tapes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from qgate.exceptions import DifferentiationError, described
from qgate.gradients.method import check_options
from qgate.gradients.transform import TapeTransform, Transformed
from qgate.tape import Tape


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
                f"The gradient transform {self.name} returned {described(made)}. It has to "
                "return a sequence of tapes and a function of their results."
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
