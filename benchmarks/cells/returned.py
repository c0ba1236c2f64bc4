"""Return values of the cells' circuits: the measurement, and its value in plain numpy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import qgate as qg
from cells import reference
from cells.reference import IDENTITY, X, Z

ANGLES = (0.7, 0.4)
COEFFICIENTS = (0.6, -0.8)

MATRIX = np.array([[1.0, 0.3 - 0.2j], [0.3 + 0.2j, -0.4]])
WORD = np.kron(Z, X)


@dataclass(frozen=True)
class Returned:
    """A return type.

    Parameters
    ----------
    label : str
        Name on the page.
    measure : callable
        Takes the parameters of the circuit; returns the measurement.
    exact : callable
        Takes the state and the parameters; returns the value.
    at : tuple of float
        The parameters: two angles, then the trainable coefficients.
    mixed : bool
        Whether the two wires are entangled with two others. An entropy of a rank-deficient state is
        not smooth, and strongly biased from shots.
    single_shots : bool
        Whether the results are single shots, whose relative frequencies are compared.
    """

    label: str
    measure: Callable[[Any], Any]
    exact: Callable[[Any, Any], Any]
    at: tuple[float, ...] = ANGLES
    mixed: bool = False
    single_shots: bool = False

    def circuit(self, parameters: Any) -> Any:
        """Apply the gates of ``reference.circuit_state`` and return the measurement."""
        if self.mixed:
            qg.RY(1.1, wires=2)
            qg.RY(0.9, wires=3)
            qg.CNOT([2, 0])
            qg.CNOT([3, 1])
        qg.RX(parameters[0], wires=0)
        qg.RY(parameters[1], wires=1)
        qg.CNOT([0, 1])
        qg.CRY(parameters[0] * parameters[1], wires=[1, 0])
        return self.measure(parameters)

    def value(self, parameters: Any, *, sampled: bool = False) -> Any:
        """Return the exact value as real numbers; states have the phase of states from shots."""
        state = reference.circuit_state(parameters, mixed=self.mixed)
        if sampled:
            state = reference.likeliest_positive(state)
        return real_numbers(self.exact(state, parameters))

    def frequencies(self, found: Any) -> Any:
        """Return the relative frequency of each outcome of two wires, from samples or counts."""
        if isinstance(found, dict):
            counted = [found.get(f"{outcome:02b}", 0) for outcome in range(4)]
        else:
            counted = np.bincount(np.asarray(found) @ [2, 1], minlength=4)
        return np.divide(counted, np.sum(counted))


def real_numbers(value: Any) -> Any:
    """Return the numbers of an array in a row; real parts before imaginary ones."""
    flat = np.reshape(value, -1)
    return np.concatenate([flat.real, flat.imag]) if np.iscomplexobj(flat) else flat


def _probabilities(state: Any, _: Any) -> Any:
    return np.abs(state) ** 2


RETURNED = {
    "state": Returned("`state`", lambda _: qg.state(), lambda state, _: state),
    "density_matrix": Returned(
        "`density_matrix`",
        lambda _: qg.density_matrix(wires=[0]),
        lambda state, _: reference.density(state, [0]),
    ),
    "probs": Returned("`probs`", lambda _: qg.probs(wires=[0, 1]), _probabilities),
    "sample": Returned(
        "`sample`", lambda _: qg.sample(wires=[0, 1]), _probabilities, single_shots=True
    ),
    "counts": Returned(
        "`counts`", lambda _: qg.counts(wires=[0, 1]), _probabilities, single_shots=True
    ),
    "expval_obs": Returned(
        "`expval` of a Pauli word",
        lambda _: qg.expval(qg.Z(0) @ qg.X(1)),
        lambda state, _: reference.mean(state, WORD),
    ),
    "expval_herm": Returned(
        "`expval` of `Hermitian`",
        lambda _: qg.expval(qg.Hermitian(MATRIX, wires=0)),
        lambda state, _: reference.mean(state, np.kron(MATRIX, IDENTITY)),
    ),
    "expval_proj": Returned(
        "`expval` of `Projector`",
        lambda _: qg.expval(qg.Projector([0, 1], wires=[0, 1])),
        lambda state, _: np.abs(state[1]) ** 2,
    ),
    "expval_coefficients": Returned(
        "`expval` of `Hamiltonian`, coefficients trained too",
        lambda parameters: qg.expval(qg.Hamiltonian(parameters[2:], [qg.Z(0) @ qg.X(1), qg.Z(1)])),
        lambda state, parameters: reference.mean(
            state, parameters[2] * WORD + parameters[3] * np.kron(IDENTITY, Z)
        ),
        at=(*ANGLES, *COEFFICIENTS),
    ),
    "var": Returned(
        "`var`",
        lambda _: qg.var(qg.Z(0) @ qg.X(1)),
        lambda state, _: 1 - reference.mean(state, WORD) ** 2,
    ),
    "vn_entropy": Returned(
        "`vn_entropy`",
        lambda _: qg.vn_entropy(wires=[0]),
        lambda state, _: reference.entropy(state, [0]),
    ),
    "mutual_info": Returned(
        "`mutual_info`",
        lambda _: qg.mutual_info([0], [1]),
        lambda state, _: (
            reference.entropy(state, [0])
            + reference.entropy(state, [1])
            - reference.entropy(state, [0, 1])
        ),
        mixed=True,
    ),
    "purity": Returned(
        "`purity`",
        lambda _: qg.purity(wires=[0]),
        lambda state, _: np.sum(np.abs(reference.density(state, [0])) ** 2),
    ),
}
"""The ten return types of PennyLane's table and three more."""
