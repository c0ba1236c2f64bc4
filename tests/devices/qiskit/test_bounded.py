"""Free angles of gates that a backend supports in a range only."""

from math import pi

import numpy as np
import pytest
from qiskit.circuit import Parameter
from qiskit.circuit.library import RZZGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeFractionalBackend

from qgate.devices.batching import submit_packed
from qgate.devices.qiskit.compile import Compiler
from qgate.devices.qiskit.device import QiskitDevice
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.wires import Wires

RX, RY, H = (GATES[name] for name in ("RX", "RY", "Hadamard"))

TWO_WIRES = (
    *("IsingZZ", "IsingXX", "IsingYY", "IsingXY", "ControlledPhaseShift"),
    *("CRX", "CRY", "CRZ", "CRot", "SingleExcitation"),
)

EDGES = np.array([0, pi / 2, pi, 1.5 * pi, 2 * pi])
"""Angles at which the branch of the folding changes."""

ANGLES = np.array([*EDGES, *-EDGES, *EDGES + 1e-9, *EDGES - 1e-9, *np.linspace(-13, 13, 20)])


def circuit(name, angles):
    gate = GATES[name]
    before = [RY(0.4, 0), RY(1.3, 1), RX(0.7, 0)]
    return [*before, gate(*angles, wires=[0, 1]), RX(1.1, 0), RY(0.2, 1)]


def sweep_of(name, shots=1000):
    """A sweep in which the angles of a gate pass through all quadrants."""
    number = len(GATES[name].spec.angles)
    draws = np.stack([np.roll(ANGLES, shift) for shift in range(number)], axis=1)
    tapes = [Tape(circuit(name, row), [counts(wires=[0, 1])]) for row in draws]
    rows = np.stack([tape.row() for tape in tapes])
    return Sweep(tapes[0].structure, rows, (), np.full(len(rows), shots)), draws


def angles_of_rzz(circuit):
    return [float(item.operation.params[0]) for item in circuit.data if item.name == "rzz"]


def compiler(backend, level):
    return Compiler(backend, device="here", order=lambda wires: wires, optimization_level=level)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("name", TWO_WIRES)
def test_every_angle_that_reaches_rzz_is_between_0_and_half_a_turn_quarter(name, level):
    sweep, _ = sweep_of(name)
    (program,) = compiler(FakeFractionalBackend(), level).programs([sweep.structure])

    angles = [angle for row in sweep.rows for angle in angles_of_rzz(program.bound(row))]

    assert all(0 <= angle <= pi / 2 for angle in angles)


def test_one_circuit_with_rzz_serves_all_angles():
    sweep, _ = sweep_of("IsingZZ")
    compile_here = compiler(FakeFractionalBackend(), 2)

    (program,) = compile_here.programs([sweep.structure])

    assert program.circuit.count_ops()["rzz"] == 1
    assert "cx" not in program.circuit.count_ops()
    assert program.values(sweep.rows).shape == (len(sweep), len(program.parameters))


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("name", TWO_WIRES)
def test_folded_circuits_read_what_dense_matrices_give(
    dense_probabilities, assert_sampled, name, level
):
    sweep, draws = sweep_of(name)
    device = QiskitDevice(
        AerSimulator(),
        name="aer",
        target=FakeFractionalBackend(),
        wires=2,
        seed=1,
        optimization_level=level,
    )

    ((found,),) = submit_packed(device, [sweep]).result()

    for outcomes, angles in zip(found, draws, strict=True):
        assert_sampled(outcomes, dense_probabilities(circuit(name, angles), [0, 1]))


@pytest.mark.parametrize("bounds", [(0.1, 0.2), (-pi / 4, pi / 4)])
def test_a_gate_whose_range_cannot_be_folded_into_is_not_used_with_free_angles(bounds):
    backend = GenericBackendV2(2, seed=1)
    qubits = dict.fromkeys(backend.target["cx"])
    backend.target.add_instruction(RZZGate(Parameter("angle")), qubits, angle_bounds=[bounds])
    sweep, _ = sweep_of("IsingZZ")

    (program,) = compiler(backend, 1).programs([sweep.structure])

    assert program.parameters
    assert "rzz" not in program.circuit.count_ops()


def test_free_angles_without_a_range_stay_as_they_are():
    structure = Tape([H(0), RX(0.1, 0)], [counts(wires=[0])]).structure

    (program,) = compiler(FakeFractionalBackend(), 1).programs([structure])

    (angle,) = program.parameters
    assert angle.index == 0
    np.testing.assert_array_equal(program.values(np.array([[7.5]])), [[7.5]])


def test_the_qubits_of_wires_are_known_after_folding():
    sweep, _ = sweep_of("IsingZZ")
    (program,) = compiler(FakeFractionalBackend(), 1).programs([sweep.structure])

    assert set(program.places) == set(Wires([0, 1]))
