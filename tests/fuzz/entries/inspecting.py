"""Counts of circuits, and properties and marks of operators."""

from __future__ import annotations

from typing import Any

from fuzz.circuits import ANGLES, in_circuit, node
from fuzz.entry import Entry, UsersOwn, by_place

import qgate as qg

OURS = object()
"""Stands for a QNode that the call makes."""


def _counted(qnode: Any, x: Any, **given: Any) -> str:
    return str(qg.specs(node() if qnode is OURS else qnode, **given)(x))


def _asserted(op1: Any, op2: Any, **given: Any) -> None:
    try:
        qg.assert_equal(op1, op2, **given)
    except AssertionError as error:  # as documented
        raise UsersOwn from error


def inspecting() -> list[Entry]:
    """Return entries of counts, properties and marks."""
    gate = qg.RX(0.1, 0)
    counted = {"level": "gradient", "compute_depth": None, "device": None}
    compared = {"check_interface": True, "check_trainability": True, "rtol": 1e-5, "atol": 1e-9}
    return [
        Entry("specs", _counted, {"qnode": OURS, "x": ANGLES, **counted}),
        Entry("is_hermitian", qg.is_hermitian, {"op": gate}),
        Entry("is_unitary", qg.is_unitary, {"op": gate}),
        Entry("assert_equal", _asserted, {"op1": gate, "op2": gate, **compared}),
        Entry(
            "fourier.mark",
            in_circuit(by_place(qg.fourier.mark, "op", "marker")),
            {"op": gate, "marker": "x"},
        ),
    ]
