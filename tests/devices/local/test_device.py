"""The local device for a user: shots, seeds, rows, and operators that are not gates."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.local.device import AMPLITUDES_AT_ONCE, LocalDevice
from qgate.devices.local.engine import Engine
from qgate.devices.local.libraries import SETS, library
from qgate.devices.local.provider import provider
from qgate.exceptions import (
    InvalidParameters,
    InvalidShots,
    NotFinite,
    NotUnitary,
    QuantumFunctionError,
    TooManyWires,
    UnknownWires,
    UnsupportedMeasurement,
)
from qgate.execution.execute import execute_sweeps
from qgate.operations.gate import ROWS
from qgate.recording import record
from qgate.tape import Tape
from qgate.wires import Wires

SHOTS = 20_000
A = np.array([[1, 2 - 1j], [2 + 1j, 0.5]])


def tilted():
    """Gates that leave no wire in an eigenstate, and wires entangled."""
    qg.RY(0.9, "a")
    qg.RX(1.3, "b")
    qg.CNOT(["a", "b"])
    qg.RY(-0.4, "c")
    qg.IsingXY(0.8, wires=["b", "c"])


def node(returned, gates=tilted, **device):
    def circuit():
        gates()
        return returned()

    return qg.QNode(circuit, LocalDevice(**device))


# Shots ----------------------------------------------------------------------------------

LARGEST = np.abs(np.linalg.eigvalsh(A)).max()
OBSERVABLES = {  # and a bound on the sum over their terms of weight times norm
    "a letter": (lambda: qg.Y("b"), 1),
    "a word": (lambda: qg.X("a") @ qg.Y("c"), 1),
    "a sum of words": (
        lambda: qg.dot([0.5, -1.2, 0.8], [qg.Z("a"), qg.X("b") @ qg.X("c"), qg.Y("a")]),
        2.5,
    ),
    "a matrix": (lambda: qg.Hermitian(A, "b"), LARGEST),
    "a projector": (lambda: qg.Projector([0, 1], ["c", "a"]), 1),
    "a product": (lambda: qg.Hermitian(A, "c") @ qg.Z("a"), LARGEST),
    "a mixed sum": (
        lambda: 0.4 * qg.Hadamard("a") - 2 * qg.X("b") @ qg.Projector([1], "c"),
        2.4,
    ),
    "the identity": (lambda: 2 * qg.I("a"), 1e-9),
}


@pytest.mark.parametrize(("make", "bound"), OBSERVABLES.values(), ids=OBSERVABLES)
def test_sampled_expectation_values_and_variances_are_near_the_exact_ones(make, bound):
    mean, variance = node(lambda: (qg.expval(make()), qg.var(make())))()

    found = node(lambda: (qg.expval(make()), qg.var(make())), shots=SHOTS, seed=3)()

    # An average of outcomes of modulus b deviates by at most b standard errors of a fair coin;
    # of their squares, and of twice the mean times the mean, by b**2 and 2 * b**2.
    error = bound / np.sqrt(SHOTS)
    assert abs(found[0] - mean) <= 5 * error
    assert abs(found[1] - variance) <= 5 * 3 * max(bound, 1) * error


@pytest.mark.parametrize(
    "measure",
    [
        lambda: qg.probs(),
        lambda: qg.probs(wires=["c", "a"]),
        lambda: qg.probs(op=qg.X("b") @ qg.Y("a")),
        lambda: qg.probs(op=qg.Hermitian(A, "b") @ qg.X("a")),
    ],
)
def test_sampled_probabilities_are_near_the_exact_ones(measure):
    exact = node(measure)()

    found = node(measure, shots=SHOTS, seed=4)()

    assert found.sum() == pytest.approx(1)
    assert np.all(np.abs(found - exact) <= 5 * np.sqrt(exact * (1 - exact) / SHOTS) + 1e-12)


def test_samples_have_the_mean_of_the_observable():
    exact = node(lambda: qg.expval(qg.X("a") @ qg.Y("c")))()

    found = node(lambda: qg.sample(qg.X("a") @ qg.Y("c")), shots=SHOTS, seed=5)()

    assert found.shape == (SHOTS,)
    assert set(np.unique(found)) == {-1.0, 1.0}
    assert abs(found.mean() - exact) <= 5 * np.sqrt((1 - exact**2) / SHOTS)


def test_samples_of_a_matrix_are_its_eigenvalues():
    found = node(lambda: qg.sample(qg.Hermitian(A, "b")), shots=500, seed=5)()

    assert_allclose(np.unique(found), np.linalg.eigvalsh(A))


def test_samples_of_a_sum_of_words_in_one_basis_are_sums_of_signs():
    def measure():
        observable = 0.5 * qg.X("a") @ qg.Z("b") + 2 * qg.Z("b")
        return qg.sample(observable), qg.sample(wires="b")

    samples, bits = node(measure, shots=300, seed=6)()

    assert set(np.round(np.unique(samples), 9)) == {-2.5, -1.5, 1.5, 2.5}
    assert_array_equal(np.sign(samples), 1 - 2 * bits[:, 0])


def test_samples_of_several_wires_have_a_column_for_each():
    found = node(lambda: qg.sample(wires=["c", "a"]), shots=300, seed=7)()
    whole = node(lambda: qg.sample(), shots=300, seed=7)()

    assert found.shape == (300, 2)
    assert whole.shape == (300, 3)
    assert found.dtype.kind == "i"


def test_what_is_measured_together_is_read_from_the_same_shots():
    bits, counts, sign, mean = node(
        lambda: (
            qg.sample(wires=["a", "b"]),
            qg.counts(wires=["b", "a"]),
            qg.sample(qg.Z("a")),
            qg.expval(qg.Z("a") @ qg.Z("b")),
        ),
        shots=200,
        seed=8,
    )()

    strings = [f"{b}{a}" for a, b in bits]
    assert counts == {string: strings.count(string) for string in sorted(set(strings))}
    assert_array_equal(sign, 1 - 2 * bits[:, 0])
    assert mean == pytest.approx(np.prod(1 - 2 * bits, axis=1).mean())


def test_counts_of_an_observable_are_by_eigenvalue():
    found = node(lambda: qg.counts(qg.Hermitian(A, "b")), shots=400, seed=9)()

    assert_allclose(sorted(found), np.linalg.eigvalsh(A))
    assert sum(found.values()) == 400


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (lambda **k: qg.counts(qg.Z("a"), **k), {-1.0: 0, 1.0: 9}),
        (
            lambda **k: qg.counts(qg.Z("a") + 0.5 * qg.Z("b"), **k),
            {-1.5: 0, -0.5: 0, 0.5: 0, 1.5: 9},
        ),
        (lambda **k: qg.counts(qg.Projector([1], "a"), **k), {0.0: 9, 1.0: 0}),
        (lambda **k: qg.counts(wires=["a", "b"], **k), {"00": 9, "01": 0, "10": 0, "11": 0}),
        (lambda **k: qg.counts(qg.I("a"), **k), {1.0: 9}),
    ],
)
def test_outcomes_that_were_never_read_are_listed_on_request(measure, expected):
    def idle():
        qg.I("a")
        qg.I("b")

    everything = node(lambda: measure(all_outcomes=True), idle, shots=9, seed=1)()
    read = node(lambda: measure(), idle, shots=9, seed=1)()

    assert everything == expected
    assert read == {value: count for value, count in expected.items() if count}


def test_a_shot_vector_gives_a_result_for_each_part():
    parts = node(lambda: (qg.counts(), qg.expval(qg.Z("a"))), shots=(10, (20, 2)), seed=1)()

    assert [sum(counts.values()) for counts, _ in parts] == [10, 20, 20]
    assert all(np.shape(mean) == () for _, mean in parts)


def test_a_batch_with_a_shot_vector_has_the_batch_inside_each_part():
    @qg.qnode(LocalDevice(shots=(100, 300), seed=1))
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0)), qg.sample(wires=0), qg.counts(wires=0)

    parts = circuit(np.array([0.0, np.pi, 0.0]))

    for shots, (means, samples, counts) in zip((100, 300), parts, strict=True):
        assert means.tolist() == [1.0, -1.0, 1.0]
        assert samples.shape == (3, shots, 1)
        assert list(counts) == [{"0": shots}, {"1": shots}, {"0": shots}]


def test_equal_rows_are_sampled_each_for_itself():
    @qg.qnode(LocalDevice(shots=1000, seed=1))
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    assert len(set(circuit(np.full(4, 1.0)).tolist())) == 4


# Seeds ----------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_samples():
    first, second = (node(lambda: (qg.sample(), qg.counts()), shots=50, seed=7) for _ in "ab")

    for _ in range(2):
        one, other = first(), second()
        assert_array_equal(one[0], other[0])
        assert one[1] == other[1]


def test_another_seed_gives_other_samples_and_so_does_a_second_call():
    device = LocalDevice(shots=50, seed=7)
    call = qg.QNode(lambda: [tilted(), qg.sample()][1], device)

    first, second = call(), call()
    other = node(qg.sample, shots=50, seed=8)()

    assert not np.array_equal(first, second)
    assert not np.array_equal(first, other)


# Rows and wires -------------------------------------------------------------------------


class Counting(Engine):
    """Returns the state 0 for every row, and records how many rows it was given at once."""

    def __init__(self):
        self.rows = []

    def states(self, structure, rows, arrays, *, order, xp=np):
        self.rows.append(len(rows))
        state = np.zeros(2 ** len(order), dtype=np.float32)
        state[0] = 1
        return np.broadcast_to(state, (len(rows), len(state)))


def test_rows_are_simulated_together_up_to_a_number_of_amplitudes():
    engine = Counting()
    device = LocalDevice(wires=21, engine=engine)
    others = [qg.X(wire) for wire in range(1, 21)]
    tape = Tape([qg.RX(np.linspace(0, 1, 20), 0), *others], [qg.probs(wires=[0])])

    ((found,),) = device.submit([tape.sweep()]).result()

    assert AMPLITUDES_AT_ONCE == 8 * 2**21
    assert engine.rows == [8, 8, 4]
    assert found.tolist() == [[1.0, 0.0]] * 20


def test_shots_stay_with_their_rows_when_these_are_cut():
    gates = [qg.RX(np.linspace(0, 1, 9), 0), *(qg.X(wire) for wire in range(1, 21))]
    tape = Tape(gates, [qg.counts(wires=[0])], shots=(3, 5))
    device = LocalDevice(wires=21, engine=Counting())

    ((found,),) = device.submit([tape.sweep()]).result()

    assert [outcomes.shots for outcomes in found] == [3, 5] * 9


def test_the_device_orders_the_wires_where_it_was_given_some():
    def circuit():
        qg.X("b")
        return qg.probs(), qg.state()

    own = qg.QNode(circuit, LocalDevice(wires=["a", "b"]))()
    appearing = qg.QNode(circuit, LocalDevice())()

    assert own[0].tolist() == [0, 1, 0, 0]
    assert own[1].tolist() == [0, 1, 0, 0]
    assert appearing[0].tolist() == [0, 1]


def test_too_many_and_unknown_wires_are_refused():
    with pytest.raises(TooManyWires, match="33 wires, local has 32"):
        node(lambda: qg.expval(qg.Z(0)), lambda: [qg.X(wire) for wire in range(33)])()
    with pytest.raises(UnknownWires, match=r"wires \[a, b, c\]"):
        node(lambda: qg.expval(qg.Z("a")), wires=4)()


def test_shots_that_are_not_positive_are_refused():
    with pytest.raises(InvalidShots):
        LocalDevice(shots=0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, [0.1, np.nan]])
def test_parameters_that_are_not_finite_are_refused(bad):
    circuit = qg.QNode(lambda x: [qg.RX(x, 0), qg.expval(qg.Z(0))][1], LocalDevice())

    with pytest.raises(NotFinite, match="RX was given the parameter"):
        circuit(np.array(bad))


def test_batches_of_different_lengths_are_refused():
    def gates():
        qg.RX(np.zeros(2), 0)
        qg.RY(np.zeros(3), 0)

    with pytest.raises(InvalidParameters, match=r"\[2, 3\]"):
        node(lambda: qg.expval(qg.Z(0)), gates)()


def test_states_prepared_after_a_gate_are_refused():
    def gates():
        qg.Hadamard(0)
        qg.StatePrep([0.6, 0.8], wires=0)

    with pytest.raises(QuantumFunctionError, match="prepares the wires"):
        node(qg.state, gates)()


@pytest.mark.parametrize("measure", [qg.sample, qg.counts])
def test_samples_are_refused_without_shots_also_while_differentiating(measure):
    circuit = qg.QNode(lambda x: [qg.RX(x, 0), measure()][1], LocalDevice(), diff_method="backprop")

    with pytest.raises(UnsupportedMeasurement, match="without shots"):
        circuit(0.1)
    with pytest.raises(UnsupportedMeasurement, match="without shots"):
        qg.grad(circuit)(qnp.array(0.1, requires_grad=True))


# Batches of matrices and states ---------------------------------------------------------

RANDOM = np.random.default_rng(2)
UNITARIES = np.linalg.qr(RANDOM.normal(size=(3, 2, 2)))[0]
STATES = RANDOM.normal(size=(3, 4)) / 3
STATES /= np.linalg.norm(STATES, axis=1)[:, None]
STATES[2] = STATES[0]
BATCHES = {
    "matrices": lambda index: qg.QubitUnitary(UNITARIES[index], wires=0),
    "states": lambda index: qg.StatePrep(STATES[index], wires=[1, 0]),
}


def with_array(make, index, **options):
    @qg.qnode(LocalDevice(**options))
    def circuit(x):
        make(index)
        qg.RX(x, 0)
        qg.CNOT([0, 1])
        return qg.expval(qg.Z(0) @ qg.Y(1)), qg.probs(wires=1), qg.expval(qg.Z(0))

    return circuit


@pytest.mark.parametrize("make", BATCHES.values(), ids=BATCHES)
@pytest.mark.parametrize("x", [0.3, np.array([0.3, -0.2, 0.3])])
def test_each_member_of_a_batch_of_arrays_is_run(make, x):
    every = with_array(make, slice(None))(x)

    angles = np.broadcast_to(x, 3)
    one_by_one = [with_array(make, index)(angles[index]) for index in range(3)]
    for position, found in enumerate(every):
        assert_allclose(found, [values[position] for values in one_by_one], atol=1e-12)


@pytest.mark.parametrize("make", BATCHES.values(), ids=BATCHES)
@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "finite-diff"])
def test_a_batch_of_arrays_is_differentiated_member_by_member(make, method):
    def mean(index):
        circuit = with_array(make, index)
        return qg.QNode(lambda x: circuit.func(x)[2], circuit.device, diff_method=method)

    x = qnp.array(0.3, requires_grad=True)
    found = qg.jacobian(mean(slice(None)))(x)

    expected = [qg.grad(mean(index))(x) for index in range(3)]
    assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("make", BATCHES.values(), ids=BATCHES)
def test_a_batch_of_arrays_is_sampled_member_by_member(make):
    exact = with_array(make, slice(None))(0.3)[2]

    parts = with_array(make, slice(None), shots=(SHOTS, SHOTS), seed=1)(0.3)

    for _, _, means in parts:
        assert np.all(np.abs(means - exact) <= 5 / np.sqrt(SHOTS))


def test_a_batch_of_arrays_is_differentiable_in_the_arrays():
    @qg.qnode(LocalDevice(), diff_method="backprop")
    def circuit(vectors):
        qg.StatePrep(vectors, wires=0, normalize=True)
        return qg.expval(qg.Z(0))

    vectors = qnp.array([[1.0, 2.0], [3.0, -1.0]], requires_grad=True)

    found = qg.grad(lambda v: qnp.sum(circuit(v)))(vectors)

    a, b = vectors[:, 0], vectors[:, 1]
    norm = (a**2 + b**2) ** 2
    assert_allclose(found, np.stack([4 * a * b**2 / norm, -4 * a**2 * b / norm], axis=1))


# Operators that are not gates -----------------------------------------------------------

NO_GATES = {
    "a matrix": lambda: qg.Hermitian(A, 0),
    "a unitary matrix": lambda: qg.Hermitian(np.array([[0, 1], [1, 0]]), 0),
    "a multiple": lambda: 0.5 * qg.X(0),
    "a sum": lambda: qg.X(0) + qg.Z(0),
    "a projector": lambda: qg.Projector([1], 0),
    "a multiple of a gate": lambda: 0.5 * qg.RX(0.1, 0),
    "a sum of gates": lambda: qg.RX(0.1, 0) + qg.RX(0.2, 0),
    "a product": lambda: qg.Hermitian(A, 0) @ qg.X(1),
    "a product with a gate": lambda: qg.prod(qg.RX(0.1, 0), 0.5 * qg.X(0)),
    "an adjoint": lambda: qg.adjoint(qg.Hermitian(A, 0)),
    "controlled": lambda: qg.ctrl(0.5 * qg.X(0), 1),
    "a root": lambda: qg.pow(qg.Hermitian(A @ A, 0), 0.5),
    "a real exponential": lambda: qg.exp(qg.X(0), 0.3),
    "a sum of many words": lambda: qg.PauliSum.from_words(np.ones(2), ["X" * 9, "Z" * 9]),
}
METHODS = ["adjoint", "backprop", "parameter-shift", "finite-diff"]


def leave(make):
    """Put an operator among the operations; sums of Pauli words do not record themselves."""
    record(make())


@pytest.mark.parametrize("make", NO_GATES.values(), ids=NO_GATES)
def test_what_is_no_gate_cannot_be_applied(make):
    with pytest.raises(NotUnitary, match=r"cannot be applied as a gate.* not unitary"):
        node(lambda: qg.expval(qg.Z(0)), lambda: leave(make))()


@pytest.mark.parametrize("method", METHODS)
def test_what_is_no_gate_cannot_be_differentiated_through(method):
    def circuit(x):
        qg.RX(x, 0)
        leave(lambda: 0.5 * qg.X(0))
        return qg.expval(qg.Z(0))

    with pytest.raises(NotUnitary, match=r"0\.5 \* X\(0\) on the wires \[0\]"):
        qg.grad(qg.QNode(circuit, LocalDevice(), diff_method=method))(
            qnp.array(0.3, requires_grad=True)
        )


def test_the_refusal_names_what_the_user_wrote():
    with pytest.raises(NotUnitary, match=r"Projector\(\[1\], wires=\[0\]\) on the wires \[0\]"):
        node(qg.state, lambda: qg.Projector([1], 0))()
    with pytest.raises(NotUnitary, match=r"Hermitian on the wires \[0, 1, 2\]"):
        node(qg.state, lambda: qg.Hermitian(np.eye(8), [0, 1, 2]))()


@pytest.mark.parametrize(
    ("make", "gates"),
    [
        (lambda: qg.X(0) @ qg.Z(1), lambda: [qg.X(0), qg.Z(1)]),
        (lambda: 1.0 * qg.Y(0), lambda: [qg.Y(0)]),
        (lambda: -1 * qg.X(0), lambda: [qg.X(0), qg.GlobalPhase(np.pi)]),
        (lambda: np.exp(0.3j) * qg.RX(0.2, 0), lambda: [qg.RX(0.2, 0), qg.GlobalPhase(-0.3)]),
        (lambda: qg.ctrl(qg.X(0) @ qg.Z(1), 2), lambda: [qg.CNOT([2, 0]), qg.CZ([2, 1])]),
        (lambda: qg.ctrl(1j * qg.X(0), 2), lambda: [qg.CNOT([2, 0]), qg.S(2)]),
        (lambda: qg.prod(qg.X(0) @ qg.Z(1), qg.S(0)), lambda: [qg.S(0), qg.X(0), qg.Z(1)]),
        (
            lambda: qg.pow(qg.X(0) @ qg.X(1), 0.5),
            lambda: [qg.IsingXX(np.pi / 2, [0, 1]), qg.GlobalPhase(-np.pi / 4)],
        ),
    ],
)
def test_words_with_a_factor_of_modulus_1_are_applied(make, gates):
    def before():
        qg.RY(0.3, 0)
        qg.RX(0.4, 1)
        qg.Hadamard(2)

    def after(apply):
        return node(qg.state, lambda: [before(), apply()], wires=3)()

    assert_allclose(after(lambda: leave(make)), after(gates), atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "apply",
    [
        lambda x: [qg.RX(x, 0), leave(lambda: qg.X(0) @ qg.Z(1))],
        lambda x: [qg.X(0), leave(lambda: -1j * qg.RX(x, 0))],
        lambda x: [leave(lambda: qg.prod(-1 * qg.X(0), qg.RX(x, 0)))],
    ],
)
def test_words_and_phases_are_differentiated_through(apply, method):
    def circuit(x):
        apply(x)
        return qg.expval(qg.Z(0))

    function = qg.QNode(circuit, LocalDevice(), diff_method=method)

    found = qg.grad(function)(qnp.array(0.3, requires_grad=True))

    assert found == pytest.approx(np.sin(0.3), abs=1e-6)


# The provider ---------------------------------------------------------------------------


def test_the_provider_has_one_target_and_makes_the_device():
    options = provider.options(seed=3)

    device = provider.make("statevector", options, wires=Wires([0, 1]), shots="default")

    assert list(provider.targets()) == ["statevector"]
    assert provider.capabilities("statevector") is LocalDevice.capabilities
    assert isinstance(device, LocalDevice)
    assert device.wires == Wires([0, 1])
    assert repr(device) == "<qgate device 'local': wires=2, shots=None>"


# Idle wires -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_results_beside_idle_wires_are_those_of_the_whole_state(data, dense):
    order = data.draw(st.permutations(["a", 7, ("t", 1), -1]))
    words = data.draw(st.lists(st.text("IXYZ", min_size=4, max_size=4), min_size=1, max_size=4))
    gates = data.draw(
        st.lists(
            st.builds(
                lambda make, angle, wire: make(angle, [wire]),
                st.sampled_from([qg.RX, qg.RY, qg.RZ]),
                st.floats(-3, 3),
                st.sampled_from(order[:3]),
            ),
            max_size=4,
        )
    )
    weights = np.linspace(-1, 1, len(words)) + 0.1
    observable = qg.PauliSum.from_words(weights, words, order)

    def circuit():
        for gate in gates:
            record(gate)
        return qg.expval(observable), qg.var(observable)

    value, variance = qg.QNode(circuit, LocalDevice(wires=order))()

    exact = dense.state(gates, order)
    applied = dense.matrix(observable, order) @ exact
    mean = np.vdot(exact, applied).real
    assert_allclose(value, mean, atol=1e-12)
    assert_allclose(variance, np.vdot(applied, applied).real - mean**2, atol=1e-11)


# Large angles ---------------------------------------------------------------------------


def usable_engines():
    """Every value of ``QGATE_ENGINE`` that works on this machine."""
    baseline = library("baseline")
    built = () if baseline is None else SETS[: SETS.index(baseline.supported) + 1]
    return [name for name in built if library(name) is not None] + ["numpy", "gates"]


ANGLED = sorted(name for name, row in ROWS.items() if row.angles)


def in_one_period(x):
    """The angle between -8 pi and 8 pi that differs by a multiple of 16 pi."""
    with mpmath.workdps(400):
        period = 16 * mpmath.pi
        return float(mpmath.mpf(x) - period * mpmath.nint(mpmath.mpf(x) / period))


@pytest.mark.parametrize("engine", usable_engines())
@pytest.mark.parametrize("size", [1e9, 3.9e17, 1e100, 1e300])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_every_gate_has_its_matrix_at_large_angles(
    size, engine, precision, dense, drawn, monkeypatch
):
    monkeypatch.setenv("QGATE_ENGINE", engine)
    device = LocalDevice(wires=drawn.wires, precision=precision)
    for seed, name in enumerate(ANGLED):
        numbers = drawn.numbers(seed, None)
        numbers.angle = lambda random=numbers.random: size * random.uniform(-1, 1)
        before = [qg.StatePrep(numbers.state(4), wires=drawn.wires)]
        gates = [drawn.menu[name](numbers, drawn.wires) for _ in range(2)]
        exact = [gate.with_parameters(map(in_one_period, gate.parameters)) for gate in gates]
        sweep = Tape([*before, *gates], [qg.state()]).sweep()

        found = execute_sweeps([sweep], device)[0][0]

        close = 1e-14 if precision == "double" or engine == "gates" else 1e-5
        expected = dense.states([*before, *exact])
        assert_allclose(found, expected, atol=close, err_msg=name)


@pytest.mark.parametrize("engine", usable_engines())
@pytest.mark.parametrize("x", [1e7, 1e9, 1.4e10])
def test_states_stay_normalised_where_an_angle_has_no_known_period(x, engine, monkeypatch):
    monkeypatch.setenv("QGATE_ENGINE", engine)

    @qg.qnode(LocalDevice(wires=2))
    def circuit():
        qg.Hadamard(0)
        qg.Hadamard(1)
        qg.evolve(0.3 * qg.Z(0) @ qg.Z(1), x)
        return qg.state()

    assert_allclose(np.linalg.norm(circuit()), 1.0, atol=1e-13)


def test_a_wide_controlled_matrix_is_applied_as_it_is():
    cycle = np.roll(np.eye(128), 1, axis=0)

    @qg.qnode("local")
    def circuit(angle):
        qg.RY(angle, 7)
        qg.ControlledQubitUnitary(cycle, wires=[7, *range(7)])
        return qg.expval(qg.Z(6))

    assert circuit(0.6) == pytest.approx((1 + np.cos(0.6)) / 2 - (1 - np.cos(0.6)) / 2)
    assert qg.specs(circuit)(0.6)["resources"].gate_types["ControlledQubitUnitary"] == 1
