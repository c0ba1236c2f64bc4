"""Random circuits to OpenQASM, Qiskit and Braket, and back again, to see whether anything is lost.

A trip takes a random circuit with free parameters, writes it by one of the routes, reads it again,
and compares the unitary (up to a global phase where the route has none), the parameters, the wires
and the measured wires. ``python benchmarks/round_trips.py --trips 10000`` makes them all; a trip is
repeated by its number, ``--first 4711 --trips 1``.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from functools import partial

import numpy as np

import qgate as qg

LEFT_OUT = {"Barrier", "StatePrep", "BasisState", "QubitUnitary", "DiagonalQubitUnitary", "PCPhase"}
GATES = sorted(name for name in qg.GATES if name not in LEFT_OUT)
"""Gates without arguments other than angles, wires and what ``OPTIONS`` has."""

LETTERS = "XYZ"
WIRES = (0, "a", 7, "aux", 3)


ROUTES = {
    "OpenQASM 2": (qg.to_openqasm, qg.from_qasm),
    "OpenQASM 3, spec": (qg.to_qasm3, qg.from_qasm),
    "OpenQASM 3, qiskit": (partial(qg.to_qasm3, dialect="qiskit"), qg.from_qasm),
    "OpenQASM 3, braket": (partial(qg.to_qasm3, dialect="braket"), qg.from_qasm),
    "Qiskit": (qg.to_qiskit, qg.from_qiskit),
    "Braket": (qg.to_braket, qg.from_braket),
}
"""Functions that write and read a circuit."""

WITHOUT_PHASE = {"OpenQASM 2", "Qiskit"}
"""Routes that leave the global phase of a circuit out."""

WITHOUT_INPUTS = {"OpenQASM 2"}
"""Routes whose circuits have numbers only."""


class Drawn:
    """Random circuit: a quantum function of its free parameters, and their values."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.wires = [WIRES[place] for place in rng.permutation(len(WIRES))[: rng.integers(2, 6)]]
        self.values = rng.uniform(-4, 4, 3)
        self.gates = [self.gate(rng) for _ in range(rng.integers(1, 9))]
        self.measured = [self.wires[place] for place in rng.permutation(len(self.wires))]
        self.measured = self.measured[: rng.integers(0, len(self.wires) + 1)]
        self.kind = rng.choice(["counts", "probs", "expval"])

    def gate(self, rng):
        """Return a function from free parameters to one operator."""
        kind = qg.GATES[rng.choice(GATES)]
        most = len(self.wires)
        while (kind.num_wires or 1) > most:
            kind = qg.GATES[rng.choice(GATES)]
        count = kind.num_wires or int(rng.integers(2 if most > 1 else 1, most + 1))
        order = [self.wires[place] for place in rng.permutation(most)]
        wires, rest = order[:count], order[count:]
        options = {}
        if kind is qg.PauliRot:
            options["pauli_word"] = "".join(rng.choice(list(LETTERS), count))
        if kind is qg.MultiControlledX:
            options["control_values"] = rng.integers(0, 2, count - 1).tolist()
        angles = [self.angle(rng) for _ in range(kind.num_params)]
        wrapper = rng.choice(["none", "none", "adjoint", "ctrl", "power"])
        bit, exponent = bool(rng.integers(2)), int(rng.integers(-2, 4))

        def made(parameters):
            numbers = [angle(parameters) for angle in angles]
            operator = kind(*numbers, **options, wires=wires)
            if wrapper == "adjoint":
                return qg.adjoint(operator)
            if wrapper == "power":
                return qg.pow(operator, exponent)
            if wrapper == "ctrl" and rest:
                return qg.ctrl(operator, rest[0], control_values=[bit])
            return operator

        return made

    @staticmethod
    def angle(rng):
        """Return a function from free parameters to an angle: a number, or linear in them."""
        if rng.random() < 0.4:
            number = float(rng.uniform(-4, 4))
            return lambda parameters: number
        first, second = rng.integers(3, size=2)
        factor, offset = rng.choice([1.0, -1.0, 0.5, 2.5]), rng.choice([0.0, 0.7])
        if rng.random() < 0.5:
            return lambda parameters: factor * parameters[first] + offset
        return lambda parameters: parameters[first] - factor * parameters[second]

    def __call__(self, x, y, z):
        for gate in self.gates:
            gate((x, y, z))
        if not self.measured:
            return
        if self.kind == "expval":
            qg.expval(qg.prod(*map(qg.Z, self.measured)))
        else:
            getattr(qg, self.kind)(wires=self.measured)


def check(seed, route):
    """Make one trip; raise AssertionError if something is lost."""
    drawn = Drawn(seed)
    write, read = ROUTES[route]
    names = tuple(drawn.values) if route in WITHOUT_INPUTS else ("x", "y", "z")

    there = write(drawn, wires=drawn.wires, measure_all=False)(*names)
    back = read(there)

    kept = [str(spec) for spec in back.inputs]
    given = dict(zip(("x", "y", "z"), drawn.values, strict=True))
    if route.startswith("OpenQASM 3"):
        assert kept == ["x", "y", "z"], kept
    assert set(kept) <= set(given), kept
    assert list(back.labels) == list(range(len(drawn.wires))), back.labels
    assert list(back.measured) == [drawn.wires.index(wire) for wire in drawn.measured]
    with qg.QuantumTape() as first:
        drawn(*drawn.values)
    with qg.QuantumTape() as second:
        back(measurements=[], params={name: given[name] for name in kept})
    expected = unitary(first, drawn.wires)
    found = unitary(second, range(len(drawn.wires)))
    if route in WITHOUT_PHASE:
        overlap = np.vdot(found, expected)
        found = found * overlap / abs(overlap)
    assert np.allclose(found, expected, atol=1e-7), abs(found - expected).max()


def unitary(tape, wires):
    return np.asarray(qg.matrix(lambda: [qg.apply(item) for item in tape.operations], wires)())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trips", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    made, lost, started = Counter(), [], time.perf_counter()
    for number in range(chosen.first, chosen.first + chosen.trips):
        route = list(ROUTES)[number % len(ROUTES)]
        try:
            check(number, route)
        except Exception as error:  # any other error is a lost circuit as well
            lost.append(number)
            print(f"trip {number}, {route}: {type(error).__name__}: {error}")
        made[route] += 1
    took = time.perf_counter() - started
    print(f"{sum(made.values())} trips in {took:.0f} s, {len(lost)} with a loss")
    for route, count in made.items():
        print(f"{count:7} {route}")


if __name__ == "__main__":
    main()
