"""Reduction of large angles to one period, against high-precision arithmetic."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.emulation.channels import PairDepolarizing
from qgate.exceptions import InvalidParameters
from qgate.periods import LARGEST_KEPT, period_units
from qgate.tape import Tape

LARGE = [60.5, 1e5 + 0.3, 9.1e15, 3.9e17, 1e22, 1e100, 1.7e308]


def turned(x, eigenvalue=0.5):
    """exp(-i eigenvalue x), in high precision."""
    with mpmath.workdps(400):
        return complex(mpmath.expj(-mpmath.mpf(eigenvalue) * mpmath.mpf(x)))


@pytest.mark.parametrize("x", LARGE)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_large_angle_keeps_the_phase_that_it_has(x, sign):
    found = Tape([qg.RZ(sign * x, 0)], [qg.state()]).sweep().rows[0, 0]

    assert abs(found) <= 2 * np.pi * (1 + 1e-15) or abs(sign * x) <= LARGEST_KEPT
    assert abs(turned(found) - turned(sign * x)) < 1e-15


@pytest.mark.parametrize("x", [0.1, -12.5, 50.2, 1e-300])
def test_an_angle_that_is_not_large_stays_as_it_is(x):
    assert Tape([qg.RZ(x, 0)], [qg.state()]).sweep().rows[0, 0] == x


def test_the_period_of_a_gate_follows_from_its_eigenvalues():
    operations = [
        qg.RX(0.0, 0),
        qg.PhaseShift(0.0, 0),
        qg.ctrl(qg.IsingXY(0.0, wires=[0, 1]), 2),
        qg.Rot(0.0, 0.0, 0.0, wires=0),
        qg.evolve(0.125 * qg.Z(0), 0.0),
        qg.evolve(0.3 * qg.Z(0), 0.0),
        qg.evolve(qg.Z(0) + 0.3 * qg.X(1), 0.0),
        qg.PCPhase(0.0, 3, wires=range(9)),
    ]
    structure = Tape(operations, [qg.state()]).structure

    units, largest = period_units(structure.operations, structure.num_slots)

    assert units.tolist() == [2, 1, 2, 2, 2, 2, 8, 0, 0, 1]
    assert_allclose(largest, [0, 0, 0, 0, 0, 0, 0, 0.3, 1.3, 0])


def test_an_angle_without_a_known_period_stays_as_it_is():
    sweep = Tape([qg.evolve(0.3 * qg.Z(0), 1e9)], [qg.state()]).sweep()

    assert np.abs(sweep.rows).tolist() == [[1e9]]


@pytest.mark.parametrize(
    "gate",
    [
        lambda t: qg.evolve(0.3 * qg.Z(0), t),
        lambda t: qg.exp(0.3 * qg.Z(0) + qg.X(1), 1j * t),
        lambda t: qg.pow(qg.RZ(t, 0), 0.3),
        lambda t: qg.CommutingEvolution(qg.Hamiltonian([0.3, 1.0], [qg.Z(0), qg.Z(1)]), t),
        lambda t: qg.ApproxTimeEvolution(qg.Hamiltonian([1.0, 1.0], [qg.Z(0), qg.X(1)]), t, 3),
        lambda t: qg.evolve(qg.Hermitian(np.array([[0.3, 0.1], [0.1, 0.2]]), 0), t),
    ],
    ids=["factor", "sum", "power", "commuting", "steps", "matrix"],
)
@pytest.mark.parametrize("t", [1e12, -3.9e17, 1.7e308])
def test_an_angle_whose_product_has_no_digits_left_is_refused(gate, t):
    @qg.qnode("local")
    def circuit(t):
        gate(t)
        return qg.probs(wires=0)

    with pytest.raises(InvalidParameters, match=r"is multiplied by .* and the product rounds by"):
        circuit(t)
    assert circuit(1e9 if t > 0 else -1e9).sum() == pytest.approx(1.0)


def test_layers_of_templates_have_the_periods_of_their_gates():
    weights = np.full((1, 2, 3), 3.9e17)

    sweep = Tape([qg.StronglyEntanglingLayers(weights, [0, 1])], [qg.state()]).sweep()

    found = np.exp(-0.5j * sweep.rows)
    assert_allclose(found, np.full((1, 6), turned(3.9e17)), atol=1e-15)


def test_rows_of_a_batch_are_reduced_one_by_one():
    angles = np.array([0.1, 3.9e17, -1e100])

    sweep = Tape([qg.RZ(angles, 0)], [qg.state()]).sweep()

    assert_allclose(np.exp(-0.5j * sweep.rows[:, 0]), list(map(turned, angles)), atol=1e-15)
    assert_array_equal(sweep.rows[0], [0.1])


@pytest.mark.parametrize("method", ["adjoint", "parameter-shift", "hadamard", "finite-diff"])
def test_derivatives_by_large_angles_are_those_of_the_circuit(method):
    @qg.qnode(qg.device("local", wires=3), diff_method=method)
    def circuit(x, y):
        qg.RX(x, 0)
        qg.CRZ(y, wires=[0, 1])
        return qg.expval(qg.Z(0))

    x, y = qnp.array(3.9e17, requires_grad=True), qnp.array(1e100, requires_grad=True)
    found = qg.grad(circuit)(x, y)

    sine = float(mpmath.sin(mpmath.mpf(3.9e17)))
    assert_allclose(found, [-sine, 0.0], atol=1e-6 if method == "finite-diff" else 1e-13)


def test_parameters_of_channels_are_left_as_they_are():
    with qg.QuantumTape() as tape:
        qg.RX(1000.0, wires=0)
        PairDepolarizing(0.1, wires=[0, 1])
        qg.ThermalRelaxationError(0.0, 2e5, 1e5, 20.0, wires=0)

    (row,) = tape.sweep().rows

    assert abs(row[0]) <= 4 * np.pi
    np.testing.assert_array_equal(row[1:], [0.1, 0.0, 2e5, 1e5, 20.0])
