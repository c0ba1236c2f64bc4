"""Repetition of a gate, template or quantum function in layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arguments import require_accepts, sequence_of
from qgate.exceptions import InvalidParameters, described
from qgate.sizes import check_size
from qgate.typing import Function, Tensor


def layer(template: Function, depth: int, *args: Sequence[Tensor], **kwargs: object) -> None:
    """Apply a gate, template or quantum function ``depth`` times.

    Parameters
    ----------
    template : callable
        The j-th call is ``template(*(argument[j] for argument in args), **kwargs)``.
    depth : int
    *args : sequence or array
        Of length ``depth``.
    **kwargs
        Keyword arguments of each call.

    Raises
    ------
    InvalidParameters
        An argument has another length, or ``depth`` is not a whole number >= 0.
    TooLarge
        ``depth`` is above ``qgate.sizes.MOST_OPERATIONS``.

    Examples
    --------
    >>> from qgate.operations.rotations import RY
    >>> from qgate.recording import recording
    >>> with recording() as recorder:
    ...     layer(RY, 2, [0.1, 0.2], wires="a")
    >>> recorder.items
    (RY(0.1, wires=['a']), RY(0.2, wires=['a']))
    """
    _check_depth(depth)
    args = tuple(sequence_of("layer", "an argument", argument) for argument in args)
    require_accepts("layer", "template", template, *args, **kwargs)
    for argument in args:
        if len(argument) != depth:
            raise InvalidParameters(
                f"layer was given depth={described(depth)} and an argument of length "
                f"{len(argument)}. "
                "Each positional argument has one entry for each repetition. "
                "Give what stays the same by keyword."
            )
    for index in range(depth):
        template(*(argument[index] for argument in args), **kwargs)


def _check_depth(depth: int) -> None:
    if not isinstance(depth, int | np.integer) or isinstance(depth, bool) or depth < 0:
        raise InvalidParameters(
            f"layer was given depth={described(depth)}. The number of repetitions is an integer "
            "from 0 on."
        )
    check_size("layer", depth, unit="repetitions", remedy="Repeat less often.")
