"""The steps of a call of a QNode, with PennyLane's names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from qgate.exceptions import InvalidDrawing, described
from qgate.lazy_names import refuse_unknown
from qgate.levels import circuits_at, transforms_before
from qgate.qnode import QNode, execute, qnode, set_shots
from qgate.tape import Tape
from qgate.transforms.pipeline import CompilePipeline
from qgate.typing import Postprocess

__all__ = [
    "QNode",
    "construct_batch",
    "construct_tape",
    "execute",
    "get_best_diff_method",
    "get_compile_pipeline",
    "qnode",
    "run",
    "set_shots",
]


def construct_batch(
    qnode: QNode, level: str | int | slice = "user"
) -> Callable[..., tuple[Sequence[Tape], Postprocess]]:
    """Return a function of the QNode's arguments that returns its circuits at a level.

    Parameters
    ----------
    qnode : QNode
    level : str, int or slice
        "top", "user", "gradient", "device", "compiled" or a number of stages; see ``qg.draw``.

    Returns
    -------
    callable
        Returns the tapes, and a function from the tuple of their results to a tuple with the result
        of the transforms up to the level. Nothing is sent.

    Examples
    --------
    >>> circuit = qg.QNode(lambda x: (qg.RX(x, 0), qg.expval(qg.Z(0)))[1], "local")
    >>> (tape,), _ = construct_batch(circuit)(0.1)
    >>> tape.operations
    [RX(0.1, wires=[0])]
    """

    @functools.wraps(qnode.func)
    def construct(*args: Any, **kwargs: Any) -> tuple[Sequence[Tape], Postprocess]:
        tapes = circuits_at(qnode, level, args, kwargs)
        count = transforms_before(level, qnode)
        if not count:
            return tapes, tuple
        recorded = qnode.construct(args, kwargs)
        return tapes, qnode.compile_pipeline[:count].of_tapes([recorded])[1]

    return construct


def get_compile_pipeline(
    qnode: QNode, level: str | int | slice = "user"
) -> Callable[..., CompilePipeline]:
    """Return a function of the QNode's arguments that returns its transforms up to a level.

    Parameters as for ``construct_batch``.
    """

    @functools.wraps(qnode.func)
    def pipeline(*args: Any, **kwargs: Any) -> CompilePipeline:
        return qnode.compile_pipeline[: transforms_before(level, qnode)]

    return pipeline


def construct_tape(qnode: QNode, level: str | int | slice = "device") -> Callable[..., Tape]:
    """Return a function of the QNode's arguments that returns its circuit at a level.

    Parameters as for ``construct_batch``. Raises ``InvalidDrawing`` if there are several circuits.
    """

    @functools.wraps(qnode.func)
    def construct(*args: Any, **kwargs: Any) -> Tape:
        tapes = circuits_at(qnode, level, args, kwargs)
        if len(tapes) != 1:
            raise InvalidDrawing(
                argument="level",
                value=described(level),
                allowed=f"There are {len(tapes)} circuits. construct_batch returns all of them.",
            )
        return tapes[0]

    return construct


def get_best_diff_method(qnode: QNode) -> Callable[..., str | None]:
    """Return a function of the QNode's arguments that returns the name of the gradient method.

    It is the method that ``diff_method="best"`` would use, None if there is none; nothing is sent.
    """

    @functools.wraps(qnode.func)
    def best(*args: Any, **kwargs: Any) -> str | None:
        return qnode.update(diff_method="best").explain_call(args, kwargs).method

    return best


run = execute
"""The same as ``execute``."""


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)
