"""Emulations of IBM's devices: Aer's results, the device's limits and prices, nothing sent."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qgate as qg
from qgate.devices.emulation.device import _with_counts
from qgate.exceptions import InvalidOption, NotEmulated, TooManyWires
from qgate.execution.execute import prepare
from qgate.tape import Tape

MANILA = "qiskit:fake_manila?emulate={}&seed=3"


def circuit(angles):
    for wire in range(3):
        qg.RX(angles[wire], wire)
    qg.CNOT([0, 1])
    qg.IsingXX(angles[3], [1, 2])
    qg.CNOT([2, 0])
    return qg.probs(wires=[0, 1, 2])


def by_aer(device, angles):
    """Return the probabilities of the compiled circuit from Aer's density matrix."""
    with qg.QuantumTape() as tape:
        circuit(angles)
    ((sweep,), _, _) = prepare(tape.sweep(), device)
    compiler = device.emulated._compiler
    (program,) = compiler.programs([_with_counts(sweep).structure])
    bound = program.bound(sweep.rows[0])
    bare = QuantumCircuit(bound.num_qubits)
    for item in bound.data:
        if item.operation.name not in ("measure", "barrier"):
            bare.append(item)
    places = [program.places[wire] for wire in range(3)]
    bare.save_density_matrix(qubits=places[::-1])
    model = NoiseModel.from_backend(compiler.backend)
    data = AerSimulator(method="density_matrix", noise_model=model).run(bare).result().data()
    found = np.diag(np.asarray(data["density_matrix"])).real.reshape(2, 2, 2)
    for wire, place in enumerate(places):
        error = compiler.target["measure"][(place,)].error
        confusion = np.array([[1 - error, error], [error, 1 - error]])
        found = np.moveaxis(np.tensordot(confusion, found, axes=(1, wire)), 0, wire)
    return found.ravel()


@pytest.mark.parametrize("seed", range(3))
def test_gate_and_readout_errors_are_those_of_aer(seed):
    angles = np.random.default_rng(seed).normal(size=4)
    device = qg.device(MANILA.format("gates"))

    found = qg.set_shots(qg.QNode(circuit, device), None)(angles)

    assert found == pytest.approx(by_aer(device, angles), abs=1e-8)  # Aer rounds Kraus matrices


def test_shots_are_drawn_from_the_exact_probabilities():
    qnode = qg.QNode(circuit, qg.device(MANILA.format("calibration")))
    angles = [0.3, 1.1, -0.4, 0.8]

    exact, sampled = qg.set_shots(qnode, None)(angles), qg.set_shots(qnode, 20_000)(angles)

    assert np.all(abs(sampled - exact) < 5 * np.sqrt(exact * (1 - exact) / 20_000))
    again = qg.QNode(circuit, qg.device(MANILA.format("calibration")))
    assert np.array_equal(qg.set_shots(again, 20_000)(angles), sampled)


def test_waiting_qubits_decay():
    angles = [0.3, 1.1, -0.4, 0.8]

    idle, busy = (
        qg.set_shots(qg.QNode(circuit, qg.device(MANILA.format(kind))), None)(angles)
        for kind in ("calibration", "gates")
    )

    assert 1e-4 < abs(idle - busy).max() < 0.1


def test_an_emulation_has_the_rows_and_the_price_of_the_device_and_is_not_paid():
    def energy(angle):
        qg.RX(angle, 0)
        qg.CNOT([0, 1])
        return qg.expval(qg.Z(0) @ qg.Z(1) + qg.X(0))

    angle = qg.numpy.array(0.4, requires_grad=True)
    names = ("ibm:ibm_torino", "ibm:ibm_torino?emulate=calibration")
    real, emulated = (
        qg.plan(qg.grad(qg.QNode(energy, "local", diff_method="parameter-shift")), device=name)(
            angle
        )
        for name in names
    )

    assert (emulated.rows, emulated.shots) == (real.rows, real.shots)
    assert emulated.price == real.price
    assert emulated.price.high_usd > 0
    assert "emulate=calibration" in emulated.entries[0].device
    device = qg.device(names[1])
    assert not device.capabilities.paid
    assert "emulate=calibration" in device.identity
    assert device.noise.digest in device.identity


def test_what_the_device_refuses_is_refused():
    device = qg.device("ibm:ibm_torino?emulate=calibration")

    assert device.shots.total_shots == 1024
    with pytest.raises(TooManyWires):
        qg.execute([Tape([qg.H(wire) for wire in range(134)], [qg.expval(qg.Z(0))])], device)
    with pytest.raises(InvalidOption, match="seed"):
        qg.device("ibm:ibm_torino?seed=3")


def test_a_simulator_is_not_emulated():
    with pytest.raises(NotEmulated, match="qiskit:aer"):
        qg.device("qiskit:aer?emulate=calibration")


def test_a_backend_object_is_emulated():
    device = qg.device(FakeManilaV2(), emulate="gates", seed=1)

    assert "emulate=gates" in device.identity
    assert qg.QNode(circuit, device)([0.0] * 4).shape == (8,)


def test_a_target_with_unequal_readout_errors_keeps_them():
    from qgate.devices.qiskit.native import target_calibration

    backend = GenericBackendV2(2, seed=1)
    facts = backend.target["measure"][(1,)]
    facts.prob_meas1_prep0, facts.prob_meas0_prep1 = 0.01, 0.2

    assert target_calibration(backend.target).confusion(1) == (0.01, 0.2)


def test_a_journal_keeps_emulations_apart_from_the_device():
    names = ("calibration", "gates")
    with qg.run("h2", journal=":memory:") as run:
        values = [
            qg.QNode(circuit, qg.device(MANILA.format(name)))([0.3, 1.1, -0.4, 0.8])
            for name in names
        ]

    assert values[0].tolist() != values[1].tolist()
    assert {record.provider for record in run.records} == {"local"}
    assert [record.device.rpartition("emulate=")[2][:5] for record in run.records] == [
        name[:5] for name in names
    ]
