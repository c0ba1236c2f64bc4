"""Gradient methods written by users as functions on tapes."""

from __future__ import annotations

import functools
import inspect

from qgate.exceptions import DifferentiationError, described
from qgate.gradients.method import Options, check_options
from qgate.gradients.transform import TapeTransform, Transformed
from qgate.tape import Tape
from qgate.transforms.circuit_transform import is_transformed
from qgate.typing import Argnums, Function


class UserTransform(TapeTransform):
    """Gradient method written by a user; created by :func:`transform`."""

    def __init__(self, function: Function) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.name = f"<transform: {getattr(function, '__name__', repr(function))}>"
        parameters = list(inspect.signature(function).parameters.values())
        self._takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters)
        self._named = frozenset(each.name for each in parameters[1:])

    def check(self, options: Options) -> None:
        """Refuse options that the function does not have."""
        if not self._takes_any:
            check_options(self.name, options, self._named)

    def of_tape(self, tape: Tape, argnum: Argnums, options: Options) -> Transformed:
        """Call the function; pass ``argnum`` only if it is given."""
        if argnum is not None:
            options = {**options, "argnum": argnum}
            self.check(options)
        made = self.function(tape, **options)
        if not is_transformed(made):
            raise DifferentiationError(
                f"The gradient transform {self.name} returned {described(made)}. It has to "
                "return a sequence of tapes and a function of their results."
            )
        tapes, postprocess = made
        return list(tapes), postprocess

    def __repr__(self) -> str:
        return self.name


def transform(function: Function) -> UserTransform:
    """Create a gradient method from a function on tapes.

    Parameters
    ----------
    function : callable
        Function of a tape, and of options by name. It returns tapes to run, and a function from the
        sequence of their results (each as returned by ``qg.execute``) to the derivatives by the
        tape's trainable parameters, in the format of ``qg.gradients.param_shift``: an array of
        shape ``s + t`` for a result of shape ``s`` and a parameter of shape ``t``, a tuple of these
        for several parameters, and a tuple of those for several results.

    Returns
    -------
    callable
        Transform of tapes and of QNodes. For a QNode it returns a function that returns the
        derivatives by the trainable arguments. It can also be the ``diff_method`` of a QNode, with
        its options as ``gradient_kwargs``. It supports first derivatives only.

    Raises
    ------
    DifferentiationError
        Raised by a later call if the function returns anything else.

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
