"""Fixtures that the tests of Qiskit's devices share."""

from functools import reduce

import numpy as np
import pytest
from qiskit.providers.fake_provider import GenericBackendV2

from qgate.measurements import counts
from qgate.tape import Tape
from qgate.wires import Wires


def _dense_probabilities(operations, measured):
    """Multiply dense matrices; the first measured wire is the most significant bit."""
    used = Wires.all_wires([*(op.wires for op in operations), Wires(measured)])
    measured = Wires(measured)
    order = Wires([*measured, *(wire for wire in used if wire not in measured)])
    start = np.zeros(2 ** len(order), dtype=complex)
    start[0] = 1
    state = reduce(lambda state, op: op.matrix(wire_order=order) @ state, operations, start)
    return (abs(state) ** 2).reshape(2 ** len(measured), -1).sum(axis=1)


@pytest.fixture(scope="session")
def dense_probabilities():
    return _dense_probabilities


@pytest.fixture
def assert_sampled():
    """Compare outcomes with probabilities within five standard errors."""

    def check(outcomes, probabilities):
        error = np.sqrt(probabilities * (1 - probabilities) / outcomes.shots)
        assert np.all(abs(outcomes.probabilities() - probabilities) <= 5 * error + 1e-12)

    return check


@pytest.fixture
def count_sweep():
    """A sweep that measures counts of some wires."""

    def sweep(operations, wires, shots=4000):
        return Tape(operations, [counts(wires=wires)], shots=shots).sweep()

    return sweep


@pytest.fixture
def line_backend():
    """Five qubits in a line."""
    line = [[0, 1], [1, 2], [2, 3], [3, 4]]
    return GenericBackendV2(5, coupling_map=line, seed=1)
