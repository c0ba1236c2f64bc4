"""Readout mitigation: values, errors, budget, placement, repetition."""

from dataclasses import replace

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as pnp
from qgate.devices.emulation.calibration import Calibration
from qgate.exceptions import InvalidOption, UnsupportedEstimate
from qgate.execution.execute import prepare
from qgate.jobs.digest import digest_of
from qgate.mitigation.readout import Readout
from qgate.mitigation.zne import ZNE
from qgate.shot_allocation.readout_errors import ReadoutErrors

X = pnp.array([0.3, -0.2], requires_grad=True)
READOUT = Calibration(
    readout={0: (0.02, 0.06), 1: (0.01, 0.03), 2: (0.05, 0.1)}, means={0: 0.0, 1: 0.0, 2: 0.0}
)


def chain(x):
    qg.RY(x[0], wires=0)
    qg.CNOT(wires=[0, 1])
    qg.RY(x[1], wires=1)
    qg.CNOT(wires=[1, 2])
    return qg.expval(qg.Z(0) @ qg.Z(2) + 0.5 * qg.X(1))


@pytest.fixture
def exact():
    return qg.QNode(chain, "local")


@pytest.fixture
def node():
    device = qg.device("local", noise=READOUT, seed=5)
    return qg.QNode(chain, device, shots=qg.Budget(shots=100_000), mitigation="readout")


def test_values_and_derivatives_are_right_within_their_errors(node, exact):
    found = qg.gradient_estimate(node)(X)
    truth = [float(exact(X)), *np.asarray(qg.grad(exact)(X))]

    (outputs,), (covariance,) = found.mitigation.outputs, found.mitigation.covariance

    assert (abs(outputs - truth) < 4 * np.sqrt(np.diag(covariance))).all()
    assert abs(node.update(mitigation="none")(X) - truth[0]) > 0.1
    assert "corrected for readout errors of" in found.mitigation.text


@pytest.mark.parametrize("grouping", ["fc", "symmetry"])
def test_signed_products_of_clifford_bases_are_corrected(node, exact, grouping):
    found = qg.estimate(node, grouping=grouping)(X)
    assert abs(found.value - exact(X)) < 4 * found.standard_error


@pytest.mark.parametrize("shots", [1, 30, 1001])
def test_the_budget_is_kept_in_one_submission(node, shots):
    found = qg.estimate(node.update(shots=qg.Budget(shots=shots), mitigation="readout"))(X)
    assert found.shots <= shots
    assert found.submissions == 1


def test_the_calibration_enters_the_error(node):
    few, more = (
        qg.estimate(node.update(mitigation=Readout(share=share)))(X).standard_error
        for share in (0.001, 0.2)
    )
    assert few > 2 * more


def test_probabilities_are_corrected(node):
    @qg.qnode(node.device, shots=qg.Budget(shots=100_000), mitigation="readout")
    def probs():
        qg.PauliX(wires=2)
        return qg.probs(wires=[0, 2])

    found = qg.estimate(probs)()

    assert (abs(found.value - [0, 1, 0, 0]) < 4 * found.standard_error + 1e-12).all()


def test_errors_are_those_of_the_preparations():
    prepared = np.array([[0, 1], [1, 0]], dtype=bool)
    ones = np.array([[100.0, 9800.0], [9700.0, 400.0]])
    found = ReadoutErrors.from_counts(prepared, ones, np.array([10_000, 10_000]))
    assert np.allclose(found.errors, [[0.01, 0.04], [0.03, 0.02]], atol=1e-4)
    assert np.allclose(found.variances, found.errors * (1 - found.errors) / 1e4, rtol=0.01)


def ring(x):
    for wire in range(4):
        qg.RY(x, wires=wire)
    for wire in range(4):
        qg.CNOT(wires=[wire, (wire + 1) % 4])
    return qg.expval(qg.X(0) @ qg.X(2)), qg.expval(qg.Z(1) @ qg.Z(3)), qg.expval(qg.Y(3))


def test_all_circuits_measure_the_qubits_of_the_preparations():
    pytest.importorskip("qiskit_ibm_runtime")
    device = qg.device("qiskit:fake_torino?emulate=calibration&seed=1")
    sent = Kept(device.emulated)
    device.emulated = sent

    qg.QNode(ring, device, shots=qg.Budget(shots=5_000), mitigation="readout")(0.3)

    (circuits,) = sent.circuits
    assert len(circuits) == 3
    assert len({tuple(sorted(circuit.places.items())) for circuit in circuits}) == 1


