"""The memory of measurements is estimated before they are computed."""

import tracemalloc

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import TooMuchMemory

MIB = 2**20


def node(measure, wires, gates=(), method="best", **device):
    def circuit(x):
        for wire in range(wires):
            qg.RX(x, wire)
        for gate in gates:
            gate()
        return measure()

    return qg.QNode(circuit, LocalDevice(wires=wires, **device), diff_method=method)


def traced(ask):
    """Return the peak number of bytes that Python and numpy allocate during a call."""
    tracemalloc.start()
    try:
        ask()
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return most


X = 0.1
BATCH = np.linspace(0, 1, 4000)
LARGE = {
    "a density matrix": lambda **d: node(lambda: qg.density_matrix(wires=range(12)), 12, **d)(X),
    "an entropy": lambda **d: node(lambda: qg.vn_entropy(wires=range(11)), 12, **d)(X),
    "mutual information": lambda **d: node(
        lambda: qg.mutual_info(wires0=range(6), wires1=range(6, 11)), 12, **d
    )(X),
    "a purity": lambda **d: node(lambda: qg.purity(wires=range(12)), 12, **d)(X),
    "a Hermitian": lambda **d: node(lambda: qg.expval(qg.Hermitian(np.eye(2), 0)), 22, **d)(X),
    "a variance": lambda **d: node(lambda: qg.var(qg.Z(0)), 22, **d)(X),
    "all probabilities": lambda **d: node(qg.probs, 22, **d)(X),
    "a state": lambda **d: node(qg.state, 22, **d)(X),
    "a batch of probabilities": lambda **d: node(qg.probs, 12, **d)(BATCH),
    "a batch of states": lambda **d: node(qg.state, 12, **d)(BATCH),
    "a batch of matrices": lambda **d: node(lambda: qg.density_matrix(wires=range(4)), 4, **d)(
        np.linspace(0, 1, 60_000)
    ),
    "samples": lambda **d: node(qg.sample, 8, shots=10**8, **d)(X),
    "very many samples": lambda **d: node(qg.sample, 1, shots=10**12, **d)(X),
    "samples of an observable": lambda **d: node(lambda: qg.sample(qg.Z(0)), 8, shots=10**9, **d)(
        X
    ),
    "derivatives of an observable": lambda **d: qg.grad(
        node(lambda: qg.expval(qg.Hermitian(np.eye(2), 0)), 22, method="adjoint", **d)
    )(qnp.array(X)),
    "derivatives by tracing": lambda **d: qg.grad(
        node(lambda: qg.expval(qg.Z(0)), 22, method="backprop", **d)
    )(qnp.array(X)),
    "derivatives of a state": lambda **d: qg.jacobian(node(lambda: qg.probs(wires=[0]), 22, **d))(
        qnp.array(X)
    ),
    "a wide diagonal": lambda **d: node(
        lambda: qg.expval(qg.Z(0)), 22, [lambda: qg.PCPhase(0.1, dim=5, wires=range(22))], **d
    )(X),
}


@pytest.mark.parametrize("ask", LARGE.values(), ids=LARGE.keys())
def test_what_is_above_the_limit_is_refused_before_it_is_computed(ask):
    limit = 40 * MIB

    def refused():
        with pytest.raises(TooMuchMemory, match="memory_gib sets the limit"):
            ask(memory_gib=limit / 2**30)

    assert traced(refused) < limit


SMALLER = {
    "a density matrix": (lambda: qg.density_matrix(wires=range(10)), 10, X, {}),
    "an entropy": (lambda: qg.vn_entropy(wires=range(9)), 10, X, {}),
    "a purity": (lambda: qg.purity(wires=range(10)), 10, X, {}),
    "a Hermitian": (lambda: qg.expval(qg.Hermitian(np.eye(4), [0, 5])), 18, X, {}),
    "a variance": (lambda: qg.var(qg.Z(0) + qg.X(1)), 18, X, {}),
    "probabilities": (qg.probs, 18, X, {}),
    "probabilities of some wires": (lambda: qg.probs(wires=[5, 2]), 18, X, {}),
    "a batch": (qg.probs, 10, BATCH, {}),
    "samples": (qg.sample, 8, X, {"shots": 300_000}),
}


@pytest.mark.parametrize(("measure", "wires", "x", "device"), SMALLER.values(), ids=SMALLER.keys())
def test_the_estimate_is_about_what_is_taken(measure, wires, x, device):
    node(measure, wires, **device)(x)  # caches for later calls do not count
    with pytest.raises(TooMuchMemory) as refused:
        node(measure, wires, memory_gib=1e-6, **device)(x)
    needed = refused.value.needed_gib * 2**30

    taken = traced(lambda: node(measure, wires, memory_gib=needed * 1.001 / 2**30, **device)(x))

    assert taken < 1.3 * needed + 2 * MIB


def test_counts_of_any_number_of_shots_take_no_memory_for_each():
    circuit = node(lambda: qg.probs(wires=range(14)), 14, shots=10**12)

    assert traced(lambda: circuit(X)) < 64 * MIB


def test_a_wide_phase_is_no_matrix():
    def gradient():
        circuit = node(
            lambda: qg.expval(qg.X(0)), 14, [lambda: qg.PCPhase(0.3, dim=3, wires=range(14))]
        )
        qg.grad(circuit)(qnp.array(X))

    assert traced(gradient) < 64 * MIB


def test_the_states_that_backprop_keeps_of_every_gate_stay_below_the_limit():
    wires, layers = 14, 8
    gates = [lambda wire=wire: qg.Hadamard(wire) for wire in range(wires)] * layers
    x = qnp.array(0.3, requires_grad=True)
    every = qg.grad(node(lambda: qg.expval(qg.Z(0)), wires, gates, "backprop"))
    every(x)

    most = traced(lambda: every(x)) / 2**30

    limited = node(lambda: qg.expval(qg.Z(0)), wires, gates, "backprop", memory_gib=0.5 * most)
    with pytest.raises(TooMuchMemory):
        qg.grad(limited)(x)
    allowed = node(lambda: qg.expval(qg.Z(0)), wires, gates, "backprop", memory_gib=2 * most)
    assert np.isfinite(qg.grad(allowed)(x))
