"""Explanation of the gradient method that a QNode uses."""

from __future__ import annotations

import functools

from qgate.arguments import whole_number
from qgate.exceptions import DifferentiationError, described
from qgate.findable import picklable
from qgate.gradients.classical_jacobian import QNodeLike
from qgate.typing import Function, Tensor


@picklable
def explain(qnode: QNodeLike, *, order: int = 1) -> Function:
    """Return a function that explains which gradient method a QNode uses, and why.

    Parameters
    ----------
    qnode : QNode
    order : int
        Order of the derivative.

    Returns
    -------
    callable
        Function with the arguments of the QNode. It runs no circuit, and returns an ``Explanation``
        with ``method``, ``reason`` and, for each other method, whether it could be used or why not.

    Raises
    ------
    DifferentiationError
        The argument is not a QNode, or the order is below 1.

    Examples
    --------
    >>> import qgate as qg
    >>> @qg.qnode("local")
    ... def energy(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> explain(energy)(0.3).method
    'adjoint'
    """
    ask = getattr(qnode, "explain_call", None)
    if ask is None:
        raise DifferentiationError(
            f"explain was given {described(qnode)}. Give a QNode, that is a quantum function "
            "decorated with qg.qnode(device)."
        )

    number = whole_number(order)
    if number is None or number < 1:
        raise DifferentiationError(
            f"explain was given order={described(order)}. Give the order of a derivative: 1, 2, ..."
        )

    @functools.wraps(qnode, updated=())
    def explained(*args: Tensor, **kwargs: Tensor) -> object:
        return ask(args, kwargs, order=number)

    return explained
