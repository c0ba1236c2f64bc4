"""Return types: every measurement, every container, shots and broadcasting."""

from __future__ import annotations

from typing import Any

import numpy

from programs.register import Program, into

RETURNS: dict[str, Program] = {}
returned = into(RETURNS)

MATRIX = numpy.array([[1, 2j], [-2j, 0.5]])
SHOTS = {"none": None, "integer": 20, "list": [10, 5], "copies": (10, (5, 2))}


def device(qml: Any, shots: Any = None) -> Any:
    """Return a device of three wires."""
    if shots is None:
        return qml.device("default.qubit", wires=3)
    return qml.device("default.qubit", wires=3, shots=shots)


def entangle(qml: Any, angle: Any) -> None:
    """Prepare a state with every amplitude."""
    qml.RX(angle, wires=0)
    qml.CRY(2 * angle, wires=[0, 1])
    qml.IsingXX(angle, wires=[1, 2])
    qml.RY(0.3, wires=2)


MEASUREMENTS: dict[str, Any] = {
    "expval": lambda qml: qml.expval(qml.PauliZ(0)),
    "expval of a product": lambda qml: qml.expval(qml.PauliX(1) @ qml.PauliY(2)),
    "expval of a sum": lambda qml: qml.expval(
        0.5 * qml.PauliX(1) + qml.PauliZ(0) @ qml.PauliY(2) - 2 * qml.Identity(0)
    ),
    "expval of Hermitian": lambda qml: qml.expval(qml.Hermitian(MATRIX, 0) @ qml.PauliZ(1)),
    "expval of Projector": lambda qml: qml.expval(qml.Projector([1, 0], wires=[0, 1])),
    "expval of Projector on a state": lambda qml: qml.expval(
        qml.Projector(numpy.array([0.6, 0.8]), wires=[1])
    ),
    "expval of Hadamard": lambda qml: qml.expval(qml.Hadamard(1)),
    "var": lambda qml: qml.var(qml.PauliX(1) @ qml.PauliY(2)),
    "var of Hermitian": lambda qml: qml.var(qml.Hermitian(MATRIX, 1)),
    "var of a sum": lambda qml: qml.var(qml.PauliX(1) + 0.5 * qml.PauliZ(0)),
    "probs": lambda qml: qml.probs(wires=[2, 0]),
    "probs, all wires": lambda qml: qml.probs(),
    "probs of an observable": lambda qml: qml.probs(op=qml.PauliX(0) @ qml.PauliY(1)),
    "state": lambda qml: qml.state(),
    "density_matrix": lambda qml: qml.density_matrix([2, 0]),
    "vn_entropy": lambda qml: qml.vn_entropy([0], log_base=2),
    "mutual_info": lambda qml: qml.mutual_info([0], [1]),
    "purity": lambda qml: qml.purity([0, 2]),
}
"""Exact measurements."""

SAMPLED: dict[str, Any] = {
    "expval": lambda qml: qml.expval(qml.PauliZ(0)),
    "expval of a sum": lambda qml: qml.expval(0.5 * qml.PauliZ(0) + 2 * qml.PauliZ(1)),
    "var": lambda qml: qml.var(qml.PauliZ(1)),
    "probs": lambda qml: qml.probs(wires=[0, 1]),
    "counts": lambda qml: qml.counts(),
    "counts of wires": lambda qml: qml.counts(wires=[1]),
    "counts of an observable": lambda qml: qml.counts(qml.PauliZ(0)),
    "counts, all outcomes": lambda qml: qml.counts(wires=[0, 1], all_outcomes=True),
    "counts of an observable, all outcomes": lambda qml: qml.counts(
        qml.PauliZ(0), all_outcomes=True
    ),
    "sample": lambda qml: qml.sample(),
    "sample of a wire": lambda qml: qml.sample(wires=1),
    "sample of wires": lambda qml: qml.sample(wires=[0, 1]),
    "sample of an observable": lambda qml: qml.sample(qml.PauliZ(0) @ qml.PauliZ(1)),
}
"""Measurements from shots, on the basis state 100, so that values are certain."""


def exact(measure: Any, angle: Any) -> Program:
    """Return the program that measures for an angle, or for a batch of angles."""

    def program(qml: Any, np: Any) -> Any:
        @qml.qnode(device(qml))
        def circuit(angle: Any) -> Any:
            entangle(qml, angle)
            return measure(qml)

        return circuit(np.array(angle))

    return program


