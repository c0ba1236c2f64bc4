"""Groups of Pauli words that commute, commute qubit-wise or anticommute, as PennyLane counts them.

Measurements group their terms themselves, one wire after another (``pauli_groups.py``); these
groups are for programs that ask for them. A group is a color of the graph whose edges join words
that may not be in one group.
"""

from __future__ import annotations

import numpy as np

from qgate.arguments import is_text_among
from qgate.exceptions import InvalidParameters, TooLarge, described
from qgate.typing import BoolArray

GROUPING_TYPES = ("qwc", "commuting", "anticommuting")
METHODS = ("lf", "rlf", "dsatur", "gis")

MOST_WORDS = 10_000
"""Maximum number of words: the graph has up to the square of it edges."""


def partition(
    x: BoolArray, z: BoolArray, grouping_type: str = "qwc", method: str = "lf"
) -> tuple[tuple[int, ...], ...]:
    """Return groups of Pauli words, by their positions, ascending in each group.

    Parameters
    ----------
    x, z : array of bool, shape (T, n)
        Whether the letters flip a bit, and whether they change a sign.
    grouping_type : {"qwc", "commuting", "anticommuting"}
        The relation of all pairs in a group.
    method : {"lf", "rlf", "dsatur", "gis"}
        Accepted for compatibility; the words with most edges are always colored first (lf).

    Raises
    ------
    InvalidParameters
        An unknown type or method.
    TooLarge
        More than ``MOST_WORDS`` words.

    Notes
    -----
    Cost: O(T**2 n). Reference: Verteletskyi, Yen, Izmaylov, J. Chem. Phys. 152, 124114 (2020).
    """
    for name, value, known in (
        ("grouping_type", grouping_type, GROUPING_TYPES),
        ("method", method, METHODS),
    ):
        if not is_text_among(value, known):
            raise InvalidParameters(
                f"{name}={described(value)} is not known. Give one of {', '.join(known)}."
            )
    if len(x) > MOST_WORDS:
        raise TooLarge(
            what="Grouping",
            count=len(x),
            most=MOST_WORDS,
            unit="words",
            remedy="Measure the sum without groups of your own; its terms are grouped anyway.",
        )
    edges = ~_related(x, z, grouping_type)
    np.fill_diagonal(edges, False)
    colors = np.full(len(x), -1)
    for word in np.argsort(-edges.sum(axis=1), kind="stable"):
        taken = set(colors[edges[word]])
        colors[word] = next(color for color in range(len(x)) if color not in taken)
    count = colors.max(initial=-1) + 1
    groups = [tuple(np.flatnonzero(colors == color).tolist()) for color in range(count)]
    return tuple(sorted(groups))


def _related(x: BoolArray, z: BoolArray, grouping_type: str) -> BoolArray:
    """Return for each pair of words whether it has the relation, shape (T, T)."""
    flips, signs = x.astype(np.int64), z.astype(np.int64)
    if grouping_type != "qwc":
        anticommute = (flips @ signs.T + signs @ flips.T) % 2 == 1
        return np.asarray(anticommute if grouping_type == "anticommuting" else ~anticommute)
    letters = [x & ~z, z & ~x, x & z]
    support = (x | z).astype(np.int64)
    equal = sum(part @ part.T for part in (letter.astype(np.int64) for letter in letters))
    return np.asarray(support @ support.T == equal)
