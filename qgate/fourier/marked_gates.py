"""Frequencies of gates that carry an ``id``."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from qgate.arguments import sequence_of
from qgate.exceptions import FourierError, InvalidParameters, described
from qgate.findable import picklable
from qgate.fourier.spectra import checked_decimals, get_spectrum, joined, symmetric
from qgate.operations.operator import Operator, operations_of
from qgate.qnode import QNode
from qgate.recording import replace
from qgate.tape import Tape
from qgate.typing import FloatArray, Nested

Spectra = dict[str, list[float]]


@picklable
def circuit_spectrum(
    tape: Any, encoding_gates: Collection[str] | None = None, decimals: int = 8
) -> Any:
    r"""Frequencies with which a circuit depends on its gates that carry an ``id``.

    Gates that carry the same ``id`` are taken to encode the same input x, each as
    :math:`e^{ixG}`; classical preprocessing of their angles is ignored. The spectrum of x is the
    set of all sums that take one difference of eigenvalues of G from each gate.

    Parameters
    ----------
    tape : QNode, callable or QuantumScript
        The circuit; gates are marked as in ``qg.RX(x, wires=0, id="x")``.
    encoding_gates : collection of str, optional
        The ids to include; default all.
    decimals : int
        Number of decimals to which frequencies are rounded.

    Returns
    -------
    callable, or (tuple of QuantumScript, callable) for a QuantumScript
        The callable takes the arguments of the circuit and gives a dict: each id to the list of
        its frequencies, ascending, with negative ones and 0; an id in ``encoding_gates`` that no
        gate carries has the empty list. For a QuantumScript it takes a sequence that contains the
        script.

    Raises
    ------
    NoSpectrum
        A marked gate has no angle, several, or no known frequencies; when called.
    FourierError
        ``tape`` contains no circuit.

    Notes
    -----
    Nothing is run. Reference: Schuld, Sweke, Meyer, Phys. Rev. A 103, 032430 (2021),
    arXiv:2008.08605.

    Examples
    --------
    >>> def circuit(x):
    ...     qg.RX(x, wires=0, id="x")
    ...     qg.RY(0.4, wires=0)
    ...     qg.CRZ(x, wires=[0, 1], id="x")
    >>> circuit_spectrum(circuit)(0.1)
    {'x': [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0]}
    """
    wanted = _names(encoding_gates)
    decimals = checked_decimals(decimals)
    if isinstance(tape, Tape):
        return (tape,), lambda tapes: _spectra(tapes[0].operations, wanted, decimals)
    record = _recorder(tape)

    @functools.wraps(tape, updated=())
    def spectra(*args: Nested, **kwargs: Nested) -> Spectra:
        return _spectra(record(*args, **kwargs), wanted, decimals)

    return spectra


def _names(encoding_gates: Any) -> set[str] | None:
    if encoding_gates is None or isinstance(encoding_gates, str):
        return None if encoding_gates is None else {encoding_gates}
    names = sequence_of("circuit_spectrum", "encoding_gates", encoding_gates)
    if not all(isinstance(name, str) for name in names):
        raise InvalidParameters(
            f"circuit_spectrum was given encoding_gates={described(encoding_gates)}. Give "
            "the names that gates have as their id."
        )
    return set(names)


def mark(op: Operator, marker: str) -> Operator:
    """Mark a gate for ``circuit_spectrum``: return it with this name as its ``id``.

    Parameters
    ----------
    op : Operator
        Inside a quantum function, the marked gate takes its place.
    marker : str

    Examples
    --------
    >>> def circuit(x):
    ...     mark(qg.RX(x, wires=0), "x")
    >>> circuit_spectrum(circuit)(0.1)
    {'x': [-1.0, 0.0, 1.0]}
    """
    if not isinstance(op, Operator) or not isinstance(marker, str):
        raise FourierError(
            f"mark was given {described(op)} and {described(marker)}. Give a gate and a text."
        )
    marked = copy.copy(op)
    marked.id = marker
    return replace([op], marked)


def _recorder(circuit: object) -> Callable[..., Sequence[Operator]]:
    """Return a function from the arguments of a circuit to its operations."""
    if isinstance(circuit, QNode):
        return lambda *args, **kwargs: circuit.single_tape(args, kwargs).operations
    if callable(circuit):
        return lambda *args, **kwargs: operations_of(circuit, args, kwargs)
    raise FourierError(
        f"circuit_spectrum was given {described(circuit)}, which is no circuit. "
        "Give a QNode, a quantum function or a QuantumScript."
    )


def _spectra(
    operations: Sequence[Operator], wanted: Collection[str] | None, decimals: int
) -> Spectra:
    found: dict[str, list[FloatArray]] = {}
    for operation in operations:
        name = operation.id
        if name is not None and (wanted is None or name in wanted):
            spectrum = get_spectrum(operation, decimals)
            found.setdefault(name, []).append(np.array([*spectrum]))
    spectra = {name: symmetric(joined(parts, decimals), decimals) for name, parts in found.items()}
    missing = sorted(set(wanted or ()) - spectra.keys())
    return spectra | {name: list[float]() for name in missing}
