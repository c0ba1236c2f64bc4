"""The stencil of second derivatives."""

import numpy as np
import pytest

import qgate as qg
from qgate.gradients.second_order import second_order


def shifted_of(*operations, kept=None):
    tape = qg.QuantumScript(operations, [qg.expval(qg.Z(0))])
    count = len(tape.trainable_slots)
    wanted = np.ones((count, count), dtype=bool) if kept is None else np.array(kept, dtype=bool)
    none = (None,) * count
    return tape, second_order(tape, wanted, diagonal=none, off_diagonal=none)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_rotations_need_few_points(count):
    _, shifted = shifted_of(*(qg.RX(0.1, wire) for wire in range(count)))

    assert len(shifted.offsets) == 2 * count * (count - 1) + count + 1


def test_what_is_not_wanted_has_no_points():
    _, shifted = shifted_of(qg.RX(0.1, 0), qg.RY(0.2, 0), kept=[[0, 1], [1, 0]])

    assert len(shifted.offsets) == 4
    assert set(shifted.stencil.targets) == {1, 2}


def test_an_angle_that_enters_twice_follows_the_product_rule():
    tape, shifted = shifted_of(qg.U2(0.3, 0.5, 0), qg.U2(0.2, 0.4, 0))

    (values,) = qg.execute(shifted.tapes(tape), "local")

    @qg.qnode("local", diff_method="backprop")
    def circuit(x):
        qg.U2(x[0], x[1], 0)
        qg.U2(x[2], x[3], 0)
        return qg.expval(qg.Z(0))

    x = qg.numpy.array([0.3, 0.5, 0.2, 0.4], requires_grad=True)
    expected = qg.jacobian(qg.grad(circuit))(x)
    np.testing.assert_allclose(shifted.derivatives(values)[0], expected, atol=1e-12)
