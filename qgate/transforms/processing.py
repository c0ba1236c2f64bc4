"""Values of measurements from given samples, counts, states and density matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qgate.arguments import whole_number
from qgate.arrays import enclosed, namespace, opened, unwrap
from qgate.exceptions import InvalidParameters, QuantumFunctionError, described
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.matrices import diagonal_of
from qgate.outcomes import Outcomes
from qgate.transforms.density import DERIVED, derived
from qgate.typing import Namespace, NumericArray, Tensor, WiresLike
from qgate.wires import Wires

SAMPLED = (MeasurementKind.SAMPLE, MeasurementKind.COUNTS)

OF_EIGENVALUES = (MeasurementKind.EXPVAL, MeasurementKind.VAR)

OF_BITS = (*SAMPLED, *OF_EIGENVALUES, MeasurementKind.PROBS)
"""Kinds whose value is computed from the bits of some wires."""


def from_samples(
    item: Measurement,
    samples: Tensor,
    wire_order: WiresLike,
    shot_range: Sequence[int] | None,
    bin_size: int | None,
) -> Any:
    """Return the value for samples; see ``Measurement.process_samples``."""
    _require(item, OF_BITS, "samples")
    order = Wires(wire_order)
    bits = np.asarray(unwrap(samples))
    if bits.ndim < 2 or bits.shape[-1] != len(order):
        raise InvalidParameters(
            f"process_samples was given samples of shape {bits.shape} for {len(order)} wire(s). "
            f"Give an array of shape (shots, {len(order)})."
        )
    if shot_range is not None:
        bits = bits[..., slice(*shot_range), :]
    bits = bits[..., _places(item, order)]
    binned = bits.reshape(
        *bits.shape[:-2], -1, _size_of_bins(bin_size, bits.shape[-2]), bits.shape[-1]
    )
    return _of_bins(item, binned.astype(np.int64), single=bin_size is None)


def _size_of_bins(bin_size: int | None, shots: int) -> int:
    size = shots if bin_size is None else whole_number(bin_size)
    if size is None or size < 1 or shots % size:
        raise InvalidParameters(
            f"process_samples was given bin_size={described(bin_size)} for {shots} shots. Give a "
            "number that divides them."
        )
    return size


def _of_bins(item: Measurement, bits: NumericArray, *, single: bool) -> Any:
    """Return the values of bins, shape (..., bins, shots, k), with the axis of bins last.

    ``single``: whether there is one bin, and no axis for it.
    """
    numbers = bits @ (2 ** np.arange(bits.shape[-1])[::-1])
    if item.kind is MeasurementKind.COUNTS:
        rows = numbers.reshape(-1, numbers.shape[-1])
        dictionaries = [_counts(item, row, bits.shape[-1]) for row in rows]
        return dictionaries[0] if single and bits.ndim == 3 else dictionaries
    if item.kind is MeasurementKind.PROBS:
        every = np.arange(2 ** bits.shape[-1])
        found = (numbers[..., None] == every).mean(axis=-2).swapaxes(-1, -2)
        return found[..., 0] if single else found
    eigenvalues = _eigenvalues(item)
    of_shots = numbers if eigenvalues is None else eigenvalues[numbers]
    if item.kind is MeasurementKind.SAMPLE and eigenvalues is None:
        return bits[..., 0, :, :] if single else bits.swapaxes(-1, -3)
    if item.kind is MeasurementKind.SAMPLE:
        return of_shots[..., 0, :] if single else of_shots.swapaxes(-1, -2)
    means = item.kind is MeasurementKind.EXPVAL
    found = of_shots.mean(axis=-1) if means else of_shots.var(axis=-1)
    return found[..., 0] if single else found


def from_counts(item: Measurement, counts: Any, wire_order: WiresLike) -> Any:
    """Return the value for counts of bitstrings; see ``Measurement.process_counts``."""
    _require(item, OF_BITS, "counts")
    order = Wires(wire_order)
    outcomes = Outcomes.from_counts(counts, len(order)).marginal(_places(item, order))
    numbers = np.repeat(outcomes.values, outcomes.weights).astype(np.int64)
    shifts = np.arange(outcomes.num_wires)[::-1]
    bits = (numbers[:, None] >> shifts) & 1
    return _of_bins(item, bits[None], single=True)


def _counts(item: Measurement, numbers: NumericArray, width: int) -> dict[Any, int]:
    eigenvalues = _eigenvalues(item)
    keys: Sequence[Any] = (
        [format(number, f"0{width}b") for number in range(2**width)]
        if eigenvalues is None
        else eigenvalues.tolist()
    )
    found: dict[Any, int] = dict.fromkeys(keys, 0) if item.options["all_outcomes"] else {}
    for number, count in zip(*np.unique(numbers, return_counts=True), strict=True):
        found[keys[number]] = found.get(keys[number], 0) + int(count)
    return found


def from_state(item: Measurement, state: Tensor, wire_order: WiresLike) -> Any:
    """Return the value for a state; see ``Measurement.process_state``."""
    order, given = Wires(wire_order), enclosed(state)
    _check_size("process_state", given.shape[-1:], order)
    xp = namespace([given])
    if item.kind is MeasurementKind.STATE and item.wires in (Wires(), order):
        return state
    front = _front(given, _places(item, order), len(order), xp)
    if item.kind in DERIVED:
        rho = xp.matmul(front, xp.conj(xp.swapaxes(front, -1, -2)))
        return opened(derived(item, rho, xp))
    return _of_chances(item, xp.sum(xp.real(front) ** 2 + xp.imag(front) ** 2, axis=-1), xp)


def from_density_matrix(item: Measurement, rho: Tensor, wire_order: WiresLike) -> Any:
    """Return the value for a density matrix; see ``Measurement.process_density_matrix``."""
    order, given = Wires(wire_order), enclosed(rho)
    _check_size("process_density_matrix", given.shape[-2:], order)
    xp, places = namespace([given]), _places(item, order)
    if item.kind in DERIVED:
        return opened(derived(item, _reduced(given, places, len(order), xp), xp))
    chances = _front(xp.real(diagonal_of(given)), places, len(order), xp)
    return _of_chances(item, xp.sum(chances, axis=-1), xp)


def _of_chances(item: Measurement, chances: Tensor, xp: Namespace) -> Any:
    """Return probabilities (..., 2**k), or an expectation value or variance."""
    _require(item, (MeasurementKind.PROBS, *OF_EIGENVALUES), "a state")
    if item.kind is MeasurementKind.PROBS:
        return opened(chances)
    found = _eigenvalues(item)
    eigenvalues = np.arange(chances.shape[-1], dtype=float) if found is None else found
    mean = xp.sum(chances * eigenvalues, axis=-1)
    if item.kind is MeasurementKind.EXPVAL:
        return opened(mean)
    return opened(xp.sum(chances * eigenvalues**2, axis=-1) - mean**2)


def _front(array: Tensor, places: Sequence[int], count: int, xp: Namespace) -> Tensor:
    """Reshape (..., 2**n) to (..., 2**k, 2**(n-k)), with some wires in front of the rest."""
    lead = tuple(array.shape[:-1])
    axes = [*places, *(axis for axis in range(count) if axis not in places)]
    tensor = xp.reshape(array, (*lead, *(2,) * count))
    turned = xp.transpose(tensor, [*range(len(lead)), *(len(lead) + axis for axis in axes)])
    return xp.reshape(turned, (*lead, 2 ** len(places), 2 ** (count - len(places))))


def _reduced(rho: Tensor, places: Sequence[int], count: int, xp: Namespace) -> Tensor:
    """Return the density matrix of some wires, shape (..., 2**k, 2**k)."""
    rows = _front(rho, places, count, xp)
    both = _front(xp.swapaxes(rows, -1, -3), places, count, xp)  # (..., rest, k, k, rest)
    parts = xp.swapaxes(xp.swapaxes(both, -4, -3), -3, -2)
    return xp.swapaxes(xp.sum(diagonal_of(parts), axis=-1), -1, -2)


def _eigenvalues(item: Measurement) -> NumericArray | None:
    return None if item.obs is None else np.real(np.asarray(unwrap(item.eigvals())))


def _places(item: Measurement, order: Wires) -> list[int]:
    missing = [wire for wire in item.wires if wire not in order]
    if missing:
        raise InvalidParameters(
            f"{item!r} measures the wires {missing}, which are not among {list(order)}. Give the "
            "samples or the state of all wires that it measures."
        )
    return order.indices(item.wires) if item.wires else list(range(len(order)))


def _check_size(method: str, shape: Sequence[int], order: Wires) -> None:
    if any(length != 2 ** len(order) for length in shape):
        raise InvalidParameters(
            f"{method} was given an axis of length {shape[-1]} for {len(order)} wire(s). It has to "
            f"be {2 ** len(order)}."
        )


def _require(item: Measurement, kinds: Sequence[MeasurementKind], what: str) -> None:
    if item.kind not in kinds or item.nodes:
        raise QuantumFunctionError(
            f"The value of {item!r} cannot be computed from {what}. This is possible for "
            f"{', '.join(kinds)} of wires or observables."
        )
