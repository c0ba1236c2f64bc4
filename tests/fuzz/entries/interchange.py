"""Circuits of other packages, and programs in OpenQASM: read and written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fuzz.circuits import ANGLES, DEVICE, circuit
from fuzz.entry import Entry, users
from fuzz.values import edited

import qgate as qg

PROGRAM = """\
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
gate turn(a) t { rx(2 * a) t; z t; }
const int n = 2;
turn(0.2) q[0];
for int i in [0:n - 1] { rz(pi / (i + 1)) q[i]; }
ctrl @ rx(0.3) q[0], q[1];
c[0] = measure q[0];
if (c[0] == 1) { x q[1]; } else { h q[1]; }
reset q[0];
c[1] = measure q[1];
"""

OLD_PROGRAM = """\
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
u3(0.1, pi / 2, -0.3) q[0];
cx q[0], q[1];
measure q -> c;
"""

SOURCE = object()
"""Stands for a circuit of the other package, which the call makes: importing it takes seconds."""


def _qiskit() -> Any:
    from qiskit import QuantumCircuit

    made = QuantumCircuit(2)
    made.h(0)
    made.cx(0, 1)
    return made


def _braket() -> Any:
    from braket.circuits import Circuit

    return Circuit().h(0).cnot(0, 1)


def _cirq() -> Any:
    import cirq

    one, two = cirq.LineQubit.range(2)
    return cirq.Circuit(cirq.H(one), cirq.CNOT(one, two))


def _pytket() -> Any:
    from pytket import Circuit

    return Circuit(2).H(0).CX(0, 1)


PACKAGES: list[tuple[str, Callable[[], Any], tuple[str, ...]]] = [
    ("qiskit", _qiskit, ("qiskit",)),
    ("braket", _braket, ("braket.circuits",)),
    ("cirq", _cirq, ("cirq.contrib.qasm_import",)),
    ("pytket", _pytket, ("pytket.qasm",)),
]


def _read(read: Callable[..., Any], made: Callable[[], Any]) -> Callable[..., Any]:
    """Return a function that reads a circuit and runs it."""

    def call(circuit: Any, measurements: Any) -> Any:
        source = made() if circuit is SOURCE else circuit
        return qg.QNode(read(source, measurements), DEVICE)()

    return call


def _program(quantum_circuit: Any, measurements: Any, shots: Any = 10) -> Any:
    return qg.QNode(qg.from_qasm(quantum_circuit, measurements), DEVICE, shots=shots)()


def _changed(program: str) -> Callable[[Any], Any]:
    """Return a function of changes that runs a program with these."""
    original = program.encode()
    return lambda changes: _program(edited(original, changes).decode(errors="replace"), None)


def _named(quantum_circuit: Any, wire_map: Any) -> Any:
    return qg.from_qasm3(quantum_circuit, wire_map).labels


def _sum(qiskit_op: Any, params: Any, wires: Any) -> Any:
    from qiskit.circuit import Parameter
    from qiskit.quantum_info import SparsePauliOp

    op = (
        SparsePauliOp(["XY", "ZI"], np.array([Parameter("a"), 1.0]))
        if qiskit_op is SOURCE
        else qiskit_op
    )
    return qg.from_qiskit_op(op, params, wires)


def _written(write: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that writes a circuit of angles or of names of free parameters."""

    def call(circuit: Any, x: Any, **given: Any) -> Any:
        made = write(users(circuit), **given)
        return made(x) if callable(made) else made

    return call


def programs() -> list[Entry]:
    """Return entries of programs in OpenQASM: any text, and right ones with changes."""
    changes: tuple[dict[str, Any], dict[str, str]] = {"changes": ()}, {"changes": "edits"}
    returned = {"measurements": qg.expval(qg.Z(1)), "shots": None}
    return [
        Entry("from_qasm", _program, {"quantum_circuit": OLD_PROGRAM, **returned}),
        Entry("from_qasm changed", _changed(PROGRAM), *changes),
        Entry("from_qasm changed version 2", _changed(OLD_PROGRAM), *changes),
        Entry("from_qasm3", _named, {"quantum_circuit": "qubit a; h a;", "wire_map": {"a": 0}}),
    ]


def reading() -> list[Entry]:
    """Return entries of circuits and operators of other packages."""
    given = {"circuit": SOURCE, "measurements": qg.expval(qg.Z(0))}
    operator = {"qiskit_op": SOURCE, "params": [0.5], "wires": [0, 1]}
    found = [
        Entry(f"from_{name}", _read(getattr(qg, f"from_{name}"), made), given, modules=modules)
        for name, made, modules in PACKAGES
    ]
    return [*found, Entry("from_qiskit_op", _sum, operator, modules=("qiskit.quantum_info",))]


def writing() -> list[Entry]:
    """Return entries of circuits written for other packages and as programs."""
    common = {"circuit": circuit, "wires": [0, 1], "rotations": True, "measure_all": False}
    angles, text = {**common, "x": ANGLES}, {"precision": 5}
    free = {**common, "x": ["u", "v"]}
    found = [
        Entry(f"to_{name}", _written(getattr(qg, f"to_{name}")), angles, modules=modules)
        for name, _, modules in PACKAGES
    ]
    return [
        *found,
        Entry("to_qiskit of names", _written(qg.to_qiskit), free, modules=("qiskit",)),
        Entry("to_braket of names", _written(qg.to_braket), free, modules=("braket.circuits",)),
        Entry("to_openqasm", _written(qg.to_openqasm), {**angles, **text}),
        Entry("to_qasm3", _written(qg.to_qasm3), {**free, **text, "dialect": "spec"}),
    ]
