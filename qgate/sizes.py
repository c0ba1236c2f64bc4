"""Limits on what a number given by a user is unrolled to, checked before anything is made.

The limits are far above what devices run: they turn a slip, such as a number of steps that was
meant as a time, into an error where it would fill the memory.
"""

from __future__ import annotations

from qgate.exceptions import TooLarge

MOST_OPERATIONS = 50_000
"""Most operations that one power, template or repetition is unrolled to; a circuit of as many takes
the local device some seconds."""

MOST_IN_CIRCUIT = 100_000
"""Operations of a circuit after its decomposition; circuits written with more gates may have
``MOST_OF_EACH`` for each of them."""

MOST_OF_EACH = 20

MOST_NESTED = 50
"""Most operators, functions or lists within one another; Python's stack ends at some hundreds."""

MOST_CONTROLS = 500
"""Most control wires of one operator."""

MOST_MATRIX_WIRES = 13
"""Most wires of a matrix, which then takes 1 GiB."""

MOST_POINTS = 1_000_000
"""Most points at which a function is evaluated for one derivative, or one Fourier series."""


def check_size(
    what: str, count: float, most: float = MOST_OPERATIONS, *, unit: str, remedy: str
) -> None:
    """Refuse a number that would be unrolled to too many parts.

    Parameters
    ----------
    what : str
        The operator or function as the user wrote it.
    count : int or float
        How many parts there would be; may be infinite.
    most : int
    unit : str
        The parts, in the plural.
    remedy : str

    Raises
    ------
    TooLarge
        ``count`` is above ``most``.
    """
    if not count <= most:
        raise TooLarge(what=what, count=count, most=most, unit=unit, remedy=remedy)


def check_depth(levels: int) -> None:
    """Refuse containers of numbers that are nested deeper than ``MOST_NESTED``.

    Raises
    ------
    TooLarge
    """
    if levels > MOST_NESTED:
        raise TooLarge(
            what="A list or another container",
            count=levels,
            most=MOST_NESTED,
            unit="levels of nesting",
            remedy="Give an array, or a list of fewer levels.",
        )


def check_matrix(num_wires: int) -> None:
    """Refuse matrices on more than ``MOST_MATRIX_WIRES`` wires.

    Raises
    ------
    TooLarge
    """
    remedy = "Decompose it, or apply it to the state of a circuit."
    check_size("A matrix", num_wires, MOST_MATRIX_WIRES, unit="wires", remedy=remedy)


def nested(what: str, *parts: object) -> int:
    """Return how deep something is nested that is made of parts, which have a ``nesting``.

    Raises
    ------
    TooLarge
        It is deeper than ``MOST_NESTED``.
    """
    levels = 1 + max((getattr(part, "nesting", 0) for part in parts), default=0)
    remedy = "Write many factors or terms as one product or sum, and many powers as one."
    check_size(what, levels, MOST_NESTED, unit="levels of nesting", remedy=remedy)
    return levels
