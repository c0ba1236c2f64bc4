"""Rows are put together for as few jobs as there are shot counts."""

import numpy as np
import pytest
from qiskit.providers.basic_provider import BasicSimulator
from qiskit_aer import AerSimulator

from qgate.devices.qiskit.batches import AerRunner, Run, Runner, batches, runner
from qgate.devices.qiskit.compile import Compiler
from qgate.measurements import counts, sample
from qgate.operations.gate import GATES
from qgate.sweep import Sweep
from qgate.tape import Tape

RX, CNOT = GATES["RX"], GATES["CNOT"]


def sweep(shots, measurement=None):
    tape = Tape([RX(0.1, 0)], [measurement or counts(wires=[0])])
    rows = np.linspace(0, 1, len(shots))[:, None]
    return Sweep(tape.structure, rows, (), np.array(shots))


def test_rows_with_equal_shots_share_a_batch():
    found = batches([sweep([10, 20, 10]), sweep([20])], most=None)

    assert {batch.shots: batch.runs for batch in found} == {
        10: (Run(0, 0), Run(0, 2)),
        20: (Run(0, 1), Run(1, 0)),
    }


def test_no_batch_is_larger_than_the_backend_takes():
    found = batches([sweep([10] * 7)], most=3)

    assert [len(batch.runs) for batch in found] == [3, 3, 1]
    assert [run.row for batch in found for run in batch.runs] == list(range(7))


def test_the_order_of_shots_is_kept_only_where_it_is_asked_for():
    found = batches([sweep([10]), sweep([10], sample(wires=[0]))], most=None)

    assert [(batch.ordered, batch.runs) for batch in found] == [
        (False, (Run(0, 0),)),
        (True, (Run(1, 0),)),
    ]


def test_aer_is_handed_one_circuit_for_all_rows():
    assert isinstance(runner(AerSimulator()), AerRunner)
    assert type(runner(BasicSimulator())) is Runner


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
    (batch,) = batches(sweeps, most=None)

    results = [
        kind(backend).run(batch, programs, sweeps, seed=8).result() for kind in (Runner, AerRunner)
    ]

    found = [[result.get_counts(place) for place in range(3 * rows)] for result in results]
    assert found[0] == found[1]
