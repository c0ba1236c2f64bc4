from dataclasses import replace

import numpy as np
import pytest
from braket.devices import LocalSimulator
from braket.task_result import ProgramSetExecutableFailure

from qgate.devices.braket.device import program_set
from qgate.devices.braket.packing import Entry, Pack
from qgate.devices.braket.results import read_program_set
from qgate.devices.braket.simulator import SeededStateVector
from qgate.devices.braket.translate import translate
from qgate.exceptions import JobFailed, WrongResult
from qgate.measurements import sample
from qgate.operations import RY, PauliX
from qgate.tape import Tape
from qgate.wires import Wires

SHOTS = 20
PACK = Pack(SHOTS, (Entry(0, (0, 1)),))


@pytest.fixture
def translation():
    return translate(sweep(), Wires([0, 1, 2]))


@pytest.fixture
def result(translation):
    simulator = LocalSimulator(SeededStateVector(seed=0))
    return simulator.run(program_set(PACK, [sweep()], [translation])).result()


def sweep():
    tape = Tape([RY(0.0, 1), PauliX(2)], [sample(wires=[2, 1, 0])], shots=SHOTS)
    return tape.sweep().with_rows(np.array([[0.0], [np.pi]]), np.full(2, SHOTS))


def read(result, translation, pack=PACK):
    return read_program_set(result, pack, [translation], device="braket:local")


def test_bits_are_put_into_the_order_of_the_measured_wires(result, translation):
    first, second = read(result, translation)

    assert first.counts() == {"100": SHOTS}
    assert second.counts() == {"110": SHOTS}


def test_the_order_of_measured_qubits_is_taken_from_the_result(result, translation):
    executable = result.entries[0].entries[1]
    executable.measurements = executable.measurements[:, [1, 2, 0]]
    executable.measured_qubits = [1, 2, 0]

    assert read(result, translation)[1].counts() == {"110": SHOTS}


def test_shots_keep_their_order(result, translation):
    assert read(result, translation)[1].bits().tolist() == [[1, 1, 0]] * SHOTS


def test_missing_executables_are_noticed(result, translation):
    with pytest.raises(WrongResult, match=r"\[2\] executables .* \[3\] were sent"):
        read(result, translation, Pack(SHOTS, (Entry(0, (0, 1, 2)),)))


def test_missing_circuits_are_noticed(result, translation):
    with pytest.raises(WrongResult, match=r"\[2\] executables .* \[1, 1\] were sent"):
        read(result, translation, Pack(SHOTS, (Entry(0, (0,)), Entry(0, (1,)))))


def test_missing_shots_are_noticed(result, translation):
    executable = result.entries[0].entries[1]
    executable.measurements = executable.measurements[:-1]

    with pytest.raises(WrongResult, match=r"\(19, 3\) for 20 shots of 3 qubits"):
        read(result, translation)


def test_missing_qubits_are_noticed(result, translation):
    with pytest.raises(WrongResult, match=r"qubits \[0, 1, 2\], \[7, 1\] were measured"):
        read(result, replace(translation, qubits=((7, 1),)))


def test_an_executable_that_failed_is_named_with_its_reason(result, translation):
    metadata = {"failureReason": "lost calibration", "retryable": True, "category": "DEVICE"}
    result.entries[0].entries[1] = ProgramSetExecutableFailure(
        inputsIndex=1, failureMetadata=metadata
    )

    with pytest.raises(JobFailed, match="lost calibration"):
        read(result, translation)
