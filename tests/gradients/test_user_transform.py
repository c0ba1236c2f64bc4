"""``qg.gradients.transform``: user-defined gradient methods."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import DifferentiationError, UnknownGradientOption, UnsupportedDiffMethod

SEED = qnp.array([0.1, 0.2, 0.3], requires_grad=True)
X, Y = qnp.array(0.3, requires_grad=True), qnp.array([0.4, 0.5], requires_grad=True)


@qg.qnode("local")
def seed_circuit(weights):
    qg.RX(weights[0], wires=0)
    qg.RY(weights[1], wires=1)
    qg.CNOT(wires=[0, 1])
    qg.RX(weights[2], wires=1)
    return qg.probs(wires=1)


def two_arguments(returned):
    @qg.qnode("local")
    def circuit(x, y):
        qg.RX(x, 0)
        qg.RY(y[0], 1)
        qg.CRZ(y[1], [0, 1])
        return returned()

    return circuit


def tape(*measurements):
    operations = [qg.RX(0.3, 0), qg.Rot(0.4, 0.5, 0.6, 1), qg.CNOT([0, 1]), qg.RY(-0.7, 1)]
    return qg.tape.QuantumScript(operations, measurements)


def derivatives(transform, of):
    tapes, postprocess = transform(of)
    return postprocess(qg.execute(tapes, "local"))


def shapes(tree):
    return type(tree)(map(shapes, tree)) if isinstance(tree, tuple | list) else np.shape(tree)


@qg.gradients.transform
def central(tape, h=1e-4):
    """Central differences."""
    indices = tape.trainable_params
    tapes = [
        tape.bind_new_parameters([tape.parameters[index] + step], [index])
        for index in indices
        for step in (h, -h)
    ]

    def postprocess(results):
        def of_one(values):
            pairs = zip(values[::2], values[1::2], strict=True)
            found = tuple((up - down) / (2 * h) for up, down in pairs)
            return found[0] if len(found) == 1 else found

        if len(tape.measurements) == 1:
            return of_one(results)
        return tuple(of_one(values) for values in zip(*results, strict=True))

    return tapes, postprocess


MEASURED = {
    "expval": lambda: qg.expval(qg.Z(0) @ qg.X(1)),
    "probs": lambda: qg.probs(wires=[0, 1]),
    "var": lambda: qg.var(qg.X(1)),
    "several": lambda: (qg.expval(qg.Z(0)), qg.probs(wires=1)),
}


def test_a_transform_of_ones_own_on_a_tape():
    of = tape(qg.expval(qg.Z(0) @ qg.X(1)))

    tapes, _ = central(of)

    assert len(tapes) == 10
    np.testing.assert_allclose(
        derivatives(central, of), derivatives(qg.gradients.param_shift, of), atol=1e-7
    )


@pytest.mark.parametrize("measure", MEASURED.values(), ids=MEASURED)
def test_a_transform_of_ones_own_on_a_qnode(measure):
    circuit = two_arguments(measure)

    found, known = central(circuit)(X, Y), qg.gradients.param_shift(circuit)(X, Y)

    assert shapes(found) == shapes(known)
    for mine, theirs in zip(flat(found), flat(known), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-7)


def flat(tree):
    return [leaf for item in tree for leaf in flat(item)] if isinstance(tree, tuple) else [tree]


def test_a_transform_of_ones_own_as_diff_method():
    circuit = seed_circuit.update(diff_method=central, gradient_kwargs={"h": 1e-3})

    found = qg.jacobian(circuit)(SEED)

    np.testing.assert_allclose(found, qg.jacobian(seed_circuit)(SEED), atol=1e-5)


def test_value_and_tapes_of_all_rows_are_one_submission():
    @qg.qnode("local?shots=10", diff_method=central)
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    with qg.Tracker() as tracker:
        qg.jacobian(circuit)(qnp.array([0.1, 0.2, 0.3]))

    assert (tracker.totals["submissions"], tracker.totals["executions"]) == (1, 9)


def test_rows_of_a_broadcast_are_transformed_one_by_one():
    @qg.qnode("local", diff_method=central)
    def circuit(x, y):
        qg.RX(x, 0)
        qg.RY(y, 0)
        return qg.expval(qg.Z(0))

    found = qg.jacobian(circuit, argnums=[0, 1])(np.array([0.1, 0.2]), 0.4)

    np.testing.assert_allclose(found[0], np.diag(-np.sin([0.1, 0.2]) * np.cos(0.4)), atol=1e-7)
    np.testing.assert_allclose(found[1], -np.cos([0.1, 0.2]) * np.sin(0.4), atol=1e-7)


def test_arrays_of_angles_have_derivatives_of_their_shape():
    @qg.gradients.transform
    def shifted(tape):
        return qg.gradients.param_shift(tape)

    @qg.qnode("local", diff_method=shifted)
    def circuit(weights):
        qg.StronglyEntanglingLayers(weights, wires=[0, 1])
        return qg.probs(wires=0)

    weights = qnp.array(np.linspace(0, 1, 12).reshape(2, 2, 3))

    known = qg.jacobian(circuit.update(diff_method="backprop"))(weights)
    np.testing.assert_allclose(qg.jacobian(circuit)(weights), known, atol=1e-9)


def test_coefficients_are_trained_beside_a_transform_of_ones_own():
    @qg.qnode("local", diff_method=central)
    def circuit(x, coefficients):
        qg.RX(x, 0)
        return qg.expval(qg.Hamiltonian(coefficients, [qg.Z(0), qg.X(0)]))

    found = qg.grad(circuit)(qnp.array(0.4), qnp.array([0.3, 0.5]))

    assert found[0] == pytest.approx(-0.3 * np.sin(0.4), abs=1e-7)
    np.testing.assert_allclose(found[1], [np.cos(0.4), 0], atol=1e-12)


def test_it_keeps_its_name_and_text():
    assert (central.__name__, central.__doc__) == ("central", "Central differences.")
    assert repr(central) == "<transform: central>"


def test_its_options_are_those_of_the_function():
    with pytest.raises(UnknownGradientOption, match=r"'step' is not an option.*: h"):
        central(seed_circuit, step=0.1)


def test_it_gives_first_derivatives():
    circuit = seed_circuit.update(diff_method=central)

    with pytest.raises(UnsupportedDiffMethod, match="one of order 2 is being taken"):
        qg.jacobian(qg.jacobian(circuit))(SEED)


@pytest.mark.parametrize("made", [None, (1, 2), ([3.0], len), ([tape(qg.probs(wires=0))], 3)])
def test_a_transform_that_returns_something_else_is_refused(made):
    @qg.gradients.transform
    def wrong(tape):
        return made

    with pytest.raises(DifferentiationError, match="It has to return a sequence of tapes"):
        wrong(tape(qg.expval(qg.Z(0))))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ((1.0, 2.0), "where there are 3 trainable parameters"),
        (1.0, "where there are 3 trainable parameters"),
        ((np.ones(2), np.ones(2), 1.0), r"a derivative of shape \(\), where the result has shape"),
    ],
)
def test_derivatives_of_another_form_are_refused(given, text):
    @qg.gradients.transform
    def wrong(tape):
        return [], lambda results: given

    with pytest.raises(DifferentiationError, match=text):
        qg.jacobian(seed_circuit.update(diff_method=wrong))(SEED)


def test_a_transform_is_given_angles_in_the_place_of_a_matrix():
    @qg.qnode("local", diff_method=central)
    def circuit(matrix):
        qg.RY(0.4, wires=0)
        qg.QubitUnitary(matrix, wires=0)
        return qg.expval(qg.Z(0))

    # Of the real directions, only the rotation about Y keeps the matrix unitary.
    found = qg.grad(circuit, argnums=0)(np.eye(2))

    turn = np.array([[0, -1], [1, 0]]) / 2
    np.testing.assert_allclose(np.sum(found * turn), -np.sin(0.4), atol=1e-6)


def test_the_matrix_of_an_observable_is_not_trained_by_a_transform():
    @qg.qnode("local", diff_method=central)
    def circuit(matrix):
        return qg.expval(qg.Hermitian(matrix, wires=0))

    with pytest.raises(UnsupportedDiffMethod, match="expval is trained by a whole array"):
        qg.jacobian(circuit, argnums=0)(np.eye(2))
