"""Size limits for numbers given by users, checked before anything is allocated.

The limits are far above the capacity of devices. They turn a mistake, such as a time given as the
number of steps, into an error before it fills the memory.
"""

from __future__ import annotations

from qgate.exceptions import TooLarge

MOST_OPERATIONS = 50_000
"""Maximum number of operations to which one power, template or repetition is unrolled; a circuit of
this size takes the local device some seconds."""

MOST_IN_CIRCUIT = 100_000
"""Maximum number of operations after decomposition; a circuit with more gates may have
``MOST_OF_EACH`` times its gates."""

MOST_OF_EACH = 20

MOST_NESTED = 50
"""Maximum nesting of operators, functions or lists; Python's stack overflows at some hundreds."""

MOST_CONTROLS = 500
"""Maximum number of control wires of one operator."""

MOST_MATRIX_WIRES = 13
"""Maximum number of wires of a matrix, which then takes 1 GiB."""

MOST_STEPS = 1000
"""Maximum number of inner optimization steps within one step of an optimizer, of passes over a
circuit, and of transforms in a repeated pipeline."""

MOST_POINTS = 1_000_000
"""Maximum number of evaluations of a function for one derivative or Fourier series."""


def check_size(
    what: str, count: float, most: float = MOST_OPERATIONS, *, unit: str, remedy: str
) -> None:
    """Refuse a number that would be unrolled to too many parts.

    Parameters
    ----------
    what : str
        The operator or function as the user wrote it.
    count : int or float
        Number of parts; may be infinite.
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
    """Return the nesting depth of an object whose parts have the attribute ``nesting``.

    Raises
    ------
    TooLarge
        The depth exceeds ``MOST_NESTED``.
    """
    return levels_within(what, max((getattr(part, "nesting", 0) for part in parts), default=0))


def levels_within(what: str, most: int) -> int:
    """Return how deep something is nested whose parts are at most ``most`` levels deep.

    Raises
    ------
    TooLarge
        It is deeper than ``MOST_NESTED``.
    """
    levels = 1 + most
    remedy = "Write many factors or terms as one product or sum, and many powers as one."
    check_size(what, levels, MOST_NESTED, unit="levels of nesting", remedy=remedy)
    return levels
