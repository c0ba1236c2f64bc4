"""Recording of operators, and measurements within circuits."""

from __future__ import annotations

from typing import Any

from fuzz.circuits import DEVICE
from fuzz.entry import Entry, users

import qgate as qg


def _recorded(item: Any) -> Any:
    with qg.AnnotatedQueue() as queue:
        queue.append(item)
        qg.RX(0.1, wires=0)
    queue.remove(item)
    return item in queue, len(queue)


def _managed(item: Any, removed: Any) -> Any:
    with qg.AnnotatedQueue() as queue:
        qg.QueuingManager.append(item)
        qg.QueuingManager.remove(removed)
    return qg.queuing.process_queue(queue)


def _applied(op: Any, context: Any) -> Any:
    @qg.qnode(DEVICE)
    def run() -> Any:
        qg.apply(op, **({} if context is None else {"context": context}))
        return qg.expval(qg.Z(0))

    return run()


def _recorded_once(fn: Any, angle: Any) -> Any:
    def function(x: Any) -> Any:
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0))

    made = qg.qjit(qg.QNode(function, DEVICE) if fn is None else users(fn))
    return made(angle), made(angle)


def _measured(wires: Any, reset: Any, postselect: Any, shots: Any) -> Any:
    @qg.qnode(DEVICE, shots=shots)
    def run() -> Any:
        qg.RX(0.3, wires=0)
        return qg.expval(qg.measure(wires, reset=reset, postselect=postselect))

    return run()


OUTCOME = object()
"""Stands for the outcome of the measurement that the call makes."""


def _conditional(condition: Any, true_fn: Any, false_fn: Any, elifs: Any) -> Any:
    @qg.qnode(DEVICE)
    def run() -> Any:
        qg.RX(0.3, wires=0)
        outcome = qg.measure(0)
        chosen = outcome if condition is OUTCOME else condition
        qg.cond(chosen, users(true_fn), users(false_fn), elifs)(0.1, wires=1)
        return qg.expval(qg.Z(1))

    return run()


def recordings() -> list[Entry]:
    """Return entries of recordings, conditions and measurements within circuits."""
    return [
        Entry("qjit", _recorded_once, {"fn": None, "angle": 0.3}),
        Entry("AnnotatedQueue", _recorded, {"item": qg.X(0)}),
        Entry("QueuingManager", _managed, {"item": qg.X(0), "removed": qg.X(0)}),
        Entry("apply", _applied, {"op": qg.X(0), "context": None}),
        Entry(
            "cond",
            _conditional,
            {"condition": OUTCOME, "true_fn": qg.RX, "false_fn": None, "elifs": ()},
        ),
        Entry("measure", _measured, {"wires": 0, "reset": False, "postselect": None, "shots": 10}),
        Entry("registers", qg.registers, {"register_dict": {"a": 2, "b": {"c": 1}}}),
    ]
