"""Shifted sweeps: points that run together, and the derivatives from their values."""

import numpy as np
import pytest

import qgate as qg
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import Stencil
from qgate.tape import Tape
from qgate.transforms.decomposition import Decomposed

RULE = np.array([[0.5, np.pi / 2], [-0.5, -np.pi / 2]])
X = np.array([0.3, 0.7])
VALUE = np.cos(0.3) * np.cos(0.7)
SLOPES = [-np.sin(0.3) * np.cos(0.7), -np.cos(0.3) * np.sin(0.7)]


def tape(shots=None):
    return Tape([qg.RX(X[0], 0), qg.RY(X[1], 0)], [qg.expval(qg.Z(0))], shots)


def shifted(known=False):
    """Return the value and the gradient together."""
    structure = tape().structure
    first = Stencil.from_rules([(0, 0, RULE), (1, 1, RULE)], 2, 2)
    return ShiftedSweep.of(Decomposed.unchanged(structure), Stencil.value(2, 2), first, known=known)


@pytest.mark.parametrize("broadcast", [True, False])
def test_tapes_at_the_points_give_the_derivatives(broadcast):
    tapes = shifted().tapes(tape(), broadcast=broadcast)

    values = np.concatenate([np.atleast_1d(each) for each in qg.execute(tapes, "local")])
    value, slopes = shifted().derivatives(values)

    assert len(tapes) == (1 if broadcast else 5)
    assert value == pytest.approx(VALUE)
    np.testing.assert_allclose(slopes, SLOPES, atol=1e-12)


def test_a_known_value_does_not_run_and_takes_its_place():
    sweep = shifted(known=True)

    (values,) = qg.execute(sweep.tapes(tape()), "local")
    value, slopes = sweep.derivatives(values, np.array(9.0))

    assert values.shape == (4,)
    assert value == 9.0
    np.testing.assert_allclose(slopes, SLOPES, atol=1e-12)


def test_all_rows_of_a_point_are_adjacent_with_their_shots():
    rows = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])

    found = shifted().at(tape(10).sweep().with_rows(rows, np.array([10, 20, 30])))

    np.testing.assert_allclose(found.rows[:3], rows)
    np.testing.assert_allclose(found.rows[3:6] - rows, [[np.pi / 2, 0]] * 3, atol=1e-12)
    assert found.shots.tolist() == [10, 20, 30] * 5


def test_nothing_has_no_points():
    sweep = ShiftedSweep.nothing(tape().structure)

    assert sweep.offsets.shape == (0, 2)
    assert sweep.derivatives(np.zeros((0, 3)))[0].shape == (0, 3)
