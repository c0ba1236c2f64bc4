"""Gradients, Jacobians, Hessians and gradient transforms, by every method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from programs.register import Program, into

DERIVATIVES: dict[str, Program] = {}
derivative = into(DERIVATIVES)

METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "best": ("best", {}),
    "backprop": ("backprop", {}),
    "adjoint": ("adjoint", {}),
    "parameter-shift": ("parameter-shift", {}),
    "finite-diff": ("finite-diff", {"h": 1e-6}),
    "finite-diff, centred": ("finite-diff", {"strategy": "center", "approx_order": 2, "h": 1e-4}),
}


def body(qml: Any, x: Any, y: Any) -> None:
    """Apply gates of one and of two frequencies, a repeated argument and a controlled one."""
    qml.RX(x[0], wires=0)
    qml.CRY(x[1], wires=[0, 1])
    qml.Rot(*y, wires=1)
    qml.IsingXY(x[0] * x[1], wires=[1, 2])
    qml.CNOT(wires=[2, 0])
    qml.RZ(x[1] ** 2, wires=0)
    qml.Hadamard(wires=0)


SERVED: dict[str, tuple[Callable[[Any], Any], tuple[str, ...]]] = {
    "expval": (
        lambda qml: qml.expval(qml.PauliZ(0) @ qml.PauliX(1) + 0.5 * qml.PauliY(2)),
        tuple(METHODS),
    ),
    "two expvals": (
        lambda qml: (qml.expval(qml.PauliZ(0)), qml.expval(qml.PauliX(1))),
        tuple(METHODS),
    ),
    "probs": (
        lambda qml: qml.probs(wires=[0, 2]),
        ("best", "backprop", "parameter-shift", "finite-diff"),
    ),
    "var": (
        lambda qml: qml.var(qml.PauliZ(0) @ qml.PauliX(1)),
        ("best", "backprop", "parameter-shift", "finite-diff"),
    ),
    "expval and probs": (
        lambda qml: (qml.expval(qml.PauliZ(0)), qml.probs(wires=[0, 1])),
        ("best", "backprop", "parameter-shift", "finite-diff"),
    ),
    "purity": (lambda qml: qml.purity([0]), ("best", "backprop")),
}
"""Measurements, and the methods by which PennyLane differentiates them."""


def node(qml: Any, measure: Any, method: str) -> Any:
    """Return the QNode of a measurement and a method."""
    diff_method, options = METHODS[method]

    @qml.qnode(
        qml.device("default.qubit", wires=3), diff_method=diff_method, gradient_kwargs=options
    )
    def circuit(x: Any, y: Any) -> Any:
        body(qml, x, y)
        return measure(qml)

    return circuit


def points(np: Any) -> tuple[Any, Any]:
    """Return both arguments, trainable."""
    x = np.array([0.4, -0.7], requires_grad=True)
    return x, np.array([0.1, 0.5, -0.3], requires_grad=True)


def jacobian(measure: Any, method: str) -> Program:
    """Return the program of a Jacobian."""

    def program(qml: Any, np: Any) -> Any:
        circuit = node(qml, measure, method)
        x, y = points(np)
        value = circuit(x, y)
        if isinstance(value, tuple):
            return value, qml.jacobian(lambda *at: np.hstack(circuit(*at)))(x, y)
        found = qml.jacobian(circuit)(x, y)
        return (value, found, qml.grad(circuit)(x, y)) if numpy.ndim(value) == 0 else found

    return program


for what, (measured, methods) in SERVED.items():
    for way in methods:
        DERIVATIVES[f"{what}, {way}"] = jacobian(measured, way)


def hessian(method: str) -> Program:
    """Return the program of a Hessian."""

    def program(qml: Any, np: Any) -> Any:
        @qml.qnode(qml.device("default.qubit", wires=2), diff_method=method, max_diff=2)
        def circuit(x: Any) -> Any:
            qml.RX(x[0], wires=0)
            qml.CRZ(x[1], wires=[0, 1])
            qml.RY(x[0] * x[1], wires=1)
            qml.CNOT(wires=[0, 1])
            return qml.expval(qml.PauliZ(0) @ qml.PauliZ(1))

        return qml.jacobian(qml.grad(circuit))(np.array([0.4, 0.7], requires_grad=True))

    return program


for way in ("backprop", "parameter-shift"):
    DERIVATIVES[f"Hessian, {way}"] = hessian(way)


def broadcast(method: str) -> Program:
    """Return the program of a Jacobian by a batch of angles."""

    def program(qml: Any, np: Any) -> Any:
        @qml.qnode(qml.device("default.qubit", wires=2), diff_method=method)
        def circuit(x: Any, y: Any) -> Any:
            qml.RX(x, wires=0)
            qml.RY(y, wires=0)
            qml.CNOT(wires=[0, 1])
            return qml.expval(qml.PauliZ(1))

        x = np.array([0.1, 0.2, 0.3], requires_grad=True)
        return qml.jacobian(circuit)(x, np.array(0.4, requires_grad=True))

    return program


for way in ("best", "backprop"):
    DERIVATIVES[f"broadcast, {way}"] = broadcast(way)


def simple(qml: Any, method: str = "best", shots: Any = None) -> Any:
    """Return a QNode of two arguments."""

    @qml.qnode(qml.device("default.qubit", wires=2), diff_method=method)
    def circuit(x: Any, y: Any) -> Any:
        qml.RX(x, wires=0)
        qml.RY(y, wires=1)
        qml.CNOT(wires=[0, 1])
        return qml.expval(qml.PauliZ(1))

    return circuit if shots is None else qml.set_shots(circuit, shots)


@derivative
def argnums(qml: Any, np: Any) -> Any:
    circuit = simple(qml)
    return [
        qml.grad(circuit, argnums=[0, 1])(0.1, 0.2),
        qml.grad(circuit, argnums=0)(0.1, 0.2),
        qml.grad(circuit, argnums=[1])(0.1, 0.2),
        qml.jacobian(circuit, argnums=[0, 1])(0.1, 0.2),
        qml.jacobian(circuit, argnums=1)(0.1, 0.2),
    ]


@derivative
def only_what_is_trainable(qml: Any, np: Any) -> Any:
    circuit = simple(qml)
    x, fixed = np.array(0.1, requires_grad=True), np.array(0.2, requires_grad=False)
    return qml.grad(circuit)(x, fixed), qml.grad(circuit)(fixed, x), qml.jacobian(circuit)(x, 0.2)


@derivative
def cost_functions(qml: Any, np: Any) -> Any:
    circuit = simple(qml)
    data = np.array([[0.1, 0.2], [0.5, 0.9]], requires_grad=False)

    def cost(x: Any, bias: Any) -> Any:
        return np.mean(np.stack([(circuit(x * a, b) + bias) ** 2 for a, b in data]))

    x, bias = np.array(0.3, requires_grad=True), np.array(0.1, requires_grad=True)
    return cost(x, bias), qml.grad(cost)(x, bias)


@derivative
def shots_keep_the_containers(qml: Any, np: Any) -> Any:
    circuit = simple(qml, "parameter-shift", shots=10)
    x = np.array(0.0, requires_grad=True)
    gradient = qml.grad(circuit)(x, np.array(0.0, requires_grad=True))
    return [numpy.shape(part) for part in gradient], type(gradient).__name__


@derivative
def jacobian_of_a_function(qml: Any, np: Any) -> Any:
    def function(x: Any) -> Any:
        return np.stack([np.sin(x[0]) * x[1], x[0] ** 2])

    return qml.jacobian(function)(np.array([0.3, 0.4], requires_grad=True))


def script(qml: Any, *measurements: Any) -> Any:
    """Return a tape of two parameters."""
    operations = [qml.RX(0.1, 0), qml.RY(0.4, 1), qml.CNOT([0, 1])]
    return qml.tape.QuantumScript(operations, list(measurements))


def transformed(name: str, *measure: Callable[[Any], Any], **options: Any) -> Program:
    """Return the program that applies a gradient transform to a tape."""

    def program(qml: Any, np: Any) -> Any:
        tape = script(qml, *[measurement(qml) for measurement in measure])
        tapes, postprocess = getattr(qml.gradients, name)(tape, **options)
        device = qml.device("default.qubit", wires=2)
        return postprocess(qml.execute(tapes, device, diff_method=None))

    return program


def expectation(qml: Any) -> Any:
    return qml.expval(qml.PauliZ(1))


def both(qml: Any) -> Any:
    return qml.probs(wires=[0, 1])


DERIVATIVES.update(
    {
        "param_shift of a tape": transformed("param_shift", expectation),
        "param_shift of a tape, two results": transformed("param_shift", expectation, both),
        "param_shift of a tape, one argument": transformed("param_shift", expectation, argnum=[1]),
        "finite_diff of a tape": transformed("finite_diff", expectation, h=1e-6),
        "finite_diff of a tape, two results": transformed("finite_diff", expectation, both, h=1e-6),
    }
)


@derivative
def param_shift_of_a_qnode(qml: Any, np: Any) -> Any:
    @qml.qnode(qml.device("default.qubit", wires=2))
    def circuit(x: Any) -> Any:
        qml.RX(x[0], wires=0)
        qml.RY(x[1], wires=1)
        qml.CNOT(wires=[0, 1])
        return qml.expval(qml.PauliZ(1)), qml.probs(wires=[0, 1])

    return qml.gradients.param_shift(circuit)(np.array([0.1, 0.2], requires_grad=True))


@derivative
def shift_rules(qml: Any, np: Any) -> Any:
    rules = qml.gradients
    return [
        rules.generate_shift_rule((1,)),
        rules.generate_shift_rule((0.5, 1.0)),
        rules.generate_shift_rule((1, 2, 3), order=2),
        rules.generate_multi_shift_rule([(1,), (1,)]),
        rules.eigvals_to_frequencies((-1, 0, 1, 2.5)),
        rules.finite_diff_coeffs(1, 2, "center"),
        rules.finite_diff_coeffs(2, 3, "forward"),
    ]
