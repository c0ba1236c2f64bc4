"""Rewrite measurements as classical functions of expectation values and probabilities.

Shift rules and differences of expectation values hold for quantities that are linear in
the state. A variance is not linear; it is <A^2> - <A>^2, a classical function of two linear
quantities. An entropy or a purity is a function of a density matrix, whose entries are linear
combinations of expectation values of Pauli words. Trainable coefficients are also moved out of the
observable, so that their derivatives need no circuits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from operator import is_, itemgetter

import numpy as np

from qgate.arrays import is_traced, namespace
from qgate.measurements import Measurement, MeasurementKind
from qgate.measurements.shadows import ShadowExpval
from qgate.observables import Combination, square
from qgate.operations.pauli import PauliSum
from qgate.tape import Tape
from qgate.transforms.density import DERIVED, derived
from qgate.transforms.tomography import from_means, words_of
from qgate.typing import Tensor
from qgate.wires import Wires

Recombine = Callable[[Sequence[Tensor]], Tensor]


def linear_measurements(
    tape: Tape,
    *,
    variances: bool,
    densities: bool = True,
    returned: Collection[str] = (),
    wires: Wires | None = None,
) -> tuple[Tape, Recombine]:
    """Return a tape that measures only linear quantities, and the function of its results.

    Parameters
    ----------
    tape : Tape
        Its coefficients may be traced.
    variances : bool
        Whether every variance is rewritten, or only those that cannot be measured in a single basis
        and those of observables with traced coefficients.
    densities : bool
        Whether density matrices and their functions are rewritten; a state if there are shots.
    returned : collection of str
        The kinds that the device returns natively, for this tape's shots. If it returns density
        matrices, they are not rewritten as expectation values of Pauli words.
    wires : Wires, optional
        Wires of a measurement without wires; default those of the tape.

    Returns
    -------
    tape : Tape
        Only matrices in its measurements may be traced.
    recombine : callable
        Converts the results of that tape, one per measurement, to those of the given tape. It is
        written for any array framework, so it can be differentiated. Each result may have a leading
        batch axis.

    Raises
    ------
    TooManyMeasuredWires
        A density matrix would need the expectation values of too many Pauli words.
    """
    if all(map(_is_mean, tape.measurements)):
        return tape, tuple
    everything = tape.structure.wires if wires is None else wires
    lowered = _Lowered(variances, densities, bool(tape.shots), frozenset(returned), everything)
    recipes = [lowered.recipe(item) for item in tape.measurements]
    measured = lowered.measured
    if len(measured) == len(tape.measurements) and all(map(is_, measured, tape.measurements)):
        return tape, tuple
    linear = tape.with_measurements(measured)
    return linear, Recombined(recipes)


@dataclass(frozen=True, eq=False)
class Recombined:
    """Combines the results of linear measurements to those of the given measurements.

    Each recipe is a function from all results to the value of one of them.
    """

    recipes: Sequence[Recombine]

    def __call__(self, results: Sequence[Tensor]) -> tuple[Tensor, ...]:
        return tuple(recipe(results) for recipe in self.recipes)


def _is_mean(item: Measurement) -> bool:
    """Return whether an expectation value is linear without rewriting."""
    return item.kind is MeasurementKind.EXPVAL and not is_traced(item.observable.parameters[0])


@dataclass(eq=False)
class _Lowered:
    """The linear measurements that were requested so far."""

    variances: bool
    densities: bool
    sampled: bool
    returned: frozenset[str]
    everything: Wires
    measured: list[Measurement] = field(default_factory=list)

    def recipe(self, item: Measurement) -> Recombine:
        if item.kind is MeasurementKind.EXPVAL:
            return self._expval(item.observable, item)
        if isinstance(item, ShadowExpval):
            measured, places = item.terms()
            means = self._take(measured)
            return lambda results: item.combined(means(results), places)
        if item.kind is MeasurementKind.VAR and (self.variances or _is_split(item.observable)):
            mean = self._expval(item.observable, None)
            squared = self._expval(square(item.observable), None)
            return lambda results: squared(results) - mean(results) ** 2
        amplitudes = item.kind is MeasurementKind.STATE and not self.sampled  # these are linear
        if self.densities and item.kind in DERIVED and not amplitudes:
            return self._of_density_matrix(item)
        return self._take(item)

    def _of_density_matrix(self, item: Measurement) -> Recombine:
        wires = item.wires or self.everything
        if MeasurementKind.DENSITY_MATRIX not in self.returned:
            means = self._take_once(words_of(item, wires))
            return lambda results: from_means(item, means(results), namespace(results))
        if item.kind is MeasurementKind.DENSITY_MATRIX:
            return self._take(item)
        rho = self._take_once(Measurement(MeasurementKind.DENSITY_MATRIX, wires=wires))
        return lambda results: derived(item, rho(results), namespace(results))

    def _expval(self, observable: PauliSum | Combination, item: Measurement | None) -> Recombine:
        """Expectation value of an observable; traced coefficients are applied classically."""
        if item is None:
            item = Measurement(MeasurementKind.EXPVAL, observable)
        coefficients = observable.parameters[0]
        if not is_traced(coefficients):
            return self._take(item)
        ones = np.ones(observable.num_terms)
        plain = observable.with_parameters([ones, *observable.parameters[1:]])
        take = self._take(Measurement(MeasurementKind.TERMS, plain))
        xp = namespace([coefficients])
        return lambda results: xp.sum(take(results) * coefficients, axis=-1)

    def _take_once(self, item: Measurement) -> Recombine:
        """Add a measurement unless it was added before."""
        return itemgetter(self.measured.index(item)) if item in self.measured else self._take(item)

    def _take(self, item: Measurement) -> Recombine:
        self.measured.append(item)
        return itemgetter(len(self.measured) - 1)


def _is_split(observable: PauliSum | Combination) -> bool:
    """Return whether a variance has to be rewritten, to be measured or differentiated."""
    return observable.num_terms > 1 or is_traced(observable.parameters[0])
