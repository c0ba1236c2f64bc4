"""Exact measurement results from state vectors, for any array framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qgate.devices.local.amplitudes import (
    apply,
    apply_diagonal,
    apply_matrix,
    apply_projector,
)
from qgate.devices.local.words import apply_words, word_means
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.hermitian import Projector
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.transforms.density import DERIVED, derived
from qgate.typing import Namespace, Tensor
from qgate.wires import Wires

TERMS_AT_ONCE = 2**22
"""Maximum number of (term, amplitude) pairs whose signs are computed at a time."""


def measure(measurement: Measurement, state: Tensor, order: Wires, xp: Namespace = np) -> Tensor:
    """Return the exact result of a measurement for every row.

    Parameters
    ----------
    measurement : Measurement
        Measurement with numbers in place of slots.
    state : array, shape (K, 2**n)
    order : Wires
        Wires of the state, the first most significant.
    xp : module
        Array functions with numpy's names.

    Returns
    -------
    array, shape (K, ...)
    """
    return MEASURES[measurement.kind](measurement, state, order, xp)


def _expval(measurement: Measurement, state: Tensor, order: Wires, xp: Namespace) -> Tensor:
    observable = measurement.observable
    means = term_means(observable, state, order, xp)
    return xp.dot(means, xp.real(observable.parameters[0]))


def _terms(measurement: Measurement, state: Tensor, order: Wires, xp: Namespace) -> Tensor:
    return term_means(measurement.observable, state, order, xp)


def _var(measurement: Measurement, state: Tensor, order: Wires, xp: Namespace) -> Tensor:
    changed = apply_observable(measurement.observable, state, order, xp)
    mean = xp.real(xp.sum(xp.conj(state) * changed, axis=-1))
    return xp.real(xp.sum(xp.conj(changed) * changed, axis=-1)) - mean**2


def _probs(measurement: Measurement, state: Tensor, order: Wires, xp: Namespace) -> Tensor:
    if measurement.obs is not None:
        from qgate.transforms.bases import eigenbasis_gates

        for gate in eigenbasis_gates(measurement.observable):
            state = apply(state, gate, order.indices(gate.wires), len(order), xp=xp)
    return marginal(xp.real(state) ** 2 + xp.imag(state) ** 2, measurement.wires, order, xp)


def _state(measurement: Measurement, state: Tensor, order: Wires, xp: Namespace) -> Tensor:
    wires = measurement.wires or order
    if wires == order:
        return state
    return xp.reshape(_front(state, wires, order, xp), (state.shape[0], -1))


def _from_density_matrix(
    measurement: Measurement, state: Tensor, order: Wires, xp: Namespace
) -> Tensor:
    return derived(measurement, reduced(state, measurement.wires, order, xp), xp)


MEASURES: dict[MeasurementKind, Callable[[Measurement, Tensor, Wires, Namespace], Tensor]] = {
    MeasurementKind.EXPVAL: _expval,
    MeasurementKind.TERMS: _terms,
    MeasurementKind.VAR: _var,
    MeasurementKind.PROBS: _probs,
    **dict.fromkeys(DERIVED, _from_density_matrix),
    MeasurementKind.STATE: _state,
}


# Observables -----------------------------------------------------------------------------


def term_means(observable: Any, state: Tensor, order: Wires, xp: Namespace = np) -> Tensor:
    """Return the expectation value of each term of an observable, shape (K, T)."""
    if isinstance(observable, PauliSum):
        if xp is np:
            return word_means(observable, state, order)
        indices = np.arange(state.shape[-1])
        return pauli_means(
            observable, lambda flip: xp.conj(state[:, indices ^ flip]) * state, order, xp
        )
    columns = []
    for factors in observable.terms:
        changed = apply_factors(factors, state, order, xp)
        columns.append(xp.real(xp.sum(xp.conj(state) * changed, axis=-1)))
    return xp.stack(columns, axis=-1)


def pauli_means(
    observable: PauliSum, products: Callable[[Any], Tensor], order: Wires, xp: Namespace
) -> Tensor:
    """Return the expectation value of each Pauli word, shape (K, T).

    Words with the same bit flips x share the entries i, i XOR x of the density matrix, shape
    (K, 2**n), which ``products`` returns: conj(psi[i XOR x]) psi[i] for a state.
    """
    x, z = observable.x_masks(order), observable.z_masks(order)
    indices = np.arange(2 ** len(order))
    parts, places = [], []
    for flip in np.unique(x):
        product = products(flip)
        members = np.flatnonzero(x == flip)
        step = max(1, TERMS_AT_ONCE // len(indices))
        for chunk in np.split(members, range(step, len(members), step)):
            signs = 1.0 - 2.0 * (np.bitwise_count(z[chunk, None] & indices) & 1)
            phases = 1j ** np.bitwise_count(x[chunk] & z[chunk]).astype(int)
            parts.append(xp.real(xp.dot(product, (phases[:, None] * signs).T)))
            places.append(chunk)
    means = xp.concatenate(parts, axis=-1)
    return means[:, np.argsort(np.concatenate(places))]


def apply_observable(observable: Any, state: Tensor, order: Wires, xp: Namespace = np) -> Tensor:
    """Apply an observable to every row of a state, shape (K, 2**n)."""
    coefficients = observable.parameters[0]
    if not isinstance(observable, PauliSum):
        terms = [apply_factors(factors, state, order, xp) for factors in observable.terms]
        return sum(term * coefficients[t] for t, term in enumerate(terms))
    if xp is np:
        return apply_words(observable, state, order)
    x, z = observable.x_masks(order), observable.z_masks(order)
    indices = np.arange(state.shape[-1])
    result: Tensor = 0.0
    for t in range(len(x)):
        # P|i> = i**|x&z| (-1)**|z&i| |i XOR x>, so row i of P psi takes psi[i XOR x]
        signs = 1.0 - 2.0 * (np.bitwise_count(z[t] & (indices ^ x[t])) & 1)
        phase = 1j ** int(np.bitwise_count(x[t] & z[t]))
        result = result + state[:, indices ^ x[t]] * (phase * signs) * coefficients[t]
    return result


def apply_factors(
    factors: tuple[Operator, ...], state: Tensor, order: Wires, xp: Namespace
) -> Tensor:
    """Apply a product of operators to every row of a state, shape (K, 2**n)."""
    for factor in factors:
        if isinstance(factor, PauliSum):
            state = apply_observable(factor, state, order, xp)
            continue
        axes, count = order.indices(factor.wires), len(order)
        if factor.is_diagonal:
            diagonal = factor.canonical_diagonal(factor.parameters, xp)
            state = apply_diagonal(state, diagonal, axes, count, xp=xp)
        elif isinstance(factor, Projector):
            state = apply_projector(state, factor.parameters[0], axes, count, xp=xp)
        else:
            matrix = factor.canonical_matrix(factor.parameters, xp)
            state = apply_matrix(state, matrix, axes, count, xp=xp)
    return state


# Parts of a state ------------------------------------------------------------------------


def marginal(probabilities: Tensor, wires: Wires, order: Wires, xp: Namespace = np) -> Tensor:
    """Return the marginal probabilities of some wires, in their order: (K, 2**n) to (K, 2**k)."""
    if wires == order:
        return probabilities
    tensor = _front(probabilities, wires, order, xp)
    return xp.sum(tensor, axis=-1)


def reduced(state: Tensor, wires: Wires, order: Wires, xp: Namespace = np) -> Tensor:
    """Return the density matrix of some wires, shape (K, 2**k, 2**k)."""
    tensor = _front(state, wires, order, xp)
    return xp.matmul(tensor, xp.conj(xp.swapaxes(tensor, -1, -2)))


def _front(array: Tensor, wires: Wires, order: Wires, xp: Namespace) -> Tensor:
    """Reshape (K, 2**n) to (K, 2**k, 2**(n-k)), with some wires in front of the rest."""
    n, k, num_rows = len(order), len(wires), array.shape[0]
    axes = order.indices(wires)
    rest = [axis for axis in range(n) if axis not in axes]
    permutation = [0, *(axis + 1 for axis in (*axes, *rest))]
    tensor = xp.transpose(xp.reshape(array, (num_rows, *(2,) * n)), permutation)
    return xp.reshape(tensor, (num_rows, 2**k, 2 ** (n - k)))
