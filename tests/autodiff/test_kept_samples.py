"""Repeated calls of a QNode with shots, whose sweep is kept."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import NotFinite


def circuit(x, measured):
    qg.RX(x, wires=0)
    qg.Rot(0.1, 2 * x, x, wires=1)
    qg.CNOT(wires=[0, 1])
    return measured()


MEASURED = [
    lambda: qg.counts(),
    lambda: qg.counts(wires=1),
    lambda: qg.expval(0.5 * qg.Z(0) + 0.3 * qg.X(0) @ qg.Y(1)),
    lambda: (qg.var(qg.Z(1)), {"p": qg.probs(wires=[1, 0])}),
    lambda: qg.sample(wires=0, dtype=np.int8),
    lambda: qg.sample(qg.X(1)),
]


ANGLES = 0.3, 0.4, 0.4, np.float64(1.1), qnp.array(0.2)


def called(fresh, measured, shots):
    """Return the results of several calls, by one QNode or by a fresh one for each."""
    device, results, node = qg.device("local", wires=2, seed=7), [], None
    for x in ANGLES:
        if fresh or node is None:
            node = qg.QNode(circuit, device, shots=shots)
        results.append(node(x, measured))
    return results


def assert_same(one, other):
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            assert_same(one[key], other[key])
    elif isinstance(one, list | tuple):
        for first, second in zip(one, other, strict=True):
            assert_same(first, second)
    else:
        np.testing.assert_array_equal(one, other)
        assert getattr(one, "dtype", None) == getattr(other, "dtype", None)
        assert getattr(one, "requires_grad", None) == getattr(other, "requires_grad", None)


@pytest.mark.parametrize("shots", [50, [10, 20]])
@pytest.mark.parametrize("measured", MEASURED)
def test_a_repeated_call_draws_what_a_first_one_would(measured, shots):
    assert_same(called(False, measured, shots), called(True, measured, shots))


def test_a_seed_of_the_call_a_tracker_and_numbers_that_are_not_finite():
    device = qg.device("local", wires=2, seed=7)
    node = qg.QNode(circuit, device, shots=30)
    first, again = (node(0.3, MEASURED[0], seed=5) for _ in range(2))
    assert first == again
    node(0.3, MEASURED[0])

    with qg.Tracker(device) as tracker:
        node(0.3, MEASURED[0])
    assert tracker.totals["shots"] == 30
    with pytest.raises(NotFinite):
        node(np.inf, MEASURED[0])


def test_the_type_of_samples_is_that_of_the_call():
    node = qg.QNode(circuit, qg.device("local", wires=2), shots=5)
    types = [
        node(0.3, lambda dtype=dtype: qg.sample(wires=0, dtype=dtype)).dtype
        for dtype in (np.int8, np.int8, np.float32, np.int8)
    ]

    assert types == [np.int8, np.int8, np.float32, np.int8]
