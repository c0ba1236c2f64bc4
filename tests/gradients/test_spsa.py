"""Simultaneous perturbation (SPSA): unbiased, cheap, and random with a given sampler."""

import itertools

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidDifferenceRule, UnknownGradientOption, UnsupportedDiffMethod
from qgate.gradients.spsa import rademacher, simultaneous_perturbation
from qgate.tape import Tape

WEIGHTS = qnp.array([0.3, -0.8, 1.2], requires_grad=True)
SIGNS = list(itertools.product((-1.0, 1.0), repeat=3))
EVERY = {"num_directions": 8, "sampler": lambda on, size, repetition, rng: SIGNS[repetition]}
"""All directions, so that the mean is the gradient itself."""


def circuit(measure=lambda: qg.expval(qg.Z(0) @ qg.X(1)), device="local", shots=None, **options):
    @qg.qnode(device, diff_method="spsa", shots=shots, gradient_kwargs=options)
    def function(weights):
        qg.RX(weights[0], 0)
        qg.RY(weights[1], 1)
        qg.CNOT([0, 1])
        qg.CRX(weights[2], wires=[1, 0])
        return measure()

    return function


def exact(function, weights=WEIGHTS):
    return qg.jacobian(function.update(diff_method="backprop", gradient_kwargs={}))(weights)


def shifted(angles=2, order=1, shots=None, **options):
    operations = [qg.RX(0.1, wire) for wire in range(angles)]
    structure = Tape(operations, [qg.probs(wires=range(angles))]).structure
    return simultaneous_perturbation(
        structure, tuple(range(angles)), order=order, shots=shots, options=options
    )


@pytest.mark.parametrize(
    "measure",
    [
        lambda: qg.expval(qg.Z(0) @ qg.X(1)),
        lambda: qg.var(qg.X(1)),
        lambda: qg.var(0.5 * qg.X(1) - 0.3 * qg.Z(0)),
        lambda: qg.probs(wires=[1, 0]),
        lambda: qg.purity(wires=0),
        lambda: qg.vn_entropy(wires=0),
        lambda: qg.mutual_info([0], [1]),
    ],
)
def test_the_mean_over_all_directions_is_the_gradient(measure):
    function = circuit(measure, **EVERY)

    np.testing.assert_allclose(qg.jacobian(function)(WEIGHTS), exact(function), atol=1e-8)


@pytest.mark.parametrize(
    ("strategy", "approx_order", "tolerance"),
    [("forward", 1, 1e-5), ("backward", 2, 1e-8), ("center", 4, 1e-8)],
)
def test_every_strategy_estimates_the_gradient(strategy, approx_order, tolerance):
    function = circuit(strategy=strategy, approx_order=approx_order, **EVERY)

    np.testing.assert_allclose(qg.grad(function)(WEIGHTS), exact(function), atol=tolerance)


def test_the_estimate_is_within_five_standard_errors_of_the_gradient():
    function, count = circuit(num_directions=400, sampler_rng=3), 400
    gradient = exact(function)

    # entry i deviates by the mean of count terms f_j D_j / D_i, each of variance f_j ** 2
    errors = np.sqrt((gradient**2).sum() - gradient**2) / np.sqrt(count)

    assert (np.abs(qg.grad(function)(WEIGHTS) - gradient) < 5 * errors).all()


def test_a_gradient_from_shots_is_within_five_standard_errors():
    count, shots = 200, 2000
    function = circuit(device="local?seed=5", shots=shots, num_directions=count, sampler_rng=7)
    gradient = exact(circuit())
    step = np.abs(shifted(3, shots=shots).stencil.offsets).max()

    spread = np.sqrt((gradient**2).sum() - gradient**2)
    noise = 1 / np.sqrt(2 * shots) / step
    bias = step**2 * 27 / 6  # the third derivative along a direction of 3 angles, at most

    errors = np.hypot(spread, noise) / np.sqrt(count)
    assert (np.abs(qg.grad(function)(WEIGHTS) - gradient) < 5 * errors + bias).all()
    assert bias < 1


def test_one_angle_has_no_spread():
    function = qg.QNode(lambda x: [qg.RX(x, 0), qg.expval(qg.Z(0))][1], "local", diff_method="spsa")

    assert qg.grad(function)(qnp.array(0.4)) == pytest.approx(-np.sin(0.4), abs=1e-9)


@pytest.mark.parametrize(("directions", "executions"), [(1, 3), (5, 11)])
def test_the_cost_does_not_grow_with_the_number_of_angles(directions, executions):
    @qg.qnode("local?shots=10", diff_method="spsa", gradient_kwargs={"num_directions": directions})
    def function(weights):
        qg.StronglyEntanglingLayers(weights, wires=range(4))
        return qg.expval(qg.Z(0))

    with qg.Tracker() as tracker:
        qg.grad(function)(qnp.ones((2, 4, 3)))

    assert (tracker.totals["submissions"], tracker.totals["executions"]) == (1, executions)


def test_an_integer_seed_gives_the_same_directions_in_every_call():
    gradients = [qg.grad(circuit(sampler_rng=4))(WEIGHTS) for _ in range(2)]
    again = circuit(sampler_rng=4)

    np.testing.assert_array_equal(gradients[0], gradients[1])
    np.testing.assert_array_equal(qg.grad(again)(WEIGHTS), qg.grad(again)(WEIGHTS))


@pytest.mark.parametrize("rng", [None, np.random.default_rng(1)])
def test_without_a_seed_every_call_draws_new_directions(rng):
    stencils = [shifted(20, sampler_rng=rng).stencil for _ in range(2)]

    assert not np.array_equal(*(stencil.offsets for stencil in stencils))


