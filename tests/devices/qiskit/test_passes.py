"""Circuits are compiled on many threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qgate as qg
from qgate.devices.qiskit.compile import Compiler
from qgate.devices.qiskit.passes import MOST_KINDS, PassManagers
from qgate.devices.qiskit.translate import translate
from qgate.exceptions import UnusableBackend
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.tape import Tape
from qgate.wires import Wires

RX, RZ, CNOT = (GATES[name] for name in ("RX", "RZ", "CNOT"))

THREADS = 8
CIRCUITS = 12
LIMIT_S = 300


def structure(thread, number):
    """A circuit that differs from those of all other threads and numbers."""
    gates = []
    for bit in range(7):
        one = (thread * CIRCUITS + number) >> bit & 1
        gates += [RX(0.1, bit % 3), CNOT([bit % 3, (bit + 1 + one) % 3]), RZ(0.2, one)]
    return Tape(gates, [counts(wires=[0, 1, 2])]).structure


def bound(programs):
    """Return the circuit of the only program, with an angle for each slot."""
    (program,) = programs
    return program.bound(np.linspace(0.1, 3.0, 14))


def on_threads(work):
    """Run a function of a thread's number on all threads at once."""
    start = Barrier(THREADS)

    def begin(thread):
        start.wait(LIMIT_S)
        return work(thread)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS), timeout=LIMIT_S))


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("backend", [FakeManilaV2(), AerSimulator()])
def test_new_circuits_on_many_threads_are_compiled_as_on_one(backend, level):
    def compiler():
        return Compiler(
            backend, device="here", order=lambda _: Wires(range(3)), optimization_level=level
        )

    shared, alone = compiler(), compiler()

    made = on_threads(
        lambda thread: [
            bound(shared.programs([structure(thread, number)])) for number in range(CIRCUITS)
        ]
    )

    for thread in range(0, THREADS, 4):
        assert made[thread][5] == bound(alone.programs([structure(thread, 5)]))


@pytest.mark.parametrize(
    "name", ["qiskit:aer", "qiskit:fake_manila", "braket:local", "braket:local/braket_dm"]
)
def test_one_device_runs_new_circuits_on_many_threads(name):
    device = qg.device(
        name, wires=3, shots=200, **({"optimization_level": 2} if "qiskit" in name else {})
    )

    def work(thread):
        @qg.qnode(device)
        def flipped():
            for _ in range(thread + 1):
                qg.Barrier()
            if thread % 2:
                qg.X(0)
            return qg.expval(qg.Z(0))

        return [float(flipped()) for _ in range(3)]

    for thread, values in enumerate(on_threads(work)):
        assert all((value < 0) == bool(thread % 2) for value in values)


def test_pass_managers_of_many_layouts_are_not_all_kept():
    passes = PassManagers(FakeManilaV2(), 0)
    wires = Wires([0, 1])
    circuit = translate(Tape([RX(0.1, 0), RX(0.1, 1)], [counts(wires=[0])]).structure, wires)

    for first in range(5):
        for second in set(range(5)) - {first}:
            passes.run([circuit], (first, second))

    assert len(passes._idle) == MOST_KINDS


def test_a_backend_without_a_target_is_refused():
    class Bare:
        name, target = "bare", None

    with pytest.raises(UnusableBackend, match="bare cannot be used: it has no target"):
        PassManagers(Bare(), 1).run([])