class Kept:
    """A device that keeps the circuits of each submission."""

    def __init__(self, device):
        self.device, self.circuits = device, []

    def __getattr__(self, name):
        return getattr(self.device, name)

    def native_circuits(self, sweeps):
        self.circuits.append(self.device.native_circuits(sweeps))
        return self.circuits[-1]


def test_equal_structures_beside_others_are_told_apart():
    tape = qg.tape.QuantumScript([qg.RX(0.1, 0)], [qg.counts(wires=[0])], shots=10)
    sweep = tape.sweep()
    beside = replace(sweep, beside=sweep)
    assert digest_of([beside]) != digest_of([sweep])
    ((part,), _, _) = prepare(beside, qg.device("local"))
    assert part.beside.structure == prepare(sweep, qg.device("local"))[0][0].structure


@pytest.mark.parametrize(("readout", "shots"), [(True, 100_000), (True, 40), (False, 40)])
def test_extrapolation_corrects_the_readout_too(node, exact, readout, shots):
    other = node.update(shots=qg.Budget(shots=shots), mitigation=ZNE(readout=readout))
    found = qg.estimate(other)(X)
    assert found.shots <= shots
    if shots > 1000:
        assert abs(found.value - exact(X)) < 4 * found.standard_error


def test_a_device_string_names_the_method():
    device = qg.device("local?seed=3&shots=1000", noise=READOUT, mitigation="readout")
    named = qg.device("local?mitigation=readout")

    assert qg.QNode(chain, device).shots.mitigation is not None
    assert qg.QNode(chain, device, mitigation="none").shots.mitigation is None
    assert qg.QNode(chain, named).shots.mitigation is None  # exact
    assert qg.set_shots(qg.QNode(chain, named), 100).shots.mitigation.name == "readout"
    with pytest.raises(InvalidOption, match="Did you mean 'readout'"):
        qg.device("local?mitigation=redout")


def test_counts_are_refused_with_the_name_of_what_can_be_had(node):
    @qg.qnode(node.device, shots=100, mitigation="readout")
    def counted():
        return qg.counts(wires=[0])

    with pytest.raises(UnsupportedEstimate, match=r"counts and samples is qg\.probs"):
        counted()


def test_other_shots_keep_the_method(node):
    assert node.update(shots=100).shots.mitigation.name == "readout"
    assert node.update(mitigation="none").update(shots=100).shots.mitigation is None


def test_devices_whose_service_chooses_qubits_are_refused():
    service = qg.device("braket:iqm/garnet?emulate=calibration")
    fixed = qg.device("braket:iqm/garnet?emulate=calibration&disable_qubit_rewiring=true")
    node = qg.QNode(chain, service, shots=100, mitigation="readout")

    assert fixed.chooses_qubits
    assert qg.device("braket:ionq/forte-1?emulate=calibration").chooses_qubits
    with pytest.raises(UnsupportedEstimate, match="whose service chooses the qubits"):
        node(X)
    assert "readout" not in qg.gradient_estimate(node.update(mitigation="auto"))(X).mitigation.text


def test_services_that_would_remove_repeated_gates_are_refused():
    service = qg.device("braket:iqm/garnet?emulate=calibration")
    node = qg.QNode(chain, service, shots=100, mitigation="zne")

    assert not service.keeps_gates
    assert qg.device("braket:iqm/garnet?emulate=calibration&verbatim=true", wires=3).keeps_gates
    with pytest.raises(UnsupportedEstimate, match="would remove the repeated gates"):
        node(X)


def test_errors_that_depend_on_a_neighbour_are_averaged_over_its_states():
    random = np.random.default_rng(0)
    prepared = random.random((400, 2)) < 0.5
    prepared[1::2] = ~prepared[::2]
    shots = np.full(400, 10_000)
    flipped = np.where(prepared[:, 1], 0.06, 0.02)  # of the first wire, by the second
    chances = np.where(prepared[:, 0], 1 - flipped, flipped)
    ones = np.column_stack([shots * chances, shots * prepared[:, 1]])

    found = ReadoutErrors.from_counts(prepared, ones, shots)

    assert found.errors[:, 0] == pytest.approx(0.04, abs=0.003)
    assert found.errors[:, 1] == pytest.approx(0.0, abs=1e-5)
