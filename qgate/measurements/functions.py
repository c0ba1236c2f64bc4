"""Measurements of quantum functions: ``expval``, ``probs``, ``sample`` and the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from qgate.arguments import finite_number, items_of
from qgate.exceptions import InvalidParameters, QuantumFunctionError, described
from qgate.measurements.measurement import Measurement, MeasurementKind
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import MeasurementValue, Node, Outcome, uids_in
from qgate.typing import WiresLike
from qgate.wires import Wires

Measured: TypeAlias = "Operator | MeasurementValue | Sequence[MeasurementValue]"
"""An observable, a value of mid-circuit measurements, or a sequence of outcomes."""


def expval(op: Measured) -> Measurement:
    """Expectation value of an observable; a real number.

    Parameters
    ----------
    op : Operator or MeasurementValue
        A Hermitian operator, or a value of mid-circuit measurements.

    Raises
    ------
    NotHermitian
        The operator is not an observable.
    """
    return _of(MeasurementKind.EXPVAL, op)


def var(op: Measured) -> Measurement:
    """Variance of an observable, <A^2> - <A>^2, or of a value of outcomes; a real number."""
    return _of(MeasurementKind.VAR, op)


def probs(wires: WiresLike | None = None, op: Measured | None = None) -> Measurement:
    """Probabilities of the outcomes on some wires, or of an observable's eigenbasis.

    Returns an array of shape (2**n,); the first wire is the most significant bit.

    Parameters
    ----------
    wires : wires, optional
        Default: all wires of the device.
    op : Operator, optional
        Observable in whose eigenbasis to measure, instead of ``wires``; or the outcome of a
        mid-circuit measurement, or a list of outcomes, the first most significant. Of a value that
        is computed from one outcome, these are the probabilities of its values for 0 and 1.
    """
    return _readout(MeasurementKind.PROBS, op, wires)


def sample(
    op: Measured | None = None, wires: WiresLike | None = None, dtype: Any = None
) -> Measurement:
    """Samples: one eigenvalue per shot, shape (shots,), or one bitstring, shape (shots, n).

    Of a value of mid-circuit measurements it is one number per shot, of a list of n outcomes an
    array of shape (shots, n).

    Parameters
    ----------
    op : Operator, optional
        Sample its eigenvalues, instead of bitstrings of ``wires``.
    wires : wires, optional
        Default: all wires of the device.
    dtype : str or numpy.dtype, optional
        Type of the numbers, such as ``"int8"``; default as computed.
    """
    measurement = _readout(MeasurementKind.SAMPLE, op, wires)
    measurement.dtype = None if dtype is None else _number_type(dtype)
    return measurement


def _number_type(dtype: Any) -> np.dtype[Any]:
    """Return a numpy type of real numbers."""
    try:
        found: np.dtype[Any] = np.dtype(getattr(dtype, "name", dtype))
    except TypeError:
        found = np.dtype(object)
    if found.kind not in "iuf":
        raise InvalidParameters(
            f"sample was given dtype={described(dtype)}. Give a type of real numbers, such as "
            "'int8', 'float32' or numpy.int64."
        )
    return found


def counts(
    op: Measured | None = None, wires: WiresLike | None = None, all_outcomes: bool = False
) -> Measurement:
    """Counts of the outcomes: a dictionary by bitstring, or by eigenvalue.

    Parameters
    ----------
    op : Operator, optional
        Count its eigenvalues, the values of an expression of outcomes, or bitstrings of a list of
        outcomes.
    wires : wires, optional
        Count bitstrings of these wires; default all.
    all_outcomes : bool
        Whether outcomes that did not occur are listed with 0.
    """
    if not isinstance(all_outcomes, bool | np.bool_):
        raise InvalidParameters(
            f"counts was given all_outcomes={described(all_outcomes)}. Give True or False."
        )
    return _readout(MeasurementKind.COUNTS, op, wires, all_outcomes=bool(all_outcomes))


def state() -> Measurement:
    """The state vector of all wires, shape (2**n,); complex.

    From shots it is the pure state nearest to the density matrix from tomography in 3**n
    measurement bases: at most 6 wires. The global phase cannot be measured; it is chosen so that
    the amplitude of the most likely outcome is positive, and derivatives are those of that choice.
    """
    return Measurement(MeasurementKind.STATE)


def density_matrix(wires: WiresLike) -> Measurement:
    """The reduced density matrix of some wires, shape (2**n, 2**n); complex.

    Without an exact state it is reconstructed from the expectation values of all Pauli words on the
    wires (tomography in 3**n measurement bases).
    """
    return Measurement(MeasurementKind.DENSITY_MATRIX, wires=wires)


def vn_entropy(wires: WiresLike, log_base: float | None = None) -> Measurement:
    """The von Neumann entropy of some wires; natural logarithm unless ``log_base``.

    From shots it is the entropy of the reconstructed density matrix, without eigenvalues that noise
    made negative.
    """
    base = _base_of_logarithm("vn_entropy", log_base)
    return Measurement(MeasurementKind.VN_ENTROPY, wires=wires, log_base=base)


def mutual_info(wires0: WiresLike, wires1: WiresLike, log_base: float | None = None) -> Measurement:
    """The mutual information S(A) + S(B) - S(AB) of two sets of wires.

    Raises
    ------
    QuantumFunctionError
        The two sets overlap.
    """
    first, second = Wires(wires0), Wires(wires1)
    if set(first) & set(second):
        raise QuantumFunctionError(
            f"mutual_info was given overlapping wires {list(first)} and {list(second)}. "
            "Name two sets of wires that share none."
        )
    return Measurement(
        MeasurementKind.MUTUAL_INFO,
        wires=(*first, *second),
        log_base=_base_of_logarithm("mutual_info", log_base),
        first=len(first),
    )


def purity(wires: WiresLike) -> Measurement:
    """The purity tr(rho^2) of some wires."""
    return Measurement(MeasurementKind.PURITY, wires=wires)


def _base_of_logarithm(name: str, base: object) -> float | None:
    """Return the base of a logarithm; None stands for e."""
    if base is None:
        return None
    number = finite_number(base)
    if number is None or not 0 < number < 1e300 or number == 1:
        raise QuantumFunctionError(
            f"{name} was given log_base={described(base)}. The base of a logarithm is a finite "
            "positive number other than 1. Give for example 2, or None for the natural logarithm."
        )
    return float(number)


def _readout(
    kind: MeasurementKind, op: object, wires: WiresLike | None, **options: Any
) -> Measurement:
    if op is not None and wires is not None:
        raise QuantumFunctionError(
            f"{kind.value} was given both an observable and wires. Give one of them."
        )
    if op is not None:
        return _of(kind, op, **options)
    measurement = Measurement(kind, wires=() if wires is None else wires, **options)
    if wires is not None and not measurement.wires:
        raise InvalidParameters(
            f"{kind.value} was given wires={described(wires)}, no wire to measure. Name one or "
            "more, or leave wires out to measure all of them."
        )
    return measurement


def _of(kind: MeasurementKind, op: object, **options: Any) -> Measurement:
    """Return the measurement of an observable, or of values of mid-circuit measurements."""
    if isinstance(op, Operator):
        return Measurement(kind, op, **options)
    nodes = _nodes(kind, op)
    measurement = Measurement(kind, nodes=nodes, **options)
    measurement.mv = op  # type: ignore[assignment]
    return measurement


def _nodes(kind: MeasurementKind, op: object) -> tuple[Node, ...]:
    """Return the expressions of values of outcomes."""
    if isinstance(op, MeasurementValue):
        if kind is not MeasurementKind.PROBS:
            return (op.node,)
        outcomes = uids_in(op.node)
        if len(outcomes) != 1:
            raise QuantumFunctionError(
                f"probs was given a value that is computed from {len(outcomes)} outcomes. Give one "
                "outcome or a list of outcomes, qg.probs(op=[first, second]), or count the value "
                "with qg.counts."
            )
        return (Outcome(outcomes[0]),)
    values = items_of(op) or ()
    if not values or not all(isinstance(value, MeasurementValue) for value in values):
        raise QuantumFunctionError(
            f"{kind.value} was given {described(op)}. It measures an operator, for example "
            f"qg.{kind.value}(qg.Z(0)), or the outcome of qg.measure."
        )
    if kind in (MeasurementKind.EXPVAL, MeasurementKind.VAR):
        raise QuantumFunctionError(
            f"{kind.value} was given a sequence of outcomes. Give one value, such as their sum, or "
            f"call {kind.value} once for each."
        )
    if any(value.has_processing for value in values):
        raise QuantumFunctionError(
            f"{kind.value} was given a sequence with a value that is computed from outcomes. "
            "Only sequences of unprocessed outcomes can be measured together. Measure the value "
            "alone."
        )
    return tuple([value.node for value in values])
