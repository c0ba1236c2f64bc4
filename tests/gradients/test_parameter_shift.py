"""Parameter-shift: the circuits, and that their weighted sums are derivatives."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import DifferentiationError
from qgate.gradients.parameter_shift import HasRule, first_order, parameter_shift
from qgate.gradients.registry import METHODS
from qgate.tape import Tape
from qgate.transforms.decomposition import decompose_structure

METHOD = METHODS["parameter-shift"]


def shifted(*operations, slots=None, order=1, shots=None, **options):
    structure = Tape(operations, [qg.expval(qg.Z(0))]).structure
    slots = tuple(range(structure.num_slots)) if slots is None else slots
    return parameter_shift(structure, slots, order=order, shots=shots, options=options)


def points(*operations, **options):
    return len(shifted(*operations, **options).stencil.offsets)


HAMILTONIAN = qg.dot([0.7, 0.45, -1.1], [qg.X(0), qg.Z(0) @ qg.Z(1), qg.Y(1)])


@pytest.mark.parametrize(
    ("operation", "count"),
    [
        (qg.RX(0.1, 0), 2),
        (qg.PhaseShift(0.1, 0), 2),
        (qg.MultiRZ(0.1, [0, 1, 2]), 2),
        (qg.PauliRot(0.1, "XY", [0, 1]), 2),
        (qg.CRX(0.1, [0, 1]), 4),
        (qg.SingleExcitation(0.1, [0, 1]), 4),
        (qg.IsingXY(0.1, [0, 1]), 4),
        (qg.ctrl(qg.RX(0.1, 0), control=[1, 2]), 4),
        (qg.adjoint(qg.CRX(0.1, [0, 1])), 4),
        (qg.pow(qg.RX(0.1, 0), 3), 2),
        (qg.evolve(HAMILTONIAN, 0.1), 8),  # eigenvalues a, b, -a, -b: 2a, 2b, a + b, a - b
        (qg.GlobalPhase(0.1), 0),
    ],
)
def test_a_gate_takes_two_points_for_each_frequency(operation, count):
    assert points(operation) == count


def test_gates_of_several_angles_are_decomposed():
    assert points(qg.Rot(0.1, 0.2, 0.3, 0)) == 6
    assert points(qg.CRot(0.1, 0.2, 0.3, [0, 1])) > 6


def test_templates_are_decomposed():
    assert points(qg.StronglyEntanglingLayers(np.ones((2, 3, 3)), wires=range(3))) == 2 * 18


def test_gates_with_a_rule_stay_as_they_are():
    structure = Tape([qg.CRX(0.1, [0, 1]), qg.QFT([0, 1])], [qg.expval(qg.Z(0))]).structure

    kept = decompose_structure(structure, HasRule()).structure

    assert [operation.name for operation in kept.operations] == ["CRX", "QFT"]


def test_angles_that_are_not_trained_are_not_shifted():
    stencil = shifted(qg.RX(0.1, 0), qg.RY(0.2, 0), slots=(1,)).stencil

    assert not stencil.offsets[:, 0].any()
    assert (stencil.size, len(stencil.offsets)) == (1, 2)


def stencil_of(operation, rule):
    structure = Tape([operation], [qg.expval(qg.X(0))]).structure
    angles = decompose_structure(structure, HasRule()).angles
    rules = dict.fromkeys(range(len(angles.offset)), np.array([rule]))
    return first_order(angles, rules, tuple(range(structure.num_slots)))


def test_a_factor_in_front_of_an_angle_multiplies_the_derivative():
    evolution = qg.ApproxTimeEvolution(0.7 * qg.Z(0) - 0.2 * qg.X(0), 0.4, 1)

    stencil = stencil_of(evolution, (0.25, 0.5))  # PauliRot by twice each angle

    assert stencil.weights.tolist() == [0.5, 0.5]
    assert stencil.targets.tolist() == [0, 1]


def test_every_gate_that_an_angle_feeds_contributes():
    stencil = stencil_of(qg.pow(qg.CRot(0.1, 0.2, 0.3, [0, 1]), 2), (1.0, 0.5))

    assert stencil.targets.tolist() == [0, 1, 2, 0, 1, 2]
    assert len(stencil.offsets) == 6


def test_the_order_of_the_derivative_is_that_of_the_stencil():
    third = shifted(qg.RX(0.1, 0), qg.RY(0.2, 0), order=3).stencil

    assert (third.order, third.size) == (3, 2)


@pytest.mark.parametrize("angle", [0.0, 0.4, -2.7])
@pytest.mark.parametrize("shift", [np.pi / 2, np.pi / 3, 0.2])
def test_any_shift_of_a_rotation_gives_the_derivative(angle, shift):
    @qg.qnode("local", diff_method="parameter-shift", gradient_kwargs={"shifts": (shift,)})
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    assert qg.grad(circuit)(qnp.array(angle)) == pytest.approx(-np.sin(angle))


def test_shifts_are_given_for_each_angle():
    found = shifted(qg.RX(0.1, 0), qg.CRX(0.2, [0, 1]), shifts=[(0.3,), (0.7, 1.9)]).stencil.offsets

    assert sorted(np.abs(found[found[:, 0] != 0, 0])) == [0.3, 0.3]
    assert sorted(np.abs(found[found[:, 1] != 0, 1])) == [0.7, 0.7, 1.9, 1.9]


def test_shifts_have_to_be_as_many_as_the_angles():
    with pytest.raises(DifferentiationError, match="3 entries, and 2 angles are trained"):
        shifted(qg.RX(0.1, 0), qg.RY(0.2, 0), shifts=[(0.3,), (0.4,), (0.5,)])


ROOT = qg.pow(qg.Rot(0.4, 0.9, 0.1, 0), 0.5)


def test_a_gate_without_frequencies_gets_central_differences():
    offsets = shifted(ROOT, fallback_step=0.01).stencil.offsets

    assert sorted(offsets.sum(axis=1)) == pytest.approx([-0.01] * 3 + [0.01] * 3)


def test_the_step_of_central_differences_suits_the_shots():
    exact, sampled = (
        np.abs(shifted(ROOT, shots=shots).stencil.offsets).max() for shots in (None, 1000)
    )

    assert exact < 1e-4
    assert 0.1 < sampled < 1


@pytest.mark.parametrize(
    ("measurement", "refused"),
    [
        (qg.expval(qg.Z(0)), False),
        (qg.var(qg.Z(0)), False),
        (qg.probs(wires=0), False),
        (qg.state(), False),
        (qg.purity(wires=0), False),
        (qg.counts(wires=0), True),
        (qg.sample(wires=0), True),
    ],
)
def test_single_shots_are_refused(measurement, refused):
    refusal = METHOD.refusal(Tape([qg.RX(0.1, 0)], [measurement], trainable_params=[0]))

    assert (refusal is not None) == refused


# Amplitudes -----------------------------------------------------------------------------


def measured_stencil(operation, *measurements):
    structure = Tape([operation], measurements).structure
    return parameter_shift(structure, (0,)).stencil


def test_an_amplitude_of_a_rotation_has_the_half_angle_rule():
    stencil = measured_stencil(qg.RX(0.1, 0), qg.state())

    assert sorted(stencil.offsets.ravel()) == pytest.approx([-np.pi, np.pi])
    assert sorted(stencil.weights) == pytest.approx([-0.25, 0.25])


def test_a_state_beside_averages_takes_a_rule_for_the_frequencies_of_both():
    stencil = measured_stencil(qg.RX(0.1, 0), qg.state(), qg.expval(qg.Z(0)))

    for frequency in (0.5, 1.0):
        phases = np.exp(1j * frequency * stencil.offsets[:, 0])
        assert stencil.weights @ phases[stencil.points] == pytest.approx(1j * frequency)
