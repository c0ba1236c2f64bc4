"""Requirements of all methods of mitigation, with a method of a user among them."""

from dataclasses import dataclass

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as pnp
from qgate.exceptions import UnsupportedEstimate
from qgate.mitigation import ZNE, Added, Auto, Learned, Mitigated, Readout, Target

X = pnp.array([0.3, -0.2], requires_grad=True)


@dataclass(frozen=True)
class Halfway:
    """Linear extrapolation from gates that run three times."""

    name = "halfway"

    def added(self, target, random):
        size = len(target.rows)
        return Added(target.rows, np.full(size, 0.5 / size), np.full(size, 3))

    def mitigated(self, measured):
        size = measured.num_targets
        plain, folded = measured.outputs[:size], measured.outputs[size:]
        spread = 2.25 * measured.covariance[:size] + 0.25 * measured.covariance[size:]
        return Mitigated(1.5 * plain - 0.5 * folded, spread, abs(plain - folded) / 4, "a line")


METHODS = [
    Halfway(),
    ZNE(),
    ZNE((1, 3, 5), extrapolation="richardson"),
    Learned(),
    Readout(),
    Auto(),
]


@pytest.fixture(params=METHODS, ids=lambda method: f"{method.name}-{METHODS.index(method)}")
def method(request):
    return request.param


def circuit(x):
    qg.RY(x[0], wires=0)
    qg.CNOT(wires=[0, 1])
    qg.RY(x[1], wires=1)
    return qg.expval(qg.Z(0) @ qg.Z(1) + qg.X(1))


def test_rows_are_equal_for_equal_generators(method):
    target = Target(np.array([[0.3, -0.2], [0.1, 0.5]]), (0, 1), 100_000, 6, 2)
    first, second = (method.added(target, np.random.default_rng(4)) for _ in range(2))
    assert first.rows.shape[1] == 2
    assert np.array_equal(first.rows, second.rows)
    assert np.array_equal(first.shares, second.shares)
    assert np.array_equal(first.folds, second.folds)


def test_budgets_are_kept_and_outputs_have_both_errors(method):
    node = qg.QNode(circuit, qg.device("local", seed=2), shots=qg.Budget(shots=3_000))
    found = qg.gradient_estimate(node.update(mitigation=method))(X)
    assert 0 < found.shots <= 3_000
    assert found.gradient.shape == found.standard_error.shape == found.systematic_error.shape
    assert np.all(found.standard_error > 0)


@pytest.mark.parametrize(
    ("shares", "folds", "text"),
    [
        ([0.6, 0.5], [1, 3], "below 1"),
        ([-0.1, 0.5], [1, 3], "not negative"),
        ([0.2, 0.2], [1, 2], "Folds are odd"),
        ([0.2], [1, 3], r"\(N, P\)"),
    ],
)
def test_rows_that_cannot_run_are_refused(shares, folds, text):
    with pytest.raises(UnsupportedEstimate, match=text):
        Added(np.zeros((2, 3)), np.array(shares), np.array(folds))
