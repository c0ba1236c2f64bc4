"""Devices, QNodes, tapes, runs and plans."""

from __future__ import annotations

from typing import Any

from fuzz.circuits import ANGLES, DEVICE, circuit, node
from fuzz.entry import Entry, by_place, text_of, users

import qgate as qg

SDKS = ("qiskit_aer", "qiskit_ibm_runtime", "braket.devices", "boto3")
"""Packages that strings of devices ask for."""


OURS = object()
"""Stands for a handle that the call makes."""


def _called(device: Any, x: Any, **options: Any) -> Any:
    return qg.QNode(circuit, device, **options)(x)


def _decorated(x: Any, **options: Any) -> Any:
    return qg.qnode(**options)(circuit)(x)


def _tape_of(kind: Any) -> Any:
    def call(shots: Any, operations: Any, measurements: Any, trainable: Any) -> Any:
        tape = kind(operations, measurements, shots=shots, trainable_params=trainable)
        return qg.execute([tape], DEVICE)

    return call


def _bound(params: Any, indices: Any) -> Any:
    tape = qg.tape.QuantumScript([qg.RX(0.1, 0), qg.RY(0.2, 0)], [qg.expval(qg.Z(0))])
    return qg.execute([tape.bind_new_parameters(params, indices)], DEVICE)


def _run(name: Any, x: Any, **options: Any) -> Any:
    with qg.run(name, **options) as run:
        _called("local?shots=10&seed=1", x)
    return run.cost


def _tracked(dev: Any, callback: Any, x: Any) -> Any:
    with qg.Tracker(dev, callback=callback) as tracker:
        qg.QNode(circuit, DEVICE)(x)
    return tracker.totals


def _completed(handles: Any, timeout_s: Any) -> Any:
    given = [qg.submit(node())(ANGLES)] if handles is OURS else handles
    return [handle.result(10) for handle in qg.as_completed(given, timeout_s=timeout_s)]


def _estimated(estimate: Any) -> Any:
    def call(x: Any, shots: Any, **given: Any) -> Any:
        return estimate(node(shots=shots), **given)(x)

    return call


def devices() -> list[Entry]:
    """Return entries of devices and of what lists them."""
    options = {"name": "local", "wires": 2, "shots": 10, "seed": 3}
    return [
        Entry("device", by_place(qg.device, "name"), options, modules=SDKS),
        Entry(
            "device options",
            lambda option, value: qg.device(f"local?{text_of(option)}={text_of(value)}"),
            {"option": "shots", "value": 10},
        ),
        Entry(
            "device string",
            lambda text: repr(qg.device(text)),
            {"text": "qiskit:aer?shots=10"},
            kinds={"text": "devices"},
            modules=SDKS,
        ),
        Entry(
            "device keywords",
            lambda text, **given: repr(qg.device(text, **given)),
            {"text": "qiskit:aer", "card": None, "optimization_level": 1, "initial_layout": None},
            kinds={"text": "devices"},
            modules=SDKS,
        ),
        Entry(
            "list_devices", lambda provider: str(qg.list_devices(provider)), {"provider": "local"}
        ),
    ]


def circuits() -> list[Entry]:
    """Return entries of QNodes and tapes."""
    tape = qg.tape.QuantumScript([qg.RX(0.1, 0)], [qg.expval(qg.Z(0))])
    options: dict[str, Any] = {
        "device": "local?seed=1",
        "diff_method": "best",
        "interface": "auto",
        "gradient_kwargs": {},
    }
    further = {"x": ANGLES, "shots": None, "max_diff": 1}
    parts: dict[str, Any] = {
        "operations": [qg.RX(0.1, 0)],
        "measurements": [qg.expval(qg.Z(0))],
        "shots": None,
        "trainable": [0],
    }
    return [
        Entry("QNode", _called, {**options, **further}, modules=SDKS),
        Entry("qnode", _decorated, {**options, **further}, modules=SDKS),
        Entry(
            "ExpvalCost",
            lambda **given: qg.ExpvalCost(**given)(ANGLES),
            {
                "ansatz": _rotated,
                "hamiltonian": qg.Z(0),
                "device": qg.device("local", wires=2),
                "interface": "auto",
                "diff_method": "best",
                "optimize": False,
            },
        ),
        Entry("set_shots", lambda shots: qg.set_shots(node(), shots)(ANGLES), {"shots": 10}),
        Entry("QuantumScript", _tape_of(qg.QuantumScript), parts),
        Entry("QuantumTape", _tape_of(qg.QuantumTape), parts),
        Entry("QuantumScript.bind_new_parameters", _bound, {"params": [0.3], "indices": [1]}),
        Entry("execute", qg.execute, {"tapes": [tape], **options}, modules=SDKS),
    ]


def _rotated(angles: Any, wires: Any) -> None:
    qg.RX(angles[0], wires=wires[0])


def runs() -> list[Entry]:
    """Return entries of what is paid for: runs, budgets, plans, handles, estimates."""
    estimating = {"x": ANGLES, "shots": 100, "budget": None, "grouping": "qwc"}
    return [
        Entry(
            "run",
            _run,
            {"name": "r", "journal": ":memory:", "budget": None, "ordered": True, "x": ANGLES},
        ),
        Entry("Budget", qg.Budget, {"shots": 10, "usd": 1.0, "submissions": 3, "rounds": 1}),
        Entry(
            "plan",
            lambda x, **given: str(qg.plan(node(), **given)(x)),
            {"x": ANGLES, "device": "local?shots=10", "budget": None},
            modules=SDKS,
        ),
        Entry(
            "plan of a function",
            lambda function: str(qg.plan(users(function), "local?shots=10")(ANGLES)),
            {"function": node()},
        ),
        Entry(
            "submit",
            lambda x, timeout_s: qg.submit(node())(x).result(timeout_s),
            {"x": ANGLES, "timeout_s": 10.0},
        ),
        Entry("submit a function", lambda f: qg.submit(users(f))(ANGLES).result(10), {"f": node()}),
        Entry("as_completed", _completed, {"handles": OURS, "timeout_s": 10.0}),
        Entry("Tracker", _tracked, {"dev": DEVICE, "callback": None, "x": ANGLES}),
        Entry("estimate", _estimated(qg.estimate), estimating),
        Entry(
            "gradient_estimate",
            _estimated(qg.gradient_estimate),
            {**estimating, "argnums": 0, "value": True, "bias": "none", "prior": None},
        ),
    ]
