"""From sweeps to numbers: checks, submissions and results."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.devices.job import FinishedJob
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import (
    InvalidShots,
    NoMeasurement,
    TooManyWires,
    UnknownWires,
    UnsupportedMeasurement,
    UnsupportedOperation,
)
from qgate.execution.execute import execute_sweeps, prepare, validate
from qgate.tape import Tape

LOCAL = LocalDevice()


class Narrow(Device):
    """Two wires, few gates, 10 to 1000 shots; records submissions and delegates to ``local``."""

    name = "narrow"
    capabilities = Capabilities(
        gates=frozenset({"RX", "RY", "RZ", "CNOT", "GlobalPhase"}),
        default_shots=100,
        max_wires=2,
        min_shots=10,
        max_shots=1000,
    )

    def __init__(self, **options):
        super().__init__(**options)
        self.sent = []
        self.local = LocalDevice(seed=3)

    def submit(self, sweeps):
        self.sent.append(tuple(sweeps))
        return FinishedJob(self.local.submit(sweeps).result())


def tape(*measurements, shots=None, angle=0.3):
    return Tape([qg.RX(angle, 0), qg.CNOT([0, 1])], measurements, shots=shots)


# Submissions ------------------------------------------------------------------------------


def test_all_sweeps_are_one_submission():
    device = Narrow()

    execute_sweeps([tape(qg.expval(qg.Z(0)), shots=10).sweep() for _ in range(3)], device)

    assert len(device.sent) == 1


def test_terms_with_one_basis_are_read_from_one_circuit():
    device = Narrow()
    observable = qg.Z(0) @ qg.Z(1) + 0.5 * qg.Z(1) - qg.Z(0)

    execute_sweeps([tape(qg.expval(observable), qg.probs(wires=[0, 1]), shots=10).sweep()], device)

    assert [len(sweep) for sweep in device.sent[0]] == [1]


def test_only_gates_of_the_device_are_sent():
    device = Narrow()
    circuit = Tape([qg.Rot(0.1, 0.2, 0.3, 0), qg.SWAP([0, 1])], [qg.expval(qg.Y(0))], shots=10)

    execute_sweeps([circuit.sweep()], device)

    names = {gate.name for sweep in device.sent[0] for gate in sweep.structure.operations}
    assert names <= device.capabilities.gates


def test_equal_rows_are_run_once_where_values_are_exact():
    sweep = tape(qg.expval(qg.Z(0)), angle=np.array([0.1, 0.2, 0.1, 0.1])).sweep()

    native, index, _ = prepare(sweep, LOCAL)

    assert [len(part) for part in native] == [2]
    assert index.tolist() == [0, 1, 0, 0]


def test_equal_rows_are_run_each_where_values_are_sampled():
    sweep = tape(qg.expval(qg.Z(0)), angle=np.array([0.1, 0.2, 0.1]), shots=10).sweep()

    native, _, _ = prepare(sweep, LOCAL)

    assert [len(part) for part in native] == [3]


@given(st.lists(st.sampled_from([0.1, -0.4, 0.7, 0.0, -0.0]), min_size=1, max_size=8))
def test_merging_rows_changes_no_value(angles):
    ((found,),) = execute_sweeps([tape(qg.expval(qg.Z(1)), angle=np.array(angles)).sweep()], LOCAL)

    np.testing.assert_allclose(found, np.cos(angles), atol=1e-12)


def test_results_of_several_sweeps_come_back_in_order():
    sweeps = [tape(qg.expval(qg.Z(0)), qg.probs(wires=1), angle=angle).sweep() for angle in (0, 1)]

    found = execute_sweeps(sweeps, LOCAL)

    np.testing.assert_allclose([values[0][0] for values in found], np.cos([0, 1]))
    np.testing.assert_allclose([values[1][0, 1] for values in found], np.sin([0, 0.5]) ** 2)


# Checks -----------------------------------------------------------------------------------


def test_a_measurement_without_wires_reads_those_of_the_device():
    sweep = validate(tape(qg.probs()).sweep(), LocalDevice(wires=["b", 1, 0]))

    assert list(sweep.structure.measurements[0].wires) == ["b", 1, 0]


def test_a_measurement_without_wires_reads_those_of_the_circuit():
    sweep = validate(Tape([qg.CNOT([5, "a"])], [qg.probs()]).sweep(), LOCAL)

    assert list(sweep.structure.measurements[0].wires) == [5, "a"]


def test_the_limit_of_the_hardware_holds_for_circuits_without_a_device_order():
    circuit = Tape([qg.RX(0.1, wire) for wire in range(3)], [qg.expval(qg.Z(0))], shots=10)

    with pytest.raises(TooManyWires, match=r"uses 3 wires, narrow has 2\."):
        execute_sweeps([circuit.sweep()], Narrow())


def test_unknown_labels_are_named():
    circuit = Tape([qg.RX(0.1, "b")], [qg.expval(qg.Z("b"))], shots=10)

    with pytest.raises(UnknownWires, match=r"uses the wires \[b\], which narrow does not have\."):
        execute_sweeps([circuit.sweep()], Narrow(wires=["a", "c"]))


def test_fewer_shots_than_the_device_takes_are_refused():
    with pytest.raises(InvalidShots, match=r"asked for 1 shots .* takes at least 10"):
        execute_sweeps([tape(qg.expval(qg.Z(0)), shots=1).sweep()], Narrow())


def test_more_shots_than_the_device_takes_are_run_in_pieces_and_added():
    device = Narrow()

    ((found,),) = execute_sweeps([tape(qg.counts(wires=0), shots=2500).sweep()], device)

    ((sent,),) = device.sent
    assert sent.shots.tolist() == [834, 833, 833]
    assert sum(found[0].values()) == 2500


def test_nothing_is_sent_when_one_sweep_is_refused():
    device = Narrow()
    good = tape(qg.expval(qg.Z(0)), shots=10).sweep()
    bad = tape(qg.sample(wires=0)).sweep()

    with pytest.raises(UnsupportedMeasurement):
        execute_sweeps([good, bad], device)

    assert device.sent == []


def test_a_gate_that_does_not_decompose_is_named():
    class OneGate(Narrow):
        name = "one-gate"
        capabilities = Capabilities(gates=frozenset({"RX"}), default_shots=10)

    with pytest.raises(UnsupportedOperation) as caught:
        execute_sweeps([tape(qg.expval(qg.Z(0)), shots=10).sweep()], OneGate())

    assert str(caught.value) == (
        "one-gate cannot run CNOT, and it does not decompose into gates that the device has: RX. "
        "Write the circuit with these gates, or choose another device."
    )


def test_a_tape_without_measurements_is_refused():
    with pytest.raises(NoMeasurement):
        execute_sweeps([Tape([qg.RX(0.1, 0)]).sweep()], LOCAL)
