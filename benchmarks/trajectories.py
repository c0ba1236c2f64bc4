"""Time trajectories of noisy circuits: qgate's local device and Qiskit Aer, interleaved.

    python benchmarks/trajectories.py
    python benchmarks/trajectories.py --qubits 16 --rounds 2 --write

The circuit has native gates of IBM's devices on a line: layers of RZ SX RZ SX RZ on every qubit and
CZ on neighbours. Noise follows SX and CZ as in a model of a fake backend: depolarisation, and in
the second model also thermal relaxation during the gate. Both simulate state vectors on one thread
and return counts. Aer simulates every trajectory alone, so fewer are timed, and scaled to the
number of qgate's. Times are processor times, medians over the rounds. Exit status 1 if the average
number of ones differs by more than five standard errors.

The limit is that of the plan: the time to read and write a state once, for each step of the plan of
each distinct state.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from document import PAGE, filled, table
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error, thermal_relaxation_error

import qgate as qg
from qgate.devices.emulation.channels import PairDepolarizing
from qgate.devices.local.device import LocalDevice
from qgate.devices.local.mixed.errors import drawn_errors, mixtures_of
from qgate.devices.local.mixed.frames import framed
from qgate.devices.local.plan import plan_of

ONE, TWO = 3e-4, 4e-3
"""Probabilities that a qubit, or a pair, is replaced by the maximally mixed state."""

T1_NS, T2_NS, SX_NS, CZ_NS = 180e3, 130e3, 32.0, 68.0


@dataclass(frozen=True)
class Case:
    """A circuit, its angles, and whether its noise has thermal relaxation."""

    qubits: int
    angles: Any
    thermal: bool

    def gates(self) -> Any:
        """Yield the name, the wires and the angle of each gate."""
        for layer in self.angles:
            for wire, (first, second, third) in enumerate(layer):
                yield from (("rz", (wire,), first), ("sx", (wire,), None))
                yield from (("rz", (wire,), second), ("sx", (wire,), None))
                yield "rz", (wire,), third
            for start in (0, 1):
                for wire in range(start, self.qubits - 1, 2):
                    yield "cz", (wire, wire + 1), None


def ours(case: Case, shots: int) -> tuple[Callable[[], Any], Any]:
    """Return a call of qgate's device, and its sweep."""
    device = LocalDevice(threads=1, seed=1, trajectories=shots)  # on few qubits as well

    def noise(wires: tuple[int, ...], time_ns: float) -> None:
        if len(wires) == 1:
            qg.DepolarizingChannel(ONE * 3 / 4, wires)
        else:
            PairDepolarizing(TWO * 15 / 16, wires)
        for wire in wires if case.thermal else ():
            qg.ThermalRelaxationError(0.0, T1_NS, T2_NS, time_ns, wire)

    with qg.QuantumTape(shots=shots) as tape:
        for name, wires, angle in case.gates():
            if name == "rz":
                qg.RZ(angle, wires)
            elif name == "sx":
                qg.SX(wires)
                noise(wires, SX_NS)
            else:
                qg.CZ(wires)
                noise(wires, CZ_NS)
        qg.counts(wires=range(case.qubits))
    sweep = tape.sweep()

    def counts() -> Mapping[str, int]:
        ((outcomes,),) = device.submit([sweep]).result()[0]
        found: Mapping[str, int] = outcomes.counts()
        return found

    return counts, sweep


def aer(case: Case) -> Callable[[int], Any]:
    """Return a function from a number of shots to the counts of Aer."""
    one, two = depolarizing_error(ONE, 1), depolarizing_error(TWO, 2)
    if case.thermal:
        one = one.compose(thermal_relaxation_error(T1_NS, T2_NS, SX_NS))
        half = thermal_relaxation_error(T1_NS, T2_NS, CZ_NS)
        two = two.compose(half.expand(half))
    model = NoiseModel(basis_gates=["rz", "sx", "cz"])
    model.add_all_qubit_quantum_error(one, ["sx"])
    model.add_all_qubit_quantum_error(two, ["cz"])
    circuit = QuantumCircuit(case.qubits)
    for name, wires, angle in case.gates():
        getattr(circuit, name)(*([] if angle is None else [angle]), *wires)
    circuit.measure_all()
    simulator = AerSimulator(
        method="statevector", noise_model=model, max_parallel_threads=1, max_parallel_shots=1
    )
    return lambda shots: simulator.run(circuit, shots=shots).result().get_counts()


def ones(counts: Mapping[str, int]) -> tuple[float, float]:
    """Return the average number of ones, and its standard error."""
    numbers = np.repeat([bits.count("1") for bits in counts], list(counts.values()))
    return float(numbers.mean()), float(numbers.std() / np.sqrt(len(numbers)))


def limit_s(case: Case, sweep: Any, shots: int) -> tuple[int, float]:
    """Return the number of distinct states, and the least time for the steps of their plans."""
    order = qg.wires.Wires(range(case.qubits))
    circuit = framed(sweep.structure, order)
    mixtures = mixtures_of(circuit, circuit.angles(sweep.rows)[0], sweep.arrays)
    drawn = drawn_errors(circuit, mixtures, case.qubits, shots, np.random.default_rng(1))
    states = sum(1 for _ in drawn.groups())
    plan = plan_of(circuit.structure, order)
    assert plan is not None
    state = np.ones(2 ** (case.qubits + 1))
    once = min(timed(lambda: np.multiply(state, 1.0, out=state)) for _ in range(9))
    return states, states * len(plan.steps) * once


def timed(call: Callable[[], Any]) -> float:
    """Return the processor time of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def measured(case: Case, shots: int, few: int, rounds: int) -> tuple[list[str], bool]:
    """Return the row of a case, and whether the results agree."""
    call, sweep = ours(case, shots)
    theirs = aer(case)
    found, expected = ones(call()), ones(theirs(few))
    own, peer = [], []
    for _ in range(rounds):
        own.append(timed(call))
        peer.append(timed(lambda: theirs(few)) * shots / few)
    states, least = limit_s(case, sweep, shots)
    agrees = abs(found[0] - expected[0]) < 5 * np.hypot(found[1], expected[1])
    name = "depolarising and thermal relaxation" if case.thermal else "depolarising"
    seconds, other = median(own), median(peer)
    cells = [name, f"{seconds:.1f}", f"{other:.0f}", f"{other / seconds:.0f}x", str(states)]
    return [*cells, f"{seconds / least:.1f}"], agrees


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qubits", type=int, default=20)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--trajectories", type=int, default=1000)
    parser.add_argument("--few", type=int, default=10, help="trajectories of Aer in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write to docs/benchmarks.md")
    options = parser.parse_args(arguments)
    angles = np.random.default_rng(1).uniform(-3, 3, (options.layers, options.qubits, 3))
    rows, good = [], True
    for thermal in (False, True):
        case = Case(options.qubits, angles, thermal)
        cells, agrees = measured(case, options.trajectories, options.few, options.rounds)
        print(*cells, "" if agrees else "RESULTS DIFFER", sep=" | ", flush=True)
        rows.append(cells)
        good = good and agrees
    heads = ["noise", "qgate / s", "Aer / s", "Aer / qgate", "distinct states", "qgate / limit"]
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(filled(page, "trajectories", table(heads, rows)), encoding="utf-8")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