def sampled(measure: Any, shots: Any, angle: Any) -> Program:
    """Return the program that measures a basis state with shots."""

    def program(qml: Any, np: Any) -> Any:
        @qml.qnode(device(qml, shots))
        def circuit(angle: Any) -> Any:
            qml.RX(angle, wires=0)
            return measure(qml)

        return circuit(np.array(angle))

    return program


RETURNS.update({f"{name}, exact": exact(m, 0.3) for name, m in MEASUREMENTS.items()})
RETURNS.update(
    {f"{name}, broadcast": exact(m, [0.1, 0.2, 0.3]) for name, m in MEASUREMENTS.items()}
)
for form in ("integer", "list", "copies"):
    for label, measurement in SAMPLED.items():
        RETURNS[f"{label}, shots {form}"] = sampled(measurement, SHOTS[form], numpy.pi)
for label, measurement in SAMPLED.items():
    RETURNS[f"{label}, shots and broadcast"] = sampled(measurement, 20, [numpy.pi, 0.0])
    RETURNS[f"{label}, shots list and broadcast"] = sampled(measurement, [9, 5], [numpy.pi, 0.0])


def containers(shots: Any, angle: Any) -> Program:
    """Return the program that returns tuples, lists and dicts of measurements."""
    forms = {
        "tuple": lambda first, second: (first(), second()),
        "list": lambda first, second: [first(), second()],
        "dict": lambda first, second: {"first": first(), "second": second()},
        "tuple of one": lambda first, _: (first(),),
        "list of one": lambda first, _: [first()],
    }

    def program(qml: Any, np: Any) -> Any:
        measurements = (lambda: qml.expval(qml.PauliZ(0)), lambda: qml.probs(wires=[0, 1]))
        found = {}
        for name, form in forms.items():

            @qml.qnode(device(qml, shots))
            def circuit(angle: Any, form: Any = form) -> Any:
                qml.RX(angle, wires=0)
                return form(*measurements)

            found[name] = circuit(np.array(angle))
        return found

    return program


for form, chosen in SHOTS.items():
    RETURNS[f"containers, shots {form}"] = containers(chosen, numpy.pi)
RETURNS["containers, broadcast"] = containers(None, [0.1, 0.2])
RETURNS["containers, shots and broadcast"] = containers([10, 5], [numpy.pi, 0.0])


@returned
def leaf_types_by_argument(qml: Any, np: Any) -> Any:
    @qml.qnode(device(qml))
    def circuit(angle: Any) -> Any:
        qml.RX(angle, wires=0)
        return qml.expval(qml.PauliZ(0)), qml.probs(wires=0)

    trained = np.array(0.3, requires_grad=True)
    return circuit(0.3), circuit(numpy.array(0.3)), circuit(trained), circuit(np.array(0.3))


@returned
def set_shots(qml: Any, np: Any) -> Any:
    @qml.set_shots(shots=50)
    @qml.qnode(device(qml))
    def circuit() -> Any:
        return qml.expval(qml.PauliZ(0))

    return circuit(), qml.set_shots(circuit, shots=None)(), qml.set_shots(circuit, (3, 2))()


@returned
def keyword_and_nested_arguments(qml: Any, np: Any) -> Any:
    @qml.qnode(device(qml))
    def circuit(weights: Any, *, data: Any = None, flag: bool = True) -> Any:
        if flag:
            qml.RX(weights["a"] * data, wires=0)
        qml.RY(weights["b"][0], wires=0)
        return qml.expval(qml.PauliZ(0))

    return circuit({"a": np.array(0.3), "b": [np.array(0.2)]}, data=2.0)


@returned
def tracker(qml: Any, np: Any) -> Any:
    counted = device(qml)

    @qml.qnode(counted, diff_method="parameter-shift")
    def circuit(angle: Any) -> Any:
        qml.RX(angle, wires=0)
        return qml.expval(qml.PauliZ(0))

    with qml.Tracker(counted) as found:
        qml.grad(circuit)(np.array(0.1, requires_grad=True))
    return found.totals["executions"]


@returned
def float32(qml: Any, np: Any) -> Any:
    @qml.qnode(device(qml))
    def circuit(angle: Any) -> Any:
        qml.RX(angle, wires=0)
        return qml.expval(qml.PauliZ(0)), qml.probs(wires=[0]), qml.state()

    return circuit(np.array(0.25, dtype="float32"))
