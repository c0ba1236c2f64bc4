"""QNodes whose circuits are recorded once."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

from qgate.autodiff.recordings import Recordings, RecordingsOfQNodes
from qgate.context import entered
from qgate.exceptions import QuantumFunctionError, described
from qgate.qnode import QNode


def qjit(fn: Callable[..., Any] | None = None) -> Any:
    """Record the circuit of a QNode once; later calls only compute its angles and run it.

    The function is called with symbols in place of the numbers of its arguments. Its gates become
    a table: each angle is a sum of entries of the arguments with constant factors, or one of
    numpy's functions of such sums. Later calls fill the table and run the circuit, without calling
    the function again. Results and derivatives are those of the QNode, in every framework, with
    every gradient method, from shots and on every device.

    Parameters
    ----------
    fn : QNode or callable
        A QNode, or a function that calls QNodes, such as a cost: its own Python code runs at each
        call, the functions of the QNodes do not.

    Returns
    -------
    QNode or callable
        Called as before.

    Raises
    ------
    NeedsValue
        In the first call: the quantum function asks for the value of an argument, or hands it to a
        function that is not numpy's. The text has the line.
    QuantumFunctionError
        Something else than a QNode or a function was given.

    Notes
    -----
    A call is recorded again when the shape or type of an argument changes, an argument that is no
    array of real numbers (an integer, a text, a flag, an array of integers) has another value, or a
    variable of an enclosing function, or a global variable that the function names, refers to
    another object. Objects that are changed in place are not noticed, nor variables of functions
    that it calls. What the function prints, or draws at random, happens in the first call only.

    Circuits with transforms, mid-circuit measurements or arrays (matrices, states, coefficients)
    that depend on arguments, those with a budget, and calls within a plan are recorded at each
    call, as without ``qjit``.

    Cost: a call takes the time of the simulation or submission, and about 20 us on this side;
    without ``qjit`` it takes some 5 us for each gate. The first call takes that of two.

    Examples
    --------
    >>> @qg.qjit
    ... @qg.qnode("local")
    ... def circuit(x):
    ...     for angle in 2 * x:
    ...         qg.RX(angle, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> print(circuit(qg.numpy.array([0.0, 0.0])))
    1.0
    """
    if fn is None:
        return qjit
    if isinstance(fn, QNode):
        made = copy.copy(fn)
        made.recordings = Recordings()
        return made
    if not callable(fn):
        raise QuantumFunctionError(
            f"qjit was given {described(fn)}. Give it a QNode, or a function that calls QNodes."
        )
    every = RecordingsOfQNodes()

    @functools.wraps(fn)
    def recorded(*args: Any, **kwargs: Any) -> Any:
        with entered(recordings=every):
            return fn(*args, **kwargs)

    return recorded
