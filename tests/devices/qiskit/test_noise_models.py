"""Noise models of Aer on the local device: Aer's own results."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    ReadoutError,
    amplitude_damping_error,
    depolarizing_error,
)
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qgate as qg


@pytest.fixture
def model():
    found = NoiseModel()
    pair = depolarizing_error(0.1, 1).tensor(amplitude_damping_error(0.3))
    found.add_quantum_error(pair, ["cx"], [0, 1])
    found.add_all_qubit_quantum_error(depolarizing_error(0.05, 2), ["cx"])
    found.add_all_qubit_quantum_error(depolarizing_error(0.01, 1), ["rx", "h"])
    found.add_quantum_error(amplitude_damping_error(0.3), ["ry"], [2])
    found.add_all_qubit_readout_error(ReadoutError([[0.98, 0.02], [0.1, 0.9]]))
    return found


def circuit(angle):
    qg.RX(angle, 0)
    qg.Hadamard(1)
    qg.CNOT([0, 1])
    qg.RY(0.2, 2)
    qg.CNOT([2, 1])
    return qg.probs(wires=[0, 1, 2])


@pytest.mark.filterwarnings("ignore")
def test_the_local_device_gives_the_results_of_aer(model):
    same = QuantumCircuit(3)
    same.rx(0.4, 0)
    same.h(1)
    same.cx(0, 1)
    same.ry(0.2, 2)
    same.cx(2, 1)
    same.save_density_matrix(qubits=[2, 1, 0])
    data = AerSimulator(method="density_matrix", noise_model=model).run(same).result().data()
    wanted = np.diag(np.asarray(data["density_matrix"])).real.reshape(2, 2, 2)
    confusion = np.array([[0.98, 0.1], [0.02, 0.9]])
    for wire in range(3):
        wanted = np.moveaxis(np.tensordot(confusion, wanted, axes=(1, wire)), 0, wire)

    found = qg.QNode(circuit, qg.device("local", noise=model))(0.4)

    assert found == pytest.approx(wanted.ravel(), abs=1e-10)


def test_backends_and_targets_give_the_same_noise():
    fake = FakeManilaV2()

    devices = [qg.device("local", noise=given) for given in (fake, fake.target)]

    first, second = (qg.QNode(circuit, device)(0.4) for device in devices)
    assert first == pytest.approx(second)
    assert abs(first - qg.QNode(circuit, "local")(0.4)).max() > 1e-3
