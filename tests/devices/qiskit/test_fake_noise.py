"""Noise of fake backends: that of the gates of a job, with the results of the whole model."""

import numpy as np
import pytest
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qgate as qg
from qgate.devices.qiskit.device import QiskitDevice
from qgate.devices.registry import device
from qgate.execution.compiled import compiled_circuits
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.tape import Tape

RX, RY, CNOT, CRY = (GATES[name] for name in ("RX", "RY", "CNOT", "CRY"))


def circuit(angle):
    """The gate under the condition is nowhere else in the circuit."""
    RY(angle, 0)
    CNOT([0, 1])
    qg.cond(qg.measure(1), RX)(1.1, 2)
    CRY(0.7, [1, 2])
    return qg.counts(wires=[0, 1, 2])


def test_the_noise_of_the_gates_in_use_gives_the_outcomes_of_all_noise():
    fake, given = FakeManilaV2(), {"name": "here", "seed": 3, "shots": 500}
    whole = QiskitDevice(AerSimulator.from_backend(fake), target=fake, **given)
    parts = QiskitDevice(AerSimulator(), target=fake, noise_of=fake, **given)

    found = [[qg.QNode(circuit, made)(angle) for angle in (0.3, 2.0)] for made in (whole, parts)]

    assert found[0] == found[1]
    assert len(found[0][0]) > 4


def test_the_object_of_a_fake_backend_is_the_device_of_its_name():
    objects = device(FakeManilaV2(), seed=3, shots=500)
    changed = FakeManilaV2()
    changed.set_options(noise_model=None, shots=10)

    values = [
        qg.QNode(circuit, made)(0.3)
        for made in (objects, device("qiskit:fake_manila?seed=3&shots=500"))
    ]

    assert values[0] == values[1]
    assert device(changed).backend is changed


def test_all_rows_of_a_fake_backend_are_one_job():
    made = device("qiskit:fake_manila?seed=1&shots=200")

    @qg.qnode(made)
    def rotated(angle):
        RX(angle, 0)
        return qg.expval(qg.Z(0))

    values = rotated(np.linspace(0, np.pi, 4))

    assert made.jobs == 1
    assert np.all(np.diff(values) < 0)


def test_a_fake_backend_compiles_as_its_device_would():
    fake, real = (device(name) for name in ("qiskit:fake_brussels", "ibm:ibm_brussels"))
    twisted = [RY(0.3, 0), CNOT([0, 1]), CRY(0.7, [0, 2]), CNOT([2, 1]), qg.Identity(1)]
    sweep = Tape(twisted, [counts(wires=[0, 1, 2])], shots=100).sweep()

    found, expected = (compiled_circuits([sweep], each)[0][0] for each in (fake, real))

    assert found == expected
    assert {"ecr", "id"} <= {operation.name for operation in found.operations}


@pytest.mark.parametrize("name", ["qiskit:fake_brussels", "ibm:ibm_brussels", "qiskit:aer"])
def test_the_seed_of_the_transpiler_is_an_option(name):
    ring = [gate for wire in range(6) for gate in (RY(0.1, wire), CNOT([wire, (wire + 2) % 6]))]
    sweep = Tape(ring, [counts(wires=range(6))], shots=100).sweep()

    layouts = [
        compiled_circuits([sweep], device(f"{name}?seed_transpiler={seed}"))[0][0].places
        for seed in (0, 0, 1, 2, 3)
    ]

    assert layouts[0] == layouts[1]
    assert (len(set(layouts)) > 1) == (name != "qiskit:aer")
    with pytest.raises(qg.exceptions.InvalidOption, match="seed_transpiler=-1"):
        device(f"{name}?seed_transpiler=-1")
