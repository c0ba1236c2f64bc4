"""Sweeps are submitted to a backend in one job."""

import numpy as np
import pytest
from qiskit.providers.basic_provider import BasicSimulator
from qiskit_aer import AerSimulator

from qgate.devices.qiskit.compile import Compiler
from qgate.devices.qiskit.interface import Interface, interface_of
from qgate.devices.qiskit.runners import AerRunner, Runner, SingleRunner, runner
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.sweep import Sweep
from qgate.tape import Tape

RX, CNOT = GATES["RX"], GATES["CNOT"]


def test_aer_is_handed_one_circuit_for_all_rows():
    assert isinstance(runner(AerSimulator(), Interface()), AerRunner)
    assert type(runner(BasicSimulator(), Interface())) is Runner
    assert type(runner(BasicSimulator(), Interface(max_circuits=1))) is SingleRunner


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_both_runners_give_the_same_outcomes(rows):
    open_angles = Tape([RX(0.1, 0), RX(0.2, 1), CNOT([0, 1])], [counts(wires=[0, 1])])
    controlled = Tape([RX(1.0, 0), GATES["CRX"](0.1, [0, 1])], [counts(wires=[0, 1])])
    no_angles = Tape([GATES["Hadamard"](0)], [counts(wires=[0])])
    rng = np.random.default_rng(rows)
    sweeps = [
        Sweep(tape.structure, rng.normal(size=(rows, width)), (), np.full(rows, 500))
        for tape, width in ((open_angles, 2), (no_angles, 0), (controlled, 2))
    ]
    backend = AerSimulator()
    compiler = Compiler(backend, device="here", order=lambda wires: wires)
    programs = compiler.programs([sweep.structure for sweep in sweeps])

    interface = interface_of(backend, name="aer")

    results = [
        kind(backend, interface).run(programs, sweeps, seed=8).result()
        for kind in (Runner, AerRunner)
    ]

    found = [[result.get_counts(place) for place in range(3 * rows)] for result in results]
    assert found[0] == found[1]
