"""Suzuki-Trotter products of quantum functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from qgate.arguments import require_accepts, require_function, truth, whole_number
from qgate.arrays import opened
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator
from qgate.operations.parameters import as_array, require_numbers
from qgate.sizes import check_size
from qgate.templates.block_template import BlockTemplate
from qgate.templates.subroutines.time_evolution import step_size, trotter_step
from qgate.typing import Function, Tensor

OPTIONS = frozenset({"n", "order", "qfunc", "reverse"})


class TrotterizedQfunc(BlockTemplate):
    r"""Suzuki-Trotter product of the gates that a function applies for a time.

    Order 1 is the function itself. Order 2 is the function for half the time, then its gates for
    half the time in reverse order; higher orders consist of these, as in ``TrotterProduct``.

    Parameters
    ----------
    time : float
        Divided by the number of steps, it is passed on to the function.
    *trainable_args : numbers or arrays
        Further arguments of the function. The last one is ``wires``, if that is not given by name.
    qfunc : callable
        Quantum function ``qfunc(time, *trainable_args, wires=wires, **kwargs)``.
    n : int
        Number of steps, at least 1.
    order : int
        1 or an even number.
    reverse : bool
        Whether the gates of the function are applied in reverse order first.
    id : str, optional
    **kwargs
        ``wires``, and further arguments of the function.

    Raises
    ------
    InvalidParameters
        The function is missing or takes other arguments, or a number is out of range.
    TooLarge
        The function would be called more often than ``qgate.sizes.MOST_OPERATIONS``.
    """

    def __init__(
        self,
        time: Tensor,
        *trainable_args: Any,
        qfunc: Function | None = None,
        n: int = 1,
        order: int = 2,
        reverse: bool = False,
        id: str | None = None,
        **kwargs: Any,
    ) -> None:
        name = "TrotterizedQfunc"
        if "wires" not in kwargs:
            if not trainable_args:
                raise InvalidParameters(f"{name} was given no wires. Name them, wires=...")
            *trainable_args, kwargs["wires"] = trainable_args  # type: ignore[assignment]
        wires = kwargs.pop("wires")
        numbers = tuple(map(as_array, (time, *trainable_args)))
        for argument, value in zip(
            ["time", *["an argument"] * len(trainable_args)], numbers, strict=True
        ):
            require_numbers(name, argument, value)
        require_accepts(name, "qfunc", qfunc, *numbers, wires=wires, **kwargs)
        steps, level = _checked(n, order)
        options = {
            "n": steps,
            "order": level,
            "reverse": truth(name, "reverse", reverse),
            "kwargs": kwargs,
        }
        super().__init__(qfunc, numbers, wires, options, id=id)

    def gates(self, time: Tensor, *args: Tensor) -> list[Operator]:
        options, rest = self.options, tuple(map(opened, args))
        found: list[Operator] = []
        backward = options["reverse"]
        for _, fraction in trotter_step(1, options["order"]):
            share = opened(time) * (fraction / options["n"])
            part = self.block(share, *rest, wires=self.wires, **options["kwargs"])
            found += part[::-1] if backward else part
            backward = not backward
        steps: int = options["n"]
        return found * steps


def trotterize(
    qfunc: Function, n: int = 1, order: int = 2, reverse: bool = False
) -> Callable[..., TrotterizedQfunc]:
    """Return a function that applies the Suzuki-Trotter product of a quantum function.

    Parameters
    ----------
    qfunc : callable
        Quantum function ``qfunc(time, *args, wires=wires, **kwargs)``; its first argument is the
        time.
    n, order, reverse
        As for ``TrotterizedQfunc``.

    Returns
    -------
    callable
        Called like ``qfunc``, it applies and returns a ``TrotterizedQfunc``.

    Raises
    ------
    InvalidParameters
        A keyword of the call is one of these options, or does not fit.

    Examples
    --------
    >>> def turns(time, theta, wires):
    ...     qg.RX(time * theta, wires[0])
    ...     qg.RY(time, wires[1])
    >>> [gate.name for gate in trotterize(turns)(0.1, 0.2, wires=[0, 1]).decomposition()]
    ['RX', 'RY', 'RY', 'RX']
    """
    require_function("trotterize", "qfunc", qfunc)

    @wraps(qfunc)
    def product(time: Tensor, *args: Any, **kwargs: Any) -> TrotterizedQfunc:
        taken = sorted(OPTIONS & kwargs.keys())
        if taken:
            raise InvalidParameters(
                f"A function of trotterize was given the keyword(s) {', '.join(taken)}, which are "
                "options of trotterize. Rename the argument of the function."
            )
        return TrotterizedQfunc(
            time, *args, qfunc=qfunc, n=n, order=order, reverse=reverse, **kwargs
        )

    return product


def _checked(n: object, order: object) -> tuple[int, int]:
    """Return the number of steps, and the order."""
    steps, level = whole_number(n), whole_number(order)
    if steps is None or steps < 1 or level is None or level < 1 or (level > 1 and level % 2):
        raise InvalidParameters(
            f"TrotterizedQfunc was given n={described(n)} and order={described(order)}. Give a "
            "number of steps, at least 1, and an order that is 1 or a positive even number."
        )
    check_size(
        "TrotterizedQfunc",
        steps * step_size(1, level),
        unit="calls of the function",
        remedy="Take fewer steps or a lower order.",
    )
    return steps, level
