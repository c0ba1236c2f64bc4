"""Every gate: matrix, eigenvalues, inverse, generator, state and gradient."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy

from programs.register import Program

FIXED = {
    1: ("Hadamard", "Identity", "PauliX", "PauliY", "PauliZ", "S", "SX", "T"),
    2: ("CH", "CNOT", "CY", "CZ", "ECR", "ISWAP", "SISWAP", "SQISW", "SWAP"),
    3: ("CCZ", "CSWAP", "Toffoli"),
}
ANGLES = {
    (1, 1): ("PhaseShift", "RX", "RY", "RZ", "U1"),
    (2, 1): ("U2",),
    (3, 1): ("Rot", "U3"),
    (1, 2): (
        *("CPhaseShift00", "CPhaseShift01", "CPhaseShift10", "CRX", "CRY", "CRZ"),
        *("ControlledPhaseShift", "FermionicSWAP", "IsingXX", "IsingXY", "IsingYY", "IsingZZ"),
        *("MultiRZ", "PSWAP"),
        *("SingleExcitation", "SingleExcitationMinus", "SingleExcitationPlus"),
    ),
    (3, 2): ("CRot",),
    (1, 3): ("MultiRZ",),
    (1, 4): (
        *("DoubleExcitation", "DoubleExcitationMinus", "DoubleExcitationPlus"),
        "OrbitalRotation",
    ),
}
"""Gate names by numbers of angles and of wires."""

PHASES = numpy.exp(1j * numpy.array([0.1, 0.2, 0.3, 0.4]))
TURN = numpy.array([[0.6, 0.8j], [0.8j, 0.6]])


def start(qml: Any, wires: range) -> None:
    """Prepare a state without symmetries."""
    for wire in wires:
        qml.RX(0.4 + 0.3 * wire, wires=wire)
        qml.RZ(0.7 - 0.2 * wire, wires=wire)
        qml.RY(0.9 + 0.1 * wire, wires=wire)


def facts(make: Any, n_wires: int, qml: Any, np: Any) -> Any:
    """Return the properties of a gate without angles, and the state after it."""
    wires = range(n_wires)

    @qml.qnode(qml.device("default.qubit", wires=n_wires))
    def state() -> Any:
        start(qml, wires)
        make(qml)
        return qml.state()

    gate, order = make(qml), list(reversed(wires))
    return {
        "matrix": qml.matrix(gate),
        "matrix, wires reversed": qml.matrix(gate, wire_order=order),
        "eigenvalues": numpy.sort_complex(numpy.round(qml.eigvals(gate), 9)),
        "inverse": qml.matrix(qml.adjoint(make(qml))),
        "controlled": qml.matrix(qml.ctrl(make(qml), control="c"), wire_order=["c", *wires]),
        "state": state(),
        "wires": len(gate.wires),
        "parameters": gate.num_params,
    }


def fixed(name: str, n_wires: int, qml: Any, np: Any) -> Any:
    """Return the properties of a gate without angles."""
    return facts(lambda qml: getattr(qml, name)(wires=range(n_wires)), n_wires, qml, np)


def angled(name: str, n_angles: int, n_wires: int, qml: Any, np: Any) -> Any:
    """Return the properties of a gate with angles, and its gradient."""
    gate, wires = getattr(qml, name), range(n_wires)
    angles = np.array([0.37, -0.52, 1.21][:n_angles], requires_grad=True)

    @qml.qnode(qml.device("default.qubit", wires=n_wires), diff_method="parameter-shift")
    def value(angles: Any) -> Any:
        start(qml, wires)
        gate(*angles, wires=wires)
        return qml.expval(qml.prod(*[qml.PauliX(0), *[qml.PauliY(w) for w in wires[1:]]]))

    found = facts(lambda qml: gate(*angles, wires=wires), n_wires, qml, np)
    return {**found, "gradient": qml.grad(value)(angles)}


def frequencies(name: str, n_angles: int, n_wires: int, qml: Any, np: Any) -> Any:
    """Return the frequencies of a gate's angles."""
    return getattr(qml, name)(*[0.37] * n_angles, wires=range(n_wires)).parameter_frequencies


def generator(name: str, n_wires: int, qml: Any, np: Any) -> Any:
    """Return coefficient times matrix of a gate's generator."""
    gate = getattr(qml, name)(0.37, wires=range(n_wires))
    observable, coefficient = qml.generator(gate)
    return coefficient * qml.matrix(observable, wire_order=range(n_wires))


MADE: dict[str, tuple[Any, int]] = {
    "DiagonalQubitUnitary": (lambda qml: qml.DiagonalQubitUnitary(PHASES, wires=[0, 1]), 2),
    "QubitUnitary": (lambda qml: qml.QubitUnitary(TURN, wires=0), 1),
    "ControlledQubitUnitary": (lambda qml: qml.ControlledQubitUnitary(TURN, wires=[0, 1, 2]), 3),
    "MultiControlledX": (
        lambda qml: qml.MultiControlledX(wires=[0, 1, 2, 3], control_values=[1, 0, 1]),
        4,
    ),
    "PauliRot": (lambda qml: qml.PauliRot(0.37, "XYZ", wires=[0, 1, 2]), 3),
    "PCPhase": (lambda qml: qml.PCPhase(0.37, dim=3, wires=[0, 1]), 2),
    "adjoint": (lambda qml: qml.adjoint(qml.SX(0)), 1),
    "ctrl, open": (lambda qml: qml.ctrl(qml.RY(0.3, 2), control=[0, 1], control_values=[0, 1]), 3),
    "pow": (lambda qml: qml.pow(qml.IsingXY(0.8, wires=[0, 1]), 0.5), 2),
    "pow, negative": (lambda qml: qml.pow(qml.S(0), -3), 1),
    "exp": (lambda qml: qml.exp(qml.PauliX(0) @ qml.PauliZ(1), 0.3j), 2),
    "evolve": (lambda qml: qml.evolve(qml.PauliX(0) @ qml.PauliZ(1), 0.3), 2),
    "product": (lambda qml: qml.prod(qml.RX(0.3, 0), qml.CNOT([0, 1]), qml.T(1)), 2),
}

GATES: dict[str, Program] = {
    **{name: partial(fixed, name, wires) for wires, names in FIXED.items() for name in names},
    **{
        f"{name}, {wires} wires": partial(angled, name, angles, wires)
        for (angles, wires), names in ANGLES.items()
        for name in names
    },
    **{
        f"{name}, {wires} wires, frequencies": partial(frequencies, name, angles, wires)
        for (angles, wires), names in ANGLES.items()
        for name in names
    },
    **{
        f"{name}, {wires} wires, generator": partial(generator, name, wires)
        for (angles, wires), names in ANGLES.items()
        for name in names
        if angles == 1
    },
    **{name: partial(facts, make, wires) for name, (make, wires) in MADE.items()},
}
