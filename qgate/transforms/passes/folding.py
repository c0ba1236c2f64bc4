"""Circuits that are made longer by inverses, and extrapolation to circuits without noise.

A circuit U becomes U (U^-1 U)^n, whose ideal result is that of U and whose noise is about 2n + 1
times as large. Results at several scales are extrapolated to 0: zero-noise extrapolation, Temme,
Bravyi, Gambetta, Phys. Rev. Lett. 119, 180509 (2017); folding: Giurgica-Tiron et al., IEEE QCE
(2020).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from qgate.arguments import (
    finite_number,
    finite_numbers,
    items_of,
    keywords_of,
    require_accepts,
    whole_number,
)
from qgate.arrays import enclosed, finished, namespace
from qgate.exceptions import TransformError, described
from qgate.operations.operator import Operator
from qgate.sizes import MOST_OF_EACH, MOST_OPERATIONS, check_size
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.insertion import prepares
from qgate.transforms.passes.neighbours import single
from qgate.transforms.pipeline import Transformed
from qgate.typing import FloatArray, Nested, Tensor

MOST_CIRCUITS = 10_000
"""Maximum number of folded circuits of one tape."""


@transform
def fold_global(tape: Tape, scale_factor: float) -> Transformed:
    """Fold a circuit: follow it by its inverse and itself, so that its noise grows.

    For d gates and the factor s, n = floor((s - 1) / 2) whole folds are followed by a fold of the
    last gates, as many as make the circuit about s times as long. State preparations at the
    beginning are not folded.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    scale_factor : float
        Factor of the number of gates, 1 or more.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        The factor is below 1, or a gate has no inverse.

    Notes
    -----
    A device whose compiler cancels inverses undoes this; choose its options accordingly.

    Examples
    --------
    >>> gates = [qg.RX(0.1, 0), qg.CNOT([0, 1])]
    >>> (tape,), _ = fold_global(qg.tape.QuantumScript(gates), 2)
    >>> [gate.name for gate in tape.operations]
    ['RX', 'CNOT', 'CNOT', 'CNOT']
    """
    factor = finite_number(scale_factor)
    if factor is None or factor < 1:
        raise _wrong(
            "fold_global",
            f"scale_factor={described(scale_factor)} is no factor",
            "Give a number of 1 or more.",
        )
    gates = tape.operations
    start = next((at for at, gate in enumerate(gates) if not prepares(gate)), len(gates))
    body = gates[start:]
    if not all(gate.is_gate for gate in body):
        raise _wrong(
            "fold_global",
            "the circuit has a measurement or a condition in its middle",
            "Fold circuits of gates only.",
        )
    most = max(MOST_OPERATIONS, MOST_OF_EACH * len(body))
    remedy = "Give a smaller scale_factor."
    check_size("fold_global", factor * len(body), most, unit="operations", remedy=remedy)
    folds = int((factor - 1) // 2)
    last = int(np.round((factor - 1 - 2 * folds) * len(body) / 2))
    part = body[len(body) - last :]
    folded = [*body, *(_folded(body) * folds), *_folded(part)]
    return single(tape, [*gates[:start], *folded])


@transform
def mitigate_with_zne(
    tape: Tape,
    scale_factors: Sequence[float],
    folding: Callable[..., Nested],
    extrapolate: Callable[..., Nested],
    *,
    folding_kwargs: Mapping[str, object] | None = None,
    extrapolate_kwargs: Mapping[str, object] | None = None,
    reps_per_factor: int = 1,
) -> Transformed:
    """Extrapolate the results of folded circuits to zero noise; all circuits are one submission.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
        Measures expectation values.
    scale_factors : sequence of float
    folding : callable
        Transform of a circuit by a factor, such as ``fold_global``.
    extrapolate : callable
        Function of the factors and of their results, such as ``poly_extrapolate``.
    folding_kwargs, extrapolate_kwargs : mapping, optional
        Further options of these.
    reps_per_factor : int
        How many circuits for each factor, whose results are averaged.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        The factors are none, or the folding makes several tapes.

    Examples
    --------
    >>> @qg.transforms.mitigate_with_zne([1, 2, 3], qg.transforms.fold_global,
    ...                                  qg.transforms.richardson_extrapolate)
    ... @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> print(circuit(0.5).round(6), round(np.cos(0.5), 6))
    0.877583 0.877583
    """
    factors, repetitions = finite_numbers(scale_factors), whole_number(reps_per_factor)
    if not factors or repetitions is None or repetitions < 1:
        raise _wrong(
            "mitigate_with_zne",
            f"scale_factors={described(scale_factors)} and reps_per_factor="
            f"{described(reps_per_factor)} are no factors and no number of repetitions",
            "Give a sequence of numbers and a whole number from 1 on.",
        )
    for name, function in {"folding": folding, "extrapolate": extrapolate}.items():
        if not callable(function):
            raise _wrong(
                "mitigate_with_zne", f"{name}={described(function)} is no function", "Give one."
            )
    circuits = len(factors) * repetitions
    remedy = "Give fewer factors or repetitions."
    check_size("mitigate_with_zne", circuits, MOST_CIRCUITS, unit="circuits", remedy=remedy)
    of_folding = keywords_of("mitigate_with_zne", "folding_kwargs", folding_kwargs)
    options = keywords_of("mitigate_with_zne", "extrapolate_kwargs", extrapolate_kwargs)
    require_accepts("mitigate_with_zne", "folding", folding, tape, factors[0], **of_folding)
    require_accepts("mitigate_with_zne", "extrapolate", extrapolate, factors, (), **options)
    tapes = []
    for factor in factors:
        tapes += [_single(folding(tape, factor, **of_folding)) for _ in range(repetitions)]
    several = len(tape.measurements) > 1

    def mitigated(results: Sequence[Tensor]) -> Tensor:
        xp = namespace(results)
        shaped = xp.stack([enclosed(value) for value in results])
        rows = xp.reshape(shaped, (len(factors), repetitions, *shaped.shape[1:]))
        means = [finished(xp.sum(row, axis=0) / repetitions, results) for row in rows]
        return extrapolate(factors, means, **options)

    def postprocess(results: Sequence[Nested]) -> Nested:
        if not several:
            return mitigated(results)
        return tuple(mitigated(column) for column in zip(*results, strict=True))

    return tapes, postprocess


def _single(folded: Nested) -> Tape:
    """Return the tape that a folding makes, given alone or as the result of a transform."""
    found = folded[0] if isinstance(folded, tuple | list) and folded else [folded]
    tapes = [each for each in items_of(found) or () if isinstance(each, Tape)]
    if len(tapes) != 1:
        raise _wrong(
            "mitigate_with_zne",
            f"the folding makes {len(tapes)} tapes: it returns {described(folded)}",
            "Return one tape, or a list of one and a function of its results.",
        )
    return tapes[0]


def poly_extrapolate(x: Sequence[float], y: Sequence[Tensor], order: int) -> Tensor:
    """Return the value at 0 of the polynomial of some order that fits y(x) best.

    Parameters
    ----------
    x : sequence of float
    y : sequence of numbers or arrays
        Values of any framework, of equal shape.
    order : int
        Below the number of values.

    Returns
    -------
    array
        As each of ``y``, differentiable.

    Raises
    ------
    TransformError
        The order is none.

    Examples
    --------
    >>> float(poly_extrapolate([1.0, 2.0, 3.0], [3.0, 7.0, 13.0], 2).round(6))
    1.0
    """
    points, degree = finite_numbers(x), whole_number(order)
    if not points or degree is None or not 0 <= degree < len(points):
        raise _wrong(
            "poly_extrapolate",
            f"order={described(order)} is no order below the number of points {described(x)}",
            "Give a whole number from 0 on.",
        )
    return _combined(_weights(points, degree)[0], y)


def richardson_extrapolate(x: Sequence[float], y: Sequence[Tensor]) -> Tensor:
    """Return the value at 0 of the polynomial through all points; see ``poly_extrapolate``.

    >>> float(richardson_extrapolate([1.0, 2.0], [3.0, 5.0]).round(6))
    1.0
    """
    return poly_extrapolate(x, y, len(x) - 1)


def exponential_extrapolate(
    x: Sequence[float], y: Sequence[Tensor], asymptote: float | None = None, eps: float = 1e-6
) -> Tensor:
    """Return the value at 0 of the exponential A exp(B x) + C that fits y(x).

    The line is fitted to the logarithm of |y - C|.

    Parameters
    ----------
    x : sequence of float
    y : sequence of numbers or arrays
    asymptote : float, optional
        C, the value for infinite noise; default 0.
    eps : float
        Smallest |y - C|, in place of smaller or negative ones.

    Returns
    -------
    array
        As each of ``y``, differentiable.

    Examples
    --------
    >>> values = [np.exp(-0.5 * x) for x in (1.0, 2.0, 3.0)]
    >>> float(exponential_extrapolate([1.0, 2.0, 3.0], values).round(6))
    1.0
    """
    xp, points = namespace(y), finite_numbers(x) or ()
    values = xp.stack([enclosed(value) for value in y])
    start, slope = (_line(row, values, xp) for row in _weights(points, 1))
    limit = 0.0 if asymptote is None else float(asymptote)
    sign = xp.sign(-slope if asymptote is None else start - limit)
    distance = sign * (values - limit)
    logarithms = xp.log(xp.where(distance < eps, eps, distance))
    at_zero = _line(_weights(points, 1)[0], logarithms, xp)
    return finished(sign * xp.exp(at_zero) + limit, y)


def _weights(points: Sequence[float], order: int) -> FloatArray:
    """Return the weights of values for the coefficients of the best polynomial, lowest first."""
    powers = np.vander(np.array(points, dtype=float), order + 1, increasing=True)
    scale = np.linalg.norm(powers, axis=0)
    weights: FloatArray = np.linalg.pinv(powers / scale) / scale[:, None]
    return weights


def _combined(weights: FloatArray, values: Sequence[Tensor]) -> Tensor:
    xp = namespace(values)
    return finished(_line(weights, xp.stack([enclosed(value) for value in values]), xp), values)


def _line(weights: FloatArray, values: Tensor, xp: Nested) -> Tensor:
    return xp.tensordot(weights, values, 1)


def _folded(gates: Sequence[Operator]) -> list[Operator]:
    """Return the inverse of gates, followed by them."""
    return [*(gate.adjoint() for gate in reversed(gates)), *gates]


def _wrong(name: str, reason: str, remedy: str) -> TransformError:
    return TransformError(transform=name, reason=reason, remedy=remedy)
