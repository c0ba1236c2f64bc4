"""User-defined shift rules, and values that are already known."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import DifferentiationError, UnknownGradientOption, UnsupportedDiffMethod
from qgate.tape import Tape

TWO_TERMS = [[0.5, 1, np.pi / 2], [-0.5, 1, -np.pi / 2]]
SCALED = [[1 / (2 * np.sin(0.5)), 1, 0.5], [-1 / (2 * np.sin(0.5)), 1, -0.5]]


def tape(*measurements, shots=None):
    operations = [qg.RX(0.3, 0), qg.RY(0.4, 0), qg.CRX(0.5, [0, 1])]
    return Tape(operations, measurements or [qg.expval(qg.Z(1))], shots)


def derivatives(transform, of, **options):
    tapes, postprocess = transform(of, **options)
    return postprocess(qg.execute(tapes, "local"))


@pytest.mark.parametrize(
    "recipes",
    [
        (TWO_TERMS, SCALED, None),
        (None, None, None),
        (None, TWO_TERMS, None),
    ],
)
@pytest.mark.parametrize("measurement", [qg.expval(qg.Z(1)), qg.var(qg.Z(1)), qg.probs(wires=1)])
def test_rules_that_hold_give_the_derivatives(recipes, measurement):
    of = tape(measurement)

    found = derivatives(qg.gradients.param_shift, of, gradient_recipes=recipes)

    np.testing.assert_allclose(found, derivatives(qg.gradients.param_shift, of), atol=1e-10)


def test_the_factor_multiplies_the_parameter():
    of = Tape([qg.RX(0.3, 0)], [qg.expval(qg.Z(0))])

    found = derivatives(qg.gradients.param_shift, of, gradient_recipes=[[[2.0, 3.0, 0.1]]])

    assert found == pytest.approx(2 * np.cos(3 * 0.3 + 0.1))


def test_a_parameter_with_a_recipe_is_shifted_as_a_whole():
    of = Tape([qg.Rot(0.1, 0.7, 0.2, 0), qg.RX(0.3, 0)], [qg.expval(qg.X(0))])

    found = derivatives(
        qg.gradients.param_shift, of, gradient_recipes=[None, TWO_TERMS, None, TWO_TERMS]
    )

    np.testing.assert_allclose(found, derivatives(qg.gradients.param_shift, of), atol=1e-12)


def test_every_angle_of_an_array_has_the_rule():
    of = Tape([qg.BasicEntanglerLayers([[0.3, 0.4]], wires=[0, 1])], [qg.expval(qg.Z(0))])

    found = derivatives(qg.gradients.param_shift, of, gradient_recipes=[TWO_TERMS])

    np.testing.assert_allclose(found, derivatives(qg.gradients.param_shift, of), atol=1e-12)


def test_recipes_in_a_qnode():
    @qg.qnode(
        "local",
        diff_method="parameter-shift",
        gradient_kwargs={"gradient_recipes": [[[1.0, 2.0, 0.5]]]},
    )
    def circuit(x):
        qg.RX(3 * x, 0)
        return qg.expval(qg.Z(0))

    assert qg.grad(circuit)(qnp.array(0.2)) == pytest.approx(3 * np.cos(2 * 0.6 + 0.5))


def test_recipes_of_a_transformed_qnode():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        return qg.probs(wires=0)

    found = qg.gradients.param_shift(circuit, gradient_recipes=[TWO_TERMS])(qnp.array(0.4))

    np.testing.assert_allclose(found, np.array([-1, 1]) * np.sin(0.4) / 2, atol=1e-12)


@pytest.mark.parametrize(
    ("recipes", "text"),
    [
        ([TWO_TERMS], "gradient_recipes has 1 entries, and the tape has 3"),
        ([None, [[0.5, 1.0]], None], r"\[\[0.5, 1.0\]\] is no gradient recipe"),
        ([None, "rule", None], "'rule' is no gradient recipe"),
        ([None, [range(10**12)], None], "is no gradient recipe"),
        ([None, [[1, 1, np.inf]], None], "is no gradient recipe"),
        ([None, [], None], "is no gradient recipe"),
    ],
)
def test_wrong_recipes_are_refused(recipes, text):
    with pytest.raises(DifferentiationError, match=text):
        qg.gradients.param_shift(tape(), gradient_recipes=recipes)


# Known values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("broadcast", [True, False])
@pytest.mark.parametrize("strategy", ["forward", "backward"])
@pytest.mark.parametrize(
    "measurements", [(qg.expval(qg.Z(1)),), (qg.var(qg.Z(1)), qg.probs(wires=[0, 1]))]
)
def test_a_known_value_saves_a_circuit(broadcast, strategy, measurements):
    of = tape(*measurements)
    (value,) = qg.execute([of], "local")
    options = {"strategy": strategy, "broadcast": broadcast}

    tapes, _ = qg.gradients.finite_diff(of, f0=value, **options)
    found = derivatives(qg.gradients.finite_diff, of, f0=value, **options)
    known = derivatives(qg.gradients.finite_diff, of, **options)

    assert sum(each.batch_size or 1 for each in tapes) == 3
    for mine, theirs in zip(found, known, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-9)


def test_a_known_value_stands_for_unshifted_terms_of_a_recipe():
    of = Tape([qg.RX(0.3, 0)], [qg.expval(qg.Z(0))])

    options = {"gradient_recipes": [[[1.0, 1.0, 0.0], [2.0, 1.0, 0.5]]], "f0": 100.0}
    tapes, _ = qg.gradients.param_shift(of, **options)

    assert tapes[0].batch_size == 1
    found = derivatives(qg.gradients.param_shift, of, **options)
    assert found == pytest.approx(100 + 2 * np.cos(0.8))


def test_a_known_value_serves_spsa():
    of = tape()
    (value,) = qg.execute([of], "local")

    options = {"strategy": "forward", "approx_order": 1, "num_directions": 3, "f0": value}
    tapes, _ = qg.gradients.spsa_grad(of, sampler_rng=1, **options)

    assert tapes[0].batch_size <= 3


def test_a_variance_by_the_shift_rule_does_not_follow_from_its_value():
    of = tape(qg.var(qg.Z(1)))
    (value,) = qg.execute([of], "local")

    np.testing.assert_allclose(
        derivatives(qg.gradients.param_shift, of, f0=value),
        derivatives(qg.gradients.param_shift, of),
        atol=1e-12,
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((0.1, 0.2), "f0 has 2 values, and the tape returns 1"),
        ([np.ones(2)], r"f0 has a value of shape \(2,\), and the tape returns one of shape \(\)"),
    ],
)
def test_a_value_of_another_tape_is_refused(value, text):
    with pytest.raises(DifferentiationError, match=text):
        derivatives(qg.gradients.finite_diff, tape(), f0=value)


def test_only_methods_with_points_take_a_known_value():
    with pytest.raises(UnknownGradientOption, match="'f0' is not an option"):
        qg.gradients.hadamard_grad(tape(), f0=0.1)


def test_second_derivatives_by_recipes_are_refused():
    @qg.qnode(
        "local", diff_method="parameter-shift", gradient_kwargs={"gradient_recipes": [TWO_TERMS]}
    )
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    with pytest.raises(UnsupportedDiffMethod, match="one of order 2 is being taken"):
        qg.grad(qg.grad(circuit))(qnp.array(0.2))