def test_equal_generators_give_equal_gradients():
    first, second = (circuit(sampler_rng=np.random.default_rng(9)) for _ in range(2))

    np.testing.assert_array_equal(qg.grad(first)(WEIGHTS), qg.grad(second)(WEIGHTS))


def test_every_angle_gets_a_sign():
    direction = rademacher([0, 2, 3], 5, 0, rng=np.random.default_rng(2))

    assert np.abs(direction).tolist() == [1, 0, 1, 1, 0]


def test_the_sampler_is_told_what_it_draws():
    calls = []

    def sampler(indices, size, repetition, rng):
        calls.append((list(indices), size, repetition))
        return np.ones(size)

    shifted(2, num_directions=2, sampler=sampler)

    assert calls == [([0, 1], 2, 0), ([0, 1], 2, 1)]


def test_a_direction_of_any_length_is_divided_by_its_entries():
    function = circuit(sampler=lambda indices, size, repetition, rng: [0.0, 0.5, 0.0])

    np.testing.assert_allclose(qg.grad(function)(WEIGHTS), exact(function) * [0, 1, 0], atol=1e-9)


def test_each_angle_may_have_a_step_of_its_own():
    offsets = shifted(2, h=[0.1, 0.2]).stencil.offsets

    np.testing.assert_allclose(np.abs(offsets), [[0.1, 0.2]] * 2)


def test_the_step_suits_the_shots_and_the_number_of_angles():
    steps = [
        np.abs(shifted(angles, shots=shots).stencil.offsets).max()
        for angles, shots in [(1, None), (9, 1000), (1, 1000), (1, 10)]
    ]

    assert steps[0] == 1e-5
    assert steps == sorted(steps)


def unreached(**options):
    of = Tape([qg.RX(0.3, 0), qg.RY(0.4, 1), qg.RX(0.5, 1)], [qg.expval(qg.Z(1))])
    tapes, postprocess = qg.gradients.spsa_grad(of, **options)
    return np.array(postprocess(qg.execute(tapes, "local")))


def test_what_nothing_depends_on_has_the_derivative_zero():
    assert unreached(sampler_rng=0)[0] == 0


def test_without_validation_it_gets_its_share_of_the_noise():
    assert unreached(sampler_rng=0, validate_params=False)[0] != 0


def test_gates_before_an_entangling_gate_are_reached():
    of = Tape([qg.RX(0.3, 0), qg.CNOT([0, 1])], [qg.probs()])

    tapes, postprocess = qg.gradients.spsa_grad(of)
    found = postprocess(qg.execute(tapes, "local"))

    np.testing.assert_allclose(found, np.sin(0.3) / 2 * np.array([-1, 0, 0, 1]), atol=1e-9)


def test_a_hessian_is_the_mean_over_two_independent_draws():
    function = circuit(h=1e-3, **EVERY)

    hessian = qg.jacobian(qg.grad(function))(WEIGHTS)

    reference = qg.jacobian(qg.grad(circuit().update(diff_method="backprop")))(WEIGHTS)
    np.testing.assert_allclose(hessian, reference, atol=1e-5)


def test_the_two_draws_of_a_second_derivative_differ():
    offsets = shifted(30, order=2, h=0.5, sampler_rng=1).stencil.offsets

    assert not set(np.abs(offsets[np.abs(offsets).any(axis=1)]).ravel()) <= {1.0}


def test_the_transform_on_a_qnode():
    function = circuit(**EVERY)

    found = qg.gradients.spsa_grad(function, **EVERY)(WEIGHTS)

    np.testing.assert_allclose(found, exact(function), atol=1e-8)


def test_the_transform_as_diff_method():
    function = circuit().update(diff_method=qg.gradients.spsa_grad, gradient_kwargs=EVERY)

    np.testing.assert_allclose(qg.grad(function)(WEIGHTS), exact(circuit()), atol=1e-8)


def test_a_broadcast_is_differentiated_row_by_row():
    rows = qnp.array([[0.3, 0.1], [-0.8, 0.2], [1.2, 0.5]])
    function = circuit(**EVERY)

    found = qg.jacobian(function)(rows)

    for row in range(2):
        np.testing.assert_allclose(found[row, :, row], exact(function, rows[:, row]), atol=1e-8)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"n": 2}, "n=2, and simultaneous perturbation estimates first derivatives"),
        ({"num_directions": 0}, "num_directions=0 is not a positive integer"),
        ({"num_directions": 1.5}, "num_directions=1.5 is not a positive integer"),
        ({"h": [0.1, 0.2, 0.3]}, "is no step for 2 trained angles"),
        ({"h": 0.0}, "is no step for 2 trained angles"),
        ({"sampler": lambda on, size, repetition, rng: [1.0]}, r"the sampler returned \[1.0\]"),
        ({"strategy": "centre"}, "Did you mean 'center'"),
    ],
)
def test_wrong_options_are_refused(options, text):
    with pytest.raises(InvalidDifferenceRule, match=text):
        shifted(2, **options)


def test_an_unknown_option_is_refused():
    with pytest.raises(UnknownGradientOption, match="Did you mean 'num_directions'"):
        circuit(num_direction=3)


def test_single_shots_are_refused():
    with pytest.raises(UnsupportedDiffMethod, match="the circuit returns sample"):
        qg.gradients.spsa_grad(Tape([qg.RX(0.1, 0)], [qg.sample(wires=0)], shots=10))


@pytest.mark.parametrize("rng", [-1, 0.5, range(10**12), "seed"])
def test_anything_but_a_generator_or_a_seed_is_refused(rng):
    with pytest.raises(InvalidDifferenceRule, match="neither a generator nor a seed"):
        qg.grad(circuit(sampler_rng=rng))(WEIGHTS)
