"""Application of a unitary to groups of wires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from qgate.arguments import keywords_of, require_accepts, require_function, sequence_of
from qgate.arrays import shape_of
from qgate.exceptions import InvalidParameters, described, suggest
from qgate.sizes import check_size
from qgate.templates.layers import ring
from qgate.typing import Function, Tensor, Wire, WiresLike
from qgate.wires import Wires

Groups = list[tuple[int, ...]]


PATTERNS: Mapping[str, Callable[[int], Groups]] = {
    "single": lambda n: [(i,) for i in range(n)],
    "double": lambda n: [(i, i + 1) for i in range(0, n - 1, 2)],
    "double_odd": lambda n: [(i, i + 1) for i in range(1, n - 1, 2)],
    "chain": lambda n: [(i, i + 1) for i in range(n - 1)],
    "ring": lambda n: list(ring(n)),
    "pyramid": lambda n: [(i, i + 1) for row in range(n // 2) for i in range(row, n - row - 1, 2)],
    "all_to_all": lambda n: list(combinations(range(n), 2)),
}
"""Functions from the number of wires to the wire positions of each unitary, in order."""

QUADRATIC = ("pyramid", "all_to_all")
"""Patterns with about as many unitaries as pairs of wires."""


def broadcast(
    unitary: Function,
    wires: WiresLike,
    pattern: str | Iterable[Iterable[Wire]],
    parameters: Sequence[Tensor] | Tensor | None = None,
    kwargs: Mapping[str, object] | None = None,
) -> None:
    """Apply a unitary to several groups of wires, one after the other.

    Parameters
    ----------
    unitary : gate class, template or quantum function
        Called as ``unitary(*parameters[i], wires=..., **kwargs)``.
    wires : wires
    pattern : str or sequence of sequences of wires
        "single" (each wire), "double" (0, 1), (2, 3), ...; "double_odd" (1, 2), (3, 4), ...;
        "chain" (0, 1), (1, 2), ...; "ring", the chain closed; "pyramid", doubles in successively
        narrower rows; "all_to_all", all pairs; or the groups themselves.
    parameters : sequence or array, optional
        One entry for each group: a number, or a sequence of the unitary's parameters.
    kwargs : mapping, optional
        Keyword arguments for each group.

    Raises
    ------
    InvalidParameters
        There is no such pattern, or the number of parameters differs from that of groups.

    Examples
    --------
    >>> from qgate.operations.rotations import RX
    >>> from qgate.recording import recording
    >>> with recording() as recorder:
    ...     broadcast(RX, wires=[0, 1], pattern="single", parameters=[0.1, 0.2])
    >>> recorder.items
    (RX(0.1, wires=[0]), RX(0.2, wires=[1]))
    """
    groups = _groups(Wires(wires), pattern)
    require_function("broadcast", "unitary", unitary)
    options = keywords_of("broadcast", "kwargs", kwargs)
    entries: list[Sequence[Tensor]] = [()] * len(groups)
    if parameters is not None:
        given = sequence_of("broadcast", "parameters", parameters)
        entries = [(entry,) if shape_of(entry) == () else tuple(entry) for entry in given]
    if len(entries) != len(groups):
        raise InvalidParameters(
            f"broadcast was given {len(entries)} entries of parameters. The pattern "
            f"{described(pattern)} on {len(Wires(wires))} wire(s) has {len(groups)} unitaries. "
            "Give one entry for each."
        )
    for entry in {len(entry): entry for entry in entries}.values():  # once for each number
        require_accepts("broadcast", "unitary", unitary, *entry, wires=None, **options)
    for group, entry in zip(groups, entries, strict=True):
        unitary(*entry, wires=group, **options)


def _groups(wires: Wires, pattern: str | Iterable[Iterable[Wire]]) -> list[Wires]:
    if not isinstance(pattern, str):
        return [Wires(group) for group in sequence_of("broadcast", "pattern", pattern)]
    if pattern not in PATTERNS:
        raise InvalidParameters(
            f"broadcast knows no pattern {described(pattern)}.{suggest(pattern, PATTERNS)} "
            f"The patterns are {', '.join(PATTERNS)}, or a list of groups of wires."
        )
    pairs = len(wires) * (len(wires) - 1) // 2 if pattern in QUADRATIC else len(wires)
    check_size(
        f"broadcast({described(pattern)})", pairs, unit="unitaries", remedy="Use fewer wires."
    )
    return [Wires([wires[i] for i in group]) for group in PATTERNS[pattern](len(wires))]
