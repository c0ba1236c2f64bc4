"""Rows that the method of learned factors adds, and its errors."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as pnp
from qgate.mitigation.learned import Learned
from qgate.mitigation.method import Target


def added(angles, **options):
    rows = np.array([angles], dtype=float)
    trained = tuple(range(rows.shape[1]))
    return Learned(**options).added(Target(rows, trained, 1000, 5, 4), np.random.default_rng(1))


@pytest.mark.parametrize("count", [3, 8])
def test_half_of_the_angles_of_an_added_row_are_at_zero(count):
    found = added(np.linspace(-0.2, 0.3, count)).rows
    assert ((found == 0).sum(axis=1) == (count + 1) // 2).all()
    assert (found != 0).any(axis=0).all()


@pytest.mark.parametrize("count", [1, 2])
def test_with_few_angles_half_of_them_are_multiples_of_a_quarter_turn(count):
    turns = added([0.2, 0.3][:count]).rows / (np.pi / 2)
    assert ((turns == np.round(turns)).sum(axis=1) >= (count + 1) // 2).all()


def test_other_angles_keep_their_signs_and_some_their_sizes():
    angles = np.array([-0.2, 0.3, -0.1, 0.25, 0.05, -0.15])
    found = added(angles, rows=8).rows
    kept, moved = found == angles, (found != 0) & (found != angles)
    assert kept.any()
    assert (np.sign(found[moved]) == np.broadcast_to(np.sign(angles), found.shape)[moved]).all()
    assert ((abs(found[moved]) >= 0.5) & (abs(found[moved]) <= 1)).all()


def test_a_repeated_run_adds_the_same_rows_for_the_given_share():
    first, second = added([0.1, 0.2, 0.3]), added([0.1, 0.2, 0.3])
    assert (first.rows == second.rows).all()
    assert first.shares.sum() == pytest.approx(Learned().share)


def test_corrected_values_and_derivatives_lie_within_their_errors():
    channel = qg.noise.partial_wires(qg.DepolarizingChannel, 0.05)
    model = qg.NoiseModel({qg.noise.op_eq("CNOT"): channel})

    def chain(x):
        for wire in range(3):
            qg.RY(x[wire], wires=wire)
        qg.CNOT(wires=[0, 1])
        qg.CNOT(wires=[1, 2])
        qg.RX(x[3], wires=2)
        return qg.expval(qg.Z(0) @ qg.Z(2) + 0.5 * qg.X(1) + qg.Z(2))

    x = pnp.array([0.3, -0.2, 0.5, 0.1], requires_grad=True)
    exact = qg.QNode(chain, "local")
    right, slopes = float(exact(x)), np.asarray(qg.grad(exact)(x))
    device = qg.device("local", noise=model, seed=5)
    node = qg.QNode(chain, device, shots=qg.Budget(shots=20_000), mitigation="learned")
    inside = list[bool]()
    for _ in range(12):
        found = qg.gradient_estimate(node)(x)
        inside += [
            abs(found.value - right) < 2 * np.hypot(found.value_error, found.value_systematic_error)
        ]
        inside += list(abs(found.flat - slopes) < 2 * found.total_error)
    assert np.mean(inside) > 0.85
