"""Compiled circuits, drawn on physical qubits."""

from __future__ import annotations

import qgate as qg
from qgate.devices.compiled import CompiledCircuit, NativeOperation
from qgate.drawer.native import native_operations


def test_conditions_read_the_classical_bits_that_measurements_write():
    circuit = CompiledCircuit(
        (
            NativeOperation("sx", (), (3,)),
            NativeOperation("measure", (), (3,), bits=(0,)),
            NativeOperation("x", (), (10,), bits=(0,)),
            NativeOperation("cx", (), (3, 10)),
            NativeOperation("rzz", (0.25,), (3, 10)),
            NativeOperation("measure", (), (10,), bits=(1,)),
        ),
        (("a", 3), ("b", 10)),
    )
    tape = qg.tape.QuantumScript(list(native_operations(circuit)))

    assert [line.rstrip() for line in tape.draw(decimals=2).split("\n")] == [
        " q3: ──sx──┤↗ a├────╭●─╭rzz(0.25)────────┤",
        "q10: ───────║─────x─╰X─╰rzz(0.25)──┤↗ b├─┤",
        "            ╚═════╝",
    ]
