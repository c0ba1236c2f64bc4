"""Gradient transforms on QNodes and on tapes."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import (
    DifferentiationError,
    UnknownGradientOption,
    UnsupportedDiffMethod,
)

TRANSFORMS = {
    "param_shift": (qg.gradients.param_shift, 1e-10),
    "finite_diff": (qg.gradients.finite_diff, 1e-6),
}
every_transform = pytest.mark.parametrize(
    ("transform", "tolerance"), TRANSFORMS.values(), ids=TRANSFORMS
)


# On QNodes ------------------------------------------------------------------------------


@qg.qnode("local")
def seed_circuit(weights):
    qg.RX(weights[0], wires=0)
    qg.RY(weights[1], wires=1)
    qg.CNOT(wires=[0, 1])
    qg.RX(weights[2], wires=1)
    return qg.probs(wires=1)


SEED = qnp.array([0.1, 0.2, 0.3], requires_grad=True)


def test_the_first_example_to_the_digit():
    np.testing.assert_array_equal(np.round(seed_circuit(SEED), 7), [0.9658079, 0.0341921])

    found = qg.gradients.param_shift(seed_circuit)(SEED)

    row = [0.04673668, 0.09442394, 0.14409127]
    np.testing.assert_array_equal(np.round(found, 8), [np.negative(row), row])


@every_transform
def test_a_transform_agrees_with_the_jacobian(transform, tolerance):
    np.testing.assert_allclose(
        transform(seed_circuit)(SEED), qg.jacobian(seed_circuit)(SEED), atol=tolerance
    )


def two_arguments(returned):
    @qg.qnode("local")
    def circuit(x, y):
        qg.RX(x, 0)
        qg.RY(y[0], 1)
        qg.CRZ(y[1], [0, 1])
        return returned()

    return circuit


X, Y = qnp.array(0.3, requires_grad=True), qnp.array([0.4, 0.5], requires_grad=True)


def shapes(tree):
    return type(tree)(map(shapes, tree)) if isinstance(tree, tuple | list) else np.shape(tree)


@every_transform
@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (lambda: qg.expval(qg.Z(0)), ((), (2,))),
        (lambda: qg.probs(wires=[0, 1]), ((4,), (4, 2))),
        (lambda: (qg.expval(qg.Z(0)), qg.var(qg.X(1))), (((), (2,)), ((), (2,)))),
        (lambda: [qg.expval(qg.Z(0)), qg.probs(wires=0)], [((), (2,)), ((2,), (2, 2))]),
        (lambda: (qg.expval(qg.Z(0)),), (((), (2,)),)),
    ],
)
def test_shapes_are_those_of_the_results_and_the_arguments(
    transform, tolerance, returned, expected
):
    assert shapes(transform(two_arguments(returned))(X, Y)) == expected


@every_transform
def test_only_trainable_arguments_are_differentiated(transform, tolerance):
    fixed = qnp.array(0.3, requires_grad=False)

    found = transform(two_arguments(lambda: qg.expval(qg.Z(1))))(fixed, Y)

    assert shapes(found) == (2,)
    assert found[0] == pytest.approx(-np.sin(0.4), abs=tolerance)


@pytest.mark.parametrize("spelling", ["argnum", "argnums"])
def test_arguments_are_chosen_by_position(spelling):
    circuit = two_arguments(lambda: qg.expval(qg.Z(1)))

    by_one = qg.gradients.param_shift(circuit, **{spelling: 1})(0.3, np.array([0.4, 0.5]))
    by_both = qg.gradients.param_shift(circuit, **{spelling: [0, 1]})(0.3, np.array([0.4, 0.5]))

    assert (shapes(by_one), shapes(by_both)) == ((2,), ((), (2,)))


def test_derivatives_by_tensors_are_tensors():
    found = qg.gradients.param_shift(seed_circuit)(SEED)

    assert isinstance(found, qnp.tensor)
    assert found.requires_grad


def test_options_reach_the_method():
    coarse = qg.gradients.finite_diff(seed_circuit, h=0.5, strategy="center", approx_order=2)

    error = np.abs(coarse(SEED) - qg.jacobian(seed_circuit)(SEED)).max()

    assert 1e-3 < error < 1e-1


def test_the_derivatives_of_a_broadcast_have_its_axis():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        return qg.probs(wires=0)

    found = qg.gradients.param_shift(circuit)(qnp.array([0.1, 0.2, 0.3]))

    assert found.shape == (3, 2, 3)


def test_the_derivatives_of_a_shot_vector_are_a_tuple():
    circuit = qg.set_shots(seed_circuit, (100, 200))

    found = qg.gradients.param_shift(circuit)(SEED)

    assert shapes(found) == ((2, 3), (2, 3))


def test_nothing_trainable_is_refused():
    with pytest.raises(DifferentiationError) as caught:
        qg.gradients.param_shift(seed_circuit)([0.1, 0.2, 0.3])

    assert str(caught.value) == (
        "seed_circuit cannot be differentiated by parameter-shift: none of its positional "
        "arguments is trainable. Mark one with qgate.numpy.array(..., requires_grad=True), or "
        "give argnums."
    )


# On tapes -------------------------------------------------------------------------------


def tape(*measurements, shots=None, trainable=None):
    operations = [qg.RX(0.3, 0), qg.Rot(0.4, 0.5, 0.6, 1), qg.CNOT([0, 1]), qg.RY(-0.7, 1)]
    return qg.tape.QuantumScript(operations, measurements, shots, trainable)


def derivatives(transform, of, device="local", **options):
    tapes, postprocess = transform(of, **options)
    return postprocess(qg.execute(tapes, device))


def exact_derivatives(of):
    """By a central difference of the tape itself, for each of its angles."""
    columns = []
    for index in range(5):
        ends = [
            of.bind_new_parameters([of.parameters[index] + step], [index]) for step in (1e-5, -1e-5)
        ]
        plus, minus = qg.execute(ends, "local")
        columns.append((np.asarray(plus) - np.asarray(minus)) / 2e-5)
    return columns


@every_transform
@pytest.mark.parametrize(
    "measurement",
    [
        qg.expval(qg.Z(0) @ qg.X(1)),
        qg.probs(wires=[1, 0]),
        qg.var(qg.Z(1)),
        qg.var(0.5 * qg.X(1) - 0.3 * qg.Z(0)),
        qg.expval(qg.Hermitian([[1, 1j], [-1j, 0]], wires=1)),
    ],
)
def test_a_tape_gives_one_derivative_for_each_angle(transform, tolerance, measurement):
    of = tape(measurement)

    found = derivatives(transform, of)

    assert isinstance(found, tuple)
    np.testing.assert_allclose(found, exact_derivatives(of), atol=max(tolerance, 1e-9))


@every_transform
def test_a_tape_is_one_broadcast(transform, tolerance):
    tapes, _ = transform(tape(qg.expval(qg.Z(0)), qg.probs(wires=1)))

    assert len(tapes) == 1


def test_the_value_is_run_only_where_it_is_needed():
    linear, _ = qg.gradients.param_shift(tape(qg.expval(qg.Z(0))))
    variance, _ = qg.gradients.param_shift(tape(qg.var(qg.Z(0))))

    assert (linear[0].batch_size, variance[0].batch_size) == (10, 11)


@every_transform
def test_several_measurements_are_a_tuple_of_tuples(transform, tolerance):
    found = derivatives(transform, tape(qg.expval(qg.Z(0)), qg.probs(wires=1), qg.var(qg.X(1))))

    assert shapes(found) == (((),) * 5, ((2,),) * 5, ((),) * 5)


@every_transform
def test_one_angle_stands_bare(transform, tolerance):
    found = derivatives(transform, tape(qg.expval(qg.Z(0)), trainable=[0]))

    assert found.shape == ()
    assert found == pytest.approx(-np.sin(0.3), abs=tolerance)


@every_transform
def test_an_array_of_angles_has_its_shape(transform, tolerance):
    of = qg.tape.QuantumScript(
        [qg.StronglyEntanglingLayers(np.ones((2, 2, 3)), wires=[0, 1])], [qg.probs(wires=0)]
    )

    assert derivatives(transform, of).shape == (2, 2, 2, 3)


def test_derivatives_by_what_was_not_chosen_are_zero_and_cost_nothing():
    of = tape(qg.expval(qg.Z(0)))

    tapes, _ = qg.gradients.param_shift(of, argnum=[0])
    found = derivatives(qg.gradients.param_shift, of, argnum=[0])

    assert tapes[0].batch_size == 2
    np.testing.assert_allclose(found, [-np.sin(0.3), 0, 0, 0, 0], atol=1e-12)


def test_a_position_that_does_not_exist_is_refused():
    with pytest.raises(DifferentiationError, match="argnum=5 is no position among the 5"):
        qg.gradients.param_shift(tape(qg.expval(qg.Z(0))), argnum=5)


def test_a_shot_vector_is_a_tuple_of_derivatives():
    of = tape(qg.expval(qg.Z(0)), qg.probs(wires=1), shots=(1000, 2000), trainable=[0])

    found = derivatives(qg.gradients.param_shift, of, "local?seed=3")

    assert shapes(found) == (((), (2,)), ((), (2,)))
    for part, shots in zip(found, (1000, 2000), strict=True):
        assert part[0] == pytest.approx(-np.sin(0.3), abs=5 / np.sqrt(2 * shots))


def test_without_trainable_angles_nothing_is_run():
    tapes, postprocess = qg.gradients.param_shift(tape(qg.expval(qg.Z(0)), trainable=[]))

    assert (tapes, postprocess([])) == ([], ())


def test_angles_that_nothing_depends_on_have_derivative_zero():
    of = qg.tape.QuantumScript([qg.GlobalPhase(0.3)], [qg.probs(wires=0)])

    assert derivatives(qg.gradients.param_shift, of).tolist() == [0, 0]


@pytest.mark.parametrize(
    "measure",
    [
        qg.state,
        lambda: qg.density_matrix([0]),
        lambda: qg.vn_entropy([0]),
        lambda: qg.mutual_info([0], [1]),
    ],
)
def test_tapes_of_states_and_entropies_agree_with_the_jacobian(measure):
    def gates(x):
        return [qg.RX(x[0], 0), qg.CRY(x[1], [0, 1])]

    @qg.qnode("local")
    def circuit(x):
        gates(x)
        return measure()

    x = np.array([0.7, 1.9])
    of = qg.tape.QuantumScript(gates(x), [measure()])

    batch, together = qg.gradients.param_shift(of)
    found = np.stack(together(qg.execute(batch, "local")), axis=-1)

    np.testing.assert_allclose(found, qg.jacobian(circuit)(qnp.array(x)), atol=1e-10)


def test_entropies_of_tapes_with_shots_are_read():
    of = qg.tape.QuantumScript(
        [qg.RX(0.8, 0), qg.CNOT([0, 1])], [qg.vn_entropy([0])], shots=200_000
    )

    batch, together = qg.gradients.param_shift(of)
    found = together(qg.execute(batch, qg.device("local", seed=3)))

    exact = np.sin(0.8) / 2 * np.log(1 / np.tan(0.4) ** 2)
    assert found == pytest.approx(exact, abs=5 * 2 / np.sqrt(200_000))


def test_wires_keep_their_order_where_a_decomposition_has_another():
    @qg.qnode("local", diff_method="adjoint")
    def circuit(x):
        qg.CRot(x, 0.2, 0.3, ["a", "b"])
        qg.RY(0.4, "a")
        return qg.state()

    of = qg.tape.QuantumScript(
        [qg.CRot(0.7, 0.2, 0.3, ["a", "b"]), qg.RY(0.4, "a")], [qg.state()], trainable_params=[0]
    )

    (batch,), together = qg.gradients.param_shift(of)
    found = together(qg.execute([batch], "local"))

    np.testing.assert_allclose(found, qg.jacobian(circuit)(qnp.array(0.7)), atol=1e-10)


def test_single_shots_have_no_derivative():
    with pytest.raises(UnsupportedDiffMethod, match="the circuit returns counts"):
        qg.gradients.param_shift(tape(qg.counts(wires=0)))


def test_a_broadcast_tape_is_refused():
    of = qg.tape.QuantumScript([qg.RX(np.array([0.1, 0.2]), 0)], [qg.expval(qg.Z(0))])

    with pytest.raises(UnsupportedDiffMethod, match="the tape is a broadcast already"):
        qg.gradients.param_shift(of)


def test_unknown_options_are_refused():
    with pytest.raises(UnknownGradientOption, match="'step' is not an option of"):
        qg.gradients.finite_diff(tape(qg.expval(qg.Z(0))), step=0.1)


def test_the_tape_is_left_as_it_was():
    of = tape(qg.expval(qg.Z(0)))
    before = of.trainable_params

    qg.gradients.param_shift(of)

    assert of.trainable_params == before


# One broadcast, or a tape for each point ---------------------------------------------------


@every_transform
@pytest.mark.parametrize("shots", [None, (1000, 2000)])
def test_points_may_be_tapes_of_their_own(transform, tolerance, shots):
    of = tape(qg.expval(qg.Z(0)), qg.probs(wires=1), qg.var(qg.X(1)), shots=shots)

    together, _ = transform(of, h=0.3) if transform is qg.gradients.finite_diff else transform(of)
    options = {"h": 0.3} if transform is qg.gradients.finite_diff else {}
    tapes, _ = transform(of, broadcast=False, **options)

    assert len(tapes) == together[0].batch_size
    assert all(each.batch_size is None and each.shots == of.shots for each in tapes)
    assert shapes(derivatives(transform, of, broadcast=False, **options)) == shapes(
        derivatives(transform, of, **options)
    )


@every_transform
def test_tapes_of_their_own_give_the_same(transform, tolerance):
    of = tape(qg.expval(qg.Z(0)), qg.probs(wires=1))

    separate = derivatives(transform, of, broadcast=False)

    for mine, theirs in zip(separate, derivatives(transform, of), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=tolerance)


# Composition --------------------------------------------------------------------------------

EXACT = (qg.gradients.param_shift, qg.gradients.hadamard_grad)


@pytest.mark.parametrize("transform", EXACT)
def test_what_a_transform_returns_can_be_differentiated(transform):
    found = qg.jacobian(transform(seed_circuit))(SEED)

    known = qg.jacobian(qg.jacobian(seed_circuit))(SEED)
    np.testing.assert_allclose(found, known, atol=1e-8)


@pytest.mark.parametrize("transform", EXACT)
def test_a_function_of_the_gradient_can_be_differentiated(transform):
    circuit = two_arguments(lambda: qg.expval(qg.Z(0) @ qg.X(1)))
    gradient = transform(circuit, argnum=0)

    found = qg.grad(lambda x, y: gradient(x, y) ** 2, argnum=0)(0.3, np.array([0.4, 0.5]))

    first = qg.grad(circuit, argnum=0)
    known = qg.grad(lambda x, y: first(x, y) ** 2, argnum=0)(0.3, np.array([0.4, 0.5]))
    assert found == pytest.approx(known, abs=1e-9)


@every_transform
@pytest.mark.parametrize("target", [3.0, lambda x: x])
def test_what_is_no_circuit_is_refused(transform, tolerance, target):
    with pytest.raises(DifferentiationError, match="which is neither a QNode nor a tape"):
        transform(target)


def test_a_list_of_arrays_is_one_argument():
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(x):
        qg.RX(x[0], wires=0)
        qg.RY(x[1], wires=1)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    first, second = np.array([0.1, 0.2]), np.array([0.3, 0.4])

    by_first, by_second = qg.gradients.param_shift(circuit, argnum=0)([first, second])

    np.testing.assert_allclose(by_first, np.diag(-np.sin(first) * np.cos(second)), atol=1e-12)
    np.testing.assert_allclose(by_second, np.diag(-np.cos(first) * np.sin(second)), atol=1e-12)


# By the parameters of gates -------------------------------------------------------------


def test_without_the_classical_part_derivatives_are_by_the_parameters_of_gates():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0] * x[1], wires=0)
        qg.RX(0.3 * x[1], wires=0)
        return qg.expval(qg.Z(0)), qg.expval(qg.Y(0))

    x = qnp.array([0.4, 0.5])
    angle = 0.4 * 0.5 + 0.3 * 0.5

    values, others = qg.gradients.param_shift(circuit, hybrid=False)(x)

    np.testing.assert_allclose(values, [-np.sin(angle)] * 2)
    np.testing.assert_allclose(others, [-np.cos(angle)] * 2)
    only_second = qg.gradients.param_shift(circuit, argnum=[1], hybrid=False)(x)[0]
    np.testing.assert_allclose(only_second, [0, -np.sin(angle)], atol=1e-12)
