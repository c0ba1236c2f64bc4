"""Noise channels, every one by itself and in a circuit, and noise models."""

from __future__ import annotations

from typing import Any

import numpy

from programs.register import Program, into

NOISE: dict[str, Program] = {}
noise = into(NOISE)

RANDOM = numpy.random.default_rng(11)


def _kraus(count: int, wires: int) -> list[Any]:
    """Return random Kraus matrices: blocks of an isometry."""
    size = 2**wires
    shape = (count * size, size)
    isometry = numpy.linalg.qr(RANDOM.normal(size=shape) + 1j * RANDOM.normal(size=shape))[0]
    return list(isometry.reshape(count, size, size))


CHANNELS: dict[str, tuple[tuple[Any, ...], int]] = {
    "AmplitudeDamping": ((0.3,), 1),
    "BitFlip": ((0.2,), 1),
    "DepolarizingChannel": ((0.15,), 1),
    "GeneralizedAmplitudeDamping": ((0.3, 0.8), 1),
    "PauliError": (("XZY", 0.25), 3),
    "PhaseDamping": ((0.4,), 1),
    "PhaseFlip": ((0.1,), 1),
    "QubitChannel": ((_kraus(3, 2),), 2),
    "ResetError": ((0.2, 0.1), 1),
    "ThermalRelaxationError": ((0.1, 1.4, 1.1, 0.3), 1),
}
"""Arguments of each channel, and its number of wires."""

SLOW = (0.1, 1.0, 1.7, 0.3)
"""Arguments of a relaxation whose T2 is longer than its T1."""


def _all_kinds(name: str, arguments: tuple[Any, ...], wires: int) -> Program:
    def program(qml: Any, np: Any) -> Any:
        """States, values and their gradients by angles on both sides of the channel."""

        def gates(x: Any) -> None:
            qml.StronglyEntanglingLayers(x[None], wires=range(3))
            getattr(qml, name)(*arguments, wires=range(wires))
            qml.StronglyEntanglingLayers(x[None] / 2, wires=range(3))

        device = qml.device("default.mixed", wires=3)

        @qml.qnode(device)
        def measured(x: Any) -> Any:
            gates(x)
            return (
                *(qml.state(), qml.density_matrix([2, 0]), qml.probs(wires=[1, 2])),
                *(qml.var(qml.PauliZ(1)), qml.purity(wires=[0]), qml.vn_entropy(wires=[1, 2])),
                qml.mutual_info(wires0=[0], wires1=[1]),
            )

        @qml.qnode(device)
        def energy(x: Any) -> Any:
            gates(x)
            return qml.expval(qml.PauliZ(0) @ qml.PauliX(1) + 0.3 * qml.PauliY(2))

        angles = numpy.linspace(0.1, 2, 9).reshape(3, 3)
        return (
            measured(np.array(angles, requires_grad=False)),
            qml.grad(energy)(np.array(angles, requires_grad=True)),
            getattr(qml, name)(*arguments, wires=range(wires)).kraus_matrices() if wires < 2 else 0,
        )

    return program


NOISE.update({name: _all_kinds(name, *row) for name, row in CHANNELS.items()})
NOISE["slow dephasing"] = _all_kinds("ThermalRelaxationError", SLOW, 1)


@noise
def gradients_by_probabilities(qml: Any, np: Any) -> Any:
    @qml.qnode(qml.device("default.mixed", wires=2))
    def energy(p: Any) -> Any:
        qml.RX(0.7, wires=0)
        qml.CNOT(wires=[0, 1])
        qml.DepolarizingChannel(p[0], wires=0)
        qml.AmplitudeDamping(p[1], wires=1)
        qml.BitFlip(p[2], wires=0)
        qml.PhaseDamping(p[3], wires=1)
        qml.RY(0.4, wires=1)
        return qml.expval(qml.PauliZ(0) @ qml.PauliX(1))

    return qml.grad(energy)(np.array([0.1, 0.2, 0.3, 0.4], requires_grad=True))


@noise
def density_matrix_preparation(qml: Any, np: Any) -> Any:
    @qml.qnode(qml.device("default.mixed", wires=3))
    def prepared() -> Any:
        qml.RY(0.3, wires=0)
        qml.CNOT(wires=[0, 1])
        qml.QubitDensityMatrix(numpy.array([[0.7, 0.2j], [-0.2j, 0.3]]), wires=[1])
        qml.CNOT(wires=[1, 2])
        return qml.state()

    return prepared()


def _model(qml: Any) -> Any:
    """Return a noise model with all kinds of conditions, and readout errors."""

    def relaxes(op: Any, **kwargs: Any) -> None:
        qml.ThermalRelaxationError(
            abs(op.parameters[0]) * 0.1, kwargs["t1"], kwargs["t2"], 0.6, op.wires
        )

    own, partial = qml.noise, qml.noise.partial_wires
    return qml.NoiseModel(
        {
            own.op_eq(qml.RX) & own.wires_in([0, 1]): partial(qml.PhaseDamping, 0.4),
            own.op_in([qml.RX, "RZ"]): relaxes,
            ~own.wires_in([0]) ^ own.op_eq("CNOT"): partial(qml.DepolarizingChannel, 0.02),
        },
        {
            own.meas_eq(qml.expval) & own.wires_eq([0, 1]): partial(qml.BitFlip, 0.1),
            own.meas_eq(qml.probs): partial(qml.AmplitudeDamping, 0.2),
        },
        t1=2.0,
        t2=0.2,
    )


@noise
def a_noise_model(qml: Any, np: Any) -> Any:
    @qml.noise.add_noise(noise_model=_model(qml))
    @qml.qnode(qml.device("default.mixed", wires=3))
    def circuit(x: Any) -> Any:
        qml.RX(x[0], wires=0)
        qml.AngleEmbedding(x[:2], wires=[1, 2], rotation="Z")
        qml.CNOT(wires=[0, 1])
        qml.adjoint(qml.RZ(x[1], wires=2))
        qml.RX(x[2], wires=1)
        return (
            *(qml.expval(qml.PauliZ(0) @ qml.PauliZ(1)), qml.probs(wires=[0, 2])),
            *(qml.expval(qml.PauliX(2)), qml.var(qml.PauliZ(1))),
        )

    return circuit(np.array([0.9, 0.4, 0.5], requires_grad=False))


@noise
def text_of_a_noise_model(qml: Any, np: Any) -> Any:
    return repr(_model(qml))


@noise
def inserted_channels(qml: Any, np: Any) -> Any:
    @qml.noise.insert(op=qml.AmplitudeDamping, op_args=0.2, position="all")
    @qml.qnode(qml.device("default.mixed", wires=2))
    def circuit(x: Any) -> Any:
        qml.RX(x, wires=0)
        qml.RY(0.4, wires=1)
        qml.CNOT(wires=[0, 1])
        return qml.expval(qml.PauliZ(0) @ qml.PauliZ(1))

    x = np.array(0.9, requires_grad=True)
    return circuit(x), qml.grad(circuit)(x), qml.draw(circuit)(0.9)
