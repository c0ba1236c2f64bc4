"""Circuits with the noise of a model."""

from dataclasses import replace

import numpy as np
import pytest

import qgate as qg
from qgate.noise import add_noise, meas_eq, op_eq, op_in, partial_wires, wires_in

TURNS = op_eq(qg.RX) & wires_in([0, 1])


def damped(op, **kwargs):
    qg.AmplitudeDamping(kwargs["gamma"], op.wires)


def flips(p):
    return partial_wires(qg.BitFlip, p)


@qg.qnode("local")
def circuit(x):
    qg.RX(x, wires=0)
    qg.RY(0.4, wires=1)
    return qg.expval(qg.Z(0))


def test_a_tape_gets_noise_after_its_gates():
    model = qg.NoiseModel({TURNS: damped, op_in([qg.RX, qg.RY]): flips(0.1)}, gamma=0.3)

    (tape,), postprocess = add_noise(circuit.construct((0.9,), {}), model)

    flipped = [qg.BitFlip(0.1, 0), qg.RY(0.4, 1), qg.BitFlip(0.1, 1)]
    assert tape.operations == [qg.RX(0.9, 0), qg.AmplitudeDamping(0.3, 0), *flipped]
    assert postprocess((1.5,)) == 1.5


def test_value_and_gradient_of_a_qnode_are_those_of_the_channel():
    model = qg.NoiseModel({TURNS: damped}, gamma=0.3)
    noisy, x = add_noise(circuit, model), qg.numpy.array(0.9, requires_grad=True)

    # <Z> after damping: 1 - (1 - gamma) (1 - cos x)
    assert noisy(x) == pytest.approx(1 - 0.7 * (1 - np.cos(0.9)), abs=1e-12)
    assert qg.grad(noisy)(x) == pytest.approx(-0.7 * np.sin(0.9), abs=1e-10)
    assert circuit(x) == pytest.approx(np.cos(0.9), abs=1e-12)


def test_noise_may_depend_on_the_angles_of_its_gate():
    def over_rotated(op, **kwargs):
        qg.RX(0.1 * op.parameters[0], op.wires)

    noisy = add_noise(circuit, qg.NoiseModel({op_eq(qg.RX): over_rotated}))
    x = qg.numpy.array(0.9, requires_grad=True)

    assert qg.grad(noisy)(x) == pytest.approx(-1.1 * np.sin(0.99), abs=1e-10)


@pytest.mark.parametrize("shots", [None, (20_000, 30_000)])
def test_readout_errors_act_on_their_measurements_only(shots):
    read = {
        meas_eq(qg.expval) & wires_in(0): flips(0.1),
        meas_eq(qg.probs): flips(0.25),
    }

    @add_noise(noise_model=qg.NoiseModel({}, read))
    @qg.qnode("local?seed=5", shots=shots)
    def measured():
        qg.X(0)
        return qg.expval(qg.Z(0)), qg.probs(wires=0), qg.expval(qg.Z(1)), qg.expval(qg.Z(0))

    results = measured() if shots else [measured()]

    for one, probabilities, other, again in results:
        assert (one, again, other) == (
            pytest.approx(-0.8, abs=5 * 0.6 / 20_000**0.5),
            pytest.approx(-0.8, abs=5 * 0.6 / 20_000**0.5),
            pytest.approx(1),
        )
        assert probabilities == pytest.approx([0.25, 0.75], abs=5 * 0.44 / 20_000**0.5)
    assert len(add_noise(measured.construct((), {}), qg.NoiseModel({}, read))[0]) == 3


@qg.transforms.merge_rotations
@qg.transforms.cancel_inverses
@qg.qnode("local", diff_method="parameter-shift")
def transformed(x):
    qg.H(0)
    qg.H(0)
    qg.RX(x, 0)
    qg.RX(x, 0)
    qg.AngleEmbedding([x], wires=[0], rotation="Z")
    qg.adjoint(qg.RY(0.7, 0))
    return qg.expval(qg.Z(0))


@pytest.mark.parametrize(
    ("level", "names"),
    [
        ("top", ["Hadamard", "Hadamard", "RX", "RX", "AngleEmbedding", "Adjoint(RY)"]),
        (1, ["RX", "RX", "AngleEmbedding", "Adjoint(RY)"]),
        ("user", ["RX", "RZ", "RY"]),
        ("gradient", ["RX", "RZ", "RY"]),
        ("device", ["RX", "RZ", "RY"]),
        (slice(1, 2), ["Hadamard", "Hadamard", "RX", "AngleEmbedding", "RY"]),
    ],
)
def test_noise_is_added_at_a_level_of_a_qnode(level, names):
    counted = []

    def seen(op, **kwargs):
        counted.append(op.name)
        qg.PhaseFlip(0.0, op.wires)

    everything = qg.BooleanFn(lambda op: op.name != "PhaseFlip")

    noisy = add_noise(transformed, qg.NoiseModel({everything: seen}), level=level)

    x = 0.3
    assert noisy(x) == pytest.approx(transformed(x))
    assert counted == names


def test_noise_at_the_level_of_the_device_acts_on_its_gates():
    device = qg.device("local")
    device.capabilities = replace(
        device.capabilities, gates=frozenset({"CNOT", "RX", "RY", "RZ"}), matrix_wires=0
    )

    @qg.qnode(device)
    def circuit():
        qg.SingleExcitation(0.3, [0, 1])
        return qg.expval(qg.Z(0))

    noisy = add_noise(circuit, qg.NoiseModel({op_eq(qg.CNOT): flips(0.1)}), level="device")

    (tape,), _ = qg.workflow.construct_batch(noisy, "user")()
    names = [operation.name for operation in tape.operations]
    assert "SingleExcitation" not in names
    assert names.count("BitFlip") == 2 * names.count("CNOT") > 0


def test_a_quantum_function_is_transformed():
    def gates():
        qg.RX(0.1, 0)

    noisy = add_noise(gates, qg.NoiseModel({TURNS: damped}, gamma=0.3))
    with qg.QuantumTape() as tape:
        noisy()

    assert tape.operations == [qg.RX(0.1, 0), qg.AmplitudeDamping(0.3, 0)]


def test_what_is_no_model_or_level_is_refused():
    with pytest.raises(qg.exceptions.TransformError, match=r"Give a qg\.NoiseModel"):
        add_noise(circuit, {TURNS: damped})(0.1)
    with pytest.raises(ValueError, match="no level 'middle'"):
        add_noise(circuit, qg.NoiseModel({}), level="middle")
