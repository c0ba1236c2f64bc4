"""Write measured values as classical functions of expectation values and probabilities.

Shift rules and differences of expectation values hold for quantities that are linear in
the state. A variance is not; it is <A^2> - <A>^2, a classical function of two that are.
Coefficients that are trained are taken out of the observable likewise, so that their
derivatives need no circuit at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qgate.arrays import is_traced, namespace
from qgate.measurements import Measurement, MeasurementKind
from qgate.observables import square
from qgate.tape import Tape
from qgate.typing import Tensor

Recombine = Callable[[Sequence[Tensor]], Tensor]


def linear_measurements(tape: Tape, *, variances: bool) -> tuple[Tape, Recombine]:
    """Return a tape that measures only linear quantities, and what puts its results together.

    Parameters
    ----------
    tape : Tape
        Its coefficients may be traced.
    variances : bool
        Whether every variance is rewritten, or only those that no single basis can give
        and those of observables with traced coefficients.

    Returns
    -------
    tape : Tape
        Nothing that is left in its measurements is traced, except matrices.
    recombine : callable
        The results of that tape, one per measurement, to those of the given one. It is
        written over the arrays' own framework, so it can be differentiated. Each result
        may have a leading broadcast axis.
    """
    measured: list[Measurement] = []
    recipes = [_recipe(item, measured, variances=variances) for item in tape.measurements]
    if all(new is old for new, old in zip(measured, tape.measurements, strict=False)):
        return tape, tuple
    linear = tape.with_measurements(measured)
    return linear, lambda results: tuple(recipe(results) for recipe in recipes)


def _recipe(item: Measurement, measured: list[Measurement], *, variances: bool) -> Recombine:
    if item.kind is MeasurementKind.EXPVAL:
        return _expval(item.observable, item, measured)
    if item.kind is MeasurementKind.VAR and (variances or _is_split(item.observable)):
        mean = _expval(item.observable, None, measured)
        squared = _expval(square(item.observable), None, measured)
        return lambda results: squared(results) - mean(results) ** 2
    return _take(item, measured)


def _is_split(observable: Any) -> bool:
    """Say whether its variance has to be put together, to be measured or differentiated."""
    return observable.num_terms > 1 or is_traced(observable.parameters[0])


def _expval(observable: Any, item: Measurement | None, measured: list[Measurement]) -> Recombine:
    """The expectation value of an observable, its coefficients outside where they are traced."""
    if item is None:
        item = Measurement(MeasurementKind.EXPVAL, observable)
    coefficients = observable.parameters[0]
    if not is_traced(coefficients):
        return _take(item, measured)
    ones = np.ones(observable.num_terms)
    plain = observable.with_parameters([ones, *observable.parameters[1:]])
    terms = Measurement(MeasurementKind.TERMS, plain)
    take = _take(terms, measured)
    xp = namespace([coefficients])
    return lambda results: xp.sum(take(results) * coefficients, axis=-1)


def _take(item: Measurement, measured: list[Measurement]) -> Recombine:
    measured.append(item)
    index = len(measured) - 1
    return lambda results: results[index]
